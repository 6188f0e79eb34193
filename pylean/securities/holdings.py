"""What the account holds of one security, and what it made on it."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from pylean.naming import PascalNames
from pylean.numbers import ZERO, to_float

if TYPE_CHECKING:
    from pylean.framework.targets import PortfolioTarget
    from pylean.securities.security import Security
    from pylean.securities.symbol import Symbol

__all__ = ["SecurityHolding"]


class SecurityHolding(PascalNames):
    """Position of one security: signed shares, average price in USD, and running totals in USD."""

    def __init__(self, security: Security) -> None:
        self._security = security
        self.decimal_quantity = ZERO
        self.decimal_average_price = ZERO
        self.decimal_profit = ZERO
        self.decimal_fees = ZERO
        self.decimal_sale_volume = ZERO
        self.decimal_last_trade_profit = ZERO
        #: The framework's latest target for this security.
        self.target: PortfolioTarget | None = None

    @property
    def symbol(self) -> Symbol:
        return self._security.symbol

    @property
    def quantity(self) -> float:
        return to_float(self.decimal_quantity)

    @property
    def absolute_quantity(self) -> float:
        return abs(self.quantity)

    @property
    def average_price(self) -> float:
        return to_float(self.decimal_average_price)

    @property
    def invested(self) -> bool:
        return self.decimal_quantity != 0

    @property
    def hold_stock(self) -> bool:
        return self.invested

    @property
    def is_long(self) -> bool:
        return self.decimal_quantity > 0

    @property
    def is_short(self) -> bool:
        return self.decimal_quantity < 0

    @property
    def price(self) -> float:
        return self._security.price

    @property
    def decimal_value(self) -> Decimal:
        """Quantity times last price; signed."""
        return self.decimal_quantity * self._security.cache.price if self.decimal_quantity else ZERO

    @property
    def holdings_value(self) -> float:
        return to_float(self.decimal_value)

    @property
    def absolute_holdings_value(self) -> float:
        return abs(self.holdings_value)

    @property
    def decimal_cost(self) -> Decimal:
        return self.decimal_quantity * self.decimal_average_price

    @property
    def holdings_cost(self) -> float:
        return to_float(self.decimal_cost)

    @property
    def absolute_holdings_cost(self) -> float:
        return abs(self.holdings_cost)

    @property
    def leverage(self) -> float:
        return self._security.leverage

    @property
    def profit(self) -> float:
        """Gross profit of everything closed so far."""
        return to_float(self.decimal_profit)

    @property
    def net_profit(self) -> float:
        return to_float(self.decimal_profit - self.decimal_fees)

    @property
    def total_fees(self) -> float:
        return to_float(self.decimal_fees)

    @property
    def total_sale_volume(self) -> float:
        return to_float(self.decimal_sale_volume)

    @property
    def last_trade_profit(self) -> float:
        return to_float(self.decimal_last_trade_profit)

    @property
    def decimal_unrealized_profit(self) -> Decimal:
        """Profit of closing now at bid (long) or ask (short), less the estimated fee."""
        quantity = self.decimal_quantity
        if not quantity:
            return ZERO
        security = self._security
        fee = security.estimate_market_order_fee(-quantity)
        exit_price = security.cache.bid if quantity > 0 else security.cache.ask
        return (exit_price - self.decimal_average_price) * quantity - fee

    @property
    def unrealized_profit(self) -> float:
        return to_float(self.decimal_unrealized_profit)

    @property
    def unrealized_profit_percent(self) -> float:
        cost = abs(self.decimal_cost)
        return to_float(self.decimal_unrealized_profit / cost) if cost else 0.0

    def set_holdings(self, average_price: Decimal, quantity: Decimal) -> None:
        """Replace the position; totals stay."""
        self.decimal_average_price = average_price
        self.decimal_quantity = quantity
