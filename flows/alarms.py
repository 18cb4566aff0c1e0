"""What Prefect's server does by itself when a run dies: it says so, and frees the run's place.

A killed process can tell nobody. The server can: a run that lives sends a heartbeat, and one that
was fetched soon starts. Where that does not happen, these automations mark the run as crashed, and
each crashed or late run becomes a message. So does a run that waited for a person's yes in vain:
Prefect's server ends it while no process of ours lives.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import timedelta
from functools import partial
from uuid import UUID

import httpx
from prefect.blocks.webhook import Webhook
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.objects import StateType
from prefect.events.actions import ActionTypes, CallWebhook, ChangeFlowRunState
from prefect.events.schemas.automations import (
    AutomationCore,
    EventTrigger,
    Posture,
)
from prefect.events.schemas.events import ResourceSpecification
from prefect.exceptions import ObjectNotFound, PrefectHTTPStatusError
from prefect.types import SecretDict
from pydantic import SecretStr

from paperweek.errors import OrchestratorUnavailable

BLOCK = "paperweek-slack"
CRASHED = "paperweek: tell of a crashed run"
LATE = "paperweek: tell of a late run"
UNAPPROVED = "paperweek: tell of a post that nobody approved"
_EXPIRED = ["The flow was paused and never resumed.", "The flow was suspended and never resumed."]
"""What the server says of a run that waited in vain; nothing else tells it from another failure."""
SILENT_FOR = timedelta(seconds=90)
"""Three heartbeats."""
PATIENCE = timedelta(minutes=5)
_OURS = ResourceSpecification({"prefect.resource.id": "prefect.tag.paperweek"})
_EACH = {"prefect.resource.id"}
_RUNS = ResourceSpecification({"prefect.resource.id": "prefect.flow-run.*"})
_RUN = "prefect.flow-run."
_HEARTBEAT = f"{_RUN}heartbeat"
_STARTED = {f"{_RUN}{name}" for name in ("Pending", "Submitting", "Running")} | {_HEARTBEAT}
_ENDED = {f"{_RUN}{n}" for n in ("Completed", "Failed", "Cancelled", "Crashed")}
_WAITING = {
    f"{_RUN}{name}"
    for name in (
        *("Scheduled", "AwaitingConcurrencySlot", "AwaitingRetry", "Resuming"),
        *("Paused", "Suspended", "Cancelling"),
    )
}


def set_up(
    address: str, token: str = "", channel: str = "", *, patience: timedelta = PATIENCE
) -> tuple[str, ...]:
    """Create, update or remove the automations on the server; return the names of those there are.

    `address` is Slack's, kept encrypted in a block of Prefect's, and a bot's `token` with it;
    empty: runs are marked, nobody is told, and what told before is removed.

    Raises OrchestratorUnavailable where the server does not answer.
    """
    try:
        wanted = list(_marks(patience))
        with get_client(sync_client=True) as client:
            if address:
                message = partial(_message, _webhook_block(address, token), channel)
                wanted += _messages(message, patience)
            else:
                _forget_messages(client)
            for automation in wanted:
                _upsert(client, automation)
    except (httpx.HTTPError, PrefectHTTPStatusError) as error:
        raise OrchestratorUnavailable(str(error) or type(error).__name__) from error
    return tuple(automation.name for automation in wanted)


def _marks(patience: timedelta) -> Iterator[AutomationCore]:
    yield _automation(
        "paperweek: a run fell silent",
        "Its process is gone: mark it, so that its place comes free.",
        _unless(after={_HEARTBEAT}, expect={_HEARTBEAT} | _ENDED | _WAITING, within=SILENT_FOR),
        [_crash("It sent no sign of life for 90 seconds: its process is gone.")],
    )
    yield _automation(
        "paperweek: a run never started",
        "It was fetched, and nothing began: mark it, so that its place comes free.",
        _unless(
            after={f"{_RUN}Pending", f"{_RUN}Submitting"},
            expect={f"{_RUN}Running", f"{_RUN}Late", _HEARTBEAT} | _ENDED | _WAITING,
            within=patience,
        ),
        [_crash("It was fetched and never started.")],
    )


def _messages(
    message: Callable[[str], CallWebhook], patience: timedelta
) -> Iterator[AutomationCore]:
    yield _automation(
        CRASHED,
        "The run is dead and can't tell by itself.",
        _when({f"{_RUN}Crashed"}),
        [
            message(
                "crashed: this week may not be published. Run it again: nothing is published twice."
            )
        ],
    )
    yield _automation(
        LATE,
        "It is due, and nobody carries it out.",
        _unless(after={f"{_RUN}Late"}, expect=_STARTED | _ENDED | _WAITING, within=patience),
        [message("is late: nobody carries it out. Start the worker, or `paperweek serve`.")],
    )
    yield _automation(
        UNAPPROVED,
        "It waited for a person's yes in vain, and Prefect's server ended it.",
        _when({f"{_RUN}Failed"}, {"prefect.state-message": _EXPIRED}),
        [
            message(
                "was not approved in time and was not published. Run the week again, or do "
                "without it: `paperweek skip`."
            )
        ],
    )


def _forget_messages(client: SyncPrefectClient) -> None:
    for name in (CRASHED, LATE, UNAPPROVED):
        for known in client.read_automations_by_name(name):
            client.delete_automation(known.id)
    with suppress(ObjectNotFound):
        kept = client.read_block_document_by_name(BLOCK, "webhook", include_secrets=False)
        client.delete_block_document(kept.id)


def _automation(
    name: str, why: str, trigger: EventTrigger, actions: list[ActionTypes]
) -> AutomationCore:
    return AutomationCore(name=name, description=why, trigger=trigger, actions=actions)


def _when(expect: set[str], also: Mapping[str, list[str]] | None = None) -> EventTrigger:
    return EventTrigger(
        match=ResourceSpecification({"prefect.resource.id": f"{_RUN}*", **(also or {})}),
        match_related=_OURS,
        expect=expect,
        for_each=_EACH,
        posture=Posture.Reactive,
        threshold=1,
    )


def _unless(after: set[str], expect: set[str], within: timedelta) -> EventTrigger:
    return EventTrigger(
        match=_RUNS,
        match_related=_OURS,
        after=after,
        expect=expect,
        for_each=_EACH,
        posture=Posture.Proactive,
        threshold=1,
        within=within,
    )


def _crash(message: str) -> ChangeFlowRunState:
    return ChangeFlowRunState(name="Crashed", state=StateType.CRASHED, message=message, force=False)


def _message(block: UUID, channel: str, what: str) -> CallWebhook:
    text = f"The run {{{{ flow_run.name }}}} {what} {{{{ flow_run|ui_url }}}}"
    body = {"channel": channel, "text": text} if channel else {"text": text}
    return CallWebhook(block_document_id=block, payload=json.dumps(body))


def _webhook_block(address: str, token: str) -> UUID:
    Webhook.register_type_and_schema()
    bearer = {"Authorization": f"Bearer {token}"} if token else {}
    headers = SecretDict({"Content-Type": "application/json; charset=utf-8", **bearer})
    block = Webhook(method="POST", url=SecretStr(address), headers=headers)
    saved = block.save(BLOCK, overwrite=True)
    if not isinstance(saved, UUID):
        raise TypeError("Prefect saved the block in a loop of somebody else's")
    return saved


def _upsert(client: SyncPrefectClient, wanted: AutomationCore) -> None:
    known = client.read_automations_by_name(wanted.name)
    if known:
        client.update_automation(known[0].id, wanted)
        return
    client.create_automation(wanted)
