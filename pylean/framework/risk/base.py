"""The base of risk management models, the one that does nothing, and several as one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from pylean.framework.model import FrameworkModel, adopt
from pylean.framework.targets import PortfolioTarget

if TYPE_CHECKING:
    from pylean.algorithm import QCAlgorithm, SecurityChanges
    from pylean.securities.symbol import Symbol

__all__ = [
    "CompositeRiskManagementModel",
    "NullRiskManagementModel",
    "RiskManagementModel",
    "adopt_risk",
    "closing_target",
    "first_per_symbol",
]


class RiskManagementModel(FrameworkModel):
    """Override ``manage_risk``: the targets it returns replace those of the same symbols."""

    def manage_risk(self, algorithm: QCAlgorithm, targets: list[PortfolioTarget]) -> Iterable[PortfolioTarget]:
        raise TypeError(f"{type(self).__name__} does not override manage_risk(algorithm, targets)")

    def on_securities_changed(self, algorithm: QCAlgorithm, changes: SecurityChanges) -> None:
        """Called when securities were added or removed."""


class NullRiskManagementModel(RiskManagementModel):
    """Every target is fine."""

    def manage_risk(self, algorithm: QCAlgorithm, targets: list[PortfolioTarget]) -> Iterable[PortfolioTarget]:
        return []


class CompositeRiskManagementModel(RiskManagementModel):
    """Several risk models: each sees the targets as the one before left them. Raises ValueError without any."""

    def __init__(self, *risk_management_models: Any) -> None:
        models = list(risk_management_models)
        if len(models) == 1 and isinstance(models[0], (list, tuple)):
            models = list(models[0])
        if not models:
            raise ValueError("CompositeRiskManagementModel needs at least one risk management model")
        self._models = [adopt_risk(model) for model in models]

    def add_risk_management(self, risk_management_model: Any) -> None:
        self._models.append(adopt_risk(risk_management_model))

    def manage_risk(self, algorithm: QCAlgorithm, targets: list[PortfolioTarget]) -> Iterable[PortfolioTarget]:
        for model in self._models:
            targets = first_per_symbol([*(model.manage_risk(algorithm, targets) or ()), *targets])
        return targets

    def on_securities_changed(self, algorithm: QCAlgorithm, changes: SecurityChanges) -> None:
        for model in self._models:
            model.on_securities_changed(algorithm, changes)


def adopt_risk(model: Any) -> RiskManagementModel:
    """Raises TypeError for an object without the two methods of a risk management model."""
    return adopt(model, RiskManagementModel, "manage_risk", "on_securities_changed")


def first_per_symbol(targets: Iterable[PortfolioTarget]) -> list[PortfolioTarget]:
    """The first target of each symbol, in order."""
    first: dict[Symbol, PortfolioTarget] = {}
    for target in targets:
        first.setdefault(target.symbol, target)
    return list(first.values())


def closing_target(algorithm: QCAlgorithm, symbol: Symbol) -> PortfolioTarget:
    """Cancel the symbol's insights and want no position of it."""
    algorithm.insights.cancel([symbol])
    return PortfolioTarget(symbol, 0)
