"""Map files: which ticker a security had when, and which security a ticker meant when."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Final, NamedTuple

from ._dates import compact_date
from .errors import MetadataError
from .paths import LeanPaths
from .security_identifier import DEFAULT_DATE, SecurityIdentifier, generate_equity

#: Lean's last day; as a delisting date it means "still listed".
END_OF_TIME: Final = date(2050, 12, 31)


class MapRow(NamedTuple):
    """``ticker`` was used up to and including ``day``; ``exchange`` is a code such as N, Q or P, or empty."""

    day: date
    ticker: str
    exchange: str


class MapFile:
    """History of one security's tickers, oldest row first; the first row is its first trading day.

    A security without a file has no rows: any day is taken to be valid, and its ticker never changed.
    """

    def __init__(self, permtick: str, rows: Iterable[MapRow] = ()) -> None:
        self.permtick = permtick.upper()
        self.rows = sorted(dict.fromkeys(rows), key=lambda row: row.day)

    @classmethod
    def read(cls, paths: LeanPaths, permtick: str) -> MapFile:
        """Rows of ``map_files/{permtick}.csv``; none if there is no such file.

        Raises:
            InvalidTickerError: ``permtick`` cannot name a file.
            MetadataError: the file is malformed.
        """
        path = paths.map_file(permtick)
        return cls(permtick, _read_rows(path) if path.is_file() else ())

    def __bool__(self) -> bool:
        return bool(self.rows)

    @property
    def first_date(self) -> date:
        return self.rows[0].day if self.rows else DEFAULT_DATE

    @property
    def delisting_date(self) -> date:
        """Last day; :data:`END_OF_TIME` while listed."""
        return self.rows[-1].day if self.rows else END_OF_TIME

    @property
    def first_ticker(self) -> str:
        """Ticker of the first day, without the ``.1`` that tells earlier users of a ticker apart."""
        ticker = self.rows[0].ticker if self.rows else self.permtick
        stem, dot, number = ticker.rpartition(".")
        return stem if dot and stem and number.isdigit() else ticker

    def ticker_on(self, day: date, default: str | None = None) -> str:
        """Ticker used on ``day``; after the last row (or without rows) ``default``, or the permtick if that is None."""
        for row in self.rows:
            if row.day >= day:
                return row.ticker
        return self.permtick if default is None else default

    def has_data(self, day: date) -> bool:
        """Whether the security was listed on ``day``, as far as known."""
        return self.first_date <= day <= self.delisting_date


class MapFileResolver:
    """All map files of a data folder, read on first use.

    One per run: tickers cannot be resolved without knowing every security that ever used them.
    """

    def __init__(self, paths: LeanPaths) -> None:
        self._folder = paths.map_files

    def by_permtick(self, permtick: str) -> MapFile | None:
        return self._files.get(permtick.upper())

    def resolve(self, ticker: str, day: date) -> MapFile:
        """Map file of the security that ``ticker`` meant on ``day``.

        The row of that ticker with the first date on or after ``day`` decides, the ticker's last row if none is. A
        ticker in no row is looked up among the file names. A security that first traded after ``day`` does not count;
        then, and if nothing is found, the result has no rows.

        Raises:
            MetadataError: a map file is malformed.
        """
        permtick = ticker.upper()
        uses = self._uses.get(permtick)
        if uses:
            days = [last_day for last_day, _ in uses]
            permtick = uses[min(bisect_left(days, day), len(uses) - 1)][1]
        found = self._files.get(permtick)
        if found is None or (found.first_date > day and day != DEFAULT_DATE):
            return MapFile(permtick)
        return found

    def identify(self, ticker: str, day: date) -> SecurityIdentifier:
        """Identifier of the stock that ``ticker`` meant on ``day`` (for a new subscription Lean takes today)."""
        map_file = self.resolve(ticker, day)
        if not map_file:
            return generate_equity(ticker, DEFAULT_DATE)
        return generate_equity(map_file.first_ticker, map_file.first_date)

    @cached_property
    def _files(self) -> dict[str, MapFile]:
        files = sorted(self._folder.glob("*.csv"))
        return {path.stem.upper(): MapFile(path.stem, _read_rows(path)) for path in files}

    @cached_property
    def _uses(self) -> dict[str, list[tuple[date, str]]]:
        """For each ticker the last days of its uses, ascending, with the permtick; per day the first file counts."""
        uses: dict[str, dict[date, str]] = {}
        for permtick, map_file in self._files.items():
            for row in map_file.rows:
                uses.setdefault(row.ticker, {}).setdefault(row.day, permtick)
        return {ticker: sorted(days.items()) for ticker, days in uses.items()}


def _read_rows(path: Path) -> list[MapRow]:
    rows = []
    for number, line in enumerate(path.read_text("ascii", errors="replace").splitlines(), start=1):
        if not line.strip():
            continue
        stamp, _, rest = line.partition(",")
        ticker, _, exchange = rest.partition(",")
        try:
            day = compact_date(stamp)
        except ValueError as error:
            raise MetadataError(path, f"line {number} does not start with a date yyyyMMdd: {line[:40]!r}") from error
        if not ticker or "," in exchange:
            raise MetadataError(path, f"line {number} is not date,ticker,exchange: {line[:40]!r}")
        rows.append(MapRow(day, ticker.upper(), exchange))
    return rows
