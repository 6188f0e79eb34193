"""Days that are not like others: missing, first, short, and around a change of clocks."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from pylean.api.AlgorithmImports import QCAlgorithm, Resolution

MONDAY, TUESDAY, WEDNESDAY = date(2025, 6, 2), date(2025, 6, 3), date(2025, 6, 4)


class Watching(QCAlgorithm):
    """Counts slices by day and keeps each slice's bar of AAA."""

    first, last = MONDAY, WEDNESDAY
    resolution = Resolution.MINUTE
    subscription: dict[str, Any] = {}  # noqa: RUF012 - replaced, never changed

    def initialize(self) -> None:
        self.set_start_date(self.first)
        self.set_end_date(self.last)
        self.add_equity("AAA", self.resolution, **self.subscription)
        self.bars: dict[datetime, Any] = {}
        self.days: Counter[date] = Counter()
        self.daily: list[tuple[datetime, Any]] = []
        self.consolidate("AAA", Resolution.DAILY, lambda bar: self.daily.append((self.time, bar)))

    def on_data(self, data: Any) -> None:
        self.days[self.time.date()] += 1
        bar = data.bars.get("AAA")
        if bar is not None:
            self.bars[self.time] = bar


def watch(**members: Any) -> type[Watching]:
    return type("Case", (Watching,), members)


def test_a_missing_day_is_carried_forward_without_volume(market: Any, run_algorithm: Any) -> None:
    market.session("AAA", MONDAY, 10)
    market.session("AAA", WEDNESDAY, 12)
    ran = run_algorithm(watch())
    algorithm = ran.algorithm
    assert algorithm.days == {MONDAY: 390, TUESDAY: 390, WEDNESDAY: 390}
    tuesday = [bar for time, bar in algorithm.bars.items() if time.date() == TUESDAY]
    assert {(bar.open, bar.close, bar.volume, bar.is_fill_forward) for bar in tuesday} == {(10, 10, 0, True)}
    assert algorithm.bars[datetime(2025, 6, 4, 9, 31)].close == 12
    assert [(bar.close, bar.volume) for _, bar in algorithm.daily] == [(10, 39_000), (10, 0), (12, 39_000)]
    assert ran.outcome.data_points == 3 * 390 + 1


def test_a_missing_day_is_no_day_without_fill_forward(market: Any, run_algorithm: Any) -> None:
    market.session("AAA", MONDAY, 10)
    market.session("AAA", WEDNESDAY, 12)
    algorithm = run_algorithm(watch(subscription={"fill_forward": False})).algorithm
    assert algorithm.days == {MONDAY: 390, WEDNESDAY: 390}


def test_a_missing_first_day_has_no_data(market: Any, run_algorithm: Any) -> None:
    market.session("AAA", TUESDAY, 10)
    algorithm = run_algorithm(watch(last=TUESDAY)).algorithm
    assert algorithm.days == {TUESDAY: 390}


def test_a_run_without_any_data_ends_well(run_algorithm: Any) -> None:
    ran = run_algorithm(watch())
    assert ran.algorithm.days == {}
    assert ran.outcome.data_points == 1
    assert ran.outcome.statistics["Total Orders"] == "0"
    assert ran.observer.reports[-1].percent == 100


def test_a_run_without_securities_has_no_points(run_algorithm: Any) -> None:
    class Empty(QCAlgorithm):
        def initialize(self) -> None:
            self.set_start_date(MONDAY)
            self.set_end_date(TUESDAY)

        def on_securities_changed(self, changes: Any) -> None:
            raise AssertionError("there are none")

    assert run_algorithm(Empty).outcome.data_points == 0


def test_a_weekend_as_the_whole_run(market: Any, run_algorithm: Any) -> None:
    market.session("AAA", date(2025, 6, 6), 10)
    ran = run_algorithm(watch(first=date(2025, 6, 7), last=date(2025, 6, 8)))
    assert ran.algorithm.days == {}


def test_data_before_the_start_are_no_seed(market: Any, run_algorithm: Any) -> None:
    market.session("AAA", MONDAY, 10)
    market.trades("AAA", TUESDAY, {"12:00": 11})
    algorithm = run_algorithm(watch(first=TUESDAY, last=TUESDAY)).algorithm
    assert min(algorithm.bars) == datetime(2025, 6, 3, 12, 1)


def test_a_bar_before_the_open_stands_in_until_the_first_one(market: Any, run_algorithm: Any) -> None:
    market.trades("AAA", MONDAY, {"09:00": (9, 9.5, 8.5, 9.25, 700), "09:45": 10})
    algorithm = run_algorithm(watch(last=MONDAY)).algorithm
    first = algorithm.bars[datetime(2025, 6, 2, 9, 31)]
    assert (first.open, first.high, first.low, first.close, first.volume) == (9, 9.5, 8.5, 9.25, 0)
    assert len(algorithm.bars) == 390


@pytest.mark.parametrize("day", [date(2025, 7, 3), date(2025, 11, 28)])
class TestHalfDays:
    def test_end_at_one(self, market: Any, run_algorithm: Any, day: date) -> None:
        market.session("AAA", day, 10)
        algorithm = run_algorithm(watch(first=day, last=day + timedelta(days=1))).algorithm
        assert algorithm.days == {day: 210}
        assert max(algorithm.bars).time().hour == 13
        ((moment, bar),) = algorithm.daily
        assert moment == bar.end_time == datetime(day.year, day.month, day.day, 13)
        assert bar.time.strftime("%H:%M") == "09:30"
        assert bar.volume == 21_000

    def test_session_events_follow_the_close(self, market: Any, run_algorithm: Any, day: date) -> None:
        market.session("AAA", day, 10, until="13:00")

        class Closing(watch(first=day, last=day)):  # type: ignore[misc]
            def initialize(self) -> None:
                super().initialize()
                self.seen: list[str] = []
                rule = self.time_rules.before_market_close("AAA", 5)
                self.schedule.on(self.date_rules.every_day("AAA"), rule, lambda: self.note("before close"))

            def note(self, what: str) -> None:
                self.seen.append(f"{self.time:%H:%M} {what}")

            def on_end_of_day(self, symbol: Any) -> None:
                self.note("end of day")

        assert run_algorithm(Closing).algorithm.seen == ["12:50 end of day", "12:55 before close"]

    def test_an_order_for_the_close_fills_at_one(self, market: Any, run_algorithm: Any, day: date) -> None:
        market.session("AAA", day, 10)

        class Closing(watch(first=day, last=day)):  # type: ignore[misc]
            def on_data(self, data: Any) -> None:
                super().on_data(data)
                if self.time.strftime("%H:%M") in ("12:44", "12:45"):
                    self.market_on_close_order("AAA", 1)

        ran = run_algorithm(Closing)
        assert ran.algorithm.transactions.orders_count == 1
        assert [event.utc.hour for event in ran.observer.events if event.fill_quantity] == [
            17 if day.month == 7 else 18
        ]

    def test_hour_bars_end_at_one(self, market: Any, run_algorithm: Any, day: date) -> None:
        market.hourly("AAA", {datetime(day.year, day.month, day.day, hour): float(hour) for hour in range(9, 16)})
        algorithm = run_algorithm(watch(first=day, last=day, resolution=Resolution.HOUR)).algorithm
        assert [moment.hour for moment in algorithm.bars] == [10, 11, 12, 13]
        assert [bar.close for bar in algorithm.bars.values()] == [9, 10, 11, 12]

    def test_the_bar_of_the_day_is_short(self, market: Any, run_algorithm: Any, day: date) -> None:
        market.daily("AAA", {day: 10})
        algorithm = run_algorithm(watch(first=day, last=day, resolution=Resolution.DAILY)).algorithm
        ((moment, bar),) = algorithm.bars.items()
        assert moment == datetime(day.year, day.month, day.day, 13)
        assert bar.period == timedelta(hours=3, minutes=30)
        assert len(algorithm.daily) == 1


@pytest.mark.parametrize(
    ("friday", "monday", "hours"),
    [
        (date(2025, 3, 7), date(2025, 3, 10), (14, 13)),
        (date(2025, 10, 31), date(2025, 11, 3), (13, 14)),
    ],
)
def test_the_open_stays_at_half_past_nine_when_clocks_change(
    market: Any, run_algorithm: Any, friday: date, monday: date, hours: tuple[int, int]
) -> None:
    market.session("AAA", friday, 10)
    market.session("AAA", monday, 11)

    class Noting(watch(first=friday, last=monday)):  # type: ignore[misc]
        def on_data(self, data: Any) -> None:
            super().on_data(data)
            if self.time.strftime("%H:%M") == "09:31":
                self.daily.append((self.utc_time, data.utc_time))

    algorithm = run_algorithm(Noting).algorithm
    assert algorithm.days == {friday: 390, monday: 390}
    opens = [moment for moment, other in algorithm.daily if isinstance(other, datetime)]
    assert [moment.hour for moment in opens] == list(hours)


def test_the_benchmark_s_hours_are_points_but_no_data(market: Any, run_algorithm: Any) -> None:
    market.session("AAA", TUESDAY, 10)
    hours = [datetime(2025, 6, day, hour) for day in (2, 3) for hour in range(9, 16)]
    market.hourly("SPY", dict.fromkeys(hours, 400.0))
    ran = run_algorithm(watch(first=TUESDAY, last=TUESDAY))
    assert ran.outcome.data_points == 1 + 7 + 390 + 7
    assert ran.algorithm.days == {TUESDAY: 390}


def test_another_benchmark_can_be_set(market: Any, run_algorithm: Any) -> None:
    market.session("AAA", TUESDAY, 10)
    market.hourly("AAA", {datetime(2025, 6, 3, hour): 10.0 for hour in range(9, 16)})

    class Own(watch(first=TUESDAY, last=TUESDAY)):  # type: ignore[misc]
        def initialize(self) -> None:
            super().initialize()
            self.set_benchmark("AAA")

    assert run_algorithm(Own).outcome.data_points == 1 + 390 + 7


def test_seconds_and_several_symbols(market: Any, run_algorithm: Any) -> None:
    market.session("AAA", MONDAY, 10, until="09:32", step=timedelta(seconds=1))
    market.trades("BBB", MONDAY, {"09:30:30": 5}, Resolution.SECOND)

    class Two(watch(last=MONDAY, resolution=Resolution.SECOND)):  # type: ignore[misc]
        def initialize(self) -> None:
            super().initialize()
            self.add_equity("BBB", Resolution.SECOND)
            self.both = 0

        def on_data(self, data: Any) -> None:
            super().on_data(data)
            self.both += len(data.bars) == 2

    ran = run_algorithm(Two)
    assert ran.algorithm.days == {MONDAY: 23_400}
    assert ran.algorithm.both == 23_400 - 30
    assert ran.outcome.data_points == 23_400 + 23_370 + 1
