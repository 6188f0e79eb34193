"""Margin calls: positions closed by the engine when the account cannot carry them."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

from pylean.naming import LeanOverrides, PascalNames, PascalType
from pylean.numbers import ONE, ZERO, to_decimal
from pylean.orders.enums import OrderType
from pylean.orders.requests import SubmitOrderRequest
from pylean.securities.security_type import SecurityType

if TYPE_CHECKING:
    from pylean.orders.properties import OrderProperties
    from pylean.orders.ticket import OrderTicket
    from pylean.securities.portfolio import SecurityPortfolioManager
    from pylean.securities.security import Security

__all__ = ["DefaultMarginCallModel", "MarginCallModel", "confirmed_by"]

_WARNING_SHARE = Decimal("0.05")
_TAG = "Margin Call"


class MarginCallModel(LeanOverrides, PascalNames, metaclass=PascalType):
    """Never warns and never calls; the base of all models."""

    NULL: ClassVar[MarginCallModel]

    def get_margin_call_orders(self, issue_margin_call_warning: bool = False) -> tuple[list[SubmitOrderRequest], bool]:
        """Orders that reduce positions, and whether the algorithm is to be warned if none is sent."""
        return [], False

    def execute_margin_call(self, generated_margin_call_orders: Iterable[SubmitOrderRequest]) -> list[OrderTicket]:
        """Send what is needed of the orders."""
        return []


MarginCallModel.NULL = MarginCallModel()


class DefaultMarginCallModel(MarginCallModel):
    """Warns at 5 % of the margin or less; calls once the margin used exceeds the portfolio value by the buffer."""

    def __init__(
        self,
        portfolio: SecurityPortfolioManager,
        default_order_properties: OrderProperties | None,
        margin_buffer: float | Decimal = Decimal("0.10"),
    ) -> None:
        self.portfolio = portfolio
        self.default_order_properties = default_order_properties
        self._limit = ONE + to_decimal(margin_buffer)

    def get_margin_call_orders(self, issue_margin_call_warning: bool = False) -> tuple[list[SubmitOrderRequest], bool]:
        portfolio = self.portfolio
        used = portfolio.decimal_total_margin_used
        if used <= 0:
            return [], False
        total = portfolio.decimal_total_portfolio_value
        remaining = portfolio.decimal_margin_remaining(total)
        if remaining > 0:
            return [], remaining <= total * _WARNING_SHARE
        if used <= total * self._limit:
            return [], False
        found = [self._order(portfolio.securities[symbol], used - total) for symbol in portfolio.held]
        orders = [order for order in found if order.decimal_quantity != 0]
        return orders, bool(orders)

    def execute_margin_call(self, generated_margin_call_orders: Iterable[SubmitOrderRequest]) -> list[OrderTicket]:
        """Losers first, until the margin is back."""
        portfolio, transactions = self.portfolio, self.portfolio.transactions
        orders = sorted(
            generated_margin_call_orders, key=lambda order: portfolio[order.symbol].decimal_unrealized_profit
        )
        tickets: list[OrderTicket] = []
        for order in orders:
            if transactions is None or portfolio.decimal_margin_remaining(portfolio.decimal_total_portfolio_value) >= 0:
                break
            tickets.append(transactions.add_order(order))
        return tickets

    def _order(self, security: Security, missing: Decimal) -> SubmitOrderRequest:
        """Give up as much of a position as the whole account lacks, at most all of it."""
        model = security.buying_power_model
        used = model.maintenance_margin(security)
        side = 1 if security.holdings.decimal_quantity > 0 else -1
        given_up = used - max(ZERO, used - missing)
        quantity = model.quantity_for_delta(self.portfolio, security, given_up * -side, ZERO)
        properties = self.default_order_properties
        return SubmitOrderRequest(
            OrderType.MARKET,
            SecurityType.EQUITY,
            security.symbol,
            abs(quantity) * -side,
            ZERO,
            ZERO,
            security.clock.utc,
            _TAG,
            None if properties is None else properties.clone(),
        )


def confirmed_by(algorithm: Any, orders: list[SubmitOrderRequest]) -> list[SubmitOrderRequest]:
    """The orders as the algorithm's ``on_margin_call`` leaves them. Raises ValueError when it returns none."""
    answer = algorithm.on_margin_call(orders)
    kept = [order for order in answer or [] if isinstance(order, SubmitOrderRequest)]
    if not kept:
        raise ValueError("on_margin_call must return the orders to send, at least one")
    return kept
