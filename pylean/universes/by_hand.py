"""Securities that an algorithm adds and removes itself: the user-defined universe."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from pylean.universes.settings import UniverseSettings
from pylean.universes.symbols import named_universe_symbol
from pylean.universes.triggered import UserDefinedUniverse

if TYPE_CHECKING:
    from pylean.feed.subscription import SubscriptionDataConfig
    from pylean.securities.security import Security
    from pylean.securities.symbol import Symbol
    from pylean.universes.manager import UniverseManager
    from pylean.universes.source import UniverseSource

__all__ = ["SecuritiesByHand"]

_NAME = "qc-universe-userdefined-usa-Equity"


class SecuritiesByHand:
    """What was added by hand, with its own subscriptions; it joins or leaves its universe when the time step ends."""

    def __init__(self, manager: UniverseManager, source: UniverseSource) -> None:
        self._manager = manager
        self._source = source
        self._subscriptions: dict[Symbol, list[SubscriptionDataConfig]] = {}
        self._leaving: dict[Symbol, list[SubscriptionDataConfig]] = {}
        self._pending: dict[Symbol, UserDefinedUniverse | None] = {}

    def add(self, security: Security, configs: list[SubscriptionDataConfig]) -> None:
        """A security comes, or gets more subscriptions."""
        known = self._subscriptions.setdefault(security.symbol, [])
        new = [config for config in configs if config not in known]
        known += new
        if not new:
            return
        symbol = named_universe_symbol(_NAME)
        if symbol not in self._manager:
            first = configs[0]
            settings = UniverseSettings(
                resolution=first.resolution,
                fill_forward=first.fill_forward,
                extended_market_hours=first.extended_market_hours,
                minimum_time_in_universe=timedelta(0),  # what is removed by hand goes at once
            )
            universe = UserDefinedUniverse(symbol, first.resolution, settings)
            universe.source = self._source
            self._manager.add(symbol, universe)
        self._pending[security.symbol] = None
        self._manager.is_changed = True

    def remove(self, security: Security) -> None:
        """A security leaves the user-defined universes it is in; additions that wait are forgotten."""
        symbol = security.symbol
        self._pending.pop(symbol, None)
        for universe in self._manager.values():
            if isinstance(universe, UserDefinedUniverse) and universe.contains_member(symbol):
                self._pending[symbol] = universe
                self._manager.is_changed = True
        self._leaving[symbol] = self._subscriptions.pop(symbol, [])

    def subscriptions_of(self, symbol: Symbol) -> list[SubscriptionDataConfig]:
        """What a security was added with; empty if it came otherwise."""
        return self._subscriptions.get(symbol) or self._leaving.get(symbol, [])

    def apply(self) -> list[UserDefinedUniverse]:
        """Let what is pending join and leave; the universes that have to select again."""
        changed: dict[int, UserDefinedUniverse] = {}
        for symbol, leaves in self._pending.items():
            universe = leaves or self._manager[named_universe_symbol(_NAME)]
            assert isinstance(universe, UserDefinedUniverse)  # noqa: S101 - nobody else can have this symbol
            if leaves is None:
                universe.add(symbol)
                changed[id(universe)] = universe
            elif universe.remove(symbol):
                changed[id(universe)] = universe
        self._pending.clear()
        return list(changed.values())
