"""The whole step: readiness, the time guard, laziness, order of symbols, errors, reports."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.performance import STAGES, PerformanceTracker
from core.symbol_manager import SymbolManager
from management.rally_detector import RallyDetector
from trading.conditions_checker import ConditionsChecker


def walk(desk: Any, seed: int, bars: int, first: str = "10:40", fills: bool = True) -> list[tuple[Any, ...]]:
    """A random half day; resting orders fill when the bar reaches them. Returns every order's final state."""
    source = random.Random(seed)
    desk.set_history(range_pct=1.0)
    price = 100.0
    start = desk.at(first)
    low, high = price, price
    for number in range(bars):
        desk.engine.time = start + timedelta(seconds=15 * number)
        if desk.engine.time.hour == 14 and desk.engine.time.minute == 0 and desk.engine.time.second == 0:
            desk.strategy.cancel_entries()
        drift = source.choice([-0.12, -0.03, 0.0, 0.03, 0.09]) * (1 if number < bars / 3 else -1 if seed % 2 else 1)
        opened, price = price, round(price + drift, 2)
        low, high = min(opened, price) - 0.01, max(opened, price) + 0.01
        if fills:
            desk.engine.securities["AAA"].price = price
            for order in list(desk.engine.resting()):
                if order.status == "submitted" and low <= order.price <= high:
                    desk.engine.fill(order.id)
        desk.bar(opened, high, low, price)
    return [(o.kind, o.quantity, o.price, o.tag, o.status) for o in desk.engine.orders.values()]


LIVELY = {"SameSymbolTime": 5.0, "Parameter_1": 40.0, "Parameter_2": 60.0, "VWAP_PCT": 20.0, "Max_Daily_PNL": 0.1}


def test_random_days_do_trade(make_desk: Any) -> None:
    desk = make_desk(**LIVELY)
    orders = walk(desk, 4, 800)
    assert any(tag.startswith("SL-") for *_, tag, _ in orders) or len(orders) > 5


@settings(max_examples=25)
@given(seed=st.integers(0, 10_000), guard=st.booleans())
def test_lazy_filters_equal_evaluating_everything(make_desk: Any, seed: int, guard: bool) -> None:
    lazy = walk(make_desk(guard_time_short_circuit=guard, **LIVELY), seed, 500)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ConditionsChecker, "may_act", lambda _self: True)
        eager = walk(make_desk(guard_time_short_circuit=guard, **LIVELY), seed, 500)
    assert lazy == eager


@settings(max_examples=10)
@given(seed=st.integers(0, 10_000))
def test_the_report_changes_nothing(make_desk: Any, seed: int) -> None:
    timed = walk(make_desk(**LIVELY), seed, 300)
    untimed = walk(make_desk(Enable_Performance_Report=False, **LIVELY), seed, 300)
    assert timed == untimed


def samples_of(desk: Any) -> int:
    return len(desk.manager.rally._times)


@pytest.mark.parametrize(("guard", "expected"), [(False, 8), (True, 4)])
def test_guard_skips_samples_of_idle_symbols_outside_the_window(make_desk: Any, guard: bool, expected: int) -> None:
    desk = make_desk(guard_time_short_circuit=guard)
    desk.set_history()
    for second in range(9):  # 10:56 … 10:58, the first bar is not ready
        desk.engine.time = desk.at("10:56") + timedelta(seconds=15 * second)
        desk.bar(100, 100, 100, 100)
    assert samples_of(desk) == expected + guard


def test_guard_does_not_skip_symbols_with_an_order_or_position(make_desk: Any) -> None:
    desk = make_desk(guard_time_short_circuit=True)
    desk.set_history()
    desk.at("10:00")
    desk.bar(100, 100, 100, 100)
    desk.at("10:00:15")
    desk.bar(100, 100, 100, 100)
    assert samples_of(desk) == 0
    ticket = desk.engine.limit_order("AAA", 1, 50.0, tag="TP-cond1-AAA-1")
    desk.at("10:00:30")
    desk.bar(100, 100, 100, 100)
    assert samples_of(desk) == 1
    desk.engine.cancel_order(ticket.order_id)
    desk.at("10:00:45")
    desk.bar(100, 100, 100, 100)  # cancel-pending counts as open
    assert samples_of(desk) == 2
    desk.at("10:01")
    desk.bar(100, 100, 100, 100)
    assert samples_of(desk) == 2
    desk.buy(5, 100.0, 1)
    desk.engine.cancel_open_orders("AAA")
    desk.engine.settle()
    desk.at("10:01:15")
    desk.bar(100, 100, 100, 100)
    assert samples_of(desk) == 3


def test_samples_are_one_second_bars_unless_corrected(make_desk: Any, make_bar: Any) -> None:
    for corrected, expected in ((False, 101.0), (True, 105.0)):
        desk = make_desk(fix_rally_bars=corrected)
        desk.set_history()
        for clock in ("12:00", "12:00:15"):
            now = desk.at(clock)
            desk.manager.on_fifteen_seconds(None, make_bar(now - timedelta(seconds=15), 100, 105, 99, 100))
            desk.data({"AAA": make_bar(now, 100, 101, 100, 100)})
        assert [bar.high for bar in desk.manager.rally._bars] == [expected]


def test_a_symbol_without_data_in_the_slice_is_processed_when_it_has_some(make_desk: Any, make_bar: Any) -> None:
    desk = make_desk()
    desk.set_history()
    for clock in ("12:00", "12:00:15"):
        now = desk.at(clock)
        desk.manager.on_fifteen_seconds(None, make_bar(now - timedelta(seconds=15), 100, 100, 100, 100))
        desk.data({})
    assert samples_of(desk) == 0
    desk.at("12:00:16")
    desk.data({"AAA": make_bar(desk.engine.time, 100, 100, 100, 100)})
    assert samples_of(desk) == 1
    desk.at("12:00:17")
    desk.data({"AAA": make_bar(desk.engine.time, 100, 100, 100, 100)})
    assert samples_of(desk) == 1


def test_symbols_run_in_configured_order(make_desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    monkeypatch.setattr(SymbolManager, "process", lambda self, _step, _bars: seen.append(self.state.name))
    desk = make_desk(names=("ZZZ", "AAA", "MMM"))
    for manager in reversed(desk.strategy.managers):
        manager.on_fifteen_seconds(None, SimpleNamespace(time=desk.at("12:00"), open=1, high=1, low=1, close=1))
    desk.strategy.on_data(SimpleNamespace(bars={}))
    assert seen == ["ZZZ", "AAA", "MMM"]


def test_the_engine_is_asked_once_per_step_whether_the_market_is_open(make_desk: Any, make_bar: Any) -> None:
    desk = make_desk(names=("AAA", "BBB", "CCC"))
    desk.set_history()
    for manager in desk.strategy.managers:
        manager.conditions.armed.add(1)
    for clock in ("12:00", "12:00:15"):
        now = desk.at(clock)
        for manager in desk.strategy.managers:
            manager.on_fifteen_seconds(None, make_bar(now - timedelta(seconds=15), 100, 100, 100, 100))
        desk.data({name: make_bar(now, 100, 100, 100, 100) for name in ("AAA", "BBB", "CCC")})
    assert desk.engine.open_questions == 1


def test_a_new_day_is_logged_and_reported_once(make_desk: Any, monday: datetime) -> None:
    desk = make_desk()
    for day in (monday, monday + timedelta(days=1)):
        for clock in ("09:30:01", "09:30:02", "16:00"):
            desk.at(clock, day)
            desk.data({})
        desk.at("15:59", day)
        desk.strategy.flatten()
    assert desk.engine.lines == ["2025-10-06 - New trading day started", "2025-10-07 - New trading day started"]
    assert desk.new_days == 2


def test_errors_fail_the_run_unless_swallowing_is_asked_for(make_desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("boom")

    monkeypatch.setattr(RallyDetector, "add", fail)
    desk = make_desk()
    desk.set_history()
    desk.at("12:00")
    desk.bar(100, 100, 100, 100)
    desk.at("12:00:15")
    with pytest.raises(ZeroDivisionError):
        desk.bar(100, 100, 100, 100)
    desk = make_desk(swallow_pipeline_errors=True)
    desk.set_history()
    for clock in ("12:00", "12:00:15", "12:00:30"):
        desk.at(clock)
        desk.bar(100, 100, 100, 100)
    assert desk.engine.lines.count("ERROR AAA: ZeroDivisionError: boom") == 1
    assert "2 × AAA: ZeroDivisionError swallowed" in desk.strategy.report()


def test_debug_logging_names_every_order_event(make_desk: Any) -> None:
    desk = make_desk(Enable_Debug_Logging=True)
    desk.set_history()
    desk.buy(10, 100.0, 1)
    desk.engine.cancel_open_orders("AAA")
    desk.engine.settle()
    assert sum("submitted" in line for line in desk.engine.lines) == 3
    assert sum("filled at 100.0" in line for line in desk.engine.lines) == 1
    assert sum("closed without a fill" in line for line in desk.engine.lines) == 2


@pytest.mark.parametrize(("corrected", "volume", "stale"), [(False, 0.0, False), (True, 0.0, True), (True, 1.0, False)])
def test_fix_stale_data_refuses_entries_loudly(make_desk: Any, corrected: bool, volume: float, stale: bool) -> None:
    desk = make_desk(fix_stale_data=corrected)
    desk.set_history()
    desk.manager.conditions.armed.add(1)
    for second in range(4):
        desk.engine.time = desk.at("12:00") + timedelta(seconds=15 * second)
        desk.bar(100, 100, 100, 100, volume=volume)
    errors = [line for line in desk.engine.lines if line.startswith("ERROR AAA: no trade since")]
    assert len(errors) == stale


def test_fix_early_close_flattens_and_blocks_the_date(make_desk: Any, monday: datetime) -> None:
    desk = make_desk()
    desk.set_history()
    desk.buy(10, 100.0, 1)
    desk.at("12:59")
    desk.strategy.flatten_early()
    assert desk.engine.orders[4].tag == "EOD-Close"
    context, step = desk.strategy._context, desk.strategy._step
    step.move_to(desk.at("12:59:15"))
    assert not context.may_trade(step)
    step.move_to(desk.at("12:00", monday + timedelta(days=1)))
    assert context.may_trade(step)


# ------------------------------------------------------------------------------------ stage times


def test_final_report_counts_every_stage(make_desk: Any) -> None:
    desk = make_desk(names=("BBB", "AAA"))
    desk.set_history()
    for second in range(5):
        desk.engine.time = desk.at("12:00") + timedelta(seconds=15 * second)
        desk.bar(100, 100, 100, 100, index=0)
        desk.bar(100, 100, 100, 100, index=1)
    lines = desk.strategy.report()
    assert lines[0] == "=== FINAL PERFORMANCE SUMMARY ==="
    assert [line.split(" | ")[0] for line in lines[1:3]] == ["PERF_FINAL AAA", "PERF_FINAL BBB"]
    assert "data_manager=avg:" in lines[1]
    assert lines[1].count("n=5") == 1
    assert lines[1].count("n=4") == 5
    stages = [part.split("=")[0] for part in lines[3].removeprefix("PERF_FINAL_AGG ").split(" | ")]
    assert stages == sorted(STAGES)


def test_slow_stages_raise_alerts_and_summaries_at_intervals() -> None:
    lines: list[str] = []
    tracker = PerformanceTracker(["AAA"], lines.append)
    now = datetime(2025, 10, 6, 12)
    slow = (0.0, 0.001, 0.002, 0.003, 0.004, 0.204)
    tracker.record("AAA", now, (0.0, 0.0, 0.0, 0.0, 0.0, 0.009))
    assert not lines
    for second in (0, 15, 30, 45, 60):
        tracker.record("AAA", now + timedelta(seconds=second), slow)
    alerts = [line for line in lines if line.startswith("PERF ALERT")]
    assert alerts[:2] == [
        "PERF ALERT [AAA] stage=strategy_logic duration=200.00 ms",
        "PERF ALERT [AAA] stage=total duration=204.00 ms",
    ]
    assert len(alerts) == 6
    summaries = [line for line in lines if line.startswith("PERF SUMMARY")]
    assert len(summaries) == 2
    assert "strategy_logic=avg:" in summaries[0]
    assert "metrics" not in summaries[0]
    assert "n=6" in tracker.final_report()[1]
