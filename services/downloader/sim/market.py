"""The simulated market: bars of any symbol and day, each a function of seed, symbol and day alone."""

from __future__ import annotations

import bisect
import threading
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

import numpy as np

from services.downloader.exchange import midnight_ms, new_york_day, new_york_sessions

from .bars import PRICES, Bars, Int64s, aggregated
from .daily import DailyTable, daily_table, generator
from .profiles import NAMED, Profile, profile_of
from .seconds import second_bars

STEP_MS: Final = {"second": 1_000, "minute": 60_000, "hour": 3_600_000, "day": 86_400_000}
_DAYS_KEPT: Final = 48  # about 60 MB of second bars
_LATE_PRINT_EVERY: Final = 97


def day_of_ms(time_ms: int) -> date:
    """The New York day that a Unix time in ms falls on."""
    return new_york_day(datetime.fromtimestamp(time_ms / 1000, UTC))


@dataclass(frozen=True, slots=True)
class BarSpec:
    """What bars are asked for: ``multiplier`` × ``timespan`` long, in terms of today's shares if ``adjusted``."""

    symbol: str
    multiplier: int
    timespan: str
    adjusted: bool


class Market:
    """Safe to use from several threads."""

    def __init__(self, seed: int, profiles: dict[str, Profile] | None = None) -> None:
        self._seed = seed
        self._profiles = {**NAMED, **(profiles or {})}
        self._tables: dict[str, DailyTable] = {}
        self._seconds: OrderedDict[tuple[str, date], Bars] = OrderedDict()
        self._lock = threading.Lock()

    def profile(self, symbol: str) -> Profile | None:
        """The security behind a ticker; from then on the market lists it. None if the vendor does not know it."""
        known = self._profiles.get(symbol)
        if known is None and (made_up := profile_of(symbol)) is not None:
            known = self._profiles.setdefault(symbol, made_up)
        return known

    def listed(self, day: date) -> list[Profile]:
        """Securities that are listed on ``day``: the named ones and those asked for so far, by symbol."""
        return sorted((profile for profile in self._profiles.values() if profile.lists(day)), key=lambda p: p.symbol)

    def sessions(self, first: date, last: date) -> tuple[date, ...]:
        """Session days from ``first`` to ``last``, both inclusive."""
        days = new_york_sessions().days
        return days[bisect.bisect_left(days, first) : bisect.bisect_right(days, last)]

    def bars(self, spec: BarSpec, day: date, now_ms: int, *, settled: bool = True) -> Bars:
        """Bars of one session, up to now; before ``settled``, late prints are still missing."""
        profile = self.profile(spec.symbol)
        if profile is None or not self.sessions(day, day):
            return _NO_BARS
        whole = spec.timespan == "day" and settled and midnight_ms(day + timedelta(days=1)) <= now_ms
        bars = self._day_bar(profile, day) if whole else self._intraday(profile, spec, day, now_ms, settled)
        split = profile.split
        if spec.adjusted and split is not None and day < split.day:
            bars = bars.adjusted(split.split_to // split.split_from)
        return bars

    def base_bars(self, spec: BarSpec, days: Iterator[date], now_ms: int, *, settled: bool = True) -> Iterator[Bars]:
        """Day by day, the bars that the vendor reads to answer for ``spec``: minutes for hours, the same otherwise."""
        base = "minute" if spec.timespan == "hour" else spec.timespan
        for day in days:
            yield self.bars(BarSpec(spec.symbol, 1, base, spec.adjusted), day, now_ms, settled=settled)

    def _day_bar(self, profile: Profile, day: date) -> Bars:
        table = self._table(profile)
        row = bisect.bisect_left(new_york_sessions().days, day)
        if not table.volume[row]:
            return _NO_BARS
        columns = {name: getattr(table, name)[row : row + 1] for name in (*PRICES, "volume", "trades")}
        return Bars(
            time_ms=np.array([midnight_ms(day)]),
            **columns,
            price_decimals=profile.price_decimals,
            volume_decimals=profile.volume_decimals,
        )

    def _intraday(self, profile: Profile, spec: BarSpec, day: date, now_ms: int, settled: bool) -> Bars:
        seconds = self._second_bars(profile, day)
        seconds = seconds.select(slice(int(np.searchsorted(seconds.time_ms, now_ms - STEP_MS["second"], "right"))))
        if not settled:
            late = np.arange(len(seconds)) % _LATE_PRINT_EVERY == _LATE_PRINT_EVERY - 1
            seconds = seconds.select(~late)
        start = midnight_ms(day)
        if spec.timespan == "second":
            return seconds
        if spec.timespan != "day":
            return aggregated(seconds, bucket_starts(seconds.time_ms, STEP_MS[spec.timespan], start))
        close_ms = start + int(self._table(profile).close_s[bisect.bisect_left(new_york_sessions().days, day)]) * 1000
        regular = (seconds.time_ms >= start + 34_200_000) & (seconds.time_ms < close_ms)
        return aggregated(seconds.select(regular), np.full(int(regular.sum()), start))

    def _table(self, profile: Profile) -> DailyTable:
        table = self._tables.get(profile.symbol)
        if table is None:
            table = daily_table(profile, self._seed, new_york_sessions())
            self._tables[profile.symbol] = table
        return table

    def _second_bars(self, profile: Profile, day: date) -> Bars:
        key = (profile.symbol, day)
        with self._lock:
            kept = self._seconds.get(key)
            if kept is not None:
                self._seconds.move_to_end(key)
                return kept
        index = bisect.bisect_left(new_york_sessions().days, day)
        random = generator(self._seed, profile.symbol, day.isoformat())
        bars = second_bars(profile, self._table(profile), index, midnight_ms(day), random)
        with self._lock:
            self._seconds[key] = bars
            while len(self._seconds) > _DAYS_KEPT:
                self._seconds.popitem(last=False)
        return bars


def bucket_starts(time_ms: Int64s, step_ms: int, origin_ms: int) -> Int64s:
    """The start of the bucket of ``step_ms``, counted from ``origin_ms``, that each time falls into."""
    return origin_ms + (time_ms - origin_ms) // step_ms * step_ms


_NONE: Final = np.empty(0, np.int64)
_NO_BARS: Final = Bars(_NONE, _NONE, _NONE, _NONE, _NONE, _NONE, _NONE)
