"""The algorithm's own ``on_end_of_day``: ten minutes before each security's close, or two before midnight."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from pylean.clock import from_ms, to_ms
from pylean.feed.reader import day_start_ms
from pylean.scheduling.events import ScheduledEvent

if TYPE_CHECKING:
    from pylean.algorithm import QCAlgorithm, Run, SecurityChanges
    from pylean.securities.security import Security
    from pylean.securities.symbol import Symbol

__all__ = ["EndOfDayEvents"]

_BEFORE_CLOSE_MS = timedelta(minutes=10) // timedelta(milliseconds=1)
_NEAR_MIDNIGHT = time(23, 58)


class EndOfDayEvents:
    """Schedules the override, with a symbol or without, for the securities there are."""

    def __init__(self, algorithm: QCAlgorithm, run: Run) -> None:
        self._algorithm = algorithm
        self._run = run
        self._handler: Callable[..., Any] | None = getattr(type(algorithm), "on_end_of_day", None)
        takes_symbol = self._handler is not None and len(inspect.signature(self._handler).parameters) > 1
        self._by_symbol: dict[Symbol, ScheduledEvent] | None = {} if takes_symbol else None

    def start(self) -> None:
        """The event of the whole algorithm, if the override takes no symbol."""
        if self._handler is None or self._by_symbol is not None:
            return
        days = (session.day for session in self._sessions())
        moments = (self._run.to_utc_ms(to_ms(datetime.combine(day, _NEAR_MIDNIGHT))) for day in days)
        self._add("Algorithm.EndOfDay", moments, partial(self._handler, self._algorithm))

    def on_securities_changed(self, changes: SecurityChanges) -> None:
        """Events come and go with the securities."""
        if self._by_symbol is None or self._handler is None:
            return
        for security in changes.added_securities:
            handler = partial(self._handler, self._algorithm, security.symbol)
            event = self._add(f"{security.symbol}.EndOfDay", self._closes(security), handler)
            self._by_symbol[security.symbol] = event
        for security in changes.removed_securities:
            gone = self._by_symbol.pop(security.symbol, None)
            if gone is not None:
                self._run.events.remove(gone)

    def _closes(self, security: Security) -> Iterator[int]:
        extended = security.is_extended_market_hours
        for session in self._sessions():
            close_ms = day_start_ms(session.day) + session.span(extended)[1] * 1000
            yield self._run.to_utc_ms(close_ms - _BEFORE_CLOSE_MS)

    def _sessions(self) -> list[Any]:
        today: date = from_ms(self._run.clock.local_ms).date()
        return self._run.hours.sessions(today, self._run.end)

    def _add(self, name: str, moments: Iterable[int], callback: Callable[[], Any]) -> ScheduledEvent:
        event = ScheduledEvent(name, iter(moments), callback)
        self._run.events.add(event, self._run.clock.utc_ms)
        return event
