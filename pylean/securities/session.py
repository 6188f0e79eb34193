"""The market day of a security as it builds up, and the days before."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from pylean.clock import to_ms
from pylean.feed.bars import PriceScale, TradeBar
from pylean.feed.reader import day_start_ms
from pylean.indicators.rolling_window import RollingWindow
from pylean.naming import PascalNames, assignable

if TYPE_CHECKING:
    from pylean.clock import AlgorithmClock
    from pylean.feed.series import TradeSeries
    from pylean.securities.cache import SecurityCache
    from pylean.securities.exchange import SecurityExchange
    from pylean.securities.symbol import Symbol

__all__ = ["Session", "SessionBar"]

_DAY_MS = 86_400_000
#: Start of a day that nobody knows yet.
_NEVER_MS = to_ms(datetime.max) // _DAY_MS * _DAY_MS - _DAY_MS


class SessionBar(TradeBar):
    """Open, high, low, close and volume of regular hours of one day; all 0 before the day's first bar."""

    __slots__ = ("_is_begun", "_latest_end_ms", "open_interest")

    def __init__(self, symbol: Symbol, midnight_ms: int) -> None:
        self.symbol = symbol
        self.scale = PriceScale(0)
        self.open_scaled = self.high_scaled = self.low_scaled = self.close_scaled = 0
        self.volume = 0.0
        self.open_interest = 0.0
        self.is_fill_forward = False
        self.period_ms = _DAY_MS
        self.end_ms = midnight_ms + _DAY_MS
        self._is_begun = False
        self._latest_end_ms = 0

    @property
    def midnight_ms(self) -> int:
        return self.end_ms - _DAY_MS

    def begin_on(self, midnight_ms: int) -> None:
        """The day is known now."""
        self.end_ms = midnight_ms + _DAY_MS

    def take(self, bar: TradeBar) -> None:
        """Add a bar that follows all others; one that overlaps them is left out."""
        start_ms = bar.end_ms - bar.period_ms
        if start_ms < self._latest_end_ms:
            return
        self._latest_end_ms = bar.end_ms
        self.volume += bar.volume
        if self._is_begun:
            self.absorb(bar)
            return
        self._is_begun = True
        self.scale = bar.scale
        self.open_scaled, self.close_scaled = bar.open_scaled, bar.close_scaled
        self.high_scaled, self.low_scaled = bar.high_scaled, bar.low_scaled


@assignable("size")
class Session(PascalNames):
    """Kept once ``size`` is above 0: ``session.open`` and so on are today's, ``session[1]`` is the day before.

    Trade bars are taken from the security's cache when someone looks, and before the cache turns to other data.
    """

    def __init__(self, symbol: Symbol, exchange: SecurityExchange, clock: AlgorithmClock, cache: SecurityCache) -> None:
        self.symbol = symbol
        self._exchange = exchange
        self._clock = clock
        self._cache = cache
        self._days: RollingWindow[SessionBar] = RollingWindow(0)
        self._is_known = False
        self._series: TradeSeries | None = None
        self._seen = -1
        self._latest_ms = 0

    @property
    def size(self) -> int:
        """How many days are kept, today among them; 0 for none."""
        return self._days.size

    @size.setter
    def size(self, size: int) -> None:
        was_kept = self._days.size > 0
        self._days.size = size
        if size > 0 and not was_kept:
            self._series = self._cache.trades
            self._seen = -1 if self._series is None else self._series.cursor.index
            self._days.add(SessionBar(self.symbol, _NEVER_MS))

    @property
    def open(self) -> float:
        return self._today.open

    @property
    def high(self) -> float:
        return self._today.high

    @property
    def low(self) -> float:
        return self._today.low

    @property
    def close(self) -> float:
        return self._today.close

    @property
    def volume(self) -> float:
        return self._today.volume

    @property
    def open_interest(self) -> float:
        return self._today.open_interest

    @property
    def end_time(self) -> datetime:
        return self._today.end_time

    @property
    def samples(self) -> int:
        return self._current().samples

    @property
    def count(self) -> int:
        return len(self._current())

    @property
    def is_ready(self) -> bool:
        return self._current().is_ready

    def __getitem__(self, index: int) -> SessionBar:
        return self._current()[index]

    def __iter__(self) -> Iterator[SessionBar]:
        return iter(self._current())

    def __len__(self) -> int:
        return len(self._current())

    def reset(self) -> None:
        """Forget all days; only what comes from now on counts."""
        self._series, self._seen = None, -1
        self._latest_ms = self._clock.local_ms
        if self._days.size > 0:
            self._days.reset()
            self._is_known = False
            self._days.add(SessionBar(self.symbol, _NEVER_MS))

    def catch_up(self) -> None:
        """Take what the cache has been shown since the last look."""
        if not self._days.size:
            return
        series = self._cache.trades
        if series is None:
            return
        if series is not self._series:
            # It may begin with points that another series has shown already.
            self._series = series
            self._seen = int(series.end_ms.searchsorted(self._latest_ms, side="right")) - 1
        for index in range(self._seen + 1, series.cursor.index + 1):
            self._take(series.bar(index))
            self._seen = index
            self._latest_ms = series.end_ms.item(index)

    @property
    def _today(self) -> SessionBar:
        return self._current()[0] if self._days.size else SessionBar(self.symbol, _NEVER_MS)

    def _current(self) -> RollingWindow[SessionBar]:
        self.catch_up()
        if self._days.size and self._is_known and self._clock.local_ms >= self._days[0].end_ms:
            self._turn()
        return self._days

    def _take(self, bar: TradeBar) -> None:
        start_ms = bar.end_ms - bar.period_ms
        midnight_ms = start_ms - start_ms % _DAY_MS
        if self._is_known and start_ms >= self._days[0].end_ms:
            self._turn()
        today = self._days[0]
        if not self._is_known:
            self._is_known = True
            if today.midnight_ms == _NEVER_MS or midnight_ms > today.midnight_ms:
                today.begin_on(midnight_ms)
        if self._exchange.overlaps_open_hours(start_ms, bar.end_ms):
            today.take(bar)

    def _turn(self) -> None:
        """The day is over; the next trading day begins empty."""
        following = self._exchange.hours.next_trading_day(self._days[0].time.date())
        self._is_known = False
        self._days.add(SessionBar(self.symbol, day_start_ms(following)))
