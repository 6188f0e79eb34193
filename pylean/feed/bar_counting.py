"""Going back from a moment by a number of bars of open market."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from pylean.clock import from_ms
from pylean.feed.reader import day_start_ms

if TYPE_CHECKING:
    from pylean.storage import MarketHours

__all__ = ["start_of_bars"]

_DAY_MS = 86_400_000
_ONE_DAY = timedelta(days=1)
#: Lean's data begin in 1998; further back than this nothing is found.
_LONGEST_SEARCH_DAYS = 20_000


def start_of_bars(hours: MarketHours, end_ms: int, step_ms: int, count: int, *, extended: bool = False) -> int:
    """The local start of the ``count``-th bar before ``end_ms``, counting only bars that overlap open hours.

    Bars of a day are calendar days; the day at hand counts once its session is over. Shorter bars lie at multiples of
    their length before the end, rounded down to such a multiple. Raises ValueError when the calendar does not reach.
    """
    if step_ms >= _DAY_MS:
        return _start_of_days(hours, end_ms, count)
    end_ms -= end_ms % step_ms
    wanted, day = count, from_ms(end_ms - 1).date()
    for _ in range(_LONGEST_SEARCH_DAYS):
        session = hours.session(day)
        if session is not None:
            midnight = day_start_ms(day)
            first, last = (midnight + edge * 1000 for edge in session.span(extended))
            nearest = max(1, (end_ms - last) // step_ms + 1)
            farthest = -((first - end_ms) // step_ms)
            found = max(0, farthest - nearest + 1)
            if found >= wanted:
                return end_ms - (nearest + wanted - 1) * step_ms
            wanted -= found
        day -= _ONE_DAY
    raise ValueError(f"the calendar has no {count} bars of {timedelta(milliseconds=step_ms)} before {from_ms(end_ms)}")


def _start_of_days(hours: MarketHours, end_ms: int, count: int) -> int:
    today = from_ms(end_ms).date()
    session = hours.session(today)
    is_over = session is not None and end_ms >= day_start_ms(today) + session.close * 1000
    day = today + _ONE_DAY if is_over else today
    for _ in range(count):
        day = hours.previous_trading_day(day)
    return day_start_ms(day)
