"""Putting bars into a data folder: whole files with their evidence, nothing good ever lost."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Final

import numpy as np

from pylean.storage import (
    LeanPaths,
    Resolution,
    Session,
    StorageError,
    TradeColumns,
    decode_trades,
    encode_trades,
    exclusive_lock,
    merge_trades,
    read_comment,
    read_entry,
    write_entry,
)

from .calendar import TradingCalendar
from .columns import daily_columns, hour_columns, intraday_columns
from .days import DayBars
from .evidence import FROM_MINUTES, SIMULATOR, VENDOR_DAY, Span, decode_evidence, encode_evidence, merged_spans
from .quarantine import set_aside
from .units import Unit

_DERIVED: Final = {Resolution.HOUR: FROM_MINUTES, Resolution.DAILY: VENDOR_DAY}


@dataclass(frozen=True, slots=True)
class FetchedDay:
    """A day as it came: its bars, when they were asked for, and, if there are none, why that is believed."""

    bars: DayBars
    as_of: datetime
    note: str = ""


class StoreWriter:
    """Writes the bars of one data folder. Methods block and may be called from several threads."""

    def __init__(self, root: Path, host: str, calendar: TradingCalendar) -> None:
        self._paths = LeanPaths(root)
        self._host = host
        self._calendar = calendar

    def write_day(self, unit: Unit, fetched: FetchedDay) -> int:
        """Create or replace a second or minute file; returns its rows. An unreadable one is set aside first.

        Raises:
            DamagedAnswerError, InvalidBarsError: the bars cannot be kept.
            OSError: the folder cannot be written; the old file is untouched.
        """
        day = fetched.bars.day
        columns = intraday_columns(fetched.bars.bars, day)
        text = encode_trades(columns, unit.resolution, day)
        span = self._span([fetched], derived="")
        path = self._paths.confine(self._paths.bars(unit.resolution, unit.symbol, day))
        if path.exists():
            self._set_aside_unreadable(path)
        self._write(unit, day, text, len(columns), [span])
        return len(columns)

    def merge_days(self, unit: Unit, days: Sequence[FetchedDay]) -> int:
        """Add days to an hour or daily file; returns the rows that were added or replaced. Errors as above."""
        columns = self._history_columns(unit.resolution, days)
        spans = [self._span(run, _DERIVED[unit.resolution]) for run in self._runs(days)]
        lock = self._paths.root / ".locks" / f"{unit.resolution.folder}-{unit.symbol.lower()}.write"
        with exclusive_lock(lock):
            path = self._paths.confine(self._paths.bars(unit.resolution, unit.symbol, None))
            present, old_spans = self._present(unit, path)
            merged, _ = merge_trades(_without(present, [fetched.bars.day for fetched in days]), columns)
            text = encode_trades(merged, unit.resolution, None)
            trading_days = self._trading_days([*old_spans, *spans])
            self._write(unit, None, text, len(merged), merged_spans(old_spans, spans, trading_days))
        return len(columns)

    def _write(self, unit: Unit, day: date | None, text: bytes, rows: int, spans: Iterable[Span]) -> None:
        evidence = encode_evidence(unit.symbol, unit.resolution.folder, text, rows, spans)
        path = self._paths.bars(unit.resolution, unit.symbol, day)
        name = self._paths.entry_name(unit.resolution, unit.symbol, day)
        write_entry(path, name, text, evidence, staging=self._paths.root / ".staging")

    def _history_columns(self, resolution: Resolution, days: Sequence[FetchedDay]) -> TradeColumns:
        if resolution is Resolution.DAILY:
            return daily_columns((fetched.bars.day, fetched.bars.bars) for fetched in days)
        return hour_columns((self._session(fetched.bars.day), fetched.bars.bars) for fetched in days)

    def _session(self, day: date) -> Session:
        session = self._calendar.session(day)
        if session is None:
            raise ValueError(f"{day} is no trading day")
        return session

    def _set_aside_unreadable(self, path: Path) -> None:
        try:
            read_entry(path)
        except StorageError as error:
            set_aside(self._paths.root, path, str(error))

    def _present(self, unit: Unit, path: Path) -> tuple[TradeColumns, tuple[Span, ...]]:
        """Bars and spans of a history file; none if it is missing, or unreadable and therefore set aside."""
        nothing = decode_trades(b"", unit.resolution, None, path), ()
        if not path.exists():
            return nothing
        try:
            evidence = decode_evidence(read_comment(path))
            rows = decode_trades(read_entry(path), unit.resolution, None, path)
        except StorageError as error:
            set_aside(self._paths.root, path, str(error))
            return nothing
        return rows, () if evidence is None else evidence.spans

    def _runs(self, days: Sequence[FetchedDay]) -> list[list[FetchedDay]]:
        """Consecutive trading days that are alike in all that a span tells."""
        runs: list[list[FetchedDay]] = []
        for fetched in days:
            before = runs[-1][-1] if runs else None
            if before is not None and self._continues(before, fetched):
                runs[-1].append(fetched)
            else:
                runs.append([fetched])
        return runs

    def _continues(self, before: FetchedDay, fetched: FetchedDay) -> bool:
        adjoining = self._calendar.next_day(before.bars.day) == fetched.bars.day
        return adjoining and self._traits(before) == self._traits(fetched)

    def _traits(self, fetched: FetchedDay) -> tuple[object, ...]:
        bars = fetched.bars
        settled = self._calendar.is_settled(bars.day, fetched.as_of)
        return settled, bars.is_simulated, bars.status, fetched.note

    def _span(self, run: Sequence[FetchedDay], derived: str) -> Span:
        first = run[0]
        requests = dict.fromkeys(number for fetched in run for number in fetched.bars.requests)
        return Span(
            first=first.bars.day,
            last=run[-1].bars.day,
            source=SIMULATOR if first.bars.is_simulated else self._host,
            as_of=min(fetched.as_of for fetched in run).replace(microsecond=0),
            settled=self._calendar.is_settled(first.bars.day, first.as_of),
            status=first.bars.status,
            requests=tuple(requests),
            derived=derived,
            note=first.note,
        )

    def _trading_days(self, spans: Sequence[Span]) -> list[date]:
        return self._calendar.days(min(span.first for span in spans), max(span.last for span in spans))


def _without(columns: TradeColumns, days: Sequence[date]) -> TradeColumns:
    """Rows of all other days: what is fetched anew replaces a day as a whole."""
    gone = np.isin(columns.time_ms // 86_400_000, [(day - date(1970, 1, 1)).days for day in days])
    arrays = {name: getattr(columns, name)[~gone] for name in TradeColumns.ARRAYS}
    return TradeColumns(**arrays, price_scale=columns.price_scale, volume_scale=columns.volume_scale)
