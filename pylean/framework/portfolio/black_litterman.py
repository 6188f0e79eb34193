"""Black and Litterman's model: market returns, adjusted by the views of the alpha models."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from pylean.feed.bars import TradeBar
from pylean.framework.insight import Insight
from pylean.framework.insight_enums import InsightDirection, PortfolioBias
from pylean.framework.insight_period import to_utc
from pylean.framework.model import adopt_method
from pylean.framework.portfolio.base import PortfolioConstructionModel
from pylean.framework.portfolio.mean_variance import biased, weight_limits
from pylean.framework.portfolio.optimizers import MaximumSharpeRatioPortfolioOptimizer
from pylean.framework.portfolio.rebalancing import rebalancing_function
from pylean.framework.portfolio.returns import ReturnsSymbolData, returns_matrix
from pylean.numbers import double_to_decimal
from pylean.storage import Resolution

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pylean.algorithm import QCAlgorithm, SecurityChanges
    from pylean.securities.symbol import Symbol

    Vector = NDArray[np.float64]

__all__ = ["BlackLittermanOptimizationPortfolioConstructionModel"]

_TRADING_DAYS = 252


class BlackLittermanOptimizationPortfolioConstructionModel(PortfolioConstructionModel):
    """Each alpha model's insights are one view; formulas as in blacklitterman.org's cookbook (He and Litterman).

    ``delta`` scales the covariance, ``tau`` is the uncertainty of the market's returns. Insights must have a magnitude.
    """

    #: Whether an alpha model of flat insights is left out; else there are no targets at all.
    _skips_empty_views = False

    def __init__(
        self,
        rebalance: Any = Resolution.DAILY,
        portfolio_bias: PortfolioBias = PortfolioBias.LONG_SHORT,
        lookback: int = 1,
        period: int = 63,
        resolution: Resolution = Resolution.DAILY,
        risk_free_rate: float = 0.0,
        delta: float = 2.5,
        tau: float = 0.05,
        optimizer: Any = None,
    ) -> None:
        super().__init__(rebalancing_function(rebalance))
        self.portfolio_bias = PortfolioBias(portfolio_bias)
        self.lookback = lookback
        self.period = period
        self.resolution = Resolution(resolution)
        self.risk_free_rate = risk_free_rate
        self.delta = delta
        self.tau = tau
        low, high = weight_limits(self.portfolio_bias)
        self.optimizer = optimizer or MaximumSharpeRatioPortfolioOptimizer(low, high, risk_free_rate)
        self._returns: dict[Symbol, ReturnsSymbolData] = {}

    def should_create_target_for_insight(self, insight: Insight) -> bool:
        return bool(self.filter_invalid_insight_magnitude(self.algorithm, [insight]))

    def get_target_insights(self) -> list[Insight]:
        """The latest active insight of each symbol and source model, by symbol."""
        algorithm = self.algorithm
        latest: dict[tuple[Symbol, str | None], Insight] = {}
        for insight in algorithm.insights.get_active_insights(algorithm.utc_time):
            if self.should_create_target_for_insight(insight):
                key = insight.symbol, insight.source_model
                known = latest.get(key)
                if known is None or known.generated_time_utc <= insight.generated_time_utc:
                    latest[key] = insight
        return sorted(latest.values(), key=lambda insight: insight.symbol)

    def determine_target_percent(self, active_insights: list[Insight]) -> dict[Insight, float]:
        """Nothing when an insight has no magnitude."""
        symbols = list(dict.fromkeys(insight.symbol for insight in active_insights))
        views = _views(active_insights, symbols, skips_empty=self._skips_empty_views)
        if views is None:
            return {}
        for insight in active_insights:
            data = self._returns.get(insight.symbol)
            if data is not None:
                data.add(insight.generated_time_utc, double_to_decimal(insight.magnitude or 0.0))
        returns = self.returns_of(symbols)
        expected, sigma = self._posterior(*self.get_equilibrium_returns(returns), *views)
        weights = adopt_method(self.optimizer, "optimize")(returns, expected, sigma)
        first_of: dict[Symbol, Insight] = {}
        for insight in active_insights:
            first_of.setdefault(insight.symbol, insight)
        pairs = zip(symbols, weights, strict=False)
        return {first_of[symbol]: biased(float(weight), self.portfolio_bias) for symbol, weight in pairs}

    def returns_of(self, symbols: list[Symbol]) -> Any:
        """Returns by time and symbol, as the optimizer gets them."""
        return returns_matrix(self._returns, symbols)

    def get_equilibrium_returns(self, returns: Vector) -> tuple[Vector, Vector]:
        """Yearly excess returns that make equal weights the best ones, and the yearly covariance."""
        size = returns.shape[1]
        weights = np.full(size, 1 / size)
        sigma = np.atleast_2d(np.cov(returns, rowvar=False)) * _TRADING_DAYS
        yearly = float(weights @ ((1 + returns.mean(axis=0)) ** _TRADING_DAYS - 1))
        risk_aversion = (yearly - self.risk_free_rate) / float(weights @ sigma @ weights)
        return sigma @ weights * risk_aversion, sigma

    def _posterior(self, expected: Vector, sigma: Vector, views: Vector, sizes: Vector) -> tuple[Vector, Vector]:
        """Returns and covariance after the views; unchanged when the views depend on each other linearly."""
        prior = self.tau * np.asarray(sigma)
        spread = views @ prior @ views.T
        errors = np.diag(np.diag(spread))
        if np.linalg.det(errors) == 0:
            return expected, sigma
        gain = prior @ views.T @ np.linalg.inv(spread + errors)
        uncertainty = prior - gain @ views @ prior
        return expected + gain @ (sizes - views @ expected), (sigma + uncertainty) * self.delta

    def on_securities_changed(self, algorithm: QCAlgorithm, changes: SecurityChanges) -> None:
        super().on_securities_changed(algorithm, changes)
        for removed in changes.removed_securities:
            data = self._returns.pop(removed.symbol, None)
            if data is not None:
                data.reset()
        for added in changes.added_securities:
            self._warm_up(algorithm, added.symbol)

    def _warm_up(self, algorithm: QCAlgorithm, symbol: Symbol) -> None:
        """Returns are filed by UTC here: the insights that follow them are."""
        hours = algorithm.securities[symbol].exchange.hours.market_hours
        for bar in algorithm.history[TradeBar](symbol, self.lookback * self.period, self.resolution):
            data = self._returns.setdefault(symbol, ReturnsSymbolData(symbol, self.lookback, self.period))
            data.update(to_utc(bar.end_time, hours), bar.decimal_value)


def _views(insights: list[Insight], symbols: list[Symbol], *, skips_empty: bool) -> tuple[Vector, Vector] | None:
    """Link matrix (views by symbols) and sizes of the views; ``None`` when there are none or a magnitude is missing.

    A view of size 0 is left out with ``skips_empty``, else it takes all views with it.
    """
    by_model: dict[str | None, list[Insight]] = {}
    for insight in insights:
        by_model.setdefault(insight.source_model, []).append(insight)
    rows, sizes = [], []
    for members in by_model.values():
        size = max(_total(members, InsightDirection.UP), _total(members, InsightDirection.DOWN))
        if any(insight.magnitude is None for insight in members) or (size == 0 and not skips_empty):
            return None
        if size:
            shares = [insight.direction * abs(insight.magnitude or 0.0) / size for insight in members]
            # Lean lines the zeros up behind a view's own symbols, whatever the order of the columns.
            rows.append(shares + [0.0] * (len(symbols) - len(shares)))
            sizes.append(size)
    return (np.array(rows), np.array(sizes)) if rows else None


def _total(insights: Iterable[Insight], direction: InsightDirection) -> float:
    return sum(abs(insight.magnitude or 0.0) for insight in insights if insight.direction is direction)
