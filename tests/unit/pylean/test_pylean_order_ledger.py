"""Properties of every sequence of orders: money and shares are conserved, fills lie in the bar, orders end once."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pylean.api.AlgorithmImports import LatestPriceFillModel, OrderDirection, OrderField, OrderStatus, OrderType
from pylean.numbers import use_lean_decimals

_TERMINAL = (OrderStatus.FILLED, OrderStatus.CANCELED, OrderStatus.INVALID)
_OPEN = datetime(2025, 6, 2, 9, 31)

cents = st.integers(500, 20_000)
bars = st.lists(cents, min_size=4, max_size=4).map(
    lambda p: tuple(value / 100 for value in (p[0], max(p), min(p), p[3]))
)
offsets = st.integers(-300, 300).map(lambda value: value / 100)
sizes = st.integers(-400, 400)


@dataclass(frozen=True)
class Action:
    """Something an algorithm does; prices are offsets from the last one, in dollars."""

    kind: str
    size: int
    first: float
    second: float
    choice: int


actions = st.builds(
    Action,
    st.sampled_from(
        ["market", "limit", "stop", "stop_limit", "touched", "trailing", "percent", "cancel", "update", "holdings"]
    ),
    sizes,
    offsets,
    offsets,
    st.integers(0, 20),
)
steps = st.lists(st.tuples(bars, st.lists(actions, max_size=3)), min_size=1, max_size=12)


@dataclass
class Ledger:
    """What the fills alone say about the account, in exact fractions."""

    cash: Fraction = Fraction(100_000)
    shares: Fraction = Fraction(0)
    fees: Fraction = Fraction(0)
    #: Orders that fill at their limit whatever the bar: Lean's generic model does that once a limit is touched.
    outside_bars: set[int] = field(default_factory=set)
    closed: set[int] = field(default_factory=set)
    events: dict[int, int] = field(default_factory=dict)

    def book(self, event: Any, bar: tuple[float, float, float, float]) -> None:
        assert event.order_id not in self.closed, "an event after the last one"
        assert event.id == self.events.get(event.order_id, 0) + 1
        self.events[event.order_id] = event.id
        if event.status in _TERMINAL:
            self.closed.add(event.order_id)
        if not event.is_fill:
            assert event.decimal_fill_quantity == 0
            return
        _, high, low, _ = bar
        if event.order_id not in self.outside_bars:
            assert Decimal(str(low)) <= event.decimal_fill_price <= Decimal(str(high))
        fee = Fraction(event.order_fee.value.decimal_amount)
        quantity = Fraction(event.decimal_fill_quantity)
        self.cash -= quantity * Fraction(event.decimal_fill_price) + fee
        self.shares += quantity
        self.fees += fee


def act(algorithm: Any, action: Action, price: float) -> None:
    first, second = price + action.first, price + action.second
    match action.kind:
        case "market":
            algorithm.market_order("AAA", action.size)
        case "limit":
            algorithm.limit_order("AAA", action.size, first)
        case "stop":
            algorithm.stop_market_order("AAA", action.size, first)
        case "stop_limit":
            algorithm.stop_limit_order("AAA", action.size, first, second)
        case "touched":
            algorithm.limit_if_touched_order("AAA", action.size, first, second)
        case "trailing":
            algorithm.trailing_stop_order("AAA", action.size, abs(action.first) + 0.01, False)
        case "percent":
            algorithm.trailing_stop_order("AAA", action.size, abs(action.first) / 100 + 0.001, True)
        case "holdings":
            algorithm.set_holdings("AAA", action.size / 300)
        case _:
            tickets = algorithm.transactions.get_order_tickets()
            if tickets:
                ticket = tickets[action.choice % len(tickets)]
                ticket.cancel() if action.kind == "cancel" else ticket.update_quantity(action.size)


@pytest.mark.parametrize("model", [None, LatestPriceFillModel], ids=["equity", "generic"])
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(steps=steps)
def test_any_sequence_of_orders_conserves_money_and_shares(make_bench: Any, model: Any, steps: Any) -> None:
    use_lean_decimals()
    bench = make_bench()
    if model is not None:
        bench.security.set_fill_model(model())
    ledger, portfolio = Ledger(), bench.algorithm.portfolio
    for number, (bar, wanted) in enumerate(steps):
        bench.bar((_OPEN + timedelta(minutes=number)).strftime("%H:%M"), (*bar, 100.0))
        seen = len(bench.events)
        bench.process()
        for action in wanted:
            act(bench.algorithm, action, bar[3])
        bench.process()
        if model is not None:
            orders = bench.handler.orders.values()
            ledger.outside_bars = {order.id for order in orders if order.type is OrderType.LIMIT_IF_TOUCHED}
        for event in bench.events[seen:]:
            ledger.book(event, bar)
        price = Fraction(bench.security.cache.price)
        assert Fraction(portfolio.decimal_cash) == ledger.cash
        assert Fraction(bench.security.holdings.decimal_quantity) == ledger.shares
        assert Fraction(portfolio.decimal_total_portfolio_value) == ledger.cash + ledger.shares * price
        assert Fraction(portfolio.decimal_total_fees) == ledger.fees
    for order in bench.handler.orders.values():
        ticket = bench.handler.tickets[order.id]
        assert (order.id in ledger.closed) is order.status.is_closed
        assert (order.id in {one.id for one in bench.handler.open_orders}) is not order.status.is_closed
        if order.status is OrderStatus.FILLED:
            assert ticket.decimal_quantity_filled == order.decimal_quantity
        elif not order.status.is_closed:
            assert ticket.decimal_quantity_filled == 0


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    path=st.lists(bars, min_size=1, max_size=20), buys=st.booleans(), share=st.integers(1, 300), percent=st.booleans()
)
def test_a_trailing_stop_never_moves_away_from_the_market(
    make_bench: Any, path: Any, buys: bool, share: int, percent: bool
) -> None:
    use_lean_decimals()
    bench = make_bench()
    bench.bar("09:30", 100)
    bench.bar("09:31", 100)
    amount = share / 1000 if percent else share / 10
    ticket = bench.algorithm.trailing_stop_order("AAA", 1 if buys else -1, amount, percent)
    stops = [ticket.get(OrderField.STOP_PRICE)]
    for number, bar in enumerate(path, 1):
        bench.bar((_OPEN + timedelta(minutes=number)).strftime("%H:%M"), (*bar, 100.0))
        bench.process()
        if ticket.status is OrderStatus.FILLED:
            break
        stops.append(ticket.get(OrderField.STOP_PRICE))
        best = bar[2] if buys else bar[1]
        distance = best * amount if percent else amount
        assert (stops[-1] - best if buys else best - stops[-1]) <= distance + 1e-9
    assert stops == sorted(stops, reverse=buys)
    assert bench.handler.orders[1].type is OrderType.TRAILING_STOP
    assert bench.handler.orders[1].direction is (OrderDirection.BUY if buys else OrderDirection.SELL)
