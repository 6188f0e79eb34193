"""Inputs for tests of indicators: bars and points one minute apart, written out or drawn by hypothesis."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from pylean.feed.bars import TradeBar
from pylean.indicators import IndicatorDataPoint
from pylean.securities.symbol import Symbol

__all__ = ["START", "SYMBOL", "bar", "bar_lists", "bars", "point", "points", "price_lists", "values_of"]

SYMBOL = Symbol("SPY", "SPY R735QTJ8XC9X")
START = datetime(2024, 1, 2, 9, 30)

#: Open, high, low, close and volume.
BarSpec = tuple[float, float, float, float, float]


def point(number: int, value: float | Decimal) -> IndicatorDataPoint:
    return IndicatorDataPoint(SYMBOL, START + timedelta(minutes=number), value)


def points(values: Iterable[float | Decimal]) -> list[IndicatorDataPoint]:
    return [point(number, value) for number, value in enumerate(values)]


def bar(number: int, spec: BarSpec | float, period: timedelta = timedelta(minutes=1)) -> TradeBar:
    """A bar of the ``number``th period; a single price makes a flat bar of 100 shares."""
    open_, high, low, close, volume = spec if isinstance(spec, tuple) else (spec, spec, spec, spec, 100.0)
    return TradeBar(START + number * period, SYMBOL, open_, high, low, close, volume, period)


def bars(specs: Iterable[BarSpec | float], period: timedelta = timedelta(minutes=1)) -> list[TradeBar]:
    return [bar(number, spec, period) for number, spec in enumerate(specs)]


def values_of(indicator: Any, inputs: Sequence[Any]) -> list[Decimal]:
    """The indicator's exact value after each input."""
    values = []
    for one in inputs:
        indicator.update(one)
        values.append(indicator.current.decimal_value)
    return values


#: Cents are what a market quotes; a few equal ones in a row are what breaks formulas that divide.
_CENTS = st.integers(1, 500_00)


def _price(cents: int) -> Decimal:
    return Decimal(cents).scaleb(-2)


def price_lists(smallest: int = 1, largest: int = 40) -> st.SearchStrategy[list[Decimal]]:
    return st.lists(_CENTS.map(_price), min_size=smallest, max_size=largest)


@st.composite
def _bar_specs(draw: st.DrawFn) -> BarSpec:
    low, *inner, high = sorted(draw(st.lists(_CENTS, min_size=4, max_size=4)))
    open_, close = draw(st.permutations(inner))
    volume = draw(st.one_of(st.just(0), st.integers(1, 1_000_000)))
    return (*map(_price, (open_, high, low, close)), float(volume))  # type: ignore[return-value]


def bar_lists(smallest: int = 1, largest: int = 40) -> st.SearchStrategy[list[TradeBar]]:
    """Valid bars of any shape, with stretches in which nothing moves or trades."""
    repeated = st.tuples(_bar_specs(), st.integers(1, 4)).map(lambda pair: [pair[0]] * pair[1])
    flat = _CENTS.map(lambda cents: [(*[_price(cents)] * 4, 0.0)] * 6)
    runs = st.lists(st.one_of(repeated, repeated, flat), min_size=smallest, max_size=largest)
    return runs.map(lambda lists: bars([spec for specs in lists for spec in specs][:largest]))
