"""Weights under which every security carries the same share of the portfolio's risk."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import numpy as np

from pylean.feed.bars import TradeBar
from pylean.framework.insight import Insight
from pylean.framework.insight_enums import PortfolioBias
from pylean.framework.model import adopt_method
from pylean.framework.portfolio.base import PortfolioConstructionModel
from pylean.framework.portfolio.rebalancing import rebalancing_function
from pylean.framework.portfolio.returns import ReturnsSymbolData, returns_matrix
from pylean.naming import PascalNames
from pylean.storage import Resolution

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from pylean.algorithm import QCAlgorithm, SecurityChanges
    from pylean.securities.symbol import Symbol

__all__ = ["RiskParityPortfolioConstructionModel", "RiskParityPortfolioOptimizer"]

_TOLERANCE = 1e-11
_MOST_STEPS = 15_000
_LOWEST_WEIGHT = 1e-05


class RiskParityPortfolioOptimizer(PascalNames):
    """Minimizes ½·wᵀΣw − bᵀ·log w by Newton's method (Spinu 2013, SSRN 2297383) and scales the weights to sum 1."""

    def __init__(self, minimum_weight: float | None = None, maximum_weight: float | None = None) -> None:
        self.minimum_weight = _LOWEST_WEIGHT if minimum_weight is None else minimum_weight
        self.maximum_weight = sys.float_info.max if maximum_weight is None else maximum_weight

    def optimize(
        self, historical_returns: ArrayLike, budget: ArrayLike | None = None, covariance: ArrayLike | None = None
    ) -> NDArray[np.float64]:
        """Weights by column of the returns; ``budget`` is each one's share of the risk, equal by default."""
        returns = np.asarray(historical_returns, dtype=np.float64)
        sigma = np.atleast_2d(np.cov(returns, rowvar=False) if covariance is None else np.asarray(covariance))
        size = len(sigma)
        if size == 1:
            return np.ones(1)
        shares = np.full(size, 1 / size) if budget is None else np.asarray(budget, dtype=np.float64)
        weights = _newton(sigma, shares)
        clipped: NDArray[np.float64] = np.clip(weights / weights.sum(), self.minimum_weight, self.maximum_weight)
        return clipped


def _newton(sigma: NDArray[np.float64], budget: NDArray[np.float64]) -> NDArray[np.float64]:
    weights = np.full(len(sigma), 1 / len(sigma))
    previous, value = np.inf, -np.inf
    for _ in range(_MOST_STEPS):
        if abs(value - previous) <= _TOLERANCE:
            break
        previous = value
        hessian = sigma + np.diag(budget / weights**2)
        weights = weights - np.linalg.solve(hessian, sigma @ weights - budget / weights)
        value = float(0.5 * weights @ sigma @ weights - budget @ np.log(weights))
    return weights


class RiskParityPortfolioConstructionModel(PortfolioConstructionModel):
    """Risk parity over ``period`` returns of ``lookback`` bars. Long only: raises ValueError for the bias SHORT."""

    def __init__(
        self,
        rebalance: Any = Resolution.DAILY,
        portfolio_bias: PortfolioBias = PortfolioBias.LONG_SHORT,
        lookback: int = 1,
        period: int = 252,
        resolution: Resolution = Resolution.DAILY,
        optimizer: Any = None,
    ) -> None:
        super().__init__(rebalancing_function(rebalance))
        if portfolio_bias == PortfolioBias.SHORT:
            raise ValueError("portfolio_bias of RiskParityPortfolioConstructionModel is SHORT: it must allow long")
        self.lookback = lookback
        self.period = period
        self.resolution = Resolution(resolution)
        self.optimizer = optimizer or RiskParityPortfolioOptimizer()
        self._returns: dict[Symbol, ReturnsSymbolData] = {}

    def determine_target_percent(self, active_insights: list[Insight]) -> dict[Insight, float]:
        if not active_insights:
            return {}
        symbols = [insight.symbol for insight in active_insights]
        weights = self.weights_of(symbols)
        return dict(zip(active_insights, (float(weight) for weight in weights), strict=False))

    def weights_of(self, symbols: list[Symbol]) -> Any:
        """The optimizer's weights, in the order of the symbols."""
        return adopt_method(self.optimizer, "optimize")(returns_matrix(self._returns, symbols), None, None)

    def on_securities_changed(self, algorithm: QCAlgorithm, changes: SecurityChanges) -> None:
        super().on_securities_changed(algorithm, changes)
        for removed in changes.removed_securities:
            data = self._returns.pop(removed.symbol, None)
            if data is not None:
                algorithm.unregister_indicator(data.roc)
        for added in changes.added_securities:
            if added.symbol not in self._returns:
                self._watch(algorithm, added.symbol)

    def _watch(self, algorithm: QCAlgorithm, symbol: Symbol) -> None:
        data = self._returns[symbol] = ReturnsSymbolData(symbol, self.lookback, self.period)
        algorithm.register_indicator(symbol, data.roc, self.resolution)
        for bar in algorithm.history[TradeBar](symbol, self.lookback * self.period, self.resolution):
            data.update(bar.end_time, bar.decimal_value)
