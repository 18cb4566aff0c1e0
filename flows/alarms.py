"""What Prefect's server does by itself when a run dies: it says so, and frees the run's place.

A killed process can tell nobody. The server can: a run that lives sends a heartbeat, and one that
was fetched soon starts. Where that does not happen, these automations mark the run as crashed, and
each crashed or late run becomes a message.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import timedelta
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
from prefect.exceptions import PrefectHTTPStatusError
from prefect.types import SecretDict
from pydantic import SecretStr

from paperweek.errors import OrchestratorUnavailable

BLOCK = "paperweek-slack"
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


def set_up(webhook: str, patience: timedelta = PATIENCE) -> tuple[str, ...]:
    """Create or update the automations on the server; return their names, each once.

    `webhook` is Slack's address, kept encrypted in a block of Prefect's; empty: runs are marked,
    and nobody is told. Raises OrchestratorUnavailable where the server does not answer.
    """
    try:
        block = _webhook_block(webhook) if webhook else None
        wanted = tuple(_automations(block, patience))
        with get_client(sync_client=True) as client:
            for automation in wanted:
                _upsert(client, automation)
    except (httpx.HTTPError, PrefectHTTPStatusError) as error:
        raise OrchestratorUnavailable(str(error) or type(error).__name__) from error
    return tuple(automation.name for automation in wanted)


def _automations(block: UUID | None, patience: timedelta) -> Iterable[AutomationCore]:
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
    if block:
        yield _automation(
            "paperweek: tell of a crashed run",
            "The run is dead and can't tell by itself.",
            _when({f"{_RUN}Crashed"}),
            [
                _message(
                    block,
                    "crashed: this week may not be published. Run it again: nothing is "
                    "published twice.",
                )
            ],
        )
        yield _automation(
            "paperweek: tell of a late run",
            "It is due, and nobody carries it out.",
            _unless(after={f"{_RUN}Late"}, expect=_STARTED | _ENDED | _WAITING, within=patience),
            [
                _message(
                    block, "is late: nobody carries it out. Start the worker, or `paperweek serve`."
                )
            ],
        )


def _automation(
    name: str, why: str, trigger: EventTrigger, actions: list[ActionTypes]
) -> AutomationCore:
    return AutomationCore(name=name, description=why, trigger=trigger, actions=actions)


def _when(expect: set[str]) -> EventTrigger:
    return EventTrigger(
        match=_RUNS,
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


def _message(block: UUID, what: str) -> CallWebhook:
    text = f"The run {{{{ flow_run.name }}}} {what} {{{{ flow_run|ui_url }}}}"
    return CallWebhook(block_document_id=block, payload=json.dumps({"text": text}))


def _webhook_block(address: str) -> UUID:
    Webhook.register_type_and_schema()
    headers = SecretDict({"Content-Type": "application/json"})
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
