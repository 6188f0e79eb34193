"""What a security shows of the market: real bars only, from the day at hand or the day before."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from pylean.api.AlgorithmImports import IndicatorDataPoint, QCAlgorithm, QuoteBar, Resolution, TradeBar

DAY = date(2025, 6, 2)
NEXT = DAY + timedelta(days=1)


def test_before_any_bar_there_is_no_price(bench: Any) -> None:
    security = bench.security
    assert (security.price, security.open, security.bid_price, security.ask_price, security.volume) == (0, 0, 0, 0, 0)
    assert not security.has_data
    assert security.get_last_data() is None


def test_a_trade_bar_sets_everything(bench: Any) -> None:
    bench.bar("09:31", (10, 12, 9, 11, 300))
    security = bench.security
    assert (security.open, security.high, security.low, security.close, security.volume) == (10, 12, 9, 11, 300)
    assert security.cache.price.as_tuple() == Decimal("11.0000").as_tuple()
    assert (security.bid_price, security.ask_price) == (11, 11)
    assert security.Price == security.price == 11


def test_quotes_alone_make_no_price(bench: Any) -> None:
    bench.quote("09:31", (10, 11))
    security = bench.security
    assert (security.price, security.bid_price, security.ask_price) == (0, 10, 11)
    assert not security.has_data


def test_quotes_leave_the_price_alone(bench: Any) -> None:
    bench.bar("09:31", 10.5)
    bench.quote("09:32", (10, 11))
    assert (bench.security.price, bench.security.bid_price, bench.security.ask_price) == (10.5, 10, 11)


def test_a_side_that_is_missing_keeps_its_last_value(bench: Any) -> None:
    bench.bar("09:31", 10.5)
    bench.quote("09:31", (10, 11))
    bench.quote("09:32", (None, 12))
    assert (bench.security.bid_price, bench.security.ask_price) == (10, 12)
    bench.quote("09:33", (9, None))
    assert (bench.security.bid_price, bench.security.ask_price) == (9, 12)


def test_data_can_be_asked_for_by_kind(bench: Any) -> None:
    bench.bar("09:31", 10.5)
    bench.quote("09:31", (10, 11))
    cache = bench.security.cache
    assert isinstance(cache.get_data(), TradeBar)
    assert isinstance(cache.get_data(TradeBar), TradeBar)
    assert isinstance(cache.GetData(QuoteBar), QuoteBar)


def test_data_that_are_no_bars_are_kept_by_class(bench: Any) -> None:
    cache = bench.security.cache
    first, second = (IndicatorDataPoint(bench.symbol, datetime(2025, 6, day), day) for day in (2, 3))
    assert not cache.has_data(IndicatorDataPoint)
    cache.store_data(first)
    cache.store_data(second)
    assert cache.get_data(IndicatorDataPoint) is second
    assert not cache.has_data()


def test_a_new_day_starts_with_the_bar_of_the_day_before(market: Any, run_algorithm: Any) -> None:
    market.trades("AAA", DAY, {"09:30": 10, "15:59": 11})
    market.trades("AAA", NEXT, {"09:45": 20})
    market.session("BBB", NEXT, 50)

    class Watching(QCAlgorithm):
        def initialize(self) -> None:
            self.set_start_date(DAY)
            self.set_end_date(NEXT)
            self.aaa = self.add_equity("AAA", Resolution.MINUTE)
            self.add_equity("BBB", Resolution.MINUTE)
            self.prices: dict[datetime, float] = {}
            self.ends: dict[datetime, datetime] = {}

        def on_data(self, data: Any) -> None:
            self.prices[self.time] = self.aaa.price
            last: Any = self.aaa.get_last_data()
            self.ends[self.time] = last.end_time

    algorithm = run_algorithm(Watching).algorithm
    early, late = datetime(2025, 6, 3, 9, 31), datetime(2025, 6, 3, 9, 46)
    assert algorithm.prices[early] == 11
    assert algorithm.prices[late] == 20
    assert algorithm.ends[early] == datetime(2025, 6, 2, 16)
    assert algorithm.ends[late] == late


def test_repeated_bars_are_in_the_slice_and_not_in_the_cache(market: Any, run_algorithm: Any) -> None:
    market.trades("AAA", DAY, {"09:30": (10, 12, 9, 11, 500), "09:40": 15})
    market.quotes("AAA", DAY, {"09:30": (10, 12)})

    class Watching(QCAlgorithm):
        def initialize(self) -> None:
            self.set_start_date(DAY)
            self.set_end_date(DAY)
            self.aaa = self.add_equity("AAA", Resolution.MINUTE)
            self.seen: list[tuple[Any, ...]] = []

        def on_data(self, data: Any) -> None:
            last: Any = self.aaa.get_last_data()
            bar = data["AAA"]
            self.seen.append((bar.volume, bar.is_fill_forward, self.aaa.volume, last.end_time, last.is_fill_forward))

    seen = run_algorithm(Watching).algorithm.seen
    assert len(seen) == 390
    assert seen[1] == (0, True, 500, datetime(2025, 6, 2, 9, 31), False)
    assert seen[10] == (100, False, 100, datetime(2025, 6, 2, 9, 41), False)
    assert seen[-1][3] == datetime(2025, 6, 2, 9, 41)


@pytest.mark.parametrize(
    ("clock", "is_open"), [("09:29", False), ("09:30", True), ("15:59", True), ("16:00", False), ("12:00", True)]
)
def test_the_exchange_is_open_from_the_open_to_before_the_close(bench: Any, clock: str, is_open: bool) -> None:
    bench.at(clock)
    assert bench.security.exchange.exchange_open is is_open
    assert bench.algorithm.is_market_open("AAA") is is_open


def test_the_exchange_is_closed_on_weekends(bench: Any) -> None:
    bench.at("12:00", date(2025, 6, 7))
    assert not bench.security.exchange.ExchangeOpen
    assert bench.security.local_time == datetime(2025, 6, 7, 12)
