"""The watch contract, guarantee by guarantee."""

from __future__ import annotations

import asyncio
import random
import sqlite3
from typing import Any

import grpc
import pytest

from services.common.client import open_channel, stream_events
from services.common.errors import ServiceError, peer_errors
from services.gateway.projection import Projection
from zac.gateway.v1 import backtest_service_pb2, backtest_service_pb2_grpc, run_pb2


async def chatty(execution: Any) -> None:
    execution.start()
    for number in range(300):
        execution.log(f"line {number}")
        if number % 10 == 0:
            execution.progress(number / 4)
            await asyncio.sleep(0.01)
    execution.succeed()


def sequences(messages: list[Any]) -> list[int]:
    return [message.event.sequence for message in messages if message.HasField("event")]


async def test_ordered_unique_and_reliable(platform: Any) -> None:
    """A hundred watchers, early and late, see every event once and in order, and the same."""
    platform.runner.expect(chatty)
    run_id = (await platform.create()).run_id

    async def watcher(delay_s: float) -> list[run_pb2.RunEvent]:
        await asyncio.sleep(delay_s)
        return await platform.events(run_id)

    seen = await asyncio.gather(*(watcher(number * 0.005) for number in range(100)))
    logs = {b"".join(event.SerializeToString() for event in events) for events in seen}
    assert len(logs) == 1
    assert [event.sequence for event in seen[0]] == list(range(1, len(seen[0]) + 1))
    lines = [event.log.text for event in seen[0] if event.log.phase == "backtest_execution"]
    assert lines == [f"line {number}" for number in range(300)]


async def test_resumable(platform: Any) -> None:
    """A watcher cut off twenty times at random sees every sequence once."""
    platform.runner.expect(chatty)
    run_id = (await platform.create()).run_id
    chance = random.Random(20251003)
    seen: list[int] = []
    done = False
    connects = 0
    while not done:
        connects += 1
        patience = chance.randint(1, 25) if connects <= 20 else 10_000
        request = backtest_service_pb2.WatchRunRequest(
            run_id=run_id, after_sequence=seen[-1] if seen else 0, skip_snapshot=True
        )
        async with (
            open_channel(platform.server.address) as channel,
            stream_events(backtest_service_pb2_grpc.BacktestServiceStub(channel).WatchRun(request)) as messages,
        ):
            async for message in messages:
                if message.HasField("event"):
                    seen.append(message.event.sequence)
                    patience -= 1
                    done = message.event.state_changed.state == run_pb2.RUN_STATE_SUCCEEDED
                if patience <= 0:
                    break
    assert connects >= 20
    assert seen == list(range(1, len(seen) + 1))


async def test_atomic(platform: Any, eventually: Any) -> None:
    """At any moment the stored run is the sum of its stored events."""
    platform.runner.expect(chatty)
    run_id = (await platform.create()).run_id
    reader = sqlite3.connect(f"file:{platform.database_path}?mode=ro", uri=True, isolation_level=None)

    def check() -> int:
        reader.execute("BEGIN")
        state, latest, snapshot = reader.execute(
            "SELECT state, latest_sequence, snapshot FROM runs WHERE run_id = ?", [run_id]
        ).fetchone()
        rows = reader.execute("SELECT event FROM run_events WHERE run_id = ? ORDER BY sequence", [run_id]).fetchall()
        reader.execute("COMMIT")
        events = [run_pb2.RunEvent.FromString(row[0]) for row in rows]
        assert [event.sequence for event in events] == list(range(1, latest + 1))
        stored = run_pb2.Run.FromString(snapshot)
        folded = Projection(run_pb2.Run(attempt=1), events[0].event_time)
        for event in events:
            folded.fold(event)
        for name in ("state", "phase", "status_text", "latest_sequence", "attempt", "progress", "result", "elapsed"):
            assert getattr(stored, name) == getattr(folded.run, name), name
        return int(state)

    looks = 0
    while check() != run_pb2.RUN_STATE_SUCCEEDED:
        looks += 1
        await asyncio.sleep(0.003)
    reader.close()
    assert looks > 10


async def test_bookmarkable(platform: Any, scripts: Any, eventually: Any) -> None:
    """An idle watch says once a second up to where its reader has everything; resuming there misses nothing."""
    platform.runner.expect(scripts.endless)
    run_id = (await platform.create()).run_id
    await platform.reached(run_id, eventually, run_pb2.RUN_PHASE_SIMULATING)
    seen = await platform.watch_until_bookmark(run_id)
    assert seen.events[-1].sequence == seen.bookmark.sequence
    await platform.cancel(run_id)
    rest = await platform.events(run_id, after=seen.bookmark.sequence)
    assert rest[0].sequence == seen.bookmark.sequence + 1
    assert rest[-1].state_changed.state == run_pb2.RUN_STATE_CANCELLED


async def test_a_snapshot_comes_first_unless_skipped(platform: Any, scripts: Any, eventually: Any) -> None:
    platform.runner.expect(scripts.quick)
    run = await platform.settled((await platform.create()).run_id, eventually)
    whole = await platform.watch(run.run_id)
    assert whole[0].snapshot == run
    assert sequences(whole) == list(range(1, run.latest_sequence + 1))
    replay = await platform.watch(run.run_id, skip_snapshot=True)
    assert replay == whole[1:]
    tail = await platform.watch(run.run_id, after=run.latest_sequence - 1)
    assert sequences(tail) == [run.latest_sequence]
    at_end = await platform.watch(run.run_id, after=run.latest_sequence)
    assert [message.WhichOneof("message") for message in at_end] == ["snapshot"]


@pytest.mark.parametrize(("after", "reason"), [(-1, "INVALID_SEQUENCE"), (10_000, "SEQUENCE_OUT_OF_RANGE")])
async def test_sequences_outside_the_log_are_refused(
    platform: Any, scripts: Any, eventually: Any, after: int, reason: str
) -> None:
    platform.runner.expect(scripts.quick)
    run = await platform.settled((await platform.create()).run_id, eventually)
    with pytest.raises(ServiceError) as caught:
        await platform.watch(run.run_id, after=after)
    assert caught.value.reason == reason
    if reason == "SEQUENCE_OUT_OF_RANGE":
        assert caught.value.code is grpc.StatusCode.OUT_OF_RANGE
        assert caught.value.metadata["oldest_sequence"] == "1"
        assert caught.value.metadata["latest_sequence"] == str(run.latest_sequence)


async def test_an_unknown_run_cannot_be_watched(platform: Any) -> None:
    with pytest.raises(ServiceError) as caught:
        await platform.watch("0199aa43-e43b-7800-bfff-0123456789ab")
    assert (caught.value.code, caught.value.reason) == (grpc.StatusCode.NOT_FOUND, "RUN_NOT_FOUND")


async def test_a_reader_that_does_not_read_holds_up_nobody(platform: Any, eventually: Any) -> None:
    async def voluminous(execution: Any) -> None:
        execution.start()
        for number in range(1500):
            execution.log(f"{number} " + "x" * 8_000)
            if number % 50 == 0:
                await asyncio.sleep(0)
        execution.succeed()

    platform.runner.expect(voluminous)
    run_id = (await platform.create()).run_id
    request = backtest_service_pb2.WatchRunRequest(run_id=run_id)
    async with (
        open_channel(platform.server.address) as channel,
        stream_events(backtest_service_pb2_grpc.BacktestServiceStub(channel).WatchRun(request)) as messages,
    ):
        assert (await anext(messages)).HasField("snapshot")
        run = await platform.settled(run_id, eventually, timeout_s=30)
        assert run.state == run_pb2.RUN_STATE_SUCCEEDED
        rest = [message.event.sequence async for message in messages if message.HasField("event")]
    assert rest == list(range(1, run.latest_sequence + 1))


async def test_a_drained_gateway_ends_watches_with_a_word(platform: Any, scripts: Any, eventually: Any) -> None:
    platform.runner.expect(scripts.endless)
    run_id = (await platform.create()).run_id
    await platform.reached(run_id, eventually, run_pb2.RUN_PHASE_SIMULATING)
    request = backtest_service_pb2.WatchRunRequest(run_id=run_id)
    async with stream_events(platform.backtests.WatchRun(request)) as messages:
        await anext(messages)
        await platform.gateway.drain()
        with pytest.raises(ServiceError) as caught, peer_errors("gateway"):
            _ = [message async for message in messages]
    assert (caught.value.code, caught.value.reason) == (grpc.StatusCode.UNAVAILABLE, "SERVER_DRAINING")
    assert caught.value.retry_delay_s == 1
    with pytest.raises(ServiceError) as refused:
        await platform.create()
    assert refused.value.reason == "SERVER_DRAINING"
    await platform.cancel(run_id)
    await platform.settled(run_id, eventually)
