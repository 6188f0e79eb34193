"""Indicators of a group of symbols against Lean's reference files."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from pylean.feed.bars import TradeBar
from pylean.indicators import (
    AdvanceDeclineDifference,
    AdvanceDeclineRatio,
    AdvanceDeclineVolumeRatio,
    ArmsIndex,
    IndicatorDataPoint,
    McClellanOscillator,
    McClellanSummationIndex,
    NewHighsNewLows,
    NewHighsNewLowsVolume,
)
from pylean.numbers import use_lean_decimals
from pylean.securities.symbol import Symbol
from tests.conformance.indicators.reference import Case, Row, assert_untouched, bar_of, rows_of, time_of

SYMBOLS = {ticker: Symbol(ticker, ticker + " X") for ticker in ("AAPL", "IBM", "GOOG")}


def of_all(make: Any, *arguments: Any) -> Any:
    indicator = make(*arguments)
    for symbol in SYMBOLS.values():
        indicator.add(symbol)
    return indicator


def give_bar_of_symbol(indicator: Any, row: Row) -> None:
    indicator.update(bar_of(row, SYMBOLS[row["symbol"]]))


group = partial(Case, feed=give_bar_of_symbol)
arms = partial(group, file="arms_data.txt")
extremes = partial(group, file="nhnl_data.csv")

CASES = [
    arms("AdvanceDeclineDifferenceTests", partial(of_all, AdvanceDeclineDifference, "x"), column="A/D Difference"),
    arms("AdvanceDeclineRatioTests", partial(of_all, AdvanceDeclineRatio, "x"), column="A/D Ratio"),
    arms("AdvanceDeclineVolumeRatioTests", partial(of_all, AdvanceDeclineVolumeRatio, "x"), column="A/D Volume Ratio"),
    arms("ArmsIndexTests", partial(of_all, ArmsIndex, "x"), column="TRIN"),
    extremes(
        "NewHighsNewLowsDifferenceTests",
        partial(of_all, NewHighsNewLows, "x", 2),
        column="NH/NL Difference",
        value=lambda indicator: indicator.difference.current.value,
    ),
    extremes(
        "NewHighsNewLowsRatioTests",
        partial(of_all, NewHighsNewLows, "x", 2),
        column="NH/NL Ratio",
        value=lambda indicator: indicator.ratio.current.value,
    ),
    extremes(
        "NewHighsNewLowsVolumeRatioTests",
        partial(of_all, NewHighsNewLowsVolume, "x", 2),
        column="NH/NL Volume Ratio",
        value=lambda indicator: indicator.volume_ratio.current.value,
    ),
]
COVERS = [("McClellanOscillatorTests", "mcclellan_data.csv"), ("McClellanSummationIndexTests", "mcclellan_data.csv")]


@pytest.fixture(autouse=True)
def lean_decimals() -> None:
    use_lean_decimals()


@pytest.mark.parametrize("case", CASES, ids=Case.label)
def test_groups_agree_with_the_file_also_after_reset(case: Case, shared: Path) -> None:
    folder = shared / "lean" / "indicator-reference"
    indicator = case.make()
    assert case.compare(indicator, folder) > 0
    indicator.reset()
    assert_untouched(indicator)
    assert case.compare(indicator, folder) > 0


class Market:
    """The symbols that Lean's test simulates: as many rise and fall in a day as make up the given difference."""

    SIZE = 2530

    def __init__(self) -> None:
        self.symbols = [Symbol(f"T{number}", f"T{number} X") for number in range(self.SIZE)]
        self._closes = dict.fromkeys(self.symbols, 0)
        self._day = 1

    def bars(self, time: datetime, difference: int) -> list[TradeBar]:
        advancing, odd = divmod(difference + self.SIZE, 2)
        declining = self.SIZE - advancing - odd
        for symbol in self.symbols[:advancing]:
            self._closes[symbol] = self._day
        for symbol in self.symbols[self.SIZE - declining :]:
            self._closes[symbol] = -self._day
        self._day += 1
        return [TradeBar(time, symbol, close, close, close, close, 1) for symbol, close in self._closes.items()]


def test_mcclellan_agrees_with_the_file(shared: Path) -> None:
    """The averages begin with the values they had before the file's first day, as in Lean's test."""
    market = Market()
    index = McClellanSummationIndex()
    oscillator = index.mc_clellan_oscillator
    for symbol in market.symbols:
        index.add(symbol)
    before = datetime(2022, 6, 30)
    oscillator.ema_fast.update(before, Decimal("-209.85"))
    oscillator.ema_slow.update(before, Decimal("-186.41"))
    index.summation = IndicatorDataPoint(before, Decimal("-606.25"))
    compared = 0
    for row in rows_of(shared / "lean" / "indicator-reference" / "mcclellan_data.csv"):
        for bar in market.bars(time_of(row), int(row["a/d difference"])):
            index.update(bar)
        if index.is_ready:
            assert oscillator.current.value == pytest.approx(float(row["mo"]), abs=0.02)
            assert index.current.value == pytest.approx(float(row["msi"]), abs=0.02)
            compared += 1
    assert compared > 100


@pytest.mark.parametrize(("make", "expected"), [(McClellanOscillator, 0), (McClellanSummationIndex, 60)])
def test_mcclellan_is_ready_after_its_warm_up_period(make: Any, expected: int) -> None:
    """Lean's expected values for three symbols that rise together."""
    indicator = of_all(make)
    for minute in range(1, indicator.warm_up_period + 1):
        for symbol in SYMBOLS.values():
            time = datetime(2024, 1, 2) + timedelta(minutes=minute)
            indicator.update(TradeBar(time, symbol, minute, minute, minute, minute, 1))
    assert indicator.is_ready
    assert indicator.current.value == pytest.approx(expected, abs=1e-20)
    indicator.reset()
    assert_untouched(indicator)


def test_a_period_that_lacks_a_symbol_gives_no_value() -> None:
    ratio = of_all(AdvanceDeclineRatio)
    for day, missing in ((1, None), (2, "IBM"), (3, None)):
        for ticker, symbol in SYMBOLS.items():
            if ticker != missing:
                close = day * (1 if ticker == "AAPL" else 2)
                ratio.update(TradeBar(datetime(2024, 1, day), symbol, close, close, close, close, 1))
        assert ratio.current.value == (2 if day == 3 else 0)


def test_a_removed_symbol_is_not_waited_for() -> None:
    trin = of_all(ArmsIndex)
    trin.remove(SYMBOLS["IBM"])
    for minute, closes in ((1, {"AAPL": 1, "GOOG": 1}), (2, {"AAPL": 2, "GOOG": 0.5})):
        for ticker, close in closes.items():
            time = datetime(2024, 1, 2) + timedelta(minutes=minute)
            trin.update(TradeBar(time, SYMBOLS[ticker], close, close, close, close, 100 * minute))
    assert trin.is_ready
    assert trin.current.value == 1
