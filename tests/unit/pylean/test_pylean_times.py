"""Lean's names of spans, times and ends of periods."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from pylean.api.AlgorithmImports import Expiry, Extensions, Resolution, Time, TimeSpan

_MOMENT = datetime(2025, 1, 31, 15, 30)


@pytest.mark.parametrize(
    ("end", "expected"),
    [
        (Expiry.ONE_MONTH, datetime(2025, 2, 28, 15, 30)),
        (Expiry.OneQuarter, datetime(2025, 4, 30, 15, 30)),
        (Expiry.ONE_YEAR, datetime(2026, 1, 31, 15, 30)),
        (Expiry.END_OF_DAY, datetime(2025, 2, 1)),
        (Expiry.EndOfWeek, datetime(2025, 2, 3)),
        (Expiry.END_OF_MONTH, datetime(2025, 2, 1)),
        (Expiry.END_OF_QUARTER, datetime(2025, 4, 1)),
        (Expiry.END_OF_YEAR, datetime(2026, 1, 1)),
    ],
)
def test_periods_end_where_the_calendar_ends_them(end: object, expected: datetime) -> None:
    assert callable(end)
    assert end(_MOMENT) == expected


@pytest.mark.parametrize("day", range(6, 13))
def test_every_day_of_a_week_ends_on_the_same_monday(day: int) -> None:
    assert Expiry.END_OF_WEEK(datetime(2025, 1, day, 12)) == datetime(2025, 1, 13)


def test_spans_are_pythons() -> None:
    assert TimeSpan.FromMinutes(20) == timedelta(minutes=20)
    assert Time.Multiply(Extensions.ToTimeSpan(Resolution.DAILY), 12) == timedelta(days=12)
    assert datetime.min + Time.EndOfTimeTimeSpan == Time.END_OF_TIME
