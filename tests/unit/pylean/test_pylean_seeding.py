"""First prices of securities: the last known bars, and who asks for them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from pylean.api.AlgorithmImports import (
    BrokerageModelSecurityInitializer,
    FuncSecuritySeeder,
    QCAlgorithm,
    QuoteBar,
    Resolution,
    TradeBar,
)

FRIDAY, MONDAY = date(2025, 5, 30), date(2025, 6, 2)


class Seeded(QCAlgorithm):
    resolution = Resolution.MINUTE

    def initialize(self) -> None:
        self.set_start_date(MONDAY)
        self.set_end_date(MONDAY)
        self.settings.seed_initial_prices = True
        self.add_equity("AAA", self.resolution)
        self.first_price = self.securities["AAA"].price

    def on_data(self, data: Any) -> None:
        if not self.portfolio.invested:
            self.set_holdings("AAA", 1)


def test_the_bars_of_the_day_before_are_the_first_price(market: Any, run_algorithm: Any) -> None:
    market.trades("AAA", FRIDAY, {"15:58": 8, "15:59": 9})
    market.quotes("AAA", FRIDAY, {"15:57": (8.5, 9.5)})
    market.session("AAA", MONDAY, 10)
    ran = run_algorithm(Seeded)
    assert ran.algorithm.first_price == 9
    assert ran.outcome.history_data_points == 3


def test_the_search_goes_back_step_by_step(market: Any, run_algorithm: Any) -> None:
    """Five minutes have nothing, nor have two days of minutes: the daily bars of weeks ago are taken."""
    market.session("AAA", MONDAY, 10)
    market.daily("AAA", {date(2025, 5, 1): 7})
    ran = run_algorithm(Seeded)
    assert ran.algorithm.first_price == 7
    assert ran.outcome.history_data_points == 1


def test_seconds_are_read_by_minutes(market: Any, run_algorithm: Any) -> None:
    class Seconds(Seeded):
        resolution = Resolution.SECOND

    market.trades("AAA", FRIDAY, {"15:59": 9})
    market.trades("AAA", MONDAY, {"09:30:01": 10}, Resolution.SECOND)
    assert run_algorithm(Seconds).algorithm.first_price == 9


def test_without_any_bar_the_price_stays_zero(market: Any, run_algorithm: Any) -> None:
    market.session("AAA", MONDAY, 10)
    assert run_algorithm(Seeded).algorithm.first_price == 0


def test_a_seeder_of_one_s_own(market: Any, run_algorithm: Any) -> None:
    class Own(Seeded):
        def initialize(self) -> None:
            self.set_start_date(MONDAY)
            self.set_end_date(MONDAY)
            seeder = FuncSecuritySeeder(self.get_last_known_price)
            self.set_security_initializer(BrokerageModelSecurityInitializer(self.brokerage_model, seeder))
            self.add_equity("AAA")
            self.first_price = self.securities["AAA"].price

    market.trades("AAA", FRIDAY, {"15:59": 9})
    market.session("AAA", MONDAY, 10)
    assert run_algorithm(Own).algorithm.first_price == 9


def test_what_is_known_of_several(market: Any, make_bench: Any) -> None:
    market.trades("AAA", MONDAY, {"09:30": 8, "09:31": 9})
    market.quotes("AAA", MONDAY, {"09:30": (7, 9)})
    bench = make_bench()
    bench.algorithm.add_equity("BBB")
    bench.at("10:00")
    known = bench.algorithm.get_last_known_prices(["AAA", "BBB"])
    assert known.keys() == [bench.symbol]
    assert [(type(bar), bar.end_time) for bar in known["AAA"]] == [
        (QuoteBar, datetime(2025, 6, 2, 9, 31)),
        (TradeBar, datetime(2025, 6, 2, 9, 32)),
    ]
    assert bench.algorithm.GetLastKnownPrice(bench.security).close == 9
    assert bench.algorithm.get_last_known_prices("BBB") == []
    assert bench.algorithm.get_last_known_price("BBB") is None
