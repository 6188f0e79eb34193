"""Names of charts."""

from pylean.algorithm.plotting import CandlestickSeries, Chart, Series
from pylean.results.charts import SeriesType

__all__ = [
    "CandlestickSeries",
    "Chart",
    "Series",
    "SeriesType",
]
