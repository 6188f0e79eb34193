"""Optimizers: weights of securities from their past returns."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pylean.framework.portfolio.quadratic import minimize_quadratic
from pylean.naming import PascalNames

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Vector = NDArray[np.float64]

__all__ = [
    "MaximumSharpeRatioPortfolioOptimizer",
    "MinimumVariancePortfolioOptimizer",
    "UnconstrainedMeanVariancePortfolioOptimizer",
]


class UnconstrainedMeanVariancePortfolioOptimizer(PascalNames):
    """Expected returns times the inverse of the covariance; weights need not sum to 1."""

    def optimize(
        self,
        historical_returns: ArrayLike,
        expected_returns: ArrayLike | None = None,
        covariance: ArrayLike | None = None,
    ) -> Vector:
        """Weights by column. Raises ``numpy.linalg.LinAlgError`` for a singular covariance."""
        expected, sigma = _moments(historical_returns, expected_returns, covariance)
        weights: Vector = expected @ np.linalg.inv(sigma)
        return weights


class MinimumVariancePortfolioOptimizer(PascalNames):
    """Smallest variance at a target return, weights summing to 1 within limits; absolute weights then sum to 1."""

    def __init__(self, minimum_weight: float = -1, maximum_weight: float = 1, target_return: float = 0.02) -> None:
        self.minimum_weight = minimum_weight
        self.maximum_weight = maximum_weight
        self.target_return = target_return

    def optimize(
        self,
        historical_returns: ArrayLike,
        expected_returns: ArrayLike | None = None,
        covariance: ArrayLike | None = None,
    ) -> Vector:
        """Weights by column; equal ones when the target cannot be reached."""
        expected, sigma = _moments(historical_returns, expected_returns, covariance)
        size = len(sigma)
        one = np.eye(size)
        rows = np.vstack([expected, np.ones(size), one, -one])
        limits = np.repeat([self.minimum_weight, -self.maximum_weight], size)
        weights = minimize_quadratic(sigma, rows, np.concatenate([[self.target_return, 1.0], limits]), 2)
        total = 0.0 if weights is None else float(np.abs(weights).sum())
        return np.full(size, 1 / size) if weights is None or total == 0 else weights / total


class MaximumSharpeRatioPortfolioOptimizer(PascalNames):
    """Highest excess return over deviation, weights summing to 1 within limits.

    Solved as the quadratic program of Charnes and Cooper: smallest variance at an excess return of 1, then scaled.
    """

    def __init__(self, minimum_weight: float = -1, maximum_weight: float = 1, risk_free_rate: float = 0) -> None:
        self.minimum_weight = minimum_weight
        self.maximum_weight = maximum_weight
        self.risk_free_rate = risk_free_rate

    def optimize(
        self,
        historical_returns: ArrayLike,
        expected_returns: ArrayLike | None = None,
        covariance: ArrayLike | None = None,
    ) -> Vector:
        """Weights by column; equal ones when no weights give an excess return above 0."""
        expected, sigma = _moments(historical_returns, expected_returns, covariance)
        weights = self.solve(expected - self.risk_free_rate, sigma)
        return np.full(len(sigma), 1 / len(sigma)) if weights is None else weights

    def solve(self, excess: Vector, sigma: Vector) -> Vector | None:
        """Weights by column, ``None`` when there is no portfolio with an excess return above 0."""
        feasible = (excess > 0).any() if self.minimum_weight >= 0 else (excess != 0).any()
        if not feasible:
            return None
        size = len(sigma)
        one, ones = np.eye(size), np.ones((size, size))
        rows = np.vstack([excess, one - self.minimum_weight * ones, self.maximum_weight * ones - one])
        scaled = minimize_quadratic(sigma, rows, np.concatenate([[1.0], np.zeros(2 * size)]), 1)
        total = 0.0 if scaled is None else float(scaled.sum())
        return None if scaled is None or total <= 0 else scaled / total


def _moments(
    historical_returns: ArrayLike, expected_returns: ArrayLike | None, covariance: ArrayLike | None
) -> tuple[Vector, Vector]:
    """Expected returns and covariance, those of the sample where they are not given."""
    returns = np.asarray(historical_returns, dtype=np.float64)
    expected = returns.mean(axis=0) if expected_returns is None else np.asarray(expected_returns, dtype=np.float64)
    sigma = np.cov(returns, rowvar=False) if covariance is None else np.asarray(covariance, dtype=np.float64)
    return np.atleast_1d(expected), np.atleast_2d(sigma)
