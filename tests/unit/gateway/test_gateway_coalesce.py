"""Batches and progress under a clock that the test moves."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.gateway.coalesce import BATCH_EVENTS, Coalescer
from services.gateway.relay import relay
from zac.gateway.v1 import run_pb2


class MovedClock:
    def __init__(self) -> None:
        self.time_s = 100.0

    def now_utc(self) -> datetime:
        return datetime(2025, 10, 3, tzinfo=UTC)

    def monotonic(self) -> float:
        return self.time_s


def log(text: str) -> run_pb2.RunEvent:
    return run_pb2.RunEvent(log={"text": text})


def progress(percent: float) -> run_pb2.RunEvent:
    return run_pb2.RunEvent(progress={"percent": percent})


def units(days_done: int, *symbols: str) -> run_pb2.RunEvent:
    told = [{"symbol": symbol, "days_done": days_done} for symbol in symbols]
    return run_pb2.RunEvent(download_progress={"units": told, "days_done": days_done})


def test_the_first_event_waits_for_nothing_and_the_next_for_the_interval() -> None:
    clock = MovedClock()
    coalescer = Coalescer(clock)
    assert coalescer.wait_s() is None
    coalescer.add(log("a"), 1)
    assert coalescer.wait_s() == 0
    assert coalescer.take() == ([log("a")], 1)
    coalescer.add(log("b"), 2)
    assert coalescer.wait_s() == pytest.approx(0.05)
    clock.time_s += 0.05
    assert coalescer.wait_s() == pytest.approx(0)


def test_a_full_batch_does_not_wait() -> None:
    coalescer = Coalescer(MovedClock())
    coalescer.add(log("first"))
    coalescer.take()
    for number in range(BATCH_EVENTS):
        coalescer.add(log(str(number)))
    assert coalescer.wait_s() == 0


def test_newer_progress_replaces_held_progress() -> None:
    clock = MovedClock()
    coalescer = Coalescer(clock)
    coalescer.add(progress(1))
    assert coalescer.take()[0] == [progress(1)]
    coalescer.add(progress(2))
    coalescer.add(log("between"), 7)
    coalescer.add(progress(3), 9)
    assert coalescer.take() == ([log("between")], 9)
    clock.time_s += 0.25
    coalescer.add(log("later"), 10)
    assert coalescer.take() == ([progress(3), log("later")], 10)


def test_progress_keeps_its_place_among_the_lines_it_is_stored_with() -> None:
    coalescer = Coalescer(MovedClock())
    for event in (log("a"), progress(1), log("b"), progress(2), log("c")):
        coalescer.add(event)
    assert coalescer.take()[0] == [log("a"), log("b"), progress(2), log("c")]


def test_everything_means_everything() -> None:
    coalescer = Coalescer(MovedClock())
    coalescer.add(progress(1))
    coalescer.take()
    coalescer.add(progress(2))
    assert coalescer.take() == ([], 0)
    assert coalescer.take(everything=True)[0] == [progress(2)]
    coalescer.add(progress(3))
    coalescer.drop_progress()
    assert coalescer.take(everything=True)[0] == []


def test_units_of_replaced_download_progress_are_kept() -> None:
    coalescer = Coalescer(MovedClock())
    coalescer.add(units(1, "A", "B"))
    coalescer.add(units(2, "B"))
    ((event,), _) = coalescer.take()
    done = {unit.symbol: unit.days_done for unit in event.download_progress.units}
    assert done == {"A": 1, "B": 2}
    assert event.download_progress.days_done == 2


@settings(deadline=None)
@given(st.lists(st.tuples(st.floats(0, 0.3), st.booleans()), max_size=200))
def test_no_more_than_five_progress_events_a_second_and_no_line_lost(steps: list[tuple[float, bool]]) -> None:
    clock = MovedClock()
    coalescer = Coalescer(clock)
    stored: list[tuple[float, run_pb2.RunEvent]] = []
    lines = 0
    for number, (pause_s, is_line) in enumerate(steps):
        clock.time_s += pause_s
        lines += is_line
        coalescer.add(log(str(lines)) if is_line else progress(number / 10), number + 1)
        if coalescer.wait_s() == 0:
            stored += [(clock.time_s, event) for event in coalescer.take()[0]]
    stored += [(clock.time_s, event) for event in coalescer.take(everything=True)[0]]
    assert [event.log.text for _, event in stored if event.HasField("log")] == [str(n + 1) for n in range(lines)]
    told = [(time_s, event.progress.percent) for time_s, event in stored if event.HasField("progress")]
    assert all(later[0] - earlier[0] > 1 - 1e-9 for earlier, later in zip(told, told[5:], strict=False))
    assert [percent for _, percent in told] == sorted(percent for _, percent in told)


async def test_relay_flushes_when_due_and_at_the_end() -> None:
    clock = MovedClock()
    coalescer = Coalescer(clock)
    batches: list[list[str]] = []

    async def messages() -> AsyncIterator[int]:
        for number in range(5):
            yield number
            await asyncio.sleep(0)

    async def accept(message: int) -> str | None:
        coalescer.add(log(str(message)))
        return "end" if message == 4 else None

    async def flush(everything: bool) -> None:
        batches.append([event.log.text for event in coalescer.take(everything=everything)[0]])

    assert await relay(messages(), accept, coalescer, flush) == "end"
    assert batches[0] == ["0"]
    assert [text for batch in batches for text in batch] == ["0", "1", "2", "3", "4"]


async def test_relay_stores_what_came_before_the_error() -> None:
    coalescer = Coalescer(MovedClock())
    stored: list[str] = []

    async def messages() -> AsyncIterator[int]:
        yield 1
        yield 2
        raise ConnectionError("cut")

    async def accept(message: int) -> None:
        coalescer.add(log(str(message)))

    async def flush(everything: bool) -> None:
        stored.extend(event.log.text for event in coalescer.take(everything=everything)[0])

    with pytest.raises(ConnectionError, match="cut"):
        await relay(messages(), accept, coalescer, flush)
    assert stored == ["1", "2"]
