"""An order as the engine keeps it: what was asked for, what became of it, and what the order hash shows of it."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Self

from pylean.naming import PascalNames
from pylean.numbers import ZERO, drop_trailing_zeros, to_float
from pylean.orders import messages
from pylean.orders.enums import OrderDirection, OrderStatus, OrderType
from pylean.orders.properties import OrderProperties
from pylean.orders.valuation import order_value
from pylean.securities.security_type import SecurityType

if TYPE_CHECKING:
    from pylean.orders.combo import GroupOrderManager
    from pylean.orders.requests import UpdateOrderRequest
    from pylean.orders.time_in_force import TimeInForce
    from pylean.securities.security import Security
    from pylean.securities.symbol import Symbol

__all__ = ["Order", "OrderSubmissionData"]


@dataclass(frozen=True, slots=True)
class OrderSubmissionData(PascalNames):
    """Prices at the moment of submission, unrounded, scale kept."""

    bid: Decimal
    ask: Decimal
    last: Decimal

    @property
    def bid_price(self) -> float:
        return to_float(self.bid)

    @property
    def ask_price(self) -> float:
        return to_float(self.ask)

    @property
    def last_price(self) -> float:
        return to_float(self.last)


@dataclass(eq=False, repr=False)
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
    tag: str | None = ""
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
    properties: OrderProperties = field(default_factory=OrderProperties)
    group_order_manager: GroupOrderManager | None = None
    brokerage_ids: list[str] = field(default_factory=list)
    last_event_id: int = 0
    contingent_id: int = 0
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
    def trailing_amount(self) -> float:
        """USD, or a fraction of the price when ``trailing_as_percentage`` is set."""
        return to_float(self.trailing) if self.trailing is not None else 0.0

    @property
    def own_price(self) -> Decimal | None:
        """The limit, or else the stop, that the order itself names; what its value is reckoned from."""
        return self.limit if self.limit is not None else self.stop

    @property
    def value(self) -> float:
        """Quantity times price in USD."""
        return to_float(self.decimal_quantity * self.decimal_price)

    def get_value(self, security: Security) -> float:
        """What the order is worth before it fills, signed, in USD."""
        return to_float(order_value(self, security.cache.price))

    @property
    def time_in_force(self) -> TimeInForce:
        return self.properties.time_in_force

    @property
    def security_type(self) -> SecurityType:
        return SecurityType.EQUITY

    @property
    def broker_id(self) -> list[str]:
        return self.brokerage_ids

    @property
    def order_submission_data(self) -> OrderSubmissionData | None:
        return self.submission

    @property
    def is_marketable(self) -> bool:
        """It could fill at once: a market order, or a limit at or beyond the other side at submission."""
        if self.type is not OrderType.LIMIT:
            return self.type in (OrderType.MARKET, OrderType.COMBO_MARKET)
        prices, limit = self.submission, self.limit
        if prices is None or limit is None:
            return False
        if self.direction is OrderDirection.BUY:
            return limit >= prices.ask
        return self.direction is OrderDirection.SELL and limit <= prices.bid

    def apply_update_order_request(self, request: UpdateOrderRequest) -> None:
        """Take over what an update changes; prices that the type does not have are ignored."""
        if request.decimal_quantity is not None:
            self.decimal_quantity = drop_trailing_zeros(request.decimal_quantity)
        if request.tag is not None:
            self.tag = request.tag
        for name in ("limit", "stop", "trigger", "trailing"):
            changed = getattr(request, name)
            if changed is not None and getattr(self, name) is not None:
                setattr(self, name, changed)

    def clone(self) -> Self:
        """A copy whose changes do not reach the engine."""
        clone = copy(self)
        clone.brokerage_ids = list(self.brokerage_ids)
        clone.properties = self.properties.clone()
        return clone

    def to_string(self) -> str:
        return messages.order_text(self)

    __str__ = to_string
    __repr__ = to_string
