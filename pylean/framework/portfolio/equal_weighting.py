"""Equal shares for all, by security or by sector."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pylean.framework.insight import Insight
from pylean.framework.insight_enums import InsightDirection, PortfolioBias
from pylean.framework.portfolio.base import PortfolioConstructionModel
from pylean.framework.portfolio.rebalancing import rebalancing_function
from pylean.storage import Resolution

if TYPE_CHECKING:
    from pylean.algorithm import QCAlgorithm, SecurityChanges
    from pylean.securities.security import Security
    from pylean.securities.symbol import Symbol

__all__ = ["EqualWeightingPortfolioConstructionModel", "SectorWeightingPortfolioConstructionModel"]


class EqualWeightingPortfolioConstructionModel(PortfolioConstructionModel):
    """1/N of the portfolio for each of the N insights that are not flat and fit the bias; the others get zero."""

    def __init__(
        self, rebalance: Any = Resolution.DAILY, portfolio_bias: PortfolioBias = PortfolioBias.LONG_SHORT
    ) -> None:
        super().__init__(rebalancing_function(rebalance))
        self.portfolio_bias = PortfolioBias(portfolio_bias)

    def determine_target_percent(self, active_insights: list[Insight]) -> dict[Insight, float]:
        directions = {insight: self._direction(insight) for insight in active_insights}
        count = sum(direction != 0 for direction in directions.values())
        return {insight: direction / count if direction else 0.0 for insight, direction in directions.items()}

    def respect_portfolio_bias(self, insight: Insight) -> bool:
        return self.portfolio_bias is PortfolioBias.LONG_SHORT or int(insight.direction) == int(self.portfolio_bias)

    def _direction(self, insight: Insight) -> int:
        return int(insight.direction) if self.respect_portfolio_bias(insight) else 0


class SectorWeightingPortfolioConstructionModel(EqualWeightingPortfolioConstructionModel):
    """Equal shares of the sectors, and of the securities in each; securities without a sector get no target."""

    def __init__(self, rebalance: Any = Resolution.DAILY) -> None:
        super().__init__(rebalance)
        self._sectors: dict[Symbol, str] = {}

    def should_create_target_for_insight(self, insight: Insight) -> bool:
        return insight.symbol in self._sectors

    def determine_target_percent(self, active_insights: list[Insight]) -> dict[Insight, float]:
        by_sector: dict[str, list[Insight]] = {}
        result: dict[Insight, float] = {}
        for insight in active_insights:
            if insight.direction is InsightDirection.FLAT:
                result[insight] = 0.0
            else:
                by_sector.setdefault(self._sectors[insight.symbol], []).append(insight)
        for members in by_sector.values():
            share = 1 / len(by_sector) / len(members)
            result |= {insight: insight.direction * share for insight in members}
        return result

    def on_securities_changed(self, algorithm: QCAlgorithm, changes: SecurityChanges) -> None:
        for removed in changes.removed_securities:
            self._sectors.pop(removed.symbol, None)
        for added in changes.added_securities:
            sector = self.get_sector_code(added)
            if sector:
                self._sectors[added.symbol] = sector
        super().on_securities_changed(algorithm, changes)

    def get_sector_code(self, security: Security) -> str | None:
        """The industry template code of the security's fundamental data."""
        code: str | None = security.fundamentals.company_reference.industry_template_code
        return code
