"""Rules that several brokers share, and what they say when they refuse."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pylean.brokerages.messages import BrokerageMessageEvent, BrokerageMessageType
from pylean.naming import pascal_case
from pylean.orders.enums import OrderType

if TYPE_CHECKING:
    from pylean.orders.order import Order
    from pylean.securities.security import Security

__all__ = [
    "TAKEN",
    "Answer",
    "check_market_on_open",
    "check_order_type",
    "check_time_in_force",
    "check_whole_shares",
    "check_zero_crossing",
    "crosses_zero",
    "refuse",
]

#: Whether the broker takes it, and a message if not.
Answer = tuple[bool, BrokerageMessageEvent | None]
TAKEN: Answer = (True, None)


def refuse(text: str, code: str = "NotSupported") -> Answer:
    return False, BrokerageMessageEvent(BrokerageMessageType.WARNING, code, text)


def _name(member: Any) -> str:
    return pascal_case(member.name.lower())


def check_order_type(model: object, order: Order, accepted: Collection[OrderType]) -> Answer:
    if order.type in accepted:
        return TAKEN
    names = ",".join(map(_name, accepted))
    return refuse(
        f"The {type(model).__name__} does not support {_name(order.type)} order type. Only supports [{names}]"
    )


def check_time_in_force(model: object, order: Order, accepted: Collection[str]) -> Answer:
    """``accepted`` are names of classes, ``DayTimeInForce`` and its like."""
    name = type(order.time_in_force).__name__
    return TAKEN if name in accepted else refuse(f"The {type(model).__name__} does not support {name} time in force.")


def check_whole_shares(order: Order) -> Answer:
    quantity = order.decimal_quantity
    return TAKEN if quantity % 1 == 0 else refuse(f"Order Quantity must be Integer, but provided {quantity}.")


def crosses_zero(held: Decimal, quantity: Decimal) -> bool:
    """A long position would become short, or a short one long."""
    return held * quantity < 0 and abs(quantity) > abs(held)


def check_zero_crossing(model: object, security: Security, order: Order, refused: Collection[OrderType]) -> Answer:
    if order.type not in refused or not crosses_zero(security.holdings.decimal_quantity, order.decimal_quantity):
        return TAKEN
    return refuse(
        f"Order type '{_name(order.type)}' is not supported for orders that cross the zero holdings threshold in the "
        f"{type(model).__name__}: close the position first."
    )


def check_market_on_open(security: Security, order: Order, first: timedelta | None, minutes_before: int) -> Answer:
    """A market-on-open order is taken from ``first`` (a time of day; the close if ``None``) until so many minutes
    before the open. On days without a session it is always taken."""
    if order.type is not OrderType.MARKET_ON_OPEN:
        return TAKEN
    now = security.local_time
    session = security.exchange.hours.session(now.date())
    if session is None:
        return TAKEN
    time_of_day = timedelta(hours=now.hour, minutes=now.minute, seconds=now.second, microseconds=now.microsecond)
    start = timedelta(seconds=session.close) if first is None else first
    end = timedelta(seconds=session.open) - timedelta(minutes=minutes_before)
    after_start, before_end = time_of_day >= start, time_of_day < end
    if (after_start and before_end) if start <= end else (after_start or before_end):
        return TAKEN
    return refuse(f"MarketOnOpen submission time is invalid. Valid local times are {start}–{end}.")
