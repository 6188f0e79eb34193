"""What an indicator and its lines were over a stretch of history."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from pylean.indicators import IndicatorBase, IndicatorDataPoint
from pylean.indicators.names import text_of
from pylean.naming import LeanEnum, PascalNames, snake_case

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["IndicatorDataPoints", "IndicatorHistory", "recorded"]

#: Lean leaves these out of an indicator's lines; ours that Lean has not are left out with them.
_NO_LINES = frozenset(
    ("current", "exact", "is_ready", "name", "period", "previous", "samples", "warm_up_period", "window")
)


class IndicatorDataPoints(PascalNames):
    """An indicator's lines at one moment: ``points["upper_band"]``, ``points.upper_band``, ``points.current``."""

    def __init__(self, lines: dict[str, IndicatorDataPoint]) -> None:
        self._lines = lines

    @property
    def current(self) -> IndicatorDataPoint:
        return self._lines["current"]

    @property
    def time(self) -> datetime:
        return self.current.time

    end_time = time

    @property
    def value(self) -> float:
        return self.current.value

    price = value

    def __getitem__(self, name: str) -> IndicatorDataPoint | None:
        return self._lines.get(snake_case(name))

    def __getattr__(self, name: str) -> Any:
        line = self.__dict__.get("_lines", {}).get(snake_case(name))
        return super().__getattr__(name) if line is None else line

    def __repr__(self) -> str:
        return f"{self.end_time} {', '.join(f'{name}: {point.value}' for name, point in sorted(self._lines.items()))}"


class IndicatorHistory(PascalNames):
    """Points by moment when it is iterated, by line when it is indexed: ``history["upper_band"]`` is a list of points.

    ``data_frame`` has the moments as rows and a column a line, by the name without underscores.
    """

    def __init__(self, moments: list[IndicatorDataPoints], settings: dict[str, list[Any]]) -> None:
        self._moments = moments
        self._settings = settings

    @property
    def count(self) -> int:
        return len(self._moments)

    @property
    def current(self) -> list[IndicatorDataPoint]:
        return [moment.current for moment in self._moments]

    def __len__(self) -> int:
        return len(self._moments)

    def __iter__(self) -> Iterator[IndicatorDataPoints]:
        return iter(self._moments)

    def __getitem__(self, name: str) -> list[IndicatorDataPoint] | None:
        points = [moment[name] for moment in self._moments]
        known = [point for point in points if point is not None]
        return known if known or not points else None

    @property
    def data_frame(self) -> pd.DataFrame:
        import pandas as pd  # noqa: PLC0415 - half a second that most runs need not spend

        columns: dict[str, pd.Series[Any]] = {}
        for name in _lines_of(self._moments):
            points = [point for moment in self._moments if (point := moment[name]) is not None]
            values = {point.end_time: point.value for point in points if point.end_time != datetime.min}
            columns[name.replace("_", "")] = pd.Series(list(values.values()), list(values))
        times = [moment.end_time for moment in self._moments]
        for name, settings in self._settings.items():
            columns[name.replace("_", "")] = pd.Series(settings, times)
        return pd.DataFrame(columns, columns=sorted(columns))

    def __repr__(self) -> str:
        return "".join(f"{moment!r}\n" for moment in self._moments)


def recorded(indicator: IndicatorBase, feed: Callable[[], None]) -> IndicatorHistory:
    """Lines of an indicator at each moment, from the first when it is ready, while ``feed`` feeds it from the start."""
    indicator.reset()
    lines = _own_lines(indicator)
    settings: dict[str, list[Any]] = {name: [] for name in _own_settings(indicator)}
    moments: list[IndicatorDataPoints] = []

    def record(sender: Any, point: IndicatorDataPoint) -> None:
        if not indicator.is_ready or (moments and moments[-1].current.end_ms == point.end_ms):
            return
        values = {name: getattr(indicator, name).current for name in lines}
        moments.append(IndicatorDataPoints(values | {"current": indicator.current}))
        for name, column in settings.items():
            column.append(text_of(getattr(indicator, name)))

    indicator.updated += record
    try:
        feed()
    finally:
        indicator.updated -= record
    return IndicatorHistory(moments, settings)


def _own_lines(indicator: IndicatorBase) -> list[str]:
    return [name for name in _public_names(indicator) if isinstance(getattr(indicator, name), IndicatorBase)]


def _own_settings(indicator: IndicatorBase) -> list[str]:
    kinds = (LeanEnum, int, float, str)
    return [name for name in _public_names(indicator) if isinstance(getattr(indicator, name), kinds)]


def _public_names(indicator: IndicatorBase) -> list[str]:
    kinds = type(indicator).__mro__
    properties = [name for kind in kinds for name, member in vars(kind).items() if isinstance(member, property)]
    names = dict.fromkeys([*vars(indicator), *properties])
    return [name for name in names if not name.startswith("_") and name not in _NO_LINES]


def _lines_of(moments: list[IndicatorDataPoints]) -> list[str]:
    return list(dict.fromkeys(name for moment in moments for name in vars(moment)["_lines"]))
