"""Requests to the transaction handler."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

from pylean.naming import ClosedNames, PascalNames
from pylean.numbers import ZERO, to_decimal, to_float
from pylean.orders import messages
from pylean.orders.enums import OrderRequestStatus, OrderRequestType, OrderResponseErrorCode, OrderType
from pylean.orders.order_types import create_order
from pylean.orders.responses import OrderResponse

if TYPE_CHECKING:
    from pylean.orders.combo import GroupOrderManager
    from pylean.orders.properties import OrderProperties
    from pylean.securities.security_type import SecurityType
    from pylean.securities.symbol import Symbol

__all__ = ["CancelOrderRequest", "OrderRequest", "SubmitOrderRequest", "UpdateOrderFields", "UpdateOrderRequest"]


class OrderRequest(PascalNames):
    """Common to all requests; ``time`` is naive UTC."""

    order_request_type: ClassVar[OrderRequestType]

    def __init__(self, time: datetime, order_id: int, tag: str | None) -> None:
        self.time = time
        self.order_id = order_id
        self.tag = tag
        self.response = OrderResponse.UNPROCESSED
        self.status = OrderRequestStatus.UNPROCESSED

    def set_response(
        self, response: OrderResponse, status: OrderRequestStatus = OrderRequestStatus.ERROR
    ) -> OrderResponse:
        """Answer the request and return the answer; an error sets the status whatever is given."""
        self.response = response
        self.status = OrderRequestStatus.ERROR if response.is_error else status
        return response

    def to_string(self) -> str:
        return messages.request_text(self)

    def __str__(self) -> str:
        return self.to_string()


class SubmitOrderRequest(OrderRequest):
    """A new order. Quantity in signed shares, prices in USD; the ones that the type does not use stay 0.

    After the limit price come, in Lean's order, an optional trigger price, an optional trailing amount with whether it
    is a percentage, then time (naive UTC), tag, properties, group and ``asynchronous``; all of them also by name.
    """

    order_request_type = OrderRequestType.SUBMIT

    def __init__(
        self,
        order_type: OrderType,
        security_type: SecurityType,
        symbol: Symbol,
        quantity: float | Decimal,
        stop_price: float | Decimal,
        limit_price: float | Decimal,
        *others: Any,
        trigger_price: float | Decimal = 0,
        trailing_amount: float | Decimal = 0,
        trailing_as_percentage: bool = False,
        **named: Any,
    ) -> None:
        split = next((index for index, other in enumerate(others) if isinstance(other, datetime)), len(others))
        prices = dict(zip(("trigger_price", "trailing_amount", "trailing_as_percentage"), others[:split], strict=False))
        rest = dict(
            zip(("time", "tag", "properties", "group_order_manager", "asynchronous"), others[split:], strict=False)
        )
        rest |= named
        super().__init__(rest.pop("time"), int(OrderResponseErrorCode.UNABLE_TO_FIND_ORDER), rest.pop("tag", None))
        self.order_type = OrderType(order_type)
        self.security_type = security_type
        self.symbol = symbol
        self.decimal_quantity = to_decimal(quantity)
        self.stop = to_decimal(stop_price)
        self.limit = to_decimal(limit_price)
        self.trigger = to_decimal(prices.get("trigger_price", trigger_price))
        self.trailing = to_decimal(prices.get("trailing_amount", trailing_amount))
        self.trailing_as_percentage = bool(prices.get("trailing_as_percentage", trailing_as_percentage))
        self.order_properties: OrderProperties | None = rest.pop("properties", None)
        self.group_order_manager: GroupOrderManager | None = rest.pop("group_order_manager", None)
        self.asynchronous = bool(rest.pop("asynchronous", False))
        if rest:
            raise TypeError(f"SubmitOrderRequest has no argument {min(rest)!r}")

    @property
    def quantity(self) -> float:
        return to_float(self.decimal_quantity)

    @property
    def stop_price(self) -> float:
        return to_float(self.stop)

    @property
    def limit_price(self) -> float:
        return to_float(self.limit)

    @property
    def trigger_price(self) -> float:
        return to_float(self.trigger)

    @property
    def trailing_amount(self) -> float:
        return to_float(self.trailing)

    def to_string(self) -> str:
        return messages.submit_request_text(self, create_order(self))


class CancelOrderRequest(OrderRequest):
    """Without a tag the order keeps its own."""

    order_request_type = OrderRequestType.CANCEL


class UpdateOrderFields(ClosedNames):
    """What an update changes; ``None`` leaves a field as it is. Prices in USD, quantity signed shares."""

    def __init__(
        self,
        quantity: float | None = None,
        limit_price: float | None = None,
        stop_price: float | None = None,
        trigger_price: float | None = None,
        trailing_amount: float | None = None,
        tag: str | None = None,
    ) -> None:
        self.quantity = quantity
        self.limit_price = limit_price
        self.stop_price = stop_price
        self.trigger_price = trigger_price
        self.trailing_amount = trailing_amount
        self.tag = tag
        self._close()


class UpdateOrderRequest(OrderRequest):
    """A change of an order; what is ``None`` stays."""

    order_request_type = OrderRequestType.UPDATE

    def __init__(self, time: datetime, order_id: int, fields: UpdateOrderFields) -> None:
        super().__init__(time, order_id, fields.tag)
        self.decimal_quantity = _optional(fields.quantity)
        self.limit = _optional(fields.limit_price)
        self.stop = _optional(fields.stop_price)
        self.trigger = _optional(fields.trigger_price)
        self.trailing = _optional(fields.trailing_amount)

    @property
    def quantity(self) -> float | None:
        return _as_float(self.decimal_quantity)

    @property
    def limit_price(self) -> float | None:
        return _as_float(self.limit)

    @property
    def stop_price(self) -> float | None:
        return _as_float(self.stop)

    @property
    def trigger_price(self) -> float | None:
        return _as_float(self.trigger)

    @property
    def trailing_amount(self) -> float | None:
        return _as_float(self.trailing)

    def is_allowed_for_closed_order(self) -> bool:
        """At most the tag changes."""
        return all(value is None for value in self._changes())

    @property
    def is_zero_quantity(self) -> bool:
        return self.decimal_quantity == ZERO

    def to_string(self) -> str:
        return messages.update_request_text(self)

    def _changes(self) -> Iterator[Decimal | None]:
        yield from (self.decimal_quantity, self.limit, self.stop, self.trigger, self.trailing)


def _optional(value: float | Decimal | None) -> Decimal | None:
    return None if value is None else to_decimal(value)


def _as_float(value: Decimal | None) -> float | None:
    return None if value is None else to_float(value)
