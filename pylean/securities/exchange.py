"""Trading hours of a security, asked at the simulation's own time."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from pylean.clock import from_ms
from pylean.naming import PascalNames

if TYPE_CHECKING:
    from pylean.clock import AlgorithmClock
    from pylean.storage.market_hours import MarketHours

__all__ = ["SecurityExchange"]

_DAY_MS = 86_400_000


class SecurityExchange(PascalNames):
    """When the security trades; every question without a time is about now."""

    def __init__(self, hours: MarketHours, clock: AlgorithmClock) -> None:
        self.hours = hours
        self._clock = clock

    @property
    def time_zone(self) -> str:
        return "America/New_York"

    @property
    def local_time(self) -> datetime:
        return self._clock.local

    @property
    def exchange_open(self) -> bool:
        """Regular hours are on: from the open (included) to the close (excluded)."""
        return self.is_open_at(self._clock.local_ms)

    def is_open_at(self, local_ms: int, *, extended: bool = False) -> bool:
        """Open at a local instant given in milliseconds."""
        return self.hours.is_open(from_ms(local_ms), extended)

    def overlaps_open_hours(self, start_ms: int, end_ms: int, *, extended: bool = False) -> bool:
        """Some moment of the local interval ``[start_ms, end_ms)``, which stays in one day, lies in open hours."""
        session = self.hours.session(from_ms(start_ms).date())
        if session is None:
            return False
        day_ms = start_ms - start_ms % _DAY_MS
        first, last = session.span(extended)
        return start_ms < day_ms + last * 1000 and end_ms > day_ms + first * 1000
