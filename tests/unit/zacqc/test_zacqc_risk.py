"""The account's daily limits against a manager that computes everything every second."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st


def second(desk: Any, clock: str, price: float | None = None) -> None:
    desk.at(clock)
    if price is not None:
        desk.engine.securities["AAA"].price = price
    desk.data({})


def test_target_closes_everything_and_stops_the_day(make_desk: Any) -> None:
    desk = make_desk(names=("AAA", "BBB"))
    desk.set_history()
    second(desk, "09:30:01")
    desk.at("12:00")
    desk.buy(100, 100.0, 1)
    desk.engine.stop_market_order("BBB", 5, 120.0, tag="Buy-cond1-Trail-BBB")
    second(desk, "12:00:01", 113.49)
    assert not desk.strategy.risk.limit_reached
    second(desk, "12:00:02", 113.50)  # 0.27 % of 500 000 is 1350
    assert desk.strategy.risk.limit_reached
    assert [order.tag for order in desk.engine.orders.values() if order.kind == "market"] == ["targetprofit"]
    assert not desk.engine.resting()
    assert desk.state.condition_exits[1] == desk.engine.time
    desk.at("12:00:15")
    desk.bar(100, 100, 100, 100)
    assert desk.manager.data.new_bar  # the pipeline returned at once
    desk.strategy.risk.end_day()
    second(desk, "15:50:01")
    assert not desk.strategy.risk.limit_reached


@pytest.mark.parametrize("target", [0.0, -1.0])
def test_no_target_is_never_checked(make_desk: Any, target: float) -> None:
    desk = make_desk(Max_Daily_PNL=target)
    second(desk, "09:30:01")
    desk.buy(100, 100.0, 1)
    assert not desk.strategy.risk.needs_check
    second(desk, "12:00:02", 1000.0)
    assert not desk.strategy.risk.limit_reached


def test_loss_limit_is_off_by_default_and_closes_when_set(make_desk: Any) -> None:
    for limit, reached in ((0.0, False), (0.5, True)):
        desk = make_desk(Max_Daily_Loss=limit)
        second(desk, "09:30:01")
        desk.buy(100, 100.0, 1)
        second(desk, "12:00", 75.01)
        assert not desk.strategy.risk.limit_reached
        second(desk, "12:00:01", 75.0)
        assert desk.strategy.risk.limit_reached is reached
        assert any(order.tag == "dailyloss" for order in desk.engine.orders.values()) is reached


def test_without_equity_nothing_is_checked(make_desk: Any) -> None:
    desk = make_desk()
    desk.engine.cash = 0.0
    second(desk, "09:30:01")
    assert desk.strategy.risk.day_result_pct() is None
    desk.buy(100, 100.0, 1)
    second(desk, "12:00", 500.0)
    assert not desk.strategy.risk.limit_reached


@pytest.mark.parametrize(("corrected", "result"), [(False, 0.2), (True, 0.0)])
def test_profit_after_1550_counts_for_the_next_day_unless_corrected(
    make_desk: Any, monday: datetime, corrected: bool, result: float
) -> None:
    desk = make_desk(fix_daily_pnl_reset=corrected)
    second(desk, "09:30:01")
    desk.buy(100, 100.0, 1)
    desk.at("15:50")
    desk.strategy.risk.end_day()
    desk.engine.securities["AAA"].price = 110.0
    desk.at("15:59")
    desk.strategy.flatten()
    tuesday = monday + timedelta(days=1)
    desk.at("09:30:01", tuesday)
    desk.data({})
    assert desk.strategy.risk.day_result_pct() == pytest.approx(result, abs=1e-3)


def test_corrected_reset_keeps_the_limit_until_the_next_date(make_desk: Any, monday: datetime) -> None:
    desk = make_desk(fix_daily_pnl_reset=True)
    second(desk, "09:30:01")
    desk.buy(100, 100.0, 1)
    second(desk, "12:00", 120.0)
    desk.strategy.risk.end_day()
    second(desk, "15:50:01")
    assert desk.strategy.risk.limit_reached
    desk.at("15:59")
    desk.strategy.flatten()
    desk.at("09:30:01", monday + timedelta(days=1))
    desk.data({})
    assert not desk.strategy.risk.limit_reached


moves = st.lists(
    st.tuples(
        st.sampled_from(["tick", "tick", "tick", "buy", "sell", "end of day", "next day"]), st.integers(-300, 300)
    ),
    min_size=1,
    max_size=60,
)


@settings(max_examples=60)
@given(moves=moves)
def test_lazy_check_equals_checking_from_scratch_every_second(make_desk: Any, moves: list[tuple[str, int]]) -> None:
    desk = make_desk(Max_Daily_PNL=0.02)
    engine = desk.engine
    security = engine.securities["AAA"]
    second(desk, "10:00")
    base, equity, reached = engine.total_profit, engine.total_portfolio_value, False
    for number, (what, amount) in enumerate(moves):
        if what == "buy" and not desk.state.quantity:
            desk.buy(abs(amount) + 1, security.price, 1)
        elif what == "sell":
            desk.manager.exits.close_position("x")
        elif what == "end of day":
            desk.strategy.risk.end_day()
            base, reached = engine.total_profit, False
        elif what == "next day":
            desk.strategy.flatten()
            engine.time += timedelta(days=1)
        security.price = max(1.0, security.price + amount / 100)
        open_profit = (security.price - security.holdings.average_price) * security.holdings.quantity
        if what == "next day":
            equity = engine.total_portfolio_value
        expected = 100.0 * (engine.total_profit - base + open_profit) / equity >= 0.02
        engine.time += timedelta(seconds=1)
        desk.data({})
        reached = reached or expected
        assert desk.strategy.risk.limit_reached is reached, number
