"""The algorithm's handle on an order."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from pylean.naming import LeanEnum, PascalNames
from pylean.numbers import ZERO, to_decimal, to_float
from pylean.orders.enums import OrderRequestStatus, OrderResponseErrorCode, OrderStatus, OrderType
from pylean.orders.requests import CancelOrderRequest, OrderResponse, UpdateOrderFields, UpdateOrderRequest

if TYPE_CHECKING:
    from pylean.orders.events import OrderEvent
    from pylean.orders.order import Order
    from pylean.orders.requests import SubmitOrderRequest
    from pylean.orders.transactions import TransactionHandler
    from pylean.securities.symbol import Symbol

__all__ = ["OrderField", "OrderTicket"]


class OrderField(LeanEnum):
    LIMIT_PRICE = 0
    STOP_PRICE = 1


class OrderTicket(PascalNames):
    """One order as its sender sees it: state, fills so far, update and cancel."""

    def __init__(self, handler: TransactionHandler, request: SubmitOrderRequest) -> None:
        self._handler = handler
        self.submit_request = request
        self.update_requests: list[UpdateOrderRequest] = []
        self.cancel_request: CancelOrderRequest | None = None
        self.order_events: list[OrderEvent] = []
        self.order: Order | None = None
        self.decimal_average_fill_price = ZERO
        self.decimal_quantity_filled = ZERO
        self._refused = False

    @classmethod
    def refused(cls, handler: TransactionHandler, request: SubmitOrderRequest, response: OrderResponse) -> OrderTicket:
        """A ticket for a request that failed its checks: no order exists and none is recorded."""
        ticket = cls(handler, request)
        ticket._refused = True
        request.response = response
        request.status = OrderRequestStatus.ERROR
        return ticket

    @property
    def order_id(self) -> int:
        return self.submit_request.order_id

    @property
    def symbol(self) -> Symbol:
        return self.submit_request.symbol

    @property
    def order_type(self) -> OrderType:
        return self.submit_request.order_type

    @property
    def status(self) -> OrderStatus:
        if self._refused:
            return OrderStatus.INVALID
        return OrderStatus.NEW if self.order is None else self.order.status

    @property
    def tag(self) -> str:
        return (self.submit_request.tag or "") if self.order is None else self.order.tag

    @property
    def time(self) -> datetime:
        latest = self.cancel_request or (self.update_requests[-1] if self.update_requests else self.submit_request)
        return latest.time

    @property
    def decimal_quantity(self) -> Decimal:
        return self.submit_request.quantity if self.order is None else self.order.decimal_quantity

    @property
    def quantity(self) -> float:
        return to_float(self.decimal_quantity)

    @property
    def average_fill_price(self) -> float:
        return to_float(self.decimal_average_fill_price)

    @property
    def quantity_filled(self) -> float:
        return to_float(self.decimal_quantity_filled)

    @property
    def decimal_quantity_remaining(self) -> Decimal:
        return self.decimal_quantity - self.decimal_quantity_filled

    @property
    def quantity_remaining(self) -> float:
        return to_float(self.decimal_quantity_remaining)

    def get(self, field: OrderField) -> float:
        """The order's limit or stop price. Raises ValueError when its type has none."""
        source = self.order if self.order is not None else self.submit_request
        value = source.limit if field is OrderField.LIMIT_PRICE else source.stop
        if value is None:
            raise ValueError(f"order {self.order_id} of type {self.order_type.name} has no {field.name.lower()}")
        return to_float(value)

    def update(self, fields: UpdateOrderFields) -> OrderResponse:
        """Ask for a change; it is carried out at the next submission or the next scan."""
        request = UpdateOrderRequest(
            self._handler.utc,
            self.order_id,
            fields.tag,
            quantity=_optional_decimal(fields.quantity),
            limit=_optional_decimal(fields.limit_price),
            stop=_optional_decimal(fields.stop_price),
        )
        return self._handler.update(request)

    def update_limit_price(self, limit_price: float, tag: str | None = None) -> OrderResponse:
        return self.update(UpdateOrderFields(limit_price=limit_price, tag=tag))

    def update_stop_price(self, stop_price: float, tag: str | None = None) -> OrderResponse:
        return self.update(UpdateOrderFields(stop_price=stop_price, tag=tag))

    def update_quantity(self, quantity: float, tag: str | None = None) -> OrderResponse:
        return self.update(UpdateOrderFields(quantity=quantity, tag=tag))

    def update_tag(self, tag: str) -> OrderResponse:
        return self.update(UpdateOrderFields(tag=tag))

    def cancel(self, tag: str | None = None) -> OrderResponse:
        """Ask for cancellation; without a tag the order keeps its own."""
        pending = self.cancel_request
        if pending is not None and pending.status is not OrderRequestStatus.ERROR:
            return OrderResponse(
                OrderResponseErrorCode.REQUEST_CANCELED, f"Order {self.order_id} has a cancel request already."
            )
        return self._handler.cancel(CancelOrderRequest(self._handler.utc, self.order_id, tag))

    def add_event(self, event: OrderEvent) -> None:
        """Book an event of this order: fills move the average price, which becomes the order's price."""
        self.order_events.append(event)
        if event.decimal_fill_quantity == 0 or self.order is None:
            return
        self.decimal_quantity_filled += event.decimal_fill_quantity
        weighted = sum(
            (abs(fill.decimal_fill_quantity) * fill.decimal_fill_price for fill in self.order_events if fill.is_fill),
            ZERO,
        )
        self.decimal_average_fill_price = weighted / abs(self.decimal_quantity_filled)
        self.order.decimal_price = self.decimal_average_fill_price


def _optional_decimal(value: float | None) -> Decimal | None:
    return None if value is None else to_decimal(value)
