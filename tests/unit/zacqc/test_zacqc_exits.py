"""Protective orders, stamps, ratchet, timed actions and flatten, with their corrections."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest


def tags(desk: Any) -> list[str]:
    return [order.tag for order in desk.engine.resting()]


def started(make_desk: Any, **parameters: Any) -> Any:
    desk = make_desk(**parameters)
    desk.set_history(range_pct=2.0)
    desk.at("12:00")
    return desk


# ------------------------------------------------------------------------------------ protective orders


def test_the_documented_example(make_desk: Any) -> None:
    desk = make_desk(names=("MCD",))
    desk.set_history(range_pct=1.2417)
    desk.at("11:28:21")
    desk.buy(1003, 299.40763840313247)
    stop, limit = desk.engine.resting()
    assert (stop.kind, stop.price, stop.quantity, stop.tag) == (
        "stop",
        294.76,
        -1003,
        "SL-cond2-MCD-299.40763840313247",
    )
    assert (limit.kind, limit.price, limit.quantity, limit.tag) == (
        "limit",
        300.15,
        -1003,
        "TP-cond2-MCD-299.40763840313247",
    )


@pytest.mark.parametrize(
    ("condition", "quantity", "stop", "limit"), [(1, 10, 97.5, 100.4), (3, 10, 97.5, 100.6), (5, -10, 102.5, 99.2)]
)
def test_distances_are_shares_of_the_mean_range(
    make_desk: Any, condition: int, quantity: int, stop: float, limit: float
) -> None:
    desk = started(make_desk, ProfitTakeC3=30.0, ProfitTakeC5=40.0)
    desk.buy(quantity, 100.0, condition)
    assert [order.price for order in desk.engine.resting()] == [stop, limit]
    assert tags(desk) == [f"SL-cond{condition}-AAA-100.0", f"TP-cond{condition}-AAA-100.0"]
    assert [order.quantity for order in desk.engine.resting()] == [-quantity, -quantity]
    assert not desk.state.pending


def test_an_unknown_short_fill_is_taken_for_condition_2(make_desk: Any) -> None:
    desk = started(make_desk)
    desk.buy(-10, 100.0)
    assert tags(desk) == ["SL-cond2-AAA-100.0", "TP-cond2-AAA-100.0"]
    assert [order.quantity for order in desk.engine.resting()] == [10, 10]


@pytest.mark.parametrize(("share", "shares"), [(100.0, 11), (50.0, 5), (9.0, None)])
def test_shares_to_sell_is_cut_to_whole_shares(make_desk: Any, share: float, shares: int | None) -> None:
    desk = started(make_desk, SharesToSell=share)
    desk.buy(11, 100.0, 1)
    assert [-order.quantity for order in desk.engine.resting()] == ([] if shares is None else [shares, shares])


@pytest.mark.parametrize(("corrected", "kinds"), [(False, ["limit"]), (True, ["stop", "limit"])])
def test_stop_loss_update_off_removes_the_stop_unless_corrected(
    make_desk: Any, corrected: bool, kinds: list[str]
) -> None:
    desk = started(make_desk, StopLossUpdate=0, fix_stop_loss_switch=corrected)
    desk.buy(10, 100.0, 1)
    assert [order.kind for order in desk.engine.resting()] == kinds
    desk.manager.exits.ratchet(105.0)
    assert [order.kind for order in desk.engine.resting()] == kinds


# ------------------------------------------------------------------------------------ exit and stamps


def test_an_exit_cancels_the_rest_and_stamps_the_condition(make_desk: Any) -> None:
    desk = started(make_desk)
    desk.buy(10, 100.0, 1)
    now = desk.at("12:20")
    desk.engine.fill(2)
    desk.engine.settle()
    assert not desk.engine.resting()
    assert desk.engine.orders[3].tag == "TP-cond1-AAA-100.0"  # cancelling all keeps the tag
    assert (desk.state.exit_time, desk.state.condition_exits, desk.state.clock) == (now, {1: now}, None)
    assert desk.state.local_position == desk.state.quantity == 0


def test_a_market_exit_borrows_the_tag_of_the_last_open_order(make_desk: Any) -> None:
    desk = started(make_desk)
    desk.buy(10, 100.0, 4)
    now = desk.at("13:00")
    desk.manager.exits.close_position("targetprofit")
    assert desk.state.condition_exits == {4: now}
    assert desk.state.clock is None


def test_a_market_exit_without_resting_orders_stamps_nothing(make_desk: Any) -> None:
    desk = started(make_desk, SharesToSell=1.0)
    desk.buy(10, 100.0, 4)
    desk.manager.exits.close_position("targetprofit")
    assert desk.state.exit_time is None
    assert desk.state.clock is not None


def test_both_exits_filling_in_one_scan_opens_a_protected_reverse_position(make_desk: Any) -> None:
    desk = started(make_desk)
    desk.buy(10, 100.0, 1)
    desk.engine.fill(2)
    desk.engine.fill(3)
    assert desk.state.quantity == -10
    assert tags(desk) == ["SL-cond2-AAA-100.4", "TP-cond2-AAA-100.4"]


# ------------------------------------------------------------------------------------ ratchet


@pytest.mark.parametrize(
    ("condition", "quantity", "before", "after", "level"),
    [(1, 10, 100.19, 100.21, 100.04), (3, 10, 100.19, 100.21, 100.04), (4, -10, 99.81, 99.79, 99.96)],
)
def test_ratchet_moves_the_stop_once(
    make_desk: Any, condition: int, quantity: int, before: float, after: float, level: float
) -> None:
    desk = started(make_desk)
    desk.buy(quantity, 100.0, condition)
    desk.manager.exits.ratchet(before)
    assert len(desk.engine.orders) == 3
    for price in (after, after, before, after):
        desk.manager.exits.ratchet(price)
    order = desk.engine.orders[4]
    assert (order.kind, order.price, order.quantity) == ("stop", level, -quantity)
    assert order.tag == f"SL-cond{condition}-AAA-Updated"
    assert len(desk.engine.orders) == 4
    assert (desk.engine.orders[2].status, desk.engine.orders[2].tag) == ("cancelled", "")


def test_ratchet_distances_follow_take_profit_and_mean_range(make_desk: Any) -> None:
    desk = make_desk()
    desk.set_history(range_pct=2.5)
    assert desk.manager.exits.ratchet_distances(1) == pytest.approx((0.05, 0.25))


def test_a_short_taken_for_condition_2_is_never_ratcheted(make_desk: Any) -> None:
    desk = started(make_desk)
    desk.buy(-10, 100.0)
    desk.manager.exits.ratchet(90.0)
    assert len(desk.engine.orders) == 3


# ------------------------------------------------------------------------------------ timed actions


@pytest.mark.parametrize(
    ("quantity", "price", "kind", "level"),
    [
        (10, 99.0, "limit", 100.12),
        (10, 100.2, "stop", 100.12),
        (-10, 101.0, "limit", 100.12),
        (-10, 99.0, "stop", 100.12),
    ],
)
def test_action_1_moves_one_order_to_break_even_once(
    make_desk: Any, quantity: int, price: float, kind: str, level: float
) -> None:
    desk = started(make_desk)
    desk.buy(quantity, 100.123, 1 if quantity > 0 else 4)
    before = {order.kind: order.price for order in desk.engine.resting()}
    desk.manager.exits.act_on_time(price, desk.at("12:29:45"))
    assert {order.kind: order.price for order in desk.engine.resting()} == before
    desk.manager.exits.act_on_time(price, desk.at("12:30"))
    assert {order.kind: order.price for order in desk.engine.resting()} == before | {kind: level}
    for order in desk.engine.orders.values():
        order.price = 1.0
    desk.manager.exits.act_on_time(price, desk.at("12:31"))
    assert {order.price for order in desk.engine.resting()} == {1.0}


def test_ratchet_acts_again_after_action_1_moved_the_stop(make_desk: Any) -> None:
    desk = started(make_desk)
    desk.buy(10, 100.0, 1)
    desk.manager.exits.ratchet(101.0)
    desk.manager.exits.act_on_time(101.0, desk.at("12:30"))
    assert desk.engine.orders[4].price == 100.0
    desk.manager.exits.ratchet(101.0)
    assert desk.engine.orders[5].price == 100.04


def test_actions_can_be_switched_off_and_wait_ten_seconds(make_desk: Any) -> None:
    desk = started(make_desk, Allow_Actions=False)
    desk.buy(10, 100.0, 1)
    desk.manager.exits.act_on_time(99.0, desk.at("15:00"))
    assert len(desk.engine.orders) == 3
    desk = started(make_desk)
    desk.buy(10, 100.0, 1)
    desk.manager.exits.act_on_time(99.0, desk.at("14:29:55"))
    desk.manager.exits.act_on_time(99.0, desk.at("14:30:05"))
    assert len(desk.engine.orders) == 3
    desk.manager.exits.act_on_time(99.0, desk.at("14:30:06"))
    assert len(desk.engine.orders) == 4


@pytest.mark.parametrize("corrected", [False, True])
def test_action_2_closes_without_stamps_unless_corrected(make_desk: Any, corrected: bool) -> None:
    desk = started(make_desk, fix_action2_exit=corrected)
    desk.buy(10, 100.0, 1)
    now = desk.at("14:30")
    desk.manager.exits.act_on_time(101.0, now)
    assert (desk.engine.orders[4].kind, desk.engine.orders[4].tag) == ("market", "eod-action2-AAA")
    assert not desk.engine.resting()
    assert desk.state.quantity == 0
    assert desk.state.condition_exits == ({1: now} if corrected else {})
    assert (desk.state.clock is None) is corrected


# ------------------------------------------------------------------------------------ flatten


def test_flatten_closes_cancels_and_resets_but_keeps_the_stamps(make_desk: Any) -> None:
    desk = started(make_desk, names=("AAA", "BBB"))
    desk.buy(10, 100.0, 1)
    desk.engine.stop_market_order("BBB", 5, 120.0, tag="Buy-cond1-Trail-BBB")
    manager = desk.manager
    manager.conditions.armed.add(4)
    manager.data.open = 100.0
    now = desk.at("15:59")
    desk.strategy.flatten()
    desk.engine.settle()
    assert desk.engine.orders[5].tag == "EOD-Close"
    assert desk.engine.orders[5].quantity == -10
    assert not desk.engine.resting()
    assert desk.engine.orders[4].tag == "Buy-cond1-Trail-BBB"
    assert desk.state.condition_exits == {1: now}
    assert (desk.state.local_position, desk.state.clock, desk.state.stops) == (0.0, None, {})
    assert not manager.conditions.armed
    assert manager.data.open == 0.0
    manager.metrics.from_open = -99.0
    manager.conditions.evaluate(now + timedelta(minutes=10))
    assert not manager.conditions.armed
