"""Second bars of one day: a path that meets the day bar exactly, cut into seconds."""

from __future__ import annotations

from typing import Final

import numpy as np

from .bars import PRICES, Bars, Floats, Int64s
from .daily import DailyTable
from .profiles import Profile

_REGULAR_OPEN_S: Final = 34_200
#: Window of the average that the walk is pulled back to; it makes the retracements that strategies look for.
_PULL_WINDOW_S: Final = 2_400
_PULL: Final = 0.55
#: How much more prices move after the opening than at noon, and for how long.
_MORNING: Final = 3.0
_MORNING_S: Final = 3_000
_EXTENDED_VOLUME: Final = 0.05
_OPENING_PRINT: Final = 0.015


def second_bars(profile: Profile, table: DailyTable, index: int, midnight_ms: int, random: np.random.Generator) -> Bars:
    """Bars of the session at ``index`` of the table; ``midnight_ms`` is the day's start in New York as Unix ms.

    The regular session's first open, highest high, lowest low and last close, and the whole day's volume, are exactly
    those of the table.
    """
    close_s = int(table.close_s[index])
    regular = _chosen(random, np.arange(_REGULAR_OPEN_S, close_s), int(table.regular_rows[index]))
    outside = np.r_[profile.extended_open_s : _REGULAR_OPEN_S, close_s : profile.extended_close_s]
    extended = _chosen(random, outside, int(table.extended_rows[index]))
    before = extended[extended < _REGULAR_OPEN_S]
    after = extended[extended >= close_s]

    frame = tuple(int(column[index]) for column in (table.open, table.high, table.low, table.close))
    previous_close = int(table.close[max(index - 1, 0)])
    if not 0.7 < previous_close / max(frame[0], 1) < 1.4:
        previous_close = frame[0]  # a split lies between
    cent = 1 if profile.price_decimals > 4 else 10 ** (profile.price_decimals - 2)
    parts = [
        _extended_prices(random, before, previous_close, frame[0], cent),
        _regular_prices(random, regular, close_s, frame, cent),
        _extended_prices(random, after, frame[3], frame[3], cent),
    ]
    prices = [np.concatenate(column) for column in zip(*parts, strict=True)]
    seconds = np.concatenate((before, regular, after))
    volume = _volumes(random, seconds, len(before), len(regular), int(table.volume[index]))
    shares_per_trade = int(table.volume[index] // max(int(table.trades[index]) - len(seconds), 1)) + 1
    return Bars(
        time_ms=midnight_ms + seconds * 1000,
        **dict(zip(PRICES, prices, strict=True)),
        volume=volume,
        trades=1 + volume // shares_per_trade,
        price_decimals=profile.price_decimals,
        volume_decimals=profile.volume_decimals,
    )


def _chosen(random: np.random.Generator, seconds: Int64s, count: int) -> Int64s:
    if count >= len(seconds):
        return seconds
    return np.sort(random.choice(seconds, count, replace=False))


def _regular_prices(
    random: np.random.Generator, seconds: Int64s, close_s: int, frame: tuple[int, ...], cent: int
) -> tuple[Int64s, Int64s, Int64s, Int64s]:
    opened, high, low, close = frame
    if len(seconds) == 0:
        none = np.empty(0, np.int64)
        return none, none, none, none
    path = _path(random, close_s - _REGULAR_OPEN_S, opened, high, low, close)[seconds - _REGULAR_OPEN_S]
    closes = _on_grid(random, path, cent)
    closes[-1] = close
    columns = _around(random, closes, opened, cent)
    opens, highs, lows, closes = (np.clip(column, low, high) for column in columns)
    highs[np.argmax(highs)] = high
    lows[np.argmin(lows)] = low
    return opens, highs, lows, closes


def _extended_prices(
    random: np.random.Generator, seconds: Int64s, start: int, end: int, cent: int
) -> tuple[Int64s, Int64s, Int64s, Int64s]:
    steps = random.normal(0, 1, len(seconds))
    path = np.linspace(start, end, len(seconds)) + 0.002 * end * steps * 0.1
    closes = np.maximum(_on_grid(random, path, cent), cent)
    return _around(random, closes, start, cent)


def _around(
    random: np.random.Generator, closes: Int64s, first_open: int, cent: int
) -> tuple[Int64s, Int64s, Int64s, Int64s]:
    opens = np.roll(closes, 1)
    opens[:1] = first_open
    reach = random.geometric(0.6, (2, len(closes))) - 1
    highs = np.maximum(opens, closes) + reach[0] * cent
    lows = np.maximum(np.minimum(opens, closes) - reach[1] * cent, 1)
    return opens, highs, lows, closes


def _on_grid(random: np.random.Generator, path: Floats, cent: int) -> Int64s:
    prices = np.rint(path / cent).astype(np.int64) * cent
    if cent > 1:
        sub_penny = random.random(len(path)) < 0.2
        prices[sub_penny] += random.integers(1, cent, int(sub_penny.sum()))
    return prices


def _path(random: np.random.Generator, length: int, opened: int, high: int, low: int, close: int) -> Floats:
    at = np.arange(length)
    restless = 1 + _MORNING * np.exp(-at / _MORNING_S) + 0.5 * np.exp((at - length) / 1_200)
    walk = np.cumsum(random.standard_normal(length) * restless)
    sums = np.cumsum(np.insert(walk, 0, 0.0))
    begin = np.maximum(at - _PULL_WINDOW_S, 0)
    noise = walk - _PULL * (sums[at + 1] - sums[begin]) / (at + 1 - begin)
    noise -= np.linspace(noise[0], noise[-1], length)
    noise *= 0.6 * (high - low) / (noise.max() - noise.min())
    path = np.linspace(opened, close, length) + noise
    path = _stretched(random, path, max(opened, close), high)
    return -_stretched(random, -path, -min(opened, close), -low)


def _stretched(random: np.random.Generator, path: Floats, top: float, peak: float) -> Floats:
    """Let what lies above ``top`` reach ``peak`` exactly, with a hill where the path hardly gets there."""
    wanted = peak - top
    reached = float(path.max()) - top
    if reached < 0.6 * wanted:
        width = int(random.integers(1_200, 4_800))
        middle = int(random.integers(len(path) // 10, len(path) * 9 // 10))
        begin, end = max(middle - width, 0), min(middle + width, len(path))
        hill = np.sin(np.linspace(0, np.pi, end - begin)) ** 2
        path = path.copy()
        path[begin:end] += hill * (top + wanted - float(path[begin:end].max()))
        reached = float(path.max()) - top
    above = path > top
    return np.where(above, top + (path - top) * (wanted / max(reached, 1e-9)), path)


def _volumes(random: np.random.Generator, seconds: Int64s, first: int, regular: int, total: int) -> Int64s:
    """Shares of each second: at least one, U-shaped over the session, ``total`` in sum, a large opening print."""
    count = len(seconds)
    if count == 0:
        return np.empty(0, np.int64)
    weights = random.lognormal(0, 0.9, count)
    inside = slice(first, first + regular)
    if regular:
        elapsed = seconds[inside] - seconds[first]
        left = seconds[first + regular - 1] - seconds[inside]
        weights[inside] *= 1 + 1.5 * np.exp(-elapsed / 1800) + 1.5 * np.exp(-left / 1200)
        outside = weights.sum() - weights[inside].sum()
        if outside:
            weights[:first] *= _EXTENDED_VOLUME * weights[inside].sum() / outside
            weights[first + regular :] *= _EXTENDED_VOLUME * weights[inside].sum() / outside
        weights[first] += _OPENING_PRINT * weights.sum()
    volume: Int64s = 1 + np.floor((total - count) * weights / weights.sum()).astype(np.int64)
    volume[first if regular else 0] += total - int(volume.sum())
    return volume
