"""What consolidators will deliver in each slice of a stretch, worked out before it runs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from pylean.consolidators.base import ColumnPlan, DataConsolidator
    from pylean.consolidators.scans import ConsolidatorScans
    from pylean.feed.series import Series
    from pylean.feed.subscription import SubscriptionDataConfig
    from pylean.feed.timeline import SeriesGroup, Timeline

__all__ = ["DeliveryPlan"]


@dataclass(slots=True, eq=False)
class _Part:
    """One consolidator's part in the stretch; ``rank`` is its place in a slice. Without a plan it is fed bar by bar."""

    rank: int
    consolidator: DataConsolidator
    series: Series
    group: SeriesGroup
    plan: ColumnPlan | None = None
    is_active: bool = True

    def deliver(self, bar: int) -> None:
        if self.is_active and self.plan is not None:
            self.consolidator.deliver(self.plan.bars(bar))

    def feed(self, index: int, local_ms: int) -> None:
        point = self.group.position(index)
        if self.is_active and point >= 0:
            self.consolidator.update(self.series.bar(point))
            self.consolidator.scan_at(local_ms)

    def catch_up(self, local_ms: int) -> None:
        """A planned consolidator is fed from now on: show it the points of the bar it has begun."""
        if self.plan is None:
            return
        delivered = int(np.searchsorted(self.plan.due_ms, local_ms, side="right"))
        begun_ms = int(self.plan.due_ms[delivered - 1]) if delivered else _BEFORE_ALL_MS
        first, end = np.searchsorted(self.series.end_ms, [begun_ms, local_ms], side="right").tolist()
        for point in range(first, end):
            self.consolidator.update(self.series.bar(point))


class DeliveryPlan:
    """The consolidators of a stretch's subscriptions: trades before quotes, by symbol, then in order of creation.

    Those that can plan by column deliver in the slices their bars are due; the others are fed in every slice and
    watched by ``scans``. Consolidators may come and go while the stretch runs. When it is laid out again, ``earlier``
    is the plan so far: what was fed goes on being fed.
    """

    def __init__(self, timeline: Timeline, scans: ConsolidatorScans, earlier: DeliveryPlan | None = None) -> None:
        self._timeline = timeline
        self._scans = scans
        self._moments = np.array(timeline.local_ms, dtype=np.int64)
        self._planned: defaultdict[int, list[tuple[_Part, int]]] = defaultdict(list)
        self._fed: list[_Part] = []
        self._parts: dict[DataConsolidator, _Part] = {}
        self._reached = -1
        self._before_ms = _BEFORE_ALL_MS if earlier is None else earlier.reached_ms()
        scans.keep_open_bars()
        session = timeline.sessions[0] if len(timeline.sessions) == 1 else None
        for series, group in self._series():
            for consolidator in series.config.consolidators:
                known = None if earlier is None else earlier.part_of(consolidator)
                if known is None and earlier is not None and self._was_seen(series):
                    self._add(consolidator, series, group, None)
                elif known is not None and (known.plan is None or known.series is not series):
                    known.catch_up(self._before_ms)
                    self._add(consolidator, series, group, None)
                else:
                    whole = session if series.is_uniform else None
                    self._add(consolidator, series, group, consolidator.day_plan(series, whole))

    def _was_seen(self, series: Series) -> bool:
        """Points of the series lie behind: who joins now has missed them."""
        return not len(series) or int(series.end_ms[0]) <= self._before_ms

    def _series(self) -> list[tuple[Series, SeriesGroup]]:
        """In slice order; several subscriptions of one symbol side by side."""
        timeline = self._timeline
        finest = [*timeline.trades.values(), *timeline.quotes.values()]
        return [*finest, *(entry for entries in timeline.coarser.values() for entry in entries)]

    def add(self, config: SubscriptionDataConfig, consolidator: DataConsolidator) -> None:
        """A consolidator joins: it is fed with what the day still brings."""
        for series, group in self._series():
            if series.config is config:
                self._add(consolidator, series, group, None)

    def part_of(self, consolidator: DataConsolidator) -> _Part | None:
        """How a consolidator takes part; ``None`` if it does not."""
        return self._parts.get(consolidator)

    def remove(self, consolidator: DataConsolidator) -> None:
        """A consolidator leaves: it delivers nothing more."""
        self._scans.forget(consolidator)
        part = self._parts.pop(consolidator, None)
        if part is not None:
            part.is_active = False
            self._fed = [fed for fed in self._fed if fed is not part]

    def at(self, index: int) -> Callable[[], None] | None:
        """What to do in a slice; ``None`` for nothing."""
        self._reached = index
        planned = self._planned.get(index)
        if planned is None and not self._fed:
            return None

        def deliver() -> None:
            if not self._fed:
                for part, bar in planned or ():
                    part.deliver(bar)
                return
            local_ms = self._timeline.local_ms[index]
            due = [*(planned or ()), *((part, -1) for part in self._fed)]
            for part, bar in sorted(due, key=_rank):
                if bar >= 0:
                    part.deliver(bar)
                else:
                    part.feed(index, local_ms)

        return deliver

    def reached_ms(self) -> int:
        """Local time of the latest slice whose points the consolidators have seen; before the first far in the past."""
        return self._timeline.local_ms[self._reached] if self._reached >= 0 else self._before_ms

    def _add(
        self,
        consolidator: DataConsolidator,
        series: Series,
        group: SeriesGroup,
        plan: ColumnPlan | None,
    ) -> None:
        consolidator.follow(plan, self.reached_ms)
        part = self._parts[consolidator] = _Part(self._rank_of(series), consolidator, series, group, plan)
        if plan is None:
            self._fed.append(part)
            self._scans.watch(consolidator, series.config.period_ms)
            return
        delivered = int(np.searchsorted(plan.due_ms, self._before_ms, side="right"))
        indexes = np.searchsorted(self._moments, plan.due_ms[delivered:]).tolist()
        for bar, index in enumerate(indexes, delivered):
            self._planned[index].append((part, bar))

    def _rank_of(self, series: Series) -> int:
        """By series, then by arrival: sorting keeps the order of equal ranks."""
        place = next(place for place, (known, _) in enumerate(self._series()) if known is series)
        return place * _PARTS_PER_SERIES + len(self._parts)


_BEFORE_ALL_MS = -(1 << 62)
_PARTS_PER_SERIES = 1 << 32


def _rank(due: tuple[_Part, int]) -> int:
    return due[0].rank
