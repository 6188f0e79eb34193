"""The algorithm's handle on an order."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pylean.naming import LeanEnum, PascalNames
from pylean.numbers import ZERO, to_float
from pylean.orders.combo import ComboLimitOrder
from pylean.orders.enums import OrderRequestStatus, OrderResponseErrorCode, OrderStatus, OrderType
from pylean.orders.requests import CancelOrderRequest, UpdateOrderFields, UpdateOrderRequest
from pylean.orders.responses import OrderResponse

if TYPE_CHECKING:
    from pylean.orders.events import OrderEvent
    from pylean.orders.order import Order
    from pylean.orders.requests import OrderRequest, SubmitOrderRequest
    from pylean.orders.transactions import TransactionHandler
    from pylean.securities.security_type import SecurityType
    from pylean.securities.symbol import Symbol

__all__ = ["OrderField", "OrderTicket"]


class OrderField(LeanEnum):
    LIMIT_PRICE = 0
    STOP_PRICE = 1
    TRIGGER_PRICE = 2
    TRAILING_AMOUNT = 3
    TRAILING_AS_PERCENTAGE = 4


_LIMITS = (OrderType.LIMIT, OrderType.STOP_LIMIT, OrderType.LIMIT_IF_TOUCHED)
_FIELDS = {
    OrderField.LIMIT_PRICE: ("limit", (*_LIMITS, OrderType.COMBO_LIMIT, OrderType.COMBO_LEG_LIMIT)),
    OrderField.STOP_PRICE: ("stop", (OrderType.STOP_MARKET, OrderType.STOP_LIMIT, OrderType.TRAILING_STOP)),
    OrderField.TRIGGER_PRICE: ("trigger", (OrderType.LIMIT_IF_TOUCHED,)),
    OrderField.TRAILING_AMOUNT: ("trailing", (OrderType.TRAILING_STOP,)),
    OrderField.TRAILING_AS_PERCENTAGE: ("trailing_as_percentage", (OrderType.TRAILING_STOP,)),
}


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
        self._is_refused = False

    @classmethod
    def refused(cls, handler: TransactionHandler, request: SubmitOrderRequest, response: OrderResponse) -> OrderTicket:
        """A ticket for a request that failed its checks: no order exists and none is recorded."""
        ticket = cls(handler, request)
        ticket._is_refused = True
        request.set_response(response)
        return ticket

    @property
    def order_id(self) -> int:
        return self.submit_request.order_id

    @property
    def symbol(self) -> Symbol:
        return self.submit_request.symbol

    @property
    def security_type(self) -> SecurityType:
        return self.submit_request.security_type

    @property
    def order_type(self) -> OrderType:
        return self.submit_request.order_type

    @property
    def has_order(self) -> bool:
        return self.order is not None

    @property
    def status(self) -> OrderStatus:
        if self._is_refused:
            return OrderStatus.INVALID
        return OrderStatus.NEW if self.order is None else self.order.status

    @property
    def tag(self) -> str | None:
        return self.submit_request.tag if self.order is None else self.order.tag

    @property
    def time(self) -> datetime:
        return self.get_most_recent_order_request().time

    @property
    def decimal_quantity(self) -> Decimal:
        return self.submit_request.decimal_quantity if self.order is None else self.order.decimal_quantity

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

    @property
    def get(self) -> FieldReader:
        """``get(field)`` or ``get[type](field)``: a price in USD, or for the percentage flag a truth value."""
        return FieldReader(self)

    def update(self, fields: UpdateOrderFields) -> OrderResponse:
        """Ask for a change; it is carried out at the next submission or the next scan."""
        return self._handler.update(UpdateOrderRequest(self._handler.utc, self.order_id, fields)).response

    def update_limit_price(self, limit_price: float, tag: str | None = None) -> OrderResponse:
        return self.update(UpdateOrderFields(limit_price=limit_price, tag=tag))

    def update_stop_price(self, stop_price: float, tag: str | None = None) -> OrderResponse:
        return self.update(UpdateOrderFields(stop_price=stop_price, tag=tag))

    def update_trigger_price(self, trigger_price: float, tag: str | None = None) -> OrderResponse:
        return self.update(UpdateOrderFields(trigger_price=trigger_price, tag=tag))

    def update_stop_trailing_amount(self, trailing_amount: float, tag: str | None = None) -> OrderResponse:
        return self.update(UpdateOrderFields(trailing_amount=trailing_amount, tag=tag))

    def update_quantity(self, quantity: float, tag: str | None = None) -> OrderResponse:
        return self.update(UpdateOrderFields(quantity=quantity, tag=tag))

    def update_tag(self, tag: str) -> OrderResponse:
        return self.update(UpdateOrderFields(tag=tag))

    def cancel(self, tag: str | None = None) -> OrderResponse:
        """Ask for cancellation; without a tag the order keeps its own."""
        request = CancelOrderRequest(self._handler.utc, self.order_id, tag)
        pending = self.cancel_request
        if pending is not None and pending.status is not OrderRequestStatus.ERROR:
            text = f"Order {self.order_id} has already received a cancellation request."
            return OrderResponse.error(request, OrderResponseErrorCode.REQUEST_CANCELED, text)
        return self._handler.cancel(request).response

    def get_most_recent_order_request(self) -> OrderRequest:
        """The cancellation if there is one, else the last update, else the submission."""
        if self.cancel_request is not None:
            return self.cancel_request
        return self.update_requests[-1] if self.update_requests else self.submit_request

    def get_most_recent_order_response(self) -> OrderResponse:
        return self.get_most_recent_order_request().response

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

    def to_string(self) -> str:
        requests: list[OrderRequest] = [self.submit_request, *self.update_requests]
        if self.cancel_request is not None:
            requests.append(self.cancel_request)
        answered = sum(request.response.is_processed for request in requests)
        counts = f"Request Count: {len(requests)} Response Count: {answered}"
        return f"{self.order_id}: {counts}" if self.order is None else f"{self.order_id}: {self.order} {counts}"

    __str__ = to_string

    def __int__(self) -> int:
        """The order's id, or the error code of the latest request that failed."""
        response = self.get_most_recent_order_response()
        return int(response.error_code) if response.is_error else self.order_id


class FieldReader:
    """Reads a field of a ticket's order, or of its request as long as it has none."""

    def __init__(self, ticket: OrderTicket) -> None:
        self._ticket = ticket

    def __getitem__(self, kind: type) -> FieldReader:
        return self

    def __call__(self, field: OrderField) -> Any:
        """Raises ValueError when the order's type has no such field."""
        ticket = self._ticket
        name, types = _FIELDS[field]
        if ticket.order_type not in types:
            text = f"order {ticket.order_id} of type {ticket.order_type.name} has no {field.name.lower()}"
            raise ValueError(text)
        if isinstance(ticket.order, ComboLimitOrder):
            return ticket.order.limit_price
        value = getattr(ticket.order or ticket.submit_request, name)
        return to_float(value) if isinstance(value, Decimal) else value
