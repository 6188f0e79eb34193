"""Charts of an algorithm's own."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from pylean.algorithm.core import AlgorithmCore
from pylean.feed.bars import TradeBar
from pylean.feed.base_data import BaseData
from pylean.indicators.base import IndicatorBase
from pylean.indicators.points import decimal_of
from pylean.indicators.python_indicator import as_indicator
from pylean.numbers import double_to_decimal
from pylean.results.charts import CandlestickSeries, Chart, Series, SeriesType
from pylean.securities.symbol import Symbol

__all__ = ["PlottingMixin"]

_MAIN_CHART = "Strategy Equity"
_CANDLE_LENGTH = 4
_PARAMETERS = ("chart", "series", "value", "open", "high", "low", "close", "bar")

#: Charts that the engine draws, and the series on them that algorithms may not; none named means none may be added.
_RESERVED: dict[str, tuple[str, ...]] = {
    _MAIN_CHART: ("Equity", "Return"),
    "Capacity": ("Strategy Capacity",),
    "Drawdown": ("Equity Drawdown",),
    "Benchmark": ("Benchmark",),
    "Assets Sales Volume": (),
    "Exposure": (),
    "Portfolio Margin": (),
    "Portfolio Turnover": ("Portfolio Turnover",),
}


class PlottingMixin(AlgorithmCore):
    """Values and candles by chart and series, at the algorithm's time; a chart that is not named is the equity's.

    Raises ValueError for names that the engine's own charts and series have, and for values that are not finite.
    """

    def plot(self, *parts: Any, **named: Any) -> None:
        """``plot([chart,] series, value)``, ``plot([chart,] series, open, high, low, close)``,
        ``plot([chart,] series, trade_bar)``, or ``plot(chart, indicator, ...)`` with a series for each indicator.

        By name: chart, series, value, open, high, low, close, bar.
        """
        unknown = named.keys() - set(_PARAMETERS)
        if unknown:
            raise TypeError(f"plot has no parameter {', '.join(sorted(unknown))}; it has {', '.join(_PARAMETERS)}")
        first, *rest = (*parts, *(named[name] for name in _PARAMETERS if name in named))
        if not rest:
            raise TypeError(f"plot({first!r}) lacks what to plot: a value, a bar, four prices or indicators")
        if all(isinstance(part, IndicatorBase) for part in rest):
            for indicator in rest:
                self._plot_value(_name(first), indicator.name, indicator.exact)
        elif isinstance(rest[0], str):
            self._plot(_name(first), rest[0], rest[1:])
        else:
            self._plot(_MAIN_CHART, _name(first), rest)

    def record(self, series: str, value: float) -> None:
        """``plot(series, value)``."""
        self.plot(series, value)

    def plot_indicator(self, chart: str, *indicators: Any, wait_for_ready: bool = False) -> None:
        """Plot indicators whenever they have a new value; after the chart may come whether to wait until they are
        ready."""
        if indicators and isinstance(indicators[0], bool):
            wait_for_ready, *indicators = indicators  # type: ignore[assignment]

        def plot(indicator: IndicatorBase, _: Any) -> None:
            if not wait_for_ready or indicator.is_ready:
                self._plot_value(chart, indicator.name, indicator.exact)

        for indicator in indicators:
            if indicator is not None:
                as_indicator(indicator).updated += plot

    def add_chart(self, chart: Chart) -> None:
        """A chart with its series; one whose name is taken is left out, as in Lean."""
        for series in chart.series:
            _check_free(chart.name, series)
        self._lean.additions.charts.add(chart)

    def add_series(self, chart: str, series: str, series_type: SeriesType, unit: str = "$") -> None:
        """A series of a type on a chart, in place of one that has its name."""
        _check_free(chart, series)
        is_candles = SeriesType(series_type) is SeriesType.CANDLE
        made = CandlestickSeries(series, unit=unit) if is_candles else Series(series, series_type, unit=unit)
        self._lean.additions.charts.chart(chart).series[series] = made

    def _plot(self, chart: str, series: str, values: list[Any]) -> None:
        if len(values) == 1 and isinstance(values[0], TradeBar):
            bar = values[0]
            prices = [bar.decimal(field) for field in ("open", "high", "low", "close")]
        elif len(values) == _CANDLE_LENGTH:
            prices = [_decimal(value) for value in values]
        elif len(values) == 1:
            self._plot_value(chart, series, _decimal(values[0]))
            return
        else:
            raise TypeError(f"plot('{chart}', '{series}') got {len(values)} values; it takes one, or four of a candle")
        _check_free(chart, series)
        self._lean.additions.charts.candles(chart, series).add(self.utc_time, prices)

    def _plot_value(self, chart: str, series: str, value: Decimal) -> None:
        _check_free(chart, series)
        self._lean.additions.charts.series(chart, series).add(self.utc_time, value)


def _check_free(chart: str, series: str) -> None:
    reserved = _RESERVED.get(chart)
    if reserved is None:
        return
    if not reserved:
        raise ValueError(f"'{chart}' is a chart of the engine's; plot on another one")
    if series in reserved:
        raise ValueError(f"'{series}' is a series of the engine's on chart '{chart}'; give yours another name")


def _name(given: Any) -> str:
    """A symbol may stand for a name."""
    if not isinstance(given, (str, Symbol)):
        raise TypeError(f"{given!r} cannot name a chart or series; a text can")
    return str(given)


def _decimal(value: Any) -> Decimal:
    """A number; of an indicator or a point its value."""
    if isinstance(value, IndicatorBase):
        return value.exact
    if isinstance(value, (int, Decimal, BaseData)):
        return decimal_of(value)
    return double_to_decimal(float(getattr(value, "value", value)))
