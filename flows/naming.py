"""Names of runs in Prefect's pages: the week, and in the end what became of it."""

from __future__ import annotations

import contextlib
from datetime import datetime
from uuid import UUID

import httpx
from prefect import runtime
from prefect.client.orchestration import get_client
from prefect.exceptions import PrefectHTTPStatusError

from paperweek.settings import prefect_address


def run_name() -> str:
    """Return what the run is called while it works."""
    due: datetime = runtime.flow_run.scheduled_start_time
    return f"report on {runtime.flow_run.parameters.get('week') or f'the week by {due:%Y-%m-%d}'}"


def page_of_run() -> str:
    """Return the address of this run in Prefect's pages; empty where no server stays."""
    return str(runtime.flow_run.ui_url or "") if prefect_address() else ""


def started_in_ui() -> bool:
    """Tell whether a person pressed the button for this run, or for the one it is a part of.

    Prefect's pages give the first state of such a run a message; a schedule is told by the run
    itself, and whatever a program starts has no message. Where the server is away: no.
    """
    if not prefect_address() or not runtime.flow_run.id:
        return False
    root = UUID(runtime.flow_run.root_flow_run_id or runtime.flow_run.id)
    try:
        with get_client(sync_client=True) as client:
            run = client.read_flow_run(root)
            if not run.deployment_id or run.auto_scheduled:
                return False
            states = client.read_flow_run_states(root)
    except (httpx.HTTPError, PrefectHTTPStatusError):
        return False
    return bool(states) and states[0].is_scheduled() and bool(states[0].message)


def rename(run: UUID, name: str) -> None:
    """Call the run so from now on. A server that is away just now is no trouble."""
    with (
        contextlib.suppress(httpx.HTTPError, PrefectHTTPStatusError),
        get_client(sync_client=True) as client,
    ):
        client.update_flow_run(run, name=name)
