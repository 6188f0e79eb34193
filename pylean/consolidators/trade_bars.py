"""Trade bars made of shorter trade bars."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from pylean.consolidators.base import ColumnPlan
from pylean.consolidators.period_bars import PeriodConsolidator
from pylean.consolidators.periods import DAY_MS, SpanPeriod
from pylean.feed.bars import TradeBar
from pylean.feed.series import TradeSeries

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pylean.feed.series import Series
    from pylean.storage.market_hours import Session

__all__ = ["TradeBarConsolidator", "column_plan", "set_length"]


class TradeBarConsolidator(PeriodConsolidator):
    """Trade bars of a period; see ``PeriodConsolidator``. Whole days of aligned bars are planned by column."""

    @property
    def working_bar(self) -> TradeBar | None:
        """The bar in the making."""
        bar: TradeBar | None = self.working_data
        return bar

    def plan(self, series: Series, session: Session | None) -> ColumnPlan | None:
        if not isinstance(series, TradeSeries):
            return None
        if self._count == 1 and self._length_ms is None:
            return ColumnPlan(series.end_ms, series.bar)
        if session is None:
            return None
        period, length_ms = self._period, self._length_ms
        if not isinstance(period, SpanPeriod) or length_ms is None or self._working is not None or not len(series):
            return None
        regular = not series.config.extended_market_hours and series.config.fill_forward
        aligned = length_ms % series.period_ms == 0 and length_ms < DAY_MS
        midnight = int(series.end_ms[0] - 1) // DAY_MS * DAY_MS
        open_ms, close_ms = midnight + session.open * 1000, midnight + session.close * 1000
        if not (regular and aligned and open_ms % series.period_ms == 0 and period.start_of(close_ms) == close_ms):
            return None
        starts = series.end_ms - series.period_ms
        first_ms = period.start_of(int(starts[0]))
        return column_plan(series, first_ms + (starts - first_ms) // length_ms * length_ms, length_ms)

    def _begin(self, data: TradeBar, start_ms: int, length_ms: int) -> TradeBar:
        return _begun_with(data, start_ms, start_ms + length_ms)

    def _absorb(self, working: TradeBar, data: TradeBar) -> None:
        _absorb(working, data)

    def _set_length(self) -> None:
        set_length(self._working, self._length_ms)


def set_length(bar: TradeBar, length_ms: int | None) -> None:
    """Let a bar end one length after its start."""
    if length_ms is not None and length_ms != bar.period_ms:
        bar.end_ms += length_ms - bar.period_ms
        bar.period_ms = length_ms


def column_plan(series: TradeSeries, group_start_ms: NDArray[np.int64], span_ms: int) -> ColumnPlan:
    """Bars over equal neighbours of ``group_start_ms`` (one value per point of the series)."""
    first = np.concatenate(([0], np.flatnonzero(np.diff(group_start_ms)) + 1))
    last = np.concatenate((first[1:], [len(group_start_ms)])) - 1
    starts = group_start_ms[first]
    highs = np.maximum.reduceat(series.column("high"), first).tolist()
    lows = np.minimum.reduceat(series.column("low"), first).tolist()
    volumes = np.add.reduceat(series.volume_column(), first).tolist()
    opens, closes = series.column("open")[first].tolist(), series.column("close")[last].tolist()
    due_ms = starts + span_ms
    ends = due_ms.tolist()
    symbol, scale = series.symbol, series.scale

    def bar(k: int) -> TradeBar:
        return TradeBar.of_integers(symbol, scale, opens[k], highs[k], lows[k], closes[k], volumes[k], ends[k], span_ms)

    return ColumnPlan(due_ms, bar, _working_bars(series, first, starts, due_ms, span_ms))


def _working_bars(
    series: TradeSeries, first: NDArray[np.int64], starts: NDArray[np.int64], due_ms: NDArray[np.int64], span_ms: int
) -> Callable[[int], TradeBar | None]:
    """The bar in the making when the points up to a local time were seen; most algorithms never ask."""

    def working(local_ms: int) -> TradeBar | None:
        last = int(np.searchsorted(series.end_ms, local_ms, side="right")) - 1
        group = int(np.searchsorted(first, last, side="right")) - 1
        if last < 0 or due_ms[group] <= local_ms:
            return None
        begin, start_ms = int(first[group]), int(starts[group])
        bar = _begun_with(series.bar(begin), start_ms, start_ms + span_ms)
        for index in range(begin + 1, last + 1):
            _absorb(bar, series.bar(index))
        return bar

    return working


def _begun_with(data: TradeBar, start_ms: int, end_ms: int) -> TradeBar:
    """A working bar that has seen one input."""
    prices = (data.open_scaled, data.high_scaled, data.low_scaled, data.close_scaled)
    return TradeBar.of_integers(data.symbol, data.scale, *prices, data.volume, end_ms, end_ms - start_ms)


def _absorb(working: TradeBar, data: TradeBar) -> None:
    """Add an input to a working bar."""
    working.absorb(data)
    working.volume += data.volume
