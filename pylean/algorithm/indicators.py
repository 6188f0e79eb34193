"""Indicators that the algorithm sets up in one call."""

from __future__ import annotations

from datetime import timedelta

from pylean.algorithm.consolidation import ConsolidationMixin
from pylean.consolidators.base import DataConsolidator
from pylean.indicators import ExponentialMovingAverage, Indicator, SimpleMovingAverage
from pylean.securities.symbol import Symbol
from pylean.storage import Resolution

__all__ = ["IndicatorsMixin"]


class IndicatorsMixin(ConsolidationMixin):
    """Indicators fed by a symbol's bars."""

    def register_indicator(
        self,
        symbol: Symbol | str,
        indicator: Indicator,
        period: timedelta | Resolution | DataConsolidator | None = None,
    ) -> None:
        """Feed an indicator with the symbol's bars, or with bars of a period."""
        consolidator = period if isinstance(period, DataConsolidator) else self.resolve_consolidator(symbol, period)
        consolidator.relays += lambda sender, bar: indicator.update(bar)
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
