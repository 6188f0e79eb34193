"""Charts as Lean keeps them: named series of points, those of the engine and those an algorithm plots."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal

from pylean.naming import LeanEnum
from pylean.numbers import smart_round

__all__ = ["Candle", "CandleSeries", "Chart", "ChartBook", "ChartPoint", "Series", "SeriesType", "unix_seconds"]


class SeriesType(LeanEnum):
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


@dataclass(frozen=True, slots=True)
class ChartPoint:
    """One value at a UTC time; ``None`` interrupts the line."""

    utc: datetime
    value: Decimal | None

    def to_json(self) -> list[object]:
        return [unix_seconds(self.utc), self.value]


@dataclass(frozen=True, slots=True)
class Candle:
    """Open, high, low and close of a value since the candle before; ``utc`` is its end."""

    utc: datetime
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal

    def to_json(self) -> list[object]:
        return [unix_seconds(self.utc), self.open, self.high, self.low, self.close]


@dataclass(slots=True)
class Series:
    """Points in time order; values are smart-rounded when they are added."""

    name: str
    series_type: SeriesType = SeriesType.LINE
    unit: str = "$"
    index: int = 0
    color: str = ""
    marker: str = "none"
    tooltip: str | None = None
    index_name: str | None = None
    points: list[ChartPoint] = field(default_factory=list)

    def add(self, utc: datetime, value: Decimal | None) -> None:
        """Append a point; one at the time of the last point replaces it."""
        point = ChartPoint(utc, None if value is None else smart_round(value))
        if self.points and self.points[-1].utc == utc:
            self.points[-1] = point
        else:
            self.points.append(point)

    def add_later(self, utc: datetime, value: Decimal | None) -> None:
        """Append a point unless it is not later than the last one."""
        if not self.points or utc > self.points[-1].utc:
            self.points.append(ChartPoint(utc, None if value is None else smart_round(value)))

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
        optional = {"indexName": self.index_name, "tooltip": self.tooltip}
        fields |= {name: text for name, text in optional.items() if text is not None}
        fields["values"] = [point.to_json() for point in points]
        return fields | {"color": self.color, "scatterMarkerSymbol": self.marker}


@dataclass(slots=True)
class CandleSeries:
    """Candles in time order, prices already rounded."""

    name: str
    unit: str = "$"
    index: int = 0
    points: list[Candle] = field(default_factory=list)

    def add(self, utc: datetime, open: Decimal, high: Decimal, low: Decimal, close: Decimal) -> None:
        """Append a candle, its prices smart-rounded; one at the time of the last candle replaces it."""
        candle = Candle(utc, *map(smart_round, (open, high, low, close)))
        if self.points and self.points[-1].utc == utc:
            self.points[-1] = candle
        else:
            self.points.append(candle)

    def to_json(self) -> dict[str, object]:
        return {
            "name": self.name,
            "unit": self.unit,
            "index": self.index,
            "seriesType": SeriesType.CANDLE,
            "values": [point.to_json() for point in self.points],
        }


@dataclass(slots=True)
class Chart:
    """A chart's series by name."""

    name: str
    legend_disabled: bool = False
    series: dict[str, Series | CandleSeries] = field(default_factory=dict)

    def to_json(self) -> dict[str, object]:
        fields: dict[str, object] = {
            "name": self.name,
            "chartType": 0,
            "series": {name: series.to_json() for name, series in self.series.items()},
        }
        return fields | {"legendDisabled": True} if self.legend_disabled else fields


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

    def series(
        self, chart: str, name: str, *, series_type: SeriesType = SeriesType.LINE, unit: str = "$", index: int = 0
    ) -> Series:
        """The value series of this name, made with the given type, unit and index when it does not exist.

        Raises ``ValueError`` when the name is taken by a candle series.
        """
        series_by_name = self.chart(chart).series
        series = series_by_name.get(name)
        if series is None:
            series = series_by_name[name] = Series(name, series_type, unit, index)
        if not isinstance(series, Series):
            raise ValueError(f"Chart '{chart}' has candles under '{name}'; plot single values under another name.")
        return series

    def candles(self, chart: str, name: str) -> CandleSeries:
        """The candle series of this name, made when it does not exist.

        Raises ``ValueError`` when the name is taken by a series of single values.
        """
        series = self.chart(chart).series.setdefault(name, CandleSeries(name))
        if not isinstance(series, CandleSeries):
            raise ValueError(f"Chart '{chart}' has single values under '{name}'; plot candles under another name.")
        return series

    def adopt(self, chart: Chart) -> None:
        """Take in a chart; one of its name that is there already stays."""
        self._charts.setdefault(chart.name, chart)

    def merge(self, other: ChartBook) -> None:
        """Take in the series of other charts; those of a name that is there already stay."""
        for chart in other:
            own = self.chart(chart.name).series
            for name, series in chart.series.items():
                own.setdefault(name, series)

    def plot(
        self,
        chart: str,
        name: str,
        utc: datetime,
        value: Decimal,
        *,
        series_type: SeriesType = SeriesType.LINE,
        unit: str = "$",
        index: int = 0,
    ) -> None:
        """Add one value an algorithm plots; type, unit and index count at the series' first point only."""
        self.series(chart, name, series_type=series_type, unit=unit, index=index).add(utc, value)

    def to_json(self) -> dict[str, object]:
        return {chart.name: chart.to_json() for chart in self}


def unix_seconds(utc: datetime) -> int:
    """Whole seconds since 1970 of a naive UTC time, rounded half to even as .NET converts doubles."""
    return round(utc.replace(tzinfo=UTC).timestamp())
