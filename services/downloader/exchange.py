"""Days and sessions of the New York Stock Exchange."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache
from zoneinfo import ZoneInfo

NEW_YORK = ZoneInfo("America/New_York")
FIRST_DAY = date(1998, 1, 1)
LAST_DAY = date(2027, 12, 31)
REGULAR_OPEN = time(9, 30)
REGULAR_CLOSE = time(16)


def midnight_ms(day: date) -> int:
    """Start of a New York day as Unix ms."""
    return int(datetime.combine(day, time(), NEW_YORK).timestamp()) * 1000


def new_york_day(moment: datetime) -> date:
    """The New York day of a moment, which has to be aware of its zone."""
    return moment.astimezone(NEW_YORK).date()


@dataclass(frozen=True, slots=True)
class ExchangeSessions:
    """Every session day from :data:`FIRST_DAY` to :data:`LAST_DAY`, ascending, and the days that close before 16:00."""

    days: tuple[date, ...]
    early_closes: dict[date, time]


@cache
def new_york_sessions() -> ExchangeSessions:
    """Sessions as exchange_calendars knows them; the first call takes about a second."""
    # It imports pandas, and no server needs either of them to start.
    from exchange_calendars import get_calendar  # noqa: PLC0415

    calendar = get_calendar("XNYS", start=FIRST_DAY.isoformat(), end=LAST_DAY.isoformat())
    closes = calendar.closes.loc[calendar.early_closes]
    return ExchangeSessions(
        days=tuple(stamp.date() for stamp in calendar.sessions),
        early_closes={day.date(): close.tz_convert(NEW_YORK).time() for day, close in closes.items()},
    )
