"""Makes the algorithm's securities and subscriptions what its universes have selected."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pylean.algorithm.changes import SecurityChanges
from pylean.clock import from_ms
from pylean.feed.subscription import subscribe
from pylean.universes.triggered import UserDefinedUniverse

if TYPE_CHECKING:
    from pylean.algorithm import QCAlgorithm, Run
    from pylean.feed.stream import DataStream
    from pylean.feed.subscription import SubscriptionDataConfig
    from pylean.securities.security import Security
    from pylean.securities.symbol import Symbol
    from pylean.universes.base import Universe

__all__ = ["SelectionOutcome", "UniverseSelection"]


@dataclass(slots=True)
class SelectionOutcome:
    """What a moment's selections brought. Securities that came and went in it stay; both lists are by ticker."""

    points: int = 0
    added: dict[Symbol, Security] = field(default_factory=dict)
    removed: dict[Symbol, Security] = field(default_factory=dict)
    has_new_subscriptions: bool = False
    #: Lean's time of the selections is a tick more than the slice's.
    is_tick_late: bool = False
    #: What the selections read, to be shown to the securities it is about.
    data: list[Any] = field(default_factory=list)

    def add(self, security: Security) -> None:
        self.added[security.symbol] = security
        self.removed.pop(security.symbol, None)

    def remove(self, security: Security) -> None:
        if security.symbol not in self.added:
            self.removed[security.symbol] = security

    def changes(self) -> SecurityChanges | None:
        """What the algorithm is told; ``None`` for nothing."""
        if not self.added and not self.removed:
            return None
        return SecurityChanges(_by_ticker(self.added), _by_ticker(self.removed))


def _by_ticker(securities: dict[Symbol, Security]) -> list[Security]:
    return sorted(securities.values(), key=lambda security: security.symbol.value)


class UniverseSelection:
    """Applies selections: members come at once, and go when nothing is held or ordered of them any more."""

    def __init__(self, algorithm: QCAlgorithm, run: Run, stream: DataStream) -> None:
        self._algorithm = algorithm
        self._run = run
        self._stream = stream
        self._known: list[Universe] = []
        self._users: dict[SubscriptionDataConfig, set[int]] = {}
        self._subscribed: dict[tuple[int, Symbol], list[SubscriptionDataConfig]] = {}
        self._leaving: dict[int, tuple[Universe, dict[Symbol, Security]]] = {}

    def start(self) -> None:
        """Ask every universe that was added in ``initialize`` from now on."""
        self._algorithm.securities_by_hand.apply()
        self._take_new()

    def select(self, universes: Iterable[Universe], utc_ms: int, outcome: SelectionOutcome) -> None:
        """The selections of one instant, one after the other."""
        for universe in universes:
            self._select(universe, utc_ms, outcome)
            if universe.is_disposed and universe in self._known:
                # That was its last selection, which let its members go.
                self._stream.remove_universe(universe)
                self._known.remove(universe)
        self._show(outcome)
        if self._stream.restart_filled(utc_ms + 1):
            outcome.has_new_subscriptions = True
            for universe in self._known:
                if universe.is_filled and not universe.is_disposed:
                    universe.is_tick_late = True
                    self._select(universe, utc_ms, outcome)

    def _show(self, outcome: SelectionOutcome) -> None:
        """Let each security keep what the selections read about it."""
        for data in outcome.data:
            if len(data):
                for symbol, security in self._algorithm.securities.items():
                    point = data.of(symbol)
                    if point is not None:
                        security.cache.store_data(point)

    def end_time_step(self) -> SelectionOutcome | None:
        """Apply what the algorithm added and removed since the last call; ``None`` if no universe selects for it."""
        new = self._take_new()
        by_hand = [universe for universe in self._algorithm.securities_by_hand.apply() if universe not in new]
        ended = [universe for universe in self._known if universe.is_disposed]
        if not by_hand and not ended:
            return None
        outcome = SelectionOutcome()
        self.select([*by_hand, *ended], self._run.clock.utc_ms, outcome)
        return outcome

    def delist(self, symbol: Symbol, outcome: SelectionOutcome) -> None:
        """A security's last moment has come: it can be sold no more, and is gone from the algorithm."""
        securities = self._algorithm.securities
        security = securities.find(symbol)
        if security is None:
            return
        security.is_delisted = True
        security.reset()
        securities.remove(symbol)
        if not self._is_leaving(symbol):
            outcome.remove(security)

    def forget(self, symbol: Symbol) -> None:
        """A delisted security leaves all universes; the user-defined one selects again for it."""
        for universe in self._algorithm.universe_manager.values():
            security = universe.members.get(symbol)
            if security is None:
                continue
            if isinstance(universe, UserDefinedUniverse):
                self._algorithm.securities_by_hand.remove(security)
            else:
                universe.remove_member(self._run.clock.utc, security)

    def _take_new(self) -> list[Universe]:
        new: list[Universe] = self._algorithm.universe_manager.take_new()
        for universe in new:
            self._known.append(universe)
            self._stream.add_universe(universe, self._run.clock.utc_ms)
        return new

    def _select(self, universe: Universe, utc_ms: int, outcome: SelectionOutcome) -> None:
        utc_time = from_ms(utc_ms)
        data = universe.read(utc_ms)
        if self._run.clock.local_ms >= self._run.end_local_ms:  # the midnight after the last day
            outcome.points += len(data)
            return
        selection, data = universe.perform_selection(utc_time, data)
        outcome.points += len(data)
        outcome.data.append(data)
        if selection is not None:
            universe.selected = selection
        self._check_leaving(universe, utc_ms, outcome)
        if selection is None:
            return
        members = sorted(universe.members.items(), key=lambda item: str(item[0].id))
        for symbol, security in members:
            if symbol in selection or not universe.can_remove_member(utc_time, security):
                continue
            if not security.is_delisted and not self._is_leaving_universe(universe, symbol):
                outcome.remove(security)
            self._let_go(universe, security, utc_ms, outcome)
        for symbol in selection:
            if not universe.contains_member(symbol):
                self._take_in(universe, symbol, utc_ms, outcome)

    def _take_in(self, universe: Universe, symbol: Symbol, utc_ms: int, outcome: SelectionOutcome) -> None:
        settings = universe.universe_settings or self._algorithm.universe_settings
        security = self._algorithm.get_or_create_security(symbol, settings.leverage)
        is_new = False
        configs = self._subscriptions_of(universe, security)
        self._subscribed[id(universe), symbol] = configs
        for config in configs:
            users = self._users.setdefault(config, set())
            is_new |= not users
            users.add(id(universe))
            if config not in security.subscriptions:
                security.subscriptions.append(config)
            self._stream.add(config, self._begin_ms(universe, utc_ms))
        outcome.has_new_subscriptions |= is_new
        if configs and universe.add_member(from_ms(utc_ms), security) and is_new:
            self._algorithm.securities.add(security)
            outcome.add(security)

    def _subscriptions_of(self, universe: Universe, security: Security) -> list[SubscriptionDataConfig]:
        """What a universe subscribes a member to: what was asked for by hand, or what its settings say."""
        if isinstance(universe, UserDefinedUniverse):
            own = self._algorithm.securities_by_hand.subscriptions_of(security.symbol)
            if own:
                return own
        settings = universe.universe_settings or self._algorithm.universe_settings
        return subscribe(
            security,
            settings.resolution,
            fill_forward=settings.fill_forward,
            extended_market_hours=settings.extended_market_hours,
            data_normalization_mode=settings.data_normalization_mode,
        )

    def _begin_ms(self, universe: Universe, utc_ms: int) -> int:
        """What is added by hand while running has missed the points of this moment."""
        is_late = isinstance(universe, UserDefinedUniverse) and utc_ms > self._run.start_utc_ms
        return utc_ms + 1 if is_late else utc_ms

    def _let_go(self, universe: Universe, security: Security, utc_ms: int, outcome: SelectionOutcome) -> None:
        if self._is_safe_to_remove(security):
            self._remove(universe, security, utc_ms, outcome)
            return
        leaving = self._leaving.setdefault(id(universe), (universe, {}))[1]
        leaving[security.symbol] = security

    def _check_leaving(self, current: Universe, utc_ms: int, outcome: SelectionOutcome) -> None:
        """Let those go that had to stay because of a position or an order; what is selected again stays."""
        for key, (universe, leaving) in list(self._leaving.items()):
            for symbol, security in list(leaving.items()):
                is_safe = self._is_safe_to_remove(security)
                if is_safe or (universe is current and symbol in current.selected):
                    if is_safe:
                        self._remove(universe, security, utc_ms, outcome)
                    del leaving[symbol]
            if not leaving:
                del self._leaving[key]

    def _remove(self, universe: Universe, security: Security, utc_ms: int, outcome: SelectionOutcome) -> None:
        universe.remove_member(from_ms(utc_ms), security)
        for config in self._subscribed.pop((id(universe), security.symbol), ()):
            users = self._users.get(config, set())
            users.discard(id(universe))
            if users:
                continue
            self._users.pop(config, None)
            self._stream.remove(config)
            outcome.has_new_subscriptions = True
            if config in security.subscriptions:
                security.subscriptions.remove(config)
        if not self._is_member(security.symbol):
            security.reset()
            security.cache.reset()
            self._algorithm.securities.remove(security.symbol)

    def _is_member(self, symbol: Symbol) -> bool:
        return any(universe.contains_member(symbol) for universe in self._algorithm.universe_manager.values())

    def _is_safe_to_remove(self, security: Security) -> bool:
        holding = security.holdings
        target = getattr(holding, "target", None)
        return (
            not holding.invested
            and not self._algorithm.transactions.get_open_orders(security.symbol)
            and (target is None or not target.quantity)
        )

    def _is_leaving(self, symbol: Symbol) -> bool:
        return any(symbol in leaving for _, leaving in self._leaving.values())

    def _is_leaving_universe(self, universe: Universe, symbol: Symbol) -> bool:
        entry = self._leaving.get(id(universe))
        return entry is not None and symbol in entry[1]
