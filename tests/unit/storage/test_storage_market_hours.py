"""Trading sessions from Lean's market-hours database."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pylean.storage import LeanPaths, MarketHours, MetadataError, MissingFileError, Session

REGULAR_OPEN, REGULAR_CLOSE = 34_200, 57_600


@pytest.fixture
def hours(sample_paths: LeanPaths) -> MarketHours:
    return MarketHours.read(sample_paths)


def segment(start: str, end: str, state: str = "market") -> dict[str, str]:
    return {"start": start, "end": end, "state": state}


def database(root: Path, **entries: dict[str, Any]) -> LeanPaths:
    paths = LeanPaths(root)
    paths.market_hours.parent.mkdir(parents=True, exist_ok=True)
    zone = {"dataTimeZone": "America/New_York", "exchangeTimeZone": "America/New_York"}
    named = {key.replace("_", "-").replace("ALL", "[*]"): zone | entry for key, entry in entries.items()}
    paths.market_hours.write_text(json.dumps({"entries": named}))
    return paths


def test_an_ordinary_day(hours: MarketHours) -> None:
    day = date(2013, 10, 7)
    assert hours.session(day) == Session(day, 14_400, REGULAR_OPEN, REGULAR_CLOSE, 72_000)
    assert hours.is_trading_day(day)


@pytest.mark.parametrize(
    "day", [date(2013, 10, 5), date(2001, 9, 11), date(2012, 10, 29), date(2025, 1, 9), date(2020, 11, 26)]
)
def test_weekends_holidays_and_closures(hours: MarketHours, day: date) -> None:
    assert hours.session(day) is None
    assert not hours.is_trading_day(day)
    assert not hours.is_open(datetime(day.year, day.month, day.day, 12))


@pytest.mark.parametrize("day", [date(2015, 12, 24), date(2020, 11, 27), date(2025, 7, 3)])
def test_an_early_close_ends_the_day(hours: MarketHours, day: date) -> None:
    assert hours.session(day) == Session(day, 14_400, REGULAR_OPEN, 46_800, 46_800)


def test_an_early_close_listed_on_a_sunday_opens_nothing(hours: MarketHours) -> None:
    assert hours.session(date(2017, 12, 24)) is None


def test_sessions_of_a_year(hours: MarketHours) -> None:
    sessions = hours.sessions(date(2013, 1, 1), date(2013, 12, 31))
    assert len(sessions) == 252
    assert [session.day for session in sessions if session.close < REGULAR_CLOSE] == [
        date(2013, 7, 3),
        date(2013, 11, 29),
        date(2013, 12, 24),
    ]
    assert hours.sessions(date(2013, 10, 5), date(2013, 10, 6)) == []


@pytest.mark.parametrize(
    ("clock", "regular", "extended"),
    [
        ("03:59:59", False, False),
        ("04:00:00", False, True),
        ("09:29:59", False, True),
        ("09:30:00", True, True),
        ("15:59:59.999999", True, True),
        ("16:00:00", False, True),
        ("19:59:59", False, True),
        ("20:00:00", False, False),
    ],
)
def test_open_includes_the_start_and_excludes_the_end(
    hours: MarketHours, clock: str, regular: bool, extended: bool
) -> None:
    moment = datetime.fromisoformat(f"2013-10-07T{clock}")
    assert hours.is_open(moment) is regular
    assert hours.is_open(moment, extended=True) is extended


@pytest.mark.parametrize(
    ("local", "extended", "opens", "closes"),
    [
        ("2013-10-04T09:29:59", False, "2013-10-04T09:30", "2013-10-04T16:00"),
        ("2013-10-04T09:30:00", False, "2013-10-07T09:30", "2013-10-04T16:00"),
        ("2013-10-04T16:00:00", False, "2013-10-07T09:30", "2013-10-07T16:00"),
        ("2013-10-04T16:00:00", True, "2013-10-07T04:00", "2013-10-04T20:00"),
        ("2015-12-24T12:00:00", False, "2015-12-28T09:30", "2015-12-24T13:00"),
        ("2015-12-24T13:00:00", True, "2015-12-28T04:00", "2015-12-28T20:00"),
        ("2001-09-10T18:00:00", False, "2001-09-17T09:30", "2001-09-17T16:00"),
    ],
)
def test_next_opening_and_closing_are_strictly_later(
    hours: MarketHours, local: str, extended: bool, opens: str, closes: str
) -> None:
    moment = datetime.fromisoformat(local)
    assert hours.next_open(moment, extended) == datetime.fromisoformat(opens)
    assert hours.next_close(moment, extended) == datetime.fromisoformat(closes)


def test_neighbouring_trading_days(hours: MarketHours) -> None:
    assert hours.next_trading_day(date(2001, 9, 10)) == date(2001, 9, 17)
    assert hours.previous_trading_day(date(2001, 9, 17)) == date(2001, 9, 10)


@pytest.mark.parametrize(
    ("day", "offset_h"),
    [(date(2025, 10, 31), -4), (date(2025, 11, 3), -5), (date(2026, 3, 6), -5), (date(2026, 3, 9), -4)],
)
def test_the_offset_changes_over_the_weekend(hours: MarketHours, day: date, offset_h: int) -> None:
    assert hours.utc_offset_seconds(day) == offset_h * 3600


def test_trading_days_agree_with_an_independent_calendar(hours: MarketHours) -> None:
    calendar = pytest.importorskip("exchange_calendars").get_calendar("XNYS", start="2000-01-01", end="2026-12-31")
    sessions = {stamp.date() for stamp in calendar.sessions}
    first = date(2000, 1, 1)
    days = [first + timedelta(days=offset) for offset in range((date(2026, 12, 31) - first).days + 1)]
    assert [day for day in days if hours.is_trading_day(day) != (day in sessions)] == []


def test_both_data_folders_have_the_common_entry(shared: Path, hours: MarketHours) -> None:
    other = MarketHours.read(LeanPaths(shared / "market-data"), ticker="NVDA")
    day = date(2025, 10, 1)
    assert other.session(day) == hours.session(day)


def test_a_file_is_read_once_until_it_changes(tmp_path: Path) -> None:
    paths = database(tmp_path, Equity_usa_ALL={"monday": [segment("09:30:00", "16:00:00")]})
    first = MarketHours.read(paths)
    assert MarketHours.read(paths) is first
    database(tmp_path, Equity_usa_ALL={"monday": [segment("10:30:00", "16:00:00")], "holidays": ["1/1/2024"]})
    changed = MarketHours.read(paths).session(date(2013, 10, 7))
    assert changed is not None
    assert changed.open == 37_800


def test_an_own_entry_wins_and_shares_the_holidays(tmp_path: Path) -> None:
    paths = database(
        tmp_path,
        Equity_usa_ALL={"monday": [segment("09:30:00", "16:00:00")], "holidays": ["10/14/2013"]},
        Equity_usa_XYZ={"monday": [segment("11:00:00", "1.00:00:00")], "earlyCloses": {"10/21/2013": "15:00:00"}},
    )
    own = MarketHours.read(paths, ticker="xyz")
    monday = date(2013, 10, 7)
    assert own.session(monday) == Session(monday, 39_600, 39_600, 86_400, 86_400)
    assert own.session(date(2013, 10, 14)) is None
    early = date(2013, 10, 21)
    assert own.session(early) == Session(early, 39_600, 39_600, 54_000, 54_000)
    common = MarketHours.read(paths, ticker="abc").session(early)
    assert common == Session(early, REGULAR_OPEN, REGULAR_OPEN, REGULAR_CLOSE, REGULAR_CLOSE)


def test_late_opens_shorten_the_day_from_the_front(tmp_path: Path) -> None:
    monday = [segment("04:00:00", "09:30:00", "premarket"), segment("09:30:00", "16:00:00")]
    late = {"10/7/2013": "10:30:00", "10/14/2013": "16:00:00"}
    hours = MarketHours.read(database(tmp_path, Equity_usa_ALL={"monday": monday, "lateOpens": late}))
    day = date(2013, 10, 7)
    assert hours.session(day) == Session(day, 37_800, 37_800, REGULAR_CLOSE, REGULAR_CLOSE)
    assert hours.session(date(2013, 10, 14)) is None


def test_a_market_that_never_opens_ends_the_search(tmp_path: Path) -> None:
    hours = MarketHours.read(database(tmp_path, Equity_usa_ALL={}))
    with pytest.raises(ValueError, match="no session within 15 days"):
        hours.next_open(datetime(2013, 10, 7))
    with pytest.raises(ValueError, match="no trading day within 15 days"):
        hours.next_trading_day(date(2013, 10, 7))


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ({"monday": [segment("09:30:00", "12:00:00"), segment("13:00:00", "16:00:00")]}, "several|more than one"),
        ({"monday": [segment("04:00:00", "08:00:00", "premarket"), segment("09:30:00", "16:00:00")]}, "gaps"),
        ({"monday": "closed"}, "is malformed"),
        ({"holidays": ["2013-10-07"]}, "entry of Equity-usa"),
        ({"monday": [segment("nine", "16:00:00")]}, "entry of Equity-usa"),
        ({"exchangeTimeZone": "Mars/Olympus"}, "entry of Equity-usa"),
    ],
)
def test_unusable_entries_are_named(tmp_path: Path, entry: dict[str, Any], reason: str) -> None:
    with pytest.raises(MetadataError, match=reason):
        MarketHours.read(database(tmp_path, Equity_usa_ALL=entry))


def test_missing_and_damaged_databases(tmp_path: Path) -> None:
    paths = LeanPaths(tmp_path)
    with pytest.raises(MissingFileError, match="market hours"):
        MarketHours.read(paths)
    database(tmp_path, Equity_usa_ALL={})
    with pytest.raises(MetadataError, match="no entry for Equity-mars"):
        MarketHours.read(paths, market="mars")
    paths.market_hours.write_text("{")
    with pytest.raises(MetadataError, match="is no market-hours database"):
        MarketHours.read(paths)
