"""Market orders at once."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from pylean.framework.execution.base import TargetExecutionModel
from pylean.framework.sizing import is_above_minimum_margin
from pylean.framework.targets import PortfolioTarget
from pylean.numbers import ZERO, to_decimal

if TYPE_CHECKING:
    from pylean.algorithm import QCAlgorithm

__all__ = ["ImmediateExecutionModel"]


class ImmediateExecutionModel(TargetExecutionModel):
    """Orders what is missing, unless its margin is below the minimum share of the portfolio in the settings."""

    _told_of_minimum = False

    def order_size(self, algorithm: QCAlgorithm, target: PortfolioTarget, quantity: Decimal) -> Decimal | None:
        security = algorithm.securities[target.symbol]
        minimum = to_decimal(algorithm.settings.minimum_order_margin_portfolio_percentage)
        if not quantity or is_above_minimum_margin(algorithm.portfolio, security, quantity, minimum):
            return quantity
        if not self._told_of_minimum:
            self._told_of_minimum = True
            algorithm.debug(
                f"orders such as {quantity} of {target.symbol} are left out: their margin is below "
                f"settings.minimum_order_margin_portfolio_percentage ({minimum}) of the portfolio value"
            )
        return ZERO
