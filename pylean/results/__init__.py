"""Results of a run as Lean prints them: samples, trades, statistics, capacity, order hash and result files."""

from __future__ import annotations

from pylean.results.additions import ResultAdditions
from pylean.results.charts import Chart, ChartBook, Series, SeriesType
from pylean.results.collector import ResultCollector, RunResults
from pylean.results.files import AlgorithmConfiguration, RunState, write_result_files
from pylean.results.lean_version import LeanVersion
from pylean.results.order_events import OrderEventRecord
from pylean.results.order_hash import order_list_hash
from pylean.results.portfolio_view import CapacityBar, Holding, PortfolioTotals, PortfolioView
from pylean.results.settings import ResultSettings
from pylean.results.statistics import Performance, StatisticsResults
from pylean.results.trades import Trade, TradeBuilder, TradeDirection

__all__ = [
    "AlgorithmConfiguration",
    "CapacityBar",
    "Chart",
    "ChartBook",
    "Holding",
    "LeanVersion",
    "OrderEventRecord",
    "Performance",
    "PortfolioTotals",
    "PortfolioView",
    "ResultAdditions",
    "ResultCollector",
    "ResultSettings",
    "RunResults",
    "RunState",
    "Series",
    "SeriesType",
    "StatisticsResults",
    "Trade",
    "TradeBuilder",
    "TradeDirection",
    "order_list_hash",
    "write_result_files",
]
