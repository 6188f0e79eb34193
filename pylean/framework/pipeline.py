"""The framework's way through a slice: universes, insights, targets, risk, orders."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from pylean.events import EventHandlers
from pylean.framework.alphas.base import AlphaModel, CompositeAlphaModel, NullAlphaModel, adopt_alpha, model_name
from pylean.framework.execution.base import ExecutionModel, adopt_execution
from pylean.framework.execution.immediate import ImmediateExecutionModel
from pylean.framework.insight import Insight
from pylean.framework.insight_enums import InsightType
from pylean.framework.insights import GeneratedInsightsCollection, InsightManager
from pylean.framework.model import adopt
from pylean.framework.portfolio.base import NullPortfolioConstructionModel, PortfolioConstructionModel
from pylean.framework.risk.base import (
    CompositeRiskManagementModel,
    NullRiskManagementModel,
    RiskManagementModel,
    adopt_risk,
    first_per_symbol,
)
from pylean.framework.selection import (
    CompositeUniverseSelectionModel,
    NullUniverseSelectionModel,
    UniverseSelectionModel,
    adopt_selection,
)

if TYPE_CHECKING:
    from pylean.algorithm import QCAlgorithm, SecurityChanges
    from pylean.feed.slice import Slice
    from pylean.orders.events import OrderEvent
    from pylean.securities.symbol import Symbol

__all__ = ["FrameworkPipeline"]


class FrameworkPipeline:
    """The models in force and the insights. ``is_active`` says whether a pass could do anything at all."""

    def __init__(self, algorithm: QCAlgorithm) -> None:
        self._algorithm = algorithm
        self.alpha: AlphaModel = NullAlphaModel()
        self.portfolio_construction: PortfolioConstructionModel = NullPortfolioConstructionModel()
        self.execution: ExecutionModel = ImmediateExecutionModel()
        self.risk_management: RiskManagementModel = NullRiskManagementModel()
        self.universe_selection: UniverseSelectionModel = NullUniverseSelectionModel()
        self.insights = InsightManager(lambda: algorithm.utc_time, self._activate)
        self.insights_generated = EventHandlers()
        self.is_active = False
        self._universes: set[Symbol] = set()
        self._told: set[str] = set()

    def _activate(self) -> None:
        self.is_active = True

    def set_alpha(self, model: Any) -> None:
        self.alpha = adopt_alpha(model)
        self.is_active = True

    def add_alpha(self, model: Any) -> None:
        if isinstance(self.alpha, CompositeAlphaModel):
            self.alpha.add_alpha(model)
        else:
            self.set_alpha(model if type(self.alpha) is NullAlphaModel else CompositeAlphaModel(self.alpha, model))

    def set_portfolio_construction(self, model: Any) -> None:
        self.portfolio_construction = adopt(
            model, PortfolioConstructionModel, "create_targets", "on_securities_changed"
        )
        self.is_active = True

    def set_execution(self, model: Any) -> None:
        self.execution = adopt_execution(model)
        self.is_active = True

    def set_risk_management(self, model: Any) -> None:
        self.risk_management = adopt_risk(model)
        self.is_active = True

    def add_risk_management(self, model: Any) -> None:
        present = self.risk_management
        if isinstance(present, CompositeRiskManagementModel):
            present.add_risk_management(model)
        else:
            is_first = type(present) is NullRiskManagementModel
            self.set_risk_management(model if is_first else CompositeRiskManagementModel(present, model))

    def set_universe_selection(self, model: Any) -> None:
        self.universe_selection = adopt_selection(model)
        self.is_active = True

    def add_universe_selection(self, model: Any) -> None:
        present = self.universe_selection
        if isinstance(present, CompositeUniverseSelectionModel):
            present.add_universe_selection(model)
        else:
            is_first = type(present) is NullUniverseSelectionModel
            self.set_universe_selection(model if is_first else CompositeUniverseSelectionModel(present, model))

    def post_initialize(self) -> None:
        """After ``initialize``: the settings reach the portfolio construction, and the universes are made."""
        settings, model = self._algorithm.settings, self.portfolio_construction
        if settings.rebalance_portfolio_on_security_changes is not None:
            model.rebalance_on_security_changes = settings.rebalance_portfolio_on_security_changes
        if settings.rebalance_portfolio_on_insight_changes is not None:
            model.rebalance_on_insight_changes = settings.rebalance_portfolio_on_insight_changes
        self._add_universes()

    def on_data(self, slice: Slice) -> None:
        """One pass. Without data only universes are made anew and insights scored."""
        algorithm = self._algorithm
        if algorithm.utc_time >= self.universe_selection.get_next_refresh_time_utc():
            self._renew_universes()
        self.insights.step(algorithm.utc_time)
        if not slice.has_data:
            return
        insights = list(self.alpha.update(algorithm, slice) or ())
        if insights:
            insights = self._announce(insights)
        self._process(insights)

    def on_securities_changed(self, changes: SecurityChanges) -> None:
        for model in (self.alpha, self.portfolio_construction, self.execution, self.risk_management):
            model.on_securities_changed(self._algorithm, changes)

    def on_order_event(self, event: OrderEvent) -> None:
        self.execution.on_order_event(self._algorithm, event)

    def emit(self, insights: Iterable[Insight]) -> None:
        """Take insights from the algorithm itself, straight to targets and orders; none during warm-up."""
        if self._algorithm.is_warming_up:
            self._tell_once("insights emitted during warm-up are ignored")
            return
        self._process(self._announce(list(insights)))

    def _announce(self, insights: list[Insight]) -> list[Insight]:
        """Complete new insights, keep them and tell the handlers; those of delisted securities are left out."""
        securities = self._algorithm.securities
        listed = [insight for insight in insights if not securities[insight.symbol].is_delisted]
        if len(listed) < len(insights):
            self._tell_once("insights of delisted securities are ignored")
        insights = listed
        for insight in insights:
            self._complete(insight)
        self.insights.add_range(insights)
        if self.insights_generated:
            told = GeneratedInsightsCollection(self._algorithm.utc_time, insights)
            self.insights_generated(self._algorithm, told)
        return insights

    def _tell_once(self, warning: str) -> None:
        if warning not in self._told:
            self._told.add(warning)
            self._algorithm.error(warning)

    def _complete(self, insight: Insight) -> None:
        security = self._algorithm.securities[insight.symbol]
        insight.generated_time_utc = self._algorithm.utc_time
        if insight.type is InsightType.PRICE:
            insight.decimal_reference_value = security.cache.price
        else:
            insight.reference_value = security.volatility_model.volatility
        insight.source_model = insight.source_model or model_name(self.alpha)
        insight.set_period_and_close_time(security.exchange.hours)

    def _process(self, insights: list[Insight]) -> None:
        """Targets of the insights, overridden by those of the risk model, executed."""
        algorithm = self._algorithm
        targets = list(self.portfolio_construction.create_targets(algorithm, insights) or ())
        for target in targets:
            algorithm.securities[target.symbol].holdings.target = target
        overrides = list(self.risk_management.manage_risk(algorithm, targets) or ())
        for target in overrides:
            algorithm.securities[target.symbol].holdings.target = target
        self.execution.execute(algorithm, first_per_symbol([*overrides, *targets]))

    def _add_universes(self) -> None:
        """Add what the selection model makes now; a universe that is there already stays."""
        self._universes = set()
        for universe in self.universe_selection.create_universes(self._algorithm):
            self._algorithm.add_universe(universe)
            self._universes.add(universe.symbol)

    def _renew_universes(self) -> None:
        """Universes that the selection model no longer makes go, with the securities that only they hold."""
        earlier = self._universes
        self._add_universes()
        for symbol in earlier - self._universes:
            self._algorithm.universe_manager.remove(symbol)
