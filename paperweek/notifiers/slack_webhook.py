"""A notice into Slack through an incoming webhook.

The address is a secret: whoever has it can post. It never reaches a log line or an exception.
A webhook does not say which message it made, so its notices can't answer each other in a thread.
Answers: https://api.slack.com/messaging/webhooks.
"""

from __future__ import annotations

import http.client
from urllib.parse import urlsplit

from slack_sdk.errors import SlackClientError
from slack_sdk.webhook import WebhookClient, WebhookResponse

from paperweek.errors import NoticeNotSent
from paperweek.notices import Notice
from paperweek.notifiers._slack import (
    ANSWER_CHARACTERS,
    CHANNEL,
    SERVER_ERROR,
    hushed,
    lost,
    message_of,
    retry_handlers,
)

_CURE = "Make a new incoming webhook in Slack and set PAPERWEEK_SLACK_WEBHOOK_URL to its address."
_BUSY = "Slack is busy or down (https://slack-status.com); the post itself is not affected."


class SlackWebhook:
    """Posts each notice to one channel, and believes only `200` with `ok`."""

    name = CHANNEL

    def __init__(self, url: str, *, timeout_seconds: float = 15.0) -> None:
        self._secret = urlsplit(url).path.strip("/")
        self._client = WebhookClient(
            url,
            timeout=max(1, round(timeout_seconds)),
            retry_handlers=retry_handlers(),
            logger=hushed("webhook"),
        )

    def send(self, notice: Notice) -> None:
        """Deliver the notice. Raises NoticeNotSent, without the address, where Slack took none."""
        answer = self._ask(notice)
        if isinstance(answer, NoticeNotSent):
            raise answer
        if (answer.status_code, answer.body) == (http.HTTPStatus.OK, "ok"):
            return
        # Whatever stands between us and Slack may quote the address, whose path is the secret.
        body = answer.body.replace(self._secret, "***") if self._secret else answer.body
        said = " ".join(body.split())[:ANSWER_CHARACTERS]
        is_down = answer.status_code >= SERVER_ERROR
        is_busy = is_down or answer.status_code == http.HTTPStatus.TOO_MANY_REQUESTS
        raise NoticeNotSent(
            CHANNEL,
            f"it answered {answer.status_code} {said!r}",
            _BUSY if is_busy else _CURE,
            perhaps=is_down,
        )

    def _ask(self, notice: Notice) -> WebhookResponse | NoticeNotSent:
        # Returned, not raised: an error raised here would carry the other one, and the address.
        try:
            return self._client.send_dict(message_of(notice))
        except (OSError, SlackClientError, http.client.HTTPException, ValueError) as error:
            return lost(error)
