"""A runner in a process of its own, and what tests ask it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import grpc
import pytest

from services.common.client import CHANNEL_OPTIONS
from services.common.errors import ServiceError
from services.runner.process import ProcessIdentity, find_members
from zac.run.v1 import execution_pb2, runner_service_pb2, runner_service_pb2_grpc, strategy_pb2

STRATEGIES = Path(__file__).parent / "strategies"
CALL_TIMEOUT_S = 30


@dataclass
class RunnerProcess:
    """A running `python -m services.runner` and a stub for it."""

    environment: dict[str, str]
    runs_dir: Path
    data_root: Path
    process: subprocess.Popen[str] | None = None
    channels: list[grpc.Channel] = field(default_factory=list)

    def start(self) -> RunnerProcess:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "services.runner"], env=self.environment, stdout=subprocess.PIPE, text=True
        )
        assert self.process.stdout is not None
        line = json.loads(self.process.stdout.readline())
        channel = grpc.insecure_channel(line["address"], options=CHANNEL_OPTIONS)
        self.channels.append(channel)
        self.stub = runner_service_pb2_grpc.RunnerServiceStub(channel)
        return self

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        assert self.process is not None
        assert self.process.stdout is not None
        self.process.send_signal(number)
        code = self.process.wait(timeout=20)
        self.process.stdout.close()
        for channel in self.channels:
            channel.close()
        self.channels.clear()
        return code

    def stop_if_running(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.stop()

    def validate(self, strategy: str, **fields: Any) -> strategy_pb2.ResolvedConfiguration:
        configuration = strategy_pb2.RunConfiguration(strategy=strategy, **fields)
        request = runner_service_pb2.ValidateStrategyRequest(configuration=configuration)
        return self.stub.ValidateStrategy(request, timeout=CALL_TIMEOUT_S).resolved

    def request(self, strategy: str, **fields: Any) -> runner_service_pb2.ExecuteRequest:
        return runner_service_pb2.ExecuteRequest(
            run_id=str(uuid.uuid4()),
            attempt=1,
            fencing_token=1,
            resolved=self.validate(strategy, **fields),
            data_root=str(self.data_root),
        )

    def execute(self, request: runner_service_pb2.ExecuteRequest) -> Iterator[execution_pb2.ExecutionEvent]:
        """Events of the stream without bookmarks."""
        for message in self.stub.Execute(request, timeout=CALL_TIMEOUT_S):
            if message.HasField("event"):
                yield message.event

    def wait(self, request: runner_service_pb2.ExecuteRequest, after: int = 0) -> list[execution_pb2.ExecutionEvent]:
        """Every event after a sequence, once the execution has ended."""
        wait = runner_service_pb2.WaitExecutionRequest(
            run_id=request.run_id, attempt=request.attempt, after_sequence=after
        )
        messages = self.stub.WaitExecution(wait, timeout=CALL_TIMEOUT_S)
        return [message.event for message in messages if message.HasField("event")]

    def cancel(self, request: runner_service_pb2.ExecuteRequest, *, keep: bool = False) -> int:
        cancel = runner_service_pb2.CancelExecutionRequest(
            run_id=request.run_id, attempt=request.attempt, keep_partial_results=keep
        )
        return self.stub.CancelExecution(cancel, timeout=CALL_TIMEOUT_S).state

    def get(self, request: runner_service_pb2.ExecuteRequest) -> runner_service_pb2.GetExecutionResponse:
        get = runner_service_pb2.GetExecutionRequest(run_id=request.run_id, attempt=request.attempt)
        return self.stub.GetExecution(get, timeout=CALL_TIMEOUT_S)

    def folder(self, request: runner_service_pb2.ExecuteRequest) -> Path:
        return self.runs_dir / request.run_id / str(request.attempt)

    def worker(self, request: runner_service_pb2.ExecuteRequest) -> ProcessIdentity:
        return ProcessIdentity.from_json((self.folder(request) / "worker.json").read_text())

    def processes(self, request: runner_service_pb2.ExecuteRequest) -> list[int]:
        """Pids of everything the execution has started that still lives."""
        return find_members(self.worker(request))


@pytest.fixture(scope="session")
def cache_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One cache for all runners: describing every strategy takes seconds."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def make_runner(tmp_path: Path, shared: Path, cache_dir: Path) -> Iterator[Callable[..., RunnerProcess]]:
    """Start a runner on the test strategies; further environment variables as keywords. Stopped at the end."""
    started: list[RunnerProcess] = []

    def make(**environment: str) -> RunnerProcess:
        runner = _runner(tmp_path / "state", shared, cache_dir, environment)
        started.append(runner)
        return runner.start()

    yield make
    for runner in started:
        runner.stop_if_running()


@pytest.fixture(scope="module")
def runner(tmp_path_factory: pytest.TempPathFactory, shared: Path, cache_dir: Path) -> Iterator[RunnerProcess]:
    """One runner for all tests of a module that leave it as it was."""
    runner = _runner(tmp_path_factory.mktemp("state"), shared, cache_dir, {}).start()
    yield runner
    runner.stop_if_running()


def _runner(state: Path, shared: Path, cache_dir: Path, environment: dict[str, str]) -> RunnerProcess:
    inherited = {name: text for name, text in os.environ.items() if not name.startswith("ZAC_")}
    settings = {
        "ZAC_STATE_DIR": str(state),
        "ZAC_CACHE_DIR": str(cache_dir),
        "ZAC_RUNNER_ADDRESS": "127.0.0.1:0",
        "ZAC_STRATEGY_PATH": os.pathsep.join([str(STRATEGIES), str(STRATEGIES.parents[3] / "examples")]),
        "ZAC_LOG_FILE": str(state / "runner.log"),
    }
    return RunnerProcess(inherited | settings | environment, state / "runs", shared / "lean-sample")


@pytest.fixture
def error_of() -> Callable[[Callable[[], object]], ServiceError]:
    """The error a call is answered with."""

    def call(action: Callable[[], object]) -> ServiceError:
        with pytest.raises(grpc.RpcError) as caught:
            action()
        return ServiceError.from_rpc_error(caught.value)

    return call
