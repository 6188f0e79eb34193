"""Oscillators: what they say of markets at rest, their limits, and their formulas computed another way."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pylean.feed.bars import TradeBar
from pylean.indicators import (
    LogReturn,
    MesaAdaptiveMovingAverage,
    Momersion,
    MomersionIndicator,
    MovingAverageConvergenceDivergence,
    MovingAverageType,
    PremierStochasticOscillator,
    RelativeStrengthIndex,
    RelativeVigorIndex,
    Stochastic,
    StochasticRelativeStrengthIndex,
    UltimateOscillator,
    WaveTrendOscillator,
    WilliamsPercentR,
)
from tests.unit.pylean.indicator_inputs import bar_lists, bars, points, price_lists, values_of


def test_the_names_are_leans() -> None:
    assert MovingAverageConvergenceDivergence(12, 26, 9).name == "MACD(12,26,9)"
    assert RelativeStrengthIndex(14).name == "RSI(14)"
    assert RelativeStrengthIndex("mine", 14, MovingAverageType.SIMPLE).name == "mine"
    assert RelativeVigorIndex(10, MovingAverageType.SIMPLE).name == "RVI(10,Simple)"
    assert StochasticRelativeStrengthIndex(14, 14, 3, 3).name == "SRSI(14,14,3,3,Simple)"
    assert Momersion(10).name == "Momersion(,10)"
    assert MomersionIndicator(7, 20).name == "Momersion(7,20)"
    assert Momersion("mine", None, 10).name == "mine"


def test_periods_that_make_no_sense_are_refused() -> None:
    with pytest.raises(ValueError, match=r"fast_period of .* is 3: it must be below slow_period, 3"):
        MovingAverageConvergenceDivergence(3, 3, 2)
    with pytest.raises(ValueError, match=r"period of .* is 0: it must be at least 1"):
        WaveTrendOscillator(10, 0, 4)
    with pytest.raises(ValueError, match=r"min_period of .* is 3: it must be at least 4"):
        Momersion(3, 10)


def test_macd_feeds_signal_and_histogram_once_the_averages_are_ready() -> None:
    macd = MovingAverageConvergenceDivergence(fast_period=3, slow_period=4, signal_period=2)
    ready = []
    for one in points(range(5)):
        macd.update(one)
        ready.append([macd.fast.is_ready, macd.slow.is_ready, macd.signal.is_ready, macd.histogram.is_ready])
    assert ready == [
        [False, False, False, False],
        [False, False, False, False],
        [True, False, False, False],
        [True, True, False, False],
        [True, True, True, True],
    ]
    assert macd.signal.samples == 2
    macd.reset()
    assert [part.samples for part in (macd.fast, macd.slow, macd.signal, macd.histogram)] == [0, 0, 0, 0]


def test_markets_at_rest() -> None:
    flat = bars([5.0] * 40)
    assert set(values_of(UltimateOscillator(7, 14, 28), flat)) == {Decimal(50)}
    assert set(values_of(Stochastic("still", 2, 2, 2), flat)) == {Decimal(0)}
    assert set(values_of(WilliamsPercentR(3), flat)) == {Decimal(0)}
    assert set(values_of(MesaAdaptiveMovingAverage(), bars([0.0] * 100))) == {Decimal(0)}
    assert set(values_of(RelativeStrengthIndex(3), points([5] * 10))) == {Decimal(100)}
    vigor = RelativeVigorIndex("RVI", 10)
    assert set(values_of(vigor, bars([105.0] * 30))) == {Decimal(0)}
    assert vigor.signal.samples == 18


@given(price_lists(), st.sampled_from(list(MovingAverageType)))
def test_the_strength_index_stays_between_0_and_100(prices: list[Decimal], kind: MovingAverageType) -> None:
    assert all(0 <= value <= 100 for value in values_of(RelativeStrengthIndex(5, kind), points(prices)))


@given(price_lists(), st.integers(1, 9))
def test_the_strength_index_over_plain_means(prices: list[Decimal], period: int) -> None:
    index = RelativeStrengthIndex(period, MovingAverageType.SIMPLE)
    for count, value in enumerate(values_of(index, points(prices)), 1):
        changes = [after - before for before, after in pairwise(prices[:count])][-period:]
        gain, loss = sum(c for c in changes if c > 0), -sum(c for c in changes if c < 0)
        expected = 100.0 if not loss else 100 * float(gain) / float(gain + loss)
        assert float(value) == pytest.approx(expected)


@given(bar_lists(), st.integers(1, 6), st.integers(1, 4), st.integers(1, 4))
def test_stochastic_and_williams_tell_the_place_in_the_range(
    series: list[TradeBar], period: int, k_period: int, d_period: int
) -> None:
    stochastic, williams = Stochastic(period, k_period, d_period), WilliamsPercentR(period)
    places: list[float] = []
    means: list[float] = []
    for count, one in enumerate(series, 1):
        stochastic.update(one)
        williams.update(one)
        recent = series[max(0, count - period) : count]
        lowest, highest = min(each.low for each in recent), max(each.high for each in recent)
        if count < period or highest == lowest:
            assert stochastic.fast_stoch.current.value == williams.current.value == 0
        else:
            places.append((one.close - lowest) / (highest - lowest))
            assert stochastic.current.value == pytest.approx(100 * places[-1])
            assert williams.current.value == pytest.approx(100 * places[-1] - 100)
        if len(places) >= k_period:
            means.append(sum(places[-k_period:]) / k_period)
            assert stochastic.stoch_k.current.value == pytest.approx(100 * means[-1])
        if len(means) >= d_period:
            assert stochastic.stoch_d.current.value == pytest.approx(100 * sum(means[-d_period:]) / d_period)


@given(bar_lists())
def test_the_premier_oscillator_stays_between_1_and_minus_1(series: list[TradeBar]) -> None:
    assert all(-1 <= value <= 1 for value in values_of(PremierStochasticOscillator(3, 2), series))


@given(price_lists(), st.integers(1, 9))
def test_log_return_is_a_sum_of_steps(prices: list[Decimal], period: int) -> None:
    whole, steps = LogReturn(period), LogReturn(1)
    single = [float(value) for value in values_of(steps, points(prices))]
    for count, value in enumerate(values_of(whole, points(prices)), 1):
        assert float(value) == pytest.approx(sum(single[max(1, count - period) : count]), abs=1e-9)


@given(price_lists(), st.one_of(st.none(), st.integers(4, 8)), st.integers(3, 12))
def test_momersion_counts_pairs_of_changes(prices: list[Decimal], min_period: int | None, full_period: int) -> None:
    momersion = Momersion(min_period, full_period)
    for count, value in enumerate(values_of(momersion, points(prices)), 1):
        changes = [after - before for before, after in pairwise(prices[:count])]
        every = [one * other for one, other in pairwise(changes)]
        pairs = every[-full_period:]
        enough = len(every) > full_period if min_period is None else len(pairs) >= min_period
        went_on, turned = sum(pair > 0 for pair in pairs), sum(pair < 0 for pair in pairs)
        expected = 100 * went_on / (went_on + turned) if enough and 2 * (went_on + turned) > len(pairs) else 50
        assert float(value) == pytest.approx(expected)
