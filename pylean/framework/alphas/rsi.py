"""Insights when Wilder's relative strength index leaves its middle."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any

from pylean.feed.bars import TradeBar
from pylean.framework.alphas.base import AlphaModel, resolution_word
from pylean.framework.insight import Insight
from pylean.framework.insight_enums import InsightDirection
from pylean.indicators import MovingAverageType, RelativeStrengthIndex
from pylean.storage import Resolution

if TYPE_CHECKING:
    from pylean.algorithm import QCAlgorithm, SecurityChanges
    from pylean.feed.slice import Slice
    from pylean.securities.symbol import Symbol

__all__ = ["RsiAlphaModel"]

_HIGH, _LOW = 70, 30
#: How far the index must come back before a limit can be tripped again.
_BOUNCE = 5


class _State(Enum):
    TRIPPED_LOW = InsightDirection.UP
    MIDDLE = InsightDirection.FLAT
    TRIPPED_HIGH = InsightDirection.DOWN


class RsiAlphaModel(AlphaModel):
    """Up when the index falls below 30, down when it rises above 70; for ``period`` bars."""

    def __init__(self, period: int = 14, resolution: Resolution = Resolution.DAILY) -> None:
        self.period = period
        self.resolution = Resolution(resolution)
        self._by_symbol: dict[Symbol, _Rsi] = {}
        self.name = f"RsiAlphaModel({period},{resolution_word(resolution)})"

    def update(self, algorithm: QCAlgorithm, data: Slice) -> list[Insight]:
        insights = []
        for symbol, entry in self._by_symbol.items():
            state = _next_state(entry.rsi, entry.state)
            if state is not entry.state and entry.rsi.is_ready and state is not _State.MIDDLE:
                insights.append(Insight.price(symbol, self.resolution.period * self.period, state.value))
            entry.state = state
        return insights

    def on_securities_changed(self, algorithm: QCAlgorithm, changes: SecurityChanges) -> None:
        for removed in changes.removed_securities:
            entry = self._by_symbol.pop(removed.symbol, None)
            if entry is not None:
                algorithm.subscription_manager.remove_consolidator(removed.symbol, entry.consolidator)
        symbols = [added.symbol for added in changes.added_securities if added.symbol not in self._by_symbol]
        for symbol in symbols:
            self._by_symbol[symbol] = _Rsi(algorithm, symbol, self.period, self.resolution)
        for symbol in symbols:
            for bar in algorithm.history[TradeBar](symbol, self.period, self.resolution):
                self._by_symbol[symbol].consolidator.update(bar)


class _Rsi:
    def __init__(self, algorithm: QCAlgorithm, symbol: Symbol, period: int, resolution: Resolution) -> None:
        self.state = _State.MIDDLE
        self.rsi = RelativeStrengthIndex(period, MovingAverageType.WILDERS)
        self.consolidator: Any = algorithm.resolve_consolidator(symbol, resolution)
        algorithm.register_indicator(symbol, self.rsi, self.consolidator)


def _next_state(rsi: RelativeStrengthIndex, previous: _State) -> _State:
    """Past a limit it is tripped; then it stays so until the index came back by some points."""
    if rsi > _HIGH:
        return _State.TRIPPED_HIGH
    if rsi < _LOW:
        return _State.TRIPPED_LOW
    came_back = (previous is _State.TRIPPED_LOW and rsi > _LOW + _BOUNCE) or (
        previous is _State.TRIPPED_HIGH and rsi < _HIGH - _BOUNCE
    )
    return _State.MIDDLE if came_back else previous
