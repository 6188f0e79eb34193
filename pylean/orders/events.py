"""Order events: what happened to an order, told to the algorithm and to the results."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from pylean.naming import PascalNames, assignable
from pylean.numbers import ZERO, to_decimal, to_float
from pylean.orders.enums import OrderDirection, OrderStatus
from pylean.orders.fees import OrderFee

if TYPE_CHECKING:
    from pylean.orders.order import Order
    from pylean.orders.ticket import OrderTicket
    from pylean.securities.symbol import Symbol

__all__ = ["Fill", "OrderEvent"]


@assignable("fill_price", "fill_quantity", "is_assignment", "message", "order_fee", "status")
class OrderEvent(PascalNames):
    """One change of an order's status, or a fill; times are naive UTC. Fill models set price and quantity as floats."""

    __slots__ = (
        "decimal_fill_price",
        "decimal_fill_quantity",
        "decimal_quantity",
        "direction",
        "id",
        "is_assignment",
        "limit",
        "message",
        "order_fee",
        "order_id",
        "status",
        "stop",
        "symbol",
        "ticket",
        "utc_time",
    )

    def __init__(
        self, order: Order, utc_time: datetime, order_fee: OrderFee = OrderFee.ZERO, message: str = ""
    ) -> None:
        self.order_id = order.id
        self.id = 0
        self.symbol: Symbol = order.symbol
        self.utc_time = utc_time
        self.status = order.status
        self.direction: OrderDirection = order.direction
        self.order_fee = order_fee
        self.message = message
        self.is_assignment = False
        self.decimal_quantity = order.decimal_quantity
        self.decimal_fill_price = ZERO
        self.decimal_fill_quantity = ZERO
        self.limit: Decimal | None = None
        self.stop: Decimal | None = None
        self.ticket: OrderTicket | None = None

    @property
    def fill_price(self) -> float:
        return to_float(self.decimal_fill_price)

    @fill_price.setter
    def fill_price(self, price: float | Decimal) -> None:
        self.decimal_fill_price = to_decimal(price)

    @property
    def fill_quantity(self) -> float:
        """Signed number of shares filled by this event."""
        return to_float(self.decimal_fill_quantity)

    @fill_quantity.setter
    def fill_quantity(self, quantity: float | Decimal) -> None:
        self.decimal_fill_quantity = to_decimal(quantity)

    @property
    def absolute_fill_quantity(self) -> float:
        return abs(self.fill_quantity)

    @property
    def quantity(self) -> float:
        return to_float(self.decimal_quantity)

    @property
    def limit_price(self) -> float | None:
        return None if self.limit is None else to_float(self.limit)

    @property
    def stop_price(self) -> float | None:
        return None if self.stop is None else to_float(self.stop)

    @property
    def is_fill(self) -> bool:
        return self.status in (OrderStatus.FILLED, OrderStatus.PARTIALLY_FILLED)

    def __repr__(self) -> str:
        return (
            f"OrderEvent(order {self.order_id}, event {self.id}, {self.symbol}, {self.status.name}, "
            f"{self.decimal_fill_quantity} @ {self.decimal_fill_price})"
        )


class Fill(list[OrderEvent]):
    """The events one call of a fill model made."""

    def __init__(self, events: OrderEvent | list[OrderEvent]) -> None:
        super().__init__([events] if isinstance(events, OrderEvent) else events)
