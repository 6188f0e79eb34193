"""The time columns of Lean bar text: milliseconds of a day, or ``yyyyMMdd HH:mm``."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np

from ._digits import Bytes, write_fixed
from ._fields import FieldTable, number_characters, separator
from .bars import Bools, Int64s
from .errors import InvalidBarsError, MalformedBarsError
from .resolution import Resolution

DAY_MS = 86_400_000
_MINUTE_MS = 60_000
_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()

#: Separators that end the time fields of a row.
INTRADAY_SEPARATORS = b","
STAMP_SEPARATORS = b" :,"


def day_start_ms(day: date) -> int:
    """Midnight of ``day`` in milliseconds since 1970-01-01, both in local time."""
    return (day.toordinal() - _EPOCH_ORDINAL) * DAY_MS


_FIRST_MS = day_start_ms(date.min)
_END_MS = day_start_ms(date.max) + DAY_MS


def read_intraday(table: FieldTable, day: date, path: Path) -> Int64s:
    """Bar starts from the column of milliseconds since midnight."""
    of_day = table.plain(0)
    _require(of_day < DAY_MS, "time is not within one day", path)
    return of_day + day_start_ms(day)


def read_stamps(table: FieldTable, path: Path) -> Int64s:
    """Bar starts from the three columns of ``yyyyMMdd HH:mm``."""
    dates, hours, minutes = table.plain(0), table.plain(1), table.plain(2)
    right_width = (table.digits(0) == 8) & (table.digits(1) == 2) & (table.digits(2) == 2)
    _require(right_width, "time is not written as yyyyMMdd HH:mm", path)
    years, months, days = dates // 10_000, dates // 100 % 100, dates % 100
    _require((years >= 1) & (months >= 1) & (months <= 12) & (hours < 24) & (minutes < 60), "time does not exist", path)
    first_of_month = ((years - 1970) * 12 + months - 1).astype("datetime64[M]")
    month_starts = first_of_month.astype("datetime64[D]").astype(np.int64)
    next_starts = (first_of_month + 1).astype("datetime64[D]").astype(np.int64)
    _require((days >= 1) & (days <= next_starts - month_starts), "date does not exist", path)
    return (month_starts + days - 1) * DAY_MS + hours * (60 * _MINUTE_MS) + minutes * _MINUTE_MS


def write_intraday(time_ms: Int64s, day: date) -> list[Bytes]:
    """Characters of milliseconds since midnight.

    Raises:
        InvalidBarsError: a bar does not start on ``day``.
    """
    of_day = time_ms - day_start_ms(day)
    inside = (of_day >= 0) & (of_day < DAY_MS)
    if not inside.all():
        raise InvalidBarsError(int(np.argmin(inside)), f"bar does not start on {day}")
    return [*number_characters(of_day, 0), separator(",", len(time_ms))]


def write_stamps(time_ms: Int64s, resolution: Resolution) -> list[Bytes]:
    """Characters of ``yyyyMMdd HH:mm``.

    Raises:
        InvalidBarsError: a bar does not start on a whole hour (hour bars) or at midnight (daily bars), or in no
            year of four digits.
    """
    step_ms = int(resolution.period.total_seconds()) * 1000
    writable = (time_ms % step_ms == 0) & (time_ms >= _FIRST_MS) & (time_ms < _END_MS)
    if not writable.all():
        raise InvalidBarsError(int(np.argmin(writable)), f"start is not a date on the {resolution.folder} grid")
    days = (time_ms // DAY_MS).astype("datetime64[D]")
    months = days.astype("datetime64[M]")
    month_numbers = months.astype(np.int64)
    years = month_numbers // 12 + 1970
    written = years * 10_000 + (month_numbers % 12 + 1) * 100 + (days - months).astype(np.int64) + 1
    minutes = time_ms % DAY_MS // _MINUTE_MS
    clock = write_fixed(minutes // 60 * 100 + minutes % 60)
    blank, colon, comma = (separator(character, len(time_ms)) for character in " :,")
    return [write_fixed(written), blank, clock[:, 4:6], colon, clock[:, 6:], comma]


def _require(holds: Bools, reason: str, path: Path) -> None:
    if not holds.all():
        raise MalformedBarsError(path, int(np.argmin(holds)) + 1, reason)
