"""Insights that the last return goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pylean.feed.bars import TradeBar
from pylean.framework.alphas.base import AlphaModel, resolution_word
from pylean.framework.insight import Insight
from pylean.framework.insight_enums import InsightDirection
from pylean.framework.insights import InsightCollection
from pylean.indicators import RateOfChange
from pylean.storage import Resolution

if TYPE_CHECKING:
    from pylean.algorithm import QCAlgorithm, SecurityChanges
    from pylean.feed.slice import Slice
    from pylean.securities.symbol import Symbol

__all__ = ["HistoricalReturnsAlphaModel"]


class HistoricalReturnsAlphaModel(AlphaModel):
    """With each new bar an insight of the last ``lookback`` bars' return, in its direction; none for a return of 0."""

    #: Whether a security without any history is left alone.
    _needs_history = False

    def __init__(self, lookback: int = 1, resolution: Resolution = Resolution.DAILY) -> None:
        self.lookback = lookback
        self.resolution = Resolution(resolution)
        self._by_symbol: dict[Symbol, _Returns] = {}
        self._emitted = InsightCollection()
        self.name = f"HistoricalReturnsAlphaModel({lookback},{resolution_word(resolution)})"

    def update(self, algorithm: QCAlgorithm, data: Slice) -> list[Insight]:
        insights = []
        for symbol, entry in self._by_symbol.items():
            if not entry.has_news():
                continue
            magnitude = float(entry.rate.current.value)
            if magnitude == 0:
                self._cancel(algorithm, symbol)
                continue
            direction = InsightDirection.UP if magnitude > 0 else InsightDirection.DOWN
            insights.append(Insight.price(symbol, self.resolution.period * self.lookback, direction, magnitude))
        self._emitted.add_range(insights)
        return insights

    def on_securities_changed(self, algorithm: QCAlgorithm, changes: SecurityChanges) -> None:
        for removed in changes.removed_securities:
            entry = self._by_symbol.pop(removed.symbol, None)
            if entry is not None:
                algorithm.subscription_manager.remove_consolidator(removed.symbol, entry.consolidator)
            self._cancel(algorithm, removed.symbol)
        for added in changes.added_securities:
            symbol = added.symbol
            if symbol in self._by_symbol:
                continue
            bars = algorithm.history[TradeBar](symbol, self.lookback, self.resolution)
            if bars or not self._needs_history:
                entry = self._by_symbol[symbol] = _Returns(algorithm, symbol, self.lookback, self.resolution)
                for bar in bars:
                    entry.rate.update(bar.end_time, bar.decimal_value)

    def _cancel(self, algorithm: QCAlgorithm, symbol: Symbol) -> None:
        known, insights = self._emitted.try_get_value(symbol)
        if known and insights is not None:
            algorithm.insights.cancel(insights)
            self._emitted.clear([symbol])


class _Returns:
    def __init__(self, algorithm: QCAlgorithm, symbol: Symbol, lookback: int, resolution: Resolution) -> None:
        self.rate = RateOfChange(f"{symbol}.roc({lookback})", lookback)
        self.consolidator: Any = algorithm.resolve_consolidator(symbol, resolution)
        self._seen = 0
        algorithm.register_indicator(symbol, self.rate, self.consolidator)

    def has_news(self) -> bool:
        """The rate changed since the last call and is ready."""
        if self._seen == self.rate.samples:
            return False
        self._seen = self.rate.samples
        return self.rate.is_ready
