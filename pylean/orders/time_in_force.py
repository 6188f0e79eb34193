"""How long an order works before it expires (Lean's TimeInForce and its handlers)."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import TYPE_CHECKING, ClassVar

from pylean.naming import LeanOverrides, PascalNames, PascalType

if TYPE_CHECKING:
    from pylean.orders.events import OrderEvent
    from pylean.orders.order import Order
    from pylean.securities.security import Security

__all__ = ["DayTimeInForce", "GoodTilCanceledTimeInForce", "GoodTilDateTimeInForce", "TimeInForce"]

_NAMESPACE = "QuantConnect.Orders.TimeInForces"


class TimeInForce(LeanOverrides, PascalNames, metaclass=PascalType):
    """Base of all times in force; ``GOOD_TIL_CANCELED``, ``DAY`` and ``GOOD_TIL_DATE(date)`` make the known ones."""

    GOOD_TIL_CANCELED: ClassVar[TimeInForce]
    DAY: ClassVar[TimeInForce]
    GOOD_TIL_DATE: ClassVar[type[GoodTilDateTimeInForce]]
    good_til_date: ClassVar[type[GoodTilDateTimeInForce]]

    def is_order_expired(self, security: Security, order: Order) -> bool:
        """The order must be cancelled now."""
        raise NotImplementedError(f"{type(self).__name__} does not override is_order_expired(security, order)")

    def is_fill_valid(self, security: Security, order: Order, fill: OrderEvent) -> bool:
        """A fill of the model may be emitted."""
        return True

    def json_fields(self) -> dict[str, object]:
        """What the order hash shows of it."""
        return {"$type": f"{_NAMESPACE}.{type(self).__name__}"}


class GoodTilCanceledTimeInForce(TimeInForce):
    """Never expires."""

    def is_order_expired(self, security: Security, order: Order) -> bool:
        return False

    def json_fields(self) -> dict[str, object]:
        return {}


class DayTimeInForce(TimeInForce):
    """Expires at the first close after the order's own time."""

    def is_order_expired(self, security: Security, order: Order) -> bool:
        clock = security.clock
        ordered = order.time + (clock.local - clock.utc)
        return clock.local >= security.exchange.hours.next_close(ordered)


class GoodTilDateTimeInForce(TimeInForce):
    """Expires at the close of a date, or at the next close after it where that is no trading day."""

    def __init__(self, expiry: date) -> None:
        self.expiry = expiry if isinstance(expiry, datetime) else datetime.combine(expiry, time())

    def is_order_expired(self, security: Security, order: Order) -> bool:
        midnight = datetime.combine(self.expiry.date(), time())
        return security.clock.local >= security.exchange.hours.next_close(midnight)

    def json_fields(self) -> dict[str, object]:
        return super().json_fields() | {"Expiry": self.expiry}


TimeInForce.GOOD_TIL_CANCELED = GoodTilCanceledTimeInForce()
TimeInForce.DAY = DayTimeInForce()
TimeInForce.GOOD_TIL_DATE = TimeInForce.good_til_date = GoodTilDateTimeInForce
