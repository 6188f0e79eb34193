"""What an order is worth before it fills."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pylean.orders.order import Order

__all__ = ["order_value"]


def order_value(order: Order, price: Decimal) -> Decimal:
    """Signed value in USD at the market price, or at the order's own limit or stop where that is the less favourable
    estimate: the higher of both to sell, the lower to buy."""
    quantity = order.decimal_quantity
    own = order.own_price
    if own is None:
        return quantity * price
    return quantity * (max(own, price) if quantity < 0 else min(own, price))
