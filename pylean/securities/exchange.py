"""Trading hours of a security, asked at the simulation's own time."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from pylean.clock import from_ms
from pylean.naming import PascalNames
from pylean.securities.exchange_hours import SecurityExchangeHours

if TYPE_CHECKING:
    from pylean.clock import AlgorithmClock
    from pylean.storage.market_hours import MarketHours

__all__ = ["SecurityExchange"]

_DAY_MS = 86_400_000
_MINUTE_MS = 60_000
_CLOSING_SOON_MINUTES = 10


class SecurityExchange(PascalNames):
    """When the security trades; every question without a time is about now. Times are naive New York times."""

    def __init__(self, hours: MarketHours, clock: AlgorithmClock) -> None:
        self.hours = SecurityExchangeHours(hours)
        self._sessions = hours
        self._clock = clock

    @property
    def time_zone(self) -> str:
        return self.hours.time_zone

    @property
    def local_time(self) -> datetime:
        return self._clock.local

    @property
    def exchange_open(self) -> bool:
        """Regular hours are on: from the open (included) to the close (excluded)."""
        return self.is_open_at(self._clock.local_ms)

    @property
    def closing_soon(self) -> bool:
        """The regular session ends within ten minutes, or is over."""
        return self.is_closing_soon(_CLOSING_SOON_MINUTES)

    @property
    def trading_days_per_year(self) -> int:
        """Lean's figure for stocks."""
        return 252

    def is_closing_soon(self, minutes_to_close: int) -> bool:
        return not self.is_open_at(self._clock.local_ms + minutes_to_close * _MINUTE_MS)

    def date_is_open(self, date_to_check: date, extended_market_hours: bool = False) -> bool:
        """The day has a session."""
        return self.hours.is_date_open(date_to_check, extended_market_hours)

    def date_time_is_open(self, date_time: datetime) -> bool:
        """Regular hours are on at the time."""
        return self._sessions.is_open(date_time)

    def is_open_during_bar(
        self, bar_start_time: datetime, bar_end_time: datetime, is_extended_market_hours: bool
    ) -> bool:
        """Some moment of the bar is open."""
        return self.hours.is_open(bar_start_time, bar_end_time, is_extended_market_hours)

    def is_open_at(self, local_ms: int, *, extended: bool = False) -> bool:
        """Open at a local instant given in milliseconds."""
        return self._sessions.is_open(from_ms(local_ms), extended)

    def overlaps_open_hours(self, start_ms: int, end_ms: int, *, extended: bool = False) -> bool:
        """Some moment of the local interval ``[start_ms, end_ms)``, which stays in one day, lies in open hours."""
        session = self._sessions.session(from_ms(start_ms).date())
        if session is None:
            return False
        day_ms = start_ms - start_ms % _DAY_MS
        first, last = session.span(extended)
        return start_ms < day_ms + last * 1000 and end_ms > day_ms + first * 1000
