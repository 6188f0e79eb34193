"""Dividends, splits, ticker changes and delistings: as events, and in the account."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from pylean.api.AlgorithmImports import DataNormalizationMode, DelistingType, QCAlgorithm, Resolution, SplitType

MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY = (date(2025, 6, 2) + timedelta(days=count) for count in range(5))


class Holding(QCAlgorithm):
    """Buys 5 shares at once and keeps them, with every event it was told."""

    mode = DataNormalizationMode.RAW
    resolution = Resolution.MINUTE

    def initialize(self) -> None:
        self.set_start_date(MONDAY)
        self.set_end_date(FRIDAY)
        self.set_cash(1000)
        self.told: list[tuple[datetime, Any]] = []
        self.positions: dict[date, tuple[float, float, float]] = {}
        self.add_equity("AAA", self.resolution, data_normalization_mode=self.mode)

    def on_data(self, data: Any) -> None:
        if not self.portfolio["AAA"].invested and self.time.date() == MONDAY:
            self.market_order("AAA", 5)
        holding = self.portfolio["AAA"]
        self.positions[self.time.date()] = (holding.quantity, holding.average_price, round(self.portfolio.cash, 4))

    def on_splits(self, splits: Any) -> None:
        self.told += [(self.time, event.value) for event in splits]

    def on_dividends(self, dividends: Any) -> None:
        self.told += [(self.time, event.value) for event in dividends]

    def on_delistings(self, delistings: Any) -> None:
        self.told += [(self.time, event.value) for event in delistings]

    def on_symbol_changed_events(self, events: Any) -> None:
        self.told += [(self.time, event.value) for event in events]


@pytest.fixture
def actions(market: Any) -> None:
    """AAA: two shares for one from Tuesday on, 20 cents a share on Wednesday; the price is 20, then 10."""
    for day in (MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY):
        market.session("AAA", day, 20 if day == MONDAY else 10)
    path = market.store.paths.factor_file("AAA")
    path.parent.mkdir(parents=True)
    path.write_text("20250602,0.98,0.5,20\n20250603,0.98,1,10\n20501231,1,1,0\n")


def run_in(run_algorithm: Any, mode: DataNormalizationMode) -> Holding:
    ran = run_algorithm(type("Case", (Holding,), {"mode": mode}))
    algorithm: Holding = ran.algorithm
    return algorithm


@pytest.mark.usefixtures("actions")
class TestDividendsAndSplits:
    def test_raw_positions_are_split_and_paid(self, run_algorithm: Any) -> None:
        positions = run_in(run_algorithm, DataNormalizationMode.RAW).positions
        assert positions[MONDAY] == (5, 20, 899)
        assert positions[TUESDAY] == (10, 10, 899)
        assert positions[WEDNESDAY] == positions[FRIDAY] == (10, 10, 901)

    def test_split_adjusted_positions_are_paid_only(self, run_algorithm: Any) -> None:
        positions = run_in(run_algorithm, DataNormalizationMode.SPLIT_ADJUSTED).positions
        assert positions[TUESDAY] == (5, 10, 949)
        assert positions[WEDNESDAY] == (5, 10, 950)

    def test_adjusted_prices_contain_both(self, run_algorithm: Any) -> None:
        positions = run_in(run_algorithm, DataNormalizationMode.ADJUSTED).positions
        assert positions[FRIDAY] == (5, 9.8, 950)

    def test_total_return_prices_rise_by_what_was_paid(self, run_algorithm: Any) -> None:
        algorithm = run_in(run_algorithm, DataNormalizationMode.TOTAL_RETURN)
        assert algorithm.securities["AAA"].price == 10.2
        assert algorithm.positions[FRIDAY] == (5, 10, 949)

    def test_the_algorithm_hears_of_each_at_midnight_of_its_day(self, run_algorithm: Any) -> None:
        told = run_in(run_algorithm, DataNormalizationMode.ADJUSTED).told
        assert [(when.date(), when.hour, type(event).__name__) for when, event in told] == [
            (MONDAY, 0, "Split"),
            (TUESDAY, 0, "Split"),
            (WEDNESDAY, 0, "Dividend"),
        ]
        (_, warning), (_, split), (_, dividend) = told
        assert (warning.type, split.type, split.split_factor) == (SplitType.WARNING, SplitType.SPLIT_OCCURRED, 0.5)
        assert (dividend.distribution, dividend.reference_price) == (0.2, 10)

    def test_a_slice_of_a_dividend_alone_has_the_symbol_but_no_bar(self, run_algorithm: Any) -> None:
        class Looking(QCAlgorithm):
            def initialize(self) -> None:
                self.set_start_date(MONDAY)
                self.set_end_date(FRIDAY)
                self.add_equity("AAA")
                self.seen: list[tuple[bool, Any]] = []

            def on_data(self, data: Any) -> None:
                if data.dividends.contains_key("AAA"):
                    self.seen.append((data.contains_key("AAA"), data["AAA"]))

        assert run_algorithm(Looking).algorithm.seen == [(True, None)]

    def test_open_orders_keep_their_worth(self, run_algorithm: Any) -> None:
        class Waiting(Holding):
            def on_data(self, data: Any) -> None:
                if not self.transactions.orders_count:
                    self.ticket = self.limit_order("AAA", 4, 3.5)

        ticket = run_algorithm(Waiting).algorithm.ticket
        order = run_algorithm(Waiting).algorithm.transactions.get_order_by_id(ticket.order_id)
        assert (order.quantity, order.limit_price) == (8, 1.75)

    def test_daily_bars_tell_the_same_story(self, market: Any, run_algorithm: Any) -> None:
        market.daily("AAA", {day: 20 if day == MONDAY else 10 for day in (MONDAY, TUESDAY, WEDNESDAY, THURSDAY)})
        ran = run_algorithm(type("Case", (Holding,), {"resolution": Resolution.DAILY}))
        assert ran.algorithm.positions[MONDAY][0] == 0, "the order of the close is filled at the next opening"
        assert ran.algorithm.positions[TUESDAY] == (10, 10, 899), "and is split before it"
        assert ran.algorithm.positions[WEDNESDAY] == (10, 10, 901)


def map_file(market: Any, text: str) -> None:
    path = market.store.paths.map_file("AAA")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_a_delisted_position_is_closed_without_a_fee(market: Any, run_algorithm: Any) -> None:
    for day in (MONDAY, TUESDAY):
        market.session("AAA", day, 10 + day.day)
    map_file(market, "20200101,aaa,P\n20250603,aaa,P\n")
    ran = run_algorithm(Holding)
    assert [(when.date(), event.type) for when, event in ran.algorithm.told] == [
        (TUESDAY, DelistingType.WARNING),
        (WEDNESDAY, DelistingType.DELISTED),
    ]
    order = ran.algorithm.transactions.get_order_by_id(2)
    assert (order.quantity, order.price, order.tag) == (-5, 13, "Liquidate from delisting")
    security = ran.algorithm.securities["AAA"]
    assert (security.is_delisted, security.is_tradable, security.holdings.quantity) == (True, False, 0)
    assert ran.algorithm.portfolio.cash == 1000 - 5 * 12 - 1 + 5 * 13


def test_a_new_ticker_cancels_open_orders_and_goes_on_with_its_file(market: Any, run_algorithm: Any) -> None:
    class Renamed(Holding):
        def on_data(self, data: Any) -> None:
            if not self.transactions.orders_count:
                self.ticket = self.limit_order("AAA", 1, 1)

    market.session("OLD", MONDAY, 10)
    for day in (TUESDAY, WEDNESDAY, THURSDAY, FRIDAY):
        market.session("AAA", day, 20)
    map_file(market, "20200101,old,P\n20250602,old,P\n20501231,aaa,P\n")
    algorithm = run_algorithm(Renamed).algorithm
    ((when, event),) = algorithm.told
    assert (when.date(), event.old_symbol, event.new_symbol) == (TUESDAY, "OLD", "AAA")
    assert algorithm.ticket.status.name == "CANCELED"
    assert algorithm.securities["AAA"].price == 20
