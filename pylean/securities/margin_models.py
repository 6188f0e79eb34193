"""Margin models that an algorithm may choose instead of the default one."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from pylean.numbers import ONE, ZERO, to_decimal
from pylean.securities.buying_power import BuyingPowerModel, SecurityMarginModel
from pylean.securities.margin_values import GetMaximumOrderQuantityResult, HasSufficientBuyingPowerForOrderResult

if TYPE_CHECKING:
    from pylean.orders.enums import OrderDirection
    from pylean.orders.order import Order
    from pylean.securities.portfolio import SecurityPortfolioManager
    from pylean.securities.security import Security

__all__ = ["CashBuyingPowerModel", "ConstantBuyingPowerModel", "NullBuyingPowerModel", "PatternDayTradingMarginModel"]


class NullBuyingPowerModel(BuyingPowerModel):
    """Every order is affordable and no position takes up margin."""

    def _maintenance(self, security: Security, quantity: Decimal, value: Decimal) -> Decimal:
        return ZERO

    def _check(
        self, portfolio: SecurityPortfolioManager, security: Security, order: Order, filled: Decimal
    ) -> HasSufficientBuyingPowerForOrderResult:
        return HasSufficientBuyingPowerForOrderResult(True)


class ConstantBuyingPowerModel(BuyingPowerModel):
    """The same margin in USD for each share, whatever its price; a leverage that is set is ignored."""

    def __init__(self, margin_required_per_unit_in_account_currency: float | Decimal) -> None:
        super().__init__()
        self._per_share = to_decimal(margin_required_per_unit_in_account_currency)

    def set_leverage(self, security: Security, leverage: float | Decimal) -> None:
        """Has no effect."""

    def _initial(self, security: Security, quantity: Decimal) -> Decimal:
        return quantity * self._per_share

    def _maintenance(self, security: Security, quantity: Decimal, value: Decimal) -> Decimal:
        return abs(quantity) * self._per_share


class PatternDayTradingMarginModel(SecurityMarginModel):
    """One leverage while the market is open, a smaller one from ten minutes before the close to the next open."""

    def __init__(self, closed_market_leverage: float | Decimal = 2, open_market_leverage: float | Decimal = 4) -> None:
        super().__init__(open_market_leverage)
        self._closed_factor = to_decimal(open_market_leverage) / to_decimal(closed_market_leverage)

    def set_leverage(self, security: Security, leverage: float | Decimal) -> None:
        """Has no effect: both leverages are given when the model is made."""

    def _leverage(self, security: Security) -> Decimal:
        return super()._leverage(security) * (ONE / self._factor(security))

    def _initial(self, security: Security, quantity: Decimal) -> Decimal:
        return super()._initial(security, quantity) * self._factor(security)

    def _maintenance(self, security: Security, quantity: Decimal, value: Decimal) -> Decimal:
        return super()._maintenance(security, quantity, value) * self._factor(security)

    def _factor(self, security: Security) -> Decimal:
        exchange = security.exchange
        return ONE if exchange.exchange_open and not exchange.closing_soon else self._closed_factor


class CashBuyingPowerModel(BuyingPowerModel):
    """Lean's model of currencies that are bought outright. A stock has no base currency: it refuses every order.

    Cash accounts trade stocks with ``SecurityMarginModel(1)``, which their brokerage models choose.
    """

    def __init__(self) -> None:
        super().__init__(1, 0, 0)

    def set_leverage(self, security: Security, leverage: float | Decimal) -> None:
        """Raises ValueError for any leverage but 1."""
        if leverage != 1:
            raise ValueError(f"the leverage is {leverage}: a cash account has none, it must be 1")

    def _leverage(self, security: Security) -> Decimal:
        return ONE

    def _free(self, portfolio: SecurityPortfolioManager, security: Security, direction: OrderDirection) -> Decimal:
        return ZERO

    def _check(
        self, portfolio: SecurityPortfolioManager, security: Security, order: Order, filled: Decimal
    ) -> HasSufficientBuyingPowerForOrderResult:
        reason = f"CashBuyingPowerModel trades currencies only; {security.symbol} is a stock"
        return HasSufficientBuyingPowerForOrderResult(False, reason)

    def _size(
        self, portfolio: SecurityPortfolioManager, security: Security, target: Decimal, minimum_share: Decimal
    ) -> GetMaximumOrderQuantityResult:
        return GetMaximumOrderQuantityResult(
            ZERO, f"CashBuyingPowerModel trades currencies only; {security.symbol} is a stock"
        )

    def _size_of_change(
        self, portfolio: SecurityPortfolioManager, security: Security, delta: Decimal, minimum_share: Decimal
    ) -> GetMaximumOrderQuantityResult:
        raise NotImplementedError("CashBuyingPowerModel sizes no order by a change of margin; Lean's does not either")
