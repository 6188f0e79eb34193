"""Market orders while the spread is tight."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from pylean.framework.execution.base import TargetExecutionModel
from pylean.framework.targets import PortfolioTarget
from pylean.numbers import ZERO, to_decimal

if TYPE_CHECKING:
    from pylean.algorithm import QCAlgorithm
    from pylean.securities.security import Security

__all__ = ["SpreadExecutionModel"]


class SpreadExecutionModel(TargetExecutionModel):
    """Orders while the market is open and ask − bid is at most ``accepting_spread_percent`` of the price.

    With daily bars it never orders: they end when the market is closed.
    """

    def __init__(self, accepting_spread_percent: float = 0.005, asynchronous: bool = True) -> None:
        super().__init__(asynchronous)
        self._accepted = abs(to_decimal(accepting_spread_percent))

    def order_size(self, algorithm: QCAlgorithm, target: PortfolioTarget, quantity: Decimal) -> Decimal | None:
        favorable = bool(quantity) and self.price_is_favorable(algorithm.securities[target.symbol])
        return quantity if favorable else ZERO

    def price_is_favorable(self, security: Security) -> bool:
        cache = security.cache
        prices = cache.price, cache.ask, cache.bid
        if not security.exchange.exchange_open or min(prices) <= 0:
            return False
        price, ask, bid = prices
        return (ask - bid) / price <= self._accepted
