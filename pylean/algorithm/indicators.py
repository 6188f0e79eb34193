"""Indicators that the algorithm sets up in one call, and indicators fed with history."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from pylean.algorithm.consolidation import ConsolidationMixin
from pylean.algorithm.history import HistoryMixin
from pylean.algorithm.indicator_history import IndicatorHistory, recorded
from pylean.algorithm.indicator_method import feeding
from pylean.algorithm.indicator_methods import IndicatorMethods
from pylean.consolidators.base import DataConsolidator
from pylean.feed.bars import QuoteBar, TradeBar
from pylean.history import HistoryCall, HistorySlice, slices_of, start_of_bars
from pylean.indicators import (
    FilteredIdentity,
    Identity,
    Indicator,
    IndicatorBase,
    IndicatorDataPoint,
    IntradayVwap,
    PythonIndicator,
    TradeBarIndicator,
    ValueAtRisk,
    Variance,
    VolumeWeightedAveragePriceIndicator,
)
from pylean.indicators.fields import selected_value
from pylean.indicators.python_indicator import as_indicator
from pylean.naming import assignable
from pylean.securities.symbol import Symbol
from pylean.storage import Resolution

__all__ = ["IndicatorsMixin"]

Period = Resolution | timedelta
Selector = Callable[[Any], Any]

_RESOLUTION_NAMES = {
    Resolution.TICK: "tick",
    Resolution.SECOND: "sec",
    Resolution.MINUTE: "min",
    Resolution.HOUR: "hr",
    Resolution.DAILY: "day",
}


@assignable("enable_automatic_indicator_warm_up")
class IndicatorsMixin(IndicatorMethods, ConsolidationMixin, HistoryMixin):
    """Indicators fed by a symbol's bars, and warmed up with its history."""

    @property
    def enable_automatic_indicator_warm_up(self) -> bool:
        """Lean's older place of ``settings.automatic_indicator_warm_up``."""
        return self.settings.automatic_indicator_warm_up

    @enable_automatic_indicator_warm_up.setter
    def enable_automatic_indicator_warm_up(self, is_enabled: bool) -> None:
        self.settings.automatic_indicator_warm_up = is_enabled

    def register_indicator(
        self,
        symbol: Symbol | str,
        indicator: Any,
        resolution: Period | DataConsolidator | None = None,
        selector: Selector | None = None,
    ) -> None:
        """Feed an indicator, or an object of the algorithm's own, with the symbol's bars, as they come or of a period.

        ``selector`` takes of a bar the value, or for indicators of bars the bar, to feed. Raises ValueError for bars of
        a kind that the indicator does not take.
        """
        known = self._own_indicator(indicator)
        data_type = getattr(selector, "data_type", None)
        consolidator = (
            self.resolve_consolidator(_symbol_of(symbol), resolution, data_type)
            if resolution is None or isinstance(resolution, Resolution | timedelta)
            else resolution
        )
        takes_trades = isinstance(known, TradeBarIndicator) and selector is None
        if takes_trades and not issubclass(consolidator.output_type, TradeBar):
            raise ValueError(f"{known.name} takes trade bars: {consolidator.output_type.__name__} cannot feed it")
        known.consolidators.append(consolidator)
        self.subscription_manager.add_consolidator(_symbol_of(symbol), consolidator)
        feed = _feeder(known, selector)
        consolidator.relays += lambda sender, bar: feed(bar)

    def unregister_indicator(self, indicator: Any) -> None:
        """Stop feeding an indicator."""
        known = self._own_indicator(indicator)
        for consolidator in known.consolidators:
            self.subscription_manager.remove_consolidator(None, consolidator)
        known.consolidators.clear()

    deregister_indicator = unregister_indicator

    def feed_indicator(
        self,
        indicator: IndicatorBase,
        symbols: list[Symbol | str],
        resolution: Period | None = None,
        selector: Selector | None = None,
    ) -> None:
        """Register an indicator with each symbol, and warm it up where the settings say so."""
        for symbol in symbols:
            self.register_indicator(symbol, indicator, resolution, selector)
        if self.settings.automatic_indicator_warm_up:
            self.warm_up_indicator(symbols, indicator, resolution, selector)

    def create_indicator_name(self, symbol: Symbol | str | None, type: str, resolution: Period | None = None) -> str:
        """``SMA(10)`` of SPY by the minute is ``SMA(10,SPY_min)``; without a resolution the symbol's own."""
        known = None if symbol is None else self.securities.symbol(_symbol_of(symbol))
        chosen = self.subscribed_resolution(known) if resolution is None and known is not None else resolution
        shown = _RESOLUTION_NAMES[chosen] if isinstance(chosen, Resolution) else "" if chosen is None else str(chosen)
        where = shown if known is None else f"{known}_{shown}"
        return f"{type}({where})".replace(")(", ",")

    def subscribed_resolution(self, symbol: Symbol | str) -> Resolution:
        """Resolution of the symbol's first subscription, trades before quotes. Raises KeyError without one."""
        security = self.securities[self.securities.symbol(_symbol_of(symbol))]
        return min(security.subscriptions, key=lambda config: config.tick_type).resolution

    def has_trade_bars(self, symbol: Symbol | str) -> bool:
        security = self.securities[self.securities.symbol(_symbol_of(symbol))]
        return any(config.type is TradeBar for config in security.subscriptions)

    def warm_up_indicator(
        self,
        symbol: Any,
        indicator: Any,
        resolution: Period | None = None,
        selector: Selector | None = None,
    ) -> None:
        """Reset an indicator and feed it so many bars before now as it needs; of a period they are consolidated."""
        known = self._own_indicator(indicator)
        symbols = self._several(symbol)
        if not known.warm_up_period:
            if isinstance(known, PythonIndicator) and not isinstance(resolution, timedelta):
                known.reset()
            else:
                self.debug(f"{known.name} names no warm_up_period: it is not warmed up.")
        elif isinstance(resolution, timedelta):
            self._warm_up_consolidated(symbols, known, resolution, selector)
        else:
            self.indicator_history(known, symbols, 0, resolution=resolution, selector=selector)

    def indicator_history(self, indicator: Any, symbols: Any, *window: Any, **options: Any) -> IndicatorHistory:
        """Values of an indicator, which is reset, over history: ``(indicator, symbols, periods | span | start, end,
        [resolution, selector])``, or ``(indicator, slices, [selector])``."""
        known = self._own_indicator(indicator)
        rest, resolution, selector = feeding(window, options, (Resolution,))
        rest += [options.pop(name) for name in ("period", "span", "start", "end") if name in options]
        if options:
            raise TypeError(f"indicator_history has no parameter {', '.join(sorted(options))}")
        rest = [one for one in rest if one is not None]
        slices = symbols if not rest else self._history_of(self._several(symbols), known, rest, resolution)
        feed = _feeder(known, selector)

        def push() -> None:
            for slice in slices:
                for data in _data_of(slice, known, selector):
                    feed(data)

        return recorded(known, push)

    def identity(
        self, symbol: Symbol | str, *arguments: Any, field_name: str | None = None, **options: Any
    ) -> Identity:
        """``(symbol, [resolution | timedelta,] [selector,] [field_name])``: the values themselves."""
        name, resolution, selector = self._identity_arguments(symbol, arguments, field_name, options)
        indicator = Identity(name)
        if isinstance(resolution, timedelta):
            # Lean warms up only what is fed by a resolution.
            self.register_indicator(symbol, indicator, resolution, selector)
        else:
            self.feed_indicator(indicator, [symbol], resolution, selector)
        return indicator

    def filtered_identity(
        self,
        symbol: Symbol | str,
        *arguments: Any,
        filter: Callable[[Any], bool] | None = None,
        field_name: str | None = None,
        **options: Any,
    ) -> FilteredIdentity:
        """``(symbol, [resolution | timedelta,] [selector,] [filter, field_name])``: the values that pass a filter."""
        given = [one for one in arguments if one is not None]
        functions = [one for one in given if callable(one)]
        if len(functions) > 1:
            filter = functions[1]
            given.remove(filter)
        name, resolution, selector = self._identity_arguments(symbol, tuple(given), field_name, options)
        indicator = FilteredIdentity(name, filter)
        self.register_indicator(symbol, indicator, resolution, selector)
        return indicator

    def var(self, symbol: Symbol | str, *arguments: Any, **options: Any) -> Variance | ValueAtRisk:
        """``(symbol, period)``: the variance. ``(symbol, period, confidence_level)``: the value at risk."""
        rest, resolution, selector = feeding(arguments, options)
        values = [*rest, *options.values()]
        name = self.create_indicator_name(symbol, f"VAR({','.join(map(str, values))})", resolution)
        if len(values) < 2:
            return self.v(symbol, *values, resolution=resolution, selector=selector)
        indicator = ValueAtRisk(name, *values)
        self.feed_indicator(indicator, [symbol], resolution, selector)
        return indicator

    def vwap(
        self, symbol: Symbol | str, period: int | None = None, resolution: Period | None = None, selector: Any = None
    ) -> VolumeWeightedAveragePriceIndicator | IntradayVwap:
        """Over a number of bars, or without one over each day."""
        if period is None:
            intraday = IntradayVwap(self.create_indicator_name(symbol, "VWAP"))
            self.register_indicator(symbol, intraday)
            return intraday
        name = self.create_indicator_name(symbol, f"VWAP({period})", resolution)
        indicator = VolumeWeightedAveragePriceIndicator(name, period)
        self.feed_indicator(indicator, [symbol], resolution, selector)
        return indicator

    @cached_property
    def _wrapped_indicators(self) -> dict[int, IndicatorBase]:
        """Objects that are no indicators by class, by identity: what feeds them has to be found again."""
        return {}

    def _own_indicator(self, indicator: Any) -> IndicatorBase:
        if isinstance(indicator, IndicatorBase):
            return indicator
        return self._wrapped_indicators.setdefault(id(indicator), as_indicator(indicator))

    def _several(self, symbols: Any) -> list[Symbol]:
        several = symbols if isinstance(symbols, Iterable) and not isinstance(symbols, str) else [symbols]
        return [self.securities.symbol(_symbol_of(one)) for one in several]

    def _identity_arguments(
        self, symbol: Symbol | str, arguments: tuple[Any, ...], field_name: str | None, options: dict[str, Any]
    ) -> tuple[str, Period | None, Selector | None]:
        rest = [one for one in arguments if one is not None]
        if rest and isinstance(rest[-1], str):
            field_name = rest.pop()
        _, resolution, selector = feeding(rest, options)
        field = field_name or "close"
        if isinstance(resolution, timedelta):
            known = self.securities.symbol(_symbol_of(symbol))
            return f"{known}({field},{_time_span_text(resolution)})", resolution, selector
        chosen = self.subscribed_resolution(symbol) if resolution is None else resolution
        return self.create_indicator_name(symbol, field, chosen), chosen, selector

    def _history_of(
        self, symbols: list[Symbol], indicator: IndicatorBase, window: list[Any], resolution: Any
    ) -> list[HistorySlice]:
        """Slices of the window and of what the indicator needs to be ready at its first point."""
        before = indicator.warm_up_period
        first = window[0]
        if isinstance(first, timedelta):
            window, first = [self.time - first, self.time], self.time - first
        if isinstance(first, datetime):
            start = self._start_before(symbols, first, before - 1, resolution)
            return self._slices(HistoryCall(symbols=symbols, start=start, end=window[1], resolution=resolution))
        periods = int(first) + (before - 1 if before and first else before)
        return self._slices(HistoryCall(symbols=symbols, periods=periods, resolution=resolution))

    def _slices(self, call: HistoryCall) -> list[HistorySlice]:
        return slices_of(self._history_requests.points(call))

    def _start_before(
        self, symbols: list[Symbol], start: datetime, bars: int, resolution: Resolution | None
    ) -> datetime:
        """The earliest start of so many bars before a moment."""
        if bars <= 0:
            return start
        earliest = start
        for symbol in symbols:
            hours = self._lean.market.hours(symbol.value)
            for config in self._history_requests.configs(symbol, HistoryCall(periods=bars, resolution=resolution)):
                extended = config.extended_market_hours and config.resolution < Resolution.HOUR
                earliest = min(earliest, start_of_bars(hours, start, config.resolution, bars, extended=extended))
        return earliest

    def _warm_up_consolidated(
        self, symbols: list[Symbol], indicator: IndicatorBase, period: timedelta, selector: Selector | None
    ) -> None:
        """As Lean, this feeds without a reset, from bars of the longest resolution within the period."""
        resolution = max(one for one in Resolution if one.period <= period)
        bars = indicator.warm_up_period * max(1, period // resolution.period if resolution.period else 1)
        feed = _feeder(indicator, selector)
        slices = self._slices(HistoryCall(symbols=symbols, periods=bars, resolution=resolution))
        consolidators = {symbol: self._temporary_consolidator(symbol, period, resolution) for symbol in symbols}
        for consolidator in consolidators.values():
            consolidator.relays += lambda sender, bar: feed(bar)
        for slice in slices:
            for symbol, consolidator in consolidators.items():
                bars_of_kind = slice.quote_bars if consolidator.input_type is QuoteBar else slice.bars
                data = bars_of_kind.get(symbol)
                if data is not None:
                    consolidator.update(data)
        for consolidator in consolidators.values():
            if consolidator.working_data is not None:
                consolidator.scan(self.time)

    def _temporary_consolidator(self, symbol: Symbol, period: timedelta, resolution: Resolution) -> DataConsolidator:
        if symbol in self.securities and self.securities[symbol].subscriptions:
            return self.resolve_consolidator(symbol, period)
        return self.create_consolidator(timedelta(0) if resolution.period == period else period, TradeBar)


def _symbol_of(symbol: Any) -> Symbol | str:
    """A symbol, a ticker, or what has a symbol."""
    return symbol if isinstance(symbol, str) else getattr(symbol, "symbol", symbol)


def _time_span_text(span: timedelta) -> str:
    """``[d.]hh:mm:ss``, as .NET writes a span of whole seconds."""
    minutes, seconds = divmod(span.seconds, 60)
    days = f"{span.days}." if span.days else ""
    return f"{days}{minutes // 60:02}:{minutes % 60:02}:{seconds:02}"


def _feeder(indicator: IndicatorBase, selector: Selector | None) -> Callable[[Any], None]:
    """Feeds a bar as the indicator takes it."""
    take = indicator.take
    if selector is None:
        return take
    if isinstance(indicator, Indicator):
        return lambda bar: take(IndicatorDataPoint.at(bar, selected_value(selector, bar)))
    return lambda bar: take(selector(bar))


def _data_of(slice: Any, indicator: IndicatorBase, selector: Selector | None) -> list[Any]:
    """What a slice has for an indicator: bars of the kind that it or its selector needs."""
    if getattr(selector, "data_type", None) is QuoteBar:
        return list(slice.quote_bars.values())
    if isinstance(indicator, TradeBarIndicator) or getattr(selector, "data_type", None) is TradeBar:
        return list(slice.bars.values())
    return list(slice.values())
