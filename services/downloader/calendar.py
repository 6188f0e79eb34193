"""Trading days, and when a day's bars are settled."""

from __future__ import annotations

import logging
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Final

from pylean.storage import LeanPaths, MarketHours, Session, write_atomically

from .exchange import NEW_YORK, midnight_ms
from .metadata import market_hours_json

#: Late prints of a day are folded in by the next session's early morning.
SETTLE_TIME: Final = time(6)
_DAY_MS: Final = 86_400_000
_EPOCH_ORDINAL: Final = date(1970, 1, 1).toordinal()
_log = logging.getLogger(__name__)


class TradingCalendar:
    """New York trading days of one data folder."""

    def __init__(self, hours: MarketHours) -> None:
        self._hours = hours

    @classmethod
    def of(cls, root: Path, state_dir: Path) -> TradingCalendar:
        """The calendar of the data folder's own market hours; of exchange_calendars while the folder has none.

        The latter takes more than a second to make, so it is kept below ``state_dir``.

        Raises:
            MetadataError: a market-hours database is damaged.
        """
        own = LeanPaths(root)
        if own.market_hours.is_file():
            return cls(MarketHours.read(own))
        made = LeanPaths(state_dir / "calendar")
        if not made.market_hours.is_file():
            _log.info("making the trading calendar")
            write_atomically(made.market_hours, market_hours_json(), made.root / ".staging", durable=False)
        return cls(MarketHours.read(made))

    def days(self, first: date, last: date) -> list[date]:
        """Trading days from ``first`` to ``last``, both included."""
        return [session.day for session in self._hours.sessions(first, last)]

    def days_before(self, day: date, count: int) -> list[date]:
        """The last ``count`` trading days before ``day``, ascending."""
        found: list[date] = []
        while len(found) < count:
            day = self._hours.previous_trading_day(day)
            found.append(day)
        return found[::-1]

    def next_day(self, day: date) -> date:
        """First trading day after ``day``."""
        return self._hours.next_trading_day(day)

    def session(self, day: date) -> Session | None:
        """Hours of a trading day."""
        return self._hours.session(day)

    def is_settled(self, day: date, moment: datetime) -> bool:
        """Whether bars of ``day`` that were asked for at ``moment`` can be final."""
        return moment >= datetime.combine(self.next_day(day), SETTLE_TIME, NEW_YORK)


def local_midnight_ms(day: date) -> int:
    """Start of a day in Lean's naive local milliseconds since 1970."""
    return (day.toordinal() - _EPOCH_ORDINAL) * _DAY_MS


def day_end_ms(day: date) -> int:
    """End (exclusive) of a New York day as Unix ms."""
    return midnight_ms(day + timedelta(days=1))
