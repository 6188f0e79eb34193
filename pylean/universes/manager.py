"""The algorithm's universes by symbol."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pylean.keyed import ExtendedDictionary

if TYPE_CHECKING:
    from pylean.securities.security import Security
    from pylean.securities.symbol import Symbol
    from pylean.universes.base import Universe

__all__ = ["UniverseManager"]


class UniverseManager(ExtendedDictionary["Symbol", "Universe"]):
    """Universes in the order they were added. The engine takes those that are new at the end of each slice."""

    def __init__(self) -> None:
        self._universes: dict[Symbol, Universe] = {}
        self._new: list[Universe] = []
        #: Something came or went that the engine has not taken yet.
        self.is_changed = False
        super().__init__(self._universes)

    def add(self, symbol: Symbol, universe: Universe) -> None:
        """Add a universe; a second one of the same symbol is ignored, as in Lean."""
        if symbol not in self._universes:
            self._universes[symbol] = universe
            self._new.append(universe)
            self.is_changed = True

    def remove(self, symbol: Symbol) -> bool:
        """Dispose of a universe and forget it; its members leave with the next slice. False if there is none."""
        universe = self._universes.pop(symbol, None)
        if universe is None:
            return False
        universe.dispose()
        self.is_changed = True
        return True

    def take_new(self) -> list[Universe]:
        """The universes added since this was last called."""
        taken, self._new = self._new, []
        self.is_changed = False
        return taken

    @property
    def active_securities(self) -> ExtendedDictionary[Symbol, Security]:
        """The members of all universes, each once."""
        return ExtendedDictionary(
            (symbol, security) for universe in self._universes.values() for symbol, security in universe.members.items()
        )
