"""What the strategy uses of the engine, as types. Prices and quantities are Python floats, as Lean hands them over."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, Protocol, TypeVar

T = TypeVar("T")

Symbol = Any
"""The engine's hashable symbol, handed back to it as it came."""


class Bar(Protocol):
    """A trade bar; `time` is its start in New York wall time."""

    @property
    def time(self) -> datetime: ...
    @property
    def open(self) -> float: ...
    @property
    def high(self) -> float: ...
    @property
    def low(self) -> float: ...
    @property
    def close(self) -> float: ...
    @property
    def volume(self) -> float: ...


class Bars(Protocol):
    """The trade bars of one slice."""

    def get(self, key: Symbol, /) -> Bar | None: ...


class Slice(Protocol):
    """The data of one moment."""

    @property
    def bars(self) -> Bars: ...


class Holding(Protocol):
    """The position in one security."""

    @property
    def quantity(self) -> float: ...
    @property
    def average_price(self) -> float: ...


class Security(Protocol):
    """A subscribed security and its position."""

    @property
    def symbol(self) -> Symbol: ...
    @property
    def price(self) -> float: ...
    @property
    def holdings(self) -> Holding: ...


class Order(Protocol):
    """A read-only view of an order."""

    @property
    def id(self) -> int: ...
    @property
    def tag(self) -> str: ...
    @property
    def quantity(self) -> float: ...


class OrderTicket(Protocol):
    """The handle of a submitted order."""

    @property
    def order_id(self) -> int: ...
    def update(self, fields: Any, /) -> Any: ...


class OrderEvent(Protocol):
    """A change of an order."""

    @property
    def order_id(self) -> int: ...
    @property
    def fill_price(self) -> float: ...
    @property
    def fill_quantity(self) -> float: ...


class Transactions(Protocol):
    """Look-up and cancellation of orders. A cancelled order stays open until the request is processed."""

    def cancel_order(self, order_id: int, /) -> Any: ...
    def cancel_open_orders(self, symbol: Symbol, /) -> Any: ...
    def get_open_orders(self, symbol: Symbol, /) -> Iterable[Order]: ...
    def get_order_by_id(self, order_id: int, /) -> Order | None: ...
    def get_order_ticket(self, order_id: int, /) -> OrderTicket | None: ...


class Portfolio(Protocol):
    """The account."""

    @property
    def total_portfolio_value(self) -> float: ...
    @property
    def total_profit(self) -> float: ...


class Algorithm(Protocol):
    """The part of `QCAlgorithm` that the strategy calls."""

    @property
    def time(self) -> datetime: ...
    @property
    def portfolio(self) -> Portfolio: ...
    @property
    def transactions(self) -> Transactions: ...

    def market_order(self, symbol: Symbol, quantity: float, *, tag: str) -> OrderTicket: ...
    def limit_order(self, symbol: Symbol, quantity: float, limit_price: float, *, tag: str) -> OrderTicket: ...
    def stop_market_order(self, symbol: Symbol, quantity: float, stop_price: float, *, tag: str) -> OrderTicket: ...
    def is_market_open(self, symbol: Symbol, /) -> bool: ...
    def log(self, message: str, /) -> Any: ...
    def error(self, message: str, /) -> Any: ...


NewUpdateFields = Callable[[], Any]
"""Makes an empty `UpdateOrderFields`."""


def known(found: T | None, order_id: int) -> T:
    """What the engine found about one of our orders; LookupError if it knows none, which is a fault of the engine."""
    if found is None:
        raise LookupError(f"the engine does not know order {order_id}, of which it sent an event")
    return found
