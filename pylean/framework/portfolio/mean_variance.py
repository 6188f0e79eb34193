"""Mean-variance optimization: the insights' magnitudes are taken as the newest returns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pylean.feed.bars import TradeBar
from pylean.framework.insight import Insight
from pylean.framework.insight_enums import PortfolioBias
from pylean.framework.model import adopt_method
from pylean.framework.portfolio.base import PortfolioConstructionModel
from pylean.framework.portfolio.optimizers import MinimumVariancePortfolioOptimizer
from pylean.framework.portfolio.rebalancing import rebalancing_function
from pylean.framework.portfolio.returns import ReturnsSymbolData, returns_matrix
from pylean.numbers import double_to_decimal
from pylean.storage import Resolution

if TYPE_CHECKING:
    from pylean.algorithm import QCAlgorithm, SecurityChanges
    from pylean.securities.symbol import Symbol

__all__ = ["MeanVarianceOptimizationPortfolioConstructionModel", "biased", "weight_limits"]


def weight_limits(bias: PortfolioBias) -> tuple[int, int]:
    """Lowest and highest weight that fit a bias."""
    return (0 if bias == PortfolioBias.LONG else -1, 0 if bias == PortfolioBias.SHORT else 1)


def biased(weight: float, bias: PortfolioBias) -> float:
    """The weight, or 0 when its sign does not fit the bias."""
    sign = (weight > 0) - (weight < 0)
    return weight if bias in (PortfolioBias.LONG_SHORT, sign) else 0.0


class MeanVarianceOptimizationPortfolioConstructionModel(PortfolioConstructionModel):
    """An optimizer's weights over ``period`` returns of ``lookback`` bars; insights must have a magnitude."""

    def __init__(
        self,
        rebalance: Any = Resolution.DAILY,
        portfolio_bias: PortfolioBias = PortfolioBias.LONG_SHORT,
        lookback: int = 1,
        period: int = 63,
        resolution: Resolution = Resolution.DAILY,
        target_return: float = 0.02,
        optimizer: Any = None,
    ) -> None:
        super().__init__(rebalancing_function(rebalance))
        self.portfolio_bias = PortfolioBias(portfolio_bias)
        self.lookback = lookback
        self.period = period
        self.resolution = Resolution(resolution)
        low, high = weight_limits(self.portfolio_bias)
        self.optimizer = optimizer or MinimumVariancePortfolioOptimizer(low, high, target_return)
        self._returns: dict[Symbol, ReturnsSymbolData] = {}

    def should_create_target_for_insight(self, insight: Insight) -> bool:
        """Raises ValueError for an insight without a magnitude."""
        if not self.filter_invalid_insight_magnitude(self.algorithm, [insight]):
            return False
        data = self._returns.get(insight.symbol)
        if data is not None:
            if insight.magnitude is None:
                raise ValueError(
                    f"an insight of {insight.symbol} from {insight.source_model} has no magnitude, which "
                    f"{type(self).__name__} needs"
                )
            data.add(self.algorithm.time, double_to_decimal(insight.magnitude))
        return True

    def determine_target_percent(self, active_insights: list[Insight]) -> dict[Insight, float]:
        if not active_insights:
            return {}
        weights = self.weights_of([insight.symbol for insight in active_insights])
        pairs = zip(active_insights, weights, strict=False)
        return {insight: biased(float(weight), self.portfolio_bias) for insight, weight in pairs}

    def weights_of(self, symbols: list[Symbol]) -> Any:
        """The optimizer's weights, in the order of the symbols."""
        return adopt_method(self.optimizer, "optimize")(returns_matrix(self._returns, symbols), None, None)

    def on_securities_changed(self, algorithm: QCAlgorithm, changes: SecurityChanges) -> None:
        super().on_securities_changed(algorithm, changes)
        for removed in changes.removed_securities:
            self._returns.pop(removed.symbol, None)
        for added in changes.added_securities:
            data = self._returns.setdefault(added.symbol, ReturnsSymbolData(added.symbol, self.lookback, self.period))
            for bar in algorithm.history[TradeBar](added.symbol, self.lookback * self.period, self.resolution):
                data.update(bar.end_time, bar.decimal_value)
