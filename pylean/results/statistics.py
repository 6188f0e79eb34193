"""All statistics of a run: the whole period, rolling months, and the table Lean prints."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal, localcontext
from typing import TypeVar

from pylean.numbers import DECIMAL_CONTEXT, ZERO, to_float
from pylean.results.lean_version import LeanVersion
from pylean.results.portfolio_statistics import PortfolioSeries, PortfolioStatistics, SampledValues
from pylean.results.summary import CapacityFigures, summary_table
from pylean.results.trade_statistics import TradeStatistics
from pylean.results.trades import Trade
from pylean.results.transactions import ClosedTransaction

__all__ = [
    "MisalignedSamplesError",
    "Performance",
    "RunSamples",
    "StatisticsResults",
    "compute_statistics",
    "rolling_performance",
]

_ROLLING_MONTHS = (1, 3, 6, 12)
_DAY = timedelta(days=1)
_Value = TypeVar("_Value")


class MisalignedSamplesError(ValueError):
    """The daily performance and benchmark series have different lengths."""


@dataclass(frozen=True, slots=True)
class RunSamples:
    """Everything the statistics are computed from.

    ``equity`` in USD, ``performance`` in percent a day, ``benchmark`` as prices and ``turnover`` as fractions, all by
    UTC time; ``starting_equity`` in USD; ``risk_free_rate`` gives the yearly fraction for a day.
    """

    equity: SampledValues
    performance: SampledValues
    benchmark: SampledValues
    turnover: SampledValues
    trades: Sequence[Trade]
    transactions: Mapping[datetime, ClosedTransaction]
    starting_equity: Decimal
    risk_free_rate: Callable[[date], Decimal]
    trading_days_per_year: int
    lean_version: LeanVersion


@dataclass(frozen=True, slots=True)
class Performance:
    """Statistics of one period."""

    trade: TradeStatistics = field(default_factory=TradeStatistics)
    portfolio: PortfolioStatistics = field(default_factory=PortfolioStatistics)

    def to_json(self) -> dict[str, object]:
        return {"tradeStatistics": self.trade.to_json(), "portfolioStatistics": self.portfolio.to_json()}


@dataclass(frozen=True, slots=True)
class StatisticsResults:
    """Statistics of the whole run; ``summary`` is the printed table in Lean's order."""

    total: Performance = field(default_factory=Performance)
    summary: dict[str, str] = field(default_factory=dict)

    @property
    def trade(self) -> TradeStatistics:
        return self.total.trade

    @property
    def portfolio(self) -> PortfolioStatistics:
        return self.total.portfolio


def compute_statistics(
    samples: RunSamples,
    *,
    total_orders: int,
    total_fees: Decimal,
    capacity: CapacityFigures,
    currency_symbol: str = "$",
) -> StatisticsResults:
    """Statistics of a run; empty, the table too, when nothing has been sampled.

    Raises ``MisalignedSamplesError`` when performance and benchmark do not belong together.
    """
    if not samples.equity or not samples.performance:
        return StatisticsResults()
    if len(samples.performance) != len(samples.benchmark):
        raise MisalignedSamplesError(
            f"{len(samples.performance)} daily performance and {len(samples.benchmark)} benchmark samples; "
            "both have to be taken at the same times."
        )
    with localcontext(DECIMAL_CONTEXT):
        first, last = samples.equity[0][0].date(), samples.equity[-1][0].date()
        total = _Periods(samples).performance(first, last)
        summary = summary_table(total.portfolio, total_orders, total_fees, capacity, currency_symbol)
    return StatisticsResults(total, summary)


def rolling_performance(samples: RunSamples) -> dict[str, Performance]:
    """Statistics of the 1, 3, 6 and 12 months that end with each month and with the run, by Lean's key.

    The key of the three months up to 10 October 2025 is ``M3_20251010``. Empty when nothing has been sampled.
    """
    if not samples.equity or not samples.performance:
        return {}
    first, last = samples.equity[0][0].date(), samples.equity[-1][0].date()
    with localcontext(DECIMAL_CONTEXT):
        periods = _Periods(samples)
        return {
            f"M{months}_{end:%Y%m%d}": periods.performance(start, end)
            for months in _ROLLING_MONTHS
            for start, end in _period_ranges(months, first, last)
        }


class _Periods:
    """Cuts periods out of a run's samples."""

    def __init__(self, samples: RunSamples) -> None:
        self._samples = samples
        self._days = [utc for utc, _ in samples.performance]
        self._returns = [to_float(value / 100) for _, value in samples.performance]
        self._benchmark_returns = _changes([value for _, value in samples.benchmark])
        self._transactions = sorted(samples.transactions.items())
        self._trades = [(trade.exit_time, trade) for trade in samples.trades]

    def performance(self, first: date, last: date) -> Performance:
        """Statistics of the UTC days from ``first`` to ``last``, both included."""
        samples = self._samples
        start, stop = datetime.combine(first, time()), datetime.combine(last, time()) + _DAY
        equity = _between(samples.equity, start, stop)
        if not equity:
            return Performance()
        # the sample before the first day and the first day itself are dropped, as orders at the open would
        # otherwise set the algorithm and its benchmark a day apart
        days = slice(bisect_left(self._days, start) + 2, bisect_left(self._days, stop))
        is_whole = len(equity) == len(samples.equity)
        series = PortfolioSeries(
            starting_capital=samples.starting_equity if is_whole else equity[0][1],
            equity=equity,
            turnover=[value for _, value in _between(samples.turnover, start, stop)],
            returns=self._returns[days],
            benchmark_returns=self._benchmark_returns[days],
            transactions=[entry for _, entry in _between(self._transactions, start, stop)],
            risk_free_rate=samples.risk_free_rate,
            trading_days_per_year=samples.trading_days_per_year,
            lean_version=samples.lean_version,
        )
        trades = [trade for _, trade in _between(self._trades, start, stop)]
        return Performance(
            TradeStatistics.from_trades(trades, samples.lean_version), PortfolioStatistics.from_series(series)
        )


def _between(
    values: Sequence[tuple[datetime, _Value]], start: datetime, stop: datetime
) -> Sequence[tuple[datetime, _Value]]:
    """The values from ``start`` until before ``stop``; ``values`` are in order of time."""
    first = bisect_left(values, start, key=lambda point: point[0])
    return values[first : bisect_left(values, stop, lo=first, key=lambda point: point[0])]


def _changes(values: Sequence[Decimal]) -> list[float]:
    """Relative changes, one for each value; that of the first is 0."""
    pairs = zip([ZERO, *values], values, strict=False)
    return [to_float((value - previous) / previous) if previous else 0.0 for previous, value in pairs]


def _period_ranges(months: int, first: date, last: date) -> list[tuple[date, date]]:
    """Periods of so many calendar months, one for each month's end, the last for the run's end."""
    ends = [last]
    while (end := ends[0].replace(day=1) - _DAY) >= first:
        ends.insert(0, end)
    starts = [max(first, _months_before(end + _DAY, months - 1)) for end in ends[:-1]]
    return list(zip([first, *starts], ends, strict=True))


def _months_before(day: date, months: int) -> date:
    """The first of a month, so many months before another first of a month."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, 1)
