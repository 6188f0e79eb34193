"""From what a history request asks for to the points it gives."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from pylean.feed.bars import QuoteBar, TradeBar
from pylean.feed.subscription import ConsolidatorSet, SubscriptionDataConfig, TickType
from pylean.history.call import HistoryCall
from pylean.history.points import HistoryPoints, read_points
from pylean.history.start import start_of_bars
from pylean.history.universes import UniverseDay, read_universe
from pylean.naming import UnsupportedApiError
from pylean.securities.symbol import Symbol
from pylean.storage import Resolution

if TYPE_CHECKING:
    from pylean.algorithm.run import Run
    from pylean.securities.manager import SecurityManager
    from pylean.universes.base import Universe
    from pylean.universes.settings import UniverseSettings

__all__ = ["HistoryRequests"]


class HistoryRequests:
    """Reads history for one algorithm at the simulation's own time, and counts its points."""

    def __init__(self, run: Run, securities: SecurityManager, defaults: UniverseSettings) -> None:
        self._run = run
        self._securities = securities
        self._defaults = defaults

    def symbols(self, asked: Any) -> list[Symbol]:
        """One symbol or ticker, or several; all securities for ``None``. Raises KeyError for an unknown ticker."""
        if asked is None:
            return list(self._securities.keys())
        several: Iterable[Any] = asked if isinstance(asked, Iterable) and not isinstance(asked, str) else [asked]
        return [self._securities.symbol(getattr(one, "symbol", one)) for one in several]

    def points(self, call: HistoryCall) -> list[HistoryPoints]:
        """The points of every subscription that the request is about, in the order of its symbols."""
        now = self._run.clock.local
        end = call.end or now
        if end > now:
            self._run.log("debug", "A history request reached beyond now; it ends now.")
            end = now
        return [
            self.read(config, self._start(config, call, now), end)
            for symbol in self.symbols(call.symbols)
            for config in self.configs(symbol, call)
        ]

    def read(self, config: SubscriptionDataConfig, start: datetime, end: datetime) -> HistoryPoints:
        """Points of one subscription with ``start`` < end time ≤ ``end``, counted."""
        market = self._run.market
        points = read_points(config, market, market.hours(config.symbol.value), start, end)
        self._run.history_points += len(points)
        return points

    def universe(self, universe: Universe, call: HistoryCall) -> list[UniverseDay]:
        """What selections of a universe would have seen; each moment counts as one point."""
        now = self._run.clock.local
        start = call.start
        if start is None:
            start = now - call.span if call.span is not None else self._start_of_days(now, call.periods or 0)
        days = read_universe(universe, start, min(call.end or now, now))
        self._run.history_points += len(days)
        return days

    def _start_of_days(self, now: datetime, count: int) -> datetime:
        return start_of_bars(self._run.hours, now, Resolution.DAILY, count, ends_at_midnight=True)

    def latest_bars(self, config: SubscriptionDataConfig, periods: int) -> HistoryPoints:
        """The points of the time that so many bars of one subscription take, counted back from now."""
        now = self._run.clock.local
        return self.read(config, self._start(config, HistoryCall(periods=periods), now), now)

    def configs(self, symbol: Symbol, call: HistoryCall) -> list[SubscriptionDataConfig]:
        """What a request reads of a symbol: as it is subscribed, or by the universe settings without a subscription."""
        kind = _readable(call.kind)
        subscribed = self._subscribed(symbol)
        matching = [config for config in subscribed if issubclass(config.type, kind)]
        if not matching:
            chosen = self._unsubscribed(symbol, kind, call.resolution, subscribed)
        elif call.resolution is None:
            chosen = matching
        elif call.resolution in (Resolution.HOUR, Resolution.DAILY):
            chosen = [config for config in matching if config.tick_type is not TickType.QUOTE]
        elif call.kind is None and all(config.tick_type is not TickType.QUOTE for config in matching):
            like = matching[0]
            chosen = [
                SubscriptionDataConfig(
                    symbol,
                    call.resolution,
                    TickType.QUOTE,
                    fill_forward=like.fill_forward,
                    extended_market_hours=like.extended_market_hours,
                ),
                *matching,
            ]
        else:
            chosen = matching
        return [self._as_asked(config, call) for config in chosen]

    def _subscribed(self, symbol: Symbol) -> list[SubscriptionDataConfig]:
        """The coarsest first, quotes before trades; the benchmark's internal one only where there is no other."""
        known = self._securities[symbol].subscriptions if symbol in self._securities else []
        if not known:
            internal = self._run.benchmark_subscription() if self._run.has_benchmark_feed else None
            known = [internal] if internal is not None and internal.symbol == symbol else []
        return sorted(known, key=lambda config: (config.resolution, config.tick_type), reverse=True)

    def _unsubscribed(
        self, symbol: Symbol, kind: type, resolution: Resolution | None, others: list[SubscriptionDataConfig]
    ) -> list[SubscriptionDataConfig]:
        defaults = self._defaults
        like = others[0] if others else None
        finest = min((config.resolution for config in others), default=Resolution(defaults.resolution))
        chosen = finest if resolution is None else resolution
        ticks = [TickType.TRADE] if chosen >= Resolution.HOUR else [TickType.QUOTE, TickType.TRADE]
        configs = [
            SubscriptionDataConfig(
                symbol,
                chosen,
                tick_type,
                fill_forward=defaults.fill_forward,
                extended_market_hours=(like or defaults).extended_market_hours,
                data_normalization_mode=(like or defaults).data_normalization_mode,
            )
            for tick_type in ticks
        ]
        return [config for config in configs if issubclass(config.type, kind)]

    @staticmethod
    def _as_asked(config: SubscriptionDataConfig, call: HistoryCall) -> SubscriptionDataConfig:
        options = {
            "resolution": call.resolution,
            "fill_forward": call.fill_forward,
            "extended_market_hours": call.extended_market_hours,
            "data_normalization_mode": call.data_normalization_mode,
        }
        given: dict[str, Any] = {name: value for name, value in options.items() if value is not None}
        asked = replace(config, consolidators=ConsolidatorSet(), **given)
        return replace(asked, extended_market_hours=False) if asked.resolution is Resolution.DAILY else asked

    def _start(self, config: SubscriptionDataConfig, call: HistoryCall, now: datetime) -> datetime:
        if call.start is not None:
            return call.start
        if call.span is not None:
            return now - call.span
        extended = call.extended_market_hours
        if extended is None:
            extended = any(one.extended_market_hours for one in self._subscribed(config.symbol))
        hours = self._run.market.hours(config.symbol.value)
        is_fine = config.resolution < Resolution.HOUR
        return start_of_bars(hours, now, config.resolution, call.periods or 0, extended=extended and is_fine)


def _readable(kind: type | None) -> type:
    """The class of what is read. Raises UnsupportedApiError for data that history does not know."""
    if kind is None:
        return object
    if kind not in (TradeBar, QuoteBar):
        raise UnsupportedApiError("history", getattr(kind, "__name__", str(kind)))
    return kind
