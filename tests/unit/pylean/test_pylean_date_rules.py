"""Date rules of periods and times around sessions, against what their words say."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pylean.clock import from_ms
from pylean.scheduling.periods import Period, period_days

DAYS = st.dates(date(2023, 12, 1), date(2026, 2, 1))
SHORT = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)


class Weekdays:
    """Hours of a market that is open from Monday to Friday, with a holiday."""

    def is_trading_day(self, day: date) -> bool:
        return day.weekday() < 5 and day != date(2025, 1, 1)


def key(period: Period, day: date) -> tuple[int, int]:
    iso = day.isocalendar()
    return {
        Period.WEEK: (iso.year, iso.week),
        Period.MONTH: (day.year, day.month),
        Period.QUARTER: (day.year, (day.month - 1) // 3),
        Period.YEAR: (day.year, 0),
    }[period]


def expected(period: Period, is_start: bool, offset: int, hours: Any, start: date, end: date) -> list[date]:
    """Group all days by period, take the open ones, count from the right end."""
    groups: dict[tuple[int, int], list[date]] = {}
    day = date(2022, 12, 26)  # a Monday, whole periods before and after what is asked
    while day < date(2029, 1, 1):
        groups.setdefault(key(period, day), []).append(day)
        day += timedelta(days=1)
    found = []
    for days in list(groups.values())[1:-1]:
        open_days = [one for one in days if hours is None or hours.is_trading_day(one)]
        if not is_start:
            open_days.reverse()
        chosen = open_days[min(offset, len(open_days) - 1)]
        base = days[0] if is_start else days[-1]
        if period is Period.YEAR and not (
            start.replace(day=1) <= base and (base.year, base.month) <= (end.year, end.month)
        ):
            continue
        if start <= chosen <= end:
            found.append(chosen)
    return found


@SHORT
@given(
    st.sampled_from([Period.MONTH, Period.QUARTER, Period.YEAR]),
    st.booleans(),
    st.integers(0, 40),
    st.sampled_from([None, Weekdays()]),
    DAYS,
    st.integers(0, 400),
)
def test_periods_of_months(period: Period, is_start: bool, offset: int, hours: Any, start: date, length: int) -> None:
    end = start + timedelta(days=length)
    days = list(period_days(period, is_start, offset, hours)(start, end))
    assert days == expected(period, is_start, offset, hours, start, end)


@SHORT
@given(st.booleans(), st.integers(0, 4), DAYS, st.integers(0, 60))
def test_weeks_of_trading_days(is_start: bool, offset: int, start: date, length: int) -> None:
    end = start + timedelta(days=length)
    hours: Any = Weekdays()
    days = list(period_days(Period.WEEK, is_start, offset, hours)(start, end))
    assert days == expected(Period.WEEK, is_start, offset, hours, start, end)


@pytest.mark.parametrize(
    ("is_start", "offset", "weekday"), [(True, 0, 0), (True, 6, 6), (False, 0, 4), (False, 4, 0), (False, 6, 5)]
)
def test_weeks_without_a_symbol_reach_into_the_weekend(is_start: bool, offset: int, weekday: int) -> None:
    days = list(period_days(Period.WEEK, is_start, offset, None)(date(2025, 6, 2), date(2025, 6, 29)))
    assert {day.weekday() for day in days} == {weekday}
    assert len(days) in (3, 4)


def local(bench: Any, rule: Any, *days: date) -> list[datetime]:
    return [from_ms(utc_ms) - timedelta(hours=4) for utc_ms in rule.moments(days)]


JULY_3 = date(2025, 7, 3)  # closes at 13:00
SATURDAY = date(2025, 7, 5)


def test_times_around_sessions(bench: Any) -> None:
    rules = bench.algorithm.time_rules
    cases = [
        (rules.after_market_open("AAA", 5), "09:35"),
        (rules.after_market_open(5), "09:35"),
        (rules.after_market_open(minutes_after_open=5), "09:35"),
        (rules.AfterMarketOpen(5, True), "04:05"),
        (rules.before_market_open("AAA", 30), "09:00"),
        (rules.before_market_close("AAA", 10), "12:50"),
        (rules.after_market_close(15), "13:15"),
        (rules.at(9, 31), "09:31"),
        (rules.at(9, 31, "UTC"), "05:31"),
        (rules.at(timedelta(hours=15)), "15:00"),
    ]
    for rule, clock in cases:
        assert local(bench, rule, JULY_3)[0].strftime("%H:%M") == clock, rule.name
    assert local(bench, rules.after_market_close("AAA"), SATURDAY) == []


def test_rules_are_made_by_symbol_and_offset_in_any_order(bench: Any) -> None:
    rules = bench.algorithm.date_rules
    june = (date(2025, 6, 1), date(2025, 6, 30))
    assert list(rules.month_start().dates(*june)) == [date(2025, 6, 1)]
    assert list(rules.MonthStart("AAA", 1).dates(*june)) == [date(2025, 6, 3)]
    assert list(rules.month_end("AAA", days_offset=1).dates(*june)) == [date(2025, 6, 27)]
    assert list(rules.week_start(2).dates(date(2025, 6, 2), date(2025, 6, 8))) == [date(2025, 6, 4)]
    assert list(rules.on(datetime(2025, 6, 4, 12), date(2025, 7, 4)).dates(*june)) == [date(2025, 6, 4)]
    assert rules.quarter_end("AAA", 3).name == "AAA: QuarterEnd-3"
    with pytest.raises(ValueError, match="days offset of MonthStart is 31; it must be from 0 to 30"):
        rules.month_start(31)
