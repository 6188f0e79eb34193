"""A stretch laid out in slices, and what a slice shows of it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from pylean.algorithm import Run
from pylean.api.AlgorithmImports import QuoteBar, TradeBar
from pylean.feed.market_data import MarketData
from pylean.feed.reader import SubscriptionReader, day_start_ms
from pylean.feed.slice import Slice
from pylean.feed.subscription import SubscriptionDataConfig, TickType
from pylean.feed.timeline import OffsetTable, Timeline, lay_out
from pylean.securities.symbol import Symbol
from pylean.storage import Resolution

DAY = date(2025, 6, 2)
OFFSET_MS = -4 * 3_600_000
AAA, BBB, SPY = Symbol("AAA", "AAA 1"), Symbol("BBB", "BBB 1"), Symbol("SPY", "SPY 1")


def laid_out(series: list[Any]) -> Timeline:
    return lay_out([], OffsetTable([day_start_ms(DAY)], [OFFSET_MS]), series)


@pytest.fixture
def day(market: Any) -> Any:
    """Minute bars of AAA (with quotes) and BBB without fill-forward, and the benchmark's hours."""
    market.trades("AAA", DAY, {"09:30": 10, "09:31": 11, "09:33": 12})
    market.quotes("AAA", DAY, {"09:31": (10.5, 11.5)})
    market.trades("BBB", DAY, {"09:31": 20, "09:34": 21})
    market.hourly("SPY", {datetime(2025, 6, 2, 9): 400, datetime(2025, 6, 2, 10): 401})
    run = Run(MarketData(market.root, None), start_date=DAY)
    session: Any = run.hours.session(DAY)

    def read(symbol: Symbol, resolution: Resolution, tick_type: TickType, internal: bool = False) -> Any:
        config = SubscriptionDataConfig(symbol, resolution, tick_type, fill_forward=False, is_internal_feed=internal)
        return SubscriptionReader(config, run.market).read([session], config.period_ms)

    trades = [read(AAA, Resolution.MINUTE, TickType.TRADE), read(BBB, Resolution.MINUTE, TickType.TRADE)]
    quotes = [read(AAA, Resolution.MINUTE, TickType.QUOTE)]
    return laid_out([*trades, *quotes, read(SPY, Resolution.HOUR, TickType.TRADE, internal=True)])


def test_slices_are_the_union_of_all_moments(day: Any) -> None:
    times = [Slice(day, index).time.strftime("%H:%M") for index in range(len(day.utc_ms))]
    assert times == ["09:31", "09:32", "09:34", "09:35", "10:00", "11:00"]
    assert Slice(day, 0).utc_time == datetime(2025, 6, 2, 13, 31)


def test_points_count_every_series(day: Any) -> None:
    assert [day.points_before(index) for index in range(7)] == [0, 1, 4, 5, 6, 7, 3 + 1 + 2 + 2]


def test_series_with_the_same_moments_share_a_cursor(market: Any) -> None:
    for ticker in ("AAA", "BBB", "CCC"):
        market.session(ticker, DAY)
    run = Run(MarketData(market.root, None), start_date=DAY)
    configs = [
        SubscriptionDataConfig(Symbol(ticker, f"{ticker} 1"), Resolution.MINUTE, TickType.TRADE)
        for ticker in ("AAA", "BBB", "CCC")
    ]
    session: Any = run.hours.session(DAY)
    series: list[Any] = [SubscriptionReader(config, run.market).read([session], 60_000) for config in configs]
    timeline = laid_out(series)
    assert len(timeline.groups) == 1
    assert len({id(one.cursor) for one in series}) == 1
    assert timeline.groups[0].index_at is None


def test_a_group_stands_nowhere_between_its_points(day: Any) -> None:
    _, group = day.trades[BBB]
    assert [group.position(index) for index in range(6)] == [-1, 0, -1, 1, -1, -1]


def test_the_benchmark_alone_is_no_data_of_the_user(day: Any) -> None:
    assert [day.has_data[index] for index in range(6)] == [True, True, True, True, False, False]
    assert not Slice(day, 4).has_data


def test_a_day_without_any_point_is_empty() -> None:
    empty = laid_out([])
    assert len(empty) == 0
    assert empty.points_before(0) == 0


class TestSlice:
    def test_trades_come_before_quotes_under_one_key(self, day: Any) -> None:
        slice_: Any = Slice(day, 1)
        assert isinstance(slice_[AAA], TradeBar)
        assert slice_["AAA"].close == 11
        assert slice_.get(AAA).close == 11
        assert slice_.Bars["aaa"].Close == 11

    def test_bars_and_quote_bars_are_views_by_kind(self, day: Any) -> None:
        slice_ = Slice(day, 1)
        assert [str(entry.key) for entry in slice_.bars] == ["AAA", "BBB"]
        assert [bar.close for bar in slice_.bars.values()] == [11, 20]
        assert [(str(symbol), bar.close) for symbol, bar in slice_.bars.items()] == [("AAA", 11), ("BBB", 20)]
        quote: Any = slice_.quote_bars["AAA"]
        assert isinstance(quote, QuoteBar)
        sides: Any = quote
        assert (sides.bid.close, sides.ask.close) == (10.5, 11.5)
        assert slice_.quote_bars.count == len(slice_.quote_bars) == 1

    def test_keys_of_a_slice_name_each_symbol_once(self, day: Any) -> None:
        slice_ = Slice(day, 1)
        assert [str(symbol) for symbol in slice_.keys()] == ["AAA", "BBB"]  # noqa: SIM118 - Lean's own form
        assert [str(entry.key) for entry in slice_] == ["AAA", "BBB"]
        assert (slice_.count, len(slice_)) == (2, 2)
        assert [bar.close for bar in slice_.values()] == [11, 20]

    @pytest.mark.parametrize("key", [BBB, "BBB", "BBB 1"])
    def test_absence_can_be_asked_for(self, day: Any, key: Any) -> None:
        slice_: Any = Slice(day, 0)
        assert not slice_.contains_key(key)
        assert not slice_.ContainsKey(key)
        assert key not in slice_
        assert key not in slice_.bars
        assert not slice_.bars.contains_key(key)
        assert slice_.get(key) is None
        assert slice_.bars.get(key) is None
        assert slice_.bars.get(key, 7) == 7

    @pytest.mark.parametrize("key", [BBB, "BBB", "XYZ"])
    def test_a_missing_symbol_says_how_to_ask(self, day: Any, key: Any) -> None:
        with pytest.raises(KeyError, match=f"'{key}' has no data in this slice; test with contains_key"):
            Slice(day, 0)[key]
        with pytest.raises(KeyError, match=f"'{key}' has no data of this kind in this slice; test with contains_key"):
            Slice(day, 0).bars[key]

    def test_the_benchmark_is_not_in_slices(self, day: Any) -> None:
        assert "SPY" not in Slice(day, 4)
        assert len(Slice(day, 4)) == 0

    def test_tickers_are_found_in_any_case(self, day: Any) -> None:
        assert "aaa" in Slice(day, 0)
        assert "aaa" in Slice(day, 0).bars
