"""A notice into Slack through an incoming webhook.

The address is a secret: whoever has it can post. It never reaches a log line or an exception;
slack_sdk prints it at DEBUG, so its logger is kept above that.
Limits and answers: https://api.slack.com/reference/block-kit/blocks and
https://api.slack.com/messaging/webhooks.
"""

from __future__ import annotations

import http.client
import logging
from typing import Any

from slack_sdk.errors import SlackClientError
from slack_sdk.http_retry.builtin_handlers import (
    ConnectionErrorRetryHandler,
    RateLimitErrorRetryHandler,
    ServerErrorRetryHandler,
)
from slack_sdk.webhook import WebhookClient

from paperweek.errors import NoticeNotSent
from paperweek.model import Outcome
from paperweek.notices import Notice

HEADER_CHARACTERS = 150
SECTION_CHARACTERS = 2900
"""Slack takes 3,000; the rest is left for the entities that it counts after escaping."""
ANSWER_CHARACTERS = 100

_MARKS = {
    Outcome.PUBLISHED: "✅",
    Outcome.UNCHANGED: "⏸",
    Outcome.REHEARSED: "👀",
    Outcome.REFUSED: "⛔",
    Outcome.FAILED: "❌",
}


class SlackWebhook:
    """Posts each notice to one channel, and believes only `200` with `ok`."""

    name = "Slack"

    def __init__(self, url: str, *, timeout_seconds: float = 15.0) -> None:
        logging.getLogger("slack_sdk").setLevel(logging.WARNING)
        self._client = WebhookClient(
            url,
            timeout=max(1, round(timeout_seconds)),
            retry_handlers=[
                ConnectionErrorRetryHandler(max_retry_count=2),
                RateLimitErrorRetryHandler(max_retry_count=2),
                ServerErrorRetryHandler(max_retry_count=2),
            ],
            logger=logging.getLogger("slack_sdk.webhook"),
        )

    def send(self, notice: Notice) -> None:
        """Deliver the notice. Raises NoticeNotSent, without the address, where Slack took none."""
        try:
            answer = self._client.send(text=escape(notice.headline), blocks=blocks_of(notice))
        except (OSError, SlackClientError, http.client.HTTPException, ValueError) as error:
            # Not `from error`: its text may quote the address.
            raise NoticeNotSent(self.name, f"no answer ({type(error).__name__})") from None
        if (answer.status_code, answer.body) != (http.HTTPStatus.OK, "ok"):
            said = " ".join(answer.body.split())[:ANSWER_CHARACTERS]
            raise NoticeNotSent(self.name, f"it answered {answer.status_code} {said!r}")


def blocks_of(notice: Notice) -> list[dict[str, Any]]:
    """Return the notice as Block Kit, in which a stranger's text has no effect.

    Everything is `plain_text`, but for the one link, whose address is ours.
    """
    blocks: list[dict[str, Any]] = [
        {
            "type": "header",
            "text": _plain(f"{_MARKS[notice.outcome]} {notice.headline}", HEADER_CHARACTERS),
        }
    ]
    if notice.lines:
        text = _plain("\n".join(notice.lines), SECTION_CHARACTERS)
        blocks.append({"type": "section", "text": text})
    if notice.url:
        link = {"type": "mrkdwn", "text": f"<{escape(notice.url).replace('|', '%7C')}|Read it>"}
        blocks.append({"type": "section", "text": link})
    return blocks


def escape(text: str) -> str:
    """Return text in which Slack sees no link, mention or entity.

    Source: https://api.slack.com/reference/surfaces/formatting#escaping
    """
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _plain(text: str, limit: int) -> dict[str, Any]:
    kept = text if len(text) <= limit else text[: limit - 1].rstrip() + "…"
    return {"type": "plain_text", "text": kept, "emoji": False}
