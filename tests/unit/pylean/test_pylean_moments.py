"""Moments of returns against their textbook definitions in exact fractions."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pylean.moments import average, covariance, normal_cdf, skewness_kurtosis, standard_deviation, variance

RETURNS = [0.012, -0.004, 0.0, 0.0, 0.031, -0.027, 0.008]
finite_returns = st.lists(st.integers(-500, 500).map(lambda value: value / 10_000), min_size=4, max_size=40)


def central_moment(values: list[float], power: int) -> Fraction:
    """Mean of the powers of the deviations, without rounding."""
    exact = [Fraction(value) for value in values]
    mean = sum(exact, Fraction(0)) / len(exact)
    return sum(((value - mean) ** power for value in exact), Fraction(0)) / len(exact)


@given(finite_returns)
def test_variance_divides_by_one_less(values: list[float]) -> None:
    n = len(values)
    assert variance(values) == pytest.approx(float(central_moment(values, 2) * n / (n - 1)), rel=1e-9, abs=1e-18)


@given(finite_returns.filter(lambda values: central_moment(values, 2) > Fraction(1, 10**9)))
def test_skewness_and_kurtosis_are_adjusted_for_the_sample(values: list[float]) -> None:
    n = len(values)
    spread = float(central_moment(values, 2))
    g1 = float(central_moment(values, 3)) / spread**1.5
    g2 = float(central_moment(values, 4)) / spread**2 - 3
    skewness, kurtosis = skewness_kurtosis(values)
    assert skewness == pytest.approx(g1 * math.sqrt(n * (n - 1)) / (n - 2), rel=1e-6, abs=1e-6)
    assert kurtosis == pytest.approx(((n + 1) * g2 + 6) * (n - 1) / ((n - 2) * (n - 3)), rel=1e-6, abs=1e-6)


@given(finite_returns)
def test_covariance_with_itself_is_the_variance(values: list[float]) -> None:
    assert covariance(values, values) == pytest.approx(variance(values), rel=1e-9, abs=1e-18)


def test_covariance_of_opposite_series_is_negative() -> None:
    assert covariance(RETURNS, [-value for value in RETURNS]) == pytest.approx(-variance(RETURNS))


def test_covariance_needs_series_of_one_length() -> None:
    with pytest.raises(ValueError, match="shorter"):
        covariance(RETURNS, RETURNS[:-1])


def test_too_few_values_have_no_moments() -> None:
    assert math.isnan(average([]))
    assert math.isnan(variance([0.01]))
    assert math.isnan(standard_deviation([]))
    assert math.isnan(covariance([0.01], [0.02]))
    assert math.isnan(skewness_kurtosis([0.01, 0.02])[0])
    assert math.isnan(skewness_kurtosis([0.01, 0.02, 0.04])[1])
    assert not math.isnan(skewness_kurtosis([0.01, 0.02, 0.04])[0])


def test_a_constant_series_has_no_skewness() -> None:
    assert all(map(math.isnan, skewness_kurtosis([0.0, 0.0, 0.0, 0.0, 0.0])))


@pytest.mark.parametrize(
    ("value", "probability"),
    [(0.0, 0.5), (1.0, 0.841344746068543), (-1.959963984540054, 0.025), (8.0, 1.0), (-40.0, 0.0)],
)
def test_normal_distribution_function(value: float, probability: float) -> None:
    assert normal_cdf(value) == pytest.approx(probability, abs=1e-12)
