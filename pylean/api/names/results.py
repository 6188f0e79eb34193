"""Names of charts, statistics and trades."""

from pylean.results.charts import CandlestickSeries, Chart, ScatterMarkerSymbol, Series, SeriesType
from pylean.results.colors import Color
from pylean.results.metrics import PerformanceMetrics
from pylean.results.trades import Trade, TradeBuilder, TradeDirection

__all__ = [
    "CandlestickSeries",
    "Chart",
    "Color",
    "PerformanceMetrics",
    "ScatterMarkerSymbol",
    "Series",
    "SeriesType",
    "Trade",
    "TradeBuilder",
    "TradeDirection",
]
