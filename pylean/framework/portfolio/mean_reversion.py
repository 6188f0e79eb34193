"""On-line portfolio selection with moving average reversion."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pylean.framework.insight import Insight
from pylean.framework.insight_enums import PortfolioBias
from pylean.framework.portfolio.base import PortfolioConstructionModel
from pylean.framework.portfolio.rebalancing import rebalancing_function
from pylean.storage import Resolution

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from pylean.algorithm import QCAlgorithm, SecurityChanges
    from pylean.indicators import Identity, SimpleMovingAverage
    from pylean.securities.symbol import Symbol

    Vector = NDArray[np.float64]

__all__ = ["MeanReversionPortfolioConstructionModel"]


class MeanReversionPortfolioConstructionModel(PortfolioConstructionModel):
    """OLMAR (Li and Hoi 2012, arXiv 1206.4626): weights move towards what is cheap against its moving average.

    An insight's magnitude, where it has one, replaces the ratio of price and average. Long only: raises ValueError for
    the bias SHORT.
    """

    def __init__(
        self,
        rebalance: Any = Resolution.DAILY,
        portfolio_bias: PortfolioBias = PortfolioBias.LONG_SHORT,
        reversion_threshold: float = 1,
        window_size: int = 20,
        resolution: Resolution = Resolution.DAILY,
    ) -> None:
        super().__init__(rebalancing_function(rebalance))
        if portfolio_bias == PortfolioBias.SHORT:
            raise ValueError("portfolio_bias of MeanReversionPortfolioConstructionModel is SHORT: it must allow long")
        self.reversion_threshold = float(reversion_threshold)
        self.window_size = window_size
        self.resolution = Resolution(resolution)
        self._weights: Vector = np.empty(0)
        self._by_symbol: dict[Symbol, tuple[Identity, SimpleMovingAverage]] = {}

    def determine_target_percent(self, active_insights: list[Insight]) -> dict[Insight, float]:
        """Nothing until every security of an insight has its average."""
        known = [self._by_symbol[insight.symbol] for insight in active_insights]
        if not known or not all(indicator.is_ready for pair in known for indicator in pair):
            return {}
        if len(self._weights) != len(known):
            self._weights = np.full(len(known), 1 / len(known))
        relatives = self.get_price_relatives(active_insights)
        deviations = relatives - relatives.mean()
        spread = float(np.linalg.norm(deviations)) ** 2
        gain = float(self._weights @ relatives) - self.reversion_threshold
        step = max(0.0, gain / spread) if spread else 0.0
        self._weights = self.simplex_projection(self._weights - step * deviations)
        return dict(zip(active_insights, self._weights.tolist(), strict=True))

    def get_price_relatives(self, active_insights: list[Insight]) -> Vector:
        """Predicted price over the price now, by insight."""
        relatives = []
        for insight in active_insights:
            price, average = self._by_symbol[insight.symbol]
            if insight.magnitude is not None:
                relatives.append(1 + insight.magnitude * int(insight.direction))
            else:
                relatives.append(float(price.current.value) / float(average.current.value))
        return np.array(relatives)

    @staticmethod
    def simplex_projection(vector: ArrayLike, total: float = 1) -> Vector:
        """The nearest point without negative parts that sums to ``total`` above 0 (Duchi et al. 2008)."""
        if total <= 0:
            raise ValueError(f"total of a simplex projection is {total}: it must be above 0")
        values = np.asarray(vector, dtype=np.float64)
        falling = np.sort(values)[::-1]
        sums = np.cumsum(falling)
        last = np.flatnonzero(falling > (sums - total) / np.arange(1, len(values) + 1))[-1]
        projected: Vector = np.maximum(values - (sums[last] - total) / (last + 1), 0.0)
        return projected

    def on_securities_changed(self, algorithm: QCAlgorithm, changes: SecurityChanges) -> None:
        super().on_securities_changed(algorithm, changes)
        for removed in changes.removed_securities:
            for indicator in self._by_symbol.pop(removed.symbol, ()):
                indicator.reset()
        for added in changes.added_securities:
            symbol = added.symbol
            if symbol not in self._by_symbol:
                price = algorithm.identity(symbol, self.resolution)
                average = algorithm.sma(symbol, self.window_size, self.resolution)
                for indicator in (price, average):
                    algorithm.warm_up_indicator(symbol, indicator, self.resolution)
                self._by_symbol[symbol] = price, average
