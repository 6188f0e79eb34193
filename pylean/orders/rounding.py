"""Quantities in whole lots and prices in whole ticks."""

from __future__ import annotations

from decimal import ROUND_DOWN, ROUND_HALF_EVEN, Decimal
from typing import TYPE_CHECKING

from pylean.orders.combo import ComboLimitOrder

if TYPE_CHECKING:
    from pylean.orders.order import Order
    from pylean.securities.security import Security

__all__ = ["round_prices", "round_quantity"]

_RAW = 0
_SUB_DOLLAR_TICK = Decimal("0.0001")


def round_quantity(order: Order, security: Security) -> None:
    """Toward zero to the lot."""
    lot = security.symbol_properties.lot_size
    if order.decimal_quantity % lot:
        order.decimal_quantity = (order.decimal_quantity / lot).to_integral_value(rounding=ROUND_DOWN) * lot


def round_prices(order: Order, security: Security, group: list[Order] | None) -> None:
    """To the tick where data are raw, untouched where they are adjusted. A group's limit waits for its last leg."""
    if order.price_adjustment_mode != _RAW:
        return
    tick = security.symbol_properties.minimum_price_variation
    order.limit = _to_tick(order.limit, tick)
    order.stop = _to_tick(order.stop, tick)
    order.trigger = _to_tick(order.trigger, tick)
    if not order.trailing_as_percentage:
        order.trailing = _to_tick(order.trailing, tick)
    if isinstance(order, ComboLimitOrder) and group is not None:
        # Lean takes the tick of a price of 0 here, because the legs have no fill price yet.
        manager = order.group_order_manager
        manager.decimal_limit_price = _whole_ticks(manager.decimal_limit_price, _SUB_DOLLAR_TICK)


def _to_tick(price: Decimal | None, tick: Decimal) -> Decimal | None:
    if price is None:
        return None
    return _whole_ticks(price, _SUB_DOLLAR_TICK if price < 1 else tick)


def _whole_ticks(price: Decimal, tick: Decimal) -> Decimal:
    return (price / tick).to_integral_value(rounding=ROUND_HALF_EVEN) * tick
