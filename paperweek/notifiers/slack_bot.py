"""A notice into Slack by an app's bot, which keeps all notices about a week in one thread.

The first notice about a week opens a thread, and every later one answers in it: that of a run
again, of a failure, of a person's edit. What is news shows in the channel as well, so that nobody
misses a post because a failure opened its thread. Which thread it is lies in the blog, so that it
survives a lost machine; where the blog can't be read or keeps no such mark, a notice stands by
itself, and so does one about several weeks.

The token is a secret. It never reaches a log line or an exception, not even the hidden context of
one: slack_sdk's own errors carry the request with it.
Method: https://docs.slack.dev/reference/methods/chat.postMessage
"""

from __future__ import annotations

import hashlib
import http.client
import logging
import re
from dataclasses import dataclass

from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web import WebClient

from paperweek.errors import NoticeNotSent, PaperweekError
from paperweek.model import Outcome, Week
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
from paperweek.ports import Threads

logger = logging.getLogger(__name__)

SLACK_API = "https://slack.com/api/"

_TOKEN = "Copy the app's bot token from Slack into PAPERWEEK_SLACK_BOT_TOKEN again."  # noqa: S105 -- words
_CHANNEL = "Check PAPERWEEK_SLACK_CHANNEL; the bot must be a member of a private channel to see it."
_INVITE = "Invite the bot into the channel: type /invite and its name there."
_SCOPE = "Give the app the scope chat:write, and install it in the workspace again."
_BUSY = "Slack is busy or down (https://slack-status.com); the post itself is not affected."
_CURES = {
    **dict.fromkeys(
        (
            "invalid_auth",
            "not_authed",
            "account_inactive",
            "token_revoked",
            "token_expired",
            "not_allowed_token_type",
        ),
        _TOKEN,
    ),
    "channel_not_found": _CHANNEL,
    "is_archived": "Set PAPERWEEK_SLACK_CHANNEL to a channel that is not archived.",
    "not_in_channel": _INVITE,
    "missing_scope": _SCOPE,
    "no_permission": _SCOPE,
    "restricted_action": "Ask the workspace's owners to let the app post in that channel.",
    "ratelimited": _BUSY,
}
_FATAL = {"fatal_error", "internal_error", "service_unavailable", "request_timeout"}
"""After these, some of what was asked may have been done."""
_NO_THREAD = {"thread_not_found", "message_not_found", "cannot_reply_to_message"}
_TS = re.compile(r"\d+\.\d+")


@dataclass(frozen=True, slots=True)
class _Refusal:
    """What Slack said instead of taking the message."""

    code: str
    status: int

    def error(self) -> NoticeNotSent:
        is_down = self.status >= SERVER_ERROR or self.code in _FATAL
        cure = _BUSY if is_down else _CURES.get(self.code, "")
        said = self.code[:ANSWER_CHARACTERS]
        status = "" if self.status == http.HTTPStatus.OK else f"{self.status} "
        return NoticeNotSent(CHANNEL, f"it answered {status}{said!r}", cure, perhaps=is_down)


class SlackBot:
    """Posts notices to one channel, those about a week in one thread."""

    name = CHANNEL

    def __init__(
        self,
        token: str,
        channel: str,
        *,
        threads: Threads | None = None,
        api: str = SLACK_API,
        timeout_seconds: float = 15.0,
    ) -> None:
        """Post as the bot of `token` to `channel`, an id or a name; `threads` are remembered."""
        self._channel, self._threads = channel, threads
        # The blog may be public, and the channel is nobody's business there.
        self._mark = hashlib.sha256(channel.encode()).hexdigest()[:8] + "-"
        self._client = WebClient(
            token,
            base_url=api,
            timeout=max(1, round(timeout_seconds)),
            retry_handlers=retry_handlers(),
            logger=hushed("web"),
        )

    def send(self, notice: Notice) -> None:
        """Deliver the notice. Raises NoticeNotSent, without the token, where Slack took none."""
        known = self._thread(notice.week) if notice.week else None
        thread = known or ""
        answer = self._post(notice, thread)
        if thread and isinstance(answer, _Refusal) and answer.code in _NO_THREAD:
            thread, answer = "", self._post(notice, "")
        if isinstance(answer, _Refusal):
            raise answer.error()
        if isinstance(answer, NoticeNotSent):
            raise answer
        if notice.week and known is not None and not thread:
            self._keep(notice.week, answer)

    def _post(self, notice: Notice, thread: str) -> str | _Refusal | NoticeNotSent:
        """Return the time stamp that names the message, or why there is none.

        Nothing is raised here: an error would carry slack_sdk's own, and the token in it.
        """
        try:
            answer = self._client.chat_postMessage(
                channel=self._channel,
                thread_ts=thread or None,
                reply_broadcast=bool(thread) and notice.outcome is not Outcome.UNCHANGED,
                **message_of(notice),
            )
            return str(answer.get("ts", ""))
        except SlackApiError as error:
            data = getattr(error.response, "data", {})
            code = str(data.get("error") or "") if isinstance(data, dict) else ""
            said = " ".join(code.split()) or "nothing that can be read"
            return _Refusal(said, int(getattr(error.response, "status_code", 0)))
        except AttributeError:  # slack_sdk's, over JSON that is no object
            return _Refusal("nothing that can be read", http.HTTPStatus.OK)
        except (OSError, SlackClientError, http.client.HTTPException, ValueError) as error:
            return lost(error)

    def _thread(self, week: Week) -> str | None:
        """Return the week's thread in our channel, or nothing; None where nobody can tell."""
        if not self._threads:
            return None
        try:
            kept = self._threads.thread(week)
        except PaperweekError as error:
            logger.warning("The notice stands by itself, outside its week's thread: %s", error)
            return None
        ts = kept.removeprefix(self._mark)
        return ts if kept.startswith(self._mark) and _TS.fullmatch(ts) else ""

    def _keep(self, week: Week, ts: str) -> None:
        try:
            if self._threads and _TS.fullmatch(ts):
                self._threads.keep_thread(week, f"{self._mark}{ts}")
        except PaperweekError as error:
            logger.warning("The next notice about %s opens a thread of its own: %s", week, error)
