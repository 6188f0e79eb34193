"""Universe selection models that need no data: lists, functions of time and schedules."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from pylean.framework.selection import UniverseSelectionModel
from pylean.securities.security_type import Market, SecurityType
from pylean.securities.symbol import Symbol
from pylean.universes.base import Universe
from pylean.universes.settings import UniverseSettings
from pylean.universes.symbols import named_universe_symbol
from pylean.universes.triggered import CustomUniverse, ManualUniverse, ScheduledUniverse

if TYPE_CHECKING:
    from pylean.algorithm import QCAlgorithm

__all__ = [
    "CustomUniverseSelectionModel",
    "InceptionDateUniverseSelectionModel",
    "ManualUniverseSelectionModel",
    "ScheduledUniverseSelectionModel",
]

_ONE_DAY = timedelta(days=1)


class ManualUniverseSelectionModel(UniverseSelectionModel):
    """Fixed symbols, given one by one or as a list."""

    def __init__(
        self,
        *symbols: Symbol | Iterable[Symbol] | UniverseSettings | None,
        universe_settings: UniverseSettings | None = None,
    ) -> None:
        self._symbols: list[Symbol] = []
        self._settings = universe_settings
        for part in symbols:
            if isinstance(part, UniverseSettings):
                self._settings = part
            elif isinstance(part, Symbol):
                self._symbols.append(part)
            elif part is not None:
                self._symbols += part

    def create_universes(self, algorithm: QCAlgorithm) -> Iterable[Universe]:
        settings = self._settings or algorithm.universe_settings
        if not self._symbols:
            return []
        for symbol in self._symbols:
            algorithm.securities.added_by_hand(symbol)
        names = "-".join(symbol.id for symbol in self._symbols)
        symbol = named_universe_symbol(f"MANUAL-UNIVERSE-SELECTION-MODEL-EQUITY-USA-{names}")
        return [ManualUniverse(symbol, settings.resolution, settings, self._symbols)]


class CustomUniverseSelectionModel(UniverseSelectionModel):
    """Tickers from a function of the local time, each day: ``(name, selector)``, or the six arguments.

    Subclasses may override ``select(algorithm, date)`` instead.
    """

    def __init__(self, *parts: Any) -> None:
        security_type, name, market, selector, settings, interval = _custom_parts(parts)
        if security_type != SecurityType.EQUITY or market != Market.USA:
            raise ValueError(
                f"security type and market are {security_type!r} and {market!r}; only US equities have data"
            )
        self._name = f"{name}-{security_type.name.title()}-{market}"
        self._selector: Callable[[datetime], Any] | None = selector
        self._settings: UniverseSettings | None = settings
        self._interval: timedelta = interval

    def create_universes(self, algorithm: QCAlgorithm) -> Iterable[Universe]:
        settings = self._settings or algorithm.universe_settings
        universe = CustomUniverse(
            self._name, settings.resolution, settings, self._interval, lambda when: self.select(algorithm, when)
        )
        universe.is_filled = settings.fill_forward
        return [universe]

    def select(self, algorithm: QCAlgorithm, date: datetime) -> Any:
        """The tickers at a local time, or ``Universe.UNCHANGED``."""
        if self._selector is None:
            raise ValueError(f"{type(self).__name__} has no selector, and does not override select(algorithm, date)")
        return self._selector(date)

    def __str__(self) -> str:
        return self._name.upper()


def _custom_parts(parts: tuple[Any, ...]) -> tuple[Any, ...]:
    if len(parts) in (1, 2):
        return SecurityType.EQUITY, parts[0], Market.USA, parts[1] if len(parts) == 2 else None, None, _ONE_DAY
    if len(parts) == 6:
        return parts
    raise TypeError(
        f"a CustomUniverseSelectionModel takes a name and a selector, or security type, name, market, selector, "
        f"settings and interval; got {len(parts)} arguments"
    )


class InceptionDateUniverseSelectionModel(CustomUniverseSelectionModel):
    """Tickers that join on a day each and stay: ``(name, {ticker: day})``, in the order of the dictionary."""

    def __init__(self, name: str, tickers_by_date: dict[str, datetime]) -> None:
        super().__init__(name)
        self._waiting = list(tickers_by_date.items())
        self._tickers: list[str] = []

    def select(self, algorithm: QCAlgorithm, date: datetime) -> Any:
        joined = 0
        while joined < len(self._waiting) and self._waiting[joined][1] <= date:
            joined += 1
        if not joined:
            return Universe.UNCHANGED
        self._tickers += [ticker for ticker, _ in self._waiting[:joined]]
        del self._waiting[:joined]
        return list(self._tickers)


class ScheduledUniverseSelectionModel(UniverseSelectionModel):
    """Symbols from a function of the UTC time: ``([time_zone,] date_rule, time_rule, selector, settings=None)``."""

    def __init__(self, *parts: Any, settings: UniverseSettings | None = None) -> None:
        self._parts = parts
        self._settings = settings
        ScheduledUniverse(*parts, settings=settings)  # what is wrong with the parts is said here, as in Lean

    def create_universes(self, algorithm: QCAlgorithm) -> Iterable[Universe]:
        universe = ScheduledUniverse(*self._parts, settings=self._settings)
        if universe.universe_settings is None:
            universe.universe_settings = algorithm.universe_settings
        return [universe]
