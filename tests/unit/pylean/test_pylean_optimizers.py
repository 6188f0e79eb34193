"""Optimizers against conditions that hold at the optimum, and against a search over a grid."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from pylean.framework.lean_python_portfolio import MaximumSharpeRatioPortfolioOptimizer as StrictSharpe
from pylean.framework.portfolio.mean_reversion import MeanReversionPortfolioConstructionModel
from pylean.framework.portfolio.optimizers import (
    MaximumSharpeRatioPortfolioOptimizer,
    MinimumVariancePortfolioOptimizer,
    UnconstrainedMeanVariancePortfolioOptimizer,
)
from pylean.framework.portfolio.risk_parity import RiskParityPortfolioOptimizer


def _returns(seed: int, securities: int = 3) -> Any:
    random = np.random.default_rng(seed)
    mixing = random.normal(size=(securities, securities))
    return random.normal(size=(60, securities)) @ mixing * 0.01 + random.normal(size=securities) * 0.002


def _grid(steps: int, low: float, high: float) -> list[Any]:
    """Weights of three securities that sum to 1 within the limits."""
    values = np.linspace(low, high, steps)
    points = (np.array([a, b, 1 - a - b]) for a, b in itertools.product(values, values))
    return [point for point in points if low - 1e-9 <= point[2] <= high + 1e-9]


seeds = st.integers(0, 10_000)


@settings(deadline=None, max_examples=40)
@given(seed=seeds)
def test_risk_parity_gives_every_security_the_same_share_of_the_risk(seed: int) -> None:
    returns = _returns(seed)
    weights = RiskParityPortfolioOptimizer().optimize(returns)
    shares = weights * (np.cov(returns, rowvar=False) @ weights)
    assert weights.sum() == pytest.approx(1)
    assert shares == pytest.approx(np.full(3, shares.mean()), rel=1e-5)


def test_risk_parity_of_one_security_is_all_of_it() -> None:
    assert RiskParityPortfolioOptimizer().optimize(_returns(1, 1)).tolist() == [1.0]


@settings(deadline=None, max_examples=40)
@given(seed=seeds)
def test_no_weights_on_a_grid_have_a_smaller_variance_at_the_target(seed: int) -> None:
    returns = _returns(seed)
    mean, sigma = returns.mean(axis=0), np.cov(returns, rowvar=False)
    target = float(np.mean(mean)) * 1.1
    assume(min(abs(mean.min() - target), abs(mean.max() - target)) > 1e-6)
    weights = MinimumVariancePortfolioOptimizer(0, 1, target).optimize(returns)
    if not mean.min() < target < mean.max():
        assert weights == pytest.approx(np.full(3, 1 / 3))
        return
    assert weights @ mean == pytest.approx(target, abs=1e-7)
    assert weights.min() > -1e-7
    # On the line of weights that reach the target and sum to 1, every feasible point is as risky or more so.
    direction = np.cross(mean, np.ones(3))
    for step in np.linspace(-2, 2, 401):
        other = weights + step * direction / np.linalg.norm(direction)
        if other.min() >= 0:
            assert other @ sigma @ other >= weights @ sigma @ weights - 1e-12


def test_a_target_out_of_reach_gives_equal_weights() -> None:
    weights = MinimumVariancePortfolioOptimizer(0, 1, 5.0).optimize(_returns(3))
    assert weights == pytest.approx(np.full(3, 1 / 3))


@settings(deadline=None, max_examples=25)
@given(seed=seeds)
def test_no_weights_on_a_grid_have_a_higher_sharpe_ratio(seed: int) -> None:
    returns = _returns(seed)
    mean, sigma = returns.mean(axis=0), np.cov(returns, rowvar=False)
    weights = MaximumSharpeRatioPortfolioOptimizer(0, 1).optimize(returns)
    if mean.max() <= 0:
        assert weights == pytest.approx(np.full(3, 1 / 3))
        return

    def ratio(point: Any) -> float:
        return float(point @ mean / np.sqrt(point @ sigma @ point))

    assert weights.sum() == pytest.approx(1)
    assert ratio(weights) >= max(map(ratio, _grid(41, 0, 1))) - 1e-9


def test_without_an_excess_return_weights_are_equal_or_refused() -> None:
    losses = -np.abs(_returns(5))
    assert MaximumSharpeRatioPortfolioOptimizer(0, 1).optimize(losses) == pytest.approx(np.full(3, 1 / 3))
    pandas = pytest.importorskip("pandas")
    with pytest.raises(ArithmeticError, match="excess return above 0"):
        StrictSharpe(0, 1).optimize(pandas.DataFrame(losses))


def test_unconstrained_weights_solve_the_covariance_equation() -> None:
    returns = _returns(7)
    weights = UnconstrainedMeanVariancePortfolioOptimizer().optimize(returns)
    assert np.cov(returns, rowvar=False) @ weights == pytest.approx(returns.mean(axis=0))


@settings(max_examples=50)
@given(vector=st.lists(st.floats(-5, 5), min_size=2, max_size=6))
def test_a_simplex_projection_is_the_nearest_point(vector: list[float]) -> None:
    projected = MeanReversionPortfolioConstructionModel.simplex_projection(vector)
    assert projected.sum() == pytest.approx(1)
    assert projected.min() >= 0
    # The gradient of the distance cannot point into the simplex: equal where weights are positive, lower elsewhere.
    slope = np.asarray(vector) - projected
    assert slope[projected > 0] == pytest.approx(np.full((projected > 0).sum(), slope.max()))
