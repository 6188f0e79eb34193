"""Order events as Lean's ``{id}-order-events.json`` shows them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from pylean.numbers import ZERO, drop_trailing_zeros
from pylean.orders.enums import OrderDirection, OrderStatus
from pylean.results.json_text import encode
from pylean.securities.symbol import Symbol

__all__ = ["OrderEventRecord", "order_event_fields", "order_events_json"]


@dataclass(frozen=True, slots=True)
class OrderEventRecord:
    """One step in the life of an order; times naive UTC, prices in USD per share, fill quantity signed.

    ``fee`` is ``None`` where the event has no fee at all, which prints nothing; a fee of zero is printed.
    """

    order_id: int
    event_id: int
    symbol: Symbol
    utc: datetime
    status: OrderStatus
    direction: OrderDirection
    quantity: Decimal
    fill_price: Decimal = ZERO
    fill_quantity: Decimal = ZERO
    fee: Decimal | None = None
    fee_currency: str = "USD"
    fill_price_currency: str = "USD"
    message: str = ""
    stop_price: Decimal | None = None
    limit_price: Decimal | None = None
    is_assignment: bool = False


def order_events_json(algorithm_id: str, events: Iterable[OrderEventRecord]) -> str:
    """The compact array of all events in the order in which they happened."""
    return encode([order_event_fields(algorithm_id, event) for event in events])


def order_event_fields(algorithm_id: str, event: OrderEventRecord) -> dict[str, object]:
    """One event's fields in Lean's order; the id reads "algorithm-order-event"."""
    fields: dict[str, object] = {
        "id": f"{algorithm_id}-{event.order_id}-{event.event_id}",
        "algorithmId": algorithm_id,
        "orderId": event.order_id,
        "orderEventId": event.event_id,
        "symbol": event.symbol.id,
        "symbolValue": event.symbol.value,
        "symbolPermtick": event.symbol.permtick,
        "time": event.utc.replace(tzinfo=UTC).timestamp(),
        "status": _camel_case(event.status.name),
    }
    if event.fee is not None:
        fields |= {"orderFeeAmount": event.fee, "orderFeeCurrency": event.fee_currency}
    fields |= {
        "fillPrice": drop_trailing_zeros(event.fill_price),
        "fillPriceCurrency": event.fill_price_currency,
        "fillQuantity": drop_trailing_zeros(event.fill_quantity),
        "direction": _camel_case(event.direction.name),
    }
    if event.message:
        fields["message"] = event.message
    fields |= {"isAssignment": event.is_assignment, "quantity": drop_trailing_zeros(event.quantity)}
    if event.stop_price is not None:
        fields["stopPrice"] = drop_trailing_zeros(event.stop_price)
    if event.limit_price is not None:
        fields["limitPrice"] = drop_trailing_zeros(event.limit_price)
    return fields


def _camel_case(member: str) -> str:
    first, *others = member.lower().split("_")
    return first + "".join(word.title() for word in others)
