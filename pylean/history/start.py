"""Where a number of bars begins: open bars counted back from now."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from pylean.clock import from_ms, to_ms
from pylean.feed.reader import day_start_ms
from pylean.storage import Resolution

if TYPE_CHECKING:
    from pylean.storage import MarketHours

__all__ = ["start_of_bars"]

_DAY = timedelta(days=1)
#: Longest time without a session that is searched; a century of history has none as long.
_GIVE_UP_DAYS = 60


def start_of_bars(
    hours: MarketHours,
    now: datetime,
    resolution: Resolution,
    count: int,
    *,
    extended: bool = False,
    ends_at_midnight: bool = False,
) -> datetime:
    """Start of the earliest of so many bars that end at ``now`` or before (naive New York).

    Bars are counted that overlap the market's hours. Days count from midnight, but from ``now`` once today's market
    has closed, so that today is one of them; not so for data that arrive at midnight.
    """
    if resolution is Resolution.DAILY:
        return _start_of_days(hours, now, count, ends_at_midnight)
    bar_ms = int(resolution.period.total_seconds()) * 1000
    end_ms = to_ms(now) // bar_ms * bar_ms
    day = from_ms(end_ms - 1).date()
    closed_days = 0
    while count > 0 and closed_days < _GIVE_UP_DAYS:
        session = hours.session(day)
        closed_days += 1
        if session is not None:
            first, last = session.span(extended)
            midnight_ms = day_start_ms(day)
            first_ms = midnight_ms + first * 1000 // bar_ms * bar_ms
            last_ms = min(end_ms, midnight_ms - (-last * 1000 // bar_ms) * bar_ms)
            bars = max(0, (last_ms - first_ms) // bar_ms)
            if bars >= count:
                return from_ms(last_ms - count * bar_ms)
            count -= bars
            closed_days = 0
        day -= _DAY
    return now if count <= 0 else from_ms(day_start_ms(day))


def _start_of_days(hours: MarketHours, now: datetime, count: int, ends_at_midnight: bool) -> datetime:
    session = None if ends_at_midnight else hours.session(now.date())
    midnight = datetime.combine(now.date(), datetime.min.time())
    has_closed = session is not None and midnight + timedelta(seconds=session.close) <= now
    current = now if has_closed else midnight
    closed_days = 0
    while count > 0 and closed_days < _GIVE_UP_DAYS:
        before, current = current, current - _DAY
        is_open = _is_open_between(hours, current, before)
        closed_days = 0 if is_open else closed_days + 1
        count -= is_open
    return current


def _is_open_between(hours: MarketHours, start: datetime, end: datetime) -> bool:
    """Some moment of ``[start, end)``, a day long, lies in regular hours."""
    for day in {start.date(), end.date()}:
        session = hours.session(day)
        if session is not None:
            midnight = datetime.combine(day, datetime.min.time())
            opened, closed = midnight + timedelta(seconds=session.open), midnight + timedelta(seconds=session.close)
            if start < closed and opened < end:
                return True
    return False
