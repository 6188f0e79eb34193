"""One trading day laid out before it is run: the moments of its slices and where each series stands at each of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from pylean.feed.series import Cursor, Series

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

    from pylean.feed.series import QuoteSeries, TradeSeries
    from pylean.securities.symbol import Symbol

__all__ = ["SeriesGroup", "TradingDay", "lay_out"]


@dataclass(slots=True)
class SeriesGroup:
    """Series that emit at the same moments and so share a cursor.

    ``index_at[i]`` is the series' point in slice ``i``, -1 where they have none; ``None`` when point ``i`` is slice
    ``i``.
    """

    end_ms: NDArray[np.int64]
    members: list[Series]
    cursor: Cursor = field(default_factory=Cursor)
    index_at: list[int] | None = None

    @property
    def is_internal(self) -> bool:
        return all(series.config.is_internal_feed for series in self.members)

    def position(self, slice_index: int) -> int:
        """The series' point in a slice, -1 for none."""
        return slice_index if self.index_at is None else self.index_at[slice_index]


@dataclass(slots=True)
class TradingDay:
    """All slices of a day in order; ``utc_ms`` has one entry a slice."""

    day: date
    offset_ms: int
    utc_ms: list[int]
    groups: list[SeriesGroup]
    trades: dict[Symbol, tuple[TradeSeries, SeriesGroup]]
    quotes: dict[Symbol, tuple[QuoteSeries, SeriesGroup]]
    points: int

    user_groups: list[SeriesGroup]

    def points_before(self, slice_index: int) -> int:
        """Data points of the slices before one."""
        if slice_index >= len(self.utc_ms):
            return self.points
        local_ms = self.utc_ms[slice_index] + self.offset_ms
        return sum(int(np.searchsorted(group.end_ms, local_ms)) * len(group.members) for group in self.groups)

    def has_point_of(self, symbol: Symbol, slice_index: int) -> bool:
        """The symbol has a trade or a quote bar in the slice."""
        for series_of in (self.trades, self.quotes):
            entry = series_of.get(symbol)
            if entry is not None and entry[1].position(slice_index) >= 0:
                return True
        return False

    def has_user_data(self, slice_index: int) -> bool:
        """Some series that the algorithm asked for has a point in the slice."""
        for group in self.user_groups:  # noqa: SIM110 - a generator costs more than the rest of the slice
            if group.index_at is None or group.index_at[slice_index] >= 0:
                return True
        return False


def lay_out(
    day: date, offset_ms: int, trades: list[TradeSeries], quotes: list[QuoteSeries], internal: list[TradeSeries]
) -> TradingDay:
    """Merge the day's series into slices. ``offset_ms`` is local time minus UTC on that day."""
    everything: list[Series] = [*trades, *quotes, *internal]
    groups: list[SeriesGroup] = []
    group_of: dict[int, SeriesGroup] = {}
    for series in everything:
        group = next((group for group in groups if np.array_equal(group.end_ms, series.end_ms)), None)
        if group is None or group.is_internal != series.config.is_internal_feed:
            group = SeriesGroup(series.end_ms, [])
            groups.append(group)
        group.members.append(series)
        series.cursor = group.cursor
        group_of[id(series)] = group
    moments = _union([group.end_ms for group in groups])
    for group in groups:
        if len(group.end_ms) != len(moments):
            index_at = np.full(len(moments), -1, dtype=np.int64)
            index_at[np.searchsorted(moments, group.end_ms)] = np.arange(len(group.end_ms))
            group.index_at = index_at.tolist()
    return TradingDay(
        day,
        offset_ms,
        (moments - offset_ms).tolist(),
        groups,
        {series.symbol: (series, group_of[id(series)]) for series in trades},
        {series.symbol: (series, group_of[id(series)]) for series in quotes},
        sum(len(series) for series in everything),
        [group for group in groups if not group.is_internal],
    )


def _union(moments: list[NDArray[np.int64]]) -> NDArray[np.int64]:
    if not moments:
        return np.empty(0, np.int64)
    return moments[0] if len(moments) == 1 else np.unique(np.concatenate(moments))
