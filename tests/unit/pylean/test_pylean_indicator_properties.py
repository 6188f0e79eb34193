"""What holds of every indicator class, whatever valid bars it is given.

A new class is made from its parameters' names; add to ``VALUES`` or ``MAKERS`` if that does not make one.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

import pylean.indicators
import pylean.indicators.candlesticks
from pylean.consolidators import RenkoConsolidator
from pylean.feed.bars import Bar, QuoteBar, TradeBar
from pylean.indicators import (
    Alpha,
    BarIndicator,
    BarWindowIndicator,
    Beta,
    CompositeIndicator,
    ConstantIndicator,
    Correlation,
    Covariance,
    DerivedIndicator,
    DualSymbolIndicator,
    FunctionalIndicator,
    Indicator,
    IndicatorBase,
    IntradayVwap,
    MarketProfile,
    McClellanOscillator,
    McClellanSummationIndex,
    Momersion,
    MomersionIndicator,
    MultiSymbolIndicator,
    PivotPointsHighLow,
    PythonIndicator,
    ResetCompositeIndicator,
    SmoothedOnBalanceVolume,
    SwissArmyKnifeTool,
    TradeBarIndicator,
    WindowIndicator,
)
from pylean.indicators.candlesticks import AbandonedBaby, CandlestickPattern, MatHold, RiseFallThreeMethods
from pylean.securities.symbol import Symbol
from tests.unit.pylean.indicator_inputs import START, SYMBOL, bar_lists, bars

OTHER = Symbol("IBM", "IBM R735QTJ8XC9X")

#: Made of functions or of other indicators, or made to be derived from: they have tests of their own.
EXCLUDED = {
    BarIndicator,
    BarWindowIndicator,
    CandlestickPattern,
    CompositeIndicator,
    ConstantIndicator,
    DerivedIndicator,
    DualSymbolIndicator,
    FunctionalIndicator,
    Indicator,
    IndicatorBase,
    MarketProfile,
    MultiSymbolIndicator,
    PythonIndicator,
    ResetCompositeIndicator,
    TradeBarIndicator,
    WindowIndicator,
}

PAIRED = {Alpha, Beta, Correlation, Covariance}

MAKERS: dict[type[Any], Callable[[], Any]] = {
    Alpha: lambda: Alpha(SYMBOL, OTHER, 4),
    Beta: lambda: Beta(SYMBOL, OTHER, 4),
    Correlation: lambda: Correlation(SYMBOL, OTHER, 4),
    Covariance: lambda: Covariance(SYMBOL, OTHER, 4),
    Momersion: lambda: Momersion(4, 8),
    MomersionIndicator: lambda: MomersionIndicator(8),
    PivotPointsHighLow: lambda: PivotPointsHighLow(2, 3, 100),
}

#: Values of parameters without a default, by name; other periods are 4.
VALUES: dict[str, Any] = {
    "ar_order": 1,
    "atr_mult": 2,
    "bollinger_multiplier": 2,
    "confidence_level": 0.95,
    "delta": 0.1,
    "diff_order": 1,
    "fast_period": 2,
    "k": 2,
    "keltner_multiplier": 1.5,
    "limit_move": 8,
    "ma_order": 1,
    "multiplier": 3,
    "tool": SwissArmyKnifeTool.BUTTER,
    "type": 0,
}


def make(indicator_class: type[Any]) -> Any:
    """An indicator with short periods."""
    if indicator_class in MAKERS:
        return MAKERS[indicator_class]()
    parameters = list(inspect.signature(indicator_class.__init__).parameters.values())[1:]
    needed = [one.name for one in parameters if one.default is one.empty and one.kind is one.POSITIONAL_OR_KEYWORD]
    values = {name: "mine" if name == "name" else VALUES.get(name, 4) for name in needed}
    if values.get("period") == 4 and issubclass(indicator_class, LONGER):
        values["period"] = 30
    indicator = indicator_class(**values)
    if hasattr(indicator_class, "add"):
        indicator.add(SYMBOL)
        indicator.add(OTHER)
    return indicator


#: Steps from the warm-up period to being ready, where Lean has them apart.
READY_LATER: dict[type[Any], int] = {
    AbandonedBaby: 1,
    MatHold: 1,
    McClellanOscillator: -1,
    McClellanSummationIndex: -1,
    RiseFallThreeMethods: 1,
}

#: Its reset keeps the sum, as Lean's does.
NOT_RESET = {McClellanSummationIndex}

#: ARIMA, Hurst's exponent: estimates that need a longer series to begin with.
LONGER = (pylean.indicators.AutoRegressiveIntegratedMovingAverage, pylean.indicators.HurstExponent)


def indicator_classes() -> list[type[Any]]:
    found: dict[type[Any], None] = {}
    for module in (pylean.indicators, pylean.indicators.candlesticks):
        for name in sorted(vars(module)):
            member = getattr(module, name)
            if inspect.isclass(member) and issubclass(member, IndicatorBase) and member not in EXCLUDED:
                found[member] = None
    return list(found)


CLASSES = indicator_classes()


def feed(indicator: Any, series: Iterable[TradeBar]) -> list[tuple[Any, ...]]:
    """State after each bar; indicators of several symbols get the bar of each."""
    states = []
    for one in series:
        indicator.update(one)
        if hasattr(indicator, "add") or type(indicator) in PAIRED:
            indicator.update(of_symbol(one, OTHER))
        states.append((indicator.current.decimal_value, indicator.is_ready, indicator.samples))
    return states


def of_symbol(one: TradeBar, symbol: Symbol) -> TradeBar:
    prices = (one.decimal(field) for field in ("close", "high", "low", "open"))
    return TradeBar(one.time, symbol, *prices, one.volume, one.period)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(series=bar_lists(10, 60))
def test_any_valid_bars(series: list[TradeBar]) -> None:
    """No error, finite values, the same again from a second one and after a reset."""
    for indicator_class in CLASSES:
        try:
            indicator = make(indicator_class)
            states = feed(indicator, series)
            assert all(value.is_finite() for value, _, _ in states)
            assert feed(make(indicator_class), series) == states
            indicator.reset()
            assert (indicator.current.decimal_value, indicator.samples) == (Decimal(0), 0)
            assert indicator_class in NOT_RESET or feed(indicator, series) == states
        except Exception as error:
            error.add_note(f"This was {indicator_class.__name__}.")
            raise


@pytest.mark.parametrize("indicator_class", CLASSES, ids=lambda one: one.__name__)
def test_is_ready_exactly_at_the_warm_up_period(indicator_class: type[Any]) -> None:
    indicator = make(indicator_class)
    if not indicator.warm_up_period:
        return  # Lean promises nothing: full days, passed filters or volume make it ready
    rising = bars([(p, p + 5, p - 5, p, 100.0) for p in map(float, range(100, 400))], timedelta(days=1))
    ready_at = indicator.warm_up_period + READY_LATER.get(indicator_class, 0)
    ready = [is_ready for _, is_ready, _ in feed(indicator, rising[: ready_at + 5])]
    assert ready == [False] * (ready_at - 1) + [True] * 6


#: Indicators that Lean declares for bars with a volume.
VOLUME_CLASSES = [one for one in CLASSES if issubclass(one, TradeBarIndicator)] + [SmoothedOnBalanceVolume]


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(series=bar_lists(10, 60))
def test_any_bricks(series: list[TradeBar]) -> None:
    """Every class takes the bars that a Renko consolidator makes."""
    bricks: list[TradeBar] = []
    consolidator = RenkoConsolidator(10.0)
    consolidator.data_consolidated += lambda sender, brick: bricks.append(brick)
    for one in series:
        consolidator.update(one)
    for indicator_class in CLASSES:
        assert all(value.is_finite() for value, _, _ in feed(make(indicator_class), bricks[:60]))


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(series=bar_lists(10, 60))
def test_any_quotes(series: list[TradeBar]) -> None:
    """Classes that need no volume take quote bars, and give what they give for trades at the middle prices."""
    quotes = [QuoteBar(one.time, SYMBOL, one, 100, one, 100, one.period) for one in series]
    for indicator_class in CLASSES:
        if indicator_class in {IntradayVwap, *PAIRED, *VOLUME_CLASSES} or hasattr(indicator_class, "add"):
            continue
        assert feed(make(indicator_class), quotes) == feed(make(indicator_class), series)


@pytest.mark.parametrize("indicator_class", VOLUME_CLASSES, ids=lambda one: one.__name__)
def test_quotes_are_refused_where_volume_counts(indicator_class: type[Any]) -> None:
    quote = QuoteBar(START, SYMBOL, Bar.of_prices(10.0, 11.0, 9.0, 10.0), 100, None, 0)
    with pytest.raises(TypeError, match=r"input of .* is a QuoteBar: it must be a TradeBar"):
        make(indicator_class).update(quote)
