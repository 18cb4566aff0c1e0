"""Both paper sources behind one loopback address, faithful to how the real ones answer.

    with PapersServer(read_corpus(folder)) as world:
        requests.get(f"{world.hf_endpoint}/api/daily_papers", params={"date": "2026-04-07"})
        world.log  # every request, for politeness and counts

`world.environment` holds the settings that point the product at it. `spoil` puts a fault between
an honest answer and the wire. `GET /world/log` tells a parent process how often each API was asked.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import date
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qsl, urlsplit

from tests.world.arxiv_api import ArxivApi
from tests.world.corpus import Corpus
from tests.world.daily_papers_api import DailyPapersApi
from tests.world.loopback import LoopbackServer
from tests.world.traffic import Answer, Api, Manner, Request, json_answer

ARXIV_PATH = "/api/query"
DAILY_PAPERS_PATH = "/api/daily_papers"
LOG_PATH = "/world/log"
MOVED = "/moved"
"""A second path to everything, for redirects to lead to."""
LONGEST_TARGET = 8190
"""Characters of path and query that a common web server takes."""

DRIP_SECONDS = 0.05
"""Between two bytes of a dripping answer."""

Spoil = Callable[[Request, Answer], Answer]
"""What a fault does: the honest answer to a request in, the answer that is sent out."""

_log = logging.getLogger(__name__)


def honestly(_: Request, answer: Answer) -> Answer:
    """Return the answer as it is."""
    return answer


class PapersServer(LoopbackServer):
    """The two APIs on one port of 127.0.0.1, from entering the context to leaving it."""

    def __init__(
        self,
        corpus: Corpus,
        *,
        today: date | None = None,
        legacy_atom: bool = False,
        spoil: Spoil = honestly,
        port: int = 0,
    ) -> None:
        """Prepare the server. `today` is the last day Hugging Face knows; None: none lies ahead."""
        super().__init__(_Handler, port)
        self.daily_papers = DailyPapersApi(corpus.days, today)
        self.arxiv = ArxivApi(corpus.records, legacy=legacy_atom)
        self.spoil = spoil
        self.log: list[Request] = []
        self.most_at_once: Counter[Api] = Counter()
        """The most requests of each API that were under way at the same time."""
        self._under_way: Counter[Api] = Counter()
        self._asked: Counter[str] = Counter()
        self._lock = threading.Lock()

    @property
    def hf_endpoint(self) -> str:
        """The address that HF_ENDPOINT takes."""
        return self.address

    @property
    def arxiv_url(self) -> str:
        """The whole query address that PAPERWEEK_ARXIV_URL takes."""
        return self.hf_endpoint + ARXIV_PATH

    @property
    def environment(self) -> dict[str, str]:
        """The settings that point the product here, without arXiv's pause."""
        return {
            "HF_ENDPOINT": self.hf_endpoint,
            "PAPERWEEK_ARXIV_URL": self.arxiv_url,
            "PAPERWEEK_ARXIV_DELAY_SECONDS": "0",
        }

    def requests_to(self, api: Api) -> list[Request]:
        """Return what this API was asked, in order of arrival."""
        with self._lock:
            return [request for request in self.log if request.api is api]

    def wait(self) -> None:
        """Block until the server is stopped from elsewhere or by a signal."""
        self.stopping.wait()

    def answer(self, method: str, target: str, headers: dict[str, str]) -> tuple[Api, Answer]:
        """Return which API a request belongs to and what is answered, and note it in the log."""
        parts = urlsplit(target)
        if parts.path == LOG_PATH:
            return Api.ELSEWHERE, self._counts()
        api = _APIS.get(parts.path.removeprefix(MOVED), Api.ELSEWHERE)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        with self._lock:
            request = Request(
                api=api,
                method=method,
                path=parts.path,
                query=query,
                headers=headers,
                begun=time.monotonic(),
                nth=sum(1 for earlier in self.log if earlier.api is api),
                again=self._asked[target],
                target=target,
            )
            self.log.append(request)
            self._asked[target] += 1
            self._under_way[api] += 1
            self.most_at_once[api] = max(self.most_at_once[api], self._under_way[api])
            return api, self.spoil(request, self._honest(request))

    def finished(self, api: Api) -> None:
        """Note that the answer to a request of this API is sent, or given up."""
        with self._lock:
            self._under_way[api] -= 1

    def _honest(self, request: Request) -> Answer:
        if request.method != "GET":
            return Answer(b"Method Not Allowed", 405)
        if len(request.target) > LONGEST_TARGET:
            return Answer(b"URI Too Long", 414)
        if request.api is Api.ARXIV:
            return self.arxiv.answer(request.query)
        if request.api is Api.HUGGING_FACE:
            return self.daily_papers.answer(request.query)
        return Answer(b"Not Found", 404)

    def _counts(self) -> Answer:
        with self._lock:
            counts = Counter(request.api.value for request in self.log)
        return json_answer({"requests": dict(counts)})


_APIS = {ARXIV_PATH: Api.ARXIV, DAILY_PAPERS_PATH: Api.HUGGING_FACE}


class _Handler(BaseHTTPRequestHandler):
    world: PapersServer
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        api, answer = self.world.answer(self.command, self.path, headers)
        try:
            self._send(answer)
        finally:
            self.world.finished(api)

    def do_POST(self) -> None:
        self.close_connection = True
        self.do_GET()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        _log.debug(format, *args)

    def _send(self, answer: Answer) -> None:
        if answer.manner is not Manner.WHOLE:
            self.close_connection = True
        if answer.manner is Manner.DROP:
            return
        if answer.manner is Manner.HANG:
            self.world.stopping.wait()
            return
        self._send_head(answer)
        if answer.manner is Manner.DRIP:
            self._drip(answer.body)
        elif answer.manner is Manner.CUT:
            self.wfile.write(answer.body[: len(answer.body) // 2])
        else:
            self.wfile.write(answer.body)
        self.wfile.flush()

    def _send_head(self, answer: Answer) -> None:
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(answer.body)))
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()

    def _drip(self, body: bytes) -> None:
        for byte in body:
            self.wfile.write(bytes((byte,)))
            self.wfile.flush()
            if self.world.stopping.wait(DRIP_SECONDS):
                return
