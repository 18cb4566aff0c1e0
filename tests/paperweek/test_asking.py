from __future__ import annotations

import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from typing import Self

import pytest

from paperweek.asking import Answer, Clock, Conversation, Fault, Manners, Turns
from paperweek.errors import ConfigurationError, SourceUnavailable, SourceUnreadable
from tests.paperweek.clocks import StandingClock

QUICK = Manners(request_seconds=0.4)


class Host:
    """A web server whose answers are given one after the other; the last stays."""

    def __init__(self) -> None:
        self.answers: list[Callable[[BaseHTTPRequestHandler], None]] = [send(200, b"well")]
        self.asked: list[dict[str, str]] = []
        host = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                host.asked.append({"path": self.path, **self.headers})
                answer = host.answers.pop(0) if len(host.answers) > 1 else host.answers[0]
                answer(self)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request: object, client_address: object) -> None:
                """Hold still when a client hangs up."""

        self._server = Server(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def send(
    status: int, body: bytes = b"", **headers: str
) -> Callable[[BaseHTTPRequestHandler], None]:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def drip(start: bytes, endless: bytes) -> Callable[[BaseHTTPRequestHandler], None]:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.close_connection = True
        handler.wfile.write(start)
        for _ in range(200):
            handler.wfile.write(endless)
            handler.wfile.flush()
            time.sleep(0.05)

    return answer


@pytest.fixture
def host() -> Iterator[Host]:
    with Host() as running:
        yield running


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock()


def well(answer: Answer) -> str:
    answer.need_ok()
    if answer.content != b"well":
        raise Fault(f"an odd answer ({answer.opening})")
    return "well"


def test_a_good_answer_takes_one_request_with_our_name_and_contact(
    host: Host, clock: StandingClock
) -> None:
    talk = Conversation("Host", Manners(contact="me@example.org\r\nX: y"), clock)

    assert talk.ask(host.address, well, "a word") == "well"
    assert talk.requests == 1
    assert clock.slept == []
    agent = host.asked[0]["User-Agent"]
    assert agent.startswith("paperweek/")
    assert "contact: me@example.orgX: y" in agent


def test_one_connection_serves_the_whole_conversation(host: Host, clock: StandingClock) -> None:
    ports: list[int] = []

    def note(handler: BaseHTTPRequestHandler) -> None:
        ports.append(handler.client_address[1])
        send(200, b"well")(handler)

    host.answers = [note]
    talk = Conversation("Host", Manners(), clock)
    for _ in range(3):
        talk.ask(host.address, well, "a word")
    talk.close()

    assert len(set(ports)) == 1


def test_pauses_double_with_some_chance_up_to_the_longest(host: Host, clock: StandingClock) -> None:
    host.answers = [send(503)]
    manners = Manners(tries=7, first_wait=2, longest_wait=20, source_seconds=500)

    with pytest.raises(SourceUnavailable, match=r"asked 7 times: for a word came HTTP 503 "):
        Conversation("Host", manners, clock).ask(host.address, well, "a word")

    assert len(clock.slept) == 6
    for wait, least in zip(clock.slept, (2, 4, 8, 16, 20, 20), strict=True):
        assert least <= wait <= min(least + 1, 20)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("9", 9),
        ("Mon, 11 May 2026 06:00:12 GMT", 12),
        ("Mon, 11 May 2026 05:00:00 GMT", 2),
        ("soon", 2),
        ("-5", 2),
        ("", 2),
    ],
)
def test_retry_after_is_honoured_in_seconds_and_as_a_date(
    host: Host, clock: StandingClock, value: str, seconds: float
) -> None:
    host.answers = [send(429, Retry_After=value), send(200, b"well")]

    assert Conversation("Host", Manners(), clock).ask(host.address, well, "a word") == "well"
    assert seconds <= clock.slept[0] <= seconds + 1


def test_a_host_that_asks_for_more_time_than_there_is_is_given_up_at_once(
    host: Host, clock: StandingClock
) -> None:
    host.answers = [send(429, Retry_After="3600")]
    talk = Conversation("Host", Manners(), clock)

    with pytest.raises(SourceUnavailable, match=r"asked once: .* asks to wait 3600 s"):
        talk.ask(host.address, well, "a word")

    assert clock.slept == []
    assert talk.is_hopeless


def test_a_source_is_given_up_when_its_time_is_used_up(host: Host, clock: StandingClock) -> None:
    host.answers = [send(503)]
    manners = Manners(tries=50, first_wait=10, longest_wait=30, source_seconds=120)
    talk = Conversation("Host", manners, clock)

    with pytest.raises(SourceUnavailable, match="after 120 s in all it was given up"):
        talk.ask(host.address, well, "a word")

    assert 90 <= clock.ticks() < 120


def test_a_used_up_conversation_sends_nothing_more(host: Host, clock: StandingClock) -> None:
    talk = Conversation("Host", Manners(), clock)
    clock.sleep(121)

    with pytest.raises(SourceUnavailable, match="asked 0 times"):
        talk.ask(host.address, well, "a word")

    assert host.asked == []


@pytest.mark.parametrize(
    "answer",
    [
        drip(b"HTTP/1.1 200 OK\r\n", b"X-More: 1\r\n"),
        drip(b"HTTP/1.1 200", b" "),
        drip(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n", b"w"),
        drip(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfff\r\n", b"w"),
        drip(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nw\r\n"),
        drip(b"", b""),
    ],
    ids=["headers", "status line", "body", "a long chunk", "short chunks", "nothing"],
)
def test_a_request_is_given_up_in_time_however_busily_its_answer_drips(
    host: Host, clock: StandingClock, answer: Callable[[BaseHTTPRequestHandler], None]
) -> None:
    host.answers = [answer, send(200, b"well")]

    assert Conversation("Host", QUICK, clock).ask(host.address, well, "a word") == "well"
    assert len(host.asked) == 2


def test_what_came_instead_of_an_answer_is_named(host: Host, clock: StandingClock) -> None:
    host.answers = [send(200, b"<html>Sorry,\n\nlater</html>", Content_Type="text/html; x=y")]

    with pytest.raises(SourceUnreadable) as error:
        Conversation("Host", Manners(), clock).ask(host.address, well, "a word")

    assert "asked 5 times: for a word came an odd answer (text/html, 26 bytes" in str(error.value)
    assert "'<html>Sorry, later</html>'" in str(error.value)
    assert error.value.hint


def test_a_refusal_is_asked_about_only_once_more(host: Host, clock: StandingClock) -> None:
    host.answers = [send(403)]
    talk = Conversation("Host", Manners(), clock)

    with pytest.raises(SourceUnreadable, match=r"asked 2 times: for a word came HTTP 403 \(Forbid"):
        talk.ask(host.address, well, "a word")

    assert talk.requests == 2


def test_an_answer_without_end_is_cut_before_it_fills_the_memory(
    host: Host, clock: StandingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("paperweek.asking.MOST_BYTES", 2**16)
    host.answers = [send(200, b"x" * 2**18)]

    with pytest.raises(SourceUnreadable, match="an answer of more than"):
        Conversation("Host", Manners(), clock).ask(host.address, well, "a word")


@pytest.mark.parametrize("target", ["/there", "//{host}/there", "http://{host}/there"])
def test_a_redirect_to_a_sensible_place_is_followed_and_counted(
    host: Host, clock: StandingClock, target: str
) -> None:
    location = target.format(host=host.address.removeprefix("http://"))
    host.answers = [send(302, Location=location), send(200, b"well")]
    talk = Conversation("Host", Manners(), clock)

    assert talk.ask(f"{host.address}/here", well, "a word") == "well"
    assert talk.requests == 2
    assert host.asked[1]["path"] == "/there"


@pytest.mark.parametrize("target", ["ftp://127.0.0.1/x", "file:///etc/passwd", "http://[", "http:"])
def test_a_redirect_to_any_other_place_is_not_followed(
    host: Host, clock: StandingClock, target: str
) -> None:
    host.answers = [send(302, Location=target)]

    with pytest.raises(SourceUnreadable, match="redirect"):
        Conversation("Host", Manners(), clock).ask(host.address, well, "a word")

    assert all(asked["path"] == "/" for asked in host.asked)


def test_redirects_without_end_are_given_up(host: Host, clock: StandingClock) -> None:
    host.answers = [send(302, Location="/again")]

    with pytest.raises(SourceUnreadable, match="more than 3 redirects"):
        Conversation("Host", Manners(), clock).ask(host.address, well, "a word")


def test_a_name_that_is_not_found_is_named(clock: StandingClock) -> None:
    talk = Conversation("Host", Manners(), clock)

    with pytest.raises(SourceUnavailable, match=r"the name nowhere\.invalid was not found \(DNS\)"):
        talk.ask("http://nowhere.invalid/", well, "a word")

    assert talk.is_hopeless


def test_a_connection_that_cannot_be_trusted_is_named(host: Host, clock: StandingClock) -> None:
    address = host.address.replace("http:", "https:")

    with pytest.raises(SourceUnavailable, match=r"no trusted connection to 127.*TLS"):
        Conversation("Host", Manners(), clock).ask(address, well, "a word")


def test_a_host_that_is_not_there_is_named(clock: StandingClock) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closing:
        address = f"http://127.0.0.1:{closing.getsockname()[1]}"

    with pytest.raises(SourceUnavailable, match="no connection to 127"):
        Conversation("Host", Manners(), clock).ask(address, well, "a word")


def turns(folder: Path, clock: Clock, seconds: float = 3.0) -> Turns:
    return Turns(folder, lambda host: seconds, clock)


def test_the_pause_between_requests_is_kept_between_tries_as_well(
    host: Host, clock: StandingClock, tmp_path: Path
) -> None:
    host.answers = [send(503), send(200, b"well")]
    begun: list[float] = []

    def note(answer: Answer) -> str:
        begun.append(clock.ticks())
        return well(answer)

    manners = Manners(first_wait=0.5)
    talk = Conversation("Host", manners, clock, turns(tmp_path, clock))
    for _ in range(3):
        talk.ask(host.address, note, "a word")

    assert talk.requests == 4
    assert begun[0] >= 3
    assert all(later - earlier >= 3 for earlier, later in pairwise(begun))


def test_pauses_between_good_answers_do_not_use_up_the_sources_time(
    host: Host, clock: StandingClock, tmp_path: Path
) -> None:
    talk = Conversation("Host", Manners(source_seconds=10), clock, turns(tmp_path, clock))
    for _ in range(20):
        talk.ask(host.address, well, "a word")

    assert clock.ticks() > 57
    assert talk.seconds_left == pytest.approx(10)


def test_a_clock_that_was_set_back_does_not_make_us_wait_for_ever(
    clock: StandingClock, tmp_path: Path
) -> None:
    ahead = StandingClock(clock.now() + timedelta(days=1))
    with turns(tmp_path, ahead).turn("host", 1):
        pass
    with turns(tmp_path, clock).turn("host", 1):
        pass

    assert clock.ticks() < 4


@pytest.mark.parametrize("content", ["", "soon", "\x00"])
def test_a_spoilt_stamp_costs_one_pause_and_no_more(
    clock: StandingClock, tmp_path: Path, content: str
) -> None:
    (tmp_path / "turn-host.txt").write_text(content)
    with turns(tmp_path, clock).turn("host", 1):
        pass

    assert 3 <= clock.ticks() < 4


def test_hosts_do_not_wait_for_one_another(clock: StandingClock, tmp_path: Path) -> None:
    for name in ("one", "two:80"):
        with turns(tmp_path, clock).turn(name, 1):
            pass

    assert clock.ticks() == 0


def test_a_cache_folder_that_cannot_be_used_is_named(clock: StandingClock, tmp_path: Path) -> None:
    folder = tmp_path / "file"
    folder.write_text("")

    with (
        pytest.raises(ConfigurationError, match="cache folder"),
        turns(folder, clock).turn("host", 1),
    ):
        pass


PROCESS = """
import sys
from pathlib import Path
from paperweek.asking import Clock, Conversation, Manners, Turns
clock = Clock()
turns = Turns(Path(sys.argv[2]), lambda host: 0.3, clock)
talk = Conversation("Host", Manners(), clock, turns)
for _ in range(3):
    talk.ask(sys.argv[1], lambda answer: answer.need_ok(), "a word")
"""


def test_two_processes_keep_the_pause_together(host: Host, tmp_path: Path) -> None:
    begun: list[float] = []
    under_way: list[int] = []
    busy = 0

    def note(handler: BaseHTTPRequestHandler) -> None:
        nonlocal busy
        begun.append(time.monotonic())
        busy += 1
        under_way.append(busy)
        time.sleep(0.02)
        busy -= 1
        send(200, b"well")(handler)

    host.answers = [note]
    command = [sys.executable, "-c", PROCESS, host.address, str(tmp_path)]
    running = [subprocess.Popen(command) for _ in range(2)]

    assert [process.wait() for process in running] == [0, 0]
    assert len(begun) == 6
    assert max(under_way) == 1
    gaps = [later - earlier for earlier, later in pairwise(begun)]
    assert min(gaps) > 0.2, gaps


def test_the_clock_tells_utc() -> None:
    assert abs(Clock().now() - datetime.now(UTC)) < timedelta(minutes=1)
    assert Clock().ticks() <= Clock().ticks()
