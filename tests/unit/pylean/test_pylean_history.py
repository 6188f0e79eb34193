"""History requests: typed and as a frame, by count, span and dates."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pylean.api.AlgorithmImports import DataNormalizationMode, QCAlgorithm, QuoteBar, RenkoBar, Resolution, TradeBar
from pylean.history import HistoryCall, start_of_bars
from pylean.history.requests import HistoryRequests
from pylean.storage import MarketHours
from pylean.storage.market_hours import Session

from .conftest import Bench, Market

MONDAY, TUESDAY, WEDNESDAY = date(2025, 6, 2), date(2025, 6, 3), date(2025, 6, 4)

_FULL = Session(date.min, 14_400, 34_200, 57_600, 72_000)
_SHORT = Session(date.min, 14_400, 34_200, 46_800, 46_800)
HOURS = MarketHours(
    [_FULL] * 5 + [None] * 2, {date(2025, 7, 3): _SHORT, date(2025, 7, 4): None}, ZoneInfo("America/New_York")
)


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
            ("09:59", 7),
            ("10:00", 8),
        ]

    def test_counts_reach_back_over_days(self, bench: Any) -> None:
        """Bars are repeated, but none from before the window."""
        bars = bench.algorithm.history[TradeBar]("AAA", 32)
        assert [(bar.end_time.strftime("%d %H:%M"), bar.close) for bar in bars[:3]] == [
            ("03 16:00", 5),
            ("04 09:31", 6),
            ("04 09:32", 6),
        ]
        assert len(bars) == 31
        assert [bar.volume for bar in bars[:3]] == [100, 100, 0]

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

    def test_quote_bars(self, market: Any, bench: Any) -> None:
        market.quotes("AAA", WEDNESDAY, {"09:58": (6.5, 7.5), "09:59": (7.5, None)})
        bars = bench.algorithm.history[QuoteBar]("AAA", 2, Resolution.MINUTE)
        assert [(bar.bid.close, bar.ask.close, bar.close) for bar in bars] == [(6.5, 7.5, 7), (7.5, 7.5, 7.5)]

    def test_quotes_have_no_daily_bars(self, bench: Any) -> None:
        with pytest.raises(ValueError, match="AAA has no QuoteBar to read"):
            bench.algorithm.history[QuoteBar]("AAA", 2, Resolution.DAILY)

    def test_several_symbols_give_dictionaries_by_moment(self, market: Any, bench: Any) -> None:
        market.daily("BBB", {TUESDAY: 7})
        bench.algorithm.add_equity("BBB")
        for asked in (["AAA", "BBB"], bench.algorithm.securities.keys(), {"AAA": 1, "BBB": 2}):
            monday, tuesday = bench.algorithm.history[TradeBar](asked, 5, Resolution.DAILY)
            assert (monday.time, monday.count, monday["AAA"].close) == (datetime(2025, 6, 2, 16), 1, 3)
            assert "BBB" not in monday
            assert [(str(symbol), bar.close) for symbol, bar in tuesday.items()] == [("AAA", 5), ("BBB", 7)]

    def test_other_kinds_are_not_supported(self, bench: Any) -> None:
        with pytest.raises(AttributeError, match="history has no 'RenkoBar'"):
            bench.algorithm.history[RenkoBar]("AAA", 2)

    def test_the_future_is_cut_off(self, bench: Any) -> None:
        end = datetime(2025, 6, 4, 12)
        bars = bench.algorithm.history[TradeBar]("AAA", datetime(2025, 6, 4, 9, 58), end, Resolution.MINUTE)
        assert [bar.end_time.strftime("%H:%M") for bar in bars] == ["09:59", "10:00"]

    def test_options_are_those_of_the_request(self, market: Any, bench: Any) -> None:
        market.trades("AAA", WEDNESDAY, {"08:00": 1, "09:30": 6, "09:59": 8})
        market.factors("AAA", {date(2025, 6, 3): ("0.5", "1"), date(2050, 12, 31): ("1", "1")})
        day = datetime(2025, 6, 4)
        bars = bench.algorithm.history[TradeBar]("AAA", day, bench.algorithm.time, fill_forward=False)
        assert closes(bars) == [6, 8]
        bars = bench.algorithm.history[TradeBar]("AAA", day, bench.algorithm.time, Resolution.MINUTE, False, True)
        assert closes(bars) == [1, 6, 8]
        request = bench.algorithm.history[TradeBar]
        raw = request("AAA", 1, data_normalization_mode=DataNormalizationMode.RAW, resolution=Resolution.DAILY)
        assert (closes(raw), closes(request("AAA", 1, Resolution.DAILY))) == ([5], [2.5])

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

    def test_a_number_that_is_no_label_is_a_place(self, bench: Any) -> None:
        frame = bench.algorithm.history(["AAA"], 3, Resolution.MINUTE)
        close = frame.loc["AAA"]["close"]
        assert [close[0], close[-1]] == [frame["close"][0], frame["close"][-1]] == [close.iloc[0], close.iloc[-1]]
        assert frame["close"].unstack(level=0)["AAA"][0] == close.iloc[0]
        assert close.pct_change()[1] == close.iloc[1] / close.iloc[0] - 1
        with pytest.raises(IndexError):
            close[3]
        with pytest.raises(KeyError):
            close.reset_index(drop=True)[3]

    def test_several_symbols_stand_below_each_other(self, market: Any, bench: Any) -> None:
        market.daily("BBB", {TUESDAY: 7})
        bench.algorithm.add_equity("BBB")
        frame = bench.algorithm.History(["AAA", "BBB"], 2, Resolution(4))
        assert [(str(symbol), close) for (symbol, _), close in frame["close"].items()] == [
            ("AAA", 3),
            ("AAA", 5),
            ("BBB", 7),
        ]

    def test_trades_and_quotes_share_rows(self, market: Any, bench: Any) -> None:
        market.quotes("AAA", TUESDAY, {"15:58": (4.5, 5.5), "15:59": (5, 5.5)})
        frame = bench.algorithm.history("AAA", datetime(2025, 6, 3, 15, 58), datetime(2025, 6, 3, 16))
        sides = [side + name for side in ("ask", "bid") for name in ("close", "high", "low", "open", "size")]
        assert list(frame.columns) == [*sides, "close", "high", "low", "open", "volume"]
        assert frame["bidopen"].tolist() == [4.5, 5]
        assert frame["close"].tolist() == [5, 5], (
            "the first row has no trade in the window: it shows the quotes' middle"
        )
        assert np.isnan(frame["volume"].iloc[0])
        assert frame["volume"].iloc[1] == 100

    def test_a_kind_of_bar_comes_first(self, market: Any, bench: Any) -> None:
        market.quotes("AAA", WEDNESDAY, {"09:59": (7.5, 8.5)})
        frame = bench.algorithm.history(QuoteBar, "AAA", 1, Resolution.MINUTE)
        assert frame["close"].tolist() == [8]
        assert "volume" not in frame.columns
        assert "bidclose" not in bench.algorithm.history(TradeBar, ["AAA"], 1, Resolution.MINUTE).columns

    def test_a_column_of_zeros_is_left_out(self, market: Any, bench: Any) -> None:
        market.daily("BBB", {TUESDAY: (7, 7, 7, 7, 0)})
        bench.algorithm.add_equity("BBB")
        assert list(bench.algorithm.history("BBB", 1, Resolution.DAILY).columns) == ["close", "high", "low", "open"]

    def test_symbols_are_found_by_ticker_symbol_or_identifier(self, market: Any, bench: Any) -> None:
        market.daily("BBB", {TUESDAY: 7, MONDAY: 6})
        bbb = bench.algorithm.add_equity("BBB").symbol
        frame = bench.algorithm.history(["AAA", "BBB"], 2, Resolution.DAILY)
        for key in (bbb, "BBB", "bbb", str(bbb.id)):
            assert frame.loc[key].close.tolist() == [6, 7]
            assert frame.loc[key, "close"].tolist() == [6, 7]
            assert frame.loc[[key]].close.tolist() == [6, 7]
            assert frame.close[key].tolist() == frame.xs(key).close.tolist() == [6, 7]
            assert frame.loc[(key, datetime(2025, 6, 3, 16)), "close"] == 7
            assert key in frame.index
            wide = frame.close.unstack(0)
            assert wide[key].tolist() == [6, 7]
            assert (wide * 2)[[key]].shape == (2, 1)
            assert key in wide.columns
        assert "CCC" not in frame.index
        with pytest.raises(KeyError):
            frame.loc["CCC"]

    def test_all_securities_give_slices(self, market: Any, bench: Any) -> None:
        market.quotes("AAA", WEDNESDAY, {"09:59": (7.5, 8.5)})
        first, second = bench.algorithm.history(2, Resolution.MINUTE)
        assert (first.time, second.time) == (datetime(2025, 6, 4, 9, 59), datetime(2025, 6, 4, 10))
        assert first.bars["AAA"].close == first["AAA"].close == 7
        assert "AAA" not in first.quote_bars
        assert second.quote_bars["AAA"].close == second.bars["AAA"].close == 8
        assert len(bench.algorithm.history(timedelta(minutes=5))) == 2

    @pytest.mark.parametrize(
        ("arguments", "named", "error"),
        [
            (("AAA",), {}, "needs one window"),
            (("AAA", datetime(2025, 6, 2)), {}, "needs an end"),
            (("AAA", 5, Resolution.DAILY), {"colour": 1}, "no parameter colour"),
            (("AAA", "BBB"), {}, "window of history is 'BBB'"),
        ],
    )
    def test_other_forms_are_refused(self, bench: Any, arguments: Any, named: Any, error: str) -> None:
        with pytest.raises(TypeError, match=error):
            bench.algorithm.history(*arguments, **named)

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


def counted_back(hours: MarketHours, now: datetime, step: timedelta, count: int, extended: bool) -> datetime:
    """The slow way: bar by bar, counting those that overlap open hours minute by minute."""
    current = now.replace(minute=now.minute if step < timedelta(hours=1) else 0, second=0)
    while count:
        current -= step
        minutes = (current + timedelta(minutes=minute) for minute in range(step // timedelta(minutes=1)))
        count -= any(hours.is_open(moment, extended) for moment in minutes)
    return current


@settings(deadline=None)
@given(
    st.datetimes(datetime(2025, 6, 30), datetime(2025, 7, 9)).map(lambda moment: moment.replace(microsecond=0)),
    st.integers(1, 60),
    st.booleans(),
)
def test_bars_are_counted_back_through_open_hours(now: datetime, count: int, extended: bool) -> None:
    for resolution in (Resolution.MINUTE, Resolution.HOUR):
        expected = counted_back(HOURS, now, resolution.period, count, extended)
        assert start_of_bars(HOURS, now, resolution, count, extended=extended) == expected


@pytest.mark.parametrize(
    ("now", "count", "start"),
    [
        (datetime(2025, 7, 2, 15), 1, datetime(2025, 7, 1)),
        (datetime(2025, 7, 2, 16), 1, datetime(2025, 7, 1, 16)),
        (datetime(2025, 7, 3, 13), 1, datetime(2025, 7, 2, 13)),
        (datetime(2025, 7, 7), 2, datetime(2025, 7, 2)),
        (datetime(2025, 7, 7, 16), 2, datetime(2025, 7, 2, 16)),
    ],
)
def test_days_are_counted_back_from_the_last_that_has_closed(now: datetime, count: int, start: datetime) -> None:
    """July 4 is a holiday and the 5th a Saturday; the 3rd closes at 13:00."""
    assert start_of_bars(HOURS, now, Resolution.DAILY, count) == start


prices = st.none() | st.integers(1, 99)
quote_bars = st.dictionaries(st.integers(540, 700), st.tuples(prices, prices))


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(bars=quote_bars.filter(bool), fill_forward=st.booleans(), factor=st.sampled_from(["1", "0.5", "0.3333333"]))
def test_quotes_by_column_are_those_of_the_bars(
    bars: Any, fill_forward: bool, factor: str, tmp_path_factory: Any
) -> None:
    market = Market(tmp_path_factory.mktemp("quotes") / "data")
    market.factors("AAA", {MONDAY: ("1", "1"), date(2050, 1, 1): (factor, "1")})
    clocks = {f"{minute // 60:02}:{minute % 60:02}": bars[minute] for minute in sorted(bars)}
    market.quotes("AAA", MONDAY, clocks)
    market.quotes("AAA", TUESDAY, {"09:40": (5, None), "09:45": (None, 7)})
    bench = Bench(market)
    bench.at("09:50", TUESDAY)
    call = HistoryCall(QuoteBar, "AAA", span=timedelta(days=2), fill_forward=fill_forward)
    (points,) = HistoryRequests(bench.run, bench.algorithm.securities, bench.algorithm.universe_settings).points(call)
    for side in ("bid", "ask"):
        sides = [getattr(bar, side) for bar in points]
        for name, values in points.side_prices(side).items():
            expected = [np.nan if one is None else getattr(one, name) for one in sides]
            np.testing.assert_array_equal(values, expected)
        np.testing.assert_array_equal(points.side_sizes(side), [getattr(bar, f"last_{side}_size") for bar in points])
