"""Order events: what happened to an order, told to the algorithm and to the results."""

from __future__ import annotations

from copy import copy
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from pylean.naming import PascalNames, assignable
from pylean.numbers import ZERO, drop_trailing_zeros, to_decimal, to_float
from pylean.orders import messages
from pylean.orders.enums import OrderDirection, OrderStatus
from pylean.orders.fees import OrderFee

if TYPE_CHECKING:
    from pylean.orders.order import Order
    from pylean.orders.ticket import OrderTicket
    from pylean.securities.symbol import Symbol

__all__ = ["Fill", "OrderEvent"]

_Prices = tuple[Decimal | None, Decimal | None, Decimal | None, Decimal | None]
_NO_PRICES: _Prices = (None, None, None, None)


@assignable("fill_price", "fill_quantity", "is_assignment", "message", "order_fee", "status")
class OrderEvent(PascalNames):
    """One change of an order's status, or a fill; times are naive UTC. Fill models set price and quantity as floats."""

    __slots__ = (
        "decimal_fill_price",
        "decimal_fill_quantity",
        "decimal_quantity",
        "direction",
        "fill_price_currency",
        "id",
        "is_assignment",
        "message",
        "order_fee",
        "order_id",
        "prices",
        "status",
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
        self.fill_price_currency = order.price_currency
        #: Limit, stop, trigger and trailing amount of the order when the event happened.
        self.prices: _Prices = _NO_PRICES
        self.ticket: OrderTicket | None = None

    @property
    def fill_price(self) -> float:
        return to_float(self.decimal_fill_price)

    @fill_price.setter
    def fill_price(self, price: float | Decimal) -> None:
        self.decimal_fill_price = drop_trailing_zeros(to_decimal(price))

    @property
    def fill_quantity(self) -> float:
        """Signed number of shares filled by this event."""
        return to_float(self.decimal_fill_quantity)

    @fill_quantity.setter
    def fill_quantity(self, quantity: float | Decimal) -> None:
        self.decimal_fill_quantity = drop_trailing_zeros(to_decimal(quantity))

    @property
    def absolute_fill_quantity(self) -> float:
        return abs(self.fill_quantity)

    @property
    def quantity(self) -> float:
        return to_float(self.decimal_quantity)

    @property
    def limit(self) -> Decimal | None:
        return self.prices[0]

    @property
    def stop(self) -> Decimal | None:
        return self.prices[1]

    @property
    def trigger(self) -> Decimal | None:
        return self.prices[2]

    @property
    def trailing(self) -> Decimal | None:
        return self.prices[3]

    @property
    def trailing_as_percentage(self) -> bool | None:
        """Lean's event does not tell."""
        return None

    @property
    def limit_price(self) -> float | None:
        return None if self.limit is None else to_float(self.limit)

    @property
    def stop_price(self) -> float | None:
        return None if self.stop is None else to_float(self.stop)

    @property
    def trigger_price(self) -> float | None:
        return None if self.trigger is None else to_float(self.trigger)

    @property
    def trailing_amount(self) -> float | None:
        """USD, or a fraction of the price where the order says so."""
        return None if self.trailing is None else to_float(self.trailing)

    @property
    def is_in_the_money(self) -> bool:
        """Options only."""
        return False

    @property
    def is_fill(self) -> bool:
        return self.status in (OrderStatus.FILLED, OrderStatus.PARTIALLY_FILLED)

    def show_order(self, order: Order) -> None:
        """Take over the order's present quantity and prices."""
        self.decimal_quantity = order.decimal_quantity
        self.prices = (order.limit, order.stop, order.trigger, order.trailing)

    def clone(self) -> OrderEvent:
        return copy(self)

    def to_string(self) -> str:
        return messages.order_event_text(self)

    def short_to_string(self) -> str:
        return messages.short_order_event_text(self)

    __str__ = to_string
    __repr__ = to_string


class Fill(list[OrderEvent]):
    """The events one call of a fill model made."""

    def __init__(self, events: OrderEvent | list[OrderEvent]) -> None:
        super().__init__([events] if isinstance(events, OrderEvent) else events)
