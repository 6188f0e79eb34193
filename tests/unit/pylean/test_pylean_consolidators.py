"""Consolidators: whole days by column against the same bars fed one by one, and both against plain grouping."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pylean.api.AlgorithmImports import MarketHourAwareConsolidator, TradeBar, TradeBarConsolidator
from pylean.consolidators.base import DataConsolidator
from pylean.feed.adjustment import NO_ADJUSTMENT, AdjustedRows
from pylean.feed.fill_forward import emit_filled
from pylean.feed.series import TradeSeries
from pylean.feed.subscription import SubscriptionDataConfig, TickType
from pylean.securities.symbol import Symbol
from pylean.storage import Resolution, Session, TradeColumns

DAY = date(2025, 6, 2)
AAA = Symbol("AAA", "AAA 1")
OPEN_S, CLOSE_S, EARLY_S = 34_200, 57_600, 46_800
PERIODS = [timedelta(seconds=15), timedelta(minutes=1), timedelta(minutes=7), timedelta(hours=1), timedelta(hours=4)]


@dataclass
class Exchange:
    """Hours of the session under test, as the market-hour consolidator asks for them."""

    one: Session

    @property
    def hours(self) -> Exchange:
        return self

    def session(self, day: date) -> Session:
        return self.one

    def is_open_at(self, local_ms: int) -> bool:
        return self.one.open * 1000 <= local_ms % 86_400_000 < self.one.close * 1000

    def overlaps_open_hours(self, start_ms: int, end_ms: int) -> bool:
        day_ms = start_ms - start_ms % 86_400_000
        return start_ms < day_ms + self.one.close * 1000 and end_ms > day_ms + self.one.open * 1000


def day_ms(day: date) -> int:
    return (day - date(1970, 1, 1)).days * 86_400_000


def make_series(bars: list[tuple[int, int, int]], session: Session, resolution: Resolution) -> TradeSeries:
    """Fill-forward series of (period number since midnight, price, volume), sorted."""
    period = int(resolution.period.total_seconds()) * 1000
    starts = np.array([day_ms(DAY) + number * period for number, _, _ in bars], dtype=np.int64)
    prices = np.array([price for _, price, _ in bars], dtype=np.int64)
    spread = np.array([volume % 7 for _, _, volume in bars], dtype=np.int64)
    volumes = np.array([volume for _, _, volume in bars], dtype=np.int64)
    columns = TradeColumns(starts, prices, prices + spread, prices - spread, prices + spread // 2, volumes)
    midnight = day_ms(DAY)
    first, last = midnight + session.open * 1000, midnight + session.close * 1000
    ends = starts + period
    inside = (starts < last) & (ends > first)
    emission = emit_filled(ends, inside, np.arange(first - first % period, last, period) + period, has_seed=False)
    config = SubscriptionDataConfig(AAA, resolution, TickType.TRADE)
    return TradeSeries(config, columns, emission, None, AdjustedRows.uniform(NO_ADJUSTMENT), period)


def signature(bar: TradeBar) -> tuple[Any, ...]:
    return bar.time, bar.end_time, bar.open, bar.high, bar.low, bar.close, bar.volume


def collect(consolidator: DataConsolidator) -> list[tuple[Any, ...]]:
    out: list[tuple[Any, ...]] = []
    consolidator.data_consolidated += lambda sender, bar: out.append(signature(bar))
    return out


def planned(consolidator: DataConsolidator, series: TradeSeries, session: Session) -> list[tuple[int, Any]] | None:
    """Due time and bar, as the engine would deliver them: in the first slice at or after."""
    plan = consolidator.plan(series, session)
    if plan is None:
        return None
    moments = series.end_ms
    indexes = np.searchsorted(moments, plan.due_ms)
    assert (indexes < len(moments)).all(), "a bar of the day would never be delivered"
    return [(int(moments[index]), signature(plan.bars(bar))) for bar, index in enumerate(indexes.tolist())]


def fed(consolidator: DataConsolidator, series: TradeSeries) -> list[tuple[int, Any]]:
    """Time and bar when the points are fed one by one, each followed by a scan."""
    out = collect(consolidator)
    delivered: list[tuple[int, Any]] = []
    for index in range(len(series)):
        consolidator.update(series.bar(index))
        consolidator.scan_at(int(series.end_ms[index]))
        delivered += [(int(series.end_ms[index]), bar) for bar in out[len(delivered) :]]
    return delivered


def grouped(series: TradeSeries, period_ms: int) -> list[Any]:
    """Bars by start since 0001-01-01, complete ones only."""
    origin = (date(1970, 1, 1) - date(1, 1, 1)).days * 86_400_000
    groups: dict[int, list[TradeBar]] = {}
    for index in range(len(series)):
        bar = series.bar(index)
        start = bar.end_ms - bar.period_ms
        groups.setdefault(start - (start + origin) % period_ms, []).append(bar)
    ends = {start: start + period_ms for start in groups}
    last = int(series.end_ms[-1]) if len(series) else 0
    return [
        (
            datetime(1970, 1, 1) + timedelta(milliseconds=start),
            datetime(1970, 1, 1) + timedelta(milliseconds=ends[start]),
            bars[0].open,
            max(bar.high for bar in bars),
            min(bar.low for bar in bars),
            bars[-1].close,
            sum(bar.volume for bar in bars),
        )
        for start, bars in groups.items()
        if ends[start] <= last
    ]


sessions = st.sampled_from([CLOSE_S, EARLY_S]).map(lambda close: Session(DAY, 14_400, OPEN_S, close, 72_000))


def bars_in(low: int, high: int, most: int) -> Any:
    row = st.tuples(st.integers(low, high), st.integers(1000, 2000), st.integers(0, 500))
    return st.lists(row, min_size=1, max_size=most, unique_by=lambda item: item[0]).map(sorted)


@settings(deadline=None)
@given(bars_in(500, 1000, 60), sessions, st.sampled_from(PERIODS[1:]))
def test_minutes_by_column_equal_minutes_one_by_one(bars: Any, session: Session, period: timedelta) -> None:
    series = make_series(bars, session, Resolution.MINUTE)
    by_feeding = fed(TradeBarConsolidator(period), series)
    assert [bar for _, bar in by_feeding] == grouped(series, period // timedelta(milliseconds=1))
    by_column = planned(TradeBarConsolidator(period), series, session)
    if by_column is not None:
        assert by_column == by_feeding


@settings(deadline=None)
@given(bars_in(34_100, 35_100, 60), st.sampled_from(PERIODS))
def test_seconds_by_column_equal_seconds_one_by_one(bars: Any, period: timedelta) -> None:
    session = Session(DAY, 14_400, OPEN_S, 36_000, 72_000)
    series = make_series(bars, session, Resolution.SECOND)
    by_feeding = fed(TradeBarConsolidator(period), series)
    assert [bar for _, bar in by_feeding] == grouped(series, period // timedelta(milliseconds=1))
    by_column = planned(TradeBarConsolidator(period), series, session)
    if by_column is not None:
        assert by_column == by_feeding


@pytest.mark.parametrize(
    ("period", "close", "is_planned"),
    [
        (timedelta(seconds=15), CLOSE_S, True),
        (timedelta(minutes=1), EARLY_S, True),
        (timedelta(hours=1), EARLY_S, True),
        (timedelta(hours=4), CLOSE_S, True),
        (timedelta(hours=4), EARLY_S, False),
        (timedelta(seconds=90), CLOSE_S, False),
        (timedelta(days=1), CLOSE_S, False),
    ],
)
def test_days_are_planned_when_bars_end_with_the_session(period: timedelta, close: int, is_planned: bool) -> None:
    session = Session(DAY, 14_400, OPEN_S, close, 72_000)
    resolution = Resolution.SECOND if period < timedelta(minutes=1) else Resolution.MINUTE
    series = make_series([(OPEN_S if resolution is Resolution.SECOND else 570, 1000, 1)], session, resolution)
    assert (planned(TradeBarConsolidator(period), series, session) is not None) is is_planned


@settings(deadline=None)
@given(bars_in(500, 1000, 40), sessions)
def test_market_days_by_column_equal_market_days_one_by_one(bars: Any, session: Session) -> None:
    series = make_series(bars, session, Resolution.MINUTE)
    slow = MarketHourAwareConsolidator()
    slow.attach(AAA, Exchange(session))  # type: ignore[arg-type]
    by_feeding = fed(slow, series)
    by_column = planned(MarketHourAwareConsolidator(), series, session)
    assert (by_column or []) == by_feeding
    if len(series):
        ((due, bar),) = by_feeding
        assert due == day_ms(DAY) + session.close * 1000
        assert (bar[0].strftime("%H:%M"), bar[1].hour) == ("09:30", session.close // 3600)


@settings(deadline=None)
@given(bars_in(570, 959, 40), st.integers(1, 9))
def test_a_number_of_bars(bars: Any, count: int) -> None:
    session = Session(DAY, 14_400, OPEN_S, CLOSE_S, 72_000)
    series = make_series(bars, session, Resolution.MINUTE)
    emitted = [bar for _, bar in fed(TradeBarConsolidator(count), series)]
    everything = [series.bar(index) for index in range(len(series))]
    groups = [everything[start : start + count] for start in range(0, len(everything) - count + 1, count)]
    assert [(bar[0], bar[1], bar[2], bar[5]) for bar in emitted] == [
        (group[0].time, group[-1].end_time, group[0].open, group[-1].close) for group in groups
    ]
    assert [bar[6] for bar in emitted] == [sum(one.volume for one in group) for group in groups]


@settings(deadline=None)
@given(bars_in(570, 959, 40))
def test_bars_one_by_one_can_be_planned(bars: Any) -> None:
    session = Session(DAY, 14_400, OPEN_S, CLOSE_S, 72_000)
    series = make_series(bars, session, Resolution.MINUTE)
    assert planned(TradeBarConsolidator(1), series, session) == fed(TradeBarConsolidator(1), series)


def bar_at(start: datetime, price: float = 10, period: timedelta = timedelta(minutes=1)) -> TradeBar:
    return TradeBar(start, AAA, price, price, price, price, 5, period)


def test_seven_minutes_count_from_the_first_day_of_the_calendar() -> None:
    consolidator = TradeBarConsolidator(timedelta(minutes=7))
    out = collect(consolidator)
    for minute in range(570, 600):
        consolidator.update(bar_at(datetime(2025, 6, 2) + timedelta(minutes=minute)))
    minutes_since_year_one = (out[0][0] - datetime(1, 1, 1)) // timedelta(minutes=1)
    assert minutes_since_year_one % 7 == 0
    assert [bar[0].strftime("%H:%M") for bar in out] == ["09:27", "09:34", "09:41", "09:48"]


def test_a_bar_that_ends_beyond_the_window_starts_it_itself() -> None:
    consolidator = TradeBarConsolidator(timedelta(seconds=90))
    out = collect(consolidator)
    for minute in range(6):
        consolidator.update(bar_at(datetime(2025, 6, 2, 9, 31) + timedelta(minutes=minute)))
    assert [(bar[0].strftime("%H:%M:%S"), bar[1].strftime("%H:%M:%S")) for bar in out] == [
        ("09:31:00", "09:32:30"),
        ("09:33:00", "09:34:30"),
        ("09:34:30", "09:36:00"),
    ]


def test_periods_above_a_day_start_at_the_first_bar() -> None:
    consolidator = TradeBarConsolidator(timedelta(days=2))
    out = collect(consolidator)
    for day in range(5):
        consolidator.update(bar_at(datetime(2025, 6, 2 + day, 9, 30), period=timedelta(hours=6, minutes=30)))
    assert [bar[0] for bar in out] == [datetime(2025, 6, 2, 9, 30), datetime(2025, 6, 4, 9, 30)]


def test_a_scan_emits_what_time_has_passed() -> None:
    consolidator: Any = TradeBarConsolidator(timedelta(minutes=5))
    out = collect(consolidator)
    consolidator.update(bar_at(datetime(2025, 6, 2, 9, 30)))
    assert consolidator.working_bar is not None
    end_ms = consolidator.working_end_ms
    assert end_ms == day_ms(DAY) + (OPEN_S + 300) * 1000
    consolidator.scan_at(end_ms - 1)
    assert out == []
    consolidator.scan_at(end_ms)
    assert [bar[1].strftime("%H:%M") for bar in out] == ["09:35"]
    assert consolidator.working_bar is None
    assert consolidator.working_end_ms is None


def test_bars_longer_than_the_period_are_refused() -> None:
    with pytest.raises(ValueError, match=r"bars of AAA are 1:00:00 long: they cannot be consolidated to 0:01:00"):
        TradeBarConsolidator(timedelta(minutes=1)).update(bar_at(datetime(2025, 6, 2, 9), period=timedelta(hours=1)))


@pytest.mark.parametrize("period", [timedelta(0), timedelta(minutes=-1)])
def test_periods_must_be_positive(period: timedelta) -> None:
    with pytest.raises(ValueError, match="must be above 0"):
        TradeBarConsolidator(period)


def test_handlers_come_and_go() -> None:
    consolidator: Any = TradeBarConsolidator(1)
    seen: list[str] = []

    def first(sender: Any, bar: TradeBar) -> None:
        seen.append("first")

    def second(sender: Any, bar: TradeBar) -> None:
        seen.append("second")

    consolidator.data_consolidated += first
    consolidator.DataConsolidated += second
    consolidator.update(bar_at(datetime(2025, 6, 2, 9, 30)))
    consolidator.data_consolidated -= first
    consolidator.update(bar_at(datetime(2025, 6, 2, 9, 31)))
    assert seen == ["first", "second", "second"]
    assert consolidator.consolidated is not None
    assert consolidator.consolidated.end_time == datetime(2025, 6, 2, 9, 32)


def test_a_base_that_is_not_overridden_says_so() -> None:
    with pytest.raises(TypeError, match=r"DataConsolidator does not override update\(data\)"):
        DataConsolidator().update(bar_at(datetime(2025, 6, 2, 9, 30)))


def test_bars_of_two_scales_meet_in_the_finer_one() -> None:
    consolidator = TradeBarConsolidator(timedelta(minutes=5))
    out = collect(consolidator)
    consolidator.update(bar_at(datetime(2025, 6, 2, 9, 30), 10.5))
    consolidator.update(bar_at(datetime(2025, 6, 2, 9, 31), 10.1234))
    consolidator.update(bar_at(datetime(2025, 6, 2, 9, 32), 11))
    consolidator.scan_at(day_ms(DAY) + (OPEN_S + 300) * 1000)
    assert out[0][2:6] == (10.5, 11, 10.1234, 11)
