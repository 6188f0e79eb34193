"""Indicators and consolidation that the algorithm sets up in one call."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from pylean.algorithm.core import AlgorithmCore
from pylean.consolidators.base import DataConsolidator
from pylean.consolidators.trade_bars import MarketHourAwareConsolidator, TradeBarConsolidator
from pylean.feed.bars import TradeBar
from pylean.indicators import ExponentialMovingAverage, Indicator, SimpleMovingAverage
from pylean.securities.symbol import Symbol
from pylean.storage import Resolution

__all__ = ["IndicatorsMixin"]


class IndicatorsMixin(AlgorithmCore):
    """Consolidators by period, and indicators fed by a symbol's bars."""

    def consolidate(
        self, symbol: Symbol | str, period: timedelta | Resolution | int, handler: Callable[[TradeBar], Any]
    ) -> DataConsolidator:
        """Call ``handler(bar)`` for each bar of a period; bars of ``Resolution.DAILY`` are market days."""
        consolidator = self._consolidator(symbol, period)
        consolidator.data_consolidated += lambda sender, bar: handler(bar)
        self.subscription_manager.add_consolidator(symbol, consolidator)
        return consolidator

    def register_indicator(
        self,
        symbol: Symbol | str,
        indicator: Indicator,
        period: timedelta | Resolution | DataConsolidator | None = None,
    ) -> None:
        """Feed an indicator with the symbol's bars, or with bars of a period."""
        if isinstance(period, DataConsolidator):
            consolidator = period
        elif period is None:
            consolidator = TradeBarConsolidator(1)
        else:
            consolidator = self._consolidator(symbol, period)
        consolidator.data_consolidated += lambda sender, bar: indicator.update(bar)
        self.subscription_manager.add_consolidator(symbol, consolidator)

    def sma(self, symbol: Symbol | str, period: int, resolution: Resolution | None = None) -> SimpleMovingAverage:
        """A simple moving average of closes, updated before ``on_data``."""
        indicator = SimpleMovingAverage(f"SMA({symbol},{period})", period)
        self.register_indicator(symbol, indicator, resolution)
        return indicator

    def ema(self, symbol: Symbol | str, period: int, resolution: Resolution | None = None) -> ExponentialMovingAverage:
        """An exponential moving average of closes, updated before ``on_data``."""
        indicator = ExponentialMovingAverage(f"EMA({symbol},{period})", period)
        self.register_indicator(symbol, indicator, resolution)
        return indicator

    def _consolidator(self, symbol: Symbol | str, period: timedelta | Resolution | int) -> DataConsolidator:
        """Raises ValueError for a period below the subscription's bars."""
        if isinstance(period, int) and not isinstance(period, Resolution):
            return TradeBarConsolidator(period)
        span = period.period if isinstance(period, Resolution) else period
        subscribed = self.securities[symbol].subscriptions[0].resolution
        if span < subscribed.period:
            raise ValueError(f"{symbol} has {subscribed.folder} bars: they cannot be consolidated to {span}")
        if span == subscribed.period:
            return TradeBarConsolidator(1)
        # A time span of a day is a calendar day, as in Lean; only the resolution is a market day.
        return MarketHourAwareConsolidator() if period is Resolution.DAILY else TradeBarConsolidator(span)
