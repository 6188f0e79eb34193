"""Charts as Lean keeps them: named series of points, those of the engine and those an algorithm plots."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar

from pylean.naming import LeanEnum, PascalNames, assignable
from pylean.numbers import smart_round, to_decimal

if TYPE_CHECKING:
    from pylean.securities.symbol import Symbol

__all__ = [
    "Candlestick",
    "CandlestickSeries",
    "Chart",
    "ChartBook",
    "ChartPoint",
    "ScatterMarkerSymbol",
    "Series",
    "SeriesType",
    "unix_seconds",
]

_Point = TypeVar("_Point", "ChartPoint", "Candlestick")


class SeriesType(LeanEnum):
    """How a series is drawn."""

    LINE = 0
    SCATTER = 1
    CANDLE = 2
    BAR = 3
    FLAG = 4
    STACKED_AREA = 5
    PIE = 6
    TREEMAP = 7
    HEATMAP = 9
    SCATTER3D = 10


class ScatterMarkerSymbol(LeanEnum):
    """The shape of a scatter series' points."""

    NONE = 0
    CIRCLE = 1
    SQUARE = 2
    DIAMOND = 3
    TRIANGLE = 4
    TRIANGLE_DOWN = 5


@dataclass(frozen=True, slots=True)
class ChartPoint:
    """One value at a UTC time; ``None`` interrupts the line."""

    utc: datetime
    value: Decimal | None

    def to_json(self) -> list[object]:
        return [unix_seconds(self.utc), self.value]


@dataclass(frozen=True, slots=True)
class Candlestick:
    """Open, high, low and close of a value since the candle before; ``utc`` is its end."""

    utc: datetime
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal

    def to_json(self) -> list[object]:
        return [unix_seconds(self.utc), self.open, self.high, self.low, self.close]


@assignable("name", "unit", "index", "index_name", "tooltip", "z_index", "color")
class Series(PascalNames):
    """Points in time order; values are smart-rounded when they are added.

    After name and type come, as in Lean, the index on the chart (an integer), the unit and the color, each optional.
    """

    def __init__(
        self,
        name: str,
        type: SeriesType = SeriesType.LINE,
        *rest: Any,
        index: int = 0,
        unit: str = "$",
        color: Any = "",
        symbol: ScatterMarkerSymbol = ScatterMarkerSymbol.NONE,
    ) -> None:
        if rest and isinstance(rest[0], int):
            index, *rest = rest  # type: ignore[assignment]
        given: tuple[Any, Any, Any] = (*rest, *(unit, color, symbol)[len(rest) :])
        self.unit, self.color, self.scatter_marker_symbol = given
        self.name = name
        self.series_type = SeriesType(type)
        self.index = index
        self.index_name: str | None = None
        self.tooltip: str | None = None
        self.z_index: int | None = None
        self.points: list[ChartPoint] = []

    @property
    def values(self) -> list[ChartPoint]:
        return self.points

    def add(self, utc: datetime, value: Decimal | None) -> None:
        """Append a point; one at the time of the last point replaces it."""
        _put(self.points, ChartPoint(utc, None if value is None else smart_round(value)))

    def add_later(self, utc: datetime, value: Decimal | None) -> None:
        """Append a point unless it is not later than the last one."""
        if not self.points or utc > self.points[-1].utc:
            self.points.append(ChartPoint(utc, None if value is None else smart_round(value)))

    def add_point(self, time: datetime, value: float) -> None:
        """``add`` for algorithms, who have floats."""
        self.add(time, to_decimal(value))

    def to_json(self) -> dict[str, object]:
        points = self.points
        if self.series_type is SeriesType.PIE and points:
            total = sum((point.value for point in points if point.value is not None), Decimal(0))
            points = [ChartPoint(points[-1].utc, smart_round(total))]
        fields: dict[str, object] = {
            "name": self.name,
            "unit": self.unit,
            "index": self.index,
            "seriesType": self.series_type,
        }
        optional = {"zIndex": self.z_index, "indexName": self.index_name, "tooltip": self.tooltip}
        fields |= {name: value for name, value in optional.items() if value is not None}
        is_scatter = self.series_type is SeriesType.SCATTER
        fields["values"] = [
            {"x": unix_seconds(point.utc), "y": point.value} if is_scatter else point.to_json() for point in points
        ]
        return fields | {
            "color": str(self.color),
            "scatterMarkerSymbol": self.scatter_marker_symbol.name.lower().replace("_", "-"),
        }


@assignable("name", "unit", "index")
class CandlestickSeries(PascalNames):
    """Candles in time order; ``CandlestickSeries(name, index, unit)``, where index and unit may be left out."""

    series_type = SeriesType.CANDLE

    def __init__(self, name: str, *rest: Any, index: int = 0, unit: str = "$") -> None:
        if rest and isinstance(rest[0], int):
            index, *rest = rest  # type: ignore[assignment]
        self.name = name
        self.index = index
        self.unit: str = rest[0] if rest else unit
        self.points: list[Candlestick] = []

    @property
    def values(self) -> list[Candlestick]:
        return self.points

    def add(self, utc: datetime, prices: Sequence[Decimal]) -> None:
        """Append a candle of open, high, low and close, smart-rounded; one at the time of the last replaces it."""
        _put(self.points, Candlestick(utc, *map(smart_round, prices)))

    def to_json(self) -> dict[str, object]:
        return {
            "name": self.name,
            "unit": self.unit,
            "index": self.index,
            "seriesType": self.series_type,
            "values": [point.to_json() for point in self.points],
        }


@assignable("name", "legend_disabled")
class Chart(PascalNames):
    """A chart's series by name."""

    def __init__(self, name: str, symbol: Symbol | None = None) -> None:
        self.name = name
        self.symbol = symbol
        self.legend_disabled = False
        self.series: dict[str, Series | CandlestickSeries] = {}

    def add_series(self, series: Series | CandlestickSeries) -> None:
        """Raises ValueError when the chart has a series of this name."""
        if series.name in self.series:
            raise ValueError(f"chart '{self.name}' has a series '{series.name}' already; give this one another name")
        self.series[series.name] = series

    def to_json(self) -> dict[str, object]:
        """Series without points are left out."""
        series = {name: series.to_json() for name, series in self.series.items() if series.points}
        fields: dict[str, object] = {"name": self.name, "chartType": 0, "series": series}
        return fields | {"legendDisabled": True} if self.legend_disabled else fields


def _put(points: list[_Point], point: _Point) -> None:
    if points and points[-1].utc == point.utc:
        points[-1] = point
    else:
        points.append(point)


class ChartBook:
    """All charts of a run by name, in order of their first point."""

    def __init__(self) -> None:
        self._charts: dict[str, Chart] = {}

    def __iter__(self) -> Iterator[Chart]:
        return iter(self._charts.values())

    def __getitem__(self, name: str) -> Chart:
        return self._charts[name]

    def chart(self, name: str) -> Chart:
        """The chart of this name, made when it does not exist."""
        chart = self._charts.get(name)
        if chart is None:
            chart = self._charts[name] = Chart(name)
        return chart

    def add(self, chart: Chart) -> None:
        """Keep a chart; one whose name is taken is left out, as in Lean."""
        self._charts.setdefault(chart.name, chart)

    def series(
        self, chart: str, name: str, *, series_type: SeriesType = SeriesType.LINE, unit: str = "$", index: int = 0
    ) -> Series:
        """The value series of this name, made with the given type, unit and index when it does not exist.

        Raises ``ValueError`` when the name is taken by a candle series.
        """
        series_by_name = self.chart(chart).series
        series = series_by_name.get(name)
        if series is None:
            series = series_by_name[name] = Series(name, series_type, unit=unit, index=index)
        if not isinstance(series, Series):
            raise ValueError(f"Chart '{chart}' has candles under '{name}'; plot single values under another name.")
        return series

    def candles(self, chart: str, name: str) -> CandlestickSeries:
        """The candle series of this name, made when it does not exist. Raises ``ValueError`` when values have it."""
        series = self.chart(chart).series.setdefault(name, CandlestickSeries(name))
        if not isinstance(series, CandlestickSeries):
            raise ValueError(f"Chart '{chart}' has single values under '{name}'; plot candles under another name.")
        return series

    def to_json(self) -> dict[str, object]:
        return {chart.name: chart.to_json() for chart in self}


def unix_seconds(utc: datetime) -> int:
    """Whole seconds since 1970 of a naive UTC time, rounded half to even as .NET converts doubles."""
    return round(utc.replace(tzinfo=UTC).timestamp())
