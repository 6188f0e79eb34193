"""Services that die and come back: no run is lost, none runs on unseen, none stays running for ever."""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from services.common.errors import ServiceError
from zac.data.v1 import coverage_pb2, downloader_service_pb2
from zac.gateway.v1 import backtest_service_pb2, run_pb2

RECOVERY_LIMIT_S = 5.0


class GatewayProcess:
    """A real gateway process on the platform's fakes."""

    def __init__(self, platform: Any, project: Path) -> None:
        self._platform = platform
        self._project = project
        self.process: asyncio.subprocess.Process

    async def up(self) -> None:
        platform = self._platform
        environment = {
            "PATH": os.environ["PATH"],
            "ZAC_STATE_DIR": str(platform.tmp_path / "state"),
            "ZAC_LOG_FILE": str(platform.tmp_path / "gateway.log"),
            "ZAC_GATEWAY_GRPC_ADDRESS": "127.0.0.1:0",
            "ZAC_RUNNER_ADDRESS": platform.runner_server.address,
            "ZAC_DOWNLOADER_ADDRESS": platform.downloader_server.address,
        }
        self.process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "services.gateway",
            cwd=self._project,
            env=environment,
            stdout=asyncio.subprocess.PIPE,
        )
        assert self.process.stdout is not None
        line = json.loads(await self.process.stdout.readline())
        assert line["service"] == "gateway"
        platform.connect(line["address"])

    async def end(self, number: signal.Signals) -> int:
        await self._platform.channel.close()
        self._platform.channel = None
        self.process.send_signal(number)
        return await self.process.wait()


@pytest.fixture
async def process(platform: Any, project: Path) -> AsyncIterator[GatewayProcess]:
    await platform.down()
    made = GatewayProcess(platform, project)
    await made.up()
    yield made
    if made.process.returncode is None:
        assert await made.end(signal.SIGTERM) == 0


async def released(execution: Any) -> None:
    """Goes on until the test sets `execution.go`."""
    execution.go = asyncio.Event()
    execution.start()
    execution.log("before")
    await execution.go.wait()
    execution.log("after")
    execution.succeed()


async def test_a_killed_gateway_goes_on_where_it_was(
    platform: Any, process: GatewayProcess, scripts: Any, eventually: Any
) -> None:
    platform.runner.expect(scripts.quick, released, released)
    finished = await platform.settled((await platform.create()).run_id, eventually)
    live = await platform.create()
    await platform.reached(live.run_id, eventually, run_pb2.RUN_PHASE_SIMULATING)
    other = await platform.create()
    await platform.reached(other.run_id, eventually, run_pb2.RUN_PHASE_SIMULATING)
    before = [event.sequence for event in (await platform.watch_until_bookmark(live.run_id)).events]
    queued = await platform.create()

    await process.end(signal.SIGKILL)
    platform.runner.executions[other.run_id, 1].go.set()  # ends while nobody listens
    platform.runner.expect(scripts.quick)
    began = time.monotonic()
    await process.up()

    assert await platform.get(finished.run_id) == finished
    listed = await platform.backtests.ListRuns(backtest_service_pb2.ListRunsRequest())
    assert [run.run_id for run in listed.runs] == [run.run_id for run in (queued, other, live, finished)]
    assert (await platform.settled(other.run_id, eventually)).state == run_pb2.RUN_STATE_SUCCEEDED
    assert (await platform.settled(queued.run_id, eventually)).state == run_pb2.RUN_STATE_SUCCEEDED
    platform.runner.executions[live.run_id, 1].go.set()
    done = await platform.settled(live.run_id, eventually)
    assert time.monotonic() - began < RECOVERY_LIMIT_S
    assert (done.state, done.attempt) == (run_pb2.RUN_STATE_SUCCEEDED, 1)
    events = await platform.events(live.run_id)
    assert [event.sequence for event in events] == list(range(1, done.latest_sequence + 1))
    assert [event.sequence for event in events][: len(before)] == before
    lines = [event.log.text for event in events if event.log.phase == "backtest_execution"]
    assert lines == ["before", "after"]


async def test_gateways_killed_at_random_lose_and_double_nothing(
    platform: Any, process: GatewayProcess, eventually: Any
) -> None:
    chance = random.Random(7)

    async def chatty(execution: Any) -> None:
        execution.start()
        for number in range(400):
            execution.log(f"line {number}")
            execution.progress(number / 5)
            await asyncio.sleep(0.01)
        execution.succeed()

    platform.runner.expect(chatty, chatty)
    runs = [await platform.create(), await platform.create()]
    for _ in range(6):
        await asyncio.sleep(chance.uniform(0.0, 0.4))  # the chance is what is tested
        await process.end(signal.SIGKILL)
        await process.up()
    for run in runs:
        done = await platform.settled(run.run_id, eventually, timeout_s=20)
        assert (done.state, done.attempt) == (run_pb2.RUN_STATE_SUCCEEDED, 1)
        events = await platform.events(run.run_id)
        assert [event.sequence for event in events] == list(range(1, done.latest_sequence + 1))
        lines = [event.log.text for event in events if event.log.phase == "backtest_execution"]
        assert lines == [f"line {number}" for number in range(400)]
        assert len([event for event in events if event.state_changed.state == run_pb2.RUN_STATE_SUCCEEDED]) == 1


async def test_a_cancel_outlives_its_gateway(platform: Any, process: GatewayProcess, eventually: Any) -> None:
    async def stubborn(execution: Any) -> None:
        execution.stoppable = False
        execution.start()
        await execution.cancelled.wait()

    platform.runner.expect(stubborn)
    run = await platform.create(keep_partial_results=True)
    await platform.reached(run.run_id, eventually, run_pb2.RUN_PHASE_SIMULATING)
    await platform.cancel(run.run_id)
    await process.end(signal.SIGKILL)
    platform.runner.executions[run.run_id, 1].stoppable = True
    await process.up()
    done = await platform.settled(run.run_id, eventually, timeout_s=RECOVERY_LIMIT_S)
    assert done.status_text == "Cancelled – partial results kept"


async def test_a_cancelled_run_is_never_started(
    platform: Any, process: GatewayProcess, scripts: Any, eventually: Any
) -> None:
    """The runner is away when the engine should start, the run is cancelled, the gateway killed: nothing may start."""
    checks = 0

    async def coverage(request: Any, context: Any) -> Any:
        nonlocal checks
        checks += 1
        if checks == 2:
            await platform.runner_server.down()
        return scripts.covered()

    platform.downloader.CheckCoverage = coverage
    await platform.restart_downloader()
    run = await platform.create()
    await platform.reached(run.run_id, eventually, run_pb2.RUN_PHASE_STARTING_ENGINE)
    answer = await platform.cancel(run.run_id)
    assert answer.run.state == run_pb2.RUN_STATE_CANCELLING
    await process.end(signal.SIGKILL)
    await platform.runner_server.up()
    await process.up()
    done = await platform.settled(run.run_id, eventually, timeout_s=RECOVERY_LIMIT_S)
    assert done.state == run_pb2.RUN_STATE_CANCELLED
    assert "Execute" not in platform.runner.calls


@pytest.mark.parametrize("stage", ["checking", "downloading", "starting"])
async def test_a_run_killed_before_its_engine_goes_on(
    platform: Any, scripts: Any, eventually: Any, process: GatewayProcess, stage: str
) -> None:
    hanging = asyncio.Event()
    checks = 0

    async def coverage(request: Any, context: Any) -> Any:
        nonlocal checks
        checks += 1
        if stage == "checking" and checks == 2:
            await hanging.wait()
        if stage == "downloading":
            missing = coverage_pb2.SymbolDay(symbol="MCD", resolution=1, day={"year": 2025, "month": 10, "day": 3})
            return scripts.covered(uncovered=[missing], can_download=True)
        return scripts.covered()

    async def download_hangs(request: Any) -> AsyncIterator[Any]:
        yield downloader_service_pb2.DownloadResponse(log={"text": "half"})
        await hanging.wait()

    async def download(request: Any) -> AsyncIterator[Any]:
        yield downloader_service_pb2.DownloadResponse(summary={"data_manifest_digest": "f" * 64})

    async def starts_late(execution: Any) -> None:
        await hanging.wait()
        await scripts.quick(execution)

    platform.downloader.CheckCoverage = coverage
    await platform.restart_downloader()
    if stage == "downloading":
        platform.downloader.expect(download_hangs, download)
    platform.runner.expect(starts_late)
    run = await platform.create()
    phase = {"checking": 1, "downloading": 2, "starting": 3}[stage]
    await platform.reached(run.run_id, eventually, phase)
    await process.end(signal.SIGKILL)
    hanging.set()
    await process.up()
    done = await platform.settled(run.run_id, eventually, timeout_s=RECOVERY_LIMIT_S)
    assert (done.state, done.attempt) == (run_pb2.RUN_STATE_SUCCEEDED, 1)
    texts = [e.state_changed.status_text for e in await platform.events(run.run_id) if e.HasField("state_changed")]
    assert texts[-4:] == ["Starting Engine", "Running", "Completing", "Completed"]
    assert texts.count("Checking Data") == 1
    assert platform.runner.seen_tokens[-1] == 2 if stage != "starting" else platform.runner.seen_tokens == [1, 2]


async def test_a_terminated_gateway_leaves_runs_alone(platform: Any, process: GatewayProcess, eventually: Any) -> None:
    platform.runner.expect(released)
    run = await platform.create()
    await platform.reached(run.run_id, eventually, run_pb2.RUN_PHASE_SIMULATING)
    assert await process.end(signal.SIGTERM) == 0
    assert "CancelExecution" not in platform.runner.calls
    platform.runner.executions[run.run_id, 1].go.set()
    await process.up()
    assert (await platform.settled(run.run_id, eventually)).state == run_pb2.RUN_STATE_SUCCEEDED


async def test_two_gateways_cannot_share_a_database(platform: Any, process: GatewayProcess, project: Path) -> None:
    second = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "services.gateway",
        cwd=project,
        env={"PATH": os.environ["PATH"], "ZAC_STATE_DIR": str(platform.tmp_path / "state")},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await second.communicate()
    assert (second.returncode, out) == (1, b"")
    assert b"in use by another gateway" in err
    assert b"Traceback" not in err


async def test_a_broken_stream_is_taken_up_again(platform: Any, eventually: Any) -> None:
    platform.runner.expect(released)
    run = await platform.create()
    await platform.reached(run.run_id, eventually, run_pb2.RUN_PHASE_SIMULATING)
    for _ in range(3):
        await platform.restart_runner()
        waits = platform.runner.calls.count("WaitExecution")
        await eventually.wait(lambda seen=waits: platform.runner.calls.count("WaitExecution") > seen)
    platform.runner.executions[run.run_id, 1].go.set()
    done = await platform.settled(run.run_id, eventually)
    assert (done.state, done.attempt) == (run_pb2.RUN_STATE_SUCCEEDED, 1)
    lines = [e.log.text for e in await platform.events(run.run_id) if e.log.phase == "backtest_execution"]
    assert lines == ["before", "after"]


async def test_a_lost_worker_gets_one_more_chance(platform: Any, scripts: Any, eventually: Any) -> None:
    platform.runner.expect(scripts.endless, scripts.quick)
    run = await platform.create()
    await platform.reached(run.run_id, eventually, run_pb2.RUN_PHASE_SIMULATING)
    platform.runner.forget()
    await platform.restart_runner()
    done = await platform.settled(run.run_id, eventually)
    assert (done.state, done.attempt) == (run_pb2.RUN_STATE_SUCCEEDED, 2)
    texts = [e.state_changed.status_text for e in await platform.events(run.run_id) if e.HasField("state_changed")]
    assert texts[3:7] == ["Running", "Lost", "Queued", "Checking Data"]
    request = platform.runner.executions[run.run_id, 2].request
    assert (request.attempt, request.fencing_token, request.after_sequence) == (2, 2, 0)


async def test_a_worker_lost_twice_fails_the_run(platform: Any, scripts: Any, eventually: Any) -> None:
    platform.runner.expect(scripts.endless, scripts.endless)
    run = await platform.create()
    for attempt in (1, 2):
        await eventually.wait(lambda attempt=attempt: (run.run_id, attempt) in platform.runner.executions)
        await platform.reached(run.run_id, eventually, run_pb2.RUN_PHASE_SIMULATING)
        platform.runner.forget()
        await platform.restart_runner()
    done = await platform.settled(run.run_id, eventually)
    assert done.state == run_pb2.RUN_STATE_FAILED
    assert ServiceError.from_status(done.error).reason == "WORKER_LOST"


async def test_a_runner_that_never_comes_back_fails_the_run(
    platform: Any, scripts: Any, eventually: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.gateway.execution.PEER_AWAY_LIMIT_S", 0.3)
    platform.runner.expect(scripts.endless)
    run = await platform.create()
    await platform.reached(run.run_id, eventually, run_pb2.RUN_PHASE_SIMULATING)
    await platform.runner_server.down()
    done = await platform.settled(run.run_id, eventually)
    assert (done.state, done.attempt) == (run_pb2.RUN_STATE_FAILED, 2)
    error = ServiceError.from_status(done.error)
    assert (error.reason, "away too long" in error.message) == ("WORKER_LOST", True)


async def test_results_under_an_old_token_are_refused(platform: Any, eventually: Any) -> None:
    """Another process takes the run over behind the driver's back: the driver writes nothing more."""
    from services.gateway.store import adopt_run

    platform.runner.expect(released)
    run = await platform.create()
    await platform.reached(run.run_id, eventually, run_pb2.RUN_PHASE_SIMULATING)
    await platform.watch_until_bookmark(run.run_id)
    lease = await platform.gateway._database.write(adopt_run, run.run_id)
    platform.runner.executions[run.run_id, 1].go.set()
    await eventually.wait(lambda: run.run_id not in platform.gateway._scheduler._drivers)
    left = await platform.get(run.run_id)
    assert left.state == run_pb2.RUN_STATE_RUNNING
    assert left.progress.percent < 100
    platform.gateway._scheduler.drive(lease)
    assert (await platform.settled(run.run_id, eventually)).state == run_pb2.RUN_STATE_SUCCEEDED


async def test_a_database_that_fails_for_a_while_loses_no_run(platform: Any, eventually: Any) -> None:
    platform.runner.expect(released)
    run = await platform.create()
    await platform.reached(run.run_id, eventually, run_pb2.RUN_PHASE_SIMULATING)
    transact = platform.gateway._database._transact
    failures = 0

    def failing(*args: Any, **kwargs: Any) -> Any:
        nonlocal failures
        failures += 1
        raise OSError("disk full")

    platform.gateway._database._transact = failing
    platform.runner.executions[run.run_id, 1].go.set()
    await eventually.wait(lambda: failures >= 3)
    platform.gateway._database._transact = transact
    done = await platform.settled(run.run_id, eventually)
    assert done.state == run_pb2.RUN_STATE_SUCCEEDED
    lines = [e.log.text for e in await platform.events(run.run_id) if e.log.phase == "backtest_execution"]
    assert lines == ["before", "after"]
