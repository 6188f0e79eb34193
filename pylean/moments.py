"""Moments of series in doubles, by the streaming formulas of the library Lean uses (MathNet.Numerics).

Undefined values are NaN, never an error: a constant series has no skewness.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

__all__ = [
    "average",
    "covariance",
    "is_nan_or_zero",
    "mean",
    "normal_cdf",
    "pearson",
    "ranks",
    "skewness_kurtosis",
    "standard_deviation",
    "variance",
]


def average(values: Sequence[float]) -> float:
    """Sum over count; NaN without values."""
    return sum(values) / len(values) if values else math.nan


def mean(values: Sequence[float]) -> float:
    """The running mean, which may differ from ``average`` in the last digit; NaN without values."""
    result = 0.0 if values else math.nan
    for count, value in enumerate(values, 1):
        result += (value - result) / count
    return result


def variance(values: Sequence[float]) -> float:
    """Sample variance (n - 1); NaN for fewer than two values."""
    if len(values) < 2:
        return math.nan
    total, squares = values[0], 0.0
    for count, value in enumerate(values[1:], 2):
        total += value
        difference = count * value - total
        squares += difference * difference / (count * (count - 1))
    return squares / (len(values) - 1)


def standard_deviation(values: Sequence[float]) -> float:
    """Square root of the sample variance."""
    return math.sqrt(variance(values))


def covariance(first: Sequence[float], second: Sequence[float]) -> float:
    """Sample covariance (n - 1) of two series of one length; NaN for fewer than two values."""
    if len(first) < 2:
        return math.nan
    mean_first = mean_second = comoment = 0.0
    for count, (one, other) in enumerate(zip(first, second, strict=True), 1):
        previous_second = mean_second
        mean_first += (one - mean_first) / count
        mean_second += (other - mean_second) / count
        comoment += (one - mean_first) * (other - previous_second)
    return comoment / (len(first) - 1)


def pearson(first: Sequence[float], second: Sequence[float]) -> float:
    """Pearson's correlation of two series of one length; NaN where one of them is constant."""
    mean_first = mean_second = squares_first = squares_second = products = 0.0
    for count, (one, other) in enumerate(zip(first, second, strict=True), 1):
        delta_first, delta_second = one - mean_first, other - mean_second
        step_first, step_second = delta_first / count, delta_second / count
        mean_first += step_first
        mean_second += step_second
        squares_first += step_first * delta_first * (count - 1)
        squares_second += step_second * delta_second * (count - 1)
        products += delta_first * delta_second * (count - 1) / count
    scale = math.sqrt(squares_first * squares_second)
    return products / scale if scale else math.nan


def ranks(values: Sequence[float]) -> list[float]:
    """Rank of each value from 1; equal values share the mean of theirs."""
    order = sorted(range(len(values)), key=values.__getitem__)
    result = [0.0] * len(values)
    start = 0
    for end in range(1, len(order) + 1):
        if end == len(order) or values[order[end]] != values[order[start]]:
            for place in order[start:end]:
                result[place] = (start + end + 1) / 2
            start = end
    return result


def skewness_kurtosis(values: Sequence[float]) -> tuple[float, float]:
    """Sample-adjusted skewness and excess kurtosis; NaN for fewer than 3 or 4 values and for constant series."""
    m1 = m2 = m3 = m4 = 0.0
    for n, value in enumerate(values, 1):
        delta = value - m1
        step = delta / n
        square = step * step
        growth = delta * (n - 1)
        m1 += step
        m4 += growth * step * square * (n * n - 3 * n + 3) + 6 * square * m2 - 4 * step * m3
        m3 += growth * square * (n - 2) - 3 * step * m2
        m2 += growth * step
    n = len(values)
    if n < 3 or m2 == 0:
        return math.nan, math.nan
    skewness = n * m3 * math.sqrt(m2 / (n - 1)) / (m2 * m2 * (n - 2)) * (n - 1)
    if n < 4:
        return skewness, math.nan
    kurtosis = (n * n - 1) / ((n - 2) * (n - 3)) * (n * m4 / (m2 * m2) - 3 + 6 / (n + 1))
    return skewness, kurtosis


def normal_cdf(value: float) -> float:
    """Distribution function of the standard normal."""
    return 0.5 * math.erfc(-value / math.sqrt(2))


def is_nan_or_zero(value: float) -> bool:
    return math.isnan(value) or value == 0
