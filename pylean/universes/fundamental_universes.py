"""Universes over the coarse file of a day, and second selections over fundamental data."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from heapq import nlargest
from typing import Any

from pylean.clock import to_ms
from pylean.securities.symbol import Symbol
from pylean.storage import Resolution
from pylean.universes.base import SelectedSymbols, Universe
from pylean.universes.daily import DailyUniverse
from pylean.universes.data import UniverseData
from pylean.universes.fundamental import Fundamental, FundamentalRows
from pylean.universes.selectors import chosen_symbols
from pylean.universes.settings import UniverseSettings
from pylean.universes.symbols import numbered_universe_symbol

__all__ = [
    "AllStocksUniverse",
    "CoarseFundamentalUniverse",
    "DollarVolumeUniverse",
    "FineFundamentalFilteredUniverse",
    "FundamentalFilteredUniverse",
    "FundamentalUniverse",
    "FundamentalUniverseFactory",
]

_KIND = "FUNDAMENTALUNIVERSE-USA"

Selector = Callable[[Any], Any]


class _FundamentalFileUniverse(DailyUniverse):
    """Reads all stocks of a day; a day without a file is an empty selection."""

    def __init__(self, settings: UniverseSettings | None) -> None:
        super().__init__(numbered_universe_symbol(_KIND), Resolution.DAILY, settings)

    @property
    def data_type(self) -> type:
        """The type of what it reads."""
        return FundamentalUniverse

    def read_day(self, day: date) -> UniverseData:
        return FundamentalRows(self.source.fundamental_day(day))


class FundamentalUniverseFactory(_FundamentalFileUniverse):
    """Stocks chosen by a function of the day's fundamental data: ``(market, settings, selector)``."""

    def __init__(self, market: str, universe_settings: UniverseSettings | None, selector: Selector) -> None:
        _require_usa(market)
        super().__init__(universe_settings)
        self._selector = selector

    def select_symbols(self, utc_time: datetime, data: UniverseData) -> Iterable[Symbol] | None:
        return chosen_symbols(self._selector(data), self.symbol)


class CoarseFundamentalUniverse(_FundamentalFileUniverse):
    """The same under its older name: ``(settings, selector)``."""

    def __init__(self, universe_settings: UniverseSettings | None, selector: Selector) -> None:
        super().__init__(universe_settings)
        self._selector = selector

    def select_symbols(self, utc_time: datetime, data: UniverseData) -> Iterable[Symbol] | None:
        return chosen_symbols(self._selector(data), self.symbol)


class AllStocksUniverse(_FundamentalFileUniverse):
    """Every stock of the day's file."""

    def select_symbols(self, utc_time: datetime, data: UniverseData) -> Iterable[Symbol]:
        return [point.symbol for point in data]


class DollarVolumeUniverse(_FundamentalFileUniverse):
    """The stocks with the largest dollar volume of the day; of equal ones the first in the file."""

    def __init__(self, size: int, universe_settings: UniverseSettings | None) -> None:
        super().__init__(universe_settings)
        self._size = size

    def select_symbols(self, utc_time: datetime, data: UniverseData) -> Iterable[Symbol]:
        if not isinstance(data, FundamentalRows):
            return []
        volumes = data.day.dollar_volumes
        return [data.day.symbol(row) for row in nlargest(self._size, range(len(data)), key=volumes.__getitem__)]


class FundamentalUniverse(FundamentalRows):
    """The data type of fundamental universes, and how they are made: ``FundamentalUniverse.usa(selector)``."""

    @staticmethod
    def usa(selector: Selector, universe_settings: UniverseSettings | None = None) -> FundamentalUniverseFactory:
        return FundamentalUniverseFactory("usa", universe_settings, selector)

    USA = usa


class FundamentalFilteredUniverse(Universe):
    """Another universe's selection, narrowed by a function of the fundamental data of what that one chose.

    Selected over coarse data, stocks without fundamental data drop out before the function sees them. Over other data,
    or when the coarse file is missing, the function gets every chosen stock with the data of the day that begins.
    """

    def __init__(self, universe: Universe, fundamental_selector: Selector) -> None:
        super().__init__(universe.symbol, universe.resolution, universe.universe_settings)
        self._universe = universe
        self._selector = fundamental_selector

    def moments(self, start_ms: int, end: date) -> Iterator[int]:
        self._universe.source = self.source
        self._universe.universe_settings = self.universe_settings
        return self._universe.moments(start_ms, end)

    def read(self, utc_ms: int) -> UniverseData:
        data = self._universe.read(utc_ms)
        self.is_disposed = self.is_disposed or self._universe.is_disposed
        return data

    def select_symbols(self, utc_time: datetime, data: UniverseData) -> Iterable[Symbol] | None:
        return self._universe.select_symbols(utc_time, data)

    def perform_selection(self, utc_time: datetime, data: UniverseData) -> tuple[SelectedSymbols | None, UniverseData]:
        if self.is_disposed:
            return SelectedSymbols(), data
        first = self.select_symbols(utc_time, data)
        if first is None or first is self.UNCHANGED:
            return None, data
        narrowed = UniverseData(self._fundamentals(utc_time, SelectedSymbols(first), data))
        second = chosen_symbols(self._selector(narrowed), self.symbol)
        return None if second is None else self._changed(SelectedSymbols(second)), narrowed

    def _fundamentals(self, utc_time: datetime, chosen: SelectedSymbols, data: UniverseData) -> list[Fundamental]:
        if len(data) == 0 or not isinstance(data, FundamentalRows):
            now = self.source.local(to_ms(utc_time))
            return [self.source.fundamental(symbol, now) for symbol in chosen]
        day = data.day
        rows = sorted(row for row in map(day.row_of, chosen) if row != day.ABSENT)
        return [point for point in (Fundamental(day, row) for row in rows) if point.has_fundamental_data]


class FineFundamentalFilteredUniverse(FundamentalFilteredUniverse):
    """Coarse, then fine selection. Raises ValueError for asynchronous coarse universes, as Lean does."""

    def __init__(self, universe: Universe, fine_selector: Selector) -> None:
        settings = universe.universe_settings
        if isinstance(universe, CoarseFundamentalUniverse) and settings is not None and settings.asynchronous:
            raise ValueError(
                "universe_settings.asynchronous is True: coarse and fine selection cannot be asynchronous; select over "
                "Fundamental in one function instead"
            )
        super().__init__(universe, fine_selector)


def _require_usa(market: str) -> None:
    if market != "usa":
        raise ValueError(f"market of a fundamental universe is {market!r}; only 'usa' has data")
