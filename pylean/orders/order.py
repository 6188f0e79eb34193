"""An order as the engine keeps it: what was asked for, what became of it, and what the order hash shows of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pylean.naming import PascalNames
from pylean.numbers import ZERO, to_float
from pylean.orders.enums import OrderDirection, OrderStatus, OrderType

if TYPE_CHECKING:
    from pylean.securities.symbol import Symbol

__all__ = [
    "ORDER_CLASSES",
    "LimitOrder",
    "MarketOnCloseOrder",
    "MarketOnOpenOrder",
    "MarketOrder",
    "Order",
    "OrderSubmissionData",
    "StopMarketOrder",
]


@dataclass(frozen=True, slots=True)
class OrderSubmissionData:
    """Prices at the moment of submission, unrounded, scale kept."""

    bid_price: Decimal
    ask_price: Decimal
    last_price: Decimal


@dataclass(eq=False)
class Order(PascalNames):
    """One order of any type; prices are decimals in USD per share, times are naive UTC.

    Fields that a type does not use stay ``None``. The engine changes an order; algorithms read it.
    """

    id: int
    type: OrderType
    symbol: Symbol
    decimal_quantity: Decimal
    created_time: datetime
    time: datetime
    tag: str = ""
    status: OrderStatus = OrderStatus.NEW
    decimal_price: Decimal = ZERO
    price_currency: str = "USD"
    limit: Decimal | None = None
    stop: Decimal | None = None
    trigger: Decimal | None = None
    trailing: Decimal | None = None
    trailing_as_percentage: bool = False
    stop_triggered: bool = False
    trigger_touched: bool = False
    last_fill_time: datetime | None = None
    last_update_time: datetime | None = None
    canceled_time: datetime | None = None
    submission: OrderSubmissionData | None = None
    price_adjustment_mode: int = 1
    properties: Any = None
    brokerage_ids: list[str] = field(default_factory=list)
    last_event_id: int = 0
    _quantity_float: tuple[Decimal | None, float] = (None, 0.0)
    _limit_float: tuple[Decimal | None, float] = (None, 0.0)
    _stop_float: tuple[Decimal | None, float] = (None, 0.0)

    @property
    def direction(self) -> OrderDirection:
        if self.decimal_quantity > 0:
            return OrderDirection.BUY
        return OrderDirection.SELL if self.decimal_quantity < 0 else OrderDirection.HOLD

    @property
    def quantity(self) -> float:
        """Signed number of shares asked for."""
        if self._quantity_float[0] is not self.decimal_quantity:
            self._quantity_float = (self.decimal_quantity, to_float(self.decimal_quantity))
        return self._quantity_float[1]

    @property
    def absolute_quantity(self) -> float:
        return abs(self.quantity)

    @property
    def price(self) -> float:
        """Average fill price; 0 until the first fill."""
        return to_float(self.decimal_price)

    @property
    def limit_price(self) -> float:
        if self._limit_float[0] is not self.limit:
            self._limit_float = (self.limit, 0.0 if self.limit is None else to_float(self.limit))
        return self._limit_float[1]

    @property
    def stop_price(self) -> float:
        if self._stop_float[0] is not self.stop:
            self._stop_float = (self.stop, 0.0 if self.stop is None else to_float(self.stop))
        return self._stop_float[1]

    @property
    def trigger_price(self) -> float:
        return to_float(self.trigger) if self.trigger is not None else 0.0

    @property
    def value(self) -> float:
        """Quantity times price in USD."""
        return to_float(self.decimal_quantity * self.decimal_price)


class MarketOrder(Order):
    """Fills at once at the market."""


class LimitOrder(Order):
    """Fills at its limit or better."""


class StopMarketOrder(Order):
    """Becomes a market order when its stop is touched."""


class MarketOnOpenOrder(Order):
    """Fills at the next open."""


class MarketOnCloseOrder(Order):
    """Fills at the next close."""


ORDER_CLASSES = {
    OrderType.MARKET: MarketOrder,
    OrderType.LIMIT: LimitOrder,
    OrderType.STOP_MARKET: StopMarketOrder,
    OrderType.MARKET_ON_OPEN: MarketOnOpenOrder,
    OrderType.MARKET_ON_CLOSE: MarketOnCloseOrder,
}
