"""What both ways into Slack share: the message, within every limit, and how hard it is tried.

A stranger's text stands in `plain_text` alone, where Slack formats nothing; the one link is ours.
Texts are cut so that they keep within the limit however Slack counts: entities as it stores them,
and two for a character beyond the sixteen bits of JavaScript.
Limits: https://api.slack.com/reference/block-kit/blocks, and the whole near 13,000 characters
(undocumented: https://github.com/slackapi/bolt-js/issues/2509).
"""

from __future__ import annotations

import logging
from itertools import accumulate
from typing import Any
from urllib.error import URLError

from slack_sdk.http_retry.builtin_handlers import (
    ConnectionErrorRetryHandler,
    RateLimitErrorRetryHandler,
    ServerErrorRetryHandler,
)
from slack_sdk.http_retry.handler import RetryHandler
from slack_sdk.http_retry.request import HttpRequest
from slack_sdk.http_retry.response import HttpResponse
from slack_sdk.http_retry.state import RetryState

from paperweek.errors import NoticeNotSent
from paperweek.model import Outcome
from paperweek.notices import Notice
from paperweek.text import fold

CHANNEL = "Slack"
HEADER_CHARACTERS, SECTION_CHARACTERS, DETAILS_CHARACTERS = 150, 3000, 2000
LINE_CHARACTERS = 700
"""So that no line takes the room of those below it."""
TEXT_CHARACTERS = 300
ANSWER_CHARACTERS = 100
LONGEST_WAIT_SECONDS = 60
TRIES_AGAIN = 2
SERVER_ERROR = 500

_MARKS = {
    Outcome.PUBLISHED: "✅",
    Outcome.UNCHANGED: "⏸",
    Outcome.REHEARSED: "✅",
    Outcome.REFUSED: "⛔",
    Outcome.FAILED: "❌",
}
_LOOK, _AWAITS = "⚠️", "👀"


class _WithinReason(RateLimitErrorRetryHandler):
    """Waits as long as Slack asks for, but not for ever: a run has an end."""

    def _can_retry(
        self,
        *,
        state: RetryState,
        request: HttpRequest,
        response: HttpResponse | None = None,
        error: Exception | None = None,
    ) -> bool:
        asked = super()._can_retry(state=state, request=request, response=response, error=error)
        return asked and response is not None and _asked_seconds(response) <= LONGEST_WAIT_SECONDS


def hushed(name: str) -> logging.Logger:
    """Return slack_sdk's logger of that name, kept above DEBUG, at which it prints secrets."""
    logging.getLogger("slack_sdk").setLevel(logging.CRITICAL)
    return logging.getLogger(f"slack_sdk.{name}")


def retry_handlers() -> list[RetryHandler]:
    """Return how often a message is tried again: only where Slack has not taken it.

    Where the answer is lost after the message was sent, nobody knows; see `lost`.
    """
    return [
        ConnectionErrorRetryHandler(max_retry_count=TRIES_AGAIN, error_types=[URLError]),
        _WithinReason(max_retry_count=TRIES_AGAIN),
        ServerErrorRetryHandler(max_retry_count=TRIES_AGAIN),
    ]


def lost(error: Exception) -> NoticeNotSent:
    """Return that no answer came. Its words are not quoted: they may hold the address."""
    return NoticeNotSent(
        CHANNEL,
        f"no answer ({type(error).__name__})",
        "Check that this machine reaches Slack; the post itself is not affected.",
        perhaps=not isinstance(error, URLError),  # that one comes before anything is sent
    )


def message_of(notice: Notice) -> dict[str, Any]:
    """Return the notice as both ways into Slack take it."""
    return {
        "text": escape(cut(notice.headline, TEXT_CHARACTERS)),
        "blocks": blocks_of(notice),
        "mrkdwn": False,
        "unfurl_links": False,
        "unfurl_media": False,
    }


def blocks_of(notice: Notice) -> list[dict[str, Any]]:
    """Return the notice as Block Kit, in which a stranger's text has no effect."""
    title = f"{_mark(notice)} {fold(notice.headline)}"
    shown = cut(title, HEADER_CHARACTERS)
    blocks: list[dict[str, Any]] = [{"type": "header", "text": _plain(shown)}]
    # A long error does not fit there, and its end says the most.
    lines = notice.lines if shown == title else (notice.headline, *notice.lines)
    if text := _joined(lines, SECTION_CHARACTERS):
        blocks.append({"type": "section", "text": _plain(text)})
    if text := _joined(notice.details, DETAILS_CHARACTERS):
        blocks.append({"type": "context", "elements": [_plain(text)]})
    if notice.url and (link := _link(notice)):
        blocks.append({"type": "section", "text": {"type": "mrkdwn", "text": link}})
    return blocks


def escape(text: str) -> str:
    """Return text in which Slack sees no link, mention or entity.

    Source: https://api.slack.com/reference/surfaces/formatting#escaping
    """
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def cut(text: str, limit: int) -> str:
    """Return the text, or its beginning and `…`, so that Slack counts at most `limit`.

    >>> cut("R&D in a word", 9)
    'R&D…'
    """
    if weight(text) <= limit:
        return text
    kept = sum(reached < limit for reached in accumulate(map(weight, text)))
    return text[:kept].rstrip() + "…"


def weight(text: str) -> int:
    """Return how many characters the text is to Slack, counted in the way that gives the most."""
    return len(escape(text).encode("utf-16-le", "surrogatepass")) // 2


def _mark(notice: Notice) -> str:
    if notice.needs_a_look:
        return _LOOK
    return _AWAITS if notice.awaits_you else _MARKS[notice.outcome]


def _joined(lines: tuple[str, ...], limit: int) -> str:
    return cut("\n".join(cut(line, LINE_CHARACTERS) for line in map(fold, lines) if line), limit)


def _link(notice: Notice) -> str:
    address = escape(fold(notice.url)).replace("|", "%7C").replace(" ", "%20")
    link = f"<{address}|{escape(notice.link)}>"
    return link if weight(link) <= SECTION_CHARACTERS else ""


def _plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text, "emoji": False}


def _asked_seconds(response: HttpResponse) -> int:
    given = next((v for k, v in response.headers.items() if k.lower() == "retry-after"), [])
    said = str(given[0]) if given else ""
    return int(said) if said.isdecimal() else 0
