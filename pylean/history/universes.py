"""History of a universe: the data that its selections would have seen."""

from __future__ import annotations

from copy import copy
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from pylean.history.frames import symbol_index
from pylean.naming import PascalNames, UnsupportedApiError
from pylean.universes.base import Universe
from pylean.universes.constituents import ConstituentsUniverseData
from pylean.universes.daily import DailyUniverse
from pylean.universes.fundamental import CoarseFundamental
from pylean.universes.triggered import Trigger

if TYPE_CHECKING:
    import pandas as pd

    from pylean.feed.base_data import BaseData

__all__ = ["UniverseDay", "read_universe", "universe_frame"]

#: Columns of a point by its class, the first that fits: Lean's names, and how they are read.
_COLUMNS: dict[type, tuple[str, ...]] = {
    CoarseFundamental: (
        "dollar_volume",
        "has_fundamental_data",
        "price_factor",
        "split_factor",
        "value",
        "volume",
    ),
    ConstituentsUniverseData: ("last_update", "market_value", "shares_held", "weight"),
}


class UniverseDay(PascalNames):
    """The points that arrived at one moment; ``end_time`` is naive New York time."""

    def __init__(self, end_time: datetime, data: list[BaseData]) -> None:
        self.end_time = end_time
        self.data = data


def read_universe(universe: Universe, start: datetime, end: datetime) -> list[UniverseDay]:
    """What arrived with ``start`` < time ≤ ``end`` (naive New York). Raises UnsupportedApiError for universes that do
    not read files by day."""
    if not isinstance(universe, DailyUniverse):
        raise UnsupportedApiError("history", f"history of a {type(universe).__name__}")
    # A universe remembers the moments it gave; the run's own must not see those of a request.
    probe = copy(universe)
    probe.universe_settings = None
    source = universe.source
    days: list[UniverseDay] = []
    for moment_ms in probe.moments(source.midnight_ms(start.date()), end.date()):
        local = source.local(moment_ms)
        if not start < local <= end:
            continue
        points = [point for point in probe.read(moment_ms) if not isinstance(point, Trigger)]
        if points:
            days.append(UniverseDay(local, points))
    return days


def universe_frame(days: list[UniverseDay], *, flatten: bool) -> pd.DataFrame | pd.Series[Any]:
    """Lists of points by time, or flattened a row for each time and symbol; an empty frame for no points."""
    import pandas as pd  # noqa: PLC0415 - half a second that most runs need not spend

    if not days:
        return pd.DataFrame()
    times = pd.DatetimeIndex([day.end_time for day in days], name="time")
    if not flatten:
        return pd.Series([day.data for day in days], index=times, name="data")
    return _flattened(days)


def _flattened(days: list[UniverseDay]) -> pd.DataFrame:
    import pandas as pd  # noqa: PLC0415

    points = [point for day in days for point in day.data]
    symbols = sorted({point.symbol for point in points})
    place_of = {symbol: place for place, symbol in enumerate(symbols)}
    levels: Any = [pd.DatetimeIndex([day.end_time for day in days], name="time"), symbol_index(symbols)]
    codes: Any = [
        np.repeat(np.arange(len(days)), [len(day.data) for day in days]),
        np.array([place_of[point.symbol] for point in points]),
    ]
    index = pd.MultiIndex(levels=levels, codes=codes, names=["time", "symbol"], verify_integrity=False)
    names = next((names for kind, names in _COLUMNS.items() if isinstance(points[0], kind)), ("value",))
    columns = {name.replace("_", ""): [getattr(point, name, None) for point in points] for name in names}
    return pd.DataFrame(columns, index=index).dropna(axis=1, how="all")
