"""The base of portfolio construction models."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from pylean.framework.insight import Insight
from pylean.framework.model import FrameworkModel
from pylean.framework.portfolio.rebalancing import RebalancingFunction, rebalancing_function
from pylean.framework.targets import PortfolioTarget
from pylean.naming import assignable

if TYPE_CHECKING:
    from pylean.algorithm import QCAlgorithm, SecurityChanges
    from pylean.securities.symbol import Symbol

__all__ = ["NullPortfolioConstructionModel", "PortfolioConstructionModel"]


@assignable("rebalance_on_security_changes", "rebalance_on_insight_changes")
class PortfolioConstructionModel(FrameworkModel):
    """Override ``determine_target_percent``; or ``create_targets`` for everything.

    Without a rebalancing function targets are made in every slice that has data. With one they are made at its times,
    and when insights came or expired or securities changed, unless that is switched off.
    """

    rebalance_on_security_changes = True
    rebalance_on_insight_changes = True

    _algorithm: QCAlgorithm | None = None
    _rebalancing: RebalancingFunction | None = None
    _rebalancing_time: datetime | None = None
    _has_security_changes = False

    def __init__(self, rebalancing_func: RebalancingFunction | None = None) -> None:
        self._rebalancing = rebalancing_func

    @property
    def algorithm(self) -> QCAlgorithm:
        """The algorithm the model works for. Raises RuntimeError before it was first called."""
        if self._algorithm is None:
            raise RuntimeError(f"{type(self).__name__} does not know its algorithm before it is first called")
        return self._algorithm

    def set_rebalancing_func(self, rebalance: Any) -> None:
        """A resolution, time span, date rule or function from UTC to the next rebalance in UTC."""
        self._rebalancing = rebalancing_function(rebalance)

    def create_targets(self, algorithm: QCAlgorithm, insights: list[Insight]) -> Iterable[PortfolioTarget]:
        """Targets of the active insights when a rebalance is due, and zero for symbols whose insights all expired."""
        self._algorithm = algorithm
        now = algorithm.utc_time
        if not self.is_rebalance_due(insights, now):
            return []
        targets: list[PortfolioTarget] = []
        failed: set[Symbol] = set()
        active = self.get_target_insights()
        percents = self.determine_target_percent(active)
        for insight in active:
            if insight not in percents:
                continue
            target = PortfolioTarget.percent(algorithm, insight.symbol, float(percents[insight]))
            if target is None:
                failed.add(insight.symbol)
            else:
                targets.append(target)
        expired = dict.fromkeys(insight.symbol for insight in algorithm.insights.remove_expired_insights(now))
        done = [symbol for symbol in expired if not algorithm.insights.has_active_insights(symbol, now)]
        return targets + [PortfolioTarget(symbol, 0) for symbol in done if symbol not in failed]

    def on_securities_changed(self, algorithm: QCAlgorithm, changes: SecurityChanges) -> None:
        """Insights of removed securities expire now."""
        self._algorithm = self._algorithm or algorithm
        self._has_security_changes = True
        algorithm.insights.expire(removed.symbol for removed in changes.removed_securities)

    def get_target_insights(self) -> list[Insight]:
        """The latest active insight of each symbol that ``should_create_target_for_insight``."""
        algorithm = self.algorithm
        latest: dict[Symbol, Insight] = {}
        for insight in algorithm.insights.get_active_insights(algorithm.utc_time):
            if self.should_create_target_for_insight(insight):
                known = latest.get(insight.symbol)
                if known is None or known.generated_time_utc <= insight.generated_time_utc:
                    latest[insight.symbol] = insight
        return list(latest.values())

    def should_create_target_for_insight(self, insight: Insight) -> bool:
        return True

    def determine_target_percent(self, active_insights: list[Insight]) -> dict[Insight, float]:
        """Share of the portfolio for each insight that gets one."""
        raise TypeError(f"{type(self).__name__} does not override determine_target_percent(active_insights)")

    def is_rebalance_due(self, insights: list[Insight], algorithm_utc: datetime) -> bool:
        """Whether targets are made now; ``insights`` are the new ones."""
        if self._rebalancing is None:
            self.refresh_rebalance(algorithm_utc)
            return True
        if self._rebalancing_time is None:
            self._rebalancing_time = self._rebalancing(algorithm_utc)
            if self._rebalancing_time is not None and self._rebalancing_time <= algorithm_utc:
                # The function is not asked twice in one slice: its own state may not have moved on.
                self._rebalancing_time = None
                self._has_security_changes = False
                return True
        is_due = (
            (self._rebalancing_time is not None and self._rebalancing_time <= algorithm_utc)
            or (self.rebalance_on_security_changes and self._has_security_changes)
            or (self.rebalance_on_insight_changes and (bool(insights) or self._has_expired_insights(algorithm_utc)))
        )
        if is_due:
            self.refresh_rebalance(algorithm_utc)
        return is_due

    def _has_expired_insights(self, utc: datetime) -> bool:
        expiry = self.algorithm.insights.get_next_expiry_time()
        return expiry is not None and expiry < utc

    def refresh_rebalance(self, algorithm_utc: datetime) -> None:
        """Ask for the next rebalance and forget the changes of securities."""
        if self._rebalancing is not None:
            self._rebalancing_time = self._rebalancing(algorithm_utc)
        self._has_security_changes = False

    @staticmethod
    def filter_invalid_insight_magnitude(algorithm: QCAlgorithm, insights: Iterable[Insight]) -> list[Insight]:
        """Insights without a magnitude, or with one inside the limits of the settings; others are logged."""
        low = algorithm.settings.min_absolute_portfolio_target_percentage
        high = algorithm.settings.max_absolute_portfolio_target_percentage
        valid = []
        for insight in insights:
            if not insight.magnitude or low <= abs(insight.magnitude) <= high:
                valid.append(insight)
            else:
                algorithm.error(f"{insight.symbol}: magnitude {insight.magnitude} is not between {low} and {high}")
        return valid


class NullPortfolioConstructionModel(PortfolioConstructionModel):
    """No targets."""

    def create_targets(self, algorithm: QCAlgorithm, insights: list[Insight]) -> Iterable[PortfolioTarget]:
        return []
