"""What indicators are made of: windows, composites, chains, an algorithm's own classes, fields of bars."""

from __future__ import annotations

import statistics
from collections import deque
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pylean.feed.bars import TradeBar
from pylean.indicators import (
    AverageTrueRange,
    BollingerBands,
    CompositeIndicator,
    ConstantIndicator,
    Delay,
    ExponentialMovingAverage,
    Field,
    FilteredIdentity,
    FunctionalIndicator,
    HullMovingAverage,
    Identity,
    Indicator,
    IndicatorDataPoint,
    IndicatorExtensions,
    IndicatorResult,
    IndicatorStatus,
    LinearWeightedMovingAverage,
    Maximum,
    MeanAbsoluteDeviation,
    Minimum,
    MovingAverageType,
    MovingAverageTypeExtensions,
    PythonIndicator,
    SimpleMovingAverage,
    StandardDeviation,
    Sum,
    Variance,
)
from pylean.indicators.python_indicator import as_indicator
from pylean.naming import UnsupportedApiError
from pylean.securities.symbol import Symbol

START = datetime(2025, 6, 2, 9, 31)
SPY = Symbol("SPY", "SPY R735QTJ8XC9X")

prices = st.decimals(min_value="0.01", max_value="9999", places=2)
series = st.lists(prices, min_size=1, max_size=40)
periods = st.integers(min_value=1, max_value=12)


def fed(indicator: Any, values: Any) -> Any:
    for minute, value in enumerate(values):
        indicator.update(START + timedelta(minutes=minute), value)
    return indicator


def bar(minute: int = 0, prices: tuple[float, float, float, float] = (10, 12, 9, 11), volume: float = 500) -> TradeBar:
    return TradeBar(START + timedelta(minutes=minute), SPY, *prices, volume)


class TestWindows:
    """Against the same thing computed from the whole list."""

    @given(series, periods)
    def test_extremes_sum_and_delay(self, values: list[Decimal], period: int) -> None:
        last = values[-period:]
        assert fed(Maximum(period), values).exact == max(last)
        assert fed(Minimum(period), values).exact == min(last)
        assert fed(Sum(period), values).exact == sum(last)
        assert fed(Delay(period), values).exact == (values[-period - 1] if len(values) > period else values[0])

    @given(series, periods)
    def test_means_and_deviations(self, values: list[Decimal], period: int) -> None:
        last = values[-period:]
        mean = sum(last) / len(last)
        assert fed(SimpleMovingAverage(period), values).exact == pytest.approx(mean, rel=Decimal("1e-20"))
        deviation = sum(abs(one - mean) for one in last) / len(last)
        if len(values) > 1:
            assert float(fed(MeanAbsoluteDeviation(period), values).exact) == pytest.approx(float(deviation), abs=1e-12)
        expected = float(statistics.pvariance(last))
        assert float(fed(Variance(period), values).exact) == pytest.approx(expected, abs=1e-12)
        assert float(fed(StandardDeviation(period), values).exact) == pytest.approx(expected**0.5, abs=1e-6)

    @given(series, periods)
    def test_weighted_means(self, values: list[Decimal], period: int) -> None:
        def weighted(count: int, end: int) -> Decimal:
            part = values[end - count : end]
            return sum((n * one for n, one in enumerate(part, 1)), Decimal(0)) / (count * (count + 1) // 2)

        expected = weighted(period, len(values)) if len(values) >= period else 0
        assert fed(LinearWeightedMovingAverage(period), values).exact == pytest.approx(expected, rel=Decimal("1e-20"))

    def test_the_window_keeps_what_it_is_asked_to(self) -> None:
        average = fed(SimpleMovingAverage(2), [1, 2, 3])
        assert [point.value for point in average.window] == [2.5, 1.5]
        assert (average.window.samples, average.window.size) == (4, 2)
        average.window.size = 3
        fed_more = average.update(START + timedelta(minutes=3), 4)
        assert fed_more
        assert [point.value for point in average] == [3.5, 2.5, 1.5]
        assert average[1].value == average.previous.value == 2.5
        average.reset()
        assert [point.value for point in average] == [0]
        assert (average.window.size, average.previous.time) == (3, datetime.min)

    def test_the_mean_shows_its_sum(self) -> None:
        average = fed(SimpleMovingAverage(3), [1, 2, 3, 4])
        assert average.rolling_sum.current.value == 9
        assert average.RollingSum.current.time == average.current.time
        assert average.rolling_sum.is_ready


class TestUpdates:
    def test_the_same_data_count_once_and_older_ones_never(self) -> None:
        identity = Identity("close")
        late, early = bar(5), bar(1)
        for data in (late, late, early):
            identity.update(data)
        assert (identity.samples, identity.current.end_time) == (1, late.end_time)
        identity.update(IndicatorDataPoint(None, early.end_time, 3))
        assert identity.samples == 2

    def test_comparisons_take_lean_s_decimals_of_numbers(self) -> None:
        third = fed(Identity("x"), [Decimal("0.1")])
        assert third == 0.1
        assert third == Decimal("0.1")
        assert third != 0.2
        assert 0 < third <= 0.1 < fed(Identity("y"), [1])
        assert third != fed(Identity("x"), [Decimal("0.1")])
        assert third.current < fed(Identity("y"), [1]).current
        assert third.current >= 0.1

    @pytest.mark.parametrize(("value", "text"), [("1234", "1234.0"), ("0.123456", "0.12346"), ("-2.5", "-2.5")])
    def test_text_has_one_to_five_places(self, value: str, text: str) -> None:
        assert str(fed(Identity("x"), [Decimal(value)])) == text
        assert fed(Identity("x"), [Decimal(value)]).to_detailed_string() == f"x - {text}"

    def test_bars_are_needed_where_one_price_is_not_enough(self) -> None:

        with pytest.raises(TypeError, match=r"AverageTrueRange\.update takes a bar"):
            AverageTrueRange(3).update(START, 5)


class TestComposites:
    def test_wait_for_both_sides(self) -> None:
        left, right = Identity("left"), Identity("right")
        composite = IndicatorExtensions.minus(left, right)
        assert composite.name == "COMPOSE(left,right)"
        left.update(START, 5)
        assert (composite.samples, composite.is_ready) == (0, False)
        right.update(START, 3)
        assert (composite.current.value, composite.samples, composite.is_ready) == (2, 1, True)
        left.update(START + timedelta(minutes=2), 6)
        assert composite.current.value == 2
        right.update(START + timedelta(minutes=1), 1)
        assert composite.current.value == 5
        assert composite.current.time == START + timedelta(minutes=2)

    def test_constants_have_always_a_value(self) -> None:
        price = Identity("price")
        results = [
            operation(price, 4)
            for operation in (
                IndicatorExtensions.plus,
                IndicatorExtensions.Minus,
                IndicatorExtensions.times,
                IndicatorExtensions.over,
            )
        ]
        price.update(START, 10)
        assert [one.current.value for one in results] == [14, 6, 40, 2.5]
        assert results[0].right.name == "4"
        constant = ConstantIndicator("c", 7)
        assert (constant.current.value, constant.is_ready) == (7, True)
        constant.reset()
        assert constant.current.value == 7

    def test_division_by_zero_gives_no_new_value(self) -> None:
        top, bottom = Identity("top"), Identity("bottom")
        ratio = IndicatorExtensions.over(top, bottom)
        for minute, (above, below) in enumerate([(6, 3), (5, 0)]):
            fed_at = START + timedelta(minutes=minute)
            top.update(fed_at, above)
            bottom.update(fed_at, below)
        assert (ratio.current.value, ratio.samples) == (2, 2)

    def test_a_composer_of_the_algorithm_s_own(self) -> None:
        left, right = Identity("left"), Identity("right")
        lower = CompositeIndicator(
            "lower", left, right, lambda one, other: IndicatorResult(min(one.current.value, other.current.value))
        )
        failing = CompositeIndicator(left, right, lambda one, other: IndicatorResult(9, IndicatorStatus.INVALID_INPUT))
        left.update(START, 5)
        right.update(START, 3.5)
        assert lower.current.value == 3.5
        assert failing.current.value == 0
        lower.reset()
        assert (lower.is_ready, left.samples) == (False, 0)

    def test_chains_wait_until_the_first_is_ready(self) -> None:
        average = SimpleMovingAverage(2)
        patient, eager = IndicatorExtensions.of(Sum(9), average), IndicatorExtensions.of(Sum(9), average, False)
        fed(average, [1, 3, 5])
        assert patient.current.value == 2 + 4
        assert eager.current.value == 1 + 2 + 4
        smooth = IndicatorExtensions.EMA(average, 2)
        assert (smooth.name, IndicatorExtensions.max(average, 3).name) == ("EMA2_Of_SMA(2)", "MAX3_Of_SMA(2)")

    def test_weighted_by(self) -> None:
        price, volume = Identity("price"), Identity("volume")
        mean = IndicatorExtensions.weighted_by(price, volume, 2)
        data = [(10, 1), (20, 3), (40, 1)]
        for minute, (paid, size) in enumerate(data):
            price.update(START + timedelta(minutes=minute), paid)
            volume.update(START + timedelta(minutes=minute), size)
        assert mean.current.value == (20 * 3 + 40 * 1) / 4
        mean.reset()
        assert not mean.is_ready

    def test_bollinger_bands_say_nothing_without_deviation(self) -> None:
        bands = BollingerBands(3, 2)
        told: list[float] = []
        bands.updated += lambda sender, point: told.append(point.value)
        fed(bands, [5, 5, 5, 5, 6])
        assert told == [5, 5, 6]
        assert bands.percent_b.samples == 1
        assert bands.upper_band.current.value > bands.middle_band.current.value > bands.lower_band.current.value

    def test_functions_and_filters(self) -> None:
        doubled = FunctionalIndicator("double", lambda point: point.value * 2, lambda one: one.samples > 1)
        assert [doubled.update(START, 4), doubled.update(START + timedelta(minutes=1), 5)] == [False, True]
        assert doubled.current.value == 10
        big = FilteredIdentity("big", lambda data: data.value > 10)
        big.update(bar(0, (9, 9, 9, 9)))
        assert (big.current.value, big.is_ready) == (0, False)
        big.update(bar(1, (11, 11, 11, 11)))
        big.update(bar(2, (8, 8, 8, 8)))
        assert (big.current.value, big.is_ready) == (11, True)


class TestMovingAverageTypes:
    def test_every_kind_makes_an_average(self) -> None:
        assert [kind.value for kind in MovingAverageType] == list(range(13))
        for kind in MovingAverageType:
            average: Indicator = kind.as_indicator("mine", 5)
            assert average.name == "mine"
            fed(average, [10] * 40)
            assert average.current.value == pytest.approx(10)
            assert type(MovingAverageTypeExtensions.AsIndicator(kind, 5)) is type(average)

    def test_pascal_names(self) -> None:
        assert MovingAverageType.LinearWeightedMovingAverage is MovingAverageType(3)
        assert isinstance(MovingAverageType.Hull.as_indicator(4), HullMovingAverage)

    def test_exponential_average_by_hand(self) -> None:
        average = ExponentialMovingAverage(3, 0.25)
        assert average.name == "EMA(3,0.25)"
        seen = []
        for minute, value in enumerate([3, 6, 9, 10]):
            average.update(START + timedelta(minutes=minute), value)
            seen.append(average.current.value)
        assert seen == [0, 0, 6, 10 * 0.25 + 6 * 0.75]


class Own(PythonIndicator):
    def __init__(self, period: int) -> None:
        self.name = "own"
        self.WarmUpPeriod = period
        self.queue: deque[float] = deque(maxlen=period)

    def Update(self, input: Any) -> bool | None:  # noqa: A002 - Lean's name
        self.queue.append(input.value)
        self.Value = sum(self.queue)
        return len(self.queue) == self.queue.maxlen


class Duck:
    """No indicator by class."""

    IsReady = False
    value = 0.0

    def update(self, data: Any) -> None:
        self.value = data.high
        self.IsReady = True


class TestOwnIndicators:
    def test_are_fed_by_the_engine_through_take(self) -> None:
        own = Own(2)
        told: list[float] = []
        own.updated += lambda sender, point: told.append(point.value)
        own.take(bar(0))
        assert (own.is_ready, own.samples, own.warm_up_period) == (False, 1, 2)
        own.take(bar(1))
        assert (own.is_ready, own.current.value, own.value, own.name) == (True, 22, 22, "own")
        own.update(bar(2))
        assert own.samples == 2
        assert told == [11, 22]

    def test_any_object_can_be_wrapped(self) -> None:
        wrapped = as_indicator(Duck())
        wrapped.update(bar(0))
        assert (wrapped.current.value, wrapped.is_ready, wrapped.name) == (12, True, "Duck")
        assert isinstance(PythonIndicator(Duck()), type(wrapped))

    def test_what_is_missing_is_named(self) -> None:
        with pytest.raises(NotImplementedError, match="object does not implement is_ready"):
            as_indicator(object())

        class Silent(PythonIndicator):
            pass

        with pytest.raises(NotImplementedError, match="Silent does not implement update"):
            Silent().take(bar(0))


class TestFields:
    def test_of_a_trade_bar(self) -> None:
        data = bar()
        seen = [Field.OPEN(data), Field.High(data), Field.LOW(data), Field.CLOSE(data), Field.VOLUME(data)]
        assert seen == [10, 12, 9, 11, 500]
        assert [Field.AVERAGE(data), Field.MEDIAN(data)] == [42 / 4, 21 / 2]
        assert Field.SevenBar.exact(data) == Decimal(2 * 10 + 12 + 9 + 3 * 11) / 7
        assert Field.WEIGHTED.exact(data) == Decimal(12 + 9 + 22) / 4
        assert Field.TYPICAL.exact(data) == Decimal(12 + 9 + 11) / 3
        assert Field.BID_CLOSE(data) == 11

    def test_of_a_point_is_its_value(self) -> None:
        assert Field.HIGH(IndicatorDataPoint(START, 3)) == 3

    def test_unknown_ones_are_named(self) -> None:
        with pytest.raises(UnsupportedApiError, match="Field has no 'MIDDLE'"):
            _ = Field.MIDDLE
