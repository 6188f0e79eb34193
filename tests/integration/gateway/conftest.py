"""A gateway on a free port between a scripted runner and a scripted downloader, all over real sockets.

The fakes refuse calls they were not told to expect, and the test fails at its end if one came, or if an answer was not
used.
"""

from __future__ import annotations

import asyncio
import hashlib
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from google.protobuf.timestamp_pb2 import Timestamp

from services.common.client import open_channel, stream_events
from services.common.clock import SystemClock
from services.common.errors import ServiceError, peer_errors
from services.common.server import RunningServer, start_server
from services.gateway.application import Gateway
from services.gateway.config import GatewaySettings
from zac.data.v1 import coverage_pb2, downloader_service_pb2, downloader_service_pb2_grpc
from zac.gateway.v1 import (
    backtest_service_pb2,
    backtest_service_pb2_grpc,
    run_pb2,
    strategy_service_pb2_grpc,
)
from zac.run.v1 import execution_pb2, runner_service_pb2, runner_service_pb2_grpc, strategy_pb2

Script = Callable[["FakeExecution"], Awaitable[None]]
Download = Callable[[Any], AsyncIterator[downloader_service_pb2.DownloadResponse]]

SETTLED = {run_pb2.RUN_STATE_SUCCEEDED, run_pb2.RUN_STATE_FAILED, run_pb2.RUN_STATE_CANCELLED}
RESULT_FILE = b'{"statistics": {}}'


class FakeExecution:
    """An execution with its journal, as the runner keeps it."""

    def __init__(self, request: runner_service_pb2.ExecuteRequest, folder: Path) -> None:
        self.request = request
        self.folder = folder
        self.journal: list[execution_pb2.ExecutionEvent] = []
        self.cancelled = asyncio.Event()
        self.keep_partial = False
        self.stoppable = True
        self._grown = asyncio.Condition()
        self._notices: set[asyncio.Task[None]] = set()

    @property
    def finished(self) -> bool:
        return bool(self.journal) and self.journal[-1].HasField("finished")

    def emit(self, **payload: Any) -> None:
        now = Timestamp()
        now.GetCurrentTime()
        self.journal.append(execution_pb2.ExecutionEvent(sequence=len(self.journal) + 1, event_time=now, **payload))
        notice = asyncio.ensure_future(self._notify())
        self._notices.add(notice)
        notice.add_done_callback(self._notices.discard)

    async def _notify(self) -> None:
        async with self._grown:
            self._grown.notify_all()

    def start(self) -> None:
        self.emit(started=execution_pb2.ExecutionStarted(worker_pid=4711))

    def progress(self, percent: float, **fields: Any) -> None:
        self.emit(progress=execution_pb2.Progress(percent=percent, **fields))

    def log(self, text: str) -> None:
        self.emit(log=execution_pb2.LogLine(text=text, level=execution_pb2.LOG_LEVEL_INFO, phase="backtest_execution"))

    def result(self, **fields: Any) -> execution_pb2.RunResult:
        """A result whose one artifact lies in the folder."""
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "run.json").write_bytes(RESULT_FILE)
        artifact = execution_pb2.Artifact(
            name="run.json", size_bytes=len(RESULT_FILE), sha256=hashlib.sha256(RESULT_FILE).hexdigest()
        )
        result = execution_pb2.RunResult(order_list_hash="abc", orders=2, trades=1, artifacts=[artifact])
        result.MergeFrom(execution_pb2.RunResult(**fields))
        return result

    def succeed(self, result: execution_pb2.RunResult | None = None) -> None:
        self._finish(execution_pb2.EXECUTION_STATE_SUCCEEDED, result=result or self.result())

    def fail(self, error: ServiceError) -> None:
        self._finish(execution_pb2.EXECUTION_STATE_FAILED, error=error.to_status())

    def end_cancelled(self) -> None:
        kept = {"result": self.result(partial=True)} if self.keep_partial else {}
        self._finish(execution_pb2.EXECUTION_STATE_CANCELLED, **kept)

    def _finish(self, state: int, **fields: Any) -> None:
        if not self.finished:
            self.emit(finished=execution_pb2.ExecutionFinished(state=state, **fields))

    async def follow(self, after_sequence: int) -> AsyncIterator[execution_pb2.ExecutionEvent]:
        position = after_sequence
        while True:
            async with self._grown:
                while len(self.journal) <= position:
                    await self._grown.wait()
            yield self.journal[position]
            if self.journal[position].HasField("finished"):
                return
            position += 1


@dataclass
class Fake:
    """What both fakes share: what went wrong, and what was called."""

    unexpected: list[str] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)

    def refuse(self, call: str) -> ServiceError:
        self.unexpected.append(call)
        return ServiceError.aborted("UNEXPECTED_CALL", f"the test did not expect {call}")


class FakeRunner(Fake, runner_service_pb2_grpc.RunnerServiceServicer):
    """Validates as told; runs one script for each execution it was told to expect."""

    def __init__(self, runs_dir: Path) -> None:
        super().__init__()
        self.runs_dir = runs_dir
        self.scripts: list[Script] = []
        self.executions: dict[tuple[str, int], FakeExecution] = {}
        self.validation: Callable[[strategy_pb2.RunConfiguration], strategy_pb2.ResolvedConfiguration] | None = None
        self.strategies: list[strategy_pb2.Strategy] | None = None
        self.seen_tokens: list[int] = []
        self._tasks: set[asyncio.Task[None]] = set()

    def expect(self, *scripts: Script) -> None:
        """The next executions, in the order they come."""
        self.scripts += scripts

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        outcomes = await asyncio.gather(*self._tasks, return_exceptions=True)
        failures = [item for item in outcomes if isinstance(item, Exception)]
        assert not self.unexpected, f"unexpected calls: {self.unexpected}"
        assert not self.scripts, f"{len(self.scripts)} expected executions never came"
        assert not failures, failures

    def forget(self) -> None:
        """As a runner that was killed and lost its folder."""
        self.executions.clear()

    async def ValidateStrategy(self, request: Any, context: Any) -> runner_service_pb2.ValidateStrategyResponse:
        self.calls.append("ValidateStrategy")
        if self.validation is None:
            raise self.refuse("ValidateStrategy")
        return runner_service_pb2.ValidateStrategyResponse(resolved=self.validation(request.configuration))

    async def Execute(self, request: Any, context: Any) -> AsyncIterator[runner_service_pb2.ExecuteResponse]:
        self.calls.append("Execute")
        self.seen_tokens.append(request.fencing_token)
        key = (request.run_id, request.attempt)
        if key not in self.executions:
            if not self.scripts:
                raise self.refuse(f"Execute of {key}")
            execution = self.executions[key] = FakeExecution(request, self.runs_dir / request.run_id / "artifacts")
            task = asyncio.ensure_future(self.scripts.pop(0)(execution))
            self._tasks.add(task)
        async for event in self.executions[key].follow(request.after_sequence):
            yield runner_service_pb2.ExecuteResponse(batch={"events": [event]})

    async def WaitExecution(self, request: Any, context: Any) -> AsyncIterator[Any]:
        self.calls.append("WaitExecution")
        async for event in self._execution(request).follow(request.after_sequence):
            yield runner_service_pb2.WaitExecutionResponse(batch={"events": [event]})

    async def CancelExecution(self, request: Any, context: Any) -> runner_service_pb2.CancelExecutionResponse:
        self.calls.append("CancelExecution")
        execution = self._execution(request)
        execution.keep_partial = request.keep_partial_results
        execution.cancelled.set()
        if not execution.stoppable:
            await asyncio.Event().wait()
        execution.end_cancelled()
        return runner_service_pb2.CancelExecutionResponse(state=execution.journal[-1].finished.state)

    async def GetExecution(self, request: Any, context: Any) -> runner_service_pb2.GetExecutionResponse:
        self.calls.append("GetExecution")
        execution = self._execution(request)
        return runner_service_pb2.GetExecutionResponse(artifacts_dir=str(execution.folder))

    async def ListStrategies(self, request: Any, context: Any) -> runner_service_pb2.ListStrategiesResponse:
        if self.strategies is None:
            raise self.refuse("ListStrategies")
        return runner_service_pb2.ListStrategiesResponse(strategies=self.strategies)

    async def DescribeStrategy(self, request: Any, context: Any) -> runner_service_pb2.DescribeStrategyResponse:
        for strategy in self.strategies or ():
            if strategy.name == request.name:
                return runner_service_pb2.DescribeStrategyResponse(strategy=strategy)
        raise ServiceError.not_found(
            "STRATEGY_NOT_FOUND", f"no strategy {request.name!r}", resource=("strategy", request.name)
        )

    def _execution(self, request: Any) -> FakeExecution:
        try:
            return self.executions[request.run_id, request.attempt]
        except KeyError:
            raise ServiceError.not_found("EXECUTION_NOT_FOUND", "no such execution") from None


class FakeDownloader(Fake, downloader_service_pb2_grpc.DownloaderServiceServicer):
    """Tells the coverage it was told; streams the downloads it was told to expect."""

    def __init__(self) -> None:
        super().__init__()
        self.coverage: downloader_service_pb2.CheckCoverageResponse | None = None
        self.downloads: list[Download] = []
        self.active_downloads = 0

    def expect(self, *downloads: Download) -> None:
        self.downloads += downloads

    async def close(self) -> None:
        assert not self.unexpected, f"unexpected calls: {self.unexpected}"
        assert not self.downloads, f"{len(self.downloads)} expected downloads never came"

    async def CheckCoverage(self, request: Any, context: Any) -> downloader_service_pb2.CheckCoverageResponse:
        self.calls.append("CheckCoverage")
        if self.coverage is None:
            raise self.refuse("CheckCoverage")
        return self.coverage

    async def Download(self, request: Any, context: Any) -> AsyncIterator[downloader_service_pb2.DownloadResponse]:
        self.calls.append("Download")
        if not self.downloads:
            raise self.refuse("Download")
        self.active_downloads += 1
        try:
            async for message in self.downloads.pop(0)(request):
                yield message
        finally:
            self.active_downloads -= 1

    async def PlanDownload(self, request: Any, context: Any) -> Any:
        raise self.refuse("PlanDownload")


class Served:
    """A fake behind a socket that can be shut and opened again on the same port."""

    def __init__(self, name: str, add: Callable[[Any], None]) -> None:
        self._name = name
        self._add = add
        self.address = "127.0.0.1:0"
        self._running: RunningServer | None = None

    async def up(self) -> None:
        self._running = await start_server(self._name, self.address, self._add)
        self.address = self._running.address

    async def down(self) -> None:
        running, self._running = self._running, None
        if running is not None:
            await running.server.stop(None)


def resolve(configuration: strategy_pb2.RunConfiguration) -> strategy_pb2.ResolvedConfiguration:
    """What a content runner says to any configuration."""
    resolved = strategy_pb2.ResolvedConfiguration(source_digest="s" * 64, engine="pylean 0.1.0")
    resolved.configuration.CopyFrom(configuration)
    resolved.configuration.cash = configuration.cash or "100000"
    requirement = resolved.data_requirements.add(resolution=coverage_pb2.RESOLUTION_SECOND)
    requirement.symbols.extend(configuration.symbols or ["MCD"])
    return resolved


def covered(**fields: Any) -> downloader_service_pb2.CheckCoverageResponse:
    """Coverage of a complete store."""
    values = {"days_covered": 5, "days_needed": 5, "data_manifest_digest": "d" * 64, "data_root": "/data"} | fields
    return downloader_service_pb2.CheckCoverageResponse(**values)


@dataclass(frozen=True)
class Seen:
    """A watch up to its first bookmark."""

    run: run_pb2.Run
    events: list[run_pb2.RunEvent]
    bookmark: run_pb2.Bookmark


class Platform:
    """The gateway under test and its surroundings."""

    def __init__(self, tmp_path: Path) -> None:
        self.tmp_path = tmp_path
        self.runner = FakeRunner(tmp_path / "runs")
        self.runner.validation = resolve
        self.downloader = FakeDownloader()
        self.downloader.coverage = covered()
        self.runner_server = Served(
            "runner", lambda s: runner_service_pb2_grpc.add_RunnerServiceServicer_to_server(self.runner, s)
        )
        self.downloader_server = Served(
            "downloader",
            lambda s: downloader_service_pb2_grpc.add_DownloaderServiceServicer_to_server(self.downloader, s),
        )
        self.gateway: Gateway | None = None
        self.server: RunningServer | None = None
        self.channel: Any = None
        self._numbers = itertools.count()

    @property
    def database_path(self) -> Path:
        return self.tmp_path / "state" / "gateway.sqlite3"

    def settings(self, **values: Any) -> GatewaySettings:
        return GatewaySettings(
            state_dir=self.tmp_path / "state",
            gateway_grpc_address="127.0.0.1:0",
            downloader_address=self.downloader_server.address,
            runner_address=self.runner_server.address,
            **{"max_concurrent_runs": 2} | values,
        )

    async def up(self, **values: Any) -> None:
        """Starts the gateway; the fakes are started once."""
        for server in (self.runner_server, self.downloader_server):
            if server.address.endswith(":0"):
                await server.up()
        self.gateway = Gateway(self.settings(**values), SystemClock())
        await self.gateway.open()
        self.server = await start_server("gateway", "127.0.0.1:0", self.gateway.add_services)
        self.connect(self.server.address)

    def connect(self, address: str) -> None:
        self.channel = open_channel(address)
        self.backtests: backtest_service_pb2_grpc.BacktestServiceAsyncStub = (
            backtest_service_pb2_grpc.BacktestServiceStub(self.channel)
        )
        self.strategies: strategy_service_pb2_grpc.StrategyServiceAsyncStub = (
            strategy_service_pb2_grpc.StrategyServiceStub(self.channel)
        )

    async def down(self) -> None:
        """Stops the gateway in order, as SIGTERM does."""
        if self.channel is not None:
            await self.channel.close()
        if self.server is not None and self.gateway is not None:
            await self.server.stop(1.0, self.gateway.drain)
            await self.gateway.close()
        self.server = self.gateway = self.channel = None

    async def close(self) -> None:
        await self.down()
        await self.runner_server.down()
        await self.downloader_server.down()
        await self.downloader.close()
        await self.runner.close()

    def request(self, **fields: Any) -> backtest_service_pb2.RunRequest:
        """A request like no other, unless told."""
        configuration = {"strategy": "ZacQC", "parameters": {"Number": str(next(self._numbers))}}
        configuration |= fields.pop("configuration", {})
        return backtest_service_pb2.RunRequest(configuration=configuration, **fields)

    async def create(self, request: Any = None, **fields: Any) -> run_pb2.Run:
        run = request if request is not None else self.request(**fields)
        with peer_errors("gateway"):
            return (await self.backtests.CreateRun(backtest_service_pb2.CreateRunRequest(run=run), timeout=10)).run

    async def get(self, run_id: str) -> run_pb2.Run:
        with peer_errors("gateway"):
            return (await self.backtests.GetRun(backtest_service_pb2.GetRunRequest(run_id=run_id), timeout=10)).run

    async def cancel(self, run_id: str, keep: bool = False) -> backtest_service_pb2.CancelResponse:
        request = backtest_service_pb2.CancelRequest(run_id=run_id, keep_partial_results=keep)
        with peer_errors("gateway"):
            return await self.backtests.Cancel(request, timeout=10)

    async def watch(self, run_id: str, after: int = 0, **fields: Any) -> list[backtest_service_pb2.WatchRunResponse]:
        """Everything from a watch that goes to its end."""
        request = backtest_service_pb2.WatchRunRequest(run_id=run_id, after_sequence=after, **fields)
        with peer_errors("gateway"):
            async with stream_events(self.backtests.WatchRun(request)) as messages:
                return [message async for message in messages]

    async def events(self, run_id: str, after: int = 0) -> list[run_pb2.RunEvent]:
        return [message.event for message in await self.watch(run_id, after) if message.HasField("event")]

    async def watch_until_bookmark(self, run_id: str) -> Seen:
        """What a watch says until it has nothing to say."""
        events: list[run_pb2.RunEvent] = []
        run = run_pb2.Run()
        async with stream_events(self.backtests.WatchRun(backtest_service_pb2.WatchRunRequest(run_id=run_id))) as told:
            async for message in told:
                if message.HasField("snapshot"):
                    run = message.snapshot
                elif message.HasField("event"):
                    events.append(message.event)
                else:
                    return Seen(run, events, message.bookmark)
        raise AssertionError("the run ended before a bookmark came")

    async def restart_runner(self) -> None:
        """Serves the runner's present methods: those replaced by a test count from here on."""
        await self.runner_server.down()
        await self.runner_server.up()

    async def restart_downloader(self) -> None:
        await self.downloader_server.down()
        await self.downloader_server.up()

    async def settled(self, run_id: str, eventually: Any, timeout_s: float = 10.0) -> run_pb2.Run:
        async def is_settled() -> run_pb2.Run | None:
            run = await self.get(run_id)
            return run if run.state in SETTLED else None

        run: run_pb2.Run = await eventually.wait(is_settled, timeout_s=timeout_s)
        return run

    async def reached(self, run_id: str, eventually: Any, phase: int) -> run_pb2.Run:
        async def is_there() -> run_pb2.Run | None:
            run = await self.get(run_id)
            return run if run.phase == phase else None

        run: run_pb2.Run = await eventually.wait(is_there)
        return run


async def quick(execution: FakeExecution) -> None:
    """A run that goes through at once."""
    execution.start()
    execution.progress(50.0, simulated_time=Timestamp(seconds=1_759_498_200), orders=1)
    execution.log("bought")
    execution.emit(order_event=execution_pb2.OrderEvent(order_id=1, symbol="MCD", status="filled"))
    execution.progress(100.0, orders=2)
    execution.succeed()


async def endless(execution: FakeExecution) -> None:
    """A run that goes on until it is cancelled."""
    execution.start()
    execution.progress(1.0)
    await execution.cancelled.wait()


@pytest.fixture
async def platform(tmp_path: Path) -> AsyncIterator[Platform]:
    made = Platform(tmp_path)
    await made.up()
    yield made
    await made.close()


@pytest.fixture
def scripts() -> Any:
    """The ready-made executions and coverages: `scripts.quick`, `scripts.endless`, `scripts.covered(...)`."""

    class Scripts:
        pass

    made = Scripts()
    made.quick, made.endless, made.covered, made.resolve = quick, endless, covered, resolve
    return made
