"""Where Lean keeps what: paths of a US-equity data folder."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Literal

from .errors import EscapingPathError, InvalidTickerError
from .resolution import Resolution

TickType = Literal["trade", "quote"]

MAX_TICKER_LENGTH = 16
_TICKER = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[.-][A-Za-z0-9]+)*", re.ASCII)


def validate_ticker(ticker: str) -> str:
    """Return ``ticker`` unchanged if it may become part of a path.

    Raises:
        InvalidTickerError: too long, empty, or with any character beyond ASCII letters, digits, inner dots and dashes.
    """
    if not 1 <= len(ticker) <= MAX_TICKER_LENGTH:
        raise InvalidTickerError(ticker, f"has {len(ticker)} characters")
    if _TICKER.fullmatch(ticker) is None:
        raise InvalidTickerError(ticker, "has characters that are not allowed in this place")
    return ticker


class LeanPaths:
    """Paths below one data folder. Nothing here touches the disk except :meth:`confine`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._equity = root / "equity" / "usa"

    def bars(self, resolution: Resolution, ticker: str, day: date | None, tick: TickType = "trade") -> Path:
        """Zip of ``ticker``'s bars: one per day up to minute bars, one per ticker (``day`` unused) above.

        Raises:
            InvalidTickerError: see :func:`validate_ticker`.
            ValueError: ``day`` is missing for files of one day.
        """
        name = validate_ticker(ticker).lower()
        folder = self._equity / resolution.folder
        if not resolution.is_intraday_file:
            return folder / f"{name}.zip"
        return folder / name / f"{_stamp(resolution, day)}_{tick}.zip"

    def entry_name(self, resolution: Resolution, ticker: str, day: date | None, tick: TickType = "trade") -> str:
        """Name of the single entry inside :meth:`bars`, as Lean's writer looks it up."""
        name = validate_ticker(ticker).lower()
        if not resolution.is_intraday_file:
            return f"{name}.csv"
        stamp = _stamp(resolution, day)
        if resolution is Resolution.TICK:
            return f"{stamp}_{name}_{tick.capitalize()}_Tick.csv"
        return f"{stamp}_{name}_{resolution.folder}_{tick}.csv"

    def ticker_folder(self, resolution: Resolution, ticker: str) -> Path:
        """Folder that holds the daily zips of ``ticker`` (tick, second, minute)."""
        return self._equity / resolution.folder / validate_ticker(ticker).lower()

    @property
    def map_files(self) -> Path:
        return self._equity / "map_files"

    def map_file(self, permtick: str) -> Path:
        return self.map_files / f"{validate_ticker(permtick).lower()}.csv"

    def factor_file(self, permtick: str) -> Path:
        return self._equity / "factor_files" / f"{validate_ticker(permtick).lower()}.csv"

    def coarse(self, day: date) -> Path:
        """Coarse data of all stocks on a day."""
        return self._equity / "fundamental" / "coarse" / f"{day:%Y%m%d}.csv"

    def etf_constituents(self, ticker: str, day: date) -> Path:
        """Constituents of an ETF that goes by ``ticker`` on the day."""
        return self._equity / "universes" / "etf" / validate_ticker(ticker).lower() / f"{day:%Y%m%d}.csv"

    def universe_members(self, name: str, day: date) -> Path:
        """Members of a named daily universe."""
        return self._equity / "universes" / "daily" / validate_ticker(name) / f"{day:%Y%m%d}.csv"

    @property
    def market_hours(self) -> Path:
        return self.root / "market-hours" / "market-hours-database.json"

    @property
    def symbol_properties(self) -> Path:
        return self.root / "symbol-properties" / "symbol-properties-database.csv"

    @property
    def security_database(self) -> Path:
        return self.root / "symbol-properties" / "security-database.csv"

    @property
    def interest_rate(self) -> Path:
        return self.root / "alternative" / "interest-rate" / "usa" / "interest-rate.csv"

    def confine(self, path: Path) -> Path:
        """Return ``path`` if, with all symbolic links followed, it lies below the root.

        Raises:
            EscapingPathError: it does not.
        """
        root = self.root.resolve()
        if not path.resolve().is_relative_to(root):
            raise EscapingPathError(path, root)
        return path


def _stamp(resolution: Resolution, day: date | None) -> str:
    if day is None:
        raise ValueError(f"{resolution.folder} files hold one day each; give the day")
    return f"{day:%Y%m%d}"
