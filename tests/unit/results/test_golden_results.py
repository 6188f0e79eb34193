"""The golden run and Lean's BasicTemplateAlgorithm, replayed: every printed text has to be Lean's."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from pylean.results import AlgorithmConfiguration, RunState, write_result_files

ALGORITHM_ID = "1520652223"
GOLDEN_ORDER_HASH = "770eef5fb78706619ac4b315c18e4142"


@pytest.fixture(scope="module")
def golden_results(golden_run: Any) -> Any:
    return golden_run.collector.results(golden_run.orders)


def write_files(results: Any, folder: Path) -> dict[str, Path]:
    """A run's result files by the part of their name after the algorithm's id."""
    times = datetime(2025, 10, 16, 15, 14, 39), datetime(2025, 10, 16, 15, 15, 38)
    paths = write_result_files(
        folder,
        ALGORITHM_ID,
        results,
        configuration=AlgorithmConfiguration("local", date(2025, 10, 1), date(2025, 10, 10)),
        state=RunState(*times, "local", "Mac-Studio", "Completed"),
        log_lines=["2025-10-01 00:00:00 a line"] * 21,
    )
    return {path.name.removeprefix(ALGORITHM_ID): path for path in paths}


@pytest.fixture(scope="module")
def golden_files(golden_results: Any, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return write_files(golden_results, tmp_path_factory.mktemp("golden"))


def test_printed_table_is_the_golden_one(golden_results: Any, golden_summary: dict[str, Any]) -> None:
    assert golden_results.statistics.summary == golden_summary["statistics"]
    assert list(golden_results.statistics.summary) == list(golden_summary["statistics"])


def test_trade_statistics_are_the_golden_ones(golden_results: Any, golden_summary: dict[str, Any]) -> None:
    expected = golden_summary["totalPerformance"]["tradeStatistics"]
    assert golden_results.statistics.trade.to_json() == expected
    assert list(golden_results.statistics.trade.to_json()) == list(expected)


def test_portfolio_statistics_are_the_golden_ones(golden_results: Any, golden_summary: dict[str, Any]) -> None:
    expected = golden_summary["totalPerformance"]["portfolioStatistics"]
    assert golden_results.statistics.portfolio.to_json() == expected
    assert list(golden_results.statistics.portfolio.to_json()) == list(expected)


def test_runtime_statistics_are_the_golden_ones(golden_results: Any, golden_summary: dict[str, Any]) -> None:
    assert golden_results.runtime_statistics == golden_summary["runtimeStatistics"]


def test_order_hash_is_the_golden_one(golden_results: Any) -> None:
    assert len(golden_results.orders) == 157
    assert golden_results.order_list_hash == GOLDEN_ORDER_HASH


def test_equity_was_sampled_as_often_as_lean_did(golden_results: Any) -> None:
    assert len(golden_results.samples.equity) == 795


def test_newest_version_changes_two_figures_only(golden_run: Any, golden_run_newest: Any) -> None:
    old = golden_run.collector.results(golden_run.orders)
    new = golden_run_newest.collector.results(golden_run_newest.orders)
    old_texts = old.statistics.summary | old.statistics.trade.to_json() | old.statistics.portfolio.to_json()
    new_texts = new.statistics.summary | new.statistics.trade.to_json() | new.statistics.portfolio.to_json()
    assert {name: text for name, text in new_texts.items() if text != old_texts[name]} == {
        "Probabilistic Sharpe Ratio": "47.657%",
        "probabilisticSharpeRatio": "0.4766",
        "maximumEndTradeDrawdown": "4305.54",
    }
    assert new.order_list_hash == GOLDEN_ORDER_HASH


def test_order_events_file_is_the_golden_one_to_the_byte(golden_files: dict[str, Path], shared: Path) -> None:
    expected = (shared / "zacqc/golden/order-events.json").read_bytes()
    assert golden_files["-order-events.json"].read_bytes() == expected


def test_summary_file_is_the_golden_one(golden_files: dict[str, Path], golden_summary: dict[str, Any]) -> None:
    summary = json.loads(golden_files["-summary.json"].read_text())
    assert {name: summary[name] for name in golden_summary} == golden_summary
    assert set(summary) - set(golden_summary) == {"serverStatistics"}


def test_whole_result_file_has_charts_orders_and_trades(golden_files: dict[str, Path]) -> None:
    result = json.loads(golden_files[".json"].read_text())
    equity = result["charts"]["Strategy Equity"]["series"]["Equity"]["values"]
    assert len(equity) == 795
    assert all(len(candle) == 5 for candle in equity)
    assert list(result["orders"]) == [str(number) for number in range(1, 158)]
    assert len(result["totalPerformance"]["closedTrades"]) == 10
    assert sum(trade["isWin"] for trade in result["totalPerformance"]["closedTrades"]) == 8
    assert set(result["rollingWindow"]) == {f"M{months}_20251010" for months in (1, 3, 6, 12)}
    assert (
        result["rollingWindow"]["M1_20251010"]["portfolioStatistics"]
        == result["totalPerformance"]["portfolioStatistics"]
    )
    assert len(result["profitLoss"]) == 10


def test_files_are_the_same_bytes_every_time(golden_run: Any, golden_files: dict[str, Path], tmp_path: Path) -> None:
    again = write_files(golden_run.collector.results(golden_run.orders), tmp_path)
    assert {name: path.read_bytes() for name, path in again.items()} == {
        name: path.read_bytes() for name, path in golden_files.items()
    }


def test_buy_and_hold_prints_lean_s_expected_statistics(buy_and_hold: Any, shared: Path) -> None:
    cases = json.loads((shared / "lean/conformance.json").read_text())["cases"]
    expected = next(case["expected_statistics"] for case in cases if case["name"] == "BasicTemplateAlgorithm")
    printed = buy_and_hold.statistics.summary | {"OrderListHash": buy_and_hold.order_list_hash}
    assert printed == expected


def test_candles_of_a_held_position_span_its_prices(buy_and_hold: Any) -> None:
    candles = buy_and_hold.charts["Strategy Equity"].series["Equity"].points
    assert all(
        candle.low <= min(candle.open, candle.close) <= max(candle.open, candle.close) <= candle.high
        for candle in candles
    )
    assert any(candle.high > max(candle.open, candle.close) for candle in candles)
    assert candles[0].close == Decimal(100000)
