"""How much of a security may be sold short, open orders counted."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from pylean.numbers import ZERO

if TYPE_CHECKING:
    from pylean.orders.order import Order
    from pylean.orders.transactions import TradingAlgorithm
    from pylean.securities.security import Security

__all__ = ["exceeds_shortable", "is_shortable", "shortable_quantity"]


def shortable_quantity(security: Security) -> int | None:
    """Shares the provider lends now, altogether; ``None`` is no limit."""
    limit: int | None = security.shortable_provider.shortable_quantity(security.symbol, security.local_time)
    return limit


def is_shortable(
    algorithm: TradingAlgorithm, security: Security, quantity: Decimal, updated_order_id: int | None = None
) -> bool:
    """So many more shares can be sold; an order that is being updated does not count with its old quantity."""
    limit = shortable_quantity(security)
    if limit is None:
        return True
    waiting = sum(
        (
            ticket.decimal_quantity_remaining
            for ticket in algorithm.transactions.get_open_order_tickets(security.symbol)
            if ticket.order_id != updated_order_id
        ),
        ZERO,
    )
    position = security.holdings.decimal_quantity + waiting
    return position > -limit and position - abs(quantity) >= -limit


def exceeds_shortable(
    algorithm: TradingAlgorithm, security: Security, quantity: Decimal, updated: Order | None = None
) -> str | None:
    """Why so much cannot be sold short, for a new order or for one that is updated; ``None`` where it can."""
    if is_shortable(algorithm, security, quantity, None if updated is None else updated.id):
        return None
    shown = quantity if updated is None else updated.decimal_quantity
    limit = shortable_quantity(security) or 0
    symbol = algorithm.securities.text_of(security.symbol)
    return f"Order exceeds shortable quantity {limit} for Symbol {symbol} requested {shown:f})"
