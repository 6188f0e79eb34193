"""Whole runs with universes: what begins a run, what members bring and leave, what counts."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from pylean.algorithm import QCAlgorithm
from pylean.results.text import utc_text
from pylean.storage import Resolution
from pylean.universes.constituents import ETFConstituentUniverse
from pylean.universes.models import CustomUniverseSelectionModel

MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY = (date(2025, 6, day) for day in range(2, 7))
WEEK = {"start_date": MONDAY, "end_date": FRIDAY}


@pytest.fixture
def daily(market: Any) -> Any:
    """AAA and BBB with flat daily bars all week."""
    for ticker, price in (("AAA", 10.0), ("BBB", 20.0)):
        market.daily(ticker, {date(2025, 6, day): price for day in range(2, 7)})
    return market


def constituents(market: Any, day: date, *tickers: str) -> None:
    path = market.store.paths.etf_constituents("ETF", day)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{ticker},{ticker} 2T,{day:%Y%m%d},0.5,1,2\n" for ticker in tickers))


class Watching(QCAlgorithm):
    """Selects the ETF's constituents and writes down what comes and goes."""

    def initialize(self) -> None:
        self.changes: list[Any] = []
        self.seen: list[Any] = []
        self.universe_settings.resolution = Resolution.DAILY
        self.etf = self.add_universe(self.universe.etf("ETF"))

    def on_securities_changed(self, changes: Any) -> None:
        names = [[one.symbol.value for one in part] for part in (changes.added_securities, changes.removed_securities)]
        self.changes.append((self.time, *names))

    def on_data(self, data: Any) -> None:
        self.seen.append((self.time, [symbol.value for symbol, _ in data.items()]))


def test_a_run_of_universes_only_begins_with_the_first_selection(run_algorithm: Any, daily: Any) -> None:
    constituents(daily, TUESDAY, "AAA", "BBB")
    ran = run_algorithm(Watching, **WEEK)
    assert ran.algorithm.changes == [(datetime(2025, 6, 4), ["AAA", "BBB"], [])]
    assert ran.algorithm.seen == [(datetime(2025, 6, day, 16), ["AAA", "BBB"]) for day in (4, 5, 6)]
    assert ran.outcome.data_points == 2 + 3 * 2


def test_members_leave_when_nothing_is_held_and_their_fees_stay(run_algorithm: Any, daily: Any) -> None:
    class Holding(Watching):
        def on_data(self, data: Any) -> None:
            super().on_data(data)
            if self.time.date() == TUESDAY:
                self.market_on_open_order("AAA", 10)
            if self.time.date() == THURSDAY:
                self.liquidate("AAA")

    constituents(daily, MONDAY, "AAA", "BBB")
    constituents(daily, WEDNESDAY, "BBB")
    constituents(daily, FRIDAY, "BBB")
    ran = run_algorithm(Holding, **WEEK)
    assert ran.algorithm.changes == [(datetime(2025, 6, 3), ["AAA", "BBB"], []), (datetime(2025, 6, 5), [], ["AAA"])]
    # Removed on Thursday's midnight, but held: it goes on until the position is closed and a universe selects.
    assert [names for _, names in ran.algorithm.seen] == [["AAA", "BBB"]] * 4
    assert [symbol.value for symbol in ran.algorithm.etf.selected] == ["BBB"]
    assert ran.outcome.statistics["Total Fees"] == "$2.00"


def test_securities_keep_what_a_universe_read_about_them(run_algorithm: Any, daily: Any) -> None:
    class Asking(Watching):
        def on_data(self, data: Any) -> None:
            cache = self.securities["AAA"].cache
            self.seen.append((cache.has_data(ETFConstituentUniverse), cache.get_data(ETFConstituentUniverse).weight))

    constituents(daily, THURSDAY, "AAA")
    assert run_algorithm(Asking, **WEEK).algorithm.seen == [(True, 0.5)]


def test_an_empty_subscription_does_not_keep_its_resolution(run_algorithm: Any, daily: Any) -> None:
    class Mixed(Watching):
        def initialize(self) -> None:
            super().initialize()
            self.add_equity("CCC", Resolution.MINUTE)  # has no data at all

    constituents(daily, date(2025, 5, 30), "AAA")
    constituents(daily, TUESDAY, "AAA", "BBB")
    ran = run_algorithm(Mixed, **WEEK)
    days = [at.day for at, names in ran.algorithm.seen]
    # As long as minutes are the finest, AAA's bar of Monday is repeated each minute of Tuesday's session.
    assert days.count(2) == 1
    assert days.count(3) == 390
    assert [days.count(day) for day in (4, 5, 6)] == [1, 1, 1]


def test_a_delisting_lets_the_securities_by_hand_select_once_more(run_algorithm: Any, daily: Any) -> None:
    path = daily.store.paths.map_file("aaa")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("20250102,aaa,Q\n20250603,aaa,Q\n")

    class ByHand(QCAlgorithm):
        def initialize(self) -> None:
            self.add_equity("AAA", Resolution.DAILY)
            self.add_equity("BBB", Resolution.DAILY)

    ran = run_algorithm(ByHand, **WEEK)
    bars, news, selections = 2 + 5, 2, 2  # AAA's on two days; the warning and the delisting
    assert ran.outcome.data_points == bars + news + selections
    assert [security.symbol.value for security in ran.algorithm.active_securities.values()] == ["BBB"]


def test_a_filled_universe_begins_anew_a_tick_later(run_algorithm: Any, daily: Any) -> None:
    class Ticking(QCAlgorithm):
        def initialize(self) -> None:
            self.universe_settings.resolution = Resolution.DAILY
            names = {2: ["AAA"], 3: ["AAA"]}
            model = CustomUniverseSelectionModel("mine", lambda when: names.get(when.day, ["BBB"]))
            self.add_universe_selection(model)

        def on_data(self, data: Any) -> None:
            if self.time.date() == MONDAY:
                self.market_on_open_order("AAA", 10)

        def on_securities_changed(self, changes: Any) -> None:
            for security in changes.removed_securities:
                self.liquidate(security.symbol)

    ran = run_algorithm(Ticking, **WEEK)
    selections, bars = (
        5 + 1,
        3 + 3,
    )  # daily bars replace minutes as the finest: once more on Monday; AAA is held one day
    assert ran.outcome.data_points == selections + bars
    bought, sold = (ran.algorithm.transactions.get_order_by_id(number) for number in (1, 2))
    assert utc_text(bought.created_time) == "2025-06-02T20:00:00Z"
    assert utc_text(sold.created_time) == "2025-06-04T04:00:00.0000001Z"
    assert sold.created_time == datetime(2025, 6, 4, 4)
