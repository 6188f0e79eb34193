"""Scheduled events: rules, clock changes, the order of events at one time, and when they fire in a run."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pylean.api.AlgorithmImports import DayOfWeek, QCAlgorithm, Resolution
from pylean.clock import from_ms, to_ms
from pylean.scheduling.events import NEVER_MS, EventQueue, ScheduledEvent

FRIDAY, SATURDAY, SUNDAY, MONDAY = (date(2025, 6, 6) + timedelta(days=offset) for offset in range(4))
DAY_MS = 86_400_000


def event(name: str, moments: list[int], log: list[Any]) -> ScheduledEvent:
    return ScheduledEvent(name, iter(moments), lambda: log.append(name))


class TestQueue:
    @given(st.lists(st.lists(st.integers(0, 50), max_size=8).map(sorted), max_size=6), st.integers(0, 60))
    def test_everything_fires_once_at_its_own_time(self, moments: list[list[int]], until: int) -> None:
        queue, fired, times = EventQueue(), [], [-1]
        for number, series in enumerate(moments):
            queue.add(ScheduledEvent(str(number), iter(series), lambda: fired.append(times[-1])), 0)
        queue.fire_past(until, times.append)
        assert fired == sorted(moment for series in moments for moment in series if moment < until)
        assert queue.next_ms == min((m for series in moments for m in series if m >= until), default=NEVER_MS)

    def test_events_at_one_time_fire_in_order_of_creation_at_first_then_take_turns(self) -> None:
        queue, log = EventQueue(), []  # type: ignore[var-annotated]
        for name in "ABC":
            queue.add(event(name, [10, 20, 30], log), 0)
        for moment in (10, 20, 30):
            queue.fire_due(moment)
        assert "".join(log) == "ABC" + "CAB" + "BCA"

    def test_moments_before_now_are_dropped(self) -> None:
        queue, log = EventQueue(), []  # type: ignore[var-annotated]
        queue.add(event("A", [5, 10, 15], log), 10)
        assert queue.next_ms == 10
        queue.fire_due(100)
        assert log == ["A", "A"]
        assert queue.next_ms == NEVER_MS

    def test_a_disabled_event_passes_its_moments(self) -> None:
        queue, log = EventQueue(), []  # type: ignore[var-annotated]
        one = event("A", [10, 20], log)
        queue.add(one, 0)
        one.enabled = False
        queue.fire_due(10)
        one.enabled = True
        queue.fire_due(20)
        assert log == ["A"]

    def test_what_a_callback_adds_waits_for_the_next_pass(self) -> None:
        queue, log = EventQueue(), []

        def add() -> None:
            log.append("first")
            queue.add(event("added", [10], log), 10)

        queue.add(ScheduledEvent("adder", iter([10]), add), 0)
        queue.fire_due(10)
        assert log == ["first"]
        assert queue.next_ms == 10
        times: list[int] = []
        queue.fire_past(11, times.append)
        assert log == ["first", "added"]
        assert times == [10]

    def test_what_a_callback_removes_still_fires_if_it_is_due_now_and_never_again(self) -> None:
        queue, log = EventQueue(), []  # type: ignore[var-annotated]
        victim = event("victim", [10, 20], log)
        queue.add(ScheduledEvent("remover", iter([10]), lambda: queue.remove(victim)), 0)
        queue.add(victim, 0)
        queue.fire_due(10)
        queue.fire_due(20)
        assert log == ["victim"]
        assert queue.next_ms == NEVER_MS

    def test_an_event_can_remove_itself(self) -> None:
        queue, log = EventQueue(), []
        events: list[ScheduledEvent] = []

        def once() -> None:
            log.append("once")
            queue.remove(events[0])

        events.append(ScheduledEvent("once", iter([10, 20, 30]), once))
        queue.add(events[0], 0)
        queue.fire_due(10)
        queue.fire_due(30)
        assert log == ["once"]

    def test_removing_twice_is_no_error(self) -> None:
        queue, log = EventQueue(), []  # type: ignore[var-annotated]
        one = event("A", [10], log)
        queue.add(one, 0)
        queue.remove(one)
        queue.remove(one)
        assert queue.next_ms == NEVER_MS


class TestRules:
    @pytest.fixture
    def rules(self, bench: Any) -> Any:
        return bench.algorithm

    def moments(self, rule: Any, *days: date) -> list[str]:
        return [from_ms(moment).strftime("%d %H:%M") for moment in rule.moments(days)]

    def days(self, rule: Any, start: date, end: date) -> list[date]:
        return list(rule.dates(start, end))

    def test_every_day_has_weekends_unless_a_symbol_is_given(self, rules: Any) -> None:
        assert self.days(rules.date_rules.every_day(), FRIDAY, MONDAY) == [FRIDAY, SATURDAY, SUNDAY, MONDAY]
        assert self.days(rules.date_rules.every_day("AAA"), FRIDAY, MONDAY) == [FRIDAY, MONDAY]
        assert self.days(rules.DateRules.EveryDay("AAA"), date(2025, 7, 3), date(2025, 7, 7)) == [
            date(2025, 7, 3),
            date(2025, 7, 7),
        ]

    def test_days_of_the_week_single_days_today_and_tomorrow(self, rules: Any) -> None:
        weekend = rules.date_rules.every(DayOfWeek.SATURDAY, DayOfWeek.Sunday)
        assert self.days(weekend, FRIDAY, MONDAY) == [SATURDAY, SUNDAY]
        assert self.days(rules.date_rules.on(2025, 6, 7), FRIDAY, MONDAY) == [SATURDAY]
        assert self.days(rules.date_rules.today, FRIDAY, MONDAY) == [date(2025, 6, 2)]
        assert self.days(rules.date_rules.tomorrow, FRIDAY, MONDAY) == [date(2025, 6, 3)]

    def test_days_are_numbered_as_in_dotnet(self) -> None:
        assert [DayOfWeek.of(day) for day in (SATURDAY, SUNDAY, MONDAY)] == [6, 0, 1]

    def test_times_of_day_are_new_york_times(self, rules: Any) -> None:
        assert self.moments(rules.time_rules.at(9, 31), FRIDAY) == ["06 13:31"]
        assert self.moments(rules.time_rules.at(timedelta(hours=9, minutes=31)), FRIDAY) == ["06 13:31"]
        assert self.moments(rules.time_rules.midnight, FRIDAY) == ["06 04:00"]
        assert self.moments(rules.time_rules.noon, FRIDAY) == ["06 16:00"]

    def test_session_times_follow_early_closes_and_skip_closed_days(self, rules: Any) -> None:
        half_day, holiday = date(2025, 7, 3), date(2025, 7, 4)
        times = rules.time_rules
        assert self.moments(times.after_market_open("AAA", 30), FRIDAY, SATURDAY) == ["06 14:00"]
        assert self.moments(times.before_market_close("AAA", 10), half_day, holiday) == ["03 16:50"]
        assert self.moments(times.after_market_open("AAA", 0, True), FRIDAY) == ["06 08:00"]
        assert self.moments(times.before_market_close("AAA", 0, True), FRIDAY) == ["07 00:00"]

    def test_an_interval_counts_from_midnight(self, rules: Any) -> None:
        moments = self.moments(rules.time_rules.every(timedelta(hours=7)), FRIDAY)
        assert moments == ["06 04:00", "06 11:00", "06 18:00", "07 01:00"]
        with pytest.raises(ValueError, match="must be above 0"):
            rules.time_rules.every(timedelta(0))

    @pytest.mark.parametrize(
        ("day", "hour", "minute"),
        [(date(2025, 3, 9), 0, 0), (date(2025, 3, 9), 12, 0), (date(2025, 11, 2), 0, 30), (date(2025, 11, 2), 23, 0)],
    )
    def test_on_days_when_clocks_change_local_times_are_exact(
        self, rules: Any, day: date, hour: int, minute: int
    ) -> None:
        (moment,) = rules.time_rules.at(hour, minute).moments([day])
        local = from_ms(moment).replace(tzinfo=UTC).astimezone(rules._lean.hours.time_zone)
        assert local.replace(tzinfo=None) == datetime(day.year, day.month, day.day, hour, minute)

    def test_a_skipped_time_moves_on_and_a_repeated_one_comes_first(self, rules: Any) -> None:
        assert self.moments(rules.time_rules.at(2, 30), date(2025, 3, 9)) == ["09 07:30"]
        assert self.moments(rules.time_rules.at(1, 30), date(2025, 11, 2)) == ["02 05:30"]

    def test_a_rule_for_an_unknown_symbol_says_what_was_added(self, rules: Any) -> None:
        with pytest.raises(KeyError, match="'XYZ' was not added to the algorithm"):
            rules.time_rules.after_market_open("XYZ")


class Scheduled(QCAlgorithm):
    """Logs every event with the algorithm's time and whether data of that moment had arrived."""

    def initialize(self) -> None:
        self.set_start_date(FRIDAY)
        self.set_end_date(MONDAY)
        self.aaa = self.add_equity("AAA", Resolution.MINUTE).symbol
        self.seen: list[tuple[str, datetime]] = []
        self.schedule.on(self.date_rules.every_day(), self.time_rules.noon, lambda: self.note("noon"))
        self.schedule.on("named", self.date_rules.every_day("AAA"), self.time_rules.at(9, 31), self.at_open)

    def note(self, name: str) -> None:
        self.seen.append((name, self.time))

    def at_open(self) -> None:
        self.note(f"open at {self.securities[self.aaa].price}")

    def on_data(self, data: Any) -> None:
        if self.time.hour == 9 and self.time.minute == 31:
            self.note("data")


@pytest.fixture
def week(market: Any) -> None:
    market.session("AAA", FRIDAY, 10)
    market.session("AAA", MONDAY, 20)


@pytest.mark.usefixtures("week")
class TestInARun:
    def test_events_fire_after_the_data_and_before_on_data_and_weekends_at_their_own_time(
        self, run_algorithm: Any
    ) -> None:
        seen = run_algorithm(Scheduled).algorithm.seen
        assert seen == [
            ("open at 10.0", datetime(2025, 6, 6, 9, 31)),
            ("data", datetime(2025, 6, 6, 9, 31)),
            ("noon", datetime(2025, 6, 6, 12)),
            ("noon", datetime(2025, 6, 7, 12)),
            ("noon", datetime(2025, 6, 8, 12)),
            ("open at 20.0", datetime(2025, 6, 9, 9, 31)),
            ("data", datetime(2025, 6, 9, 9, 31)),
            ("noon", datetime(2025, 6, 9, 12)),
        ]

    def test_events_of_the_past_are_skipped_and_later_ones_can_be_added_in_a_callback(self, run_algorithm: Any) -> None:
        class Adding(Scheduled):
            def at_open(self) -> None:
                super().at_open()
                if self.time.date() == FRIDAY:
                    self.schedule.on(self.date_rules.today, self.time_rules.at(9, 30), lambda: self.note("too late"))
                    self.schedule.on(self.date_rules.today, self.time_rules.at(9, 45), lambda: self.note("added"))

        seen = run_algorithm(Adding).algorithm.seen
        assert ("added", datetime(2025, 6, 6, 9, 45)) in seen
        assert "too late" not in [name for name, _ in seen]

    def test_an_event_can_be_removed_while_it_fires(self, run_algorithm: Any) -> None:
        class Removing(Scheduled):
            def initialize(self) -> None:
                super().initialize()
                self.once = self.schedule.on(
                    self.date_rules.every_day(), self.time_rules.every(timedelta(minutes=30)), self.fire_once
                )

            def fire_once(self) -> None:
                self.note("once")
                self.schedule.remove(self.once)

        seen = run_algorithm(Removing).algorithm.seen
        assert [entry for entry in seen if entry[0] == "once"] == [("once", datetime(2025, 6, 6))]


def test_midnight_events_of_a_week_with_a_clock_change(market: Any, run_algorithm: Any) -> None:
    friday, monday = date(2025, 3, 7), date(2025, 3, 10)
    market.session("AAA", friday)
    market.session("AAA", monday)

    class Midnights(QCAlgorithm):
        def initialize(self) -> None:
            self.set_start_date(friday)
            self.set_end_date(monday)
            self.add_equity("AAA", Resolution.MINUTE)
            self.seen: list[tuple[datetime, datetime]] = []
            self.slices: list[datetime] = []
            self.schedule.on(self.date_rules.every_day(), self.time_rules.midnight, self.note)

        def note(self) -> None:
            self.seen.append((self.time, self.utc_time))

        def on_data(self, data: Any) -> None:
            if self.time.minute == 31 and self.time.hour == 9:
                self.slices.append(self.utc_time)

    algorithm = run_algorithm(Midnights).algorithm
    assert [utc.hour for _, utc in algorithm.seen] == [5, 5, 5, 4]
    assert [local for local, _ in algorithm.seen] == [datetime(2025, 3, day) for day in (7, 8, 9, 10)]
    assert algorithm.slices == [datetime(2025, 3, 7, 14, 31), datetime(2025, 3, 10, 13, 31)]


def test_milliseconds_and_datetimes_are_each_others_inverse() -> None:
    moments: Iterator[datetime] = iter([datetime(2025, 6, 2, 9, 30, 15, 250_000), datetime(1970, 1, 1)])
    for moment in moments:
        assert from_ms(to_ms(moment)) == moment
    assert to_ms(datetime(2025, 6, 2, 13, 30, tzinfo=UTC)) == to_ms(datetime(2025, 6, 2, 13, 30))
