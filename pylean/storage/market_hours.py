"""Trading sessions from Lean's market-hours database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from .errors import MetadataError, MissingFileError
from .paths import LeanPaths

_DAY_S: Final = 86_400
_WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
#: How far Lean looks for the next opening or closing before it gives up.
_SEARCH_DAYS: Final = 15


@dataclass(frozen=True, slots=True)
class Session:
    """One trading day; times are whole seconds since local midnight.

    ``pre_open`` ≤ ``open`` < ``close`` ≤ ``post_close``. As in Lean an early close ends the day: there is no session
    after it, so ``post_close`` equals ``close`` then.
    """

    day: date
    pre_open: int
    open: int
    close: int
    post_close: int

    def span(self, extended: bool) -> tuple[int, int]:
        """First second and end (exclusive) of the regular or the extended session."""
        return (self.pre_open, self.post_close) if extended else (self.open, self.close)


class _Segment(msgspec.Struct):
    start: str
    end: str
    state: str


class _Entry(msgspec.Struct, rename="camel"):
    exchange_time_zone: str
    monday: list[_Segment] = []
    tuesday: list[_Segment] = []
    wednesday: list[_Segment] = []
    thursday: list[_Segment] = []
    friday: list[_Segment] = []
    saturday: list[_Segment] = []
    sunday: list[_Segment] = []
    holidays: list[str] = []
    early_closes: dict[str, str] = {}
    late_opens: dict[str, str] = {}


class _Database(msgspec.Struct):
    # Entries stay unread JSON: of 500 of them a run needs one or two.
    entries: dict[str, msgspec.Raw]


class MarketHours:
    """Sessions, holidays and early closes of one market; all local times are naive wall-clock times of its zone.

    Serves markets with at most one regular session a day, surrounded by adjoining extended sessions.
    """

    def __init__(
        self, week: Sequence[Session | None], exceptions: Mapping[date, Session | None], time_zone: ZoneInfo
    ) -> None:
        self.time_zone = time_zone
        self._week = week
        self._exceptions = exceptions
        self._sessions: dict[date, Session | None] = {}

    @classmethod
    def read(
        cls, paths: LeanPaths, market: str = "usa", security_type: str = "Equity", ticker: str | None = None
    ) -> MarketHours:
        """Hours of a ticker's own entry, else of the market's common entry. Read once per process and file version.

        Raises:
            MissingFileError: the database is not in the data folder.
            MetadataError: the database is damaged, has no such entry, or one with several regular sessions a day.
        """
        path = paths.market_hours
        try:
            version = path.stat()
        except FileNotFoundError as error:
            raise MissingFileError(path, "market hours") from error
        return _read_hours(path, (version.st_mtime_ns, version.st_size), market, security_type, (ticker or "").upper())

    @property
    def regular_session_s(self) -> int:
        """Length of most weekdays' regular session, the longer one of equally many."""
        lengths = [session.close - session.open for session in self._week if session is not None]
        return max(lengths, key=lambda length: (lengths.count(length), length))

    def session(self, day: date) -> Session | None:
        """The day's session, None when the market is closed all day."""
        if day not in self._sessions:
            template = self._exceptions.get(day, self._week[day.weekday()])
            self._sessions[day] = None if template is None else replace(template, day=day)
        return self._sessions[day]

    def sessions(self, start: date, end: date) -> list[Session]:
        """Sessions of the trading days from ``start`` to ``end``, both included."""
        days = (start + timedelta(days=offset) for offset in range((end - start).days + 1))
        return [session for session in map(self.session, days) if session is not None]

    @property
    def usual_session_s(self) -> int:
        """Length of the regular session on most weekdays; of lengths as frequent the longest."""
        lengths = Counter(session.close - session.open for session in self._week if session is not None)
        return max(lengths, key=lambda length: (lengths[length], length))

    def is_trading_day(self, day: date) -> bool:
        return self.session(day) is not None

    def next_trading_day(self, day: date) -> date:
        """First trading day after ``day``."""
        return self._trading_day(day, +1)

    def previous_trading_day(self, day: date) -> date:
        """Last trading day before ``day``."""
        return self._trading_day(day, -1)

    def is_open(self, local: datetime, extended: bool = False) -> bool:
        """Whether the market is open at a moment; the end of a session is not part of it."""
        session = self.session(local.date())
        if session is None:
            return False
        start, end = session.span(extended)
        return start <= _seconds(local) < end

    def next_open(self, local: datetime, extended: bool = False) -> datetime:
        """First opening strictly after ``local``."""
        return self._next_edge(local, extended, 0)

    def next_close(self, local: datetime, extended: bool = False) -> datetime:
        """First closing strictly after ``local``."""
        return self._next_edge(local, extended, 1)

    def utc_offset_seconds(self, day: date) -> int:
        """Local time minus UTC on ``day``, as it holds during trading hours (clocks change on Sunday nights)."""
        offset = datetime.combine(day, time(12), self.time_zone).utcoffset()
        return 0 if offset is None else int(offset.total_seconds())

    def _trading_day(self, day: date, step: int) -> date:
        for distance in range(1, _SEARCH_DAYS + 1):
            candidate = day + timedelta(days=step * distance)
            if self.is_trading_day(candidate):
                return candidate
        raise ValueError(f"no trading day within {_SEARCH_DAYS} days of {day}; check the market-hours database")

    def _next_edge(self, local: datetime, extended: bool, edge: int) -> datetime:
        day = local.date()
        for _ in range(_SEARCH_DAYS):
            session = self.session(day)
            if session is not None:
                moment = datetime.combine(day, time()) + timedelta(seconds=session.span(extended)[edge])
                if moment > local:
                    return moment
            day += timedelta(days=1)
        raise ValueError(f"no session within {_SEARCH_DAYS} days of {local}; check the market-hours database")


@lru_cache(maxsize=64)
def _read_hours(path: Path, version: tuple[int, int], market: str, security_type: str, ticker: str) -> MarketHours:
    database = _read_database(path, version)
    shared = f"{security_type}-{market}-[*]"
    own = _entry(path, database, f"{security_type}-{market}-{ticker}") if ticker else None
    if ticker and own is None and shared in database:  # made once for all tickers without an entry of their own
        return _read_hours(path, version, market, security_type, "")
    common = _entry(path, database, shared)
    entry = own or common
    if entry is None:
        raise MetadataError(path, f"has no entry for {security_type}-{market}-{ticker or '[*]'}")
    inherited = [common] if own is not None and common is not None else []
    try:
        return _build(entry, inherited)
    except (ValueError, ZoneInfoNotFoundError) as error:
        raise MetadataError(path, f"entry of {security_type}-{market}: {error}") from error


@lru_cache(maxsize=2)
def _read_database(path: Path, version: tuple[int, int]) -> dict[str, msgspec.Raw]:
    del version  # part of the key only
    try:
        return msgspec.json.decode(path.read_bytes(), type=_Database).entries
    except msgspec.DecodeError as error:
        raise MetadataError(path, f"is no market-hours database ({error})") from error


def _entry(path: Path, database: dict[str, msgspec.Raw], key: str) -> _Entry | None:
    raw = database.get(key)
    if raw is None:
        return None
    try:
        return msgspec.json.decode(raw, type=_Entry)
    except msgspec.DecodeError as error:
        raise MetadataError(path, f"entry {key} is malformed ({error})") from error


def _build(entry: _Entry, inherited: list[_Entry]) -> MarketHours:
    week = tuple(_session(getattr(entry, name)) for name in _WEEKDAYS)
    exceptions: dict[date, Session | None] = {}
    early: dict[date, int] = {}
    late: dict[date, int] = {}
    for source in (*inherited, entry):
        early |= {_date(day): _clock(clock) for day, clock in source.early_closes.items()}
        late |= {_date(day): _clock(clock) for day, clock in source.late_opens.items()}
    for day in early.keys() | late.keys():
        template = week[day.weekday()]
        if template is not None:
            exceptions[day] = _clipped(template, late.get(day, 0), early.get(day, _DAY_S))
    for source in (*inherited, entry):
        exceptions |= dict.fromkeys(map(_date, source.holidays))
    return MarketHours(week, exceptions, ZoneInfo(entry.exchange_time_zone))


def _session(segments: list[_Segment]) -> Session | None:
    spans = sorted((_clock(part.start), _clock(part.end), part.state) for part in segments if part.state != "closed")
    regular = [(start, end) for start, end, state in spans if state == "market"]
    if not regular:
        return None
    adjoining = all(before[1] == after[0] for before, after in pairwise(spans))
    if len(regular) > 1 or not adjoining:
        raise ValueError("has more than one regular session a day or gaps between sessions, which is not supported")
    return Session(date.min, spans[0][0], *regular[0], spans[-1][1])


def _clipped(session: Session, first: int, last: int) -> Session | None:
    """A session that begins no earlier than ``first`` and ends, late session included, at ``last``."""
    opened, close = max(session.open, first), min(session.close, last)
    if opened >= close:
        return None
    return Session(session.day, min(max(session.pre_open, first), opened), opened, close, min(session.post_close, last))


def _date(text: str) -> date:
    month, day, year = text.split("/")
    return date(int(year), int(month), int(day))


def _clock(text: str) -> int:
    """Seconds of ``HH:MM:SS`` or, for the end of a day, ``1.00:00:00``."""
    days, _, clock = text.rpartition(".")
    hours, minutes, seconds = clock.split(":")
    return int(days or 0) * _DAY_S + int(hours) * 3600 + int(minutes) * 60 + int(seconds)


def _seconds(local: datetime) -> float:
    return local.hour * 3600 + local.minute * 60 + local.second + local.microsecond / 1_000_000
