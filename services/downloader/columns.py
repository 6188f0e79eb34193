"""The provider's bars as Lean's: decimal prices as integers, local time, hours from minutes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final

import numpy as np

from pylean.storage import Session, TradeColumns

from .calendar import local_midnight_ms
from .exchange import midnight_ms
from .provider import DamagedAnswerError, VendorBars
from .provider.pages import Floats, Int64s

_PRICE_DECIMALS: Final = (4, 5, 6, 8)
_VOLUME_DECIMALS: Final = (0, 1, 2, 3, 4, 6)
_TOLERANCE: Final = 1e-7
_HOUR_MS: Final = 3_600_000


def intraday_columns(bars: VendorBars, day: date) -> TradeColumns:
    """Bars of one day at their local wall-clock times.

    Raises:
        DamagedAnswerError: a price or volume has more decimals than bars can have.
    """
    return _columns(bars, bars.time_ms - midnight_ms(day) + local_midnight_ms(day))


def daily_columns(days: Iterable[tuple[date, VendorBars]]) -> TradeColumns:
    """One bar a day, at midnight; days without a bar are left out.

    Raises:
        DamagedAnswerError: a day has several bars, or its bar does not start at midnight; and as above.
    """
    kept = [(day, bars) for day, bars in days if len(bars)]
    for day, bars in kept:
        if len(bars) != 1 or int(bars.time_ms[0]) != midnight_ms(day):
            raise DamagedAnswerError(
                f"{len(bars)} day bars on {day}, the first at {bars.time_ms[0]}, not one at midnight"
            )
    parts = [bars for _, bars in kept]
    times = np.array([local_midnight_ms(day) for day, _ in kept], np.int64)
    return _columns(_stacked(parts), times)


def hour_columns(days: Iterable[tuple[Session, VendorBars]]) -> TradeColumns:
    """Hour bars of the regular sessions, made from minute bars; the first one starts on the hour before the opening.

    Raises:
        DamagedAnswerError: as above.
    """
    parts, starts = [], []
    for session, bars in days:
        since_midnight = bars.time_ms - midnight_ms(session.day)
        regular = (since_midnight >= session.open * 1000) & (since_midnight < session.close * 1000)
        rows = np.flatnonzero(regular)
        if len(rows):
            parts.append(bars.slice(int(rows[0]), int(rows[-1]) + 1))
            starts.append(since_midnight[rows] // _HOUR_MS * _HOUR_MS + local_midnight_ms(session.day))
    times = np.concatenate(starts) if starts else np.empty(0, np.int64)
    return _aggregated(_columns(_stacked(parts), times))


def _aggregated(columns: TradeColumns) -> TradeColumns:
    if len(columns) == 0:
        return columns
    first = np.flatnonzero(np.diff(columns.time_ms, prepend=columns.time_ms[0] - 1))
    last = np.append(first[1:], len(columns)) - 1
    return TradeColumns(
        columns.time_ms[first],
        columns.open[first],
        np.maximum.reduceat(columns.high, first),
        np.minimum.reduceat(columns.low, first),
        columns.close[last],
        np.add.reduceat(columns.volume, first),
        columns.price_scale,
        columns.volume_scale,
    )


def _stacked(parts: list[VendorBars]) -> tuple[Floats, ...]:
    if not parts:
        return tuple(np.empty((5, 0)))
    return tuple(np.concatenate(column) for column in zip(*(part.columns()[1:] for part in parts), strict=True))


def _columns(bars: VendorBars | tuple[Floats, ...], times: Int64s) -> TradeColumns:
    *prices, volume = bars.columns()[1:] if isinstance(bars, VendorBars) else bars
    scaled_prices, price_scale = _scaled(np.array(prices), _PRICE_DECIMALS, "price")
    scaled_volume, volume_scale = _scaled(volume, _VOLUME_DECIMALS, "volume")
    return TradeColumns(
        times,
        scaled_prices[0],
        scaled_prices[1],
        scaled_prices[2],
        scaled_prices[3],
        scaled_volume,
        price_scale,
        volume_scale,
    )


def _scaled(values: Floats, decimals: tuple[int, ...], name: str) -> tuple[Int64s, int]:
    """Values as integers with as few decimals as keep them exact; truncation instead of rounding would spoil 6 %."""
    for places in decimals:
        exact = values * 10.0**places
        whole = np.rint(exact)
        # A double's own error grows with the number; beyond it a difference is a digit of the provider's.
        allowed = np.maximum(_TOLERANCE, np.abs(exact) * 4 * np.finfo(np.float64).eps)
        if bool((np.abs(exact - whole) <= allowed).all()):
            return whole.astype(np.int64), places
    raise DamagedAnswerError(f"a {name} has more than {decimals[-1]} decimals")
