"""A post is published when its address answers with its title, and the wait for it ends."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from paperweek.visibility import wait_until_visible

TITLE = "Weekly Report - January 27 to February 02, 2025"
PAGE = f"<title>{TITLE.replace('-', '&ndash;')} | A blog</title>"
PATH = "/weekly-report/2025/02/02/weekly-report.html"


class Time:
    """A clock that moves only while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def read(self) -> float:
        return self.now


class Site:
    """Gives its answers one after the other, and the last for ever; a str is a place to go to."""

    def __init__(self) -> None:
        self.answers: list[tuple[int, str]] = []
        self.asked = 0
        self.url = ""

    def next(self, path: str) -> tuple[int, str]:
        if path != PATH:
            return 200, PAGE
        self.asked += 1
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@pytest.fixture
def site() -> Iterator[Site]:
    fake = Site()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = fake.next(self.path)
            self.send_response(status)
            if status == 302:
                self.send_header("Location", body)
            self.send_header("Content-Length", str(len(body.encode())))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    fake.url = f"http://127.0.0.1:{server.server_port}{PATH}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield fake
    server.shutdown()
    thread.join()
    server.server_close()


def visible(site: Site, *answers: tuple[int, str], seconds: float = 60.0) -> tuple[bool, float]:
    time = Time()
    site.answers = list(answers)
    seen = wait_until_visible(site.url, TITLE, seconds, sleep=time.sleep, clock=time.read)
    return seen, time.now


def test_a_page_with_the_title_is_seen_at_once(site: Site) -> None:
    assert visible(site, (200, PAGE)) == (True, 0.0)


def test_a_page_that_comes_later_is_waited_for(site: Site) -> None:
    seen, waited = visible(site, (404, "no"), (500, "no"), (200, "an old page"), (200, PAGE))

    assert seen
    assert 0 < waited < 60


@pytest.mark.parametrize(
    "answer",
    [(404, PAGE), (200, "another page"), (302, "/"), (302, "/elsewhere.html")],
    ids=["missing", "other", "home", "elsewhere"],
)
def test_what_is_not_the_post_never_counts_and_the_wait_ends(
    site: Site, answer: tuple[int, str]
) -> None:
    seen, waited = visible(site, answer)

    assert not seen
    assert waited <= 60
    assert site.asked > 3


def test_a_redirect_to_the_same_page_counts(site: Site) -> None:
    assert visible(site, (302, PATH.removesuffix(".html") + "/"))[0]


def test_a_site_that_is_not_there_is_not_visible() -> None:
    time = Time()

    assert not wait_until_visible(
        f"http://127.0.0.1:9{PATH}", TITLE, 20, sleep=time.sleep, clock=time.read
    )
    assert time.now <= 20
