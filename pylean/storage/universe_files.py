"""Files of universes: the coarse data of a day, the constituents of an ETF, the members of a named universe."""

from __future__ import annotations

from datetime import datetime, time
from decimal import Decimal, InvalidOperation
from functools import cached_property
from pathlib import Path
from typing import Final, NamedTuple

from ._dates import compact_date
from .errors import MetadataError

_COARSE_WIDTHS: Final = (5, 6, 8)


class CoarseFile:
    """Price and volume of all stocks on a day, as the text of its columns.

    ``identifiers`` are texts of security identifiers, ``tickers`` what they went by on the day. Old files lack the last
    columns: those are None.
    """

    def __init__(self, path: Path, text: str) -> None:
        self.path = path
        lines = [line for line in text.splitlines() if line]
        width = lines[0].count(",") + 1 if lines else _COARSE_WIDTHS[-1]
        if width not in _COARSE_WIDTHS:
            raise MetadataError(path, f"has {width} columns; coarse data have {', '.join(map(str, _COARSE_WIDTHS))}")
        for number, line in enumerate(lines, start=1):
            if line.count(",") + 1 != width:
                raise MetadataError(path, f"line {number} has not the {width} columns of the first line: {line[:60]!r}")
        cells = ",".join(lines).split(",") if lines else []
        columns: list[list[str] | None] = [cells[column::width] for column in range(width)]
        columns += [None] * (_COARSE_WIDTHS[-1] - width)
        self.identifiers: list[str] = columns[0] or []
        self.tickers: list[str] = columns[1] or []
        self.prices: list[str] = columns[2] or []
        self.volumes: list[str] = columns[3] or []
        self.dollar_volumes: list[str] = columns[4] or []
        self.has_fundamental_data, self.price_factors, self.split_factors = columns[5:]

    @classmethod
    def read(cls, path: Path) -> CoarseFile | None:
        """A day's file, None if there is none. Raises MetadataError if it is malformed."""
        text = _read(path)
        return None if text is None else cls(path, text)

    def __len__(self) -> int:
        return len(self.identifiers)

    @cached_property
    def rows(self) -> dict[str, int]:
        """The row of each identifier, the last one if there are several."""
        return {identifier: row for row, identifier in enumerate(self.identifiers)}


class ConstituentRow(NamedTuple):
    """A member of an ETF; ``weight`` is a fraction, ``market_value`` in the ETF's currency."""

    ticker: str
    identifier: str
    last_update: datetime | None
    weight: Decimal | None
    shares_held: Decimal | None
    market_value: Decimal | None


def read_etf_constituents(path: Path) -> list[ConstituentRow] | None:
    """Rows of an ETF's file, None if there is none. Raises MetadataError if it is malformed."""
    text = _read(path)
    if text is None:
        return None
    rows = []
    for number, line in enumerate(text.splitlines(), start=1):
        cells = line.split(",")
        if not line:
            continue
        try:
            weight, shares, value = (Decimal(cell) if cell else None for cell in cells[3:6])
        except (InvalidOperation, ValueError) as error:
            raise MetadataError(path, f"line {number} is no constituent: {line[:60]!r}") from error
        rows.append(ConstituentRow(cells[0], cells[1], _moment(cells[2]), weight, shares, value))
    return rows


def read_members(path: Path) -> list[tuple[str, str]] | None:
    """Ticker and identifier of each line of a named universe's file, None if there is none; other lines are errors.

    Raises:
        MetadataError: a line is not ``ticker,identifier``.
    """
    text = _read(path)
    if text is None:
        return None
    rows = []
    for number, line in enumerate(text.splitlines(), start=1):
        ticker, comma, rest = line.partition(",")
        if not line:
            continue
        if not comma:
            raise MetadataError(path, f"line {number} is not ticker,identifier: {line[:60]!r}")
        rows.append((ticker, rest.partition(",")[0]))
    return rows


def _read(path: Path) -> str | None:
    try:
        return path.read_text("ascii", errors="replace")
    except FileNotFoundError:
        return None


def _moment(text: str) -> datetime | None:
    try:
        return datetime.combine(compact_date(text), time())
    except ValueError:
        return None
