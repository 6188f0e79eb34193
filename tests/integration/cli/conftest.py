"""A gateway that plays prepared runs over real gRPC, and real `zac` processes to use it with."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf.timestamp_pb2 import Timestamp
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_status import rpc_status

from services.common.errors import FieldViolation, Precondition, ServiceError
from services.common.status import make_status
from zac.data.v1 import download_pb2
from zac.gateway.v1 import (
    backtest_service_pb2,
    backtest_service_pb2_grpc,
    run_pb2,
    strategy_service_pb2,
    strategy_service_pb2_grpc,
)
from zac.run.v1 import execution_pb2, strategy_pb2

RUNNING, CANCELLING = run_pb2.RUN_STATE_RUNNING, run_pb2.RUN_STATE_CANCELLING
TERMINAL = (run_pb2.RUN_STATE_SUCCEEDED, run_pb2.RUN_STATE_FAILED, run_pb2.RUN_STATE_CANCELLED)
EPOCH = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def _time(seconds: float = 0) -> Timestamp:
    message = Timestamp()
    message.FromSeconds(int(EPOCH.timestamp()) + int(seconds))
    return message


@dataclass
class PlayedRun:
    """One run and its log; `cancels` holds what each cancel asked to keep."""

    run: run_pb2.Run
    changed: threading.Condition
    events: list[run_pb2.RunEvent] = field(default_factory=list)
    cancels: list[bool] = field(default_factory=list)

    def add(self, **payload: Any) -> None:
        """Append an event and carry it over into the run."""
        with self.changed:
            event = run_pb2.RunEvent(sequence=len(self.events) + 1, event_time=_time(len(self.events)), **payload)
            self.events.append(event)
            self.run.latest_sequence = event.sequence
            if event.HasField("state_changed"):
                self.run.state = event.state_changed.state
                self.run.phase = event.state_changed.phase
                self.run.status_text = event.state_changed.status_text
                if event.state_changed.HasField("error"):
                    self.run.error.CopyFrom(event.state_changed.error)
                if self.run.state in TERMINAL:
                    self.run.end_time.CopyFrom(_time(2))
            elif event.HasField("result"):
                self.run.result.CopyFrom(event.result)
                self.run.artifacts_dir = "/runs/1/artifacts"
            elif event.HasField("progress"):
                self.run.progress.CopyFrom(event.progress)
            self.changed.notify_all()

    def state(self, state: run_pb2.RunState.ValueType, text: str, phase: int = 0, error: Any = None) -> None:
        self.add(state_changed=run_pb2.RunStateChanged(state=state, phase=phase, status_text=text, error=error))

    def progress(self, percent: float) -> None:
        self.add(progress=execution_pb2.Progress(percent=percent, simulated_time=_time(), trades=7, equity="100000"))

    def result(self, *, partial: bool = False) -> None:
        statistics = [("Total Orders", "3"), ("Net Profit", "1.234%"), ("Average Win", "0.5%")]
        self.add(
            result=execution_pb2.RunResult(
                statistics=[execution_pb2.Statistic(name=name, value=value) for name, value in statistics],
                order_list_hash="0a1b2c",
                data_points=12345,
                partial=partial,
                simulated_until={"year": 2025, "month": 10, "day": 3} if partial else None,
                orders=3,
                trades=1,
                peak_memory_bytes=99_000_000,
                warnings=[execution_pb2.Warning(code="NO_TRADES", text="no trades were made")],
                warning_count=1,
            )
        )


class ScriptedGateway(
    backtest_service_pb2_grpc.BacktestServiceServicer, strategy_service_pb2_grpc.StrategyServiceServicer
):
    """What a run does is decided by its strategy's name; `played` holds all runs, newest last."""

    def __init__(self) -> None:
        self.address = ""
        self.changed = threading.Condition()
        self.played: list[PlayedRun] = []
        self.created: list[backtest_service_pb2.RunRequest] = []
        self.watched: list[backtest_service_pb2.WatchRunRequest] = []
        self.break_after: int | None = None  # events in one watch, then the stream breaks
        self.refuse_watches = False
        self.gate = threading.Event()  # the strategy "gated" waits for it before CreateRun answers
        self._acts: dict[str, Callable[[PlayedRun], None]] = {
            "Quick": self._play_quick,
            "Failing": self._play_failing,
            "NoData": self._play_no_data,
            "Endless": self._play_endless,
            "Stubborn": self._play_endless,
            "Gated": self._play_endless,
            "Cancelled": self._play_cancelled,
        }

    # --- BacktestService

    def CreateRun(
        self, request: backtest_service_pb2.CreateRunRequest, context: grpc.ServicerContext
    ) -> backtest_service_pb2.CreateRunResponse:
        self.created.append(request.run)
        strategy = request.run.configuration.strategy
        if strategy == "Refused":
            fields = [
                FieldViolation("configuration.parameters.fast", 'must be a whole number (got "abc")'),
                FieldViolation("configuration.cash", "must be above 0 (got -1)"),
            ]
            self._abort(
                context, ServiceError.invalid_argument("INVALID_CONFIGURATION", "two values are bad", fields=fields)
            )
        if strategy == "Incomplete":
            missing = [Precondition("DATA_MISSING", "MCD second 2025-10-03", "no file")]
            self._abort(
                context, ServiceError.failed_precondition("DATA_MISSING", "data are missing", preconditions=missing)
            )
        if strategy == "Buggy":
            self._abort(context, ServiceError.internal("r-1"))
        if strategy not in self._acts:
            self._abort(context, ServiceError.not_found("STRATEGY_NOT_FOUND", f"There is no strategy {strategy!r}."))
        if strategy == "Gated":
            self.gate.wait(20)
        with self.changed:
            run = run_pb2.Run(
                run_id=f"0199aa43-e43b-7800-bfff-{len(self.played) + 1:012d}",
                configuration=request.run.configuration,
                name=request.run.name,
                create_time=_time(),
                engine="scripted",
                config_hash="c0ffee",
            )
            played = PlayedRun(run, self.changed)
            self.played.append(played)
        played.state(run_pb2.RUN_STATE_QUEUED, "Queued")
        self._acts[strategy](played)
        return backtest_service_pb2.CreateRunResponse(run=played.run)

    def WatchRun(
        self, request: backtest_service_pb2.WatchRunRequest, context: grpc.ServicerContext
    ) -> Iterator[backtest_service_pb2.WatchRunResponse]:
        self.watched.append(request)
        if self.refuse_watches:
            context.abort(grpc.StatusCode.UNAVAILABLE, "away")
        played = self._find(request.run_id, context)
        if not request.skip_snapshot:
            yield backtest_service_pb2.WatchRunResponse(snapshot=played.run)
        sequence, sent = request.after_sequence, 0
        while context.is_active():
            with self.changed:
                if not self.changed.wait_for(lambda seen=sequence: len(played.events) > seen, timeout=0.2):
                    if played.run.state in TERMINAL:
                        return
                    yield backtest_service_pb2.WatchRunResponse(bookmark=run_pb2.Bookmark(sequence=sequence))
                    continue
                event = played.events[sequence]
            yield backtest_service_pb2.WatchRunResponse(event=event)
            sequence, sent = event.sequence, sent + 1
            if event.HasField("state_changed") and event.state_changed.state in TERMINAL:
                return
            if sent == self.break_after:
                context.abort(grpc.StatusCode.UNAVAILABLE, "the connection broke")

    def Cancel(
        self, request: backtest_service_pb2.CancelRequest, context: grpc.ServicerContext
    ) -> backtest_service_pb2.CancelResponse:
        played = self._find(request.run_id, context)
        played.cancels.append(request.keep_partial_results)
        if played.run.state in TERMINAL:
            return backtest_service_pb2.CancelResponse(run=played.run, already_ended=True)
        played.state(CANCELLING, "Cancelling")
        if played.run.configuration.strategy != "Stubborn":
            if request.keep_partial_results:
                played.result(partial=True)
            played.state(run_pb2.RUN_STATE_CANCELLED, "Cancelled")
        return backtest_service_pb2.CancelResponse(run=played.run)

    def GetRun(
        self, request: backtest_service_pb2.GetRunRequest, context: grpc.ServicerContext
    ) -> backtest_service_pb2.GetRunResponse:
        return backtest_service_pb2.GetRunResponse(run=self._find(request.run_id, context).run)

    def ListRuns(
        self, request: backtest_service_pb2.ListRunsRequest, context: grpc.ServicerContext
    ) -> backtest_service_pb2.ListRunsResponse:
        runs = [played.run for played in reversed(self.played)]
        runs = [run for run in runs if not request.states or run.state in request.states]
        runs = [run for run in runs if request.strategy in ("", run.configuration.strategy)]
        start = int(request.page_token or 0)
        stop = start + min(request.page_size, 2)
        return backtest_service_pb2.ListRunsResponse(
            runs=runs[start:stop], next_page_token=str(stop) if stop < len(runs) else ""
        )

    # --- StrategyService

    def ListStrategies(
        self, request: strategy_service_pb2.ListStrategiesRequest, context: grpc.ServicerContext
    ) -> strategy_service_pb2.ListStrategiesResponse:
        return strategy_service_pb2.ListStrategiesResponse(strategies=[_strategy()])

    def DescribeStrategy(
        self, request: strategy_service_pb2.DescribeStrategyRequest, context: grpc.ServicerContext
    ) -> strategy_service_pb2.DescribeStrategyResponse:
        if request.name != "Quick":
            self._abort(
                context, ServiceError.not_found("STRATEGY_NOT_FOUND", f"There is no strategy {request.name!r}.")
            )
        return strategy_service_pb2.DescribeStrategyResponse(strategy=_strategy())

    # --- plays

    def _play_quick(self, played: PlayedRun) -> None:
        played.state(RUNNING, "Checking Data", run_pb2.RUN_PHASE_CHECKING_DATA)
        text = "All required Seconds data is available"
        played.add(log=execution_pb2.LogLine(level=execution_pb2.LOG_LEVEL_INFO, text=text, phase="data_download"))
        played.state(RUNNING, "Downloading Data", run_pb2.RUN_PHASE_DOWNLOADING_DATA)
        played.add(download_progress=download_pb2.DownloadProgress(days_done=1, days_needed=2, bytes_received=1500))
        played.add(download_progress=download_pb2.DownloadProgress(days_done=2, days_needed=2, bytes_received=3000))
        played.state(RUNNING, "Running", run_pb2.RUN_PHASE_SIMULATING)
        for percent in range(0, 101, 5):
            played.progress(percent)
        elapsed = played.run.elapsed.add(phase=run_pb2.RUN_PHASE_SIMULATING)
        elapsed.elapsed.FromMilliseconds(1250)
        played.run.simulated_data = True
        played.result()
        played.state(run_pb2.RUN_STATE_SUCCEEDED, "Completed")

    def _play_failing(self, played: PlayedRun) -> None:
        error = make_status(13, "STRATEGY_RAISED", "on_data raised ZeroDivisionError")
        played.state(run_pb2.RUN_STATE_FAILED, "Failed", error=error)

    def _play_no_data(self, played: PlayedRun) -> None:
        error = make_status(9, "DATA_MISSING", "MCD second 2025-10-03 cannot be had")
        played.state(run_pb2.RUN_STATE_FAILED, "Failed", error=error)

    def _play_endless(self, played: PlayedRun) -> None:
        played.state(RUNNING, "Running", run_pb2.RUN_PHASE_SIMULATING)
        played.progress(12)

    def _play_cancelled(self, played: PlayedRun) -> None:
        played.state(run_pb2.RUN_STATE_CANCELLED, "Cancelled")

    def _find(self, run_id: str, context: grpc.ServicerContext) -> PlayedRun:
        found = [played for played in self.played if run_id and played.run.run_id.startswith(run_id)]
        if len(found) != 1:
            self._abort(context, ServiceError.not_found("RUN_NOT_FOUND", f"There is no run {run_id!r}."))
        return found[0]

    def _abort(self, context: grpc.ServicerContext, error: ServiceError) -> None:
        context.abort_with_status(rpc_status.to_status(error.to_status()))


def _strategy() -> strategy_pb2.Strategy:
    strategy = strategy_pb2.Strategy(name="Quick", title="Ends at once", source_digest="d1")
    rule = {"type": "integer", "minimum": 1, "maximum": 200, "default": 5, "x-unit": "bars", "x-group": "Averages"}
    strategy.parameter_schema.update({"type": "object", "properties": {"fast": rule}})
    return strategy


@pytest.fixture
def gateway() -> Iterator[ScriptedGateway]:
    """A scripted gateway that listens on a free port; `gateway.address` says which."""
    scripted = ScriptedGateway()
    server = grpc.server(ThreadPoolExecutor(16), options=(("grpc.so_reuseport", 0),))
    backtest_service_pb2_grpc.add_BacktestServiceServicer_to_server(scripted, server)
    strategy_service_pb2_grpc.add_StrategyServiceServicer_to_server(scripted, server)
    servicer = health.HealthServicer()
    servicer.set("", health_pb2.HealthCheckResponse.SERVING)
    health_pb2_grpc.add_HealthServicer_to_server(servicer, server)
    scripted.address = f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
    server.start()
    yield scripted
    scripted.gate.set()
    server.stop(None).wait(5)


@dataclass(frozen=True)
class Zac:
    """Starts `zac` processes with a state folder of their own."""

    environment: dict[str, str]

    def start(self, *arguments: str, **options: Any) -> subprocess.Popen[str]:
        """A process with its streams as pipes."""
        return subprocess.Popen(
            [sys.executable, "-m", "services.cli", *arguments],
            **{
                "env": self.environment,
                "stdin": subprocess.DEVNULL,
                "stdout": subprocess.PIPE,
                "stderr": subprocess.PIPE,
                "text": True,
            }
            | options,
        )

    def __call__(self, *arguments: str, timeout_s: float = 40) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        with self.start(*arguments) as process:
            try:
                stdout, stderr = process.communicate(timeout=timeout_s)
            except subprocess.TimeoutExpired:
                process.kill()
                raise
        return subprocess.CompletedProcess(arguments, process.returncode, stdout, stderr)


@pytest.fixture
def zac(tmp_path: Path) -> Zac:
    """Commands that see no gateway unless told of one."""
    foreign = ("ZAC_", "BACKTEST_", "POLYGON_", "MASSIVE_", "NO_COLOR", "PYTEST_")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    return Zac(environment | {"ZAC_STATE_DIR": str(tmp_path / "state")})
