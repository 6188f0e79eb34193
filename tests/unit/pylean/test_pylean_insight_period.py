"""Close times of insights, against Lean's rule walked step by step."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pylean.framework.insight_period import (
    END_OF_TIME,
    CloseTimePeriod,
    EndlessPeriod,
    ExpiryPeriod,
    SpanPeriod,
    close_time_after_bars,
    close_time_after_span,
)
from pylean.storage import MarketHours, Resolution

from .conftest import Market

_SIZES = {
    Resolution.SECOND: timedelta(seconds=1),
    Resolution.MINUTE: timedelta(minutes=1),
    Resolution.HOUR: timedelta(minutes=1),
}
_HALF_SESSION = timedelta(hours=3, minutes=15)


@pytest.fixture(scope="module")
def hours(tmp_path_factory: pytest.TempPathFactory) -> MarketHours:
    root: Path = tmp_path_factory.mktemp("hours")
    return MarketHours.read(Market(root).store.paths)


def _utc(local: datetime, hours: MarketHours) -> datetime:
    return local.replace(tzinfo=hours.time_zone).astimezone(UTC).replace(tzinfo=None)


def _walked(local: datetime, step: timedelta, count: int, hours: MarketHours) -> datetime:
    """Count the steps that touch a regular session, one after the other."""
    while count:
        session = hours.session(local.date())
        if session is not None:
            midnight = datetime.combine(local.date(), time())
            opens, closes = (midnight + timedelta(seconds=second) for second in (session.open, session.close))
            count -= local < closes and local + step > opens
        local += step
    return local


@settings(deadline=None, max_examples=60)
@given(
    minute=st.integers(0, 10 * 24 * 60),
    second=st.integers(0, 59),
    resolution=st.sampled_from([Resolution.SECOND, Resolution.MINUTE, Resolution.HOUR]),
    count=st.integers(1, 12),
)
def test_intraday_bars_end_where_a_walk_by_bars_ends(
    hours: MarketHours, minute: int, second: int, resolution: Resolution, count: int
) -> None:
    start = datetime(2025, 6, 30) + timedelta(minutes=minute, seconds=second)
    steps = count * (60 if resolution is Resolution.HOUR else 1)
    expected = _utc(_walked(start, _SIZES[resolution], steps, hours), hours)
    assert close_time_after_bars(hours, _utc(start, hours), resolution, count) == expected


def test_an_early_close_and_a_holiday_are_left_out(hours: MarketHours) -> None:
    # Thursday 3 July 2025 closes at 13:00, Friday is a holiday.
    start = _utc(datetime(2025, 7, 3, 12, 50), hours)
    assert close_time_after_bars(hours, start, Resolution.MINUTE, 11) == _utc(datetime(2025, 7, 7, 9, 31), hours)


def test_days_keep_the_time_of_day_and_count_dates_with_a_session(hours: MarketHours) -> None:
    start = _utc(datetime(2025, 7, 3, 20, 5), hours)
    assert close_time_after_bars(hours, start, Resolution.DAILY, 2) == _utc(datetime(2025, 7, 8, 20, 5), hours)


def test_a_change_of_the_clocks_keeps_the_local_time(hours: MarketHours) -> None:
    friday = _utc(datetime(2025, 10, 31, 10), hours)
    assert close_time_after_bars(hours, friday, Resolution.DAILY, 1) == friday + timedelta(days=3, hours=1)


def test_a_span_of_days_and_a_half_adds_half_a_session(hours: MarketHours) -> None:
    start = datetime(2025, 6, 2, 9, 30)
    expected = _utc(start + timedelta(days=2) + _HALF_SESSION, hours)
    assert close_time_after_span(hours, _utc(start, hours), timedelta(days=2, hours=12)) == expected


def test_a_span_below_a_day_counts_its_minutes(hours: MarketHours) -> None:
    start = _utc(datetime(2025, 6, 2, 15, 50), hours)
    expected = _utc(datetime(2025, 6, 3, 9, 40), hours)
    assert close_time_after_span(hours, start, timedelta(minutes=20)) == expected


def test_no_span_at_all_is_one_second(hours: MarketHours) -> None:
    start = _utc(datetime(2025, 6, 2, 10), hours)
    assert SpanPeriod(timedelta()).resolve(start, hours) == (timedelta(seconds=1), start + timedelta(seconds=1))


def test_a_close_time_in_closed_hours_waits_for_the_open(hours: MarketHours) -> None:
    start = _utc(datetime(2025, 6, 6, 12), hours)
    period, close = CloseTimePeriod(datetime(2025, 6, 6, 18)).resolve(start, hours)
    assert close == _utc(datetime(2025, 6, 9, 9, 30), hours)
    assert period == close - start


def test_a_close_time_in_the_past_is_refused(hours: MarketHours) -> None:
    with pytest.raises(ValueError, match="lies in the past"):
        CloseTimePeriod(datetime(2025, 6, 6, 10)).resolve(_utc(datetime(2025, 6, 6, 12), hours), hours)


def test_an_expiry_function_sees_and_gives_local_time(hours: MarketHours) -> None:
    seen: list[datetime] = []

    def expire(local: datetime) -> datetime:
        seen.append(local)
        return local + timedelta(hours=1)

    _, close = ExpiryPeriod(expire).resolve(_utc(datetime(2025, 6, 6, 12), hours), hours)
    assert seen == [datetime(2025, 6, 6, 12)]
    assert close == _utc(datetime(2025, 6, 6, 13), hours)


def test_an_endless_period_never_closes(hours: MarketHours) -> None:
    assert EndlessPeriod().resolve(datetime(2025, 6, 6), hours)[1] == END_OF_TIME


@pytest.mark.parametrize("bar_count", [0, -1])
def test_a_count_below_one_is_refused(hours: MarketHours, bar_count: int) -> None:
    with pytest.raises(ValueError, match="bar_count"):
        close_time_after_bars(hours, datetime(2025, 6, 6), Resolution.DAILY, bar_count)


def test_the_usual_session_is_the_regular_one(hours: MarketHours) -> None:
    assert hours.usual_session_s == 390 * 60
    assert hours.session(date(2025, 7, 3)) is not None
