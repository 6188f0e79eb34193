"""Trading days, settling, and the packing of missing days into requests."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pylean.storage import LeanPaths, MarketHours, Resolution
from services.downloader.calendar import TradingCalendar
from services.downloader.exchange import FIRST_DAY, LAST_DAY, new_york_sessions
from services.downloader.inventory import Inventory
from services.downloader.planner import estimate, plan_unit
from services.downloader.progress import Tally, completion_line, missing_lines
from services.downloader.provider import RetryBudget
from services.downloader.units import Need, Unit

NOW = datetime(2026, 2, 2, tzinfo=UTC)


@pytest.fixture(scope="module")
def calendar(tmp_path_factory: pytest.TempPathFactory) -> TradingCalendar:
    folder = tmp_path_factory.mktemp("calendar")
    return TradingCalendar.of(folder / "no-data", folder / "state")


def test_the_generated_market_hours_are_the_exchange_calendar(calendar: TradingCalendar) -> None:
    sessions = new_york_sessions()
    assert calendar.days(FIRST_DAY, LAST_DAY) == list(sessions.days)
    short = [day for day in sessions.days if (calendar.session(day) or pytest.fail(str(day))).close != 16 * 3600]
    assert short == sorted(sessions.early_closes)
    for closed in (date(2001, 9, 11), date(2012, 10, 29), date(2018, 12, 5), date(2025, 1, 9)):
        assert calendar.session(closed) is None


def test_the_generated_market_hours_agree_with_leans(calendar: TradingCalendar, shared: Path) -> None:
    lean = MarketHours.read(LeanPaths(shared / "market-data"))
    first, last = date(2000, 1, 3), date(2025, 12, 31)
    assert [(session.day, session.open, session.close) for session in lean.sessions(first, last)] == [
        (session.day, session.open, session.close)
        for day in calendar.days(first, last)
        if (session := calendar.session(day))
    ]


def test_the_calendar_is_kept_and_a_data_folder_has_its_own(tmp_path: Path) -> None:
    TradingCalendar.of(tmp_path / "data", tmp_path / "state")
    kept = LeanPaths(tmp_path / "state" / "calendar").market_hours
    stamp = kept.stat().st_mtime_ns
    TradingCalendar.of(tmp_path / "data", tmp_path / "state")
    assert kept.stat().st_mtime_ns == stamp
    own = LeanPaths(tmp_path / "data").market_hours
    own.parent.mkdir(parents=True)
    own.write_bytes(kept.read_bytes().replace(b'"10/13/2025"', b'""').replace(b'"1/1/1998"', b'"10/3/2025"'))
    assert TradingCalendar.of(tmp_path / "data", tmp_path / "state").session(date(2025, 10, 3)) is None


@pytest.mark.parametrize(
    ("day", "moment", "settled"),
    [
        (date(2025, 10, 3), datetime(2025, 10, 6, 9, 59, tzinfo=UTC), False),
        (date(2025, 10, 3), datetime(2025, 10, 6, 10, 0, tzinfo=UTC), True),
        (date(2025, 11, 26), datetime(2025, 11, 28, 10, 59, tzinfo=UTC), False),  # over Thanksgiving, winter time
        (date(2025, 11, 26), datetime(2025, 11, 28, 11, 0, tzinfo=UTC), True),
        (date(2025, 10, 31), datetime(2025, 11, 3, 11, 0, tzinfo=UTC), True),
    ],
)
def test_a_day_settles_in_the_morning_of_the_next_session(
    calendar: TradingCalendar, day: date, moment: datetime, settled: bool
) -> None:
    assert calendar.is_settled(day, moment) is settled


def test_history_reaches_back_over_holidays(calendar: TradingCalendar) -> None:
    assert calendar.days_before(date(2025, 12, 1), 3) == [date(2025, 11, 25), date(2025, 11, 26), date(2025, 11, 28)]
    assert calendar.days_before(date(2025, 12, 1), 0) == []


@given(data=st.data())
def test_packs_hold_each_missing_day_once_in_adjoining_runs(calendar: TradingCalendar, data: st.DataObject) -> None:
    days = calendar.days(date(2025, 9, 1), date(2025, 12, 31))
    missing = sorted(data.draw(st.sets(st.sampled_from(days))))
    unit = Unit("ABC", data.draw(st.sampled_from([Resolution.SECOND, Resolution.MINUTE, Resolution.DAILY])))
    plan = plan_unit(LeanPaths(Path("/nowhere")), Need(unit, tuple(missing)), Inventory(), calendar, NOW)
    assert [day for pack in plan.packs for day in pack.days] == missing
    for pack in plan.packs:
        assert calendar.days(pack.days[0], pack.days[-1]) == list(pack.days)
        assert len(pack.days) * plan.rows_per_day <= 45_000
    for one, two in zip(plan.packs, plan.packs[1:], strict=False):
        full = (len(one.days) + 1) * plan.rows_per_day > 45_000
        assert full or calendar.next_day(one.days[-1]) != two.days[0]


def test_a_dense_week_costs_what_the_facts_say(calendar: TradingCalendar) -> None:
    days = tuple(calendar.days(date(2025, 10, 1), date(2025, 10, 10)))
    needs = [Need(Unit(f"S{number}", Resolution.SECOND), days) for number in range(15)]
    plans = [plan_unit(LeanPaths(Path("/nowhere")), need, Inventory(), calendar, NOW) for need in needs]
    cost = estimate(plans, 5)
    assert cost.requests == 60
    assert 45e6 < cost.size_bytes < 60e6
    assert 2 < cost.elapsed_s < 10


def test_what_is_left_is_estimated_by_rows_not_by_days() -> None:
    seconds, daily = Unit("A", Resolution.SECOND), Unit("A", Resolution.DAILY)
    tally = Tally.of([Need(seconds, (NOW.date(),) * 4), Need(daily, (NOW.date(),) * 100)], RetryBudget())
    tally.found(seconds, 0, 20_000)
    tally.found(daily, 0, 1)
    assert tally.remaining_s(5.0) is None
    tally.resolutions[Resolution.SECOND].touch(10.0)
    tally.stored(seconds, 2, 40_000, 12.0)
    tally.stored(daily, 100, 100, 12.0)
    assert tally.remaining_s(12.0) == pytest.approx(2.0, rel=0.01)
    assert (tally.days_done, tally.days_needed) == (102, 104)
    assert "second: 2 days with 40,000 bars in 2.0 s" in completion_line(tally, 2.5)


def test_missing_days_are_listed_while_they_are_few() -> None:
    few = Need(Unit("A", Resolution.SECOND), (date(2025, 10, 1), date(2025, 10, 3)))
    many = Need(Unit("A", Resolution.DAILY), tuple(date(2025, 10, day) for day in range(1, 21)))
    assert missing_lines([few, many]) == [
        "Missing data for A: 2025-10-01, 2025-10-03 (second); 20 days from 2025-10-01 to 2025-10-20 (daily)"
    ]
