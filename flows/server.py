"""What a Prefect server says of our Sunday."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import httpx
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import (
    DeploymentFilter,
    DeploymentFilterId,
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import DeploymentStatus, StateType
from prefect.client.schemas.sorting import FlowRunSort
from prefect.exceptions import ObjectNotFound, PrefectHTTPStatusError

from paperweek.errors import OrchestratorUnavailable


@dataclass(frozen=True, slots=True)
class Sunday:
    """The deployment that runs on Sundays."""

    is_paused: bool
    is_served: bool
    """Whether a worker, or `paperweek serve`, asked for its runs within the last minute."""
    next_run: datetime | None
    """When its next run is due; None where none is planned."""


def ask_server(deployment: str) -> Sunday | None:
    """Return what the server of PREFECT_API_URL knows of a deployment; None where it knows none.

    Raises OrchestratorUnavailable where it does not answer.
    """
    try:
        with get_client(sync_client=True) as client:
            if trouble := client.api_healthcheck():
                raise OrchestratorUnavailable(str(trouble) or type(trouble).__name__)
            try:
                known = client.read_deployment_by_name(deployment)
            except ObjectNotFound:
                return None
            planned = client.read_flow_runs(
                deployment_filter=DeploymentFilter(id=DeploymentFilterId(any_=[known.id])),
                flow_run_filter=FlowRunFilter(
                    state=FlowRunFilterState(
                        type=FlowRunFilterStateType(any_=[StateType.SCHEDULED])
                    )
                ),
                sort=FlowRunSort.NEXT_SCHEDULED_START_TIME_ASC,
                limit=1,
            )
    except (httpx.HTTPError, PrefectHTTPStatusError) as error:
        raise OrchestratorUnavailable(str(error) or type(error).__name__) from error
    return Sunday(
        is_paused=known.paused,
        is_served=known.status == DeploymentStatus.READY,
        next_run=planned[0].next_scheduled_start_time if planned else None,
    )
