"""Entry orders: sizing, offsets, exclusivity, trailing, the cancelling monitors and their corrections."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from trading.order_tags import condition_of, is_entry, is_protective

Never: Callable[[], bool] = lambda: False  # noqa: E731 - a named constant reads best in the calls below


def ready_desk(make_desk: Any, **parameters: Any) -> Any:
    """At noon, R30 2.5 %, price 100, day range 2 USD, far below the open."""
    desk = make_desk(**parameters)
    desk.set_history()
    desk.at("12:00")
    data = desk.manager.data
    data.open, data.high, data.low, data.close = 102.0, 102.0, 100.0, 100.0
    desk.manager.metrics.update(100.0)
    return desk


def enter(desk: Any, condition: int) -> bool:
    placed: bool = desk.manager.orders.enter(condition, desk.engine.time, Never)
    return placed


# ------------------------------------------------------------------------------------ sizing


def test_position_size_is_a_share_of_the_equity(make_desk: Any) -> None:
    assert ready_desk(make_desk).manager.orders.position_size() == 3000
    assert ready_desk(make_desk, cash_pct=0.07).manager.orders.position_size() == 3


def test_capital_cap_counts_open_cost(make_desk: Any) -> None:
    desk = ready_desk(make_desk, names=("AAA", "BBB"), MaxCapitalPCT=119.9)
    assert desk.manager.orders.position_size() == 3000
    other = desk.strategy.managers[1].state
    other.holdings.quantity = other.quantity = -3000.0
    other.holdings.average_price = 100.0
    desk.engine.cash += 300_000
    assert desk.manager.orders.position_size() == 0
    assert ready_desk(make_desk, MaxCapitalPCT=60.0).manager.orders.position_size() == 3000
    assert ready_desk(make_desk, MaxCapitalPCT=59.9).manager.orders.position_size() == 0


def test_entry_offset_is_a_share_of_the_day_range(make_desk: Any) -> None:
    desk = ready_desk(make_desk)
    orders = desk.manager.orders
    assert orders.entry_offset_pct(1) == pytest.approx(100 * 0.08 * 2 / 100)
    assert orders.entry_offset_pct(3) == 0.85
    desk.manager.data.high = desk.manager.data.low
    assert orders.entry_offset_pct(1) == pytest.approx(0.08)


@pytest.mark.parametrize(
    ("condition", "tag", "sign"),
    [
        (1, "Buy-cond1-Trail-AAA", 1),
        (2, "Buy-cond2-Trail-AAA", 1),
        (3, "Buy-cond3-Trail-AAA", 1),
        (4, "Short-cond4-Trail-AAA", -1),
        (5, "Short-cond5-Trail-AAA", -1),
    ],
)
def test_entry_order(make_desk: Any, condition: int, tag: str, sign: int) -> None:
    desk = ready_desk(make_desk)
    if sign < 0:
        desk.manager.metrics.distance = 2.0
    assert enter(desk, condition)
    (order,) = desk.engine.resting()
    offset = desk.manager.orders.entry_offset_pct(condition)
    assert (order.kind, order.tag, order.quantity) == ("stop", tag, sign * 3000)
    assert order.price == 100.0 * (1.0 + sign * offset / 100.0)
    assert desk.state.order_sent
    assert desk.state.pending[condition].order_id == order.id


def test_entry_stop_is_not_rounded_unless_fills_are_realistic(make_desk: Any) -> None:
    desk = ready_desk(make_desk, Parameter_4=8.123)
    assert enter(desk, 1)
    assert desk.engine.orders[1].price != round(desk.engine.orders[1].price, 2)
    realistic = ready_desk(make_desk, Parameter_4=8.123, realistic_fills=True)
    assert enter(realistic, 1)
    assert realistic.engine.orders[1].price == 100.16


def test_entry_needs_distance(make_desk: Any) -> None:
    desk = ready_desk(make_desk)
    desk.manager.metrics.distance = -1.37
    assert not enter(desk, 1)
    assert not enter(desk, 4)


@pytest.mark.parametrize("blocker", ["order_sent", "pending", "local_position", "holding", "open_order"])
def test_one_order_or_position_per_symbol(make_desk: Any, blocker: str) -> None:
    desk = ready_desk(make_desk)
    if blocker == "order_sent":
        desk.state.order_sent = True
    elif blocker == "pending":
        desk.state.pending[2] = object()
    elif blocker == "local_position":
        desk.state.local_position = 1.0
    elif blocker == "holding":
        desk.state.holdings.quantity = 1.0
    else:
        ticket = desk.engine.limit_order("AAA", 1, 50.0, tag="x")
        desk.engine.cancel_order(ticket.order_id)  # cancel-pending still counts
    before = len(desk.engine.orders)
    assert not enter(desk, 1)
    assert len(desk.engine.orders) == before


def test_waits_after_exits_are_inclusive(make_desk: Any) -> None:
    desk = ready_desk(make_desk)
    desk.state.exit_time = desk.engine.time - timedelta(minutes=239, seconds=59)
    assert not enter(desk, 1)
    desk.state.exit_time = desk.engine.time - timedelta(minutes=240)
    desk.state.condition_exits[1] = desk.engine.time - timedelta(minutes=9)
    assert not enter(desk, 1)
    assert enter(desk, 2)


@pytest.mark.parametrize(("corrected", "blocked"), [(False, True), (True, False)])
def test_an_entry_refused_at_the_last_check_blocks_the_symbol_unless_corrected(
    make_desk: Any, corrected: bool, blocked: bool
) -> None:
    desk = ready_desk(make_desk, fix_failed_entry=corrected)
    assert not desk.manager.orders.enter(1, desk.engine.time, lambda: True)
    assert not desk.engine.orders
    assert bool(desk.state.pending) is blocked
    assert enter(desk, 1) is not blocked
    desk.manager.orders.trail()  # a tracked entry without an order is not trailed


@pytest.mark.parametrize(("corrected", "armed"), [(False, {1, 4}), (True, {4})])
def test_placing_an_order_keeps_the_latch_unless_corrected(make_desk: Any, corrected: bool, armed: set[int]) -> None:
    desk = ready_desk(make_desk, fix_latch_on_entry=corrected)
    desk.manager.conditions.armed |= {1, 4}
    assert enter(desk, 1)
    assert desk.manager.conditions.armed == armed


# ------------------------------------------------------------------------------------ trailing


def trail(desk: Any, price: float) -> None:
    desk.engine.securities["AAA"].price = price
    desk.manager.orders.trail()


def test_a_long_entry_moves_up_once_and_is_then_forgotten(make_desk: Any) -> None:
    desk = ready_desk(make_desk)
    assert enter(desk, 1)
    offset = desk.state.pending[1].offset_pct
    trail(desk, 99.5)  # reference follows down without an update
    assert [order.id for order in desk.engine.resting()] == [1]
    trail(desk, 99.75)
    (order,) = desk.engine.resting()
    assert (order.id, order.tag, order.quantity) == (2, "Trail-Update-cond1-AAA", 3000)
    assert order.price == 99.75 * (1.0 + offset / 100.0)
    assert desk.engine.orders[1].tag == ""
    assert not desk.state.pending
    assert not desk.state.order_sent
    trail(desk, 101.0)
    assert [order.id for order in desk.engine.resting()] == [2]


def test_short_entries_do_not_trail(make_desk: Any) -> None:
    desk = ready_desk(make_desk)
    desk.manager.metrics.distance = 2.0
    assert enter(desk, 4)
    for price in (101.0, 99.0):
        trail(desk, price)
    assert [order.id for order in desk.engine.resting()] == [1]


def test_fix_trail_tracking_keeps_the_entry(make_desk: Any) -> None:
    desk = ready_desk(make_desk, fix_trail_tracking=True)
    assert enter(desk, 1)
    trail(desk, 100.5)
    assert desk.state.pending[1].order_id == 2
    assert desk.state.order_sent
    trail(desk, 101.0)
    (order,) = desk.engine.resting()
    assert order.id == desk.state.pending[1].order_id == 3
    desk.engine.fill(3)
    assert [order.tag.split("-")[1] for order in desk.engine.resting()] == ["cond1", "cond1"]


@pytest.mark.parametrize(
    ("condition", "distance", "prices", "updates"),
    [(1, -2.0, [101.0, 99.0, 99.5, 98.0], [99.0, 98.0]), (4, 2.0, [99.0, 101.0, 100.5, 102.0], [101.0, 102.0])],
)
def test_fix_trail_direction_follows_the_favourable_side(
    make_desk: Any, condition: int, distance: float, prices: list[float], updates: list[float]
) -> None:
    desk = ready_desk(make_desk, fix_trail_direction=True, fix_trail_tracking=True)
    desk.manager.metrics.distance = distance
    assert enter(desk, condition)
    offset = desk.state.pending[condition].offset_pct
    for price in prices:
        trail(desk, price)
    sign = 1 if condition == 1 else -1
    placed = [order.price for order in list(desk.engine.orders.values())[1:]]
    assert placed == [price * (1.0 + sign * offset / 100.0) for price in updates]


# ------------------------------------------------------------------------------------ monitors


@pytest.mark.parametrize(
    ("condition", "at_entry", "later", "cancelled"),
    [(1, -2.0, -1.2, False), (1, -2.0, -1.19, True), (1, -2.0, 2.0, True), (4, 2.0, 1.2, False), (4, 2.0, 1.19, True)],
)
def test_entries_too_close_are_cancelled_without_disarming(
    make_desk: Any, condition: int, at_entry: float, later: float, cancelled: bool
) -> None:
    desk = ready_desk(make_desk)
    desk.manager.conditions.armed.add(condition)
    desk.manager.metrics.distance = at_entry
    assert enter(desk, condition)
    desk.manager.metrics.distance = later
    desk.manager.orders.cancel_too_close()
    desk.engine.settle()
    assert bool(desk.engine.resting()) is not cancelled
    assert bool(desk.state.pending) is not cancelled
    assert desk.manager.conditions.armed == {condition}


def test_monitors_leave_protective_orders_alone(make_desk: Any) -> None:
    desk = ready_desk(make_desk)
    desk.engine.limit_order("AAA", -10, 120.0, tag="TP-cond1-AAA-100.0")
    desk.engine.stop_market_order("AAA", -10, 90.0, tag="SL-cond1-AAA-100.0")
    desk.manager.metrics.distance = 9.0
    desk.manager.data.lows[:] = desk.manager.data.highs[:] = [90.0, 95.0, 99.0, 100.0]
    desk.manager.orders.cancel_too_close()
    desk.manager.orders.cancel_out_of_range()
    assert [order.status for order in desk.engine.orders.values()] == ["submitted", "submitted"]


@pytest.mark.parametrize(
    ("corrected", "lows", "cancelled"),
    [
        (False, [50.0, 100.0, 99.4, 100.0, 100.0], True),  # second-oldest against the newer ones, wherever it lies
        (False, [50.0, 99.0, 99.6, 100.0, 100.0], True),
        (False, [50.0, 100.0, 99.5, 100.0, 100.0], False),
        (False, [100.0, 100.0, 100.0, 99.0, 100.0], True),
        (False, [99.0, 100.0], False),
        (True, [100.0, 100.0, 99.4, 100.0], True),
        (True, [100.0, 100.0, 99.5, 100.0], False),
        (True, [100.0, 98.0, 99.4, 100.0], False),
        (True, [50.0, 100.0, 99.4, 100.0, 100.0], False),
    ],
)
def test_long_range_cancellation(make_desk: Any, corrected: bool, lows: list[float], cancelled: bool) -> None:
    desk = ready_desk(make_desk, fix_range_cancellation=corrected)
    desk.manager.conditions.armed |= {1, 2}
    assert enter(desk, 1)
    desk.manager.data.lows[:] = lows
    desk.manager.data.highs[:] = [101.0] * len(lows)
    desk.manager.orders.cancel_out_of_range()
    assert (desk.engine.orders[1].status == "cancel pending") is cancelled
    assert desk.manager.conditions.armed == ({2} if cancelled else {1, 2})
    assert desk.state.order_sent is not cancelled


@pytest.mark.parametrize(
    ("corrected", "highs", "cancelled"),
    [
        (False, [90.0, 100.0, 100.6, 100.0], True),
        (False, [90.0, 100.0, 100.5, 100.0], False),
        (True, [100.0, 100.0, 100.6, 100.0], True),
        (True, [100.0, 100.0, 100.5, 100.0], False),
    ],
)
def test_short_range_cancellation(make_desk: Any, corrected: bool, highs: list[float], cancelled: bool) -> None:
    desk = ready_desk(make_desk, fix_range_cancellation=corrected)
    desk.manager.metrics.distance = 2.0
    assert enter(desk, 5)
    desk.manager.data.highs[:] = highs
    desk.manager.data.lows[:] = [90.0] * len(highs)
    desk.manager.orders.cancel_out_of_range()
    assert (desk.engine.orders[1].status == "cancel pending") is cancelled


def test_range_cancellation_of_a_trailed_entry_disarms_its_condition(make_desk: Any) -> None:
    desk = ready_desk(make_desk)
    desk.manager.conditions.armed.add(2)
    assert enter(desk, 2)
    trail(desk, 100.5)
    desk.manager.data.lows[:] = [100.0, 100.0, 99.0, 100.0]
    desk.manager.data.highs[:] = [100.0] * 4
    desk.manager.orders.cancel_out_of_range()
    assert not desk.manager.conditions.armed


def test_an_order_cancelled_by_the_distance_monitor_no_longer_names_its_condition(make_desk: Any) -> None:
    desk = ready_desk(make_desk)
    desk.manager.conditions.armed.add(1)
    assert enter(desk, 1)
    desk.manager.metrics.distance = 0.0
    desk.manager.data.lows[:] = [100.0, 100.0, 99.0, 100.0]
    desk.manager.data.highs[:] = [100.0] * 4
    desk.manager.orders.cancel_too_close()
    desk.manager.orders.cancel_out_of_range()
    assert desk.manager.conditions.armed == {1}


def test_window_end_cancels_entries_and_disarms(make_desk: Any) -> None:
    desk = ready_desk(make_desk, names=("AAA", "BBB"))
    desk.manager.conditions.armed |= {1, 2}
    assert enter(desk, 1)
    desk.engine.limit_order("BBB", 5, 90.0, tag="TP-cond4-BBB-95.0")
    desk.strategy.cancel_entries()
    assert [order.status for order in desk.engine.orders.values()] == ["cancel pending", "submitted"]
    assert desk.manager.conditions.armed == {2}
    assert not desk.state.pending


@pytest.mark.parametrize(
    ("tag", "condition", "entry", "protective"),
    [
        ("Buy-cond1-Trail-MCD", 1, True, False),
        ("Short-cond5-Trail-MCD", 5, True, False),
        ("Trail-Update-cond2-MCD", 2, True, False),
        ("Trail-Update-cond7-MCD", 0, False, False),
        ("SL-cond3-MCD-299.4", 3, False, True),
        ("TP-cond4-MCD-299.4", 4, False, True),
        ("SL-cond1-MCD-Updated", 1, False, True),
        ("EOD-Close", 0, False, False),
        ("eod-action2-MCD", 0, False, False),
        ("", 0, False, False),
    ],
)
def test_tags(tag: str, condition: int, entry: bool, protective: bool) -> None:
    assert (condition_of(tag), is_entry(tag), is_protective(tag)) == (condition, entry, protective)
