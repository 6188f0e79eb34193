"""A small share for each insight, adding up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pylean.framework.insight import Insight
from pylean.framework.insight_enums import InsightDirection, PortfolioBias
from pylean.framework.portfolio.base import PortfolioConstructionModel
from pylean.framework.portfolio.rebalancing import rebalancing_function

if TYPE_CHECKING:
    from pylean.securities.symbol import Symbol

__all__ = ["AccumulativeInsightPortfolioConstructionModel"]


class AccumulativeInsightPortfolioConstructionModel(PortfolioConstructionModel):
    """Each active insight moves its symbol's share by ``percent``: up, down, or for a flat one towards 0."""

    def __init__(
        self,
        rebalance: Any = None,
        portfolio_bias: PortfolioBias = PortfolioBias.LONG_SHORT,
        percent: float = 0.03,
    ) -> None:
        super().__init__(rebalancing_function(rebalance))
        self.portfolio_bias = PortfolioBias(portfolio_bias)
        self.percent = abs(percent)

    def get_target_insights(self) -> list[Insight]:
        """All active insights in the order of their generation."""
        active = self.algorithm.insights.get_active_insights(self.algorithm.utc_time)
        chosen = [insight for insight in active if self.should_create_target_for_insight(insight)]
        return sorted(chosen, key=lambda insight: insight.generated_time_utc)

    def determine_target_percent(self, active_insights: list[Insight]) -> dict[Insight, float]:
        shares: dict[Symbol, float] = {}
        first_of: dict[Symbol, Insight] = {}
        for insight in active_insights:
            first_of.setdefault(insight.symbol, insight)
            shares[insight.symbol] = self._moved(shares.get(insight.symbol, 0.0), insight.direction)
        return {insight: shares[symbol] for symbol, insight in first_of.items()}

    def _moved(self, share: float, direction: InsightDirection) -> float:
        if direction is InsightDirection.FLAT and share:
            # A step that would go past zero ends there.
            share = 0.0 if abs(share) < self.percent else share - self.percent * _sign(share)
        share += self.percent * direction
        if self.portfolio_bias is not PortfolioBias.LONG_SHORT and _sign(share) != self.portfolio_bias:
            return 0.0
        return share


def _sign(number: float) -> int:
    return (number > 0) - (number < 0)
