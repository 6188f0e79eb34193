"""Portfolio statistics, the table and rolling periods on small series worked out by hand."""

from __future__ import annotations

import math
from datetime import date, datetime, timedelta
from decimal import Decimal
from statistics import NormalDist, fmean, stdev
from typing import Any

import pytest

from pylean.results.lean_version import LeanVersion
from pylean.results.portfolio_statistics import PortfolioSeries, PortfolioStatistics, drawdown_and_recovery
from pylean.results.portfolio_view import PortfolioTotals
from pylean.results.statistics import MisalignedSamplesError, RunSamples, compute_statistics, rolling_performance
from pylean.results.summary import CapacityFigures, runtime_statistics
from pylean.results.transactions import ClosedTransaction, TransactionRecord
from pylean.securities.symbol import Symbol

START = datetime(2024, 1, 1, 5)
RETURNS = [0.01, -0.02, 0.015, 0.0, -0.005, 0.012]
BENCHMARK = [0.008, -0.01, 0.01, 0.001, -0.002, 0.004]
RISK_FREE = 0.02


def series(**changes: Any) -> PortfolioSeries:
    values: dict[str, Any] = {
        "starting_capital": Decimal(1000),
        "equity": [(START, Decimal(1000)), (START + timedelta(days=365), Decimal(1100))],
        "turnover": [Decimal("0.1"), Decimal("0.3")],
        "returns": RETURNS,
        "benchmark_returns": BENCHMARK,
        "transactions": [],
        "risk_free_rate": lambda _: Decimal(str(RISK_FREE)),
        "trading_days_per_year": 252,
        "lean_version": LeanVersion.NEWEST,
    }
    return PortfolioSeries(**values | changes)


def statistics(**changes: Any) -> PortfolioStatistics:
    return PortfolioStatistics.from_series(series(**changes))


def annual(returns: list[float]) -> float:
    return (fmean(returns) + 1) ** 252 - 1


def close(value: Decimal, expected: float) -> bool:
    return math.isclose(float(value), expected, rel_tol=1e-9, abs_tol=1e-12)


def test_return_and_risk() -> None:
    result = statistics()
    deviation = stdev(RETURNS) * math.sqrt(252)
    downside = stdev([-0.02, -0.005]) * math.sqrt(252)
    assert close(result.annual_standard_deviation, deviation)
    assert close(result.annual_variance, deviation**2)
    assert close(result.sharpe_ratio, (annual(RETURNS) - RISK_FREE) / deviation)
    assert close(result.sortino_ratio, (annual(RETURNS) - RISK_FREE) / downside)
    assert close(result.compounding_annual_return, 0.1)
    assert result.total_net_profit == Decimal("0.1")
    assert result.portfolio_turnover == Decimal("0.2")


def test_comparison_with_the_benchmark() -> None:
    result = statistics()
    mean, other = fmean(RETURNS), fmean(BENCHMARK)
    covariance = sum((a - mean) * (b - other) for a, b in zip(RETURNS, BENCHMARK, strict=True)) / 5
    beta = covariance / stdev(BENCHMARK) ** 2
    tracking_error = stdev([a - b for a, b in zip(RETURNS, BENCHMARK, strict=True)]) * math.sqrt(252)
    assert close(result.beta, beta)
    assert close(result.alpha, annual(RETURNS) - (RISK_FREE + beta * (annual(BENCHMARK) - RISK_FREE)))
    assert close(result.tracking_error, tracking_error)
    assert close(result.information_ratio, (annual(RETURNS) - annual(BENCHMARK)) / tracking_error)
    assert close(result.treynor_ratio, (annual(RETURNS) - RISK_FREE) / beta)


def test_a_flat_benchmark_leaves_alpha_and_beta_at_zero() -> None:
    result = statistics(benchmark_returns=[0.0] * 6)
    assert not any((result.alpha, result.beta, result.treynor_ratio))
    assert close(result.tracking_error, float(result.annual_standard_deviation))


@pytest.mark.parametrize(("version", "daily_risk_free"), [("2025-10", 0.0), ("newest", RISK_FREE / 252)])
def test_probabilistic_sharpe_ratio_by_version(version: str, daily_risk_free: float) -> None:
    n, mean, deviation = len(RETURNS), fmean(RETURNS), stdev(RETURNS)
    ratio = (mean - daily_risk_free) / deviation
    moments = [sum((value - mean) ** power for value in RETURNS) / n for power in (2, 3, 4)]
    skewness = moments[1] / moments[0] ** 1.5 * math.sqrt(n * (n - 1)) / (n - 2)
    kurtosis = ((n + 1) * (moments[2] / moments[0] ** 2 - 3) + 6) * (n - 1) / ((n - 2) * (n - 3))
    error = math.sqrt((1 - skewness * ratio + (kurtosis - 1) / 4 * ratio**2) / (n - 1))
    expected = NormalDist().cdf((ratio - 1 / math.sqrt(252)) / error)
    result = statistics(lean_version=LeanVersion(version))
    assert close(result.probabilistic_sharpe_ratio, expected)


def test_value_at_risk_looks_at_the_last_year_only() -> None:
    returns = [0.5, *[0.01, -0.01] * 126]
    deviation = stdev(returns[1:])
    result = statistics(returns=returns, benchmark_returns=returns)
    assert result.value_at_risk99 == Decimal(str(round(NormalDist(0, deviation).inv_cdf(0.01), 3)))
    assert result.value_at_risk95 == Decimal(str(round(NormalDist(0, deviation).inv_cdf(0.05), 3)))


def test_risk_free_rate_is_averaged_over_samples_not_days() -> None:
    equity = [(START + timedelta(minutes=number), Decimal(1000)) for number in range(3)]
    equity.append((START + timedelta(days=1), Decimal(1000)))
    rates = {date(2024, 1, 1): Decimal("0.04"), date(2024, 1, 2): Decimal("0.08")}
    result = statistics(equity=equity, risk_free_rate=rates.__getitem__)
    assert close(result.sharpe_ratio, (annual(RETURNS) - 0.05) / float(result.annual_standard_deviation))


def test_average_win_and_loss_follow_the_running_capital() -> None:
    transactions = [ClosedTransaction(Decimal(value), value > 0) for value in (100, -110, 0, 99)]
    result = statistics(transactions=transactions)
    assert result.average_win_rate == (Decimal("0.1") + Decimal("0.1")) / 2
    assert result.average_loss_rate == (Decimal(-110) / 1100 + 0) / 2
    assert result.profit_loss_ratio == 2
    assert (result.win_rate, result.loss_rate) == (Decimal("0.5"), Decimal("0.5"))
    assert result.expectancy == Decimal("0.5")


def test_a_win_can_lose_money() -> None:
    result = statistics(transactions=[ClosedTransaction(Decimal(-5), True), ClosedTransaction(Decimal(5), True)])
    assert result.win_rate == 1
    assert result.loss_rate == 0


def test_one_day_has_equity_and_turnover_only() -> None:
    result = statistics(returns=[0.01], benchmark_returns=[0.01])
    assert result == PortfolioStatistics(
        start_equity=Decimal(1000), end_equity=Decimal(1100), portfolio_turnover=Decimal("0.2")
    )


def test_drawdown_and_recovery_count_from_the_peak() -> None:
    values = [100, 110, 104, 99, 110, 120, 90, 119]
    equity = [(START + timedelta(days=3 * number, hours=number), Decimal(value)) for number, value in enumerate(values)]
    assert drawdown_and_recovery(equity) == (Decimal("0.25"), 9)


def test_drawdown_is_rounded_to_three_places_and_an_open_fall_never_recovers() -> None:
    equity = [(START, Decimal(3)), (START + timedelta(days=40), Decimal(2))]
    assert drawdown_and_recovery(equity) == (Decimal("0.333"), 0)


def test_json_is_all_text() -> None:
    texts = statistics().to_json()
    assert texts["startEquity"] == "1000"
    assert texts["drawdownRecovery"] == "0"
    assert texts["valueAtRisk99"].startswith("-0.0")
    assert len(texts) == 25
    assert all(isinstance(text, str) for text in texts.values())


def run_samples(days: int, **changes: Any) -> RunSamples:
    times = [START + timedelta(days=number) for number in range(days)]
    values: dict[str, Any] = {
        "equity": [(utc, Decimal(1000 + number)) for number, utc in enumerate(times)],
        "performance": [(utc, Decimal("0.1")) for utc in times],
        "benchmark": [(utc, Decimal(100 + number)) for number, utc in enumerate(times)],
        "turnover": [],
        "trades": [],
        "transactions": TransactionRecord().entries,
        "starting_equity": Decimal(1000),
        "risk_free_rate": lambda _: Decimal(0),
        "trading_days_per_year": 252,
        "lean_version": LeanVersion.NEWEST,
    }
    return RunSamples(**values | changes)


def compute(samples: RunSamples) -> Any:
    return compute_statistics(samples, total_orders=3, total_fees=Decimal("1.005"), capacity=CapacityFigures())


def test_the_sample_before_the_start_and_the_first_day_are_dropped() -> None:
    wild = [Decimal(0), Decimal(50), Decimal("0.1"), Decimal("0.2"), Decimal("0.3")]
    samples = run_samples(5, performance=[(START + timedelta(days=n), value) for n, value in enumerate(wild)])
    assert close(compute(samples).portfolio.annual_standard_deviation, stdev([0.001, 0.002, 0.003]) * math.sqrt(252))


def test_nothing_sampled_gives_an_empty_table() -> None:
    results = compute(run_samples(0))
    assert results.summary == {}
    assert results.trade.total_number_of_trades == 0
    assert rolling_performance(run_samples(0)) == {}


def test_misaligned_series_are_refused() -> None:
    samples = run_samples(4)
    with pytest.raises(MisalignedSamplesError, match="4 daily performance and 3 benchmark"):
        compute(run_samples(4, benchmark=samples.benchmark[:3]))


def test_rolling_periods_end_with_each_month_and_with_the_run() -> None:
    rolling = rolling_performance(run_samples(75))
    ends = ["20240131", "20240229", "20240315"]
    assert sorted(rolling) == sorted(f"M{months}_{end}" for months in (1, 3, 6, 12) for end in ends)
    assert rolling["M1_20240229"].portfolio.start_equity == 1031
    assert rolling["M1_20240229"].portfolio.end_equity == 1059
    assert rolling["M3_20240229"].portfolio.start_equity == 1000
    assert rolling["M3_20240315"].portfolio == rolling["M12_20240315"].portfolio


def test_rolling_periods_start_so_many_months_before() -> None:
    rolling = rolling_performance(run_samples(200))
    assert rolling["M3_20240630"].portfolio.start_equity == 1000 + (date(2024, 4, 1) - date(2024, 1, 1)).days


def test_table_formats() -> None:
    table = compute(run_samples(6)).summary
    assert len(table) == 27
    assert table["Total Orders"] == "3"
    assert table["Total Fees"] == "$1.01"
    assert table["Average Win"] == "0%"
    assert table["Net Profit"] == "0.500%"
    assert table["Estimated Strategy Capacity"] == "$0"
    assert table["Lowest Capacity Asset"] == ""


def test_capacity_is_printed_with_two_significant_digits() -> None:
    capacity = CapacityFigures(Decimal("11383000.00"), Symbol("ABC", "ABC 2T"))
    results = compute_statistics(run_samples(6), total_orders=0, total_fees=Decimal(0), capacity=capacity)
    assert results.summary["Estimated Strategy Capacity"] == "$11000000.00"
    assert results.summary["Lowest Capacity Asset"] == "ABC 2T"


def test_runtime_statistics_are_sorted_and_cannot_be_replaced() -> None:
    totals = PortfolioTotals(Decimal("135.2"), Decimal("-5.5"), Decimal(0), Decimal(10), Decimal("1234567.891"))
    texts = runtime_statistics(
        {}, totals, Decimal("994.5"), Decimal(1000), extra={"alpha": "mine", "Equity": "mine", "Zulu": "1"}
    )
    assert list(texts.items()) == [
        ("alpha", "mine"),
        ("Equity", "$994.50"),
        ("Fees", "-$135.20"),
        ("Holdings", "$10.00"),
        ("Net Profit", "$-5.50"),
        ("Probabilistic Sharpe Ratio", "0%"),
        ("Return", "-0.55 %"),
        ("Unrealized", "$0.00"),
        ("Volume", "$1,234,567.89"),
        ("Zulu", "1"),
    ]
