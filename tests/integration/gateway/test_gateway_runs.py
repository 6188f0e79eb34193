"""Runs from creation to their end."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import grpc
import pytest

from services.common.client import stream_events
from services.common.errors import ServiceError
from zac.gateway.v1 import backtest_service_pb2, run_pb2
from zac.run.v1 import execution_pb2


def states(events: list[run_pb2.RunEvent]) -> list[tuple[int, int, str]]:
    changes = [event.state_changed for event in events if event.HasField("state_changed")]
    return [(change.state, change.phase, change.status_text) for change in changes]


async def test_a_run_goes_through_its_phases(platform: Any, scripts: Any, eventually: Any) -> None:
    platform.runner.expect(scripts.quick)
    created = await platform.create(name="first")
    assert (created.state, created.status_text, created.latest_sequence) == (run_pb2.RUN_STATE_QUEUED, "Queued", 1)
    assert (created.attempt, created.queue_position, created.name) == (1, 1, "first")
    events = await platform.events(created.run_id)
    assert [text for _, _, text in states(events)] == [
        "Queued",
        "Checking Data",
        "Starting Engine",
        "Running",
        "Completing",
        "Completed",
    ]
    kinds = [event.WhichOneof("payload") for event in events]
    assert kinds[-3:] == ["progress", "result", "state_changed"]
    assert events[-3].progress.percent == 100
    assert events[-3].progress.orders == 2
    lines = [event.log.text for event in events if event.HasField("log")]
    assert lines == ["All required Seconds data is available", "bought"]
    assert [event.log.phase for event in events if event.HasField("log")] == ["data_download", "backtest_execution"]
    assert all(event.progress.percent < 100 for event in events[:-3])
    run = await platform.get(created.run_id)
    assert (run.state, run.phase, run.status_text) == (run_pb2.RUN_STATE_SUCCEEDED, 0, "Completed")
    assert run.latest_sequence == events[-1].sequence
    assert run.progress.percent == 100
    assert run.result.order_list_hash == "abc"
    assert run.artifacts_dir.endswith("artifacts")
    assert (run.data_manifest_digest, run.engine) == ("d" * 64, "pylean 0.1.0")
    assert len(run.config_hash) == 64
    assert run.configuration.cash == "100000"
    assert run.configuration.data_root == "/data"
    assert [item.phase for item in run.elapsed] == [1, 3, 4, 5]
    assert run.create_time.ToNanoseconds() <= run.start_time.ToNanoseconds() <= run.end_time.ToNanoseconds()
    request = platform.runner.executions[run.run_id, 1].request
    assert (request.data_root, request.fencing_token, request.attempt) == ("/data", 1, 1)


async def test_run_backtest_is_create_and_watch(platform: Any, scripts: Any) -> None:
    platform.runner.expect(scripts.quick)
    request = backtest_service_pb2.RunBacktestRequest(run=platform.request())
    began = time.monotonic()
    async with stream_events(platform.backtests.RunBacktest(request)) as messages:
        first = await anext(messages)
        elapsed_s = time.monotonic() - began
        rest = [message async for message in messages]
    assert first.HasField("snapshot")
    assert elapsed_s < 0.3  # contract limit
    events = [message.event for message in rest if message.HasField("event")]
    assert [event.sequence for event in events] == list(range(1, len(events) + 1))
    assert events[-1].state_changed.state == run_pb2.RUN_STATE_SUCCEEDED


async def test_fifty_equal_request_ids_make_one_run(platform: Any, scripts: Any, eventually: Any) -> None:
    platform.runner.expect(scripts.quick)
    request = platform.request(request_id="0199aa43-e43b-7800-bfff-0123456789ab")
    call = backtest_service_pb2.CreateRunRequest(run=request)
    answers = await asyncio.gather(*(platform.backtests.CreateRun(call, timeout=20) for _ in range(50)))
    assert len({answer.run.run_id for answer in answers}) == 1
    assert sum(not answer.existing for answer in answers) == 1
    await platform.settled(answers[0].run.run_id, eventually)
    later = await platform.backtests.CreateRun(call, timeout=20)
    assert (later.existing, later.run.run_id) == (True, answers[0].run.run_id)


async def test_a_request_id_with_another_body_is_refused(platform: Any, scripts: Any, eventually: Any) -> None:
    platform.runner.expect(scripts.quick)
    request_id = "0199aa43-e43b-7800-bfff-0123456789ab"
    run = await platform.create(request_id=request_id)
    with pytest.raises(ServiceError) as caught:
        await platform.create(request_id=request_id)
    assert (caught.value.code, caught.value.reason) == (grpc.StatusCode.ALREADY_EXISTS, "REQUEST_ID_REUSED")
    assert caught.value.resource == ("run", run.run_id)
    await platform.settled(run.run_id, eventually)


async def test_equal_runs_are_reused_unless_again(platform: Any, scripts: Any, eventually: Any) -> None:
    platform.runner.expect(scripts.quick, scripts.quick)
    request = platform.request()
    first = await platform.create(request)
    live = await platform.backtests.CreateRun(backtest_service_pb2.CreateRunRequest(run=request))
    assert (live.existing, live.run.run_id) == (True, first.run_id)
    done = await platform.settled(first.run_id, eventually)
    reused = await platform.backtests.CreateRun(backtest_service_pb2.CreateRunRequest(run=request))
    assert (reused.existing, reused.run) == (True, done)
    request.again = True
    again = await platform.create(request)
    assert again.run_id != first.run_id
    redone = await platform.settled(again.run_id, eventually)
    assert redone.config_hash == done.config_hash


async def test_other_data_make_another_run(platform: Any, scripts: Any, eventually: Any) -> None:
    platform.runner.expect(scripts.quick, scripts.quick)
    request = platform.request()
    first = await platform.settled((await platform.create(request)).run_id, eventually)
    platform.downloader.coverage = scripts.covered(data_manifest_digest="e" * 64)
    second = await platform.settled((await platform.create(request)).run_id, eventually)
    assert first.run_id != second.run_id
    assert first.config_hash != second.config_hash


async def test_where_data_lie_makes_no_other_run(platform: Any, scripts: Any, eventually: Any) -> None:
    platform.runner.expect(scripts.quick)
    parameters = {"Number": "7"}
    first = await platform.create(configuration={"parameters": parameters})
    await platform.settled(first.run_id, eventually)
    elsewhere = {"parameters": parameters, "data_root": "/copy", "no_download": True, "allow_missing_data": True}
    assert (await platform.create(configuration=elsewhere)).run_id == first.run_id


async def test_a_strategy_without_requirements_is_never_reused(platform: Any, scripts: Any, eventually: Any) -> None:
    def without_requirements(configuration: Any) -> Any:
        resolved = scripts.resolve(configuration)
        del resolved.data_requirements[:]
        return resolved

    platform.runner.validation = without_requirements
    platform.runner.expect(scripts.quick, scripts.quick)
    request = platform.request()
    first = await platform.settled((await platform.create(request)).run_id, eventually)
    second = await platform.settled((await platform.create(request)).run_id, eventually)
    assert first.run_id != second.run_id
    assert first.data_manifest_digest == ""


async def test_a_hundred_percent_is_for_sealed_results(platform: Any, eventually: Any) -> None:
    go = asyncio.Event()

    async def done_too_soon(execution: Any) -> None:
        execution.start()
        execution.progress(99.0)
        execution.progress(100.0, orders=5)
        execution.log("all simulated")
        await go.wait()
        execution.succeed()

    platform.runner.expect(done_too_soon)
    run_id = (await platform.create()).run_id
    seen = await platform.watch_until_bookmark(run_id)
    assert seen.events[-1].log.text == "all simulated" or seen.events[-1].HasField("progress")
    assert (await platform.get(run_id)).progress.percent == 99
    go.set()
    run = await platform.settled(run_id, eventually)
    assert (run.progress.percent, run.progress.orders) == (100, 5)


async def test_a_failed_execution_fails_the_run(platform: Any, eventually: Any) -> None:
    async def failing(execution: Any) -> None:
        execution.start()
        execution.log("about to fail")
        execution.fail(ServiceError.failed_precondition("STRATEGY_ERROR", "on_data raised ValueError"))

    platform.runner.expect(failing)
    run_id = (await platform.create()).run_id
    events = await platform.events(run_id)
    assert events[-1].state_changed.status_text == "Failed"
    run = await platform.get(run_id)
    assert run.state == run_pb2.RUN_STATE_FAILED
    assert ServiceError.from_status(run.error).reason == "STRATEGY_ERROR"
    assert ServiceError.from_status(events[-1].state_changed.error).message == "on_data raised ValueError"
    assert not run.HasField("result")


@pytest.mark.parametrize("damage", ["changed", "missing", "escaping"])
async def test_results_that_are_not_what_was_written_fail_the_run(platform: Any, eventually: Any, damage: str) -> None:
    async def damaged(execution: Any) -> None:
        execution.start()
        result = execution.result()
        if damage == "changed":
            (execution.folder / "run.json").write_bytes(b'{"statistics": []}')
        elif damage == "missing":
            (execution.folder / "run.json").unlink()
        else:
            result.artifacts[0].name = "../run.json"
        execution.succeed(result)
        await execution.cancelled.wait()

    platform.runner.expect(damaged)
    run = await platform.settled((await platform.create()).run_id, eventually)
    assert run.state == run_pb2.RUN_STATE_FAILED
    assert ServiceError.from_status(run.error).reason == "ARTIFACT_MISMATCH"


async def test_ten_runs_on_two_places_queue_and_finish(platform: Any, eventually: Any) -> None:
    running = most = 0
    released = asyncio.Event()

    async def counted(execution: Any) -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        execution.start()
        await released.wait()
        for percent in range(0, 100, 20):
            execution.progress(percent)
            await asyncio.sleep(0.01)
        running -= 1
        execution.succeed()

    platform.runner.expect(*[counted] * 10)
    created = await asyncio.gather(*(platform.create() for _ in range(10)))
    await eventually.wait(lambda: most == 2)
    by_age = [await platform.get(run_id) for run_id in sorted(run.run_id for run in created)]
    assert [run.queue_position for run in by_age] == [0, 0, *range(1, 9)]
    released.set()
    done = [await platform.settled(run.run_id, eventually, timeout_s=20) for run in created]
    assert {run.state for run in done} == {run_pb2.RUN_STATE_SUCCEEDED}
    assert most == 2
    begun = [run.start_time.ToNanoseconds() for run in sorted(done, key=lambda run: run.run_id)]
    assert begun == sorted(begun)


async def test_a_full_queue_refuses(platform: Any, scripts: Any, eventually: Any) -> None:
    await platform.down()
    await platform.up(max_concurrent_runs=1, max_queued_runs=2)
    platform.runner.expect(scripts.endless, scripts.quick, scripts.quick)
    first = await platform.create()
    await platform.reached(first.run_id, eventually, run_pb2.RUN_PHASE_SIMULATING)
    waiting = [await platform.create(), await platform.create()]
    with pytest.raises(ServiceError) as caught:
        await platform.create()
    assert (caught.value.code, caught.value.reason) == (grpc.StatusCode.RESOURCE_EXHAUSTED, "QUEUE_FULL")
    assert caught.value.retry_delay_s == 10
    await platform.cancel(first.run_id)
    for run in waiting:
        await platform.settled(run.run_id, eventually)


async def test_large_values_are_cut_to_fit_an_event(platform: Any, eventually: Any) -> None:
    async def verbose(execution: Any) -> None:
        execution.start()
        execution.log("é" * 100_000)
        execution.emit(order_event=execution_pb2.OrderEvent(order_id=1, message="m" * 50_000))
        warnings = [execution_pb2.Warning(code="MISSING_DATA", text="w" * 2_000) for _ in range(300)]
        execution.succeed(execution.result(warnings=warnings))

    platform.runner.expect(verbose)
    run_id = (await platform.create()).run_id
    events = await platform.events(run_id)
    assert max(event.ByteSize() for event in events) <= 16_384
    text = next(event.log.text for event in events if event.log.phase == "backtest_execution")
    assert text.endswith(" … [cut]")
    assert 8_000 < len(text.encode()) <= 8_192
    run = await platform.get(run_id)
    assert run.result.warning_count == 300
    assert 10 < len(run.result.warnings) <= 100
    assert len(run.result.artifacts) == 1


async def test_progress_is_thinned_out_and_never_stops(platform: Any, eventually: Any) -> None:
    async def eager(execution: Any) -> None:
        execution.start()
        for number in range(1500):
            execution.progress(number / 20)
            if number % 3 == 0:
                execution.log(f"line {number}")
            await asyncio.sleep(0.001)
        execution.succeed()

    platform.runner.expect(eager)
    run_id = (await platform.create()).run_id
    events = await platform.events(run_id)
    progress = [event for event in events if event.HasField("progress")]
    times = [event.event_time.ToNanoseconds() / 1e9 for event in progress]
    assert all(sixth - first > 1.0 for first, sixth in zip(times, times[5:], strict=False))
    assert len(progress) >= 6
    percents = [event.progress.percent for event in progress]
    assert percents == sorted(percents)
    lines = [event.log.text for event in events if event.log.phase == "backtest_execution"]
    assert lines == [f"line {number}" for number in range(0, 1500, 3)]


async def test_creating_is_quick(platform: Any, scripts: Any, eventually: Any) -> None:
    platform.runner.expect(*[scripts.quick] * 21)
    await platform.create()
    took = []
    for _ in range(20):
        began = time.monotonic()
        run = await platform.create()
        took.append(time.monotonic() - began)
        await platform.settled(run.run_id, eventually)
    assert sorted(took)[10] < 0.05  # contract limit, median against noise of the machine
