"""Plotting: charts of the algorithm's own in the results."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from pylean.algorithm.core import AlgorithmCore
from pylean.feed.bars import TradeBar
from pylean.indicators import IndicatorBase
from pylean.naming import PascalNames
from pylean.numbers import double_to_decimal, to_decimal
from pylean.results import charts

__all__ = ["CandlestickSeries", "Chart", "PlottingMixin", "Series"]

_MAIN_CHART = "Strategy Equity"
#: Names the engine plots under: of a chart without series no name is free.
_RESERVED: dict[str, tuple[str, ...]] = {
    _MAIN_CHART: ("Equity", "Return"),
    "Capacity": ("Strategy Capacity",),
    "Drawdown": ("Equity Drawdown",),
    "Benchmark": ("Benchmark",),
    "Portfolio Turnover": ("Portfolio Turnover",),
    "Assets Sales Volume": (),
    "Exposure": (),
    "Portfolio Margin": (),
}


class Series(charts.Series, PascalNames):
    """``Series(name, [series_type, [index,] [unit,] [color,] [symbol]])``."""

    __slots__ = ()

    def __init__(
        self, name: str, type: charts.SeriesType = charts.SeriesType.LINE, *details: Any, **named: Any
    ) -> None:
        texts = [detail for detail in details if isinstance(detail, str)]
        numbers = [detail for detail in details if not isinstance(detail, str)]
        super().__init__(
            name,
            charts.SeriesType(type),
            named.get("unit", texts[0] if texts else "$"),
            int(named.get("index", numbers[0] if numbers else 0)),
            named.get("color", texts[1] if len(texts) > 1 else ""),
            named.get("symbol", texts[2] if len(texts) > 2 else "none"),
        )


class CandlestickSeries(charts.CandleSeries, PascalNames):
    """``CandlestickSeries(name, [index,] [unit])``."""

    __slots__ = ()

    def __init__(self, name: str, *details: int | str) -> None:
        units = [detail for detail in details if isinstance(detail, str)]
        places = [detail for detail in details if isinstance(detail, int)]
        super().__init__(name, units[0] if units else "$", places[0] if places else 0)


class Chart(charts.Chart, PascalNames):
    """A chart to which series are added before it is plotted to."""

    __slots__ = ()

    def add_series(self, series: charts.Series | charts.CandleSeries) -> None:
        """Raises ValueError when the chart has a series of that name."""
        if series.name in self.series:
            raise ValueError(f"chart '{self.name}' has a series '{series.name}' already")
        self.series[series.name] = series


class PlottingMixin(AlgorithmCore):
    """Points are kept with the time now; values are rounded as Lean rounds what it charts."""

    def add_chart(self, chart: Chart) -> None:
        """A chart of that name that is there already stays."""
        self._lean.charts.adopt(chart)

    def add_series(self, chart: str, series: str, series_type: charts.SeriesType, unit: str = "$") -> None:
        added = (
            CandlestickSeries(series, unit)
            if series_type == charts.SeriesType.CANDLE
            else Series(series, series_type, unit)
        )
        self._lean.charts.chart(chart).series[series] = added

    def plot(self, *arguments: Any) -> None:
        """``([chart,] series, value | bar | open, high, low, close)`` or ``(chart, *indicators)``.

        Without a chart the series goes to that of the equity. Raises ValueError for a name that the engine uses.
        """
        first, rest = str(arguments[0]), list(arguments[1:])
        if rest and all(isinstance(value, IndicatorBase) for value in rest):
            for indicator in rest:
                self._plot(first, indicator.name, [indicator.current.decimal_value])
        elif isinstance(rest[0], str):
            self._plot(first, rest[0], rest[1:])
        else:
            self._plot(_MAIN_CHART, first, rest)

    def plot_indicator(self, chart: str, *indicators: bool | IndicatorBase) -> None:
        """Plot indicators whenever they change; with ``True`` before them, only once they are ready."""
        waits = indicators[0] is True
        for indicator in indicators:
            if isinstance(indicator, IndicatorBase):
                self._plot_updates(chart, indicator, waits)

    def set_runtime_statistic(self, name: str, value: object) -> None:
        """Show a value among the run's runtime statistics."""
        self._lean.runtime_statistics[name] = str(value)

    def set_summary_statistic(self, name: str, value: object) -> None:
        """Add a value to the summary. Raises ValueError for the numbers 0 to 100, which Lean keeps for itself."""
        if name.isdecimal() and int(name) <= 100:
            raise ValueError(f"'{name}' is a reserved name of a statistic: the numbers 0 to 100 are")
        self._lean.summary_statistics[name] = str(value)

    def _plot_updates(self, chart: str, indicator: IndicatorBase, waits: bool) -> None:
        def plot(sender: object, point: object) -> None:
            if not waits or indicator.is_ready:
                self.plot(chart, indicator)

        indicator.updated += plot

    def _plot(self, chart: str, series: str, values: list[Any]) -> None:
        reserved = _RESERVED.get(chart)
        if reserved is not None and (not reserved or series in reserved):
            raise ValueError(f"series '{series}' of chart '{chart}' is the engine's own; plot under another name")
        book = self._lean.charts
        if isinstance(values[0], TradeBar):
            values = [values[0].decimal(price) for price in ("open", "high", "low", "close")]
        numbers = [_number(value) for value in values]
        if len(numbers) == 1:
            book.plot(chart, series, self.utc_time, numbers[0])
        else:
            book.candles(chart, series).add(self.utc_time, *numbers)


def _number(value: Any) -> Decimal:
    if isinstance(value, IndicatorBase):
        return value.current.decimal_value
    return double_to_decimal(value) if isinstance(value, float) else to_decimal(value)
