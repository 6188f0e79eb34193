"""Progress for people."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from services.runner.progress import Pace, ProgressMeter

STEPS = st.lists(st.tuples(st.floats(0.001, 3), st.floats(-10, 150), st.integers(0, 10_000)), min_size=1, max_size=50)


@given(STEPS)
def test_percent_never_falls_and_is_100_only_at_the_end(steps: list[tuple[float, float, int]]) -> None:
    meter, now_s, points = ProgressMeter(), 0.0, 0
    paces = []
    for wait_s, percent, more in steps:
        now_s, points = now_s + wait_s, points + more
        paces.append(meter.tell(now_s, percent, points))
    assert all(earlier.percent <= later.percent < 100 for earlier, later in pairwise(paces))
    assert all(pace.data_points_per_second >= 0 for pace in paces)
    end = meter.tell(now_s + 0.1, 0.0, points, is_end=True)
    assert (end.percent, end.remaining_s) == (100.0, 0.0)


@given(st.lists(st.tuples(st.floats(0.01, 0.3), st.booleans()), max_size=100))
def test_progress_is_told_five_times_a_second_at_most_and_once_at_least(ticks: list[tuple[float, bool]]) -> None:
    meter, now_s = ProgressMeter(), 0.0
    told = []
    for wait_s, is_new in ticks:
        now_s += wait_s
        if meter.is_due(now_s, is_new=is_new):
            meter.tell(now_s, 1.0, 1)
            told.append(now_s)
    assert all(later - earlier >= 0.2 for earlier, later in pairwise(told))
    assert all(later - earlier <= 1.3 for earlier, later in pairwise(told))
    assert not told or now_s - told[-1] <= 1.3


def test_the_first_report_is_due_at_once() -> None:
    meter = ProgressMeter()
    assert not meter.is_due(0.001, is_new=False)
    assert meter.is_due(0.001, is_new=True)


def test_rate_and_time_left() -> None:
    meter = ProgressMeter()
    assert meter.tell(10.0, 0.0, 100) == Pace(0.0, 0.0, None)
    for step in range(1, 11):
        pace = meter.tell(10.0 + step * 0.2, step * 2.0, 100 + step * 200)
    assert (round(pace.data_points_per_second), pace.percent) == (1000, 20.0)
    assert round(pace.remaining_s or 0) == 8
    for step in range(1, 11):
        pace = meter.tell(12.0 + step * 0.2, 20.0 + step, 2100 + step * 800)
    assert round(pace.data_points_per_second) == 4000, "of the last two seconds"
    end = meter.tell(15.0, 100.0, 10_100, is_end=True)
    assert (round(end.data_points_per_second), end.remaining_s) == (2000, 0.0)
