"""Reads one subscription day by day, remembering the last bar as the seed of fill-forward."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from pylean.feed.bars import QuoteBar, TradeBar
from pylean.feed.fill_forward import Emission, emit_filled, emit_stored
from pylean.feed.series import QuoteSeries, Series, TradeSeries
from pylean.feed.subscription import TickType
from pylean.numbers import ONE
from pylean.storage import QuoteColumns, Resolution, TradeColumns

if TYPE_CHECKING:
    from decimal import Decimal

    from pylean.feed.market_data import MarketData
    from pylean.feed.subscription import SubscriptionDataConfig
    from pylean.storage.market_hours import Session

__all__ = ["SubscriptionReader", "day_start_ms"]

_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()


def day_start_ms(day: date) -> int:
    """Local midnight of a day in milliseconds since 1970."""
    return (day.toordinal() - _EPOCH_ORDINAL) * 86_400_000


class SubscriptionReader:
    """Turns stored bars into the points of a trading day, one day after the other and in order."""

    def __init__(self, config: SubscriptionDataConfig, market: MarketData, first_day: date) -> None:
        self.config = config
        self._market = market
        ticker = config.symbol.value
        self._map = market.map_file(config.symbol)
        self._ticker = ticker.lower()
        self._trade_seed: TradeBar | None = None
        self._quote_seed: QuoteBar | None = None
        self._raw_quote_seed: QuoteBar | None = None
        self._factor: Decimal | None = None

    def read(self, session: Session) -> Series | None:
        """The session's points; ``None`` when there are none (no bar yet, or none stored without fill-forward)."""
        if not self._map.has_data(session.day):
            return None
        ticker = self._map.ticker_on(session.day, self._ticker)
        if self.config.tick_type is TickType.QUOTE:
            return self._quotes(session, ticker)
        return self._trades(session, ticker)

    def _trades(self, session: Session, ticker: str) -> TradeSeries | None:
        config = self.config
        columns = self._market.trades(ticker, config.resolution, session.day)
        if columns is None:
            if self._trade_seed is None or not config.fill_forward:
                return None
            columns = _NO_TRADES
        elif config.resolution is Resolution.DAILY:
            columns = replace(columns, time_ms=columns.time_ms + session.open * 1000)
        emission = self._emission(session, columns.time_ms, self._trade_seed is not None)
        factor, early_factor, last_factor = self._factors(session, emission)
        seed = self._trade_seed
        if factor != early_factor and _begins_before_session(emission):
            seed = TradeSeries(config, columns, emission, None, early_factor).stored_bar(int(emission.rows[0]))
            emission = _seeded(emission)
        series = TradeSeries(config, columns, emission, seed, factor)
        if config.resolution is Resolution.DAILY:
            series.period_ms = (session.close - session.open) * 1000
        if len(columns):
            last = series if last_factor == factor else TradeSeries(config, columns, emission, None, last_factor)
            self._trade_seed = last.stored_bar(len(columns) - 1)
        return series if len(series) else None

    def _quotes(self, session: Session, ticker: str) -> QuoteSeries | None:
        config = self.config
        columns = self._market.quotes(ticker, config.resolution, session.day)
        if columns is None:
            if self._quote_seed is None or not config.fill_forward:
                return None
            columns = _NO_QUOTES
        emission = self._emission(session, columns.time_ms, self._quote_seed is not None)
        factor, early_factor, last_factor = self._factors(session, emission)
        seed, raw = self._quote_seed, self._raw_quote_seed
        if factor != early_factor and _begins_before_session(emission):
            early = QuoteSeries(config, columns, emission, None, early_factor, raw)
            seed = early.stored_bar(int(emission.rows[0]))
            emission = _seeded(emission)
        series = QuoteSeries(config, columns, emission, seed, factor, raw)
        if len(columns):
            last = series if last_factor == factor else QuoteSeries(config, columns, emission, None, last_factor, raw)
            self._quote_seed = last.stored_bar(len(columns) - 1)
            self._raw_quote_seed = QuoteSeries(config, columns, emission, None, ONE, raw).stored_bar(len(columns) - 1)
        return series if len(series) else None

    def _factors(self, session: Session, emission: Emission) -> tuple[Decimal, Decimal, Decimal]:
        """Price factors of the day, of its points before the first real one, and of points that repeat it later.

        As in Lean a factor is in force from the first real point of a day on; repeated points keep the one before.
        """
        factor = self._market.factor(self._map.permtick, session.day, self.config.data_normalization_mode)
        early_factor = factor if self._factor is None else self._factor
        last_factor = self._factor = factor if emission.real.any() else early_factor
        return factor, early_factor, last_factor

    def _emission(
        self, session: Session, start_ms: np.ndarray[tuple[int], np.dtype[np.int64]], seeded: bool
    ) -> Emission:
        config = self.config
        midnight = day_start_ms(session.day)
        first, last = session.span(config.extended_market_hours)
        open_ms, close_ms = midnight + first * 1000, midnight + last * 1000
        if config.resolution is Resolution.DAILY:
            return _emit_daily(start_ms, open_ms, close_ms, seeded=seeded and config.fill_forward)
        if config.fill_forward:
            return emit_filled(start_ms, config.period_ms, open_ms, close_ms, has_seed=seeded)
        return emit_stored(start_ms, config.period_ms, open_ms, close_ms)


def _begins_before_session(emission: Emission) -> bool:
    """The first points repeat a stored bar of this day that lies before the session."""
    return len(emission.rows) > 0 and bool(emission.rows[0] >= 0) and not emission.real[0]


def _seeded(emission: Emission) -> Emission:
    """The same points with the seed in place of the stored bar before the session."""
    return replace(emission, rows=np.where(emission.rows == emission.rows[0], -1, emission.rows))


def _emit_daily(
    start_ms: np.ndarray[tuple[int], np.dtype[np.int64]], open_ms: int, close_ms: int, *, seeded: bool
) -> Emission:
    """The day's bar at the close (precise end times), or the bar before in its place."""
    if not len(start_ms) and not seeded:
        return Emission(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.bool_))
    row = len(start_ms) - 1
    return Emission(np.array([close_ms]), np.array([row]), np.array([row >= 0]))


_EMPTY = np.empty(0, np.int64)
_NO_SIDE = np.empty(0, np.bool_)
_NO_TRADES = TradeColumns(_EMPTY, _EMPTY, _EMPTY, _EMPTY, _EMPTY, _EMPTY)
_NO_QUOTES = QuoteColumns(
    *(_EMPTY, _EMPTY, _EMPTY, _EMPTY, _EMPTY, _EMPTY, _EMPTY, _EMPTY, _EMPTY, _EMPTY, _EMPTY), _NO_SIDE, _NO_SIDE
)
