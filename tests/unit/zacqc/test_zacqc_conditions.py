"""Latches of the five conditions, the distance filter, the gates and the time of day."""

from __future__ import annotations

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from config.parameters import Parameters
from core.time_step import TimeStep
from data.data_manager import DataManager
from data.metrics_calculator import MetricsCalculator
from management.rally_detector import RallyDetector
from management.trading_gates import TradingGates
from trading.conditions_checker import ConditionsChecker

NOON = datetime(2025, 10, 6, 12)
ONLY = {"C1": False, "C2": False, "C3": False, "C4": False, "C5": False}


class Bench:
    """A conditions checker whose metrics are set by hand; R30 is 2."""

    def __init__(self, **parameters: Any) -> None:
        self.parameters = Parameters(**parameters)
        self.data = DataManager(self.parameters)
        self.metrics = MetricsCalculator(self.data, self.parameters)
        self.metrics.mean_range = 2.0
        self.rally = RallyDetector(self.parameters)
        self.checker = ConditionsChecker(
            self.parameters, self.data, self.metrics, self.rally, NOON - timedelta(hours=3)
        )

    def see(self, now: datetime, price: float) -> None:
        bar = SimpleNamespace(time=now, open=price, high=price, low=price, close=price, volume=0.0)
        self.rally.add(now, bar)

    def sample(self, *prices: float) -> None:
        for n, price in enumerate(prices):
            self.see(NOON - timedelta(seconds=15 * (len(prices) - n)), price)

    def bars(self, lows: list[float], make_bar: Any) -> None:
        for n, low in enumerate(lows):
            start = NOON - timedelta(seconds=15 * (len(lows) - n))
            self.data.push(make_bar(start, low, low + 1, low, low))


@pytest.mark.parametrize(
    ("condition", "move", "arms"),
    [(1, -2.4, True), (1, -2.39, False), (4, 2.4, True), (4, 2.39, False), (1, 2.4, False)],
)
def test_c1_and_c4_arm_at_the_move_from_the_open(condition: int, move: float, arms: bool) -> None:
    bench = Bench(**(ONLY | {f"C{condition}": True}))
    bench.metrics.from_open = move
    assert bench.checker.evaluate(NOON) == []
    assert (condition in bench.checker.armed) is arms
    if arms:
        assert bench.checker.may_act()


@pytest.mark.parametrize(
    ("condition", "lows", "arms"),
    [
        (2, [50, 50, 49, 50], True),
        (2, [50, 50, 50, 49], False),
        (2, [50, 49, 49, 50], False),
        (5, [50, 50, 51, 50], True),
        (5, [50, 50, 50, 51], False),
        (2, [50, 49], False),
    ],
)
def test_c2_and_c5_arm_when_the_previous_bar_made_the_extreme(
    condition: int, lows: list[float], arms: bool, make_bar: Any
) -> None:
    bench = Bench(**(ONLY | {f"C{condition}": True}))
    bench.bars(lows, make_bar)
    bench.metrics.range_pct = 2.6
    bench.checker.evaluate(NOON)
    assert (condition in bench.checker.armed) is arms


def test_c2_needs_a_wide_day(make_bar: Any) -> None:
    bench = Bench()
    bench.bars([50, 50, 49, 50], make_bar)
    bench.metrics.range_pct = 2.59
    assert not bench.checker.may_act()
    bench.checker.evaluate(NOON)
    assert not bench.checker.armed


@pytest.mark.parametrize(("corrected", "arms"), [(False, True), (True, False)])
def test_c2_sees_only_the_ring_unless_corrected(corrected: bool, arms: bool, make_bar: Any) -> None:
    bench = Bench(**(ONLY | {"C2": True}), fix_session_extremes=corrected)
    bench.bars([40] + [50] * 50 + [49, 50], make_bar)
    bench.metrics.range_pct = 2.6
    bench.checker.evaluate(NOON)
    assert (2 in bench.checker.armed) is arms


def test_c2_is_blind_while_the_ring_holds_bars_of_another_day(make_bar: Any) -> None:
    bench = Bench(**(ONLY | {"C2": True}))
    bench.data.push(make_bar(NOON - timedelta(days=1), 60, 61, 60, 60))
    bench.bars([50, 50, 49, 50], make_bar)
    bench.metrics.range_pct = 2.6
    bench.checker.evaluate(NOON)
    assert not bench.checker.armed


def test_an_armed_condition_is_met_by_retracement_and_distance() -> None:
    bench = Bench(**(ONLY | {"C1": True}))
    bench.checker.armed.add(1)
    bench.metrics.range_pct = 4.0
    bench.metrics.distance = -1.1
    bench.sample(*[101.0] * 9, 100.0, 100.4, 100.3)
    assert bench.checker.evaluate(NOON) == []  # range is twice R30, the extreme is too recent
    bench.metrics.mean_range = 3.2
    bench.metrics.distance = -1.76
    bench.see(NOON, 100.3)
    assert bench.checker.evaluate(NOON) == [1]
    bench.metrics.distance = -1.75
    assert bench.checker.evaluate(NOON) == []
    assert bench.checker.armed == {1}


def test_a_retracement_that_goes_too_far_disarms() -> None:
    bench = Bench(**(ONLY | {"C1": True, "C4": True}))
    bench.checker.armed |= {1}
    bench.metrics.range_pct = 2.0
    bench.metrics.distance = -9.0
    bench.sample(*[101.0] * 9, 100.0, 100.6, 100.5)
    assert bench.checker.evaluate(NOON) == []
    assert bench.checker.armed == set()


def test_cool_down_is_strict_and_leaves_the_latch() -> None:
    bench = Bench(**(ONLY | {"C1": True}))
    bench.metrics.from_open = -9.0
    bench.checker.stamp(1, NOON - timedelta(minutes=10))
    bench.checker.evaluate(NOON)
    assert not bench.checker.armed
    bench.checker.evaluate(NOON + timedelta(seconds=1))
    assert bench.checker.armed == {1}
    bench.checker.stamp(1, NOON)
    bench.checker.evaluate(NOON + timedelta(minutes=5))
    assert bench.checker.armed == {1}


def test_day_reset_disarms_and_stamps_all() -> None:
    bench = Bench()
    bench.checker.armed |= {1, 4}
    bench.checker.reset_day(NOON)
    bench.metrics.from_open = -9.0
    bench.checker.evaluate(NOON + timedelta(minutes=10))
    assert not bench.checker.armed
    bench.checker.evaluate(NOON + timedelta(minutes=11))
    assert bench.checker.armed == {1}


@pytest.mark.parametrize(("drop", "met"), [(-6.0, [3]), (-5.9, [])])
def test_c3_is_met_without_latch(drop: float, met: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench(**(ONLY | {"C3": True}))
    monkeypatch.setattr(MetricsCalculator, "max_drop", lambda _self, _now, _least: drop)
    assert bench.checker.may_act()
    assert bench.checker.evaluate(NOON) == met


@pytest.mark.parametrize(
    ("distance", "is_long", "passes"),
    [(-1.1, True, True), (-1.09, True, False), (1.1, True, False), (1.1, False, True), (0.0, False, False)],
)
def test_distance_filter_is_on_the_losing_side(distance: float, is_long: bool, passes: bool) -> None:
    bench = Bench()
    bench.metrics.distance = distance
    assert bench.checker.is_far_enough(is_long) is passes


def test_distance_filter_passes_without_a_reference_and_takes_another_bound() -> None:
    bench = Bench()
    bench.metrics.distance = None
    assert bench.checker.is_far_enough(True)
    bench.metrics.distance = -0.96
    assert bench.checker.is_far_enough(True, 48.0)
    assert not bench.checker.is_far_enough(True, 48.1)


# ------------------------------------------------------------------------------------ gates


def gated(make_bar: Any, clock: datetime, *, move: float = 0.0, volume: float = 1e7, **parameters: Any) -> Any:
    """Gates, step, metrics of a symbol with R30 = 2, daily closes of 100 and 20 bars around 100."""
    settings = Parameters(**parameters)
    data = DataManager(settings)
    day = clock - timedelta(days=9)
    data.load_history([make_bar(day, 100, 102, 100, 100, volume), make_bar(day, 100, 102, 100, 100, volume)])
    for n in range(20):
        price = 100.0 if n < 19 else 100.0 + move
        data.push(make_bar(clock - timedelta(seconds=15 * (20 - n)), price, price, price, price))
    metrics = MetricsCalculator(data, settings)
    metrics.update(100.0 + move)
    step = TimeStep(settings)
    step.move_to(clock)
    return TradingGates(settings), step, metrics, data


@pytest.mark.parametrize(("day_open", "allowed"), [(101.8, True), (101.81, False), (98.19, False)])
def test_gap_gate(day_open: float, allowed: bool, make_bar: Any) -> None:
    gates, step, metrics, data = gated(make_bar, NOON)
    data.open = day_open
    assert gates.allow(step, metrics) is allowed


@pytest.mark.parametrize(("move", "allowed"), [(1.5, True), (1.51, False), (-1.6, False)])
def test_sharp_gate_closes_only_its_bar(move: float, allowed: bool, make_bar: Any) -> None:
    gates, step, metrics, data = gated(make_bar, NOON, move=move)
    assert gates.allow(step, metrics) is allowed
    for n in range(20):
        data.push(make_bar(NOON + timedelta(seconds=15 * n), 100, 100, 100, 100))
    assert gates.allow(step, metrics)


def test_fix_gate_latching_keeps_the_sharp_gate_closed(make_bar: Any) -> None:
    gates, step, metrics, data = gated(make_bar, NOON, move=1.6, fix_gate_latching=True)
    assert gates.latches
    assert not gates.allow(step, metrics)
    for n in range(20):
        data.push(make_bar(NOON + timedelta(seconds=15 * n), 100, 100, 100, 100))
    assert not gates.allow(step, metrics)
    gates.reopen()
    assert gates.allow(step, metrics)


@pytest.mark.parametrize(
    ("clock", "volume", "allowed"),
    [("09:31:00", 1e6, False), ("09:31:01", 1e6, True), ("09:31:00", 1e7, True)],
)
def test_opening_gate_wants_liquidity_in_the_first_minute(
    clock: str, volume: float, allowed: bool, make_bar: Any
) -> None:
    moment = datetime.fromisoformat(f"2025-10-06T{clock}")
    gates, step, metrics, _ = gated(make_bar, moment, volume=volume)
    assert gates.allow(step, metrics) is allowed


def test_opening_gate_limits_the_range_multiple(make_bar: Any) -> None:
    gates, step, metrics, _ = gated(make_bar, datetime(2025, 10, 6, 9, 30, 30))
    metrics.range_pct = 4.4
    assert gates.allow(step, metrics)
    metrics.range_pct = 4.41
    assert not gates.allow(step, metrics)


@pytest.mark.parametrize(
    ("clock", "window", "opening", "regular", "sampled", "before_flatten"),
    [
        ("09:29:59", False, False, False, False, True),
        ("09:30:00", False, True, True, True, True),
        ("09:31:00", False, True, True, True, True),
        ("09:31:01", False, False, True, True, True),
        ("10:56:59", False, False, True, True, True),
        ("10:57:00", True, False, True, True, True),
        ("13:59:59", True, False, True, True, True),
        ("14:00:00", False, False, True, True, True),
        ("15:59:00", False, False, True, True, False),
        ("15:59:15", False, False, True, False, False),
        ("16:00:00", False, False, False, False, False),
    ],
)
def test_time_of_day(
    clock: str, window: bool, opening: bool, regular: bool, sampled: bool, before_flatten: bool
) -> None:
    step = TimeStep(Parameters())
    step.move_to(datetime.fromisoformat(f"2025-10-06T{clock}"))
    flags = (step.entry_window, step.opening, step.regular_hours, step.sampled, step.before_flatten)
    assert flags == (window, opening, regular, sampled, before_flatten)
