"""A universe: when it selects, what it reads for that, and which symbols it chooses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, ClassVar

from pylean.keyed import ExtendedDictionary
from pylean.naming import LeanOverrides, PascalNames, assignable

if TYPE_CHECKING:
    from pylean.securities.security import Security
    from pylean.securities.symbol import Symbol
    from pylean.storage import Resolution
    from pylean.universes.data import UniverseData
    from pylean.universes.settings import UniverseSettings
    from pylean.universes.source import UniverseSource

__all__ = ["SelectedSymbols", "UnchangedUniverse", "Universe"]

_ROUNDING_INTERVALS = (timedelta(days=1), timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1))


class UnchangedUniverse:
    """What a selector returns to leave the universe as it is: ``Universe.UNCHANGED``. Empty when iterated."""

    def __iter__(self) -> Iterator[Symbol]:
        return iter(())

    def __len__(self) -> int:
        return 0


class SelectedSymbols(dict["Symbol", None], PascalNames):
    """Symbols in the order of their selection, each once."""

    def __init__(self, symbols: Iterable[Symbol] = ()) -> None:
        super().__init__(dict.fromkeys(symbols))

    @property
    def count(self) -> int:
        return len(self)

    def contains(self, symbol: Symbol) -> bool:
        return symbol in self


@assignable("universe_settings")
class Universe(LeanOverrides, PascalNames):
    """Base of all universes. The engine asks at each of ``moments`` and adds or removes securities accordingly.

    ``symbol`` is the universe's own (that of its data), ``resolution`` that of its data; at one instant universes
    select by resolution, then by the text of their symbol's id. ``universe_settings`` are those of the securities it
    adds (``None`` until it is added: then the algorithm's); ``members`` are the securities that are in it now;
    ``selected`` are the symbols of the latest selection, which may lack members that have yet to leave. A disposed
    universe selects nothing any more.
    """

    UNCHANGED: ClassVar[UnchangedUniverse] = UnchangedUniverse()
    Unchanged: ClassVar[UnchangedUniverse] = UNCHANGED

    #: Lean fills the universe's data forward: with other such subscriptions it begins anew, a tick later.
    is_filled = False
    is_tick_late = False

    #: The source of the run, given when the universe is added.
    source: UniverseSource

    def __init__(self, symbol: Symbol, resolution: Resolution, settings: UniverseSettings | None) -> None:
        self.symbol = symbol
        self.resolution = resolution
        self.universe_settings = settings
        self.selected = SelectedSymbols()
        self.is_disposed = False
        self._members: dict[Symbol, Security] = {}
        self._member_since: dict[Symbol, datetime] = {}
        self._previous: frozenset[Symbol] = frozenset()

    @property
    def members(self) -> ExtendedDictionary[Symbol, Security]:
        return ExtendedDictionary(self._members)

    @property
    def dispose_requested(self) -> bool:
        return self.is_disposed

    def dispose(self) -> None:
        """End the universe: its members leave at once, whatever the minimum time in it."""
        self.is_disposed = True

    def contains_member(self, symbol: Symbol) -> bool:
        return symbol in self._members

    def add_member(self, utc_time: datetime, security: Security) -> bool:
        """Take a security in. False if it is in already, or may not be: delisted, or the universe is disposed."""
        symbol = security.symbol
        if self.is_disposed or security.is_delisted or symbol in self._members:
            return False
        self._members[symbol] = security
        self._member_since[symbol] = utc_time
        return True

    def remove_member(self, utc_time: datetime, security: Security) -> bool:
        """Let a security go. False if it may not leave yet, or is not in."""
        if not self.can_remove_member(utc_time, security):
            return False
        self._member_since.pop(security.symbol, None)
        return self._members.pop(security.symbol, None) is not None

    def moments(self, start_ms: int, end: date) -> Iterator[int]:
        """The instants of selection in milliseconds of UTC, ascending, none before ``start_ms``.

        ``start_ms`` is when the universe is added: the start of the run or now. ``end`` is the run's last day; an
        instant may lie at the midnight after it, where the data count but nothing is selected any more.
        """
        raise TypeError(f"{type(self).__name__} does not override moments(start_ms, end)")

    def read(self, utc_ms: int) -> UniverseData:
        """The data that arrive at one of the moments."""
        raise TypeError(f"{type(self).__name__} does not override read(utc_ms)")

    def select_symbols(self, utc_time: datetime, data: UniverseData) -> Iterable[Symbol] | None:
        """The symbols that belong to the universe from now on; ``UNCHANGED`` or ``None`` leaves it as it is."""
        raise TypeError(f"{type(self).__name__} does not override select_symbols(utc_time, data)")

    def perform_selection(self, utc_time: datetime, data: UniverseData) -> tuple[SelectedSymbols | None, UniverseData]:
        """One selection: the symbols, ``None`` if they are those of the selection before, and the data that count.

        The data are those given, except with a second selector: then only what the first one let through counts as
        data points of the run and reaches the securities.
        """
        if self.is_disposed:
            return SelectedSymbols(), data
        symbols = self.select_symbols(utc_time, data)
        if symbols is None or symbols is self.UNCHANGED:
            return None, data
        return self._changed(SelectedSymbols(symbols)), data

    def _changed(self, selection: SelectedSymbols) -> SelectedSymbols | None:
        """A selection, or ``None`` if it holds the same symbols as the one before."""
        previous, self._previous = self._previous, frozenset(selection)
        return None if previous == self._previous else selection

    def can_remove_member(self, utc_time: datetime, security: Security) -> bool:
        """The security has been in the universe for its minimum time, rounded to the unit that is given in."""
        if self.is_disposed or security.is_delisted:
            return True
        since = self._member_since.get(security.symbol)
        if since is None or self.universe_settings is None:
            return False
        minimum = self.universe_settings.minimum_time_in_universe
        return _rounded(utc_time - since, minimum) >= minimum


def _rounded(span: timedelta, minimum: timedelta) -> timedelta:
    """Half goes to even multiples, as .NET rounds; below a second the minimum itself is the unit; 0 rounds nothing."""
    unit = next((unit for unit in _ROUNDING_INTERVALS if minimum >= unit), minimum)
    return round(span / unit) * unit if unit else span
