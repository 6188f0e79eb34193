"""Factor files: price adjustment, splits and dividends of one security.

A row's factors hold up to and including its day; the row of an event is dated the trading day before it and carries
that day's raw close. Factors keep the decimals they are written with: Lean multiplies them as .NET decimals, and the
trailing zeros of the product show in its order hash.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal, InvalidOperation
from enum import IntEnum
from itertools import pairwise
from pathlib import Path
from typing import Final, NamedTuple, Protocol

from ._dates import compact_date
from .errors import MetadataError
from .paths import LeanPaths

_ZERO: Final = Decimal(0)
_ONE: Final = Decimal(1)
_CENT: Final = Decimal("0.01")
_DOTNET: Final = Context(prec=28, rounding=ROUND_HALF_EVEN)


class Normalization(IntEnum):
    """How prices are adjusted; the numbers are Lean's ``DataNormalizationMode``."""

    RAW = 0
    ADJUSTED = 1
    SPLIT_ADJUSTED = 2
    TOTAL_RETURN = 3
    SCALED_RAW = 7


class FactorRow(NamedTuple):
    day: date
    price_factor: Decimal
    split_factor: Decimal
    reference_price: Decimal


@dataclass(frozen=True, slots=True)
class Dividend:
    """Cash of ``distribution`` dollars a share, on ``day`` (the ex-date) at midnight."""

    day: date
    distribution: Decimal
    reference_price: Decimal
    price_factor_ratio: Decimal


@dataclass(frozen=True, slots=True)
class Split:
    """One old share becomes 1 / ``split_factor`` new ones on ``day`` at midnight; announced on ``warning_day``."""

    day: date
    warning_day: date
    split_factor: Decimal
    reference_price: Decimal


class Calendar(Protocol):
    """What corporate actions need of market hours."""

    def is_trading_day(self, day: date) -> bool: ...

    def next_trading_day(self, day: date) -> date: ...


class FactorFile:
    """Factor rows of one security, oldest first; a security without a file has none and all its factors are 1."""

    def __init__(self, permtick: str, rows: Iterable[FactorRow] = (), path: Path | None = None) -> None:
        self.permtick = permtick.upper()
        first_of_day: dict[date, FactorRow] = {}
        for row in rows:
            first_of_day.setdefault(row.day, row)
        self.rows = sorted(first_of_day.values(), key=lambda row: row.day)
        self._days = [row.day for row in self.rows]
        self._path = path or Path(f"{permtick.lower()}.csv")

    @classmethod
    def read(cls, paths: LeanPaths, permtick: str) -> FactorFile:
        """Rows of ``factor_files/{permtick}.csv``; none if there is no such file.

        As in Lean, rows with infinite or exponent factors and rows with a factor of 0 are left out.

        Raises:
            InvalidTickerError: ``permtick`` cannot name a file.
            MetadataError: the file is malformed.
        """
        path = paths.factor_file(permtick)
        return cls(permtick, _read_rows(path) if path.is_file() else (), path)

    def __bool__(self) -> bool:
        return bool(self.rows)

    @property
    def minimum_date(self) -> date | None:
        """Earliest day with data: one before the first row; None without rows."""
        return self._days[0] - timedelta(days=1) if self._days else None

    def row_on(self, day: date) -> FactorRow | None:
        """The row in force on ``day``: the first one dated that day or later."""
        index = bisect_left(self._days, day)
        return self.rows[index] if index < len(self.rows) else None

    def price_factor(self, day: date, mode: Normalization = Normalization.ADJUSTED) -> Decimal:
        """What raw prices of ``day`` are multiplied by.

        Adjusted and scaled-raw: price factor × split factor; split-adjusted and total return: split factor; raw: 1.
        Volumes are divided by :meth:`split_factor`. 1 after the last row and without rows.
        """
        row = self.row_on(day)
        if row is None or mode == Normalization.RAW:
            return _ONE
        if mode in {Normalization.SPLIT_ADJUSTED, Normalization.TOTAL_RETURN}:
            return row.split_factor
        return _DOTNET.multiply(row.price_factor, row.split_factor)

    def split_factor(self, day: date) -> Decimal:
        """Split factor in force on ``day``, 1 if there is none."""
        row = self.row_on(day)
        return _ONE if row is None else row.split_factor

    def dividends(self, calendar: Calendar, start: date = date.min, end: date = date.max) -> list[Dividend]:
        """Dividends paid from ``start`` to ``end``.

        A row whose price factor differs from the next row's is the eve of one; it is paid on the next trading day.

        distribution = C − C × ratio, rounded half-even to cents, with C the reference price and ratio the row's price
        factor over the next row's (Lean's ``Dividend.ComputeDistribution``). Rows not dated on a trading day give no
        event.

        Raises:
            MetadataError: a dividend's reference price is 0.
        """
        found = []
        for day, row, following in self._events(calendar, start, end):
            if row.price_factor != following.price_factor:
                ratio = _ratio(row.price_factor, following.price_factor)
                close = self._reference_price(row, "dividend")
                paid = _DOTNET.subtract(close, _DOTNET.multiply(close, ratio)).quantize(_CENT, context=_DOTNET)
                found.append(Dividend(day, paid, close, ratio))
        return found

    def splits(self, calendar: Calendar, start: date = date.min, end: date = date.max) -> list[Split]:
        """Splits in force from a day between ``start`` and ``end`` on.

        A row whose split factor differs from the next row's is the eve of one; it holds from the next trading day.

        Raises:
            MetadataError: a split's reference price is 0.
        """
        found = []
        for day, row, following in self._events(calendar, start, end):
            if row.split_factor != following.split_factor:
                factor = _ratio(row.split_factor, following.split_factor)
                close = self._reference_price(row, "split")
                found.append(Split(day, row.day, factor, close))
        return found

    def _events(self, calendar: Calendar, start: date, end: date) -> Iterator[tuple[date, FactorRow, FactorRow]]:
        """Neighbouring rows with the day on which a change between them takes effect, if that lies in the range."""
        for row, following in pairwise(self.rows):
            if row.day < end and calendar.is_trading_day(row.day):
                day = calendar.next_trading_day(row.day)
                if start <= day <= end:
                    yield day, row, following

    def _reference_price(self, row: FactorRow, event: str) -> Decimal:
        if not row.reference_price:
            raise MetadataError(self._path, f"{event} row of {row.day} has reference price 0")
        return row.reference_price


def _ratio(numerator: Decimal, denominator: Decimal) -> Decimal:
    # .NET has no positive exponents: adding 0 turns 2E+2 into 200 and changes nothing else.
    return _DOTNET.add(_DOTNET.divide(numerator, denominator), _ZERO)


def _read_rows(path: Path) -> list[FactorRow]:
    rows = []
    for number, line in enumerate(path.read_text("ascii", errors="replace").splitlines(), start=1):
        if "inf" in line or "e+" in line:
            continue
        row = _parse(line, number, path)
        if row.price_factor * row.split_factor > 0:
            rows.append(row)
    return rows


def _parse(line: str, number: int, path: Path) -> FactorRow:
    fields = line.split(",")
    if len(fields) not in {3, 4}:
        raise MetadataError(path, f"line {number} has {len(fields)} columns instead of 3 or 4: {line[:40]!r}")
    try:
        day = compact_date(fields[0])
        price_factor, split_factor, *reference = map(Decimal, fields[1:])
    except (ValueError, InvalidOperation) as error:
        raise MetadataError(path, f"line {number} is not date,factor,factor,price: {line[:40]!r}") from error
    row = FactorRow(day, price_factor, split_factor, reference[0] if reference else _ZERO)
    if not all(value.is_finite() for value in row[1:]):
        raise MetadataError(path, f"line {number} has a value that is not finite: {line[:40]!r}")
    return row
