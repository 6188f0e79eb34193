"""Series of a day: scales, factors, seeds, volumes and the sides of quotes."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pylean.algorithm import Run
from pylean.feed.adjustment import AdjustedRows, Adjustment
from pylean.feed.bars import PriceScale, TradeBar
from pylean.feed.fill_forward import Emission
from pylean.feed.market_data import MarketData
from pylean.feed.reader import SubscriptionReader
from pylean.feed.series import TradeSeries
from pylean.feed.subscription import DataNormalizationMode, SubscriptionDataConfig, TickType
from pylean.numbers import to_float
from pylean.securities.symbol import Symbol
from pylean.storage import Resolution, TradeColumns

DAY = date(2025, 6, 2)
NEXT = DAY + timedelta(days=1)


def make_config(tick_type: TickType = TickType.TRADE, **fields: Any) -> SubscriptionDataConfig:
    resolution = fields.pop("resolution", Resolution.MINUTE)
    return SubscriptionDataConfig(Symbol("AAA", "AAA XYZ"), resolution, tick_type, **fields)


@pytest.fixture
def read(market: Any) -> Any:
    """``read(day, …)`` reads one subscription day by day."""
    run = Run(MarketData(market.root, None), start_date=DAY)
    readers: dict[str, SubscriptionReader] = {}

    def read(day: date, key: str = "trade", **fields: Any) -> Any:
        if key not in readers:
            config = make_config(TickType.QUOTE if key == "quote" else TickType.TRADE, **fields)
            readers[key] = SubscriptionReader(config, run.market)
        session: Any = run.hours.session(day)
        return readers[key].read([session], readers[key].config.period_ms)

    return read


def series_of(prices: list[int], factor: Decimal, price_scale: int = 4) -> TradeSeries:
    count = len(prices)
    values = np.array(prices, dtype=np.int64)
    times = np.arange(count, dtype=np.int64) * 60_000
    columns = TradeColumns(times, values, values, values, values, np.full(count, 1000, np.int64), price_scale)
    emission = Emission(times + 60_000, np.arange(count), np.ones(count, np.bool_))
    return TradeSeries(make_config(), columns, emission, None, AdjustedRows.uniform(Adjustment(factor)), 60_000)


def replace_scale(bar: TradeBar, more_digits: int) -> TradeBar:
    """The same bar with zeros at the end of its prices."""
    power = 10**more_digits
    prices = (bar.open_scaled * power, bar.high_scaled * power, bar.low_scaled * power, bar.close_scaled * power)
    scale = PriceScale(bar.scale.digits + more_digits)
    return TradeBar.of_integers(bar.symbol, scale, *prices, bar.volume, bar.end_ms, bar.period_ms)


factors = st.decimals(min_value=Decimal("0.0001"), max_value=5, places=7).filter(lambda factor: factor > 0)


@given(st.lists(st.integers(1, 10**8), min_size=1, max_size=10), factors, st.integers(2, 6))
def test_prices_are_integer_times_factor_with_all_zeros_kept(prices: list[int], factor: Decimal, scale: int) -> None:
    series = series_of(prices, factor, scale)
    for index, price in enumerate(prices):
        bar = series.bar(index)
        exact = Decimal(price).scaleb(-scale) * factor
        assert bar.decimal("close").as_tuple() == exact.as_tuple()
        assert bar.close == to_float(exact)


def test_large_products_leave_64_bits_without_loss() -> None:
    series = series_of([10**15], Decimal("1.2345678901234567"))
    assert series.bar(0).decimal("high") == Decimal(10**11) * Decimal("1.2345678901234567")


def test_a_seed_beyond_64_bits_fills_a_day_without_bars() -> None:
    before = series_of([1_500_000], Decimal("0.8613657") * Decimal("0.03571430") * Decimal("0.01785710")).stored_bar(0)
    wide = replace_scale(before, 6)
    assert wide.close_scaled > np.iinfo(np.int64).max
    none = np.empty(0, np.int64)
    emission = Emission(np.array([60_000, 120_000]), np.array([-1, -1]), np.zeros(2, np.bool_))
    columns = TradeColumns(none, none, none, none, none, none)
    adjusted = AdjustedRows.uniform(Adjustment(Decimal("0.8613657")))
    series = TradeSeries(make_config(), columns, emission, wide, adjusted, 60_000)
    assert series.bar(1).decimal("close") == wide.decimal("close")
    assert series.bar(1).volume == 0


@given(st.integers(0, 10**7), factors)
def test_adjusted_volumes_are_whole_shares_over_the_factor(volume: int, factor: Decimal) -> None:
    series = series_of([100], factor)
    series.columns.volume[0] = volume
    wanted = Decimal(volume) / factor
    if factor == 1:
        assert series.bar(0).volume == volume
    else:
        assert abs(Decimal(series.bar(0).volume) - wanted) <= Decimal("0.5000001")
        assert series.bar(0).volume == int(series.bar(0).volume)


def test_a_repeated_bar_is_whole_but_has_no_volume(market: Any, read: Any) -> None:
    market.trades("AAA", DAY, {"09:30": (10, 12, 9, 11, 500), "09:32": 20})
    series = read(DAY)
    repeated = series.bar(1)
    assert (repeated.open, repeated.high, repeated.low, repeated.close) == (10, 12, 9, 11)
    assert repeated.volume == 0
    assert repeated.is_fill_forward
    assert repeated.end_time.strftime("%H:%M") == "09:32"
    assert [series.bar(index).volume for index in range(3)] == [500, 0, 100]
    assert series.real_index(1) == 0
    assert series.real_index(2) == 2


def test_the_seed_of_a_day_is_the_last_stored_bar_after_hours_included(market: Any, read: Any) -> None:
    market.trades("AAA", DAY, {"09:30": 10, "17:00": (30, 31, 29, 30.5, 7)})
    market.trades("AAA", NEXT, {"09:31": 40})
    read(DAY)
    series = read(NEXT)
    assert (series.bar(0).open, series.bar(0).high, series.bar(0).close) == (30, 31, 30.5)
    assert series.bar(0).is_fill_forward
    assert series.real_index(0) == -1
    assert series.bar(1).close == 40


def test_without_fill_forward_gaps_stay_open(market: Any, read: Any) -> None:
    market.trades("AAA", DAY, {"08:00": 9, "09:30": 10, "09:33": 11})
    series = read(DAY, fill_forward=False)
    assert [series.bar(index).end_time.strftime("%H:%M") for index in range(len(series))] == ["09:31", "09:34"]
    assert read(NEXT) is None


def test_extended_hours_begin_at_four(market: Any, read: Any) -> None:
    market.trades("AAA", DAY, {"04:00": 9, "19:59": 10})
    series = read(DAY, extended_market_hours=True)
    assert len(series) == 960
    assert series.bar(0).time.strftime("%H:%M") == "04:00"
    assert series.bar(959).close == 10


def test_an_early_close_ends_the_day(market: Any, read: Any) -> None:
    half_day = date(2025, 7, 3)
    market.trades("AAA", half_day, {"09:30": 10, "13:30": 11})
    series = read(half_day)
    assert len(series) == 210
    assert series.bar(209).end_time.strftime("%H:%M") == "13:00"


def test_daily_bars_span_the_session(market: Any, read: Any) -> None:
    half_day = date(2025, 7, 3)
    market.daily("AAA", {DAY: (1, 4, 0.5, 3, 900), half_day: 5})
    first = read(DAY, resolution=Resolution.DAILY).bar(0)
    assert (first.time.strftime("%H:%M"), first.end_time.strftime("%H:%M")) == ("09:30", "16:00")
    missing = read(NEXT).bar(0)
    assert (missing.open, missing.close, missing.volume, missing.is_fill_forward) == (1, 3, 0, True)
    assert (missing.end_time.day, missing.end_time.hour) == (3, 16)
    short = read(half_day).bar(0)
    assert short.end_time.strftime("%H:%M") == "13:00"
    assert short.period == timedelta(hours=3, minutes=30)


class TestFactors:
    """A price factor changes between two days: 0.5 up to and including DAY, 1 from NEXT on."""

    @pytest.fixture(autouse=True)
    def split(self, market: Any) -> None:
        market.factors("AAA", {DAY: ("1", "0.5"), date(2050, 12, 31): ("1", "1")})

    def test_each_day_has_its_own(self, market: Any, read: Any) -> None:
        market.trades("AAA", DAY, {"09:30": (20, 20, 20, 20, 100)})
        market.trades("AAA", NEXT, {"09:30": (10, 10, 10, 10, 100)})
        first, second = read(DAY), read(NEXT)
        assert (first.bar(0).close, first.bar(0).volume) == (10, 200)
        assert (second.bar(0).close, second.bar(0).volume) == (10, 100)

    def test_raw_prices_have_none(self, market: Any, read: Any) -> None:
        market.trades("AAA", DAY, {"09:30": 20})
        series = read(DAY, data_normalization_mode=DataNormalizationMode.RAW)
        assert series.bar(0).decimal("close").as_tuple() == Decimal("20.0000").as_tuple()

    def test_a_seed_keeps_the_factor_of_its_day(self, market: Any, read: Any) -> None:
        market.trades("AAA", DAY, {"09:30": 20})
        market.trades("AAA", NEXT, {"09:32": 11})
        read(DAY)
        series = read(NEXT)
        assert [series.bar(index).close for index in range(3)] == [10, 10, 11]
        assert [series.close[index] / series.scale_of(index).divisor for index in range(3)] == [10, 10, 11]

    def test_before_the_first_real_bar_the_old_factor_is_in_force(self, market: Any, read: Any) -> None:
        market.trades("AAA", DAY, {"09:30": 20})
        market.trades("AAA", NEXT, {"09:00": 11, "09:32": 12})
        read(DAY)
        series = read(NEXT)
        assert [series.bar(index).close for index in range(4)] == [5.5, 5.5, 12, 12]

    def test_a_day_of_repeats_only_leaves_the_old_factor_in_force(self, market: Any, read: Any) -> None:
        market.trades("AAA", DAY, {"09:30": 20})
        market.trades("AAA", NEXT, {"17:00": 11})
        read(DAY)
        read(NEXT)
        series = read(NEXT + timedelta(days=1))
        assert series.bar(0).close == 5.5

    def test_a_side_taken_from_the_day_before_is_in_the_new_factor(self, market: Any, read: Any) -> None:
        market.quotes("AAA", DAY, {"09:30": (20, 22)})
        market.quotes("AAA", NEXT, {"09:31": (None, 12)})
        read(DAY, "quote")
        series = read(NEXT, "quote")
        assert (series.bar(0).bid.close, series.bar(0).ask.close) == (10, 11)
        assert (series.bar(1).bid.close, series.bar(1).ask.close) == (20, 12)

    def test_quotes_before_the_first_real_one_of_a_day_keep_the_old_factor(self, market: Any, read: Any) -> None:
        market.quotes("AAA", DAY, {"09:30": (20, 22)})
        market.quotes("AAA", NEXT, {"08:00": (16, None), "09:32": (12, 13)})
        read(DAY, "quote")
        series = read(NEXT, "quote")
        assert [series.bar(index).bid.close for index in range(3)] == [8, 8, 12]
        assert [series.bar(index).ask.close for index in range(3)] == [11, 11, 13]


class TestQuotes:
    def test_a_missing_side_comes_from_the_bar_before(self, market: Any, read: Any) -> None:
        market.quotes("AAA", DAY, {"09:30": (10, 11), "09:31": (None, 12), "09:33": (9, None)})
        series = read(DAY, "quote")
        closes = [(series.bar(index).bid.close, series.bar(index).ask.close) for index in range(4)]
        assert closes == [(10, 11), (10, 12), (10, 12), (9, 12)]

    def test_a_missing_side_may_come_from_before_the_open_or_the_day_before(self, market: Any, read: Any) -> None:
        market.quotes("AAA", DAY, {"08:00": (7, None), "09:30": (None, 11)})
        market.quotes("AAA", NEXT, {"09:30": (20, None)})
        first, second = read(DAY, "quote"), read(NEXT, "quote")
        assert (first.bar(0).bid.close, first.bar(0).ask.close) == (7, 11)
        assert (second.bar(0).bid.close, second.bar(0).ask.close) == (20, 11)

    def test_a_side_never_seen_is_none(self, market: Any, read: Any) -> None:
        market.quotes("AAA", DAY, {"09:30": (10, None)})
        assert read(DAY, "quote").bar(0).ask is None
        assert read(DAY, "quote").bar(0).close == 10

    def test_without_fill_forward_sides_stay_missing(self, market: Any, read: Any) -> None:
        market.quotes("AAA", DAY, {"09:30": (10, 11), "09:31": (None, 12)})
        series = read(DAY, "quote", fill_forward=False)
        assert series.bar(1).bid is None
        assert series.bar(1).ask.close == 12

    def test_a_repeated_quote_keeps_sides_and_sizes(self, market: Any, read: Any) -> None:
        market.quotes("AAA", DAY, {"09:30": (10, 11)})
        repeated = read(DAY, "quote").bar(5)
        assert (repeated.bid.close, repeated.ask.close, repeated.close) == (10, 11, 10.5)
        assert (repeated.last_bid_size, repeated.last_ask_size) == (10, 10)
        assert repeated.is_fill_forward
