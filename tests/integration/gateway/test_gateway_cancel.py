"""Cancel, in every phase: CANCELLING at once, CANCELLED within two seconds."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import grpc
import pytest

from services.common.client import stream_events
from services.common.errors import ServiceError
from zac.data.v1 import coverage_pb2, downloader_service_pb2
from zac.gateway.v1 import backtest_service_pb2, run_pb2

CONTRACT_LIMIT_S = 2.0
MISSING = [
    coverage_pb2.SymbolDay(
        symbol="MCD",
        resolution=coverage_pb2.RESOLUTION_SECOND,
        day={"year": 2025, "month": 10, "day": 3},
        state=coverage_pb2.COVERAGE_STATE_ABSENT,
    )
]


async def cancelled_within(platform: Any, eventually: Any, run_id: str, limit_s: float, keep: bool = False) -> Any:
    began = time.monotonic()
    answer = await platform.cancel(run_id, keep)
    assert not answer.already_ended
    run = await platform.settled(run_id, eventually)
    assert time.monotonic() - began < limit_s
    assert run.state == run_pb2.RUN_STATE_CANCELLED
    return run


def texts(events: list[run_pb2.RunEvent]) -> list[str]:
    return [event.state_changed.status_text for event in events if event.HasField("state_changed")]


async def test_cancel_while_queued(platform: Any, scripts: Any, eventually: Any) -> None:
    platform.runner.expect(scripts.endless, scripts.endless)
    busy = [await platform.create() for _ in range(2)]
    for run in busy:
        await platform.reached(run.run_id, eventually, run_pb2.RUN_PHASE_SIMULATING)
    waiting = await platform.create()
    answer = await platform.cancel(waiting.run_id)
    assert (answer.run.state, answer.already_ended) == (run_pb2.RUN_STATE_CANCELLED, False)
    assert texts(await platform.events(waiting.run_id)) == ["Queued", "Cancelling", "Cancelled"]
    for run in busy:
        await cancelled_within(platform, eventually, run.run_id, CONTRACT_LIMIT_S)


async def test_cancel_while_checking_data(platform: Any, eventually: Any) -> None:
    release = asyncio.Event()
    answered = 0
    coverage = platform.downloader.coverage

    async def second_check_hangs(request: Any, context: Any) -> Any:
        nonlocal answered
        answered += 1
        if answered == 2:
            await release.wait()
        return coverage

    platform.downloader.CheckCoverage = second_check_hangs
    await platform.restart_downloader()
    run = await platform.create()
    await eventually.wait(lambda: answered == 2)
    await cancelled_within(platform, eventually, run.run_id, 1.0)
    assert texts(await platform.events(run.run_id)) == ["Queued", "Checking Data", "Cancelling", "Cancelled"]


async def test_cancel_while_downloading(platform: Any, scripts: Any, eventually: Any) -> None:
    async def endless_download(request: Any) -> AsyncIterator[downloader_service_pb2.DownloadResponse]:
        while True:
            yield downloader_service_pb2.DownloadResponse(progress={"days_done": 1, "days_needed": 9})
            await asyncio.sleep(0.05)

    platform.downloader.coverage = scripts.covered(uncovered=MISSING, can_download=True)
    platform.downloader.expect(endless_download)
    run = await platform.create()
    await platform.reached(run.run_id, eventually, run_pb2.RUN_PHASE_DOWNLOADING_DATA)
    await eventually.wait(lambda: platform.downloader.active_downloads == 1)
    await cancelled_within(platform, eventually, run.run_id, 1.0)
    await eventually.wait(lambda: platform.downloader.active_downloads == 0, timeout_s=1)


async def test_cancel_while_the_engine_starts(platform: Any, eventually: Any) -> None:
    async def never_starts(execution: Any) -> None:
        await execution.cancelled.wait()

    platform.runner.expect(never_starts)
    run = await platform.create()
    await eventually.wait(lambda: (run.run_id, 1) in platform.runner.executions)
    await cancelled_within(platform, eventually, run.run_id, 1.0)


async def test_cancel_that_overtakes_the_start(platform: Any, eventually: Any) -> None:
    """The runner hears of the stop before it knows the execution: the gateway asks again until it does."""
    arrived, known = asyncio.Event(), asyncio.Event()
    execute = platform.runner.Execute

    async def slow_execute(request: Any, context: Any) -> AsyncIterator[Any]:
        arrived.set()
        await known.wait()
        async for message in execute(request, context):
            yield message

    async def started_late(execution: Any) -> None:
        execution.start()
        await execution.cancelled.wait()

    platform.runner.expect(started_late)
    platform.runner.Execute = slow_execute
    await platform.restart_runner()
    run = await platform.create()
    await eventually.wait(arrived.is_set)
    began = time.monotonic()
    await platform.cancel(run.run_id)
    await eventually.wait(lambda: platform.runner.calls.count("CancelExecution") >= 2)
    known.set()
    done = await platform.settled(run.run_id, eventually)
    assert done.state == run_pb2.RUN_STATE_CANCELLED
    assert time.monotonic() - began < CONTRACT_LIMIT_S
    assert platform.runner.executions[run.run_id, 1].finished


async def test_cancel_while_simulating_discards(platform: Any, scripts: Any, eventually: Any) -> None:
    platform.runner.expect(scripts.endless)
    run = await platform.create()
    await platform.reached(run.run_id, eventually, run_pb2.RUN_PHASE_SIMULATING)
    done = await cancelled_within(platform, eventually, run.run_id, 1.0)
    assert (done.status_text, done.HasField("result"), done.artifacts_dir) == ("Cancelled", False, "")
    assert texts(await platform.events(run.run_id))[-2:] == ["Cancelling", "Cancelled"]


@pytest.mark.parametrize("asked", ["at the cancel", "at the creation"])
async def test_cancel_can_keep_partial_results(platform: Any, scripts: Any, eventually: Any, asked: str) -> None:
    platform.runner.expect(scripts.endless)
    run = await platform.create(keep_partial_results=asked == "at the creation")
    await platform.reached(run.run_id, eventually, run_pb2.RUN_PHASE_SIMULATING)
    done = await cancelled_within(platform, eventually, run.run_id, 1.0, keep=asked == "at the cancel")
    assert done.status_text == "Cancelled – partial results kept"
    assert done.result.partial
    assert done.artifacts_dir
    events = await platform.events(run.run_id)
    assert [event.WhichOneof("payload") for event in events[-2:]] == ["result", "state_changed"]
    assert events[-1].state_changed.status_text == "Cancelled – partial results kept"


async def test_a_run_that_finishes_first_stays_complete(platform: Any, eventually: Any) -> None:
    async def finishes_on_cancel(execution: Any) -> None:
        execution.start()
        await execution.cancelled.wait()

    platform.runner.expect(finishes_on_cancel)
    run = await platform.create()
    await platform.reached(run.run_id, eventually, run_pb2.RUN_PHASE_SIMULATING)
    execution = platform.runner.executions[run.run_id, 1]
    execution.end_cancelled = execution.succeed
    await platform.cancel(run.run_id)
    done = await platform.settled(run.run_id, eventually)
    assert done.state == run_pb2.RUN_STATE_SUCCEEDED
    assert texts(await platform.events(run.run_id))[-2:] == ["Cancelling", "Completed"]


async def test_a_settled_run_is_returned_unchanged(platform: Any, scripts: Any, eventually: Any) -> None:
    platform.runner.expect(scripts.quick)
    run = await platform.settled((await platform.create()).run_id, eventually)
    answer = await platform.cancel(run.run_id, keep=True)
    assert answer.already_ended
    assert answer.run == run
    assert await platform.get(run.run_id) == run


async def test_a_second_cancel_changes_nothing(platform: Any, eventually: Any) -> None:
    async def slow_to_stop(execution: Any) -> None:
        execution.stoppable = False
        execution.start()
        await execution.cancelled.wait()
        await asyncio.sleep(0.3)
        execution.end_cancelled()

    platform.runner.expect(slow_to_stop)
    run = await platform.create()
    await platform.reached(run.run_id, eventually, run_pb2.RUN_PHASE_SIMULATING)
    answers = [await platform.cancel(run.run_id) for _ in range(3)]
    assert [answer.run.status_text for answer in answers] == ["Cancelling"] * 3
    assert not any(answer.already_ended for answer in answers)
    await platform.settled(run.run_id, eventually)
    assert texts(await platform.events(run.run_id)).count("Cancelling") == 1


async def test_a_runner_that_does_not_answer_holds_no_cancel_up(platform: Any, eventually: Any) -> None:
    async def stubborn(execution: Any) -> None:
        execution.stoppable = False
        execution.start()
        await execution.cancelled.wait()

    platform.runner.expect(stubborn)
    run = await platform.create()
    await platform.reached(run.run_id, eventually, run_pb2.RUN_PHASE_SIMULATING)
    await cancelled_within(platform, eventually, run.run_id, CONTRACT_LIMIT_S)
    execution = platform.runner.executions[run.run_id, 1]
    execution.stoppable = True
    await eventually.wait(lambda: execution.finished)  # the stopping goes on behind the settled run
    lines = [event.log.text for event in await platform.events(run.run_id) if event.HasField("log")]
    assert "did not confirm in time" in lines[-1]


async def test_a_runner_that_is_away_holds_no_cancel_up(platform: Any, scripts: Any, eventually: Any) -> None:
    platform.runner.expect(scripts.endless)
    run = await platform.create()
    await platform.reached(run.run_id, eventually, run_pb2.RUN_PHASE_SIMULATING)
    await platform.runner_server.down()
    await cancelled_within(platform, eventually, run.run_id, CONTRACT_LIMIT_S)
    await platform.runner_server.up()
    execution = platform.runner.executions[run.run_id, 1]
    await eventually.wait(lambda: execution.finished)


async def test_stopped_behind_our_back_counts_as_cancelled(platform: Any, scripts: Any, eventually: Any) -> None:
    platform.runner.expect(scripts.endless)
    run = await platform.create()
    await platform.reached(run.run_id, eventually, run_pb2.RUN_PHASE_SIMULATING)
    platform.runner.executions[run.run_id, 1].cancelled.set()
    platform.runner.executions[run.run_id, 1].end_cancelled()
    await platform.settled(run.run_id, eventually)
    assert texts(await platform.events(run.run_id))[-2:] == ["Cancelling", "Cancelled"]


async def test_an_unknown_run_cannot_be_cancelled(platform: Any) -> None:
    with pytest.raises(ServiceError) as caught:
        await platform.cancel("0199aa43-e43b-7800-bfff-0123456789ab")
    assert (caught.value.code, caught.value.reason) == (grpc.StatusCode.NOT_FOUND, "RUN_NOT_FOUND")


@pytest.mark.parametrize("cancel_on_disconnect", [False, True])
async def test_leaving_cancels_only_when_asked_for(
    platform: Any, scripts: Any, eventually: Any, cancel_on_disconnect: bool
) -> None:
    platform.runner.expect(scripts.endless)
    request = backtest_service_pb2.RunBacktestRequest(run=platform.request(), cancel_on_disconnect=cancel_on_disconnect)
    async with stream_events(platform.backtests.RunBacktest(request)) as messages:
        run_id = (await anext(messages)).snapshot.run_id
        await platform.reached(run_id, eventually, run_pb2.RUN_PHASE_SIMULATING)
    if cancel_on_disconnect:
        assert (await platform.settled(run_id, eventually)).state == run_pb2.RUN_STATE_CANCELLED
    else:
        seen = await platform.watch_until_bookmark(run_id)
        assert seen.run.state == run_pb2.RUN_STATE_RUNNING
        await platform.cancel(run_id)


async def test_leaving_the_watch_of_an_existing_run_cancels_nothing(
    platform: Any, scripts: Any, eventually: Any
) -> None:
    platform.runner.expect(scripts.endless)
    request = platform.request()
    run = await platform.create(request)
    again = backtest_service_pb2.RunBacktestRequest(run=request, cancel_on_disconnect=True)
    async with stream_events(platform.backtests.RunBacktest(again)) as messages:
        assert (await anext(messages)).snapshot.run_id == run.run_id
    seen = await platform.watch_until_bookmark(run.run_id)
    assert seen.run.state == run_pb2.RUN_STATE_RUNNING
    await platform.cancel(run.run_id)
