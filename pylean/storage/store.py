"""A Lean data folder as a store of bars: what is there, reading it, and adding to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from ._dates import compact_date
from ._times import DAY_MS
from .bars import Int64s, QuoteColumns, TradeColumns, check_trades
from .columns import ColumnCache
from .errors import InvalidBarsError
from .locks import exclusive_lock
from .paths import LeanPaths, TickType
from .resolution import Resolution
from .trade_codec import encode_trades
from .zips import write_entry


@dataclass(frozen=True, slots=True)
class MergeReport:
    """Outcome of merging bars into a file: rows afterwards, new ones, and old ones whose values changed."""

    rows: int
    added: int
    revised: int


class LeanDataStore:
    """Bars below one data folder.

    Reading needs no lock: files are replaced whole. Writing stages under ``.staging``; the merges of hour and daily
    files lock each other out, across processes, under ``.locks``. What may replace what is the caller's decision.
    """

    def __init__(self, root: Path, cache: ColumnCache | None = None) -> None:
        self.paths = LeanPaths(root)
        self.staging = root / ".staging"
        self._locks = root / ".locks"
        self._cache = cache or ColumnCache(None)

    def trade_bars(self, resolution: Resolution, ticker: str, day: date | None = None) -> TradeColumns:
        """Bars of one file: of ``day`` for second and minute, the whole history for hour and daily.

        Raises:
            InvalidTickerError, MissingFileError, UnreadableZipError, MalformedBarsError: see :class:`ColumnCache`.
        """
        return self._cache.trades(self.paths.bars(resolution, ticker, day), resolution, day)

    def quote_bars(self, resolution: Resolution, ticker: str, day: date) -> QuoteColumns:
        """Second or minute quote bars of ``day``; errors as for :meth:`trade_bars`."""
        return self._cache.quotes(self.paths.bars(resolution, ticker, day, "quote"), resolution, day)

    def has(self, resolution: Resolution, ticker: str, day: date | None = None, tick: TickType = "trade") -> bool:
        """Whether the file of the bars is there; its content is not looked at."""
        return self.paths.bars(resolution, ticker, day, tick).is_file()

    def days_present(self, resolution: Resolution, ticker: str) -> list[date]:
        """Days with trade bars, ascending: by file names for second and minute, by rows for hour and daily."""
        if resolution.is_intraday_file:
            names = (path.name for path in self.paths.ticker_folder(resolution, ticker).glob("*_trade.zip"))
            days = (_day_of_name(name) for name in names)
            return sorted(day for day in days if day is not None)
        if not self.has(resolution, ticker):
            return []
        days_ms = np.unique(self.trade_bars(resolution, ticker).time_ms // DAY_MS)
        return [date.fromordinal(int(day) + date(1970, 1, 1).toordinal()) for day in days_ms]

    def write_intraday_day(
        self, resolution: Resolution, ticker: str, day: date, columns: TradeColumns, evidence: bytes = b""
    ) -> Path:
        """Create or replace the second or minute bars of a day; ``evidence`` becomes the zip's comment.

        Raises:
            InvalidBarsError: the bars break a rule, or do not lie on ``day``; nothing is written.
            EscapingPathError: the ticker's folder leads out of the data folder.
            ValueError: the resolution is neither second nor minute, or ``evidence`` is too long.
        """
        if resolution not in {Resolution.SECOND, Resolution.MINUTE}:
            raise ValueError(f"{resolution.folder} bars are not kept by day; use second or minute")
        return self._write(resolution, ticker, day, columns, evidence)

    def upsert_daily(self, ticker: str, columns: TradeColumns, evidence: bytes = b"") -> MergeReport:
        """Merge daily bars (times at midnight) into the ticker's file; at equal times the new bar wins.

        Raises:
            InvalidBarsError: the bars break a rule, or do not start at midnight; nothing is written.
            UnreadableZipError, MalformedBarsError: the present file is damaged; it is left as it is.
        """
        return self._upsert(Resolution.DAILY, ticker, columns, evidence)

    def upsert_hourly(self, ticker: str, columns: TradeColumns, evidence: bytes = b"") -> MergeReport:
        """Merge hour bars (times on whole hours); as :meth:`upsert_daily`."""
        return self._upsert(Resolution.HOUR, ticker, columns, evidence)

    def _upsert(self, resolution: Resolution, ticker: str, columns: TradeColumns, evidence: bytes) -> MergeReport:
        path = self.paths.bars(resolution, ticker, None)
        with exclusive_lock(self._locks / f"{resolution.folder}-{path.stem}.merge"):
            present = self.trade_bars(resolution, ticker) if path.is_file() else columns.slice(0, 0)
            merged, report = merge_trades(present, columns)
            self._write(resolution, ticker, None, merged, evidence)
        return report

    def _write(
        self, resolution: Resolution, ticker: str, day: date | None, columns: TradeColumns, evidence: bytes
    ) -> Path:
        path = self.paths.confine(self.paths.bars(resolution, ticker, day))
        text = encode_trades(columns, resolution, day)
        write_entry(path, self.paths.entry_name(resolution, ticker, day), text, evidence, staging=self.staging)
        return path


def merge_trades(old: TradeColumns, new: TradeColumns) -> tuple[TradeColumns, MergeReport]:
    """Union of bars by time; at equal times the new bar wins. Scales become the finer of both.

    Raises:
        InvalidBarsError: ``new`` breaks a rule of a bar, or a value does not fit 64 bits in the finer scale.
    """
    check_trades(new)
    price_scale = max(old.price_scale, new.price_scale)
    volume_scale = max(old.volume_scale, new.volume_scale)
    old, new = (_rescaled(columns, price_scale, volume_scale) for columns in (old, new))
    _, in_old, in_new = np.intersect1d(old.time_ms, new.time_ms, assume_unique=True, return_indices=True)
    changed = np.zeros(len(in_old), dtype=np.bool_)
    keep = np.ones(len(old), dtype=np.bool_)
    keep[in_old] = False
    order = np.argsort(np.concatenate((old.time_ms[keep], new.time_ms)), kind="stable")
    arrays: dict[str, Int64s] = {}
    for name in TradeColumns.ARRAYS:
        before, after = getattr(old, name), getattr(new, name)
        changed |= before[in_old] != after[in_new]
        arrays[name] = np.concatenate((before[keep], after))[order]
    merged = TradeColumns(**arrays, price_scale=price_scale, volume_scale=volume_scale)
    return merged, MergeReport(len(merged), len(new) - len(in_new), int(changed.sum()))


def _rescaled(columns: TradeColumns, price_scale: int, volume_scale: int) -> TradeColumns:
    price_factor = 10 ** (price_scale - columns.price_scale)
    volume_factor = 10 ** (volume_scale - columns.volume_scale)
    if price_factor == volume_factor == 1:
        return columns
    return TradeColumns(
        columns.time_ms,
        _times(columns.open, price_factor),
        _times(columns.high, price_factor),
        _times(columns.low, price_factor),
        _times(columns.close, price_factor),
        _times(columns.volume, volume_factor),
        price_scale,
        volume_scale,
    )


def _times(values: Int64s, factor: int) -> Int64s:
    if len(values) and int(values.max()) > np.iinfo(np.int64).max // factor:
        raise InvalidBarsError(int(values.argmax()), f"value {values.max()} does not fit 64 bits with more decimals")
    return values * factor


def _day_of_name(name: str) -> date | None:
    try:
        return compact_date(name.partition("_")[0])
    except ValueError:
        return None
