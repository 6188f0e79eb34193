"""Bars of a range, cut into New York days as the pages come in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from .calendar import day_end_ms
from .exchange import midnight_ms
from .provider import VendorBars, VendorPage, joined, no_bars


@dataclass(slots=True)
class DayBars:
    """All bars of one day, and the answers they came in."""

    day: date
    bars: VendorBars
    requests: tuple[str, ...] = ()
    status: str = ""
    is_simulated: bool = False


@dataclass(slots=True)
class _Open:
    parts: list[VendorBars] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    status: str = "OK"
    is_simulated: bool = False


class DayCutter:
    """Collects the pages of one range and hands out each wanted day once it is complete.

    Bars on days that were not wanted, which lie between wanted ones, are counted in ``stray_bars`` and left out.
    """

    def __init__(self, days: Sequence[date]) -> None:
        self._days = list(days)
        self._open = _Open()
        self.stray_bars = 0

    def feed(self, page: VendorPage) -> list[DayBars]:
        """Days that this page completes, because a later bar is there or it was the last page."""
        self._open.parts.append(page.bars)
        self._open.requests.append(page.request_id)
        self._open.status = page.status if page.status != "OK" else self._open.status
        self._open.is_simulated |= page.is_simulated
        return self._cut(page.next_from_ms)

    def _cut(self, reached_ms: int | None) -> list[DayBars]:
        """Days that end at or before ``reached_ms``, which is where the next page starts; all if there is none."""
        done = [day for day in self._days if reached_ms is None or day_end_ms(day) <= reached_ms]
        if not done:
            return []
        bars = joined(self._open.parts) if self._open.parts else no_bars()
        cut = []
        taken = 0
        for day in done:
            start, stop = np.searchsorted(bars.time_ms, (midnight_ms(day), day_end_ms(day))).tolist()
            self.stray_bars += start - taken
            taken = stop
            source = self._open
            cut.append(
                DayBars(day, bars.slice(start, stop), tuple(source.requests), source.status, source.is_simulated)
            )
        self._days = self._days[len(done) :]
        rest = bars.slice(taken, len(bars))
        self.stray_bars += len(rest) if reached_ms is None else 0
        self._open = _Open([rest], self._open.requests[-1:], self._open.status, self._open.is_simulated)
        return cut
