"""A stretch of the run laid out before it is run: the moments of its slices, and where each series stands at each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from pylean.feed.series import Cursor, QuoteSeries, Series, TradeSeries

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pylean.feed.corporate_actions import CorporateAction
    from pylean.securities.symbol import Symbol
    from pylean.storage.market_hours import Session
    from pylean.universes.base import Universe

__all__ = ["SeriesGroup", "Timeline", "lay_out"]


@dataclass(slots=True, eq=False)
class SeriesGroup:
    """Series that emit at the same moments and so share a cursor.

    ``index_at[i]`` is the series' point in slice ``i``, -1 where they have none; ``None`` when point ``i`` is slice
    ``i``.
    """

    end_ms: NDArray[np.int64]
    is_internal: bool
    members: list[Series] = field(default_factory=list)
    cursor: Cursor = field(default_factory=Cursor)
    index_at: list[int] | None = None
    #: Points that lie before the first slice.
    past: int = 0
    _latest: NDArray[np.int64] | None = None

    def has_point(self, first: int, end: int) -> NDArray[np.bool_]:
        """By slice of a range: the series have a point in it."""
        if self.index_at is None:
            return np.ones(end - first, np.bool_)
        return np.array(self.index_at[first:end]) >= 0

    def latest(self) -> NDArray[np.int64]:
        """By slice: the series' latest point at or before it, -1 before the first."""
        if self._latest is None:
            if self.index_at is None:
                self._latest = np.arange(len(self.end_ms))
            else:
                self._latest = np.maximum.accumulate(np.array([self.past - 1, *self.index_at]))[1:]
        return self._latest

    def position(self, slice_index: int) -> int:
        """The series' point in a slice, -1 for none."""
        return slice_index if self.index_at is None else self.index_at[slice_index]


@dataclass(slots=True, eq=False)
class Timeline:
    """All slices of a stretch in order; ``utc_ms`` and ``local_ms`` (New York) have one entry a slice.

    ``trades`` and ``quotes`` hold each symbol's finest series, ``coarser`` the others of a symbol that is subscribed
    to several times. ``actions`` and ``selections`` are by slice.
    """

    sessions: list[Session]
    utc_ms: list[int]
    local_ms: list[int]
    groups: list[SeriesGroup]
    trades: dict[Symbol, tuple[TradeSeries, SeriesGroup]]
    quotes: dict[Symbol, tuple[QuoteSeries, SeriesGroup]]
    coarser: dict[Symbol, list[tuple[Series, SeriesGroup]]]
    actions: dict[int, list[CorporateAction]]
    selections: dict[int, list[Universe]]
    has_data: list[bool]
    _points: NDArray[np.int64]

    @classmethod
    def empty(cls, utc_ms: int, local_ms: int) -> Timeline:
        """One slice without any data."""
        return cls([], [utc_ms], [local_ms], [], {}, {}, {}, {}, {}, [False], np.zeros(2, np.int64))

    def __len__(self) -> int:
        return len(self.utc_ms)

    def points_before(self, slice_index: int) -> int:
        """Data points of the slices before one; those of universes are not among them."""
        return int(self._points[slice_index])

    def has_point_of(self, symbol: Symbol, slice_index: int) -> bool:
        """The symbol has a trade or a quote bar in the slice."""
        for series_of in (self.trades, self.quotes):
            entry = series_of.get(symbol)
            if entry is not None and entry[1].position(slice_index) >= 0:
                return True
        return any(group.position(slice_index) >= 0 for _, group in self.coarser.get(symbol, ()))

    def first_at(self, utc_ms: int) -> int:
        """The first slice at or after an instant."""
        return int(np.searchsorted(self.utc_ms, utc_ms))


def lay_out(
    sessions: list[Session],
    offsets: OffsetTable,
    series: Sequence[Series],
    actions: Iterable[tuple[int, CorporateAction]] = (),
    selections: Mapping[int, list[Universe]] | None = None,
    begin_utc_ms: int = 0,
) -> Timeline:
    """Merge series, corporate actions and selections (by instant, UTC milliseconds) into slices.

    Slices before ``begin_utc_ms`` are left out; cursors stand where those would have left them.
    """
    groups, group_of = _grouped(series)
    instants = {id(group): offsets.to_utc(group.end_ms) for group in groups}
    marked = sorted({*(moment for moment, _ in actions), *(selections or {})})
    moments = _union([*instants.values(), *([np.array(marked, np.int64)] if marked else [])])
    moments = moments[int(np.searchsorted(moments, begin_utc_ms)) :]
    points = np.zeros(len(moments) + 1, np.int64)
    has_data = np.zeros(len(moments), np.bool_)
    for group in groups:
        _place(group, instants[id(group)], moments, begin_utc_ms)
        at = slice(None) if group.index_at is None else np.array(group.index_at) >= 0
        points[1:][at] += len(group.members)
        if not group.is_internal:
            has_data[at] = True
    trades, quotes, coarser = _by_symbol(series, group_of)
    timeline = Timeline(
        sessions,
        moments.tolist(),
        offsets.to_local(moments).tolist(),
        groups,
        trades,
        quotes,
        coarser,
        {},
        {},
        has_data.tolist(),
        points,
    )
    for moment, action in actions:
        index = timeline.first_at(moment)
        timeline.actions.setdefault(index, []).append(action)
        timeline.has_data[index] = True
        points[index + 1] += 1
    np.cumsum(points, out=points)
    for moment, universes in (selections or {}).items():
        timeline.selections[timeline.first_at(moment)] = universes
    return timeline


class OffsetTable:
    """Local time minus UTC, day by day; in steps, because sessions never contain a change of clocks."""

    def __init__(self, midnights_ms: Sequence[int], offsets_ms: Sequence[int]) -> None:
        self._local = np.array(midnights_ms, np.int64)
        self._offsets = np.array(offsets_ms, np.int64)
        self._utc = self._local - self._offsets

    def to_utc(self, local_ms: NDArray[np.int64]) -> NDArray[np.int64]:
        return local_ms - self._offset(self._local, local_ms)

    def to_local(self, utc_ms: NDArray[np.int64]) -> NDArray[np.int64]:
        return utc_ms + self._offset(self._utc, utc_ms)

    def _offset(self, steps: NDArray[np.int64], moments: NDArray[np.int64]) -> NDArray[np.int64]:
        places = np.searchsorted(steps, moments, side="right") - 1
        return self._offsets[np.maximum(places, 0)]


def _grouped(series: Sequence[Series]) -> tuple[list[SeriesGroup], dict[int, SeriesGroup]]:
    groups: dict[tuple[bool, bytes], SeriesGroup] = {}
    group_of: dict[int, SeriesGroup] = {}
    for one in series:
        internal = one.config.is_internal_feed
        key = (internal, one.end_ms.tobytes())
        group = groups.get(key)
        if group is None:
            group = groups[key] = SeriesGroup(one.end_ms, internal)
        group.members.append(one)
        one.cursor = group.cursor
        group_of[id(one)] = group
    return list(groups.values()), group_of


def _place(group: SeriesGroup, instants: NDArray[np.int64], moments: NDArray[np.int64], begin_utc_ms: int) -> None:
    past = group.past = int(np.searchsorted(instants, begin_utc_ms))
    group.cursor.index = past - 1
    if past == 0 and len(instants) == len(moments):
        return
    index_at = np.full(len(moments), -1, dtype=np.int64)
    index_at[np.searchsorted(moments, instants[past:])] = np.arange(past, len(instants))
    group.index_at = index_at.tolist()


def _by_symbol(
    series: Sequence[Series], group_of: Mapping[int, SeriesGroup]
) -> tuple[
    dict[Symbol, tuple[TradeSeries, SeriesGroup]],
    dict[Symbol, tuple[QuoteSeries, SeriesGroup]],
    dict[Symbol, list[tuple[Series, SeriesGroup]]],
]:
    trades: dict[Symbol, tuple[TradeSeries, SeriesGroup]] = {}
    quotes: dict[Symbol, tuple[QuoteSeries, SeriesGroup]] = {}
    coarser: dict[Symbol, list[tuple[Series, SeriesGroup]]] = {}
    for one in sorted(series, key=lambda one: one.config.period_ms):
        if one.config.is_internal_feed:
            continue
        finest: dict[Symbol, tuple[Series, SeriesGroup]] = trades if isinstance(one, TradeSeries) else quotes  # type: ignore[assignment]
        entry = (one, group_of[id(one)])
        if finest.setdefault(one.symbol, entry) is not entry:
            coarser.setdefault(one.symbol, []).append(entry)
    order = {id(one): place for place, one in enumerate(series)}
    return (
        dict(sorted(trades.items(), key=lambda item: order[id(item[1][0])])),
        dict(sorted(quotes.items(), key=lambda item: order[id(item[1][0])])),
        coarser,
    )


def _union(moments: list[NDArray[np.int64]]) -> NDArray[np.int64]:
    if not moments:
        return np.empty(0, np.int64)
    return moments[0] if len(moments) == 1 else np.unique(np.concatenate(moments))
