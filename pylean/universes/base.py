"""A universe: when it selects, what it reads for that, and which symbols it chooses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from pylean.naming import LeanOverrides, PascalNames

if TYPE_CHECKING:
    from pylean.algorithm.settings import UniverseSettings
    from pylean.feed.base_data import BaseData
    from pylean.securities.security import Security
    from pylean.securities.symbol import Symbol
    from pylean.storage import Resolution

__all__ = ["Universe"]


class Universe(LeanOverrides, PascalNames):
    """Base of all universes. The engine asks at each of ``moments`` and adds or removes securities accordingly.

    ``symbol`` is the universe's own (that of its data), ``resolution`` that of its data; ``settings`` are those of
    the securities it adds; ``members`` are the securities that are in it now.
    """

    def __init__(self, symbol: Symbol, resolution: Resolution, settings: UniverseSettings) -> None:
        self.symbol = symbol
        self.resolution = resolution
        self.settings = settings
        self.members: dict[Symbol, Security] = {}
        self.selected: list[Symbol] = []
        self.is_disposed = False

    def moments(self, start: date, end: date) -> Iterator[int]:
        """The instants of selection in UTC milliseconds, in order, from local midnight of ``start`` to ``end``."""
        raise TypeError(f"{type(self).__name__} does not override moments(start, end)")

    def read(self, utc_ms: int) -> Sequence[BaseData]:
        """The data that arrive at one of the moments; each is a data point of the run."""
        return ()

    def select_symbols(self, utc_time: datetime, data: Sequence[BaseData]) -> Iterable[Symbol] | None:
        """The symbols that belong to the universe from now on; ``None`` leaves it unchanged."""
        raise TypeError(f"{type(self).__name__} does not override select_symbols(utc_time, data)")
