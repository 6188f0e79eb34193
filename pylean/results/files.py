"""Lean's result files of a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import localcontext
from pathlib import Path
from typing import TYPE_CHECKING

from pylean.numbers import DECIMAL_CONTEXT
from pylean.results.charts import CandlestickSeries, Chart
from pylean.results.collector import RunResults
from pylean.results.insights import insights_json
from pylean.results.json_text import encode_indented
from pylean.results.order_events import order_events_json
from pylean.results.order_hash import order_fields
from pylean.results.resampling import resample
from pylean.results.statistics import Performance, rolling_performance
from pylean.results.text import iso_seconds_text

if TYPE_CHECKING:
    from pylean.framework.insight import Insight

__all__ = ["AlgorithmConfiguration", "RunState", "write_result_files"]

_STRATEGY_EQUITY, _EQUITY = "Strategy Equity", "Equity"
_LONGEST_SUMMARY_STEP_DAYS = 7
_SAMPLES_PER_SUMMARY_DAY = 100


@dataclass(frozen=True, slots=True)
class AlgorithmConfiguration:
    """How the algorithm was set up; ``brokerage`` and ``account_type`` are Lean's numbers."""

    name: str
    start_date: date
    end_date: date
    parameters: Mapping[str, str] = field(default_factory=dict)
    tags: Sequence[str] = ()
    account_currency: str = "USD"
    brokerage: int = 0
    account_type: int = 0
    trading_days_per_year: int = 252

    def to_json(self) -> dict[str, object]:
        last_second = timedelta(hours=23, minutes=59, seconds=59)
        return {
            "name": self.name,
            "tags": list(self.tags),
            "accountCurrency": self.account_currency,
            "brokerage": self.brokerage,
            "accountType": self.account_type,
            "parameters": dict(self.parameters),
            "outOfSampleMaxEndDate": None,
            "outOfSampleDays": 0,
            "startDate": iso_seconds_text(datetime.combine(self.start_date, datetime.min.time())),
            "endDate": iso_seconds_text(datetime.combine(self.end_date, datetime.min.time()) + last_second),
            "tradingDaysPerYear": self.trading_days_per_year,
        }


@dataclass(frozen=True, slots=True)
class RunState:
    """How the run went; times are naive UTC wall-clock times, ``status`` one of Lean's names such as ``Completed``."""

    start_time: datetime
    end_time: datetime
    name: str
    hostname: str
    status: str
    runtime_error: str = ""
    stack_trace: str = ""
    insight_count: int = 0

    def to_json(self, log_count: int, order_count: int) -> dict[str, str]:
        return {
            "StartTime": iso_seconds_text(self.start_time),
            "EndTime": iso_seconds_text(self.end_time),
            "RuntimeError": self.runtime_error,
            "StackTrace": self.stack_trace,
            "LogCount": str(log_count),
            "OrderCount": str(order_count),
            "InsightCount": str(self.insight_count),
            "Name": self.name,
            "Hostname": self.hostname,
            "Status": self.status,
        }


def write_result_files(
    directory: Path,
    algorithm_id: str,
    results: RunResults,
    *,
    configuration: AlgorithmConfiguration,
    state: RunState,
    log_lines: Sequence[str] = (),
    server_statistics: Mapping[str, str] | None = None,
    insights: Sequence[Insight] = (),
) -> list[Path]:
    """Write ``{id}.json``, ``-summary.json``, ``-order-events.json`` (if there are any) and ``-log.txt``.

    Insights go to a folder of their own, ``{id}/alpha-results.json``, as in Lean.

    ``directory`` must exist; files in it are overwritten, so it should be a staging folder. Raises ``OSError``.
    """
    shared = {
        "statistics": results.statistics.summary,
        "runtimeStatistics": results.runtime_statistics,
        "state": state.to_json(len(log_lines), len(results.orders)),
        "serverStatistics": dict(server_statistics or {}),
        "algorithmConfiguration": configuration.to_json(),
    }
    with localcontext(DECIMAL_CONTEXT):
        texts = {
            f"{algorithm_id}.json": encode_indented(_whole_result(results) | shared),
            f"{algorithm_id}-summary.json": encode_indented(_summary_result(results) | shared),
        }
        if results.order_events:
            texts[f"{algorithm_id}-order-events.json"] = order_events_json(algorithm_id, results.order_events)
    texts[f"{algorithm_id}-log.txt"] = "".join(f"{line}\n" for line in log_lines)
    if insights:
        (directory / algorithm_id).mkdir(exist_ok=True)
        texts[f"{algorithm_id}/alpha-results.json"] = insights_json(insights)
    for name, text in texts.items():
        (directory / name).write_text(text, encoding="utf-8", newline="\n")
    return [directory / name for name in texts]


def _whole_result(results: RunResults) -> dict[str, object]:
    version = results.samples.lean_version
    trades = [trade.to_json(number, version) for number, trade in enumerate(results.closed_trades, 1)]
    rolling = rolling_performance(results.samples)
    return {
        "rollingWindow": {name: _performance(performance) for name, performance in rolling.items()},
        "totalPerformance": _performance(results.statistics.total, trades),
        "charts": results.charts.to_json(),
        "orders": {str(order.id): order_fields(order) for order in results.orders},
        "profitLoss": results.profit_loss,
    }


def _summary_result(results: RunResults) -> dict[str, object]:
    chart = results.charts.chart(_STRATEGY_EQUITY)
    equity = chart.series[_EQUITY]
    summary_chart = Chart(chart.name)
    if isinstance(equity, CandlestickSeries):
        step_days = min(_LONGEST_SUMMARY_STEP_DAYS, len(equity.points) // _SAMPLES_PER_SUMMARY_DAY)
        points = resample(equity.points, timedelta(days=step_days)) if step_days > 1 else equity.points
        summary = CandlestickSeries(equity.name, equity.index, equity.unit)
        summary.points = points
        summary_chart.add_series(summary)
    return {
        "rollingWindow": {},
        "totalPerformance": _performance(results.statistics.total),
        "charts": {chart.name: summary_chart.to_json()},
    }


def _performance(performance: Performance, closed_trades: Sequence[object] = ()) -> dict[str, object]:
    return performance.to_json() | {"closedTrades": list(closed_trades)}
