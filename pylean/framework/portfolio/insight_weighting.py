"""Shares that the insights themselves ask for."""

from __future__ import annotations

from pylean.framework.insight import Insight
from pylean.framework.portfolio.equal_weighting import EqualWeightingPortfolioConstructionModel

__all__ = ["ConfidenceWeightedPortfolioConstructionModel", "InsightWeightingPortfolioConstructionModel"]


class InsightWeightingPortfolioConstructionModel(EqualWeightingPortfolioConstructionModel):
    """The insight's weight, all scaled down together when they sum to more than 1; without a weight no target."""

    def should_create_target_for_insight(self, insight: Insight) -> bool:
        return insight.weight is not None

    def determine_target_percent(self, active_insights: list[Insight]) -> dict[Insight, float]:
        total = sum(self.get_value(insight) for insight in active_insights if self.respect_portfolio_bias(insight))
        factor = 1 / total if total > 1 else 1.0
        return {insight: self._direction(insight) * self.get_value(insight) * factor for insight in active_insights}

    def get_value(self, insight: Insight) -> float:
        """The share an insight asks for."""
        return abs(insight.weight or 0.0)


class ConfidenceWeightedPortfolioConstructionModel(InsightWeightingPortfolioConstructionModel):
    """The insight's confidence taken as its weight."""

    def should_create_target_for_insight(self, insight: Insight) -> bool:
        return insight.confidence is not None

    def get_value(self, insight: Insight) -> float:
        return insight.confidence or 0.0
