"""A market's hours as algorithms ask for them; all times are naive local times of the market."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from pylean.naming import PascalNames

if TYPE_CHECKING:
    from pylean.storage.market_hours import MarketHours, Session

__all__ = ["SecurityExchangeHours"]

_SEARCH_DAYS = 15


class SecurityExchangeHours(PascalNames):
    """Sessions, holidays and early closes. ``extended`` counts the sessions before and after the regular one too."""

    def __init__(self, hours: MarketHours) -> None:
        self._hours = hours

    @property
    def market_hours(self) -> MarketHours:
        """The engine's own form of them."""
        return self._hours

    @property
    def zone(self) -> ZoneInfo:
        return self._hours.time_zone

    @property
    def time_zone(self) -> str:
        """The zone's IANA name."""
        return self._hours.time_zone.key

    def session(self, day: date) -> Session | None:
        """The day's session, ``None`` when the market is closed all day."""
        return self._hours.session(day)

    def sessions(self, start: date, end: date) -> list[Session]:
        """Sessions of the trading days from ``start`` to ``end``, both included."""
        return self._hours.sessions(start, end)

    def is_trading_day(self, day: date) -> bool:
        return self._hours.is_trading_day(day)

    def next_trading_day(self, day: date) -> date:
        return self._hours.next_trading_day(day)

    def previous_trading_day(self, day: date) -> date:
        return self._hours.previous_trading_day(day)

    def next_open(self, local: datetime, extended: bool = False) -> datetime:
        """First opening strictly after ``local``."""
        return self._hours.next_open(local, extended)

    def next_close(self, local: datetime, extended: bool = False) -> datetime:
        """First closing strictly after ``local``."""
        return self._hours.next_close(local, extended)

    def is_open(self, *when: datetime | bool, extended_market_hours: bool = False) -> bool:
        """``is_open(moment[, extended])``, or ``is_open(start, end[, extended])``: some moment of the span is open."""
        moments = [part for part in when if isinstance(part, datetime)]
        extended = extended_market_hours or any(part is True for part in when)
        start, end = moments[0], moments[-1]
        if start == end:
            return self._hours.is_open(start, extended)
        days = (start.date() + timedelta(days=offset) for offset in range((end.date() - start.date()).days + 1))
        spans = (self._span(day, extended) for day in days)
        return any(start < span[1] and end > span[0] for span in spans if span is not None)

    def is_date_open(self, local_date_time: date, extended_market_hours: bool = False) -> bool:
        """The day has a session."""
        return self._hours.is_trading_day(_day(local_date_time))

    def get_next_market_open(self, local_date_time: date, extended_market_hours: bool = False) -> datetime:
        """First opening after a moment; of a day after its midnight."""
        return self._hours.next_open(_moment(local_date_time), extended_market_hours)

    def get_next_market_close(self, local_date_time: date, extended_market_hours: bool = False) -> datetime:
        """First closing after a moment; of a day after its midnight."""
        return self._hours.next_close(_moment(local_date_time), extended_market_hours)

    def get_previous_market_open(self, local_date_time: date, extended_market_hours: bool = False) -> datetime:
        """Last opening at or before the time. Raises ValueError without one in two weeks."""
        moment = _moment(local_date_time)
        for offset in range(_SEARCH_DAYS):
            span = self._span(moment.date() - timedelta(days=offset), extended_market_hours)
            if span is not None and span[0] <= moment:
                return span[0]
        raise ValueError(f"no opening within {_SEARCH_DAYS} days before {local_date_time}")

    # Markets served here have one regular session a day and no break around it: first, last and only are the same.
    get_first_daily_market_open = get_previous_market_open
    get_last_daily_market_close = get_next_market_close

    def get_next_trading_day(self, date: date) -> datetime:
        """Midnight of the first trading day after the day."""
        return datetime.combine(self._hours.next_trading_day(_day(date)), time())

    def get_previous_trading_day(self, local_date: date) -> datetime:
        """Midnight of the last trading day before the day."""
        return datetime.combine(self._hours.previous_trading_day(_day(local_date)), time())

    @property
    def regular_market_duration(self) -> timedelta:
        """Length of an ordinary regular session."""
        return timedelta(seconds=self._hours.regular_session_s)

    @property
    def is_market_always_open(self) -> bool:
        return False

    def _span(self, day: date, extended: bool) -> tuple[datetime, datetime] | None:
        session = self._hours.session(day)
        if session is None:
            return None
        midnight = datetime.combine(day, time())
        first, last = session.span(extended)
        return midnight + timedelta(seconds=first), midnight + timedelta(seconds=last)


def _moment(moment: date) -> datetime:
    """A day is its midnight."""
    return moment if isinstance(moment, datetime) else datetime.combine(moment, time())


def _day(moment: date) -> date:
    return moment.date() if isinstance(moment, datetime) else moment
