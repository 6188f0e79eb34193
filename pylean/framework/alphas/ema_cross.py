"""Insights when a fast moving average crosses a slow one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pylean.framework.alphas.base import AlphaModel, resolution_word
from pylean.framework.insight import Insight
from pylean.framework.insight_enums import InsightDirection
from pylean.indicators import ExponentialMovingAverage
from pylean.storage import Resolution

if TYPE_CHECKING:
    from pylean.algorithm import QCAlgorithm, SecurityChanges
    from pylean.feed.slice import Slice
    from pylean.securities.security import Security
    from pylean.securities.symbol import Symbol

__all__ = ["EmaCrossAlphaModel"]


class EmaCrossAlphaModel(AlphaModel):
    """Up when the fast average rises over the slow one, down when it falls below; for ``fast_period`` bars."""

    def __init__(self, fast_period: int = 12, slow_period: int = 26, resolution: Resolution = Resolution.DAILY) -> None:
        self.fast_period = fast_period
        self.slow_period = slow_period
        self.resolution = Resolution(resolution)
        self.symbol_data_by_symbol: dict[Symbol, _Averages] = {}
        self.name = f"EmaCrossAlphaModel({fast_period},{slow_period},{resolution_word(resolution)})"

    def update(self, algorithm: QCAlgorithm, data: Slice) -> list[Insight]:
        insights = []
        period = self.resolution.period * self.fast_period
        for symbol, averages in self.symbol_data_by_symbol.items():
            direction = averages.crossing()
            if direction is not None:
                insights.append(Insight.price(symbol, period, direction))
            averages.fast_is_over_slow = averages.fast > averages.slow
        return insights

    def on_securities_changed(self, algorithm: QCAlgorithm, changes: SecurityChanges) -> None:
        for added in changes.added_securities:
            averages = self.symbol_data_by_symbol.get(added.symbol)
            if averages is None:
                self.symbol_data_by_symbol[added.symbol] = _Averages(algorithm, added, self)
            else:
                averages.fast.reset()
                averages.slow.reset()
        for removed in changes.removed_securities:
            averages = self.symbol_data_by_symbol.pop(removed.symbol, None)
            if averages is not None:
                averages.remove_consolidators()


class _Averages:
    """The two averages of a security, warmed up from history."""

    def __init__(self, algorithm: QCAlgorithm, security: Security, model: EmaCrossAlphaModel) -> None:
        symbol = self.symbol = security.symbol
        self._algorithm = algorithm
        self._consolidators = [algorithm.resolve_consolidator(symbol, model.resolution) for _ in range(2)]
        self.fast = ExponentialMovingAverage(str(symbol), model.fast_period)
        self.slow = ExponentialMovingAverage(str(symbol), model.slow_period)
        for average, consolidator in zip((self.fast, self.slow), self._consolidators, strict=True):
            algorithm.register_indicator(symbol, average, consolidator)
        for average in (self.fast, self.slow):
            algorithm.warm_up_indicator(symbol, average, model.resolution)
        self.fast_is_over_slow = False

    @property
    def slow_is_over_fast(self) -> bool:
        return not self.fast_is_over_slow

    def crossing(self) -> InsightDirection | None:
        """The way the fast average crossed since the last slice."""
        if not (self.fast.is_ready and self.slow.is_ready):
            return None
        if self.fast_is_over_slow:
            return InsightDirection.DOWN if self.slow > self.fast else None
        return InsightDirection.UP if self.fast > self.slow else None

    def remove_consolidators(self) -> None:
        for consolidator in self._consolidators:
            self._algorithm.subscription_manager.remove_consolidator(self.symbol, consolidator)
