"""Margin calls: positions closed by the engine when the account cannot carry them (Lean's default model)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from pylean.numbers import ZERO
from pylean.orders.enums import OrderType
from pylean.orders.requests import SubmitOrderRequest

if TYPE_CHECKING:
    from pylean.orders.transactions import TransactionHandler
    from pylean.securities.portfolio import SecurityPortfolioManager

__all__ = ["MarginCallCheck", "check_margin", "execute_margin_call"]

_WARNING_SHARE = Decimal("0.05")
_BUFFER = Decimal("1.10")


@dataclass(frozen=True, slots=True)
class MarginCallCheck:
    """Orders to send, and whether the algorithm is warned."""

    orders: list[SubmitOrderRequest]
    warn: bool


def check_margin(portfolio: SecurityPortfolioManager, handler: TransactionHandler) -> MarginCallCheck:
    """Warn at 5 % of the margin or less; orders once the margin used exceeds the portfolio value by a tenth."""
    used = portfolio.decimal_total_margin_used
    if used <= 0:
        return MarginCallCheck([], False)
    total = portfolio.decimal_total_portfolio_value
    remaining = portfolio.decimal_margin_remaining(total)
    if remaining > 0 or used <= total * _BUFFER:
        return MarginCallCheck([], remaining > 0 and remaining <= total * _WARNING_SHARE)
    orders = []
    for symbol, holding in portfolio.held.items():
        security = portfolio.securities[symbol]
        model = security.buying_power_model
        position_margin = model.maintenance_margin(security)
        kept = max(ZERO, position_margin - (used - total))
        signed = kept if holding.decimal_quantity > 0 else -kept
        quantity = model.quantity_for_target(portfolio, security, signed / total if total else ZERO, ZERO)
        if quantity:
            orders.append(
                SubmitOrderRequest(handler.utc, 0, "Margin Call", OrderType.MARKET, security.symbol, quantity)
            )
    return MarginCallCheck(orders, bool(orders))


def execute_margin_call(
    portfolio: SecurityPortfolioManager, handler: TransactionHandler, orders: list[SubmitOrderRequest]
) -> int:
    """Send the orders, losers first, until the margin is back; returns how many were sent."""
    losers_first = sorted(orders, key=lambda order: portfolio[order.symbol].decimal_unrealized_profit)
    for sent, order in enumerate(losers_first):
        if portfolio.decimal_margin_remaining(portfolio.decimal_total_portfolio_value) >= 0:
            return sent
        handler.submit(order)
    return len(losers_first)
