"""A security's day bars: the frame that each day's seconds fill exactly."""

from __future__ import annotations

import bisect
import hashlib
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from typing import Final

import numpy as np

from services.downloader.exchange import ExchangeSessions

from .bars import Floats, Int64s
from .profiles import Profile

#: The day before whose open a security costs what its profile says.
REFERENCE_DAY: Final = date(2025, 10, 1)
TRADE_SIZE_SHARES: Final = 110
_REVERSION: Final = 0.995
_GAP: Final = 0.004
#: Spread of the logarithm of a day's activity: about one day in five is more than 1.3 times as wide as usual.
_ACTIVITY: Final = 0.45
_REGULAR_OPEN_S: Final = 34_200
_FULL_CLOSE_S: Final = 57_600


def generator(*key: object) -> np.random.Generator:
    """Random numbers that depend on ``key`` alone, on every machine."""
    digest = hashlib.sha256("|".join(str(part) for part in key).encode()).digest()
    return np.random.Generator(np.random.PCG64(int.from_bytes(digest[:16], "big")))


@dataclass(frozen=True, slots=True)
class DailyTable:
    """Regular-session open, high, low, close, whole-day volume and trades for every session; rows by session index.

    Prices and volumes are in the units of :class:`~services.downloader.sim.bars.Bars`, not adjusted for splits.
    ``regular_rows`` and ``extended_rows`` are the number of seconds with a trade; a day with none has no day bar.
    """

    open: Int64s
    high: Int64s
    low: Int64s
    close: Int64s
    volume: Int64s
    trades: Int64s
    regular_rows: Int64s
    extended_rows: Int64s
    close_s: Int64s


def daily_table(profile: Profile, seed: int, sessions: ExchangeSessions) -> DailyTable:
    """Draw the day bars of one security."""
    days = sessions.days
    count = len(days)
    random = generator(seed, profile.symbol, "daily")
    reference = bisect.bisect_left(days, REFERENCE_DAY) - 1
    activity = np.exp(np.clip(random.normal(-0.08, _ACTIVITY, count), -1.0, 1.1))
    moves = random.normal(0, 0.55 * profile.daily_range, count) * activity
    level = np.array(list(accumulate(moves, lambda old, move: _REVERSION * old + move)))
    close = profile.price * np.exp(level - level[reference])
    opened = np.roll(close, 1) * np.exp(random.normal(0, _GAP, count))
    opened[0] = close[0]
    high, low = _extremes(random, profile.daily_range * activity, opened, close)

    scale = _share_ratio(profile, days)
    grid = 1 if profile.price_decimals > 4 else 10 ** (profile.price_decimals - 2)
    unit = 10**profile.price_decimals / grid
    opened, close = np.rint(opened * scale * unit), np.rint(close * scale * unit)
    high = np.maximum(np.rint(high * scale * unit), np.maximum(opened, close) + 1)
    low = np.minimum(np.rint(low * scale * unit), np.minimum(opened, close) - 1)
    prices = np.stack((opened, high, low, close)).astype(np.int64) * grid

    close_s = np.array([_close_s(sessions, day) for day in days], np.int64)
    listed = np.array([profile.lists(day) for day in days])
    regular, extended = _row_counts(profile, close_s, listed)
    rows = regular + extended
    shares = profile.daily_volume * np.exp(random.normal(0, 0.25, count)) * activity / scale
    volume = np.maximum(np.rint(shares * 10.0**profile.volume_decimals), rows * 2).astype(np.int64) * (rows > 0)
    trades = rows + volume // (TRADE_SIZE_SHARES * 10**profile.volume_decimals)
    return DailyTable(
        open=prices[0],
        high=prices[1],
        low=prices[2],
        close=prices[3],
        volume=volume,
        trades=trades,
        regular_rows=regular,
        extended_rows=extended,
        close_s=close_s,
    )


def _extremes(random: np.random.Generator, ranges: Floats, opened: Floats, close: Floats) -> tuple[Floats, Floats]:
    """Highs and lows that make each day about as wide as its range, and never narrower than its move."""
    room = np.maximum(ranges - np.abs(close / opened - 1), ranges * 0.15)
    upper = random.beta(2, 2, len(ranges))
    return np.maximum(opened, close) * (1 + upper * room), np.minimum(opened, close) * (1 - (1 - upper) * room)


def _share_ratio(profile: Profile, days: tuple[date, ...]) -> Floats:
    if profile.split is None:
        return np.ones(len(days))
    ratio = profile.split.split_to / profile.split.split_from
    before = np.array([day < profile.split.day for day in days])
    return np.where(before, ratio, 1.0)


def _close_s(sessions: ExchangeSessions, day: date) -> int:
    early = sessions.early_closes.get(day)
    return _FULL_CLOSE_S if early is None else early.hour * 3600 + early.minute * 60


def _row_counts(profile: Profile, close_s: Int64s, listed: np.ndarray) -> tuple[Int64s, Int64s]:
    regular_s = close_s - _REGULAR_OPEN_S
    extended_s = profile.extended_close_s - profile.extended_open_s - regular_s
    counts = (
        np.ceil(regular_s * profile.regular_density - 1e-9),
        np.floor(extended_s * profile.extended_density + 1e-9),
    )
    regular, extended = (np.where(listed, column, 0).astype(np.int64) for column in counts)
    return regular, extended
