"""Whole runs with any sequence of orders: the account is what the fills say, and fills lie in their bars."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from pylean.api.AlgorithmImports import (
    ConstantFeeModel,
    ConstantSlippageModel,
    OrderStatus,
    OrderType,
    QCAlgorithm,
    UpdateOrderFields,
)

DAYS = [date(2025, 7, 2), date(2025, 7, 3), date(2025, 7, 7)]
MINUTES = {DAYS[0]: 390, DAYS[1]: 210, DAYS[2]: 390}
TICKERS = ("AAA", "BBB")
CASH = Decimal(100_000)
LIMITED = (OrderType.LIMIT, OrderType.STOP_LIMIT, OrderType.LIMIT_IF_TOUCHED)
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)


@dataclass(frozen=True)
class Action:
    """Something done at one minute of the run; prices are cents away from the last one."""

    minute: int
    kind: str
    ticker: str
    size: int
    first: int
    second: int


kinds = "market limit stop stop_limit touched trailing open close holdings liquidate cancel update".split()
actions = st.lists(
    st.builds(
        Action,
        st.integers(0, sum(MINUTES.values()) - 1),
        st.sampled_from(kinds),
        st.sampled_from(TICKERS),
        st.integers(-300, 300).filter(bool),
        st.integers(-150, 150),
        st.integers(-150, 150),
    ),
    min_size=1,
    max_size=25,
)
#: Seeds of price paths; the paths themselves need not be found by hypothesis.
walks = st.lists(st.integers(-40, 40), min_size=11, max_size=31)


class Trading(QCAlgorithm):
    """Does what it is told, minute by minute, and writes down each fill with its order's prices."""

    actions: list[Action] = []  # noqa: RUF012 - replaced, never changed
    slippage = fee = 0.0

    def initialize(self) -> None:
        self.set_start_date(DAYS[0])
        self.set_end_date(DAYS[-1])
        self.set_cash(float(CASH))
        self.plan: dict[int, list[Action]] = defaultdict(list)
        for action in self.actions:
            self.plan[action.minute].append(action)
        for ticker in TICKERS:
            security = self.add_equity(ticker)
            security.set_slippage_model(ConstantSlippageModel(self.slippage))
            if self.fee:
                security.set_fee_model(ConstantFeeModel(self.fee))
        self.minute = 0
        self.fills: list[tuple[datetime, Any, Any, float | None, float | None]] = []
        self.ended: set[int] = set()
        self.daily: list[tuple[Decimal, Decimal, Decimal]] = []

    def on_data(self, data: Any) -> None:
        for action in self.plan.get(self.minute, ()):
            self.act(action)
        self.minute += 1
        portfolio = self.portfolio
        worth = sum(
            (
                holding.decimal_quantity * Decimal(str(self.securities[symbol].price))
                for symbol, holding in portfolio.items()
            ),
            Decimal(0),
        )
        self.daily.append((portfolio.decimal_total_portfolio_value, portfolio.decimal_cash, worth))

    def act(self, action: Action) -> None:
        ticker, size = action.ticker, action.size
        price = self.securities[ticker].price
        first, second = (round(price + cents / 100, 2) for cents in (action.first, action.second))
        match action.kind:
            case "market":
                self.market_order(ticker, size)
            case "limit":
                self.limit_order(ticker, size, first)
            case "stop":
                self.stop_market_order(ticker, size, first)
            case "stop_limit":
                self.stop_limit_order(ticker, size, first, second)
            case "touched":
                self.limit_if_touched_order(ticker, size, first, second)
            case "trailing":
                self.trailing_stop_order(ticker, size, abs(action.first) / 100 + 0.01, False)
            case "open":
                self.market_on_open_order(ticker, size)
            case "close":
                self.market_on_close_order(ticker, size)
            case "holdings":
                self.set_holdings(ticker, size / 400)
            case "liquidate":
                self.liquidate(ticker)
            case kind:
                self.change(kind, action)

    def change(self, kind: str, action: Action) -> None:
        tickets = list(self.transactions.get_open_order_tickets())
        if tickets:
            ticket = tickets[abs(action.first) % len(tickets)]
            if kind == "cancel":
                ticket.cancel()
            else:
                fields = UpdateOrderFields()
                fields.quantity = action.size
                ticket.update(fields)

    def on_order_event(self, event: Any) -> None:
        assert event.order_id not in self.ended, "an event after the order's last one"
        if event.status in (OrderStatus.FILLED, OrderStatus.CANCELED, OrderStatus.INVALID):
            self.ended.add(event.order_id)
        if event.status is OrderStatus.FILLED:
            order = self.transactions.get_order_by_id(event.order_id)
            limit = order.limit_price if order.type in LIMITED else None
            stop = order.stop_price if order.type is OrderType.STOP_MARKET else None
            self.fills.append((self.time, event, order, limit, stop))


Bars = dict[str, dict[datetime, tuple[Decimal, Decimal, Decimal, Decimal]]]


def write(market: Any, steps: list[int]) -> Bars:
    """Bars of both symbols, without gaps, whose closes walk by the steps in turn within three dollars; by their end."""
    bars: Bars = {}
    for shift, ticker in enumerate(TICKERS):
        bars[ticker] = {}
        base = close = 2_000 + 500 * shift
        number = shift
        for day in DAYS:
            start = datetime(day.year, day.month, day.day, 9, 30)
            rows: dict[str, Any] = {}
            for minute in range(MINUTES[day]):
                number += 1
                opened = close + steps[number * 7 % len(steps)] // 4
                close = min(max(base - 300, opened + steps[number % len(steps)]), base + 300)
                high, low = max(opened, close) + number % 3, min(opened, close) - number % 5
                prices = tuple(cents / 100 for cents in (opened, high, low, close))
                rows[f"{start + timedelta(minutes=minute):%H:%M}"] = (*prices, 100.0)
                end = start + timedelta(minutes=minute + 1)
                bars[ticker][end] = tuple(Decimal(cents) / 100 for cents in (opened, high, low, close))  # type: ignore[assignment]
            market.trades(ticker, day, rows)
    return bars


@pytest.mark.parametrize(("slippage", "fee"), [(0.0, 0.0), (0.002, 0.0), (0.001, 1.25)])
@settings(max_examples=10, deadline=None, phases=PHASES)
@given(actions=actions, steps=walks)
def test_cash_and_shares_are_what_the_fills_moved(
    make_stage: Any, slippage: float, fee: float, actions: Any, steps: Any
) -> None:
    stage = make_stage()
    write(stage.market, steps)
    ran = stage.run(type("Case", (Trading,), {"actions": actions, "slippage": slippage, "fee": fee}))
    algorithm, portfolio = ran.algorithm, ran.algorithm.portfolio
    cash, fees = CASH, Decimal(0)
    shares = dict.fromkeys(TICKERS, Decimal(0))
    for _, event, _, _, _ in algorithm.fills:
        paid = event.order_fee.value.decimal_amount
        assert not fee or paid == Decimal(str(fee))
        cash -= event.decimal_fill_quantity * event.decimal_fill_price + paid
        fees += paid
        shares[event.symbol.value] += event.decimal_fill_quantity
    assert abs(portfolio.decimal_cash - cash) < Decimal("1e-15")
    assert portfolio.decimal_total_fees == fees
    assert {ticker: portfolio[ticker].decimal_quantity for ticker in TICKERS} == shares
    assert all(abs(total - held - worth) < Decimal("1e-9") for total, held, worth in algorithm.daily)
    fills_told = [one for one in ran.observer.events if one.fill_quantity]
    assert len(fills_told) == len(algorithm.fills)


@settings(max_examples=20, deadline=None, phases=PHASES)
@given(actions=actions, steps=walks)
def test_without_slippage_no_fill_lies_outside_its_bar_or_beyond_its_limit(
    make_stage: Any, actions: Any, steps: Any
) -> None:
    stage = make_stage()
    bars = write(stage.market, steps)
    algorithm = stage.run(type("Case", (Trading,), {"actions": actions})).algorithm
    for when, event, order, limit, stop in algorithm.fills:
        opened, high, low, close = bars[event.symbol.value][when]
        price, buys = event.decimal_fill_price, event.decimal_fill_quantity > 0
        assert low <= price <= high
        if limit is not None:
            assert price <= Decimal(str(limit)) if buys else price >= Decimal(str(limit))
        if stop is not None:
            assert price >= Decimal(str(stop)) if buys else price <= Decimal(str(stop))
        if order.type is OrderType.MARKET:
            assert price == close
        if order.type is OrderType.MARKET_ON_OPEN:
            assert (price, when.strftime("%H:%M")) == (opened, "09:31")
        if order.type is OrderType.MARKET_ON_CLOSE:
            assert (price, when.strftime("%H:%M")) == (close, "13:00" if when.date() == DAYS[1] else "16:00")
