"""The portfolio as the results read it."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from pylean.numbers import ZERO
from pylean.results import Holding, PortfolioTotals
from pylean.securities.margin_values import ReservedBuyingPowerForPositionParameters, amount_of

if TYPE_CHECKING:
    from pylean.securities.portfolio import SecurityPortfolioManager
    from pylean.securities.symbol import Symbol

__all__ = ["AccountView"]


class AccountView:
    """Exact figures of the account."""

    def __init__(self, portfolio: SecurityPortfolioManager) -> None:
        self._portfolio = portfolio

    def equity(self) -> Decimal:
        return self._portfolio.decimal_total_portfolio_value

    def holding(self, symbol: Symbol) -> Holding:
        security = self._portfolio.securities[symbol]
        holding = security.holdings
        margin = security.buying_power_model.maintenance_margin(security) if holding.invested else ZERO
        return Holding(security.symbol, holding.decimal_value, holding.decimal_sale_volume, margin)

    def leveraged_margin(self, symbol: Symbol) -> Decimal:
        security = self._portfolio.securities[symbol]
        if not security.holdings.invested:
            return ZERO
        model = security.buying_power_model
        reserved = model.get_reserved_buying_power_for_position(ReservedBuyingPowerForPositionParameters(security))
        leverage: Decimal = model.leverage_of(security)
        return amount_of(reserved) * leverage

    def holdings(self) -> Iterator[Holding]:
        return (self.holding(symbol) for symbol in self._portfolio.securities)

    def totals(self) -> PortfolioTotals:
        portfolio = self._portfolio
        return PortfolioTotals(
            fees=portfolio.decimal_total_fees,
            net_profit=portfolio.decimal_total_profit - portfolio.decimal_total_fees,
            unrealized_profit=portfolio.decimal_total_unrealized_profit,
            holdings_value=sum((abs(holding.decimal_value) for holding in portfolio.held.values()), ZERO),
            sale_volume=portfolio.decimal_total_sale_volume,
        )
