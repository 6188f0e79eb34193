"""The table of statistics that Lean prints at the end of a run, and its running statistics."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from pylean.numbers import LARGEST_DECIMAL, ZERO, format_fixed, round_significant, to_float
from pylean.results.portfolio_statistics import PortfolioStatistics
from pylean.results.portfolio_view import PortfolioTotals
from pylean.results.text import decimal_text, double_text, money_text, percent_text, round_double, rounded_text
from pylean.securities.symbol import Symbol

__all__ = ["CapacityFigures", "runtime_statistics", "summary_table"]

_PSR = "Probabilistic Sharpe Ratio"


@dataclass(frozen=True, slots=True)
class CapacityFigures:
    """Estimated capacity in USD, a multiple of 1000.00, and the asset that limits it."""

    capacity: Decimal = ZERO
    lowest_asset: Symbol | None = None


def summary_table(
    statistics: PortfolioStatistics,
    total_orders: int,
    total_fees: Decimal,
    capacity: CapacityFigures,
    currency_symbol: str,
) -> dict[str, str]:
    """Lean's names and texts in Lean's order."""
    return {
        "Total Orders": str(total_orders),
        "Average Win": _percent(statistics.average_win_rate, 2),
        "Average Loss": _percent(statistics.average_loss_rate, 2),
        "Compounding Annual Return": _percent(statistics.compounding_annual_return, 3),
        "Drawdown": _percent(statistics.drawdown, 3),
        "Expectancy": rounded_text(statistics.expectancy, 3),
        "Start Equity": rounded_text(statistics.start_equity, 2),
        "End Equity": rounded_text(statistics.end_equity, 2),
        "Net Profit": _percent(statistics.total_net_profit, 3),
        "Sharpe Ratio": _ratio(statistics.sharpe_ratio),
        "Sortino Ratio": _ratio(statistics.sortino_ratio),
        _PSR: _percent(statistics.probabilistic_sharpe_ratio, 3),
        "Loss Rate": _percent(statistics.loss_rate, 0),
        "Win Rate": _percent(statistics.win_rate, 0),
        "Profit-Loss Ratio": rounded_text(statistics.profit_loss_ratio, 2),
        "Alpha": _ratio(statistics.alpha),
        "Beta": _ratio(statistics.beta),
        "Annual Standard Deviation": _ratio(statistics.annual_standard_deviation),
        "Annual Variance": _ratio(statistics.annual_variance),
        "Information Ratio": _ratio(statistics.information_ratio),
        "Tracking Error": _ratio(statistics.tracking_error),
        "Treynor Ratio": _ratio(statistics.treynor_ratio),
        "Total Fees": currency_symbol + format_fixed(total_fees, 2),
        "Estimated Strategy Capacity": currency_symbol + decimal_text(round_significant(capacity.capacity, 2)),
        "Lowest Capacity Asset": capacity.lowest_asset.id if capacity.lowest_asset else "",
        "Portfolio Turnover": _percent(statistics.portfolio_turnover, 2),
        "Drawdown Recovery": str(statistics.drawdown_recovery),
    }


def runtime_statistics(
    summary: Mapping[str, str],
    totals: PortfolioTotals,
    equity: Decimal,
    starting_equity: Decimal,
    *,
    currency_symbol: str = "$",
    extra: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """Running statistics sorted by name; ``extra`` are those an algorithm set, which cannot replace Lean's own."""
    net_return = (equity - starting_equity) / starting_equity if starting_equity > 0 else ZERO
    statistics = dict(extra or {}) | {
        _PSR: summary.get(_PSR, "0%"),
        "Unrealized": money_text(totals.unrealized_profit, currency_symbol),
        "Fees": f"-{money_text(totals.fees, currency_symbol)}",
        "Net Profit": money_text(totals.net_profit, currency_symbol),
        "Return": percent_text(net_return),
        "Equity": money_text(equity, currency_symbol),
        "Holdings": money_text(totals.holdings_value, currency_symbol),
        "Volume": money_text(totals.sale_volume, currency_symbol),
    }
    return dict(sorted(statistics.items(), key=lambda item: (item[0].casefold(), item[0])))


def _percent(fraction: Decimal, places: int) -> str:
    return rounded_text(min(fraction * 100, LARGEST_DECIMAL), places) + "%"


def _ratio(value: Decimal) -> str:
    return double_text(round_double(to_float(value), 3))
