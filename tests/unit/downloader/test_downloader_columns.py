"""The provider's bars as Lean's: to the digit, on the right day, hours from minutes."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pylean.storage import Session
from services.downloader.calendar import day_end_ms, local_midnight_ms
from services.downloader.columns import daily_columns, hour_columns, intraday_columns
from services.downloader.days import DayCutter
from services.downloader.exchange import midnight_ms
from services.downloader.provider import DamagedAnswerError, VendorBars, VendorPage

DAY = date(2025, 10, 3)
WINTER = date(2025, 11, 3)


def vendor_bars(times: list[int], prices: list[float] | float = 10.0, volumes: list[float] | float = 1.0) -> VendorBars:
    price = np.broadcast_to(np.asarray(prices, np.float64), len(times)).copy()
    volume = np.broadcast_to(np.asarray(volumes, np.float64), len(times)).copy()
    return VendorBars(np.asarray(times, np.int64), price, price, price, price, volume)


@given(st.lists(st.integers(1, 10**10), min_size=1, max_size=50))
def test_four_decimals_survive_as_integers(tens_of_mills: list[int]) -> None:
    times = [midnight_ms(DAY) + second * 1000 for second in range(len(tens_of_mills))]
    columns = intraday_columns(vendor_bars(times, [price / 10_000 for price in tens_of_mills]), DAY)
    assert (columns.price_scale, columns.close.tolist()) == (4, tens_of_mills)


@given(st.lists(st.integers(1, 10**12), min_size=1, max_size=50))
def test_fractions_of_shares_survive(millionths: list[int]) -> None:
    times = [midnight_ms(DAY) + second * 1000 for second in range(len(millionths))]
    columns = intraday_columns(vendor_bars(times, 10.0, [volume / 10**6 for volume in millionths]), DAY)
    factor = 10 ** (6 - columns.volume_scale)
    assert [volume * factor for volume in columns.volume.tolist()] == millionths


def test_only_as_many_decimals_as_needed() -> None:
    columns = intraday_columns(vendor_bars([midnight_ms(DAY)], 0.00015, 2.5), DAY)
    assert (columns.price_scale, columns.close.tolist()) == (5, [15])
    assert (columns.volume_scale, columns.volume.tolist()) == (1, [25])
    with pytest.raises(DamagedAnswerError):
        intraday_columns(vendor_bars([midnight_ms(DAY)], 1.0123456789), DAY)


@pytest.mark.parametrize(("day", "utc_hours"), [(DAY, 4), (WINTER, 5), (date(2026, 3, 6), 5), (date(2026, 3, 9), 4)])
def test_days_start_at_midnight_in_new_york(day: date, utc_hours: int) -> None:
    assert midnight_ms(day) - local_midnight_ms(day) == utc_hours * 3_600_000
    assert day_end_ms(day) == midnight_ms(day + timedelta(days=1))
    columns = intraday_columns(vendor_bars([midnight_ms(day) + 34_200_000]), day)
    assert columns.time_ms.tolist() == [local_midnight_ms(day) + 34_200_000]


def test_day_bars_belong_to_their_midnight() -> None:
    columns = daily_columns([(DAY, vendor_bars([midnight_ms(DAY)])), (WINTER, vendor_bars([]))])
    assert columns.time_ms.tolist() == [local_midnight_ms(DAY)]
    for times in ([midnight_ms(DAY) + 1000], [midnight_ms(DAY), midnight_ms(DAY) + 1000]):
        with pytest.raises(DamagedAnswerError):
            daily_columns([(DAY, vendor_bars(times))])


def test_hours_hold_the_regular_session_only() -> None:
    half_day = Session(DAY, 14_400, 34_200, 46_800, 46_800)
    minutes = [midnight_ms(DAY) + minute * 60_000 for minute in range(4 * 60, 20 * 60)]
    columns = hour_columns([(half_day, vendor_bars(minutes, [float(m) for m in range(1, len(minutes) + 1)]))])
    assert [(t - local_midnight_ms(DAY)) // 3_600_000 for t in columns.time_ms.tolist()] == [9, 10, 11, 12]
    assert columns.volume.tolist() == [30, 60, 60, 60]
    assert columns.open[0] == (9 * 60 + 30 - 4 * 60 + 1) * 10_000
    assert columns.close[-1] == columns.high[-1] == (13 * 60 - 4 * 60) * 10_000
    assert len(hour_columns([(half_day, vendor_bars([]))])) == 0


def page(times: list[int], next_from_ms: int | None, number: str) -> VendorPage:
    return VendorPage(vendor_bars(times), "OK", number, False, next_from_ms, "")


def test_days_are_handed_out_as_soon_as_they_are_complete() -> None:
    friday, monday = date(2025, 10, 31), WINTER
    cutter = DayCutter([friday, monday])
    noon = midnight_ms(friday) + 43_200_000
    assert cutter.feed(page([noon, noon + 1000], noon + 5000, "a")) == []
    late = midnight_ms(monday) - 3_600_000  # Sunday evening: nobody asked for it
    [first] = cutter.feed(page([noon + 5000, late], midnight_ms(monday) + 1000, "b"))
    assert (first.day, first.bars.time_ms.tolist()) == (friday, [noon, noon + 1000, noon + 5000])
    assert first.requests == ("a", "b")
    [second] = cutter.feed(page([midnight_ms(monday) + 1000], None, "c"))
    assert (second.day, second.bars.time_ms.tolist()) == (monday, [midnight_ms(monday) + 1000])
    assert cutter.stray_bars == 1


def test_days_without_bars_are_handed_out_too() -> None:
    cutter = DayCutter([date(2025, 10, 1), date(2025, 10, 2), DAY])
    done = cutter.feed(page([midnight_ms(date(2025, 10, 2))], None, "a"))
    assert [len(day.bars) for day in done] == [0, 1, 0]
