"""Consolidators that the algorithm sets up in one call."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from pylean.algorithm.core import AlgorithmCore
from pylean.consolidators import (
    BaseDataConsolidator,
    DataConsolidator,
    IdentityDataConsolidator,
    MarketHourAwareConsolidator,
    QuoteBarConsolidator,
    RangeBar,
    RangeConsolidator,
    RenkoBar,
    RenkoConsolidator,
    TradeBarConsolidator,
    VolumeRenkoBar,
    VolumeRenkoConsolidator,
)
from pylean.consolidators.calendar import CalendarFunction
from pylean.feed.bars import QuoteBar, TradeBar
from pylean.feed.subscription import SubscriptionDataConfig, TickType
from pylean.securities.symbol import Symbol
from pylean.storage import Resolution

__all__ = ["ConsolidationMixin"]

ConsolidationPeriod = Resolution | timedelta | int | CalendarFunction

_BY_COUNT: dict[type, type[DataConsolidator]] = {TradeBar: TradeBarConsolidator, QuoteBar: QuoteBarConsolidator}
_BY_PRICE: dict[type, Callable[[float], DataConsolidator]] = {
    RangeBar: lambda size: RangeConsolidator(int(size)),
    RenkoBar: RenkoConsolidator,
    VolumeRenkoBar: VolumeRenkoConsolidator,
}


class ConsolidationMixin(AlgorithmCore):
    """Consolidators by period, calendar, or kind of bar."""

    _warned_of_extended_hours = False

    def consolidate(self, *arguments: Any, **named: Any) -> DataConsolidator:
        """``(symbol, period, [tick_type,] handler)`` or ``(bar type, symbol, size, tick_type, handler)``.

        ``period`` is a resolution (a day is then a market day), a timedelta, a calendar function or a number of bars;
        ``size`` is the brick of a RenkoBar or VolumeRenkoBar, the price steps of a RangeBar, else a number of bars.
        Without a handler the consolidator is made and not fed.
        """
        if "type" in named or (arguments and isinstance(arguments[0], type)):
            return self._consolidate_to(*arguments, **named)
        if len(arguments) == 3 and not isinstance(arguments[2], TickType) and "handler" not in named:
            return self._consolidate(*arguments[:2], handler=arguments[2], **named)
        return self._consolidate(*arguments, **named)

    def resolve_consolidator(
        self, symbol: Symbol | str, resolution: ConsolidationPeriod | None = None, data_type: type | None = None
    ) -> DataConsolidator:
        """A consolidator of the symbol's bars to a period, by default as they come; it is not fed yet.

        Raises ValueError for a period below the subscription's bars.
        """
        return self._consolidator(symbol, resolution, TickType.QUOTE if data_type is QuoteBar else None)

    def create_consolidator(
        self, period: timedelta, consolidator_input_type: type, tick_type: TickType | None = None
    ) -> DataConsolidator:
        """A consolidator of a kind of data to a period; a period of 0 passes the data on."""
        if not period:
            return IdentityDataConsolidator(consolidator_input_type)
        return _consolidator_of(consolidator_input_type, period)

    def _consolidate(
        self,
        symbol: Symbol | str,
        period: ConsolidationPeriod | None = None,
        tick_type: TickType | None = None,
        handler: Callable[[Any], Any] | None = None,
        calendar: CalendarFunction | None = None,
    ) -> DataConsolidator:
        consolidator = self._consolidator(symbol, period if calendar is None else calendar, tick_type)
        return self._fed(symbol, consolidator, tick_type, handler)

    def _consolidate_to(
        self,
        type: type,
        symbol: Symbol | str,
        size: float,
        tick_type: TickType | None = None,
        handler: Callable[[Any], Any] | None = None,
    ) -> DataConsolidator:
        if type in _BY_PRICE:
            consolidator = _BY_PRICE[type](size)
        else:
            consolidator = _BY_COUNT.get(type, BaseDataConsolidator)(int(size))
        return self._fed(symbol, consolidator, tick_type, handler)

    def _fed(
        self,
        symbol: Symbol | str,
        consolidator: DataConsolidator,
        tick_type: TickType | None,
        handler: Callable[[Any], Any] | None,
    ) -> DataConsolidator:
        if handler is not None:
            consolidator.relays += lambda sender, bar: handler(bar)
            self.subscription_manager.add_consolidator(symbol, consolidator, tick_type)
        return consolidator

    def _consolidator(
        self, symbol: Symbol | str, period: ConsolidationPeriod | None, tick_type: TickType | None
    ) -> DataConsolidator:
        security = self.securities[symbol]
        ordered = sorted(security.subscriptions, key=lambda config: config.tick_type)
        if not ordered:
            raise ValueError(f"{symbol} has no data to consolidate; subscribe with add_equity first")
        config = next((one for one in ordered if tick_type in (None, one.tick_type)), ordered[0])
        consolidator = self._consolidator_for(config, period)
        consolidator.attach(security.symbol, security.exchange)
        return consolidator

    def _consolidator_for(self, config: SubscriptionDataConfig, period: ConsolidationPeriod | None) -> DataConsolidator:
        if period is None:
            return IdentityDataConsolidator(config.type)
        if not isinstance(period, Resolution | timedelta):
            return _consolidator_of(config.type, period)
        span = period.period if isinstance(period, Resolution) else period
        subscribed = config.resolution
        if span < subscribed.period:
            raise ValueError(f"{config.symbol} has {subscribed.folder} bars: they cannot be consolidated to {span}")
        if span == subscribed.period:
            return IdentityDataConsolidator(config.type)
        if period is not Resolution.DAILY:
            # A time span of a day is a calendar day, as in Lean; only the resolution is a market day.
            return _consolidator_of(config.type, span)
        return MarketHourAwareConsolidator(True, period, config.type, config.tick_type, self._has_extended_days(config))

    def _has_extended_days(self, config: SubscriptionDataConfig) -> bool:
        wanted = self.settings.daily_consolidation_use_extended_market_hours
        if config.extended_market_hours and not wanted and not self._warned_of_extended_hours:
            self._warned_of_extended_hours = True
            self.debug(
                f"{config.symbol} is subscribed with extended market hours, but its daily bars leave them out; set "
                "settings.daily_consolidation_use_extended_market_hours to include them."
            )
        return config.extended_market_hours and wanted


def _consolidator_of(data_type: type, period: timedelta | int | CalendarFunction) -> DataConsolidator:
    maker: Callable[[Any], DataConsolidator] = _BY_COUNT.get(data_type, BaseDataConsolidator)
    return maker(period)
