"""What all fill models ask about a security and an order: is it open, is there a fresh bar, how stale is a price."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from pylean.clock import to_ms
from pylean.orders.enums import OrderDirection, OrderStatus
from pylean.orders.events import OrderEvent
from pylean.orders.fees import OrderFee

if TYPE_CHECKING:
    from pylean.orders.order import Order
    from pylean.securities.security import Security

__all__ = [
    "DAY_MS",
    "HOUR_MS",
    "close_after_order_ms",
    "filled",
    "is_coarse",
    "is_exchange_open",
    "is_stale_by_a_bar",
    "local_ms",
    "milliseconds",
    "slipped",
    "unfilled",
]

HOUR_MS = 3_600_000
DAY_MS = 86_400_000
_MILLISECOND = timedelta(milliseconds=1)


def milliseconds(span: timedelta) -> int:
    return span // _MILLISECOND


def local_ms(asset: Security, utc: datetime) -> int:
    """A UTC time in the exchange's own, by today's offset."""
    clock = asset.clock
    return to_ms(utc) + clock.local_ms - clock.utc_ms


def is_exchange_open(asset: Security, extended: bool) -> bool:
    """Open now, or still within the latest bar (the same date for bars above an hour) when that bar saw open hours."""
    now_ms = asset.clock.local_ms
    if asset.exchange.is_open_at(now_ms, extended=extended):
        return True
    bar = asset.get_last_data()
    if bar is None:
        return False
    within = now_ms // DAY_MS == bar.end_ms // DAY_MS if bar.period_ms > HOUR_MS else now_ms <= bar.end_ms
    return within and asset.exchange.overlaps_open_hours(bar.end_ms - bar.period_ms, bar.end_ms, extended=extended)


def is_coarse(asset: Security) -> bool:
    """Only hour and daily bars are subscribed: a market order then always waits for a fresh one."""
    return all(config.period_ms >= HOUR_MS for config in asset.subscriptions)


def is_stale_by_a_bar(asset: Security, order: Order, end_ms: int) -> bool:
    """A stale price does not do: bars are coarse, or the price is more than one bar older than the order."""
    finest_ms = min(config.period_ms for config in asset.subscriptions)
    return is_coarse(asset) or local_ms(asset, order.time) - end_ms > finest_ms


def close_after_order_ms(asset: Security, order: Order) -> int:
    """Local time of the first regular close after the order was placed."""
    ordered = order.time + (asset.clock.local - asset.clock.utc)
    return to_ms(asset.exchange.hours.next_close(ordered))


def unfilled(asset: Security, order: Order) -> OrderEvent:
    """An event that says nothing has happened."""
    return OrderEvent(order, asset.clock.utc, OrderFee.ZERO)


def filled(event: OrderEvent, order: Order, price: Decimal) -> OrderEvent:
    """The whole order fills at a price."""
    event.status = OrderStatus.FILLED
    event.decimal_fill_quantity = order.decimal_quantity
    event.decimal_fill_price = price
    return event


def slipped(asset: Security, order: Order, price: Decimal) -> Decimal:
    """A price made worse by the slippage model."""
    slippage: Decimal = asset.slippage_model.slippage_amount(asset, order)
    if not slippage:
        return price
    return price - slippage if order.direction is OrderDirection.SELL else price + slippage
