"""Statistics of the equity and its daily returns, as Lean prints them under ``portfolioStatistics``."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from typing import TypeAlias

from pylean.moments import (
    average,
    covariance,
    is_nan_or_zero,
    normal_cdf,
    skewness_kurtosis,
    standard_deviation,
    variance,
)
from pylean.numbers import LARGEST_DECIMAL, ZERO, double_to_decimal, round_half_even, to_float
from pylean.results.lean_version import LeanVersion
from pylean.results.text import rounded_text
from pylean.results.transactions import ClosedTransaction

__all__ = ["PortfolioSeries", "PortfolioStatistics", "SampledValues", "drawdown_and_recovery"]

SampledValues: TypeAlias = Sequence[tuple[datetime, Decimal]]

_QUANTILE_01, _QUANTILE_05 = -2.3263478740408408, -1.6448536269514722
_VALUE_AT_RISK_PLACES = 3
_DRAWDOWN_PLACES = 3
_DAYS_PER_YEAR = 365


@dataclass(frozen=True, slots=True)
class PortfolioSeries:
    """What the statistics of a period are computed from.

    ``equity`` and the daily ``turnover`` are samples by UTC time; ``returns`` and ``benchmark_returns`` are daily
    fractions of one length; ``transactions`` in time order; ``risk_free_rate`` gives a yearly fraction for a day.
    """

    starting_capital: Decimal
    equity: SampledValues
    turnover: Sequence[Decimal]
    returns: Sequence[float]
    benchmark_returns: Sequence[float]
    transactions: Sequence[ClosedTransaction]
    risk_free_rate: Callable[[date], Decimal]
    trading_days_per_year: int
    lean_version: LeanVersion


@dataclass(frozen=True, slots=True)
class PortfolioStatistics:
    """Equity in USD, rates and ratios as fractions; most stay zero with fewer than two daily returns."""

    average_win_rate: Decimal = ZERO
    average_loss_rate: Decimal = ZERO
    profit_loss_ratio: Decimal = ZERO
    win_rate: Decimal = ZERO
    loss_rate: Decimal = ZERO
    expectancy: Decimal = ZERO
    start_equity: Decimal = ZERO
    end_equity: Decimal = ZERO
    compounding_annual_return: Decimal = ZERO
    drawdown: Decimal = ZERO
    total_net_profit: Decimal = ZERO
    sharpe_ratio: Decimal = ZERO
    probabilistic_sharpe_ratio: Decimal = ZERO
    sortino_ratio: Decimal = ZERO
    alpha: Decimal = ZERO
    beta: Decimal = ZERO
    annual_standard_deviation: Decimal = ZERO
    annual_variance: Decimal = ZERO
    information_ratio: Decimal = ZERO
    tracking_error: Decimal = ZERO
    treynor_ratio: Decimal = ZERO
    portfolio_turnover: Decimal = ZERO
    value_at_risk99: Decimal = ZERO
    value_at_risk95: Decimal = ZERO
    drawdown_recovery: int = 0

    @classmethod
    def from_series(cls, series: PortfolioSeries) -> PortfolioStatistics:
        """Statistics of one period; ``series.equity`` must not be empty."""
        start, end = series.starting_capital, series.equity[-1][1]
        turnover = sum(series.turnover, ZERO) / len(series.turnover) if series.turnover else ZERO
        if not start or min(len(series.returns), len(series.benchmark_returns)) < 2:
            return cls(start_equity=start, end_equity=end, portfolio_turnover=turnover)
        drawdown, recovery_days = drawdown_and_recovery(series.equity)
        return cls(
            **_win_statistics(series.transactions, start),
            **_return_statistics(series),
            start_equity=start,
            end_equity=end,
            total_net_profit=end / start - 1,
            compounding_annual_return=_compounding_annual_return(series.equity, start),
            portfolio_turnover=turnover,
            value_at_risk99=_value_at_risk(series, _QUANTILE_01),
            value_at_risk95=_value_at_risk(series, _QUANTILE_05),
            drawdown=drawdown,
            drawdown_recovery=recovery_days,
        )

    def to_json(self) -> dict[str, str]:
        """Lean's names; every value is text, rounded to 4 places with its scale."""
        return {_camel_case(item.name): rounded_text(Decimal(getattr(self, item.name))) for item in fields(self)}


def drawdown_and_recovery(equity: SampledValues) -> tuple[Decimal, int]:
    """Largest fall from a peak as a fraction of 3 places, and the longest recovery in whole days."""
    peak_utc, peak = equity[0]
    deepest, longest_days, fallen_since = ZERO, 0, None
    for utc, value in equity:
        if value >= peak:
            if fallen_since is not None:
                longest_days = max(longest_days, (utc - fallen_since).days)
                fallen_since = None
            peak_utc, peak = utc, value
        elif peak:
            deepest = min(deepest, value / peak - 1)
            fallen_since = fallen_since or peak_utc
    return round_half_even(abs(deepest), _DRAWDOWN_PLACES), longest_days


def _win_statistics(transactions: Sequence[ClosedTransaction], capital: Decimal) -> dict[str, Decimal]:
    """Each profit is taken relative to the capital that the profits before it left."""
    gains: list[Decimal] = []
    drops: list[Decimal] = []
    for profit_loss, _ in transactions:
        (gains if profit_loss > 0 else drops).append(profit_loss / capital)
        capital += profit_loss
    average_win = sum(gains, ZERO) / len(gains) if gains else ZERO
    average_loss = sum(drops, ZERO) / len(drops) if drops else ZERO
    ratio = average_win / abs(average_loss) if average_loss else ZERO
    wins = sum(transaction.is_win for transaction in transactions)
    win_rate = Decimal(wins) / len(transactions) if transactions else ZERO
    loss_rate = Decimal(len(transactions) - wins) / len(transactions) if transactions else ZERO
    return {
        "average_win_rate": average_win,
        "average_loss_rate": average_loss,
        "profit_loss_ratio": ratio,
        "win_rate": win_rate,
        "loss_rate": loss_rate,
        "expectancy": win_rate * ratio - loss_rate,
    }


def _return_statistics(series: PortfolioSeries) -> dict[str, Decimal]:
    returns, benchmark, days = series.returns, series.benchmark_returns, series.trading_days_per_year
    risk_free = _average_risk_free_rate(series)
    performance, benchmark_performance = _annual_performance(returns, days), _annual_performance(benchmark, days)
    annual_variance = double_to_decimal(_annual_variance(returns, days))
    deviation = double_to_decimal(math.sqrt(to_float(annual_variance)))
    falls = [value for value in returns if value < 0]
    downside = double_to_decimal(math.sqrt(_annual_variance(falls, days)))
    benchmark_variance = variance(benchmark)
    beta = ZERO
    if not is_nan_or_zero(benchmark_variance):
        beta = double_to_decimal(covariance(returns, benchmark) / benchmark_variance)
    alpha = performance - (risk_free + beta * (benchmark_performance - risk_free)) if beta else ZERO
    active = [value - other for value, other in zip(returns, benchmark, strict=False)]
    same_length = len(returns) == len(benchmark)
    tracking_error = double_to_decimal(math.sqrt(_annual_variance(active, days))) if same_length else ZERO
    active_performance = double_to_decimal(to_float(performance) - to_float(benchmark_performance))
    excess_performance = double_to_decimal(to_float(performance) - to_float(risk_free))
    return {
        "annual_variance": annual_variance,
        "annual_standard_deviation": deviation,
        "sharpe_ratio": _sharpe_ratio(performance, deviation, risk_free),
        "sortino_ratio": _sharpe_ratio(performance, downside, risk_free),
        "probabilistic_sharpe_ratio": _probabilistic_sharpe_ratio(series, to_float(risk_free)),
        "beta": beta,
        "alpha": alpha,
        "tracking_error": tracking_error,
        "information_ratio": active_performance / tracking_error if tracking_error else ZERO,
        "treynor_ratio": excess_performance / beta if beta else ZERO,
    }


def _average_risk_free_rate(series: PortfolioSeries) -> Decimal:
    """Mean of the rate over all equity samples, not over days."""
    samples_by_day = Counter(utc.date() for utc, _ in series.equity)
    total = sum((series.risk_free_rate(day) * count for day, count in samples_by_day.items()), ZERO)
    return total / len(series.equity)


def _compounding_annual_return(equity: SampledValues, start: Decimal) -> Decimal:
    days = double_to_decimal((equity[-1][0] - equity[0][0]).total_seconds() / 86_400)
    years = to_float(days / _DAYS_PER_YEAR)
    growth = to_float(equity[-1][1]) / to_float(start)
    return _cast_or_zero(_power(growth, 1 / years) - 1) if years else ZERO


def _annual_performance(returns: Sequence[float], days: int) -> Decimal:
    return _cast(_power(average(returns) + 1, days) - 1)


def _annual_variance(returns: Sequence[float], days: int) -> float:
    value = variance(returns)
    return 0.0 if is_nan_or_zero(value) else value * days


def _sharpe_ratio(performance: Decimal, deviation: Decimal, risk_free: Decimal) -> Decimal:
    if not deviation:
        return ZERO
    return double_to_decimal((to_float(performance) - to_float(risk_free)) / to_float(deviation))


def _probabilistic_sharpe_ratio(series: PortfolioSeries, risk_free: float) -> Decimal:
    """Probability that the true ratio is above 1 a year (Bailey and López de Prado), per day."""
    returns, days = series.returns, series.trading_days_per_year
    daily_risk_free = risk_free / days if series.lean_version.psr_subtracts_risk_free_rate else 0.0
    deviation = standard_deviation(returns)
    observed = 0.0 if is_nan_or_zero(deviation) else (average(returns) - daily_risk_free) / deviation
    skewness, kurtosis = skewness_kurtosis(returns)
    square = (1 - skewness * observed + (kurtosis - 1) / 4 * observed**2) / (len(returns) - 1)
    if math.isnan(square) or square < 0:
        return ZERO
    estimate_deviation = math.sqrt(square)
    value = (observed - 1 / math.sqrt(days)) / estimate_deviation if estimate_deviation else 0.0
    return double_to_decimal(normal_cdf(value))


def _value_at_risk(series: PortfolioSeries, quantile: float) -> Decimal:
    """Quantile of a normal distribution fitted to the last year's returns."""
    returns = series.returns[-series.trading_days_per_year :]
    value = average(returns) + standard_deviation(returns) * quantile
    return round_half_even(double_to_decimal(value), _VALUE_AT_RISK_PLACES)


def _power(base: float, exponent: float) -> float:
    """A real power; NaN below zero and infinity on overflow instead of an error or a complex number."""
    if base < 0 and not float(exponent).is_integer():
        return math.nan
    try:
        return math.pow(base, exponent)
    except OverflowError:
        return math.inf


def _cast(value: float) -> Decimal:
    """What no decimal can hold becomes the largest one, infinity too. Raises ValueError for NaN."""
    if abs(value) >= LARGEST_DECIMAL:
        return LARGEST_DECIMAL.copy_sign(Decimal(value))
    return double_to_decimal(value)


def _cast_or_zero(value: float) -> Decimal:
    return _cast(value) if math.isfinite(value) else ZERO


def _camel_case(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(word.title() for word in others)
