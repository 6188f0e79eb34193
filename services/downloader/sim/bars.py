"""Bars of the simulated market as columns."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Int64s = NDArray[np.int64]
Floats = NDArray[np.float64]

PRICES: Final = ("open", "high", "low", "close")
COLUMNS: Final = ("time_ms", *PRICES, "volume", "trades")


@dataclass(frozen=True, slots=True)
class Bars:
    """Bars, one row each, ascending.

    ``time_ms`` is the start in Unix ms (UTC), prices are USD × 10**price_decimals, volumes shares ×
    10**volume_decimals.
    """

    time_ms: Int64s
    open: Int64s
    high: Int64s
    low: Int64s
    close: Int64s
    volume: Int64s
    trades: Int64s
    price_decimals: int = 4
    volume_decimals: int = 0

    def __len__(self) -> int:
        return len(self.time_ms)

    def select(self, rows: slice | NDArray[np.bool_]) -> Bars:
        """Some of the rows."""
        columns = {name: getattr(self, name)[rows] for name in COLUMNS}
        return replace(self, **columns)

    def adjusted(self, ratio: int) -> Bars:
        """Bars of before a split into ``ratio`` shares, in terms of the new shares."""
        prices: dict[str, Any] = {name: np.rint(getattr(self, name) / ratio).astype(np.int64) for name in PRICES}
        return replace(self, **prices, volume=self.volume * ratio)


def joined(parts: list[Bars]) -> Bars:
    """The rows of all parts; there must be one part at least."""
    columns: dict[str, Any] = {name: np.concatenate([getattr(part, name) for part in parts]) for name in COLUMNS}
    return replace(parts[0], **columns)


def aggregated(bars: Bars, bucket_ms: Int64s) -> Bars:
    """One bar for each run of equal ``bucket_ms``, which are the starts of the new bars."""
    if len(bars) == 0:
        return bars
    first = np.flatnonzero(np.diff(bucket_ms, prepend=bucket_ms[0] - 1))
    last = np.append(first[1:], len(bars)) - 1
    return replace(
        bars,
        time_ms=bucket_ms[first],
        open=bars.open[first],
        high=np.maximum.reduceat(bars.high, first),
        low=np.minimum.reduceat(bars.low, first),
        close=bars.close[last],
        volume=np.add.reduceat(bars.volume, first),
        trades=np.add.reduceat(bars.trades, first),
    )
