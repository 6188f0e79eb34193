"""Sessions of a security: today as it builds up, and the days before."""

from __future__ import annotations

from copy import copy
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from pylean.api.AlgorithmImports import QCAlgorithm, Resolution
from pylean.clock import AlgorithmClock, to_ms
from pylean.feed.bars import TradeBar
from pylean.securities.session import Session
from pylean.securities.symbol import Symbol

MONDAY, TUESDAY, WEDNESDAY = date(2025, 6, 2), date(2025, 6, 3), date(2025, 6, 4)
AAA = Symbol("AAA", "AAA 1")


def test_days_build_up_bar_by_bar(market: Any, run_algorithm: Any) -> None:
    market.trades("AAA", MONDAY, {"08:00": 50, "09:30": (10, 12, 9, 11, 5), "09:31": (11, 15, 11, 14, 6)})
    market.trades("AAA", TUESDAY, {"09:30": (20, 21, 19, 20, 7)})

    class Case(QCAlgorithm):
        def initialize(self) -> None:
            self.set_start_date(2025, 6, 2)
            self.set_end_date(2025, 6, 3)
            self.security = self.add_equity("AAA")
            self.untracked = self.add_equity("BBB")
            assert self.security.session.volume == 0
            self.security.Session.Size = 2
            self.seen: dict[str, Any] = {}

        def on_data(self, data: Any) -> None:
            session = self.security.session
            values = (session.open, session.high, session.low, session.close, session.volume)
            self.seen[f"{self.time:%d %H:%M}"] = (values, session.count)

        def on_end_of_algorithm(self) -> None:
            self.days = [(bar.time, bar.close, bar.volume) for bar in self.security.session]
            self.other = (self.untracked.session.open, len(self.untracked.session))

    algorithm = run_algorithm(Case).algorithm
    assert algorithm.seen["02 09:31"] == ((10, 12, 9, 11, 5), 1)
    assert algorithm.seen["02 09:32"] == ((10, 15, 9, 14, 11), 1)
    assert algorithm.seen["02 16:00"] == ((10, 15, 9, 14, 11), 1)
    assert algorithm.seen["03 09:31"] == ((20, 21, 19, 20, 7), 2)
    assert algorithm.days == [(datetime(2025, 6, 3), 20, 7), (datetime(2025, 6, 2), 14, 11)]
    assert algorithm.other == (0, 0)


def test_a_look_after_midnight_finds_an_empty_day(market: Any, run_algorithm: Any) -> None:
    market.session("AAA", MONDAY, 10)
    market.session("AAA", TUESDAY, 20)

    class Case(QCAlgorithm):
        def initialize(self) -> None:
            self.set_start_date(2025, 6, 2)
            self.set_end_date(2025, 6, 3)
            self.security = self.add_equity("AAA", Resolution.MINUTE)
            self.security.session.size = 3
            self.schedule.on(self.date_rules.on(2025, 6, 3), self.time_rules.at(8, 0), self.look)

        def look(self) -> None:
            session = self.security.session
            self.at_eight = (session.open, session.volume, session[1].close, session[1].end_time)

    assert run_algorithm(Case).algorithm.at_eight == (0, 0, 10, datetime(2025, 6, 3))


def test_a_reset_cache_begins_anew(bench: Any) -> None:
    security = bench.security
    security.session.size = 2
    bench.bar("09:31", 10)
    assert (security.session.close, security.session.volume) == (10, 100)
    security.cache.reset()
    assert (security.session.close, security.session.volume, security.session.count) == (0, 0, 1)
    bench.bar("09:31", 11)
    assert security.session.close == 0, "what came before the reset does not come back"
    bench.bar("09:32", 12)
    assert (security.session.open, security.session.volume) == (12, 100)


class Shown:
    """A series that shows bars of a list, as many as ``cursor.index`` says."""

    def __init__(self, bars: list[TradeBar]) -> None:
        self.bars = bars
        self.index = -1
        self.end_ms = np.array([bar.end_ms for bar in bars], np.int64)

    @property
    def cursor(self) -> Shown:
        return self

    def bar(self, index: int) -> TradeBar:
        return self.bars[index]


class Market:
    """Open every day from 09:30 to 16:00."""

    @property
    def hours(self) -> Market:
        return self

    def next_trading_day(self, day: date) -> date:
        return day + timedelta(days=1)

    def overlaps_open_hours(self, start_ms: int, end_ms: int) -> bool:
        return start_ms % 86_400_000 < 57_600_000 and (end_ms - 1) % 86_400_000 >= 34_200_000


rows = st.tuples(st.integers(0, 3 * 1440 - 1), st.integers(1, 500), st.integers(0, 9))


@settings(deadline=None)
@given(st.lists(rows, max_size=40, unique_by=lambda row: row[0]).map(sorted), st.data())
def test_whenever_someone_looks_the_days_are_the_same(rows: list[Any], data: Any) -> None:
    start = datetime(2025, 6, 2)
    bars = [
        TradeBar(start + timedelta(minutes=minute), AAA, price, price + 1, price - 1, price, volume)
        for minute, price, volume in rows
    ]
    cache, clock = SimpleNamespace(trades=Shown(bars)), AlgorithmClock()
    session: Any = Session(AAA, Market(), clock, cache)  # type: ignore[arg-type]
    session.size = 5
    for index, bar in enumerate(bars):
        cache.trades.index = index
        clock.set(to_ms(bar.end_time), 0)
        if data.draw(st.booleans()):
            assert session.count >= 1
        if data.draw(st.booleans()):
            cache.trades = copy(cache.trades)  # the same points laid out again
    days: dict[date, list[TradeBar]] = {}
    for bar in bars:
        inside = Market().overlaps_open_hours(bar.end_ms - bar.period_ms, bar.end_ms)
        days.setdefault(bar.time.date(), []).extend([bar] if inside else [])
    now_day = bars[-1].end_time.date() if bars else None
    known = [bar for bar in session if bar.time.year < 9999]
    found = {bar.time.date(): (bar.open, bar.high, bar.low, bar.close, bar.volume) for bar in known}
    expected = {
        day: (
            inside[0].open if inside else 0,
            max((bar.high for bar in inside), default=0),
            min((bar.low for bar in inside), default=0),
            inside[-1].close if inside else 0,
            sum(bar.volume for bar in inside),
        )
        for day, inside in days.items()
    }
    assert {day: found[day] for day in expected} == expected
    assert set(found) - set(expected) <= {now_day}
