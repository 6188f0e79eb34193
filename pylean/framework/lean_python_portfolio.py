"""Portfolio construction as Lean's own Python files have it, where that differs from Lean's models in C#.

Returns are pandas frames here, since optimizers of the algorithm's own get them so. Lean's files minimize with scipy;
ours find the same minimum exactly, and refuse where scipy would stop at some other point.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pylean.feed.bars import TradeBar
from pylean.framework.insight import Insight
from pylean.framework.model import adopt_method
from pylean.framework.portfolio import black_litterman, mean_variance, optimizers, risk_parity
from pylean.framework.portfolio.returns import ReturnsSymbolData, returns_frame

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from pylean.algorithm import QCAlgorithm
    from pylean.securities.symbol import Symbol

    Vector = NDArray[np.float64]

__all__ = [
    "BlackLittermanOptimizationPortfolioConstructionModel",
    "MaximumSharpeRatioPortfolioOptimizer",
    "MeanVarianceOptimizationPortfolioConstructionModel",
    "MinimumVariancePortfolioOptimizer",
    "RiskParityPortfolioConstructionModel",
    "RiskParityPortfolioOptimizer",
]


class MinimumVariancePortfolioOptimizer(optimizers.MinimumVariancePortfolioOptimizer):
    """Means and covariances of pairs leave out the times at which a return is missing."""

    def optimize(self, historical_returns: Any, expected_returns: Any = None, covariance: Any = None) -> Vector:
        return super().optimize(historical_returns, *_moments(historical_returns, expected_returns, covariance))


class MaximumSharpeRatioPortfolioOptimizer(optimizers.MaximumSharpeRatioPortfolioOptimizer):
    """As above. Raises ArithmeticError when no portfolio has an excess return above 0."""

    def optimize(self, historical_returns: Any, expected_returns: Any = None, covariance: Any = None) -> Vector:
        expected, sigma = _moments(historical_returns, expected_returns, covariance)
        weights = self.solve(np.asarray(expected) - self.risk_free_rate, np.asarray(sigma))
        if weights is None:
            raise ArithmeticError(
                "no portfolio within the limits has an excess return above 0: scipy, which Lean uses here, has no "
                "defined answer either; take the model that AlgorithmImports brings, it then weights equally"
            )
        return weights


class RiskParityPortfolioOptimizer(risk_parity.RiskParityPortfolioOptimizer):
    """Equal weights when a return is missing; no weight below 0.00001."""

    def __init__(self, minimum_weight: float = 1e-05, maximum_weight: float = np.finfo(np.float64).max) -> None:
        super().__init__(max(minimum_weight, 1e-05), max(minimum_weight, maximum_weight))

    def optimize(self, historical_returns: Any, budget: Any = None, covariance: Any = None) -> Vector:
        if covariance is None and np.isnan(np.asarray(historical_returns)).any():
            size = np.shape(historical_returns)[1]
            return np.full(size, 1 / size)
        return super().optimize(historical_returns, budget, covariance)


class RiskParityPortfolioConstructionModel(risk_parity.RiskParityPortfolioConstructionModel):
    """Securities without history at first are left out for good."""

    def __init__(self, *values: Any, **named: Any) -> None:
        super().__init__(*values, **named)
        if type(self.optimizer) is risk_parity.RiskParityPortfolioOptimizer:
            self.optimizer = RiskParityPortfolioOptimizer()

    def weights_of(self, symbols: list[Symbol]) -> Any:
        return _weights_by_column(self.optimizer, self._returns, symbols)

    def _watch(self, algorithm: QCAlgorithm, symbol: Symbol) -> None:
        bars = algorithm.history[TradeBar](symbol, self.lookback * self.period, self.resolution)
        if not bars:
            return
        data = self._returns[symbol] = ReturnsSymbolData(symbol, self.lookback, self.period)
        for bar in bars:
            data.update(bar.end_time, bar.decimal_value)
        algorithm.register_indicator(symbol, data.roc, self.resolution)


class MeanVarianceOptimizationPortfolioConstructionModel(
    mean_variance.MeanVarianceOptimizationPortfolioConstructionModel
):
    """The optimizer is asked with the returns alone."""

    def __init__(self, *values: Any, **named: Any) -> None:
        super().__init__(*values, **named)
        default = self.optimizer
        if type(default) is optimizers.MinimumVariancePortfolioOptimizer:
            limits = default.minimum_weight, default.maximum_weight
            self.optimizer = MinimumVariancePortfolioOptimizer(*limits, default.target_return)

    def weights_of(self, symbols: list[Symbol]) -> Any:
        return _weights_by_column(self.optimizer, self._returns, symbols)


class BlackLittermanOptimizationPortfolioConstructionModel(
    black_litterman.BlackLittermanOptimizationPortfolioConstructionModel
):
    """Views go by source model; a model of flat insights has none."""

    _skips_empty_views = True

    def __init__(self, *values: Any, **named: Any) -> None:
        super().__init__(*values, **named)
        default = self.optimizer
        if type(default) is optimizers.MaximumSharpeRatioPortfolioOptimizer:
            limits = default.minimum_weight, default.maximum_weight
            self.optimizer = MaximumSharpeRatioPortfolioOptimizer(*limits, default.risk_free_rate)

    def get_target_insights(self) -> list[Insight]:
        return sorted(super().get_target_insights(), key=lambda insight: insight.source_model or "")

    def returns_of(self, symbols: list[Symbol]) -> pd.DataFrame:
        return returns_frame(self._returns, symbols)

    def get_equilibrium_returns(self, returns: Any) -> tuple[Vector, Any]:
        size = len(returns.columns)
        weights = np.full(size, 1 / size)
        sigma = returns.cov() * 252
        yearly = float((((1 + returns.mean()) ** 252 - 1) * weights).sum())
        risk_aversion = (yearly - self.risk_free_rate) / float(weights @ sigma @ weights)
        return np.asarray(sigma @ weights) * risk_aversion, sigma


def _weights_by_column(optimizer: Any, series: dict[Symbol, ReturnsSymbolData], symbols: list[Symbol]) -> list[float]:
    """Weights in the order of the symbols; the frame's columns are in the order in which securities came."""
    wanted = set(symbols)
    columns = [symbol for symbol in series if symbol in wanted]
    weights = adopt_method(optimizer, "optimize")(returns_frame(series, columns))
    by_symbol = dict(zip(columns, weights, strict=True))
    return [by_symbol[symbol] for symbol in symbols]


def _moments(returns: Any, expected: Any, covariance: Any) -> tuple[Any, Any]:
    return returns.mean() if expected is None else expected, returns.cov() if covariance is None else covariance
