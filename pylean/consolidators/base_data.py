"""Bars made of any data, from their values alone."""

from __future__ import annotations

from pylean.clock import from_ms
from pylean.consolidators.base import span_ms
from pylean.consolidators.period_bars import PeriodConsolidator
from pylean.consolidators.trade_bars import set_length
from pylean.feed.bars import TradeBar
from pylean.feed.base_data import BaseData

__all__ = ["BaseDataConsolidator"]

_MINUTE_MS = 60_000


class BaseDataConsolidator(PeriodConsolidator):
    """Trade bars without volume from the ``value`` of what comes; see ``PeriodConsolidator``.

    As in Lean a bar that is emitted because time passed, not because data came, says that it is a minute long.
    """

    input_type = BaseData

    def _begun_at(self, start_ms: int, end_ms: int) -> int:
        return self._start_of(start_ms)

    def _bar_length_ms(self, input_ms: int) -> int:
        return _MINUTE_MS

    def _begin(self, data: BaseData, start_ms: int, length_ms: int) -> TradeBar:
        value = data.decimal_value
        bar = TradeBar(from_ms(start_ms), data.symbol, value, value, value, value, 0)
        set_length(bar, length_ms)
        return bar

    def _absorb(self, working: TradeBar, data: BaseData) -> None:
        value = data.decimal_value
        start_ms, _ = span_ms(data)
        working.absorb(TradeBar(from_ms(start_ms), data.symbol, value, value, value, value, 0))

    def _set_length(self) -> None:
        set_length(self._working, self._length_ms)
