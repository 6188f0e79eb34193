"""Trade bars of a time span, aligned to the clock, and of a market day."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from pylean.consolidators.base import ColumnPlan, DataConsolidator, period_ms
from pylean.feed.bars import TradeBar

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pylean.feed.series import TradeSeries
    from pylean.storage.market_hours import Session

__all__ = ["MarketHourAwareConsolidator", "TradeBarConsolidator"]

_DAY_MS = 86_400_000


#: From the first day of .NET's calendar, where rounding starts, to 1970: it shows with periods like seven minutes.
_ROUNDING_ORIGIN_MS = 62_135_596_800_000
_HOUR_MS = 3_600_000


class TradeBarConsolidator(DataConsolidator):
    """Bars of a period or of a number of bars.

    A period's bars start at multiples of the period since 0001-01-01 (since local midnight, where the period divides a
    day), periods above a day at the first bar. A bar is emitted when time reaches its end, after the data of that
    moment were added and before ``on_data``.
    """

    def __init__(self, period: timedelta | int) -> None:
        super().__init__()
        self._count = period if isinstance(period, int) else None
        self._period_ms = period_ms(period) if isinstance(period, timedelta) else 0
        self._working: TradeBar | None = None
        self._seen = 0
        self._last_emit_ms = 0

    @property
    def working_bar(self) -> TradeBar | None:
        return self._working

    @property
    def working_end_ms(self) -> int | None:
        return None if self._working is None else self._working.end_ms

    def plan(self, series: TradeSeries, session: Session) -> ColumnPlan | None:
        if self._count == 1:
            return ColumnPlan(series.end_ms, series.bar)
        if self._count is not None or self._working is not None or not len(series):
            return None
        regular = not series.config.extended_market_hours and series.config.fill_forward
        aligned = self._period_ms % series.period_ms == 0 and self._period_ms < _DAY_MS
        midnight = int(series.end_ms[0] - 1) // _DAY_MS * _DAY_MS
        open_ms, close_ms = midnight + session.open * 1000, midnight + session.close * 1000
        if not (regular and aligned and open_ms % series.period_ms == 0 and self._round_down(close_ms) == close_ms):
            return None
        starts = series.end_ms - series.period_ms
        return column_plan(series, starts - (starts + _ROUNDING_ORIGIN_MS) % self._period_ms, self._period_ms)

    def update(self, data: TradeBar) -> None:
        start_ms = data.end_ms - data.period_ms
        if self._count is not None:
            self._add(data, start_ms)
            self._seen += 1
            if self._seen == self._count:
                self._emit()
            return
        if data.period_ms > self._period_ms:
            raise ValueError(
                f"bars of {data.symbol} are {data.period} long: they cannot be consolidated to "
                f"{timedelta(milliseconds=self._period_ms)}"
            )
        rounded_ms = self._rounded_start(data)
        working = self._working
        if working is not None and start_ms - _start_ms(working) >= self._period_ms and rounded_ms > self._last_emit_ms:
            self._emit()
        if start_ms >= self._last_emit_ms:
            self._add(data, rounded_ms)

    def scan(self, local_ms: int) -> None:
        working = self._working
        if self._count is not None or working is None:
            return
        if local_ms - _start_ms(working) >= self._period_ms and self._round_down(local_ms) > self._last_emit_ms:
            self._emit()

    def _round_down(self, local_ms: int) -> int:
        return local_ms if self._period_ms > _DAY_MS else local_ms - (local_ms + _ROUNDING_ORIGIN_MS) % self._period_ms

    def _rounded_start(self, data: TradeBar) -> int:
        """Where a bar that begins with this input starts: at the input itself if that would end beyond the bar."""
        start_ms = data.end_ms - data.period_ms
        rounded_ms = self._round_down(start_ms)
        if rounded_ms + self._period_ms >= data.end_ms:
            return rounded_ms
        if data.period_ms == _HOUR_MS and rounded_ms // _DAY_MS < start_ms // _DAY_MS:
            return self._round_down(data.end_ms)
        return start_ms

    def _add(self, data: TradeBar, start_ms: int) -> None:
        working = self._working
        if working is None:
            end_ms = data.end_ms if self._count is not None else start_ms + self._period_ms
            self._working = _begun_with(data, start_ms, end_ms)
            return
        _absorb(working, data)
        if self._count is not None:
            working.period_ms = data.end_ms - _start_ms(working)
            working.end_ms = data.end_ms

    def _emit(self) -> None:
        bar = self._working
        if bar is None:
            return
        self._working = None
        self._seen = 0
        self._last_emit_ms = bar.end_ms
        self.deliver(bar)


class MarketHourAwareConsolidator(DataConsolidator):
    """One bar per market day, from the open to the close, emitted at the close."""

    def __init__(self) -> None:
        super().__init__()
        self._working: TradeBar | None = None

    @property
    def working_end_ms(self) -> int | None:
        return None if self._working is None else self._working.end_ms

    def plan(self, series: TradeSeries, session: Session) -> ColumnPlan | None:
        if self._working is not None or series.config.extended_market_hours or not len(series):
            return None
        if not series.config.fill_forward:
            return None
        midnight = int(series.end_ms[0] - 1) // _DAY_MS * _DAY_MS
        open_ms, close_ms = midnight + session.open * 1000, midnight + session.close * 1000
        return column_plan(series, np.full(len(series), open_ms), close_ms - open_ms)

    def update(self, data: TradeBar) -> None:
        exchange = self.exchange
        if exchange is None or not exchange.overlaps_open_hours(data.end_ms - data.period_ms, data.end_ms):
            return
        midnight = (data.end_ms - data.period_ms) // _DAY_MS * _DAY_MS
        session = exchange.hours.session(data.time.date())
        if session is None:
            return
        open_ms, close_ms = midnight + session.open * 1000, midnight + session.close * 1000
        working = self._working
        if working is not None and working.end_ms != close_ms:
            self._emit()
            working = None
        if working is None:
            self._working = _begun_with(data, open_ms, close_ms)
        else:
            _absorb(working, data)

    def scan(self, local_ms: int) -> None:
        if self._working is not None and local_ms >= self._working.end_ms:
            self._emit()

    def _emit(self) -> None:
        bar = self._working
        if bar is not None:
            self._working = None
            self.deliver(bar)


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

    return ColumnPlan(due_ms, bar)


def _begun_with(data: TradeBar, start_ms: int, end_ms: int) -> TradeBar:
    """A working bar that has seen one input."""
    prices = (data.open_scaled, data.high_scaled, data.low_scaled, data.close_scaled)
    return TradeBar.of_integers(data.symbol, data.scale, *prices, data.volume, end_ms, end_ms - start_ms)


def _absorb(working: TradeBar, data: TradeBar) -> None:
    """Add an input to a working bar."""
    _match_scales(working, data)
    working.high_scaled = max(working.high_scaled, data.high_scaled)
    working.low_scaled = min(working.low_scaled, data.low_scaled)
    working.close_scaled = data.close_scaled
    working.volume += data.volume


def _start_ms(bar: TradeBar) -> int:
    return bar.end_ms - bar.period_ms


def _match_scales(working: TradeBar, data: TradeBar) -> None:
    """Bring both bars to one scale; they differ only where a price factor changes within a consolidated bar."""
    digits = working.scale.digits - data.scale.digits
    if digits == 0:
        return
    coarse, fine = (data, working) if digits > 0 else (working, data)
    for name in ("open_scaled", "high_scaled", "low_scaled", "close_scaled"):
        setattr(coarse, name, getattr(coarse, name) * 10 ** abs(digits))
    coarse.scale = fine.scale
