"""Universes that need no data: an instant is all that triggers their selection."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from pylean.clock import from_ms, local_to_utc_ms, to_ms
from pylean.feed.base_data import BaseData
from pylean.numbers import ZERO
from pylean.storage import Resolution
from pylean.universes.base import Universe
from pylean.universes.data import UniverseData
from pylean.universes.selectors import chosen_symbols
from pylean.universes.symbols import named_universe_symbol

if TYPE_CHECKING:
    from pylean.scheduling.rules import DateRule, TimeRule
    from pylean.securities.symbol import Symbol
    from pylean.universes.settings import UniverseSettings

__all__ = [
    "CustomUniverse",
    "ManualUniverse",
    "ScheduledUniverse",
    "Trigger",
    "TriggeredUniverse",
    "UserDefinedUniverse",
]

_ONE_DAY = timedelta(days=1)
_UTC = ZoneInfo("UTC")


class Trigger(BaseData):
    """The one point that a triggered universe gets; it tells nothing but the time."""

    is_fill_forward = False

    def __init__(self, symbol: Symbol, time: datetime) -> None:
        self.symbol = symbol
        self._at = time

    @property
    def time(self) -> datetime:
        return self._at

    @property
    def end_time(self) -> datetime:
        return self._at

    @property
    def decimal_value(self) -> Decimal:
        return ZERO


class TriggeredUniverse(Universe):
    """Selects at instants that do not depend on data; each counts as one data point."""

    def read(self, utc_ms: int) -> UniverseData:
        return UniverseData([Trigger(self.symbol, self.source.local(utc_ms))])


class UserDefinedUniverse(TriggeredUniverse):
    """Symbols that were added by hand: selected once, at the start, and again whenever the engine says so."""

    def __init__(
        self, symbol: Symbol, resolution: Resolution, settings: UniverseSettings | None, symbols: Iterable[Symbol] = ()
    ) -> None:
        super().__init__(symbol, resolution, settings)
        self.symbols = dict.fromkeys(symbols)

    def add(self, symbol: Symbol) -> bool:
        """Whether the symbol is new."""
        is_new = symbol not in self.symbols
        self.symbols[symbol] = None
        return is_new

    def remove(self, symbol: Symbol) -> bool:
        """Whether the symbol was there."""
        was_there = symbol in self.symbols
        self.symbols.pop(symbol, None)
        return was_there

    def remove_member(self, utc_time: datetime, security: Any) -> bool:
        if not super().remove_member(utc_time, security):
            return False
        self.remove(security.symbol)
        return True

    def moments(self, start_ms: int, end: date) -> Iterator[int]:
        yield start_ms

    def select_symbols(self, utc_time: datetime, data: UniverseData) -> Iterable[Symbol]:
        return list(self.symbols)


class ManualUniverse(UserDefinedUniverse):
    """A fixed list of symbols, as a selection model gives it."""


class CustomUniverse(TriggeredUniverse):
    """Tickers from a function of the local time: at the start, then after each interval in which the market is open."""

    def __init__(
        self,
        name: str,
        resolution: Resolution,
        settings: UniverseSettings | None,
        interval: timedelta,
        selector: Callable[[datetime], Any],
    ) -> None:
        super().__init__(named_universe_symbol(name.upper()), resolution, settings)
        self.interval = interval
        self._selector = selector

    def moments(self, start_ms: int, end: date) -> Iterator[int]:
        source = self.source
        yield start_ms
        at = source.local(start_ms) + self.interval
        while at.date() <= end:
            if self._is_open(at, at + self.interval):
                yield local_to_utc_ms(to_ms(at), source.hours.time_zone)
            at += self.interval

    def _is_open(self, start: datetime, end: datetime) -> bool:
        extended = self.universe_settings is not None and self.universe_settings.extended_market_hours
        for session in self.source.hours.sessions(start.date(), end.date()):
            first, last = (datetime.combine(session.day, time()) + timedelta(seconds=s) for s in session.span(extended))
            if start < last and end > first:
                return True
        return False

    def select_symbols(self, utc_time: datetime, data: UniverseData) -> Iterable[Symbol] | None:
        return chosen_symbols(self._selector(self.source.local(to_ms(utc_time))), self.symbol)


class ScheduledUniverse(TriggeredUniverse):
    """Symbols from a function of the UTC time, at the moments of a date and a time rule.

    ``ScheduledUniverse([time_zone,] date_rule, time_rule, selector, settings=None)``. As in Lean a time zone other
    than UTC does not move the rules: their UTC moments are read as times of that zone.
    """

    def __init__(self, *parts: Any, settings: UniverseSettings | None = None) -> None:
        zone, (date_rule, time_rule, selector, *rest) = _zone_first(parts)
        super().__init__(
            named_universe_symbol(f"{date_rule.name}_{time_rule.name}"), Resolution.DAILY, rest[0] if rest else settings
        )
        if not callable(selector):
            raise TypeError(f"selector of a scheduled universe is {selector!r}; it must be a function of the UTC time")
        self._zone = zone
        self._date_rule: DateRule = date_rule
        self._time_rule: TimeRule = time_rule
        self._selector: Callable[[datetime], Any] = selector

    def moments(self, start_ms: int, end: date) -> Iterator[int]:
        end_ms = self.source.midnight_ms(end + _ONE_DAY)
        first, last = (
            from_ms(utc_ms).replace(tzinfo=_UTC).astimezone(self._zone).date() for utc_ms in (start_ms, end_ms - 1)
        )
        for utc_ms in self._time_rule.moments(self._date_rule.dates(first, last)):
            if utc_ms >= end_ms:
                return
            if utc_ms >= start_ms:
                yield local_to_utc_ms(utc_ms, self._zone)

    def select_symbols(self, utc_time: datetime, data: UniverseData) -> Iterable[Symbol] | None:
        return chosen_symbols(self._selector(utc_time), self.symbol)


def _zone_first(parts: tuple[Any, ...]) -> tuple[ZoneInfo, tuple[Any, ...]]:
    if parts and isinstance(parts[0], (str, ZoneInfo)):
        zone, *parts_left = parts
        return zone if isinstance(zone, ZoneInfo) else ZoneInfo(zone), tuple(parts_left)
    return _UTC, parts
