"""Models as Lean's own Python files have them, where these differ from Lean's models of the same name in C#.

Algorithms choose them by importing from a path: ``from Execution.SpreadExecutionModel import ...``. Models that are
not here behave the same in both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pylean.feed.bars import QuoteBar, TradeBar
from pylean.framework.alphas import constant, historical_returns, macd, pairs, pearson_pairs
from pylean.framework.execution import spread, standard_deviation, vwap
from pylean.indicators import MovingAverageType
from pylean.orders.enums import OrderDirection
from pylean.storage import Resolution

if TYPE_CHECKING:
    from pylean.orders.order import Order
    from pylean.securities.security import Security

__all__ = [
    "BasePairsTradingAlphaModel",
    "ConstantAlphaModel",
    "HistoricalReturnsAlphaModel",
    "MacdAlphaModel",
    "PearsonCorrelationPairsTradingAlphaModel",
    "SpreadExecutionModel",
    "StandardDeviationExecutionModel",
    "VolumeShareSlippageModel",
    "VolumeWeightedAveragePriceExecutionModel",
]


class ConstantAlphaModel(constant.ConstantAlphaModel):
    """Its name tells the days of the period even when there are none."""

    def _span_text(self) -> str:
        text = super()._span_text()
        return text if self.period.days else f"0.{text}"


class HistoricalReturnsAlphaModel(historical_returns.HistoricalReturnsAlphaModel):
    """Takes keywords only (others are without effect), and leaves securities without history alone."""

    _needs_history = True

    def __init__(self, *ignored: Any, lookback: int = 1, resolution: Resolution = Resolution.DAILY) -> None:
        super().__init__(lookback, resolution)
        self._name = None


class MacdAlphaModel(macd.MacdAlphaModel):
    """A security that comes back starts anew; the parameters are in camelCase."""

    _replaces_known = True

    def __init__(
        self,
        fastPeriod: int = 12,
        slowPeriod: int = 26,
        signalPeriod: int = 9,
        movingAverageType: MovingAverageType = MovingAverageType.EXPONENTIAL,
        resolution: Resolution = Resolution.DAILY,
    ) -> None:
        super().__init__(fastPeriod, slowPeriod, signalPeriod, movingAverageType, resolution)


class BasePairsTradingAlphaModel(pairs.BasePairsTradingAlphaModel):
    """Forms pairs in the order of tickers."""

    _sorts_symbols = True

    @classmethod
    def _name_stem(cls) -> str:
        return cls.__name__


class PearsonCorrelationPairsTradingAlphaModel(pearson_pairs.PearsonCorrelationPairsTradingAlphaModel):
    """Forms pairs in the order of tickers; a gap in the prices breaks two returns, not one."""

    _sorts_symbols = True
    _gaps_break_returns = True

    @classmethod
    def _name_stem(cls) -> str:
        return cls.__name__


class SpreadExecutionModel(spread.SpreadExecutionModel):
    """The test of the spread has another name."""

    def price_is_favorable(self, security: Security) -> bool:
        return self.spread_is_favorable(security)

    def spread_is_favorable(self, security: Security) -> bool:
        return super().price_is_favorable(security)


class StandardDeviationExecutionModel(standard_deviation.StandardDeviationExecutionModel):
    """A target it has no indicators for ends the pass."""

    _stops_at_unknown = True


class VolumeWeightedAveragePriceExecutionModel(vwap.VolumeWeightedAveragePriceExecutionModel):
    """A target it has no average for ends the pass."""

    _stops_at_unknown = True


class VolumeShareSlippageModel:
    """Slippage in USD a share, worked out in floats: price × impact × (order ÷ bar's volume, limited)²."""

    def __init__(self, volume_limit: float = 0.025, price_impact: float = 0.1) -> None:
        self.volume_limit = volume_limit
        self.price_impact = price_impact

    def get_slippage_approximation(self, asset: Security, order: Order) -> float:
        """0 without data. A bar without volume counts as one of which the order takes the limit."""
        bar: TradeBar | QuoteBar | None = asset.get_last_data()
        if bar is None:
            return 0
        if isinstance(bar, TradeBar):
            volume = bar.volume
        else:
            volume = bar.last_bid_size if order.direction is OrderDirection.BUY else bar.last_ask_size
        share = self.volume_limit
        if volume > 0:
            share = min(order.absolute_quantity / volume, share)
        return share * share * self.price_impact * bar.value
