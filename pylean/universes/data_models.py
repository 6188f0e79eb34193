"""Universe selection models over data: fundamental ones, and the constituents of an ETF."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from pylean.framework.selection import UniverseSelectionModel
from pylean.securities.symbol import SYMBOL_RESOLVER, Symbol
from pylean.universes.constituents import ETFConstituentsUniverseFactory
from pylean.universes.fundamental_universes import (
    CoarseFundamentalUniverse,
    FineFundamentalFilteredUniverse,
    FundamentalUniverseFactory,
)
from pylean.universes.settings import UniverseSettings

if TYPE_CHECKING:
    from pylean.algorithm import QCAlgorithm
    from pylean.universes.base import Universe

__all__ = [
    "CoarseFundamentalUniverseSelectionModel",
    "ETFConstituentsUniverseSelectionModel",
    "FineFundamentalUniverseSelectionModel",
    "FundamentalUniverseSelectionModel",
]

Selector = Callable[[Any], Any]


class FundamentalUniverseSelectionModel(UniverseSelectionModel):
    """US stocks by their fundamental data: give a selector, or override ``select(algorithm, fundamental)``.

    Arguments are told apart by their type: market, selector and settings, each optional. With a truth value the older
    way holds: ``select_coarse``, and when it is true ``select_fine`` over what has fundamental data.
    """

    def __init__(
        self,
        *parts: str | bool | Selector | UniverseSettings | None,
        filter_fine_data: bool | None = None,
        universe_settings: UniverseSettings | None = None,
    ) -> None:
        self._market = "usa"
        self._selector: Selector | None = None
        self._filter_fine_data = filter_fine_data
        self._settings = universe_settings
        for part in parts:
            if isinstance(part, bool):
                self._filter_fine_data = part
            elif isinstance(part, str):
                self._market = part
            elif isinstance(part, UniverseSettings):
                self._settings = part
            elif callable(part):
                self._selector = part
            elif part is not None:
                raise TypeError(
                    f"{type(self).__name__} got {part!r}; it takes a market, a selector, settings or a bool"
                )

    def create_universes(self, algorithm: QCAlgorithm) -> Iterable[Universe]:
        if self._filter_fine_data is None:
            settings = self._settings or algorithm.universe_settings
            return [FundamentalUniverseFactory(self._market, settings, lambda data: self.select(algorithm, data))]
        universe = self.create_coarse_fundamental_universe(algorithm)
        if self._filter_fine_data:
            return [FineFundamentalFilteredUniverse(universe, lambda fine: self.select_fine(algorithm, fine))]
        return [universe]

    def create_coarse_fundamental_universe(self, algorithm: QCAlgorithm) -> Universe:
        """The universe of the older way; an own one may be made here."""

        def select(coarse: Any) -> Any:
            known = [point for point in coarse if point.has_fundamental_data] if self._filter_fine_data else coarse
            return self.select_coarse(algorithm, known)

        return CoarseFundamentalUniverse(self._settings or algorithm.universe_settings, select)

    def select(self, algorithm: QCAlgorithm, fundamental: Any) -> Any:
        """The symbols out of a day's fundamental data, or ``Universe.UNCHANGED``."""
        if self._selector is None:
            raise NotImplementedError(f"{type(self).__name__} has no selector, and does not override select")
        return self._selector(fundamental)

    def select_coarse(self, algorithm: QCAlgorithm, coarse: Any) -> Any:
        """The symbols out of a day's coarse data."""
        raise NotImplementedError(f"{type(self).__name__} does not override select_coarse")

    def select_fine(self, algorithm: QCAlgorithm, fine: Any) -> Any:
        """The symbols out of those that passed the coarse selection; all of them unless overridden."""
        return [point.symbol for point in fine]

    @staticmethod
    def coarse(coarse_selector: Selector) -> UniverseSelectionModel:
        return CoarseFundamentalUniverseSelectionModel(coarse_selector)

    @staticmethod
    def fine(coarse_selector: Selector, fine_selector: Selector) -> UniverseSelectionModel:
        return FineFundamentalUniverseSelectionModel(coarse_selector, fine_selector)

    @staticmethod
    def fundamental(selector: Selector) -> UniverseSelectionModel:
        return FundamentalUniverseSelectionModel(selector)

    Coarse, Fine, Fundamental = coarse, fine, fundamental


class CoarseFundamentalUniverseSelectionModel(FundamentalUniverseSelectionModel):
    """US stocks by a function of their coarse data."""

    def __init__(self, coarse_selector: Selector, universe_settings: UniverseSettings | None = None) -> None:
        super().__init__(filter_fine_data=False, universe_settings=universe_settings)
        self._coarse_selector = coarse_selector

    def select_coarse(self, algorithm: QCAlgorithm, coarse: Any) -> Any:
        return self._coarse_selector(coarse)


class FineFundamentalUniverseSelectionModel(FundamentalUniverseSelectionModel):
    """US stocks by a function of their coarse data, then by one of their fine data."""

    def __init__(
        self, coarse_selector: Selector, fine_selector: Selector, universe_settings: UniverseSettings | None = None
    ) -> None:
        super().__init__(filter_fine_data=True, universe_settings=universe_settings)
        self._coarse_selector = coarse_selector
        self._fine_selector = fine_selector

    def select_coarse(self, algorithm: QCAlgorithm, coarse: Any) -> Any:
        return self._coarse_selector(coarse)

    def select_fine(self, algorithm: QCAlgorithm, fine: Any) -> Any:
        return self._fine_selector(fine)


class ETFConstituentsUniverseSelectionModel(UniverseSelectionModel):
    """The constituents of an ETF, given by symbol or by its ticker of today; all of them without a filter."""

    def __init__(
        self,
        etf_symbol: Symbol | str,
        universe_settings: UniverseSettings | Selector | None = None,
        universe_filter_func: Selector | None = None,
    ) -> None:
        if universe_settings is not None and not isinstance(universe_settings, UniverseSettings):
            universe_settings, universe_filter_func = None, universe_settings
        self._etf = SYMBOL_RESOLVER.get()(etf_symbol) if isinstance(etf_symbol, str) else etf_symbol
        self._settings = universe_settings
        self._filter = universe_filter_func
        self._universe: Universe | None = None

    def create_universes(self, algorithm: QCAlgorithm) -> Iterable[Universe]:
        if self._universe is None:
            settings = self._settings or algorithm.universe_settings
            self._universe = ETFConstituentsUniverseFactory(self._etf, settings, self._filter)
        return [self._universe]
