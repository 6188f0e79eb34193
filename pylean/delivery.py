"""What consolidators will deliver in each slice of a day, worked out before the day runs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from pylean.consolidators.base import ColumnPlan, DataConsolidator
    from pylean.consolidators.scans import ConsolidatorScans
    from pylean.feed.day import SeriesGroup, TradingDay
    from pylean.feed.series import QuoteSeries, TradeSeries
    from pylean.feed.subscription import SubscriptionDataConfig
    from pylean.storage.market_hours import Session

__all__ = ["DeliveryPlan"]


@dataclass(slots=True, eq=False)
class _Part:
    """One consolidator's part in the day; ``rank`` is its place in a slice. Without a plan it is fed bar by bar."""

    rank: int
    consolidator: DataConsolidator
    series: TradeSeries | QuoteSeries
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


class DeliveryPlan:
    """The consolidators of a day's subscriptions: trades before quotes, by symbol, then in order of creation.

    Those that can plan a whole day by column deliver in the slices their bars are due; the others are fed in every
    slice and watched by ``scans``. Consolidators may come and go while the day runs.
    """

    def __init__(self, day: TradingDay, session: Session, scans: ConsolidatorScans) -> None:
        self._day = day
        self._scans = scans
        self._moments = np.array(day.utc_ms, dtype=np.int64)
        self._planned: defaultdict[int, list[tuple[_Part, int]]] = defaultdict(list)
        self._fed: list[_Part] = []
        self._parts: dict[DataConsolidator, _Part] = {}
        self._reached = -1
        scans.keep_open_bars()
        for series, group in _series_of(day):
            for consolidator in series.config.consolidators:
                self._add(consolidator, series, group, consolidator.day_plan(series, session))

    def add(self, config: SubscriptionDataConfig, consolidator: DataConsolidator) -> None:
        """A consolidator joins: it is fed with what the day still brings."""
        for series, group in _series_of(self._day):
            if series.config is config:
                self._add(consolidator, series, group, None)

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
            local_ms = self._day.utc_ms[index] + self._day.offset_ms
            due = [*(planned or ()), *((part, -1) for part in self._fed)]
            for part, bar in sorted(due, key=_rank):
                if bar >= 0:
                    part.deliver(bar)
                else:
                    part.feed(index, local_ms)

        return deliver

    def _reached_ms(self) -> int:
        """Local time of the latest slice whose points the consolidators have seen; before the first far in the past."""
        return self._day.utc_ms[self._reached] + self._day.offset_ms if self._reached >= 0 else _BEFORE_ALL_MS

    def _add(
        self,
        consolidator: DataConsolidator,
        series: TradeSeries | QuoteSeries,
        group: SeriesGroup,
        plan: ColumnPlan | None,
    ) -> None:
        consolidator.follow(plan, self._reached_ms)
        part = self._parts[consolidator] = _Part(self._rank_of(series), consolidator, series, group, plan)
        if plan is None:
            self._fed.append(part)
            self._scans.watch(consolidator, series.config.period_ms)
            return
        indexes = np.searchsorted(self._moments, plan.due_ms - self._day.offset_ms).tolist()
        for bar, index in enumerate(indexes):
            self._planned[index].append((part, bar))

    def _rank_of(self, series: TradeSeries | QuoteSeries) -> int:
        """By series, then by arrival: sorting keeps the order of equal ranks."""
        place = next(place for place, (known, _) in enumerate(_series_of(self._day)) if known is series)
        return place * _PARTS_PER_SERIES + len(self._parts)


def _series_of(day: TradingDay) -> list[tuple[TradeSeries | QuoteSeries, SeriesGroup]]:
    """The day's series in slice order."""
    return [*day.trades.values(), *day.quotes.values()]


_BEFORE_ALL_MS = -(1 << 62)
_PARTS_PER_SERIES = 1 << 32


def _rank(due: tuple[_Part, int]) -> int:
    return due[0].rank
