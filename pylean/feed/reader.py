"""Reads one subscription session by session, remembering the last bar as the seed of fill-forward."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import replace
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np

from pylean.feed.adjustment import NO_ADJUSTMENT, AdjustedRows, Adjustment
from pylean.feed.fill_forward import Emission, emit_filled, emit_stored
from pylean.feed.series import QuoteSeries, Series, TradeSeries
from pylean.feed.subscription import DataNormalizationMode, TickType
from pylean.numbers import ZERO
from pylean.storage import QuoteColumns, Resolution, TradeColumns

if TYPE_CHECKING:
    from decimal import Decimal

    from numpy.typing import NDArray

    from pylean.feed.bars import QuoteBar, TradeBar
    from pylean.feed.base_data import BaseData
    from pylean.feed.market_data import MarketData
    from pylean.feed.subscription import SubscriptionDataConfig
    from pylean.storage.market_hours import Session

__all__ = ["SubscriptionReader", "day_start_ms"]

_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
_DAY_MS = 86_400_000


def day_start_ms(day: date) -> int:
    """Local midnight of a day in milliseconds since 1970."""
    return (day.toordinal() - _EPOCH_ORDINAL) * _DAY_MS


class SubscriptionReader:
    """Turns stored bars into points, in order: one session at a time, or for hours and days several at once.

    Bars that end before ``begin_ms`` (local) are not there for the subscription, not even to be repeated.
    """

    def __init__(self, config: SubscriptionDataConfig, market: MarketData, begin_ms: int = 0) -> None:
        self.config = config
        self.begin_ms = begin_ms
        self._market = market
        self.map_file = market.map_file(config.symbol)
        self._ticker = config.symbol.value.lower()
        self._trade_seed: TradeBar | None = None
        self._seed_before: TradeBar | None = None
        self._latest: TradeSeries | None = None
        self._quote_seed: QuoteBar | None = None
        self._raw_quote_seed: QuoteBar | None = None
        self._adjustment: Adjustment | None = None
        factor_days = [row.day.toordinal() for row in market.factor_file(self.map_file.permtick).rows]
        self._factor_days = np.array(factor_days, np.int64)
        #: Dividends a share so far, which total-return prices contain; by the day they were paid.
        self.dividends: list[tuple[date, Decimal]] = []
        #: Drops points, repeated ones too, for which it is false.
        self.point_filter: Callable[[BaseData], bool] | None = None

    def copy(self) -> SubscriptionReader:
        """A reader that goes on from here on its own."""
        other = copy(self)
        other.dividends = list(self.dividends)
        return other

    def close_before(self, local_ms: int) -> Decimal:
        """Close of the last trade bar that ended before a moment of the sessions read last; 0 without one."""
        series = self._latest
        point = -1 if series is None else int(np.searchsorted(series.end_ms, local_ms)) - 1
        if series is not None and point >= 0:
            return series.bar(point).decimal("close")
        return ZERO if self._seed_before is None else self._seed_before.decimal("close")

    def read(self, sessions: Sequence[Session], step_ms: int) -> Series | None:
        """The sessions' points; ``None`` when there are none (no bar yet, or none stored without fill-forward).

        ``step_ms`` is the distance of repeated bars: the finest resolution the algorithm is subscribed to.
        """
        listed = [session for session in sessions if self.map_file.has_data(session.day)]
        if not listed:
            return None
        if self.config.tick_type is TickType.QUOTE:
            return self._quotes(listed[0], step_ms)
        return self._trades(listed, step_ms)

    def _trades(self, sessions: list[Session], step_ms: int) -> TradeSeries | None:
        config, seed = self.config, self._trade_seed
        self._seed_before, self._latest = seed, None
        columns = self._stored_trades(sessions)
        if not len(columns) and (seed is None or not config.fill_forward):
            return None
        period_ms, lengths = config.period_ms, None
        ends = columns.time_ms + period_ms
        if config.resolution is Resolution.DAILY:
            lengths = {day_start_ms(one.day) // _DAY_MS: (one.close - one.open) * 1000 for one in sessions}
            period_ms = next(iter(lengths.values()))
            ends = columns.time_ms + np.array([lengths[day] for day in (columns.time_ms // _DAY_MS).tolist()], np.int64)
            if len(set(lengths.values())) == 1:
                lengths = None
        if len(ends) and ends[0] < self.begin_ms:
            late = int(np.searchsorted(ends, self.begin_ms))
            columns, ends = columns.slice(late, len(columns)), ends[late:]
        emission = self._emission(sessions, columns.time_ms, ends, step_ms, has_seed=seed is not None)
        adjusted = self._adjustments(columns.time_ms, emission)
        series = TradeSeries(config, columns, emission, seed, adjusted, period_ms, lengths)
        if self.point_filter is not None:
            series = TradeSeries(config, columns, self._kept(series), seed, adjusted, period_ms, lengths)
        if len(columns):
            self._trade_seed = series.stored_bar(len(columns) - 1)
        self._latest = series
        return series if len(series) else None

    def _stored_trades(self, sessions: list[Session]) -> TradeColumns:
        """Stored bars of the sessions; those of days begin at the open."""
        resolution = self.config.resolution
        parts: list[TradeColumns] = []
        for ticker, group in groupby(sessions, lambda session: self.map_file.ticker_on(session.day, self._ticker)):
            days = [session.day for session in group]
            found = self._market.trades(ticker, resolution, days[0], days[-1])
            if found is not None and len(found):
                parts.append(found)
        if not parts:
            return _NO_TRADES
        columns = parts[0] if len(parts) == 1 else _joined(parts)
        return _at_sessions(columns, sessions) if resolution is Resolution.DAILY else columns

    def _quotes(self, session: Session, step_ms: int) -> QuoteSeries | None:
        config, seed = self.config, self._quote_seed
        ticker = self.map_file.ticker_on(session.day, self._ticker)
        columns = self._market.quotes(ticker, config.resolution, session.day) or _NO_QUOTES
        if not len(columns) and (seed is None or not config.fill_forward):
            return None
        ends = columns.time_ms + config.period_ms
        if len(ends) and ends[0] < self.begin_ms:
            late = int(np.searchsorted(ends, self.begin_ms))
            columns, ends = columns.slice(late, len(columns)), ends[late:]
        emission = self._emission([session], columns.time_ms, ends, step_ms, has_seed=seed is not None)
        adjusted, raw = self._adjustments(columns.time_ms, emission), self._raw_quote_seed
        series = QuoteSeries(config, columns, emission, seed, adjusted, config.period_ms, raw)
        if self.point_filter is not None:
            series = QuoteSeries(config, columns, self._kept(series), seed, adjusted, config.period_ms, raw)
        if len(columns):
            last = len(columns) - 1
            unadjusted = AdjustedRows.uniform(NO_ADJUSTMENT)
            self._quote_seed = series.stored_bar(last)
            self._raw_quote_seed = QuoteSeries(
                config, columns, emission, None, unadjusted, config.period_ms, raw
            ).stored_bar(last)
        return series if len(series) else None

    def _kept(self, series: Series) -> Emission:
        """The points that the filter keeps."""
        keep = self.point_filter or (lambda bar: True)
        places = [index for index in range(len(series)) if keep(series.bar(index))]
        return Emission(series.end_ms[places], series.rows[places], series.real[places])

    def _adjustments(self, start_ms: NDArray[np.int64], emission: Emission) -> AdjustedRows:
        """Adjustments by row. As in Lean one is in force from the first real point of a day on; what is repeated
        before that, stored bars ahead of the session among it, keeps the one before.
        """
        if self.config.data_normalization_mode is DataNormalizationMode.RAW or not self._factor_days.size:
            return AdjustedRows.uniform(NO_ADJUSTMENT)
        real = emission.rows[emission.real]
        days = start_ms[real] // _DAY_MS + _EPOCH_ORDINAL
        before = self._adjustment
        firsts, steps = ([], []) if before is None else ([0], [before])
        if len(real):
            changes = np.flatnonzero(np.diff(np.searchsorted(self._factor_days, days))) + 1
            for change in (0, *changes.tolist()):
                step = self._adjustment_on(date.fromordinal(int(days[change])))
                # What comes before the first real point of all takes that point's adjustment.
                first = int(real[change]) if steps else 0
                if steps and first == firsts[-1]:
                    steps[-1] = step
                elif not steps or step != steps[-1]:
                    firsts.append(first)
                    steps.append(step)
            self._adjustment = steps[-1]
        return AdjustedRows(firsts, steps) if steps else AdjustedRows.uniform(NO_ADJUSTMENT)

    def _adjustment_on(self, day: date) -> Adjustment:
        mode = self.config.data_normalization_mode
        factor = self._market.factor(self.map_file.permtick, day, mode)
        if mode is DataNormalizationMode.TOTAL_RETURN:
            return Adjustment(factor, sum((paid for when, paid in self.dividends if when <= day), ZERO))
        return Adjustment(factor)

    def _emission(
        self,
        sessions: list[Session],
        start_ms: NDArray[np.int64],
        ends: NDArray[np.int64],
        step_ms: int,
        *,
        has_seed: bool,
    ) -> Emission:
        config = self.config
        extended = config.extended_market_hours and config.resolution < Resolution.DAILY
        opens, closes = _edges(sessions, extended)
        inside = np.zeros(len(ends), dtype=np.bool_)
        if len(ends):
            session_of = np.searchsorted(closes, start_ms, side="right")
            within = session_of < len(opens)
            inside[within] = ends[within] > opens[session_of[within]]
        if not config.fill_forward:
            return emit_stored(ends, inside)
        grid = _grid(opens, closes, min(step_ms, config.period_ms), daily=config.resolution is Resolution.DAILY)
        grid = grid[int(np.searchsorted(grid, self.begin_ms)) :]
        return emit_filled(ends, inside, grid, has_seed=has_seed)


def _edges(sessions: list[Session], extended: bool) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Local opening and closing moments."""
    spans = [(day_start_ms(session.day), *session.span(extended)) for session in sessions]
    opens = np.array([midnight + first * 1000 for midnight, first, _ in spans], np.int64)
    return opens, np.array([midnight + last * 1000 for midnight, _, last in spans], np.int64)


def _grid(opens: NDArray[np.int64], closes: NDArray[np.int64], step_ms: int, *, daily: bool) -> NDArray[np.int64]:
    """The moments at which a bar is due: ends of steps, for days the closes."""
    if step_ms >= _DAY_MS:
        return closes
    firsts = opens - opens % step_ms
    parts = [np.arange(first, close, step_ms) + step_ms for first, close in zip(firsts, closes, strict=True)]
    grid = parts[0] if len(parts) == 1 else np.concatenate(parts)
    return np.union1d(grid, closes) if daily else grid


def _at_sessions(columns: TradeColumns, sessions: list[Session]) -> TradeColumns:
    """Daily bars moved from midnight to their sessions; bars of days without one are left out."""
    midnights = np.array([day_start_ms(session.day) for session in sessions], np.int64)
    places = np.searchsorted(midnights, columns.time_ms)
    places[places == len(midnights)] = 0
    kept = np.flatnonzero(midnights[places] == columns.time_ms)
    if len(kept) < len(columns):
        columns = columns.taken(kept)
    opens = np.array([sessions[place].open * 1000 for place in places[kept].tolist()], np.int64)
    return replace(columns, time_ms=columns.time_ms + opens)


def _joined(parts: list[TradeColumns]) -> TradeColumns:
    """Bars of one security under several tickers, all of them in the scales of Lean's files."""
    arrays: dict[str, Any] = {
        name: np.concatenate([getattr(part, name) for part in parts]) for name in TradeColumns.ARRAYS
    }
    return replace(parts[0], **arrays)


_EMPTY = np.empty(0, np.int64)
_NO_SIDE = np.empty(0, np.bool_)
_NO_TRADES = TradeColumns(_EMPTY, _EMPTY, _EMPTY, _EMPTY, _EMPTY, _EMPTY)
_NO_QUOTES = QuoteColumns(
    *(_EMPTY, _EMPTY, _EMPTY, _EMPTY, _EMPTY, _EMPTY, _EMPTY, _EMPTY, _EMPTY, _EMPTY, _EMPTY), _NO_SIDE, _NO_SIDE
)
