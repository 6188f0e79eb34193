"""Fill-forward by column against a slow walk from bar to bar."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pylean.feed.fill_forward import Emission, emit_filled, emit_stored

MINUTE = 60_000
HOUR = 3_600_000
OPEN = 570 * MINUTE
CLOSE = 960 * MINUTE
EARLY_CLOSE = 780 * MINUTE


@dataclass
class Point:
    end: int
    row: int
    real: bool


def walk(starts: list[int], period: int, first: int, close: int, seeded: bool) -> list[Point]:
    """One slot after the other: the bar that starts there, else the one before it, if there was one."""
    points = []
    previous = -1 if seeded else None
    row = 0
    slot = first - first % period
    while row < len(starts) and starts[row] < slot:
        previous = row
        row += 1
    while slot < close:
        real = row < len(starts) and starts[row] == slot
        if real:
            previous = row
            row += 1
        if previous is not None:
            points.append(Point(slot + period, previous, real))
        slot += period
    return points


def filled(starts: list[int], period: int, first: int, close: int, *, seeded: bool) -> Emission:
    """The points of one session whose repeated bars are as far apart as its bars are long."""
    ends = np.array(starts, dtype=np.int64) + period
    inside = (ends - period < close) & (ends > first)
    return emit_filled(ends, inside, np.arange(first - first % period, close, period) + period, has_seed=seeded)


def stored(starts: list[int], period: int) -> Emission:
    ends = np.array(starts, dtype=np.int64) + period
    return emit_stored(ends, (ends - period < CLOSE) & (ends > OPEN))


def check(starts: list[int], period: int, close: int, seeded: bool) -> None:
    emission = filled(starts, period, OPEN, close, seeded=seeded)
    expected = walk(starts, period, OPEN, close, seeded)
    assert emission.end_ms.tolist() == [point.end for point in expected]
    assert emission.rows.tolist() == [point.row for point in expected]
    assert emission.real.tolist() == [point.real for point in expected]


minutes_of_day = st.lists(st.integers(240, 1199), unique=True, max_size=40).map(sorted)


@given(minutes_of_day, st.booleans(), st.sampled_from([CLOSE, EARLY_CLOSE]))
def test_minutes_with_gaps_seeds_and_early_closes(minutes: list[int], seeded: bool, close: int) -> None:
    check([minute * MINUTE for minute in minutes], MINUTE, close, seeded)


@given(st.lists(st.integers(9, 15), unique=True, max_size=7).map(sorted), st.booleans())
def test_hours_start_before_the_open(hours: list[int], seeded: bool) -> None:
    check([hour * HOUR for hour in hours], HOUR, CLOSE, seeded)


@given(st.lists(st.integers(-300, 300), unique=True, max_size=30).map(sorted), st.booleans())
def test_seconds_around_the_open(offsets: list[int], seeded: bool) -> None:
    starts = [OPEN + offset * 1000 for offset in offsets]
    emission = filled(starts, 1000, OPEN, OPEN + 300_000, seeded=seeded)
    expected = walk(starts, 1000, OPEN, OPEN + 300_000, seeded)
    assert [*zip(emission.end_ms.tolist(), emission.rows.tolist(), emission.real.tolist(), strict=True)] == [
        (point.end, point.row, point.real) for point in expected
    ]


def test_a_missing_day_repeats_the_seed_all_day() -> None:
    emission = filled([], MINUTE, OPEN, CLOSE, seeded=True)
    assert len(emission.end_ms) == 390
    assert set(emission.rows.tolist()) == {-1}
    assert not emission.real.any()


def test_a_missing_first_day_has_no_points() -> None:
    emission = filled([], MINUTE, OPEN, CLOSE, seeded=False)
    assert len(emission.end_ms) == 0


def test_without_a_seed_points_begin_with_the_first_bar() -> None:
    emission = filled([600 * MINUTE], MINUTE, OPEN, CLOSE, seeded=False)
    assert emission.end_ms[0] == 601 * MINUTE
    assert len(emission.end_ms) == 360


def test_a_bar_before_the_open_is_the_first_seed() -> None:
    emission = filled([500 * MINUTE, 600 * MINUTE], MINUTE, OPEN, CLOSE, seeded=False)
    assert emission.end_ms[0] == OPEN + MINUTE
    assert emission.rows[:30].tolist() == [0] * 30
    assert emission.rows[30] == 1
    assert emission.real.sum() == 1


@given(minutes_of_day)
def test_stored_bars_are_kept_if_they_overlap_the_session(minutes: list[int]) -> None:
    starts = [minute * MINUTE for minute in minutes]
    emission = stored(starts, MINUTE)
    assert emission.end_ms.tolist() == [start + MINUTE for start in starts if start < CLOSE and start + MINUTE > OPEN]
    assert emission.real.all()


@pytest.mark.parametrize(("hour", "is_kept"), [(8, False), (9, True), (15, True), (16, False)])
def test_an_hour_that_begins_before_the_open_overlaps(hour: int, is_kept: bool) -> None:
    emission = stored([hour * HOUR], HOUR)
    assert (len(emission.end_ms) == 1) is is_kept
