"""Charts of the algorithm's own."""

from __future__ import annotations

from typing import Any

import pytest

from pylean import AlgorithmError
from pylean.api.AlgorithmImports import (
    CandlestickSeries,
    Chart,
    Color,
    PerformanceMetrics,
    QCAlgorithm,
    ScatterMarkerSymbol,
    Series,
    SeriesType,
)

from .conftest import MONDAY, Market, RunAlgorithm


class Base(QCAlgorithm):
    def initialize(self) -> None:
        self.set_start_date(2025, 6, 2)
        self.set_end_date(2025, 6, 2)
        self.add_equity("AAA")
        self.choose()

    def choose(self) -> None:
        """What the test charts."""


@pytest.fixture
def three_bars(market: Market) -> Market:
    market.trades("AAA", MONDAY, {"09:30": (10, 12, 9, 11.5, 100), "09:31": 12.0, "09:32": 13.0})
    return market


def test_points_are_kept_by_chart_and_series(three_bars: Market, run_algorithm: RunAlgorithm) -> None:
    class Case(Base):
        def choose(self) -> None:
            chart = Chart("Prices")
            chart.AddSeries(Series("Close", SeriesType.SCATTER, 1, "USD"))
            chart.add_series(CandlestickSeries("Bars"))
            self.add_chart(chart)

        def on_data(self, data: Any) -> None:
            bar = data.bars["AAA"]
            if self.time.hour == 9 and self.time.minute < 34:
                self.plot("Prices", "Close", bar.close)
                self.plot("Prices", "Bars", bar)
                self.Plot("Minutes", self.time.minute)

    charts = run_algorithm(Case).read("test.json")["charts"]
    close, bars = (charts["Prices"]["series"][name] for name in ("Close", "Bars"))
    assert (close["seriesType"], close["index"], close["unit"]) == (1, 1, "USD")
    first = 1_748_871_060
    assert close["values"] == [{"x": first + 60 * n, "y": price} for n, price in enumerate((11.5, 12.0, 13.0))]
    assert bars["values"][0] == [first, 10.0, 12.0, 9.0, 11.5]
    minutes = charts["Strategy Equity"]["series"]["Minutes"]["values"]
    assert [value for _, value in minutes] == [31.0, 32.0, 33.0]
    assert "Equity" in charts["Strategy Equity"]["series"]


def test_indicators_are_plotted_when_they_change(three_bars: Market, run_algorithm: RunAlgorithm) -> None:
    class Case(Base):
        def choose(self) -> None:
            mean = self.sma("AAA", 2)
            self.plot_indicator("All", mean)
            self.plot_indicator("Ready", True, mean)
            self.mean = mean

        def on_end_of_algorithm(self) -> None:
            self.plot("Last", self.mean)

    ran = run_algorithm(Case)
    charts = ran.read("test.json")["charts"]
    values = {
        name: [value for _, value in charts[name]["series"][ran.algorithm.mean.name]["values"]]
        for name in charts
        if name in ("All", "Ready", "Last")
    }
    assert values["All"][:3] == [11.5, 11.75, 12.5]
    assert values["Ready"][:2] == [11.75, 12.5]
    assert values["Last"] == [13.0]


def test_the_engine_s_own_names_are_refused(three_bars: Market, run_algorithm: RunAlgorithm) -> None:
    class Case(Base):
        def choose(self) -> None:
            self.plot("Equity", 1)

    with pytest.raises(AlgorithmError, match="a series of the engine's"):
        run_algorithm(Case)


def test_own_statistics_stand_beside_lean_s(three_bars: Market, run_algorithm: RunAlgorithm) -> None:
    class Case(Base):
        def choose(self) -> None:
            self.set_runtime_statistic("Mood", "good")
            self.set_summary_statistic("Luck", 7)

    ran = run_algorithm(Case)
    assert ran.summary["runtimeStatistics"]["Mood"] == "good"
    assert ran.summary["statistics"]["Luck"] == "7"


def test_a_call_by_name_and_four_prices_are_the_same_as_by_place(
    three_bars: Market, run_algorithm: RunAlgorithm
) -> None:
    class Case(Base):
        def on_end_of_algorithm(self) -> None:
            self.plot(chart="Mine", series="Line", value=1.5)
            self.plot("Mine", "Bars", 1, 4, 0.5, 2)
            self.record("Recorded", 3)

    charts = run_algorithm(Case).read("test.json")["charts"]
    values = {name: series["values"][0][1:] for name, series in charts["Mine"]["series"].items()}
    assert values == {"Line": [1.5], "Bars": [1.0, 4.0, 0.5, 2.0]}
    assert charts["Strategy Equity"]["series"]["Recorded"]["values"][0][1] == 3


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("Exposure", "Line", 1), "'Exposure' is a chart of the engine's"),
        (("Mine", "Line", float("nan")), "only finite numbers"),
        (("Mine", "Line", 1, 2), "got 2 values; it takes one, or four"),
        (("Mine",), "lacks what to plot"),
        ((5, "Line", 1), "cannot name a chart"),
    ],
)
def test_what_cannot_be_plotted_says_why(
    three_bars: Market, run_algorithm: RunAlgorithm, arguments: tuple[Any, ...], message: str
) -> None:
    class Case(Base):
        def choose(self) -> None:
            self.plot(*arguments)

    with pytest.raises(AlgorithmError, match=message):
        run_algorithm(Case)


def test_colors_and_markers_of_a_series_reach_the_results(three_bars: Market, run_algorithm: RunAlgorithm) -> None:
    class Case(Base):
        def choose(self) -> None:
            chart = Chart("Mine")
            chart.AddSeries(Series("Buy", SeriesType.SCATTER, "$", Color.Red, ScatterMarkerSymbol.TRIANGLE_DOWN))
            self.AddChart(chart)

        def on_end_of_algorithm(self) -> None:
            self.plot("Mine", "Buy", 1)

    series = run_algorithm(Case).read("test.json")["charts"]["Mine"]["series"]["Buy"]
    assert (series["color"], series["scatterMarkerSymbol"]) == ("#FF0000", "triangle-down")


def test_statistics_can_be_read_at_any_time(three_bars: Market, run_algorithm: RunAlgorithm) -> None:
    class Case(Base):
        def choose(self) -> None:
            self.early = dict(self.statistics.summary.items())

        def on_data(self, data: Any) -> None:
            if not self.portfolio.invested:
                self.market_order("AAA", 10)

        def on_end_of_algorithm(self) -> None:
            self.set_summary_statistic("Mine", 0.5)
            summary = self.Statistics.Summary
            self.late = (summary[PerformanceMetrics.TOTAL_ORDERS], summary["Mine"], "Other" in summary)
            self.figures = self.statistics.total_performance

    ran = run_algorithm(Case)
    assert ran.algorithm.early == {}
    assert ran.algorithm.late == ("1", "0.5", False)
    assert ran.algorithm.figures.trade_statistics.total_number_of_trades == 0
    assert ran.algorithm.figures.PortfolioStatistics.StartEquity == 100_000.0
