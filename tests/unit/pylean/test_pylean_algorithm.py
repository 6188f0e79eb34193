"""What an algorithm may set and ask, and how it learns that something is not supported."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from pylean.algorithm import QCAlgorithm
from pylean.api.AlgorithmImports import (
    DataNormalizationMode,
    ExponentialMovingAverage,
    Extensions,
    Resolution,
    SimpleMovingAverage,
    TradeBarConsolidator,
)
from pylean.naming import UnsupportedApiError

DAY = date(2025, 6, 2)


class TestDatesAndCash:
    class Setting(QCAlgorithm):
        def initialize(self) -> None:
            self.set_start_date(2025, 6, 2)
            self.SetEndDate(datetime(2025, 6, 3))
            self.set_cash(25_000)
            self.at_start = self.time

    def test_the_algorithm_s_own_are_in_force(self, run_algorithm: Any) -> None:
        algorithm = run_algorithm(self.Setting).algorithm
        assert (algorithm.start_date, algorithm.StartDate.year) == (datetime(2025, 6, 2), 2025)
        assert algorithm.end_date == datetime(2025, 6, 3, 23, 59, 59, 999_999)
        assert algorithm.portfolio.cash == 25_000
        assert algorithm.at_start == datetime(2025, 6, 2)

    def test_the_job_s_win(self, run_algorithm: Any) -> None:
        job = {"start_date": date(2025, 6, 9), "end_date": date(2025, 6, 10), "cash": Decimal(70_000)}
        ran = run_algorithm(self.Setting, **job)
        assert (ran.algorithm.start_date, ran.algorithm.end_date.date()) == (datetime(2025, 6, 9), date(2025, 6, 10))
        assert ran.algorithm.portfolio.cash == 70_000
        assert ran.algorithm.at_start == datetime(2025, 6, 9)
        assert ran.summary["statistics"]["Start Equity"] == "70000"

    @pytest.mark.parametrize(
        ("call", "error", "text"),
        [
            (lambda algorithm: algorithm.set_start_date(timedelta(days=1)), TypeError, "got a time span"),
            (lambda algorithm: algorithm.set_cash(-5), ValueError, "cash is -5 USD: it must be above 0"),
            (lambda algorithm: algorithm.set_cash("EUR", 5), UnsupportedApiError, "EUR"),
            (lambda algorithm: algorithm.set_time_zone("Europe/Paris"), UnsupportedApiError, "Europe/Paris"),
            (lambda algorithm: algorithm.set_benchmark(100), TypeError, "a benchmark is a symbol"),
            (lambda algorithm: algorithm.set_warm_up("long"), TypeError, "warm-up is 'long'"),
        ],
    )
    def test_bad_values_say_so(self, bench: Any, call: Any, error: type[Exception], text: str) -> None:
        with pytest.raises(error, match=text):
            call(bench.algorithm)

    def test_new_york_is_the_time_zone(self, bench: Any) -> None:
        bench.algorithm.set_time_zone("America/New_York")
        assert bench.algorithm.time_zone == "America/New_York"
        bench.at("09:31")
        assert (bench.algorithm.time, bench.algorithm.utc_time) == (
            datetime(2025, 6, 2, 9, 31),
            datetime(2025, 6, 2, 13, 31),
        )


class TestParameters:
    @pytest.fixture
    def algorithm(self, bench: Any) -> Any:
        parameters = {"fast": "12", "share": "0.5", "on": "false", "cash": "7.25", "bad": "x"}
        bench.run.parameters.update(parameters)
        return bench.algorithm

    def test_are_text_or_of_the_default_s_type(self, algorithm: Any) -> None:
        assert algorithm.get_parameter("fast") == "12"
        assert algorithm.get_parameter("fast", "5") == "12"
        assert algorithm.get_parameter("fast", 5) == 12
        assert algorithm.GetParameter("share", 1.0) == 0.5
        assert algorithm.get_parameter("on", True) is False
        assert algorithm.get_parameter("cash", Decimal(1)) == Decimal("7.25")
        assert algorithm.get_parameters()["bad"] == "x"

    def test_have_defaults(self, algorithm: Any) -> None:
        assert algorithm.get_parameter("none") is None
        assert algorithm.get_parameter("none", 5) == 5
        assert algorithm.get_parameter("none", "a") == "a"

    @pytest.mark.parametrize("default", [5, 1.5, True, Decimal(1)])
    def test_of_another_type_are_refused(self, algorithm: Any, default: Any) -> None:
        name = type(default).__name__
        with pytest.raises(ValueError, match=f"parameter 'bad' is 'x'; it must be of type {name}"):
            algorithm.get_parameter("bad", default)


class TestSecurities:
    def test_minutes_bring_trades_and_quotes_and_longer_bars_trades_only(self, bench: Any) -> None:
        for ticker, resolution, count in (("B", "SECOND", 2), ("C", "MINUTE", 2), ("D", "HOUR", 1), ("E", "DAILY", 1)):
            security = bench.algorithm.add_equity(ticker, Resolution[resolution])
            assert [config.resolution.name for config in security.subscriptions] == [resolution] * count

    def test_a_second_resolution_is_a_second_subscription(self, bench: Any) -> None:
        for resolution in (Resolution.HOUR, Resolution.DAILY, Resolution.HOUR):
            security = bench.algorithm.add_equity("BBB", resolution)
        assert [config.resolution for config in security.subscriptions] == [Resolution.HOUR, Resolution.DAILY]

    def test_defaults_come_from_universe_settings(self, bench: Any) -> None:
        settings = bench.algorithm.universe_settings
        settings.Resolution = Resolution.HOUR
        settings.fill_forward = False
        settings.DataNormalizationMode = DataNormalizationMode.Raw
        (config,) = bench.algorithm.AddEquity("BBB").subscriptions
        assert (config.resolution, config.fill_forward) == (Resolution.HOUR, False)
        assert config.data_normalization_mode is DataNormalizationMode.RAW

    def test_adding_twice_keeps_the_security(self, bench: Any) -> None:
        assert bench.algorithm.add_equity("aaa", Resolution.HOUR) is bench.security
        assert bench.algorithm.securities.count == 1

    @pytest.mark.parametrize(
        ("arguments", "text"),
        [
            ({"market": "india"}, r"add_equity\(market='india'\)"),
            ({"resolution": Resolution.TICK}, "Resolution.TICK"),
        ],
    )
    def test_what_is_not_supported_says_so(self, bench: Any, arguments: Any, text: str) -> None:
        with pytest.raises(UnsupportedApiError, match=text):
            bench.algorithm.add_equity("BBB", **arguments)

    def test_two_tickers_of_one_company_are_one_security(self, market: Any, make_bench: Any) -> None:
        path = market.store.paths.map_file("NEW")
        path.parent.mkdir(parents=True)
        path.write_text("19980102,old,N\n20200101,old,N\n20501231,new,N\n")
        bench = make_bench("NEW")
        assert bench.algorithm.add_equity("OLD") is bench.security
        assert bench.algorithm.securities["OLD"] is bench.algorithm.securities["NEW"]
        assert (bench.algorithm.securities.count, str(bench.symbol)) == (1, "NEW")

    def test_tickers_cannot_name_paths(self, bench: Any) -> None:
        with pytest.raises(ValueError, match=r"\.\./x"):
            bench.algorithm.add_equity("../x")

    def test_securities_are_found_by_ticker_identifier_and_symbol(self, bench: Any) -> None:
        securities = bench.algorithm.securities
        symbol = bench.symbol
        assert securities["AAA"] is securities["aaa"] is securities[symbol] is securities[symbol.id]
        assert "AAA" in securities
        assert securities.ContainsKey("AAA")
        assert [str(one) for one in securities] == ["AAA"]
        assert len(securities) == securities.Count == 1
        with pytest.raises(KeyError, match=r"'XYZ' was not added to the algorithm \(added: AAA\); call add_equity"):
            securities["XYZ"]

    def test_symbols_equal_tickers_and_sort_by_them(self, bench: Any) -> None:
        other = bench.algorithm.add_equity("ABC").symbol
        assert bench.symbol == "AAA"
        assert bench.symbol == "aaa"
        assert bench.symbol == bench.symbol.id
        assert bench.symbol != other
        assert sorted([other, bench.symbol]) == [bench.symbol, other]
        assert bench.algorithm.symbol("AAA") is bench.symbol


class TestIndicators:
    def test_are_fed_before_on_data(self, market: Any, run_algorithm: Any) -> None:
        market.trades("AAA", DAY, {"09:30": 10, "09:31": 20, "09:32": 40})

        class Averaging(QCAlgorithm):
            def initialize(self) -> None:
                self.set_start_date(DAY)
                self.set_end_date(DAY)
                self.add_equity("AAA")
                self.simple = self.sma("AAA", 2)
                self.exponential = self.EMA("AAA", 2, Resolution.MINUTE)
                self.seen: list[tuple[Any, ...]] = []

            def on_data(self, data: Any) -> None:
                self.seen.append((self.simple.current.value, self.simple.is_ready, self.exponential.Current.Value))

        seen = run_algorithm(Averaging).algorithm.seen[:3]
        assert seen[:2] == [(10, False, 0), (15, True, 15)]
        assert seen[2][0] == 30
        assert seen[2][2] == pytest.approx(40 * 2 / 3 + 15 / 3)

    def test_means_by_hand(self) -> None:
        simple, exponential = SimpleMovingAverage(3), ExponentialMovingAverage("slow", 3)
        values = [4, 8, 6, 10]
        for number, value in enumerate(values):
            moment = datetime(2025, 6, 2, 9, 31 + number)
            simple.update(moment, value)
            exponential.Update(moment, value)
        assert simple.current.value == 8
        assert exponential.current.value == 10 * 0.5 + 6 * 0.5
        assert exponential.previous.value == 6
        assert (simple.samples, simple.is_ready, exponential.name) == (4, True, "slow")
        simple.reset()
        assert (simple.current.value, simple.samples, simple.is_ready) == (0, 0, False)

    def test_a_period_must_be_positive(self) -> None:
        with pytest.raises(ValueError, match=r"period of SMA\(0\) is 0: it must be at least 1"):
            SimpleMovingAverage(0)

    def test_longer_bars_can_feed_an_indicator(self, market: Any, run_algorithm: Any) -> None:
        market.session("AAA", DAY, 10)

        class Hourly(QCAlgorithm):
            def initialize(self) -> None:
                self.set_start_date(DAY)
                self.set_end_date(DAY)
                self.add_equity("AAA")
                self.by_resolution = self.sma("AAA", 3, Resolution.HOUR)
                self.by_span = SimpleMovingAverage(3)
                self.register_indicator("AAA", self.by_span, timedelta(minutes=30))
                self.by_hand = SimpleMovingAverage(3)
                self.register_indicator("AAA", self.by_hand, TradeBarConsolidator(10))

        algorithm = run_algorithm(Hourly).algorithm
        assert algorithm.by_resolution.samples == 7
        assert algorithm.by_span.samples == 13
        assert algorithm.by_hand.samples == 39

    def test_bars_cannot_be_cut_into_shorter_ones(self, make_bench: Any) -> None:
        bench = make_bench(resolution=Resolution.HOUR)
        with pytest.raises(ValueError, match="AAA has hour bars: they cannot be consolidated to 0:01:00"):
            bench.algorithm.consolidate("AAA", timedelta(minutes=1), print)


@pytest.mark.parametrize(
    "call",
    [
        lambda algorithm: algorithm.add_option("AAA"),
        lambda algorithm: algorithm.exercise_option("AAA", 1),
        lambda algorithm: algorithm.portfolio.margin_model,
        lambda algorithm: algorithm.securities["AAA"].set_portfolio_model(None),
        lambda algorithm: algorithm.transactions.transaction_record,
    ],
)
def test_names_that_are_missing_lead_to_the_list_of_supported_ones(bench: Any, call: Any) -> None:
    with pytest.raises(UnsupportedApiError, match=r"in pylean\. Supported names are listed in docs/supported-api\.md"):
        call(bench.algorithm)


def test_an_algorithm_is_made_by_the_engine_only() -> None:
    with pytest.raises(RuntimeError, match=r"algorithms are made by the engine: use pylean\.run_backtest"):
        QCAlgorithm()


def test_messages_reach_the_observer_and_the_log_file(run_algorithm: Any) -> None:
    class Talking(QCAlgorithm):
        def initialize(self) -> None:
            self.set_start_date(DAY)
            self.set_end_date(DAY)
            self.log("said")
            self.Debug(5)
            self.error("bad")

    ran = run_algorithm(Talking)
    assert ran.observer.lines[:3] == [("info", "said"), ("debug", "5"), ("error", "bad")]
    (path,) = [path for path in ran.outcome.files if path.name.endswith("-log.txt")]
    assert path.read_text().splitlines()[0] == "2025-06-02 04:00:00 said"


def test_times_are_converted_by_extensions() -> None:
    noon = datetime(2025, 6, 2, 12)
    assert Extensions.convert_to_utc(noon, "America/New_York") == datetime(2025, 6, 2, 16)
    assert Extensions.convert_from_utc(noon, "America/New_York") == datetime(2025, 6, 2, 8)
