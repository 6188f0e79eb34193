"""A small stand-in for the engine: queued cancels, resting orders filled by hand, holdings; and the strategy on top."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

STRATEGY_FOLDER = Path(__file__).parents[3] / "ZacQC"
sys.path.insert(0, str(STRATEGY_FOLDER))

from config.parameters import Parameters  # noqa: E402 - the folder is put on the path first, as Lean does
from core.strategy import Strategy  # noqa: E402
from core.symbol_state import PendingEntry  # noqa: E402

MONDAY = datetime(2025, 10, 6)


@dataclass
class FakeBar:
    time: datetime
    open: float
    high: float
    low: float
    close: float
    volume: float = 100.0


@dataclass
class FakeHolding:
    quantity: float = 0.0
    average_price: float = 0.0


@dataclass
class FakeSecurity:
    symbol: str
    price: float = 100.0
    holdings: FakeHolding = field(default_factory=FakeHolding)


@dataclass
class FakeOrder:
    id: int
    symbol: str
    kind: str
    quantity: float
    price: float | None
    tag: str
    status: str = "submitted"

    @property
    def is_open(self) -> bool:
        return self.status in ("submitted", "cancel pending")


class FakeTicket:
    def __init__(self, order: FakeOrder) -> None:
        self._order = order
        self.order_id = order.id

    def update(self, fields: SimpleNamespace) -> None:
        self._order.price = vars(fields).get("stop_price", vars(fields).get("limit_price"))


class FakeEngine:
    """Implements `core.engine.Algorithm`, `Portfolio` and `Transactions` in one object."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self.time = MONDAY
        self.cash = 500_000.0
        self.total_profit = 0.0
        self.securities = {name: FakeSecurity(name) for name in names}
        self.orders: dict[int, FakeOrder] = {}
        self.lines: list[str] = []
        self.is_open = True
        self.open_questions = 0
        self.strategy: Strategy
        self._cancels: list[FakeOrder] = []
        self.portfolio = self.transactions = self

    # ---- portfolio
    @property
    def total_portfolio_value(self) -> float:
        return self.cash + sum(item.holdings.quantity * item.price for item in self.securities.values())

    # ---- algorithm
    def log(self, message: str) -> None:
        self.lines.append(message)

    def error(self, message: str) -> None:
        self.lines.append(f"ERROR {message}")

    def is_market_open(self, symbol: str) -> bool:
        self.open_questions += 1
        return self.is_open

    def market_order(self, symbol: str, quantity: float, *, tag: str) -> FakeTicket:
        order = self._submit(symbol, "market", quantity, None, tag)
        self.fill(order.id, self.securities[symbol].price)
        return FakeTicket(order)

    def limit_order(self, symbol: str, quantity: float, limit_price: float, *, tag: str) -> FakeTicket:
        return FakeTicket(self._submit(symbol, "limit", quantity, limit_price, tag))

    def stop_market_order(self, symbol: str, quantity: float, stop_price: float, *, tag: str) -> FakeTicket:
        return FakeTicket(self._submit(symbol, "stop", quantity, stop_price, tag))

    # ---- transactions
    def get_open_orders(self, symbol: str) -> list[FakeOrder]:
        return [replace(order) for order in self.orders.values() if order.symbol == symbol and order.is_open]

    def get_order_by_id(self, order_id: int) -> FakeOrder:
        return self.orders[order_id]

    def get_order_ticket(self, order_id: int) -> FakeTicket:
        return FakeTicket(self.orders[order_id])

    def cancel_order(self, order_id: int) -> None:
        order = self.orders[order_id]
        if order.status == "submitted":
            order.tag = ""
            self._request_cancel(order)

    def cancel_open_orders(self, symbol: str) -> None:
        for order in self.orders.values():
            if order.symbol == symbol and order.status == "submitted":
                self._request_cancel(order)

    def settle(self) -> None:
        """Process the queued cancels, as the next submission or scan does."""
        while self._cancels:
            order = self._cancels.pop(0)
            order.status = "cancelled"
            self.strategy.on_closed_unfilled(order.symbol, order.id)

    def fill(self, order_id: int, price: float | None = None) -> None:
        """Fill an order in full, at its own price unless told."""
        order = self.orders[order_id]
        price = order.price if price is None else price
        assert price is not None
        holding = self.securities[order.symbol].holdings
        if holding.quantity * order.quantity < 0:
            closed = min(abs(holding.quantity), abs(order.quantity))
            gain = (price - holding.average_price) * closed * (1 if holding.quantity > 0 else -1)
            self.total_profit += gain
        else:
            holding.average_price = price
        holding.quantity += order.quantity
        self.cash -= price * order.quantity
        order.status = "filled"
        event = SimpleNamespace(order_id=order_id, fill_price=price, fill_quantity=order.quantity)
        self.strategy.on_filled(order.symbol, event)

    # ---- for tests
    def resting(self) -> list[FakeOrder]:
        return [order for order in self.orders.values() if order.is_open]

    def _submit(self, symbol: str, kind: str, quantity: float, price: float | None, tag: str) -> FakeOrder:
        self.settle()
        order = FakeOrder(len(self.orders) + 1, symbol, kind, quantity, price, tag)
        self.orders[order.id] = order
        self.strategy.on_submitted(symbol, order.id)
        return order

    def _request_cancel(self, order: FakeOrder) -> None:
        order.status = "cancel pending"
        self._cancels.append(order)


class Desk:
    """The strategy of a few symbols on the fake engine, driven bar by bar."""

    def __init__(self, names: tuple[str, ...] = ("AAA",), **parameters: Any) -> None:
        self.parameters = Parameters(symbols=names, **parameters)
        self.engine = FakeEngine(names)
        self.new_days = 0
        self.strategy = Strategy(
            self.engine,
            self.parameters,
            [(name, security) for name, security in self.engine.securities.items()],
            SimpleNamespace,
            self._on_new_day,
        )
        self.engine.strategy = self.strategy
        self.manager = self.strategy.managers[0]
        self.state = self.manager.state

    def at(self, clock: str, day: datetime = MONDAY) -> datetime:
        """Set the time of day, H:MM or H:MM:SS."""
        parts = [int(part) for part in (clock + ":0").split(":")[:3]]
        self.engine.time = day + timedelta(hours=parts[0], minutes=parts[1], seconds=parts[2])
        return self.engine.time

    def set_history(self, range_pct: float = 2.5, volume: float = 1e7, close: float = 100.0) -> None:
        """Give every symbol a month of equal daily bars; R30 is then `range_pct`."""
        for manager in self.strategy.managers:
            bars = [
                FakeBar(MONDAY - timedelta(days=40 - n), 100, 100 + range_pct, 100, close, volume) for n in range(35)
            ]
            manager.data.load_history(bars)

    def bar(self, open_: float, high: float, low: float, close: float, index: int = 0, volume: float = 100.0) -> None:
        """A 15-second bar ending now, then the data event with a 1-second bar of the same prices, then the scan."""
        engine = self.engine
        name = self.strategy.managers[index].state.name
        engine.securities[name].price = close
        start = engine.time - timedelta(seconds=15)
        self.strategy.managers[index].on_fifteen_seconds(None, FakeBar(start, open_, high, low, close, volume))
        self.data({name: FakeBar(engine.time, open_, high, low, close)})

    def data(self, bars: dict[str, FakeBar]) -> None:
        """A data event, then the second scan."""
        self.strategy.on_data(SimpleNamespace(bars=bars))
        self.engine.settle()

    def buy(self, quantity: float, price: float, condition: int = 0) -> int:
        """Fill an entry order; as a tracked entry if a condition is given. Returns its id."""
        engine = self.engine
        ticket = engine.stop_market_order(self.state.symbol, quantity, price, tag="test-entry")
        if condition:
            self.state.pending[condition] = PendingEntry(condition, quantity > 0, int(quantity), 0.1, price)
            self.state.pending[condition].order_id = ticket.order_id
        engine.securities[self.state.name].price = price
        engine.fill(ticket.order_id)
        return ticket.order_id

    def _on_new_day(self) -> None:
        self.new_days += 1


@pytest.fixture(scope="session")
def make_desk() -> Callable[..., Desk]:
    """Builds a `Desk`; parameters by name."""
    return Desk


@pytest.fixture(scope="session")
def make_bar() -> Callable[..., FakeBar]:
    """Builds a bar: time, open, high, low, close, volume."""
    return FakeBar


@pytest.fixture(scope="session")
def monday() -> datetime:
    """Midnight of the test day."""
    return MONDAY


@pytest.fixture(scope="session")
def strategy_folder() -> Path:
    """Where main.py is."""
    return STRATEGY_FOLDER
