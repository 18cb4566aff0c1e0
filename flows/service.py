"""The server as a child, the runner in this process, and an end that leaves nothing behind."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from typing import Any, Self, cast

import httpx
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
    FlowRunFilterTags,
)
from prefect.client.schemas.objects import (
    ConcurrencyLimitConfig,
    ConcurrencyLimitStrategy,
    StateType,
)
from prefect.deployments.runner import RunnerDeployment
from prefect.exceptions import PrefectHTTPStatusError
from prefect.flows import Flow
from prefect.runner import Runner
from prefect.schedules import Cron, Schedule
from prefect.states import Crashed
from prefect.types.entrypoint import EntrypointType

from flows.alarming import Bell
from flows.alarms import set_up
from flows.friday_check import friday_check
from flows.manual import manual
from flows.sunday import sunday
from paperweek.errors import ConfigurationError, OrchestratorUnavailable

logger = logging.getLogger(__name__)

START_SECONDS, STOP_SECONDS = 240.0, 20.0
TAG = "paperweek"
_FRIDAY, _SUNDAY = "5", "0"
_IN_TURN = ConcurrencyLimitConfig(limit=1, collision_strategy=ConcurrencyLimitStrategy.ENQUEUE)


class _Runner(Runner):
    """Ends on SIGTERM as it does on Ctrl-C: runs are ended and everything is put away."""

    def handle_sigterm(self, *_: object, **__: object) -> None:
        signal.raise_signal(signal.SIGINT)


class Service:
    """Prefect's server, for as long as the block lasts."""

    def __init__(self, host: str, port: int, address: str) -> None:
        self._host, self._port, self._address = host, port, address
        self._server: subprocess.Popen[bytes]
        self._is_ending = False

    def __enter__(self) -> Self:
        self._refuse_taken_port()
        # In a session of its own: Ctrl-C in a terminal must reach the runner before the server.
        self._server = subprocess.Popen(  # noqa: S603 - our own interpreter
            [
                *(sys.executable, "-m", "prefect", "server", "start"),
                *("--host", self._host, "--port", str(self._port)),
            ],
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            self._wait_until_healthy()
        except BaseException:
            self._stop()
            raise
        threading.Thread(target=self._end_with_server, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()

    def run(self, cron: str, zone: str, bell: Bell, *, approve: bool = False) -> int:
        """Carry out what is due until told to stop; return the exit code: 0 where we were told."""
        clear_the_dead()
        for name in set_up(*bell):
            logger.info("serve: %s", name)
        runner = _Runner(name=TAG, pause_on_shutdown=False)
        for deployment in deployments(cron, zone, approve=approve):
            runner.add_deployment(deployment)
        logger.info("serve: ready; Sundays at %s", cron.format(day=_SUNDAY))
        # What a shell starts in the background ignores Ctrl-C, and asyncio would leave it so.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        with contextlib.suppress(KeyboardInterrupt, SystemExit):
            asyncio.run(runner.start())
        return 0 if self._server.poll() is None else 1

    def _refuse_taken_port(self) -> None:
        try:
            with socket.create_server((self._host, self._port)):
                return
        except OSError as error:
            raise ConfigurationError(
                "--port",
                str(self._port),
                f"it can't be listened on ({error.strerror})",
                "Choose another port, or stop who uses this one.",
            ) from error

    def _wait_until_healthy(self) -> None:
        patience = time.monotonic() + START_SECONDS
        while time.monotonic() < patience:
            if self._server.poll() is not None:
                raise OrchestratorUnavailable(f"it ended with code {self._server.returncode}")
            with contextlib.suppress(httpx.HTTPError):
                if httpx.get(f"{self._address}/health", timeout=5.0).is_success:
                    return
            time.sleep(0.2)
        raise OrchestratorUnavailable(f"it was not there after {START_SECONDS:.0f} s")

    def _end_with_server(self) -> None:
        self._server.wait()
        if not self._is_ending:
            logger.error("serve: Prefect's server ended by itself")
            os.kill(os.getpid(), signal.SIGTERM)

    def _stop(self) -> None:
        self._is_ending = True
        for ask in (self._server.terminate, self._server.kill):
            ask()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._server.wait(STOP_SECONDS)
                return


def deployments(cron: str, zone: str, *, approve: bool = False) -> tuple[RunnerDeployment, ...]:
    """Return what prefect.yaml deploys, as this process serves it."""
    on_sundays: list[Schedule] = [Cron(cron.format(day=_SUNDAY), timezone=zone)]
    return (
        _deployment("sunday", sunday, on_sundays, approve=approve),
        _deployment("manual", manual, []),
        _deployment("friday-check", friday_check, [Cron(cron.format(day=_FRIDAY), timezone=zone)]),
    )


def _deployment(
    name: str, flow: Flow[..., Any], schedules: list[Schedule], **parameters: bool
) -> RunnerDeployment:
    made = flow.to_deployment(
        name,
        schedules=schedules,
        parameters=parameters,
        concurrency_limit=_IN_TURN,
        tags=[TAG],
        description=flow.description,
        entrypoint_type=EntrypointType.MODULE_PATH,
    )
    return cast("RunnerDeployment", made)  # a coroutine only inside a running loop


def clear_the_dead() -> None:
    """Mark runs that a former life of this service left unfinished: nobody else carries them out.

    Raises OrchestratorUnavailable where the server does not answer.
    """
    unfinished = FlowRunFilter(
        tags=FlowRunFilterTags(all_=[TAG]),
        state=FlowRunFilterState(
            type=FlowRunFilterStateType(any_=[StateType.RUNNING, StateType.PENDING])
        ),
    )
    try:
        with get_client(sync_client=True) as client:
            for run in client.read_flow_runs(flow_run_filter=unfinished):
                logger.warning("serve: %s was cut off; marked as crashed", run.name)
                message = "The service was stopped while it ran. Run it again."
                client.set_flow_run_state(run.id, Crashed(message=message), force=True)
    except (httpx.HTTPError, PrefectHTTPStatusError) as error:
        raise OrchestratorUnavailable(str(error) or type(error).__name__) from error
