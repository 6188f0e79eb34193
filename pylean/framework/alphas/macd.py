"""Insights from the signal line of the moving average convergence/divergence."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pylean.framework.alphas.base import AlphaModel, resolution_word
from pylean.framework.insight import Insight
from pylean.framework.insight_enums import InsightDirection
from pylean.framework.insights import InsightCollection
from pylean.indicators import MovingAverageConvergenceDivergence, MovingAverageType
from pylean.storage import Resolution

if TYPE_CHECKING:
    from pylean.algorithm import QCAlgorithm, SecurityChanges
    from pylean.feed.slice import Slice
    from pylean.securities.security import Security
    from pylean.securities.symbol import Symbol

__all__ = ["MacdAlphaModel"]

_BOUNCE_THRESHOLD = Decimal("0.01")


class MacdAlphaModel(AlphaModel):
    """Up or down while the signal is more than 1 % of the price; in between the symbol's insights are cancelled."""

    #: Whether a security that is added again starts anew.
    _replaces_known = False

    def __init__(
        self,
        fast_period: int = 12,
        slow_period: int = 26,
        signal_period: int = 9,
        moving_average_type: MovingAverageType = MovingAverageType.EXPONENTIAL,
        resolution: Resolution = Resolution.DAILY,
    ) -> None:
        self.fast_period = fast_period
        self.slow_period = slow_period
        self.signal_period = signal_period
        self.moving_average_type = MovingAverageType(moving_average_type)
        self.resolution = Resolution(resolution)
        self._by_symbol: dict[Symbol, _Macd] = {}
        self._emitted = InsightCollection()
        words = str(self.moving_average_type), resolution_word(resolution)
        self.name = f"MacdAlphaModel({fast_period},{slow_period},{signal_period},{','.join(words)})"

    def update(self, algorithm: QCAlgorithm, data: Slice) -> Iterator[Insight]:
        for symbol, entry in self._by_symbol.items():
            price = entry.security.cache.price
            if price == 0:
                continue
            direction = _direction(entry.macd.signal.current.decimal_value / price)
            if direction is entry.previous_direction:
                continue
            entry.previous_direction = direction
            if direction is InsightDirection.FLAT:
                self._cancel(algorithm, symbol)
                continue
            insight = Insight.price(symbol, self.resolution.period * self.fast_period, direction)
            self._emitted.add(insight)
            yield insight

    def on_securities_changed(self, algorithm: QCAlgorithm, changes: SecurityChanges) -> None:
        for added in changes.added_securities:
            if self._replaces_known or added.symbol not in self._by_symbol:
                self._by_symbol[added.symbol] = _Macd(algorithm, added, self)
        for removed in changes.removed_securities:
            entry = self._by_symbol.pop(removed.symbol, None)
            if entry is not None:
                algorithm.subscription_manager.remove_consolidator(removed.symbol, entry.consolidator)
            self._cancel(algorithm, removed.symbol)

    def _cancel(self, algorithm: QCAlgorithm, symbol: Symbol) -> None:
        known, insights = self._emitted.try_get_value(symbol)
        if known and insights is not None:
            algorithm.insights.cancel(insights)
            self._emitted.clear([symbol])


class _Macd:
    def __init__(self, algorithm: QCAlgorithm, security: Security, model: MacdAlphaModel) -> None:
        symbol = security.symbol
        self.security = security
        self.previous_direction: InsightDirection | None = None
        self.macd = MovingAverageConvergenceDivergence(
            model.fast_period, model.slow_period, model.signal_period, model.moving_average_type
        )
        self.consolidator: Any = algorithm.resolve_consolidator(symbol, model.resolution)
        algorithm.register_indicator(symbol, self.macd, self.consolidator)
        algorithm.warm_up_indicator(symbol, self.macd, model.resolution)


def _direction(normalized_signal: Decimal) -> InsightDirection:
    if normalized_signal > _BOUNCE_THRESHOLD:
        return InsightDirection.UP
    return InsightDirection.DOWN if normalized_signal < -_BOUNCE_THRESHOLD else InsightDirection.FLAT
