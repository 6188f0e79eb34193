"""Any stretch of the year: bars, scheduled events and queries follow the exchange's calendar and the wall clock.

The market of the tests is closed on three holidays of 2025 and closes at one on two days.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from hypothesis import Phase, assume, example, given, settings
from hypothesis import strategies as st

from pylean.api.AlgorithmImports import QCAlgorithm, Resolution

HOLIDAYS = {date(2025, 1, 1), date(2025, 7, 4), date(2025, 11, 27)}
EARLY = {date(2025, 7, 3), date(2025, 11, 28)}
OPEN = time(9, 30)
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)

#: Stretches that contain a change of clocks, a holiday or a half day, and any others.
starts = st.one_of(
    st.sampled_from([date(2025, 3, 7), date(2025, 10, 31), date(2025, 7, 2), date(2025, 11, 26)]),
    st.dates(date(2025, 1, 2), date(2025, 12, 1)),
)
lengths = st.integers(1, 45)


def is_open(day: date) -> bool:
    return day.weekday() < 5 and day not in HOLIDAYS


def close_of(day: date) -> datetime:
    return datetime.combine(day, time(13) if day in EARLY else time(16))


def all_days(first: date, length: int) -> list[date]:
    return [first + timedelta(days=count) for count in range(length)]


def next_open_day(day: date) -> date:
    return next(later for later in all_days(day, 10) if is_open(later))


class Keeping(QCAlgorithm):
    """A year's calendar as a run sees it."""

    first = last = date(2025, 1, 2)

    def initialize(self) -> None:
        self.set_start_date(self.first)
        self.set_end_date(self.last)
        self.add_equity("AAA", Resolution.DAILY)
        self.bars: list[tuple[datetime, datetime, datetime]] = []
        self.fired: dict[str, list[datetime]] = {}
        self.queries: list[tuple[datetime, datetime, datetime, bool]] = []
        dates, times = self.date_rules, self.time_rules
        self.on("every day", dates.every_day(), times.at(12, 0))
        self.on("every session", dates.every_day("AAA"), times.at(12, 0))
        self.on("after the open", dates.every_day("AAA"), times.after_market_open("AAA", 30))
        self.on("before the close", dates.every_day("AAA"), times.before_market_close("AAA", 15))
        self.on("month", dates.month_start(), times.at(8, 0))
        self.on("first session", dates.month_start("AAA"), times.at(8, 0))
        self.on("week", dates.week_start("AAA"), times.at(8, 0))
        self.schedule.on(dates.every_day(), times.at(11, 0), self.ask)

    def on(self, name: str, dates: Any, times: Any) -> None:
        self.fired[name] = []
        self.schedule.on(dates, times, lambda: self.fired[name].append(self.time))

    def ask(self) -> None:
        exchange = self.securities["AAA"].exchange
        hours = exchange.hours
        self.queries.append(
            (
                self.time,
                hours.get_next_market_open(self.time, False),
                hours.get_next_market_close(self.time, False),
                exchange.exchange_open,
            )
        )

    def on_data(self, data: Any) -> None:
        self.bars += [(self.time, bar.time, bar.end_time) for bar in data.bars.values()]


@settings(max_examples=20, deadline=None, phases=PHASES)
@given(first=starts, length=lengths)
@example(first=date(2025, 7, 1), length=10)
@example(first=date(2025, 11, 24), length=12)
def test_bars_events_and_queries_follow_the_calendar(make_stage: Any, first: date, length: int) -> None:
    stage = make_stage()
    days = all_days(first, length)
    sessions = [day for day in days if is_open(day)]
    assume(sessions)
    # As in Lean nothing fires any more once the last data have come, whatever closed days follow.
    days = [day for day in days if day <= sessions[-1]]
    # Bars are stored for closed days too: a damaged folder may have them, and they are to be passed over.
    stage.market.daily("AAA", dict.fromkeys(days, 10.0))
    algorithm = stage.run(type("Case", (Keeping,), {"first": first, "last": all_days(first, length)[-1]})).algorithm
    assert algorithm.bars == [(close_of(day), datetime.combine(day, OPEN), close_of(day)) for day in sessions]
    fired = algorithm.fired
    assert fired["every day"] == [datetime.combine(day, time(12)) for day in days]
    assert fired["every session"] == [datetime.combine(day, time(12)) for day in sessions]
    assert fired["after the open"] == [datetime.combine(day, time(10)) for day in sessions]
    assert fired["before the close"] == [close_of(day) - timedelta(minutes=15) for day in sessions]
    eight = time(8)
    assert fired["month"] == [datetime.combine(day, eight) for day in days if day.day == 1]
    firsts = {next_open_day(day.replace(day=1)) for day in days}
    assert fired["first session"] == [datetime.combine(day, eight) for day in sorted(firsts.intersection(days))]
    mondays = {next_open_day(day - timedelta(days=day.weekday())) for day in days}
    assert fired["week"] == [datetime.combine(day, eight) for day in sorted(mondays.intersection(days))]
    for asked, opens, closes, is_open_now in algorithm.queries:
        today = asked.date()
        following = next_open_day(today + timedelta(days=1))
        assert is_open_now is is_open(today)
        assert opens == datetime.combine(following, OPEN)
        assert closes == close_of(today if is_open(today) else following)


@settings(max_examples=10, deadline=None, phases=PHASES)
@given(day=st.sampled_from([date(2025, 3, 7), date(2025, 10, 31), date(2025, 7, 3), date(2025, 6, 6)]))
def test_minutes_around_a_change_of_clocks_keep_the_wall_time(make_stage: Any, day: date) -> None:
    """A Friday (or the day before a holiday) and the next session: each minute once, and UTC as New York had it."""
    later = next_open_day(day + timedelta(days=1))

    class Minutes(QCAlgorithm):
        def initialize(self) -> None:
            self.set_start_date(day)
            self.set_end_date(later)
            self.add_equity("AAA")
            self.seen: list[tuple[datetime, datetime]] = []

        def on_data(self, data: Any) -> None:
            self.seen.append((self.time, self.utc_time))

    stage = make_stage()
    expected = []
    for one in (day, later):
        stage.market.session("AAA", one, 10, until=f"{close_of(one):%H:%M}")
        summer = date(2025, 3, 9) <= one < date(2025, 11, 2)
        moment = datetime.combine(one, OPEN) + timedelta(minutes=1)
        while moment <= close_of(one):
            expected.append((moment, moment + timedelta(hours=4 if summer else 5)))
            moment += timedelta(minutes=1)
    assert stage.run(Minutes).algorithm.seen == expected
