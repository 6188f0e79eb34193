"""History requests: typed and as a frame, by count, span and dates."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from pylean.api.AlgorithmImports import QCAlgorithm, QuoteBar, Resolution, TradeBar

MONDAY, TUESDAY, WEDNESDAY = date(2025, 6, 2), date(2025, 6, 3), date(2025, 6, 4)


@pytest.fixture
def bench(market: Any, make_bench: Any) -> Any:
    """Minute bars of three days, Tuesday with gaps; Wednesday 10:00 is now."""
    market.trades("AAA", MONDAY, {"09:30": 1, "15:58": 2, "15:59": 3})
    market.trades("AAA", TUESDAY, {"09:31": 4, "15:59": 5})
    market.trades("AAA", WEDNESDAY, {"09:30": 6, "09:58": 7, "09:59": 8, "10:00": 9})
    market.daily("AAA", {MONDAY: (1, 3, 1, 3, 10), TUESDAY: (4, 5, 4, 5, 20), WEDNESDAY: 9})
    bench = make_bench()
    bench.at("10:00", WEDNESDAY)
    return bench


def closes(bars: list[Any]) -> list[float]:
    return [bar.close for bar in bars]


class TestTyped:
    def test_the_last_bars_before_now(self, bench: Any) -> None:
        bars = bench.algorithm.history[TradeBar]("AAA", 3, Resolution.MINUTE)
        assert [(bar.end_time.strftime("%H:%M"), bar.close) for bar in bars] == [
            ("09:58", 6),
            ("09:59", 7),
            ("10:00", 8),
        ]

    def test_counts_reach_back_over_days_and_repeat_bars(self, bench: Any) -> None:
        bars = bench.algorithm.history[TradeBar]("AAA", 32)
        assert [(bar.end_time.strftime("%d %H:%M"), bar.close) for bar in bars[:3]] == [
            ("03 15:59", 4),
            ("03 16:00", 5),
            ("04 09:31", 6),
        ]
        assert len(bars) == 32
        assert bars[0].volume == 0

    def test_there_may_be_fewer_than_asked_for(self, bench: Any) -> None:
        bars = bench.algorithm.history[TradeBar]("AAA", 10_000)
        assert len(bars) == 390 + 390 + 30
        assert bench.algorithm.history[TradeBar]("AAA", 10_000, Resolution.DAILY)[0].close == 3

    def test_daily_bars_of_days_that_are_over(self, bench: Any) -> None:
        bars = bench.algorithm.history[TradeBar](bench.symbol, 5, Resolution.DAILY)
        assert closes(bars) == [3, 5]
        assert [bar.end_time for bar in bars] == [datetime(2025, 6, 2, 16), datetime(2025, 6, 3, 16)]
        bench.at("16:00", WEDNESDAY)
        assert closes(bench.algorithm.history[TradeBar]("AAA", 2, Resolution.DAILY)) == [5, 9]

    def test_by_span(self, bench: Any) -> None:
        assert closes(bench.algorithm.history[TradeBar]("AAA", timedelta(minutes=2), Resolution.MINUTE)) == [7, 8]
        days = bench.algorithm.history[TradeBar]("AAA", timedelta(days=2), resolution=Resolution.DAILY)
        assert closes(days) == [3, 5]

    def test_by_dates_the_start_excluded_and_the_end_included(self, bench: Any) -> None:
        start, end = datetime(2025, 6, 2, 15, 59), datetime(2025, 6, 3, 9, 32)
        bars = bench.algorithm.history[TradeBar]("AAA", start, end, Resolution.MINUTE)
        assert [(bar.end_time.strftime("%d %H:%M"), bar.close) for bar in bars] == [
            ("02 16:00", 3),
            ("03 09:31", 3),
            ("03 09:32", 4),
        ]

    def test_a_missing_day_is_carried_forward(self, market: Any, make_bench: Any) -> None:
        market.trades("BBB", MONDAY, {"09:30": 1, "15:59": 2})
        market.trades("BBB", WEDNESDAY, {"09:30": 3})
        bench = make_bench("BBB")
        bench.at("09:31", WEDNESDAY)
        bars = bench.algorithm.history[TradeBar]("BBB", timedelta(days=2))
        tuesday = [bar for bar in bars if bar.end_time.date() == TUESDAY]
        assert len(tuesday) == 390
        assert {bar.close for bar in tuesday} == {2}
        assert {bar.volume for bar in tuesday} == {0}

    def test_nothing_stored_gives_nothing(self, make_bench: Any) -> None:
        bench = make_bench("NONE")
        bench.at("10:00", WEDNESDAY)
        assert bench.algorithm.history[TradeBar]("NONE", 5, Resolution.DAILY) == []

    def test_extended_hours_as_subscribed_but_not_in_daily_bars(self, market: Any, make_bench: Any) -> None:
        market.trades("AAA", MONDAY, {"08:00": 1, "09:30": 2})
        market.daily("AAA", {MONDAY: 2})
        bench = make_bench(extended_market_hours=True)
        bench.at("09:31")
        bars = bench.algorithm.history[TradeBar]("AAA", 100)
        assert bars[0].end_time == datetime(2025, 6, 2, 8, 1)
        bench.at("16:00")
        assert len(bench.algorithm.history[TradeBar]("AAA", 3, Resolution.DAILY)) == 1

    def test_other_kinds_are_not_supported(self, bench: Any) -> None:
        with pytest.raises(AttributeError, match="history has no 'QuoteBar'"):
            bench.algorithm.history[QuoteBar]

    def test_an_unknown_symbol_says_what_was_added(self, bench: Any) -> None:
        with pytest.raises(KeyError, match="'XYZ' was not added to the algorithm"):
            bench.algorithm.history[TradeBar]("XYZ", 5)


class TestFrame:
    def test_rows_by_symbol_and_end_time(self, bench: Any) -> None:
        frame = bench.algorithm.history("AAA", 2, Resolution.DAILY)
        assert list(frame.columns) == ["close", "high", "low", "open", "volume"]
        assert frame.index.names == ["symbol", "time"]
        assert [str(symbol) for symbol in frame.index.get_level_values("symbol")] == ["AAA", "AAA"]
        assert frame["close"].tolist() == [3, 5]
        assert frame["volume"].tolist() == [10, 20]
        assert frame.loc[bench.symbol].index.tolist() == [datetime(2025, 6, 2, 16), datetime(2025, 6, 3, 16)]

    def test_several_symbols_stand_below_each_other(self, market: Any, bench: Any) -> None:
        market.daily("BBB", {TUESDAY: 7})
        bench.algorithm.add_equity("BBB")
        frame = bench.algorithm.History(["AAA", "BBB"], 2, Resolution(4))
        assert [(str(symbol), close) for (symbol, _), close in frame["close"].items()] == [
            ("AAA", 3),
            ("AAA", 5),
            ("BBB", 7),
        ]

    def test_without_bars_it_is_empty(self, make_bench: Any) -> None:
        bench = make_bench("NONE")
        bench.at("10:00", WEDNESDAY)
        assert bench.algorithm.history("NONE", 5).empty


def test_points_of_history_count(market: Any, run_algorithm: Any) -> None:
    market.session("AAA", TUESDAY)
    market.daily("AAA", {MONDAY: 1})

    class Asking(QCAlgorithm):
        def initialize(self) -> None:
            self.set_start_date(TUESDAY)
            self.set_end_date(TUESDAY)
            self.add_equity("AAA")
            self.bars = self.history[TradeBar]("AAA", 3, Resolution.DAILY)

    ran = run_algorithm(Asking)
    assert closes(ran.algorithm.bars) == [1]
    assert (ran.outcome.data_points, ran.outcome.history_data_points) == (390 + 1, 1)
