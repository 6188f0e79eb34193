"""Turning points, regressions, filters and stops: their constructors and their formulas computed another way."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pylean.feed.bars import TradeBar
from pylean.indicators import (
    LeastSquaresMovingAverage,
    ParabolicStopAndReverse,
    ParabolicStopAndReverseExtended,
    PivotPointsHighLow,
    PivotPointType,
    RegressionChannel,
    StandardDeviation,
    SwissArmyKnife,
    SwissArmyKnifeTool,
    TimeSeriesForecast,
    TrueRange,
    Vortex,
    WilderAccumulativeSwingIndex,
    WilderSwingIndex,
    ZigZag,
)
from tests.unit.pylean.indicator_inputs import bar_lists, bars, points, price_lists, values_of


def line_through(values: list[Decimal]) -> tuple[float, float]:
    """Intercept and slope of the least-squares line over 1, 2, 3 …"""
    slope, intercept = np.polynomial.polynomial.polyfit(np.arange(1, len(values) + 1), [*map(float, values)], 1)[::-1]
    return float(intercept), float(slope)


@given(price_lists(), st.integers(2, 9))
def test_regressions_follow_the_least_squares_line(prices: list[Decimal], period: int) -> None:
    average, forecast = LeastSquaresMovingAverage(period), TimeSeriesForecast(period)
    for count, one in enumerate(points(prices), 1):
        average.update(one)
        forecast.update(one)
        if count < period:
            assert average.current.decimal_value == prices[count - 1]
            assert forecast.current.value == 0
            continue
        intercept, slope = line_through(prices[count - period : count])
        assert average.slope.current.value == pytest.approx(slope, abs=1e-7)
        assert average.intercept.current.value == pytest.approx(intercept, abs=1e-6)
        assert average.current.value == pytest.approx(intercept + slope * period, abs=1e-6)
        assert forecast.current.value == pytest.approx(intercept + slope * (period + 1), abs=1e-6)


@given(price_lists(), st.integers(2, 6))
def test_regression_channels_lie_deviations_away(prices: list[Decimal], period: int) -> None:
    channel, deviation = RegressionChannel(period, 2), StandardDeviation(period)
    updates: list[Any] = []
    channel.upper_channel.updated += lambda sender, updated: updates.append(updated)
    for one in points(prices):
        channel.update(one)
        deviation.update(one)
        distance = 2 * deviation.current.decimal_value
        assert channel.upper_channel.current.decimal_value == channel.current.decimal_value + distance
        assert channel.lower_channel.current.decimal_value == channel.current.decimal_value - distance
    assert len(updates) == len(prices)
    assert channel.is_ready == (len(prices) >= period)
    channel.reset()
    assert channel.upper_channel.samples == channel.linear_regression.samples == channel.slope.samples == 0


def test_periods_that_make_no_line_are_refused() -> None:
    with pytest.raises(ValueError, match=r"is 1: it must be at least 2"):
        TimeSeriesForecast(1)
    with pytest.raises(ValueError, match=r"is 1: it must be at least 2"):
        LeastSquaresMovingAverage(1)


class TestPivotPoints:
    @pytest.mark.parametrize(
        ("arguments", "options", "name", "warm_up_period"),
        [
            ((10,), {}, "PivotPointsHighLow(10)", 21),
            ((10, 20), {}, "PivotPointsHighLow(10)", 21),
            ((10,), {"last_stored_values": 5}, "PivotPointsHighLow(10)", 21),
            ((10, 20, 5), {}, "PivotPointsHighLow(10,20)", 41),
            ((10, 20), {"strict": False}, "PivotPointsHighLow(10,20)", 41),
            (("mine", 3, 2), {}, "mine", 7),
            (("mine", 3, 2, 50, False), {}, "mine", 7),
        ],
    )
    def test_constructors(
        self, arguments: tuple[Any, ...], options: dict[str, Any], name: str, warm_up_period: int
    ) -> None:
        indicator = PivotPointsHighLow(*arguments, **options)
        assert (indicator.name, indicator.warm_up_period) == (name, warm_up_period)

    @pytest.mark.parametrize(
        ("high", "low", "expected"), [(2, 1, "HIGH"), (1, 0, "LOW"), (2, 0, "BOTH"), (1, 1, "NONE")]
    )
    def test_finds_the_bar_that_stands_out(self, high: float, low: float, expected: str) -> None:
        indicator = PivotPointsHighLow(2, 3, 100)
        formed: list[PivotPointType] = []
        indicator.new_pivot_point_formed += lambda sender, args: formed.append(args.pivot_point.pivot_point_type)
        series = bars([(1.0, 1.0, 1.0, 1.0, 1.0)] * 3 + [(1.0, high, low, 1.0, 1.0)] + [(1.0, 1.0, 1.0, 1.0, 1.0)] * 3)
        values = values_of(indicator, series)
        found = {int(value) for value in values} - {0}
        both = PivotPointType[expected] is PivotPointType.BOTH
        assert found == ({1, -1} if both else {int(PivotPointType[expected])} - {0})
        assert len(formed) == (2 if both else expected != "NONE")
        assert {pivot.value for pivot in indicator.get_high_pivot_points_array()} == ({2.0} if high == 2 else set())
        assert {pivot.value for pivot in indicator.get_low_pivot_points_array()} == ({0.0} if low == 0 else set())
        assert all(pivot.time == series[3].end_time for pivot in indicator.get_all_pivot_points_array())

    @pytest.mark.parametrize("strict", [True, False])
    def test_equal_neighbours_hide_a_pivot_only_in_strict_mode(self, strict: bool) -> None:
        indicator = PivotPointsHighLow(2, 2, strict=strict)
        assert values_of(indicator, bars([(95.0, 100.0, 90.0, 95.0, 1.0)] * 5))[-1] == (0 if strict else 2)

    def test_keeps_only_the_latest(self) -> None:
        indicator = PivotPointsHighLow(1, last_stored_values=2)
        values_of(indicator, bars([1.0, 2.0, 1.0, 3.0, 1.0, 4.0, 1.0]))
        assert [pivot.value for pivot in indicator.get_all_pivot_points_array()] == [4.0, 1.0]


class TestZigZag:
    def test_turns_after_a_move_and_moves_on_with_a_further_extreme(self) -> None:
        zigzag = ZigZag(0.1, 1)
        values = values_of(zigzag, bars([100.0, 95.0, 100.0, 105.0, 110.0, 104.0, 98.0]))
        assert values == [0, 95, 95, 105, 110, 110, 98]
        assert (zigzag.high_pivot.current.value, zigzag.low_pivot.current.value) == (110, 98)
        assert zigzag.pivot_type is PivotPointType.LOW

    def test_equal_prices_have_no_high(self) -> None:
        zigzag = ZigZag("ZigZag", 0.05, 5)
        values_of(zigzag, bars([5.0] * 10))
        assert (zigzag.high_pivot.current.value, zigzag.low_pivot.current.value) == (0, 5)

    @pytest.mark.parametrize("arguments", [(0, 1), (1, 1), (0.05, 0)])
    def test_refuses_what_makes_no_trend(self, arguments: tuple[float, int]) -> None:
        with pytest.raises(ValueError, match="it must be"):
            ZigZag(*arguments)


@given(bar_lists())
def test_plain_stops_are_extended_ones_without_a_sign(series: list[TradeBar]) -> None:
    extended = values_of(ParabolicStopAndReverseExtended(), series)
    assert values_of(ParabolicStopAndReverse(), series) == [abs(value) for value in extended]


def test_stops_have_leans_names() -> None:
    assert ParabolicStopAndReverse().name == "PSAR(0.02,0.02,0.2)"
    assert ParabolicStopAndReverseExtended().name == "SAREXT(0.0,0.0,0.02,0.02,0.2,0.02,0.02,0.2)"


@given(bar_lists(), st.integers(1, 6))
def test_vortex_compares_moves_with_true_ranges(series: list[TradeBar], period: int) -> None:
    vortex, ranges = Vortex(period), [float(value) for value in values_of(TrueRange(), series)]
    for count, one in enumerate(series, 1):
        vortex.update(one)
        total = sum(ranges[max(0, count - period) : count])
        if count < 2 or total < 1e-9:
            continue
        moves = [(abs(b.high - a.low), abs(b.low - a.high)) for a, b in pairwise(series[:count])]
        plus, minus = (sum(column) / total for column in zip(*moves[-period:], strict=True))
        assert vortex.plus_vortex.current.value == pytest.approx(plus)
        assert vortex.minus_vortex.current.value == pytest.approx(minus)
        assert vortex.current.value == pytest.approx((plus + minus) / 2 if count >= period else 0)
    assert vortex.plus_vortex.is_ready == (len(series) > period)


@given(bar_lists())
def test_the_accumulative_swing_is_a_running_sum(series: list[TradeBar]) -> None:
    swings = values_of(WilderSwingIndex(8), series)
    totals = values_of(WilderAccumulativeSwingIndex(8), series)
    assert float(totals[-1]) == pytest.approx(float(sum(swings)), abs=1e-9)


@given(price_lists(), st.sampled_from(list(SwissArmyKnifeTool)))
def test_the_knife_has_every_filter_at_once(prices: list[Decimal], tool: SwissArmyKnifeTool) -> None:
    knife = SwissArmyKnife(20, 0.1, tool)
    named = {
        SwissArmyKnifeTool.GAUSS: knife.gauss,
        SwissArmyKnifeTool.BUTTER: knife.butter,
        SwissArmyKnifeTool.HIGH_PASS: knife.high_pass,
        SwissArmyKnifeTool.TWO_POLE_HIGH_PASS: knife.two_pole_high_pass,
        SwissArmyKnifeTool.BAND_PASS: knife.band_pass,
    }
    for one in points(prices):
        knife.update(one)
        assert knife.current.decimal_value == named[tool].current.decimal_value


def test_low_passes_keep_a_level_and_high_passes_remove_it() -> None:
    knife = SwissArmyKnife(10, 0.1, SwissArmyKnifeTool.GAUSS)
    values_of(knife, points([100] * 300))
    assert knife.gauss.current.value == pytest.approx(100)
    assert knife.butter.current.value == pytest.approx(100)
    for part in (knife.high_pass, knife.two_pole_high_pass, knife.band_pass):
        assert part.current.value == pytest.approx(0, abs=1e-9)
