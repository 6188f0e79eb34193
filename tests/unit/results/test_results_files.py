"""Shapes of charts and result files, and the coarser equity of the summary."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from pylean.results import (
    AlgorithmConfiguration,
    ChartBook,
    ResultCollector,
    ResultSettings,
    RunState,
    Series,
    SeriesType,
    write_result_files,
)
from pylean.results.charts import Candlestick, unix_seconds
from pylean.results.resampling import resample

START = datetime(2024, 3, 4, 5)
DAY = timedelta(days=1)


@pytest.fixture
def results(make_portfolio: Any) -> Any:
    """Six days of a run without a trade, with one plotted value."""
    portfolio = make_portfolio(1000)
    settings = ResultSettings(date(2024, 3, 4), date(2024, 3, 8), START, lambda _: Decimal(0))
    collector = ResultCollector(settings, portfolio)
    for number in range(6):
        collector.sample_day(START + number * DAY, Decimal(100))
    line = collector.charts.series("Mine", "Line", series_type=SeriesType.SCATTER, unit="#", index=2)
    line.add(START, Decimal("1.5"))
    return collector.results([])


@pytest.fixture
def files(results: Any, tmp_path: Path) -> dict[str, str]:
    write_result_files(
        tmp_path,
        "77",
        results,
        configuration=AlgorithmConfiguration(
            "Sample", date(2024, 3, 4), date(2024, 3, 8), parameters={"ema-fast": "10"}, tags=["a"], account_type=1
        ),
        state=RunState(START, START + DAY, "Sample", "host", "RuntimeError", runtime_error="boom", stack_trace="at x"),
        log_lines=["one", "zwei ü"],
        server_statistics={"CPU Usage": "1%"},
    )
    return {path.name: path.read_text(encoding="utf-8") for path in tmp_path.iterdir()}


def test_a_run_without_orders_has_no_order_events_file(files: dict[str, str]) -> None:
    assert sorted(files) == ["77-log.txt", "77-summary.json", "77.json"]


def test_the_whole_result_has_lean_s_parts(files: dict[str, str]) -> None:
    result = json.loads(files["77.json"])
    assert set(result) == {
        "rollingWindow",
        "totalPerformance",
        "charts",
        "orders",
        "profitLoss",
        "statistics",
        "runtimeStatistics",
        "state",
        "serverStatistics",
        "algorithmConfiguration",
    }
    assert set(result["totalPerformance"]) == {"tradeStatistics", "portfolioStatistics", "closedTrades"}
    assert result["statistics"]["Total Orders"] == "0"
    assert result["serverStatistics"] == {"CPU Usage": "1%"}
    assert all(isinstance(text, str) for text in result["statistics"].values())


def test_state_tells_how_the_run_went(files: dict[str, str]) -> None:
    assert json.loads(files["77-summary.json"])["state"] == {
        "StartTime": "2024-03-04T05:00:00Z",
        "EndTime": "2024-03-05T05:00:00Z",
        "RuntimeError": "boom",
        "StackTrace": "at x",
        "LogCount": "2",
        "OrderCount": "0",
        "InsightCount": "0",
        "Name": "Sample",
        "Hostname": "host",
        "Status": "RuntimeError",
    }


def test_configuration_has_the_last_second_of_the_run(files: dict[str, str]) -> None:
    configuration = json.loads(files["77.json"])["algorithmConfiguration"]
    assert configuration["startDate"] == "2024-03-04T00:00:00Z"
    assert configuration["endDate"] == "2024-03-08T23:59:59Z"
    assert configuration["parameters"] == {"ema-fast": "10"}
    assert (configuration["tags"], configuration["accountType"]) == (["a"], 1)


def test_charts_hold_points_of_seconds_and_values(files: dict[str, str]) -> None:
    charts = json.loads(files["77.json"])["charts"]
    assert charts["Benchmark"]["series"]["Benchmark"]["values"][0] == [1709528400, 100.0]
    assert charts["Strategy Equity"]["series"]["Equity"]["values"][0] == [1709528400, 1000, 1000, 1000, 1000]
    assert charts["Strategy Equity"]["series"]["Return"]["seriesType"] == 3
    assert charts["Portfolio Margin"]["legendDisabled"] is True
    assert charts["Mine"]["series"]["Line"] == {
        "name": "Line",
        "unit": "#",
        "index": 2,
        "seriesType": 1,
        "values": [{"x": 1709528400, "y": 1.5}],
        "color": "",
        "scatterMarkerSymbol": "none",
    }


def test_the_summary_has_the_equity_only(files: dict[str, str]) -> None:
    summary = json.loads(files["77-summary.json"])
    assert list(summary["charts"]) == ["Strategy Equity"]
    assert list(summary["charts"]["Strategy Equity"]["series"]) == ["Equity"]
    assert len(summary["charts"]["Strategy Equity"]["series"]["Equity"]["values"]) == 6
    assert "orders" not in summary


def test_log_lines_are_utf_8(files: dict[str, str]) -> None:
    assert files["77-log.txt"] == "one\nzwei ü\n"


def test_files_need_an_existing_folder(results: Any, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write_result_files(
            tmp_path / "missing",
            "77",
            results,
            configuration=AlgorithmConfiguration("Sample", date(2024, 3, 4), date(2024, 3, 8)),
            state=RunState(START, START, "Sample", "host", "Completed"),
        )


def test_a_pie_shows_one_sum() -> None:
    charts = ChartBook()
    for number, value in enumerate(("1.5", "2.5", "3")):
        charts.series("Pie", "Share", series_type=SeriesType.PIE).add(START + number * DAY, Decimal(value))
    values = charts["Pie"].to_json()["series"]["Share"]["values"]  # type: ignore[index]
    assert values == [[unix_seconds(START + 2 * DAY), 7]]


def test_a_point_at_the_same_time_replaces_the_last() -> None:
    series = Series("Line")
    series.add(START, Decimal(1))
    series.add(START, Decimal("123.456789"))
    assert [point.value for point in series.points] == [Decimal("123.4568")]


def test_single_values_cannot_be_plotted_into_candles(results: Any) -> None:
    with pytest.raises(ValueError, match="'Strategy Equity' has candles under 'Equity'"):
        results.charts.series("Strategy Equity", "Equity")


@pytest.mark.parametrize(("microsecond", "seconds"), [(0, 0), (400_000, 0), (500_000, 0), (501_000, 1)])
def test_unix_seconds_are_rounded_half_to_even(microsecond: int, seconds: int) -> None:
    assert unix_seconds(datetime(1970, 1, 1, 0, 0, 0, microsecond)) == seconds


def candle(days: float, *prices: str) -> Candlestick:
    return Candlestick(START + timedelta(days=days), *(Decimal(price) for price in prices))


def flat(candles: list[Candlestick]) -> list[tuple[float, ...]]:
    return [
        ((item.utc - START) / DAY, float(item.open), float(item.high), float(item.low), float(item.close))
        for item in candles
    ]


def test_candles_are_merged_up_to_each_step() -> None:
    fine = [
        candle(0, "10", "10", "10", "10"),
        candle(0.5, "10.9", "20.9", "9.9", "12.5"),
        candle(1, "12.5", "30.9", "12.1", "14.25"),
        candle(1.5, "14", "50", "1", "15"),
    ]
    assert flat(resample(fine, DAY)) == [(0, 10, 10, 10, 10), (1, 10, 30, 9, 14.25)]


def test_closes_between_distant_candles_are_interpolated() -> None:
    fine = [candle(0, "10", "10", "10", "10"), candle(4, "12", "99", "1", "20")]
    assert flat(resample(fine, 2 * DAY)) == [(0, 10, 10, 10, 10), (2, 12, 16, 12, 16), (4, 16, 20, 16, 20)]


def test_a_single_candle_stays() -> None:
    fine = [candle(0, "10.5", "10.5", "10.5", "10.5")]
    assert resample(fine, DAY) == fine
