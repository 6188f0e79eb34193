"""What Lean says about orders, to the letter where algorithms, tags and event messages show it."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from pylean.numbers import smart_round
from pylean.orders.enums import OrderType

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pylean.orders.events import OrderEvent
    from pylean.orders.order import Order
    from pylean.orders.requests import OrderRequest, SubmitOrderRequest, UpdateOrderRequest

__all__ = [
    "EXPIRED",
    "failed_update",
    "insufficient_buying_power",
    "invalid_new_status",
    "invalid_status",
    "number",
    "order_event_text",
    "order_text",
    "price",
    "request_text",
    "short_order_event_text",
    "submit_request_text",
    "time",
    "trailing_text",
    "unable_to_find",
    "update_request_text",
    "warming_up",
    "zero_quantity",
]

EXPIRED = "The order has expired."


def time(moment: datetime) -> str:
    """.NET's invariant text of a time."""
    return moment.strftime("%m/%d/%Y %H:%M:%S")


def number(value: Decimal) -> str:
    """A decimal with its scale, never in exponents."""
    return f"{value:f}"


def price(value: Decimal, symbol: str = "$") -> str:
    return symbol + number(smart_round(value))


def span(value: timedelta) -> str:
    """.NET's text of a span below a day: ``00:15:30``."""
    seconds = value // timedelta(seconds=1)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def trailing_text(amount: Decimal, as_percentage: bool) -> str:
    return f"{number(amount * 100)}%" if as_percentage else f"${number(amount)}"


def order_text(order: Order) -> str:
    quantity = order.decimal_quantity
    text = (
        f"OrderId: {order.id} (BrokerId: {','.join(order.brokerage_ids)}) {order.status} {order.type} order for "
        f"{number(quantity)} unit{'' if quantity == 1 else 's'} of {order.symbol}"
    )
    if order.tag:
        text += f": {order.tag}"
    if order.trigger is not None:
        text += f" at trigger {price(order.trigger)}"
    if order.stop is not None:
        text += f" at stop {price(order.stop)}"
    if order.trailing is not None:
        text += f". Trailing amount: {trailing_text(order.trailing, order.trailing_as_percentage)}"
    if order.limit is not None and order.type is not OrderType.COMBO_LEG_LIMIT:
        connective = "" if order.trigger is not None or order.stop is not None else " at"
        text += f"{connective} limit {price(order.limit)}"
    return text


def order_event_text(event: OrderEvent) -> str:
    text = (
        f"Time: {time(event.utc_time)} OrderID: {event.order_id} EventID: {event.id} Symbol: {event.symbol.value} "
        f"Status: {event.status} Quantity: {number(event.decimal_quantity)}"
    )
    if event.decimal_fill_quantity:
        filled, at = number(event.decimal_fill_quantity), price(event.decimal_fill_price)
        text += f" FillQuantity: {filled} FillPrice: {at}"
    names = ("LimitPrice", "StopPrice", "TrailingAmount", "TriggerPrice")
    text += "".join(f" {name}: {value}" for name, value in zip(names, _event_prices(event), strict=True) if value)
    if event.order_fee.value.decimal_amount:
        text += f" OrderFee: {_fee(event)}"
    return text + (f" Message: {event.message}" if event.message else "")


def short_order_event_text(event: OrderEvent) -> str:
    text = (
        f"{time(event.utc_time)} OID:{event.order_id} {event.symbol.value} {event.status} "
        f"Q:{number(event.decimal_quantity)}"
    )
    if event.decimal_fill_quantity:
        text += f" FQ:{number(event.decimal_fill_quantity)} FP:{price(event.decimal_fill_price)}"
    names = ("LP:", "SP:", "TA: ", "TP:")
    text += "".join(f" {name}{value}" for name, value in zip(names, _event_prices(event), strict=True) if value)
    if event.order_fee.value.decimal_amount:
        text += f" OF:${_fee(event)}"
    return text + (f" M:{event.message}" if event.message else "")


def _event_prices(event: OrderEvent) -> tuple[str, str, str, str]:
    """Limit, stop, trailing amount and trigger; empty where the order has none. Lean's event knows no percentage."""
    prices = [price(value) if value is not None else "" for value in (event.limit, event.stop, event.trigger)]
    trailing = "" if event.trailing is None else trailing_text(event.trailing, False)
    return prices[0], prices[1], trailing, prices[2]


def _fee(event: OrderEvent) -> str:
    amount = event.order_fee.value
    return f"{number(amount.decimal_amount)} {amount.currency}"


def request_text(request: OrderRequest) -> str:
    return (
        f"{time(request.time)} UTC: Cancel Order: ({request.order_id}) - {request.tag or ''} Status: {request.status}"
    )


def submit_request_text(request: SubmitOrderRequest, order: Order) -> str:
    return (
        f"{time(request.time)} UTC: Submit Order: ({request.order_id}) - {order} {request.tag or ''} "
        f"Status: {request.status} Async: {request.asynchronous}"
    )


def update_request_text(request: UpdateOrderRequest) -> str:
    updates = [] if request.decimal_quantity is None else [f"Quantity: {number(request.decimal_quantity)}"]
    named = {
        "LimitPrice": request.limit,
        "StopPrice": request.stop,
        "TrailingAmount": request.trailing,
        "TriggerPrice": request.trigger,
    }
    updates += [f"{name}: {price(value, '')}" for name, value in named.items() if value is not None]
    return (
        f"{time(request.time)} UTC: Update Order: ({request.order_id}) - {', '.join(updates)} {request.tag or ''} "
        f"Status: {request.status}"
    )


def invalid_status(request: OrderRequest, order: Order) -> str:
    return f"Unable to update order with id {request.order_id} because it already has {order.status} status."


def invalid_new_status(request: OrderRequest, order: Order) -> str:
    return (
        f"Unable to update or cancel order with id {request.order_id} and status {order.status} because the submit "
        "confirmation has not been received yet."
    )


def unable_to_find(request: OrderRequest) -> str:
    return f"Unable to locate order with id {request.order_id}."


def zero_quantity(request: OrderRequest) -> str:
    kind = str(request.order_request_type).lower()
    return f"Unable to {kind} order with id {request.order_id} that has zero quantity."


def warming_up(request: OrderRequest) -> str:
    kind = str(request.order_request_type).lower()
    return (
        f"This operation is not allowed in initialize or during warm up: OrderRequest.{kind}. Please move this code to "
        "the on_warmup_finished() method."
    )


def insufficient_buying_power(orders: Iterable[Order], values: Iterable[Decimal], reason: str) -> str:
    ids = ",".join(str(order.id) for order in orders)
    worth = ",".join(number(smart_round(value)) for value in values)
    return (
        f"Order Error: ids: [{ids}], Insufficient buying power to complete orders (Value:[{worth}]), Reason: {reason}."
    )


def failed_update(order: Order, reason: str) -> str:
    return (
        f"Brokerage failed to update order with id: {order.id}, Symbol: {order.symbol}, "
        f"Insufficient buying power to complete order, Reason: {reason}."
    )
