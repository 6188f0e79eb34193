"""The algorithm framework: models for universes, insights, portfolio, risk and execution."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, cast

from pylean.algorithm.core import AlgorithmCore
from pylean.events import EventHandlers
from pylean.framework.alphas.base import AlphaModel
from pylean.framework.execution.base import ExecutionModel
from pylean.framework.insight import Insight, flatten, restart_guids
from pylean.framework.insights import InsightManager
from pylean.framework.pipeline import FrameworkPipeline
from pylean.framework.portfolio.base import PortfolioConstructionModel
from pylean.framework.risk.base import RiskManagementModel
from pylean.framework.selection import UniverseSelectionModel
from pylean.framework.signal_export import SignalExportManager

if TYPE_CHECKING:
    from pylean.algorithm.changes import SecurityChanges
    from pylean.algorithm.qc_algorithm import QCAlgorithm
    from pylean.feed.slice import Slice
    from pylean.orders.events import OrderEvent

__all__ = ["FrameworkMixin"]


class FrameworkMixin(AlgorithmCore):
    """``set_alpha`` and its like choose the models; the engine takes them through each slice.

    The engine asks the run's pipeline whether it is active first: an algorithm without models pays nothing.
    """

    def __init__(self) -> None:
        super().__init__()
        restart_guids()
        algorithm = cast("QCAlgorithm", self)
        self._lean.framework = FrameworkPipeline(algorithm)
        self.signal_export = SignalExportManager(algorithm)

    @property
    def insights(self) -> InsightManager:
        """Insights generated so far."""
        return self._lean.framework.insights

    @property
    def insights_generated(self) -> EventHandlers:
        """``algorithm.insights_generated += handler``; handlers get the algorithm and the new insights."""
        return self._lean.framework.insights_generated

    @insights_generated.setter
    def insights_generated(self, handlers: EventHandlers) -> None:
        """``+=`` assigns what it changed."""
        self._lean.framework.insights_generated = handlers

    @property
    def alpha(self) -> AlphaModel:
        return self._lean.framework.alpha

    @property
    def portfolio_construction(self) -> PortfolioConstructionModel:
        return self._lean.framework.portfolio_construction

    @property
    def execution(self) -> ExecutionModel:
        return self._lean.framework.execution

    @property
    def risk_management(self) -> RiskManagementModel:
        return self._lean.framework.risk_management

    @property
    def universe_selection(self) -> UniverseSelectionModel:
        return self._lean.framework.universe_selection

    def set_alpha(self, alpha: Any) -> None:
        self._lean.framework.set_alpha(alpha)

    def add_alpha(self, alpha: Any) -> None:
        """One more alpha model beside those there are."""
        self._lean.framework.add_alpha(alpha)

    def set_portfolio_construction(self, portfolio_construction: Any) -> None:
        self._lean.framework.set_portfolio_construction(portfolio_construction)

    def set_execution(self, execution: Any) -> None:
        self._lean.framework.set_execution(execution)

    def set_risk_management(self, risk_management: Any) -> None:
        self._lean.framework.set_risk_management(risk_management)

    def add_risk_management(self, risk_management: Any) -> None:
        """One more risk model, which sees the targets that the others leave."""
        self._lean.framework.add_risk_management(risk_management)

    def set_universe_selection(self, universe_selection: Any) -> None:
        self._lean.framework.set_universe_selection(universe_selection)

    def add_universe_selection(self, universe_selection: Any) -> None:
        """One more universe selection model beside those there are."""
        self._lean.framework.add_universe_selection(universe_selection)

    def emit_insights(self, *insights: Insight | Iterable[Insight]) -> None:
        """Give insights to the portfolio construction at once, without an alpha model."""
        self._lean.framework.emit(flatten(insights))

    def framework_post_initialize(self) -> None:
        """Called by the engine after ``initialize``."""
        self._lean.framework.post_initialize()

    def on_framework_data(self, slice: Slice) -> None:
        """Called by the engine after ``on_data``, for each slice."""
        self._lean.framework.on_data(slice)

    def on_framework_securities_changed(self, changes: SecurityChanges) -> None:
        """Called by the engine after ``on_securities_changed``."""
        self._lean.framework.on_securities_changed(changes)

    def on_framework_order_event(self, order_event: OrderEvent) -> None:
        """Called by the engine before ``on_order_event``."""
        self._lean.framework.on_order_event(order_event)
