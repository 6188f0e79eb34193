"""Ready-made universes: ``self.universe.etf(...)`` and the like."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from pylean.naming import PascalNames, UnsupportedApiError
from pylean.securities.symbol import SYMBOL_RESOLVER, Symbol
from pylean.universes.base import UnchangedUniverse, Universe
from pylean.universes.constituents import ETFConstituentsUniverseFactory
from pylean.universes.fundamental_universes import DollarVolumeUniverse
from pylean.universes.settings import UniverseSettings

if TYPE_CHECKING:
    from pylean.algorithm import QCAlgorithm

__all__ = ["DollarVolumeUniverseDefinitions", "UniverseDefinitions"]

Selector = Callable[[Any], Any]


class DollarVolumeUniverseDefinitions(PascalNames):
    """The older place of ``top``."""

    def __init__(self, definitions: UniverseDefinitions) -> None:
        self._definitions = definitions

    def top(self, count: int, universe_settings: UniverseSettings | None = None) -> Universe:
        return self._definitions.top(count, universe_settings)


class UniverseDefinitions(PascalNames):
    """Makes universes; ``add_universe`` adds them."""

    def __init__(self, algorithm: QCAlgorithm) -> None:
        self._algorithm = algorithm
        self.dollar_volume = DollarVolumeUniverseDefinitions(self)

    @property
    def unchanged(self) -> UnchangedUniverse:
        return Universe.UNCHANGED

    UNCHANGED = unchanged

    def etf(
        self,
        etf: str | Symbol,
        *parts: str | UniverseSettings | Selector | None,
        market: str | None = None,
        universe_settings: UniverseSettings | None = None,
        universe_filter_func: Selector | None = None,
    ) -> Universe:
        """The constituents of an ETF, all of them or those that a function of the list returns.

        A ticker is that of the algorithm's present day. Market, settings and filter are told apart by type.
        """
        for part in parts:
            if isinstance(part, str):
                market = part
            elif isinstance(part, UniverseSettings):
                universe_settings = part
            elif part is not None:
                universe_filter_func = part
        if market not in (None, "usa"):
            raise UnsupportedApiError("UniverseDefinitions", f"etf(market={market!r})")
        symbol = SYMBOL_RESOLVER.get()(etf, self._algorithm.time.date()) if isinstance(etf, str) else etf
        settings = universe_settings or self._algorithm.universe_settings
        return ETFConstituentsUniverseFactory(symbol, settings, universe_filter_func)

    ETF = etf

    @property
    def qc_500(self) -> Universe:
        """The constituents of SPY."""
        return self.etf(SYMBOL_RESOLVER.get()("SPY"))

    QC500 = qc_500

    def top(self, count: int, universe_settings: UniverseSettings | None = None) -> Universe:
        """The stocks with the largest dollar volume of the day before."""
        return DollarVolumeUniverse(count, universe_settings or self._algorithm.universe_settings)
