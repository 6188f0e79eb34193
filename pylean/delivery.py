"""What consolidators will deliver in each slice of a day, worked out before the day runs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from pylean.consolidators.base import ColumnPlan, DataConsolidator
    from pylean.feed.day import SeriesGroup, TradingDay
    from pylean.feed.series import TradeSeries
    from pylean.storage.market_hours import Session

__all__ = ["DeliveryPlan", "plan_deliveries"]

_Planned = tuple["DataConsolidator", "ColumnPlan", int]
_Fed = tuple["DataConsolidator", "TradeSeries", "SeriesGroup"]


class DeliveryPlan:
    """Bars planned by column, by slice; and consolidators that are fed bar by bar, in order of subscription."""

    def __init__(self, day: TradingDay) -> None:
        self._day = day
        self._moments = np.array(day.utc_ms, dtype=np.int64)
        self._planned: defaultdict[int, list[_Planned]] = defaultdict(list)
        self._fed: list[_Fed] = []

    def plan(self, consolidator: DataConsolidator, plan: ColumnPlan) -> None:
        """Deliver each planned bar in the first slice at or after it is due."""
        indexes = np.searchsorted(self._moments, plan.due_ms - self._day.offset_ms).tolist()
        planned = self._planned
        for bar, index in enumerate(indexes):
            planned[index].append((consolidator, plan, bar))

    def feed(self, consolidator: DataConsolidator, series: TradeSeries, group: SeriesGroup) -> None:
        """Update and scan a consolidator in every slice."""
        self._fed.append((consolidator, series, group))

    def at(self, index: int) -> Callable[[], None] | None:
        """What to do in a slice; ``None`` for nothing."""
        planned = self._planned.get(index)
        if planned is None and not self._fed:
            return None

        def deliver() -> None:
            for consolidator, plan, bar in planned or ():
                consolidator.deliver(plan.bars(bar))
            local_ms = self._day.utc_ms[index] + self._day.offset_ms
            for consolidator, series, group in self._fed:
                point = group.position(index)
                if point >= 0:
                    consolidator.update(series.bar(point))
                    consolidator.scan(local_ms)

        return deliver


def plan_deliveries(day: TradingDay, session: Session) -> DeliveryPlan:
    """Plan every consolidator of the day's trade subscriptions: by symbol, then in order of creation."""
    deliveries = DeliveryPlan(day)
    for series, group in day.trades.values():
        for consolidator in series.config.consolidators:
            plan = consolidator.plan(series, session)
            if plan is None:
                deliveries.feed(consolidator, series, group)
            else:
                deliveries.plan(consolidator, plan)
    return deliveries
