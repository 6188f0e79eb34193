"""The base of execution models, and the one that does nothing."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pylean.framework.model import FrameworkModel, adopt
from pylean.framework.sizing import unordered_quantity
from pylean.framework.targets import PortfolioTarget, PortfolioTargetCollection
from pylean.numbers import drop_trailing_zeros, to_float

if TYPE_CHECKING:
    from pylean.algorithm import QCAlgorithm, SecurityChanges
    from pylean.orders.events import OrderEvent

__all__ = ["ExecutionModel", "NullExecutionModel", "TargetExecutionModel", "adopt_execution"]


class ExecutionModel(FrameworkModel):
    """Override ``execute``: it is called in each slice that has data, with new targets or none."""

    asynchronous = True

    def __init__(self, asynchronous: bool = True) -> None:
        self.asynchronous = asynchronous

    def execute(self, algorithm: QCAlgorithm, targets: list[PortfolioTarget]) -> None:
        raise TypeError(f"{type(self).__name__} does not override execute(algorithm, targets)")

    def on_securities_changed(self, algorithm: QCAlgorithm, changes: SecurityChanges) -> None:
        """Called when securities were added or removed."""

    def on_order_event(self, algorithm: QCAlgorithm, order_event: OrderEvent) -> None:
        """Called for each order event, before the algorithm's own ``on_order_event``."""


class NullExecutionModel(ExecutionModel):
    """No orders."""

    def execute(self, algorithm: QCAlgorithm, targets: list[PortfolioTarget]) -> None:
        return


class TargetExecutionModel(ExecutionModel):
    """Keeps targets until they are reached, and orders market orders of what ``order_size`` gives."""

    _targets: PortfolioTargetCollection | None = None

    @property
    def targets_collection(self) -> PortfolioTargetCollection:
        if self._targets is None:
            self._targets = PortfolioTargetCollection()
        return self._targets

    def execute(self, algorithm: QCAlgorithm, targets: list[PortfolioTarget]) -> None:
        collection = self.targets_collection
        collection.add_range(targets)
        if collection.is_empty:
            return
        for target, quantity in self._missing(algorithm):
            size = self.order_size(algorithm, target, quantity)
            if size is None:
                return
            if size:
                shares = to_float(drop_trailing_zeros(size))
                algorithm.market_order(target.symbol, shares, self.asynchronous, target.tag)
        collection.clear_fulfilled(algorithm)

    def _missing(self, algorithm: QCAlgorithm) -> Iterator[tuple[PortfolioTarget, Decimal]]:
        """Targets in the order of margin impact, each with the shares still to order when its turn comes."""
        for target in self.targets_collection.order_by_margin_impact(algorithm):
            yield target, unordered_quantity(algorithm, target)

    def order_size(self, algorithm: QCAlgorithm, target: PortfolioTarget, quantity: Decimal) -> Decimal | None:
        """Signed shares to order now of those that are missing; 0 to wait, ``None`` to leave all targets for later."""
        return quantity


def adopt_execution(model: Any) -> ExecutionModel:
    """Raises TypeError for an object without the two methods of an execution model."""
    adopted = adopt(model, ExecutionModel, "execute", "on_securities_changed")
    if not hasattr(adopted, "on_order_event"):
        adopted.on_order_event = lambda algorithm, order_event: None  # type: ignore[method-assign]
    return adopted
