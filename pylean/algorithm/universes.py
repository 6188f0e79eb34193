"""Universe selection: adding universes, and looking at what they hold."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any, overload

from pylean.algorithm.core import AlgorithmCore
from pylean.keyed import ExtendedDictionary
from pylean.naming import UnsupportedApiError
from pylean.scheduling.rules import DateRule
from pylean.securities.security_type import SecurityType
from pylean.securities.symbol import Symbol
from pylean.storage import Resolution
from pylean.universes.base import Universe
from pylean.universes.definitions import UniverseDefinitions
from pylean.universes.fundamental import CoarseFundamental, Fundamental
from pylean.universes.fundamental_universes import (
    AllStocksUniverse,
    CoarseFundamentalUniverse,
    FineFundamentalFilteredUniverse,
    FundamentalFilteredUniverse,
    FundamentalUniverse,
    FundamentalUniverseFactory,
)
from pylean.universes.manager import UniverseManager
from pylean.universes.settings import UniverseSettings
from pylean.universes.source import UniverseSource
from pylean.universes.triggered import CustomUniverse

if TYPE_CHECKING:
    from pylean.securities.security import Security

__all__ = ["UniversesMixin"]

_FUNDAMENTAL_TYPES = (CoarseFundamental, FundamentalUniverse)

Selector = Callable[[Any], Any]


class UniversesMixin(AlgorithmCore):
    """Universes that choose securities while the algorithm runs."""

    def __init__(self) -> None:
        super().__init__()
        self.universe_manager = UniverseManager()
        self.universe = UniverseDefinitions(self)  # type: ignore[arg-type]
        run = self._lean
        self._universe_source = run.universe_source = UniverseSource(run.market, run.hours, run.fundamental_data)

    def add_universe(self, *parts: Any) -> Universe:
        """Add a universe, in any of Lean's forms:

        - a universe, alone or narrowed by a function of fundamental data;
        - a function of a day's fundamental data, alone or with the date rule of its days; or a coarse and a fine one;
        - a name, perhaps a resolution, and a function of the local time that returns tickers; or security type, name,
          resolution, market, settings and the function;
        - the data type of fundamental data, with a function of a day's data; a name, resolution and settings may stand
          between them.

        Raises TypeError for anything else and UnsupportedApiError for data types without data here.
        """
        universe = self._made(parts)
        if universe.universe_settings is None:
            universe.universe_settings = self.universe_settings
        universe.source = self._universe_source
        self.universe_manager.add(universe.symbol, universe)
        return universe

    @property
    def active_securities(self) -> ExtendedDictionary[Symbol, Security]:
        """The members of all universes, securities that were added by hand among them."""
        return self.universe_manager.active_securities

    @overload
    def fundamentals(self, symbol: Symbol) -> Fundamental: ...
    @overload
    def fundamentals(self, symbol: Iterable[Symbol]) -> list[Fundamental]: ...
    def fundamentals(self, symbol: Any) -> Any:
        """What the data of the day before say of a stock, or of several."""
        if isinstance(symbol, Symbol):
            return self._universe_source.latest_fundamental(symbol, self.time)
        return [self.fundamentals(one) for one in symbol]

    def _made(self, parts: tuple[Any, ...]) -> Universe:
        first, rest = (parts[0], parts[1:]) if parts else (None, ())
        if isinstance(first, Universe):
            return FundamentalFilteredUniverse(first, _selector(rest)) if rest else first
        if isinstance(first, type):
            return self._of_data_type(first, rest)
        if isinstance(first, DateRule):
            settings = UniverseSettings(self.universe_settings)
            settings.schedule.on(first)
            return FundamentalUniverse.usa(_selector(rest), settings)
        if isinstance(first, (str, SecurityType)):
            return self._of_tickers(parts)
        if callable(first):
            if not rest:
                return FundamentalUniverse.usa(first)
            return FineFundamentalFilteredUniverse(
                CoarseFundamentalUniverse(self.universe_settings, first), _selector(rest)
            )
        raise TypeError(f"add_universe does not take {', '.join(map(repr, parts)) or 'nothing'}")

    def _of_tickers(self, parts: tuple[Any, ...]) -> Universe:
        """``(name, [resolution,] selector)`` or all six arguments."""
        settings = self.universe_settings
        resolution = Resolution.DAILY
        if isinstance(parts[0], SecurityType):
            security_type, name, resolution, market, settings, *rest = parts
            if security_type is not SecurityType.EQUITY or market != "usa":
                raise UnsupportedApiError("QCAlgorithm", f"add_universe({security_type!r}, ..., {market!r}, ...)")
        elif len(parts) == 3:
            name, resolution, *rest = parts
        else:
            name, *rest = parts
        if resolution is Resolution.TICK:
            raise UnsupportedApiError("QCAlgorithm", "add_universe(resolution=Resolution.TICK)")
        selector: Callable[[datetime], Any] = _selector(tuple(rest))
        return CustomUniverse(name, resolution, settings, resolution.period, selector)

    def _of_data_type(self, data_type: type, parts: tuple[Any, ...]) -> Universe:
        """Selection over a type of data: of those with files here, the fundamental ones."""
        if not issubclass(data_type, _FUNDAMENTAL_TYPES):
            raise UnsupportedApiError("QCAlgorithm", f"add_universe({data_type.__name__}, ...)")
        settings = next((part for part in parts if isinstance(part, UniverseSettings)), self.universe_settings)
        selector = next((part for part in parts if callable(part)), None)
        if selector is None:
            return AllStocksUniverse(settings)
        return FundamentalUniverseFactory("usa", settings, selector)


def _selector(parts: tuple[Any, ...]) -> Selector:
    if len(parts) == 1 and callable(parts[0]):
        selector: Selector = parts[0]
        return selector
    raise TypeError(f"add_universe takes a function at the end; got {', '.join(map(repr, parts)) or 'nothing'}")
