"""The base of alpha models, the one that does nothing, and several as one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from pylean.framework.insight import Insight, next_guid
from pylean.framework.model import FrameworkModel, adopt
from pylean.naming import assignable
from pylean.storage import Resolution

if TYPE_CHECKING:
    from pylean.algorithm import QCAlgorithm, SecurityChanges
    from pylean.feed.slice import Slice

__all__ = ["AlphaModel", "CompositeAlphaModel", "NullAlphaModel", "adopt_alpha", "model_name", "resolution_word"]


@assignable("name")
class AlphaModel(FrameworkModel):
    """Override ``update`` and return insights; ``name`` marks the insights' source and is a made-up id by default."""

    _name: str | None = None

    @property
    def name(self) -> str:
        of_class = getattr(type(self), "Name", None)
        if isinstance(of_class, str):
            return of_class
        if self._name is None:
            self._name = str(next_guid())
        return self._name

    @name.setter
    def name(self, name: str) -> None:
        self._name = name

    def update(self, algorithm: QCAlgorithm, data: Slice) -> Iterable[Insight]:
        """New insights; called for each slice that has data."""
        raise TypeError(f"{type(self).__name__} does not override update(algorithm, data)")

    def on_securities_changed(self, algorithm: QCAlgorithm, changes: SecurityChanges) -> None:
        """Called when securities were added or removed."""


class NullAlphaModel(AlphaModel):
    """No insights."""

    def update(self, algorithm: QCAlgorithm, data: Slice) -> Iterable[Insight]:
        return ()


class CompositeAlphaModel(AlphaModel):
    """Several alpha models, asked in order. Raises ValueError without any."""

    def __init__(self, *alpha_models: Any) -> None:
        if not alpha_models:
            raise ValueError("CompositeAlphaModel needs at least one alpha model")
        self._models = [adopt_alpha(model) for model in alpha_models]

    def add_alpha(self, alpha_model: Any) -> None:
        self._models.append(adopt_alpha(alpha_model))

    def update(self, algorithm: QCAlgorithm, data: Slice) -> Iterator[Insight]:
        for model in self._models:
            for insight in model.update(algorithm, data) or ():
                insight.source_model = insight.source_model or model_name(model)
                yield insight

    def on_securities_changed(self, algorithm: QCAlgorithm, changes: SecurityChanges) -> None:
        for model in self._models:
            model.on_securities_changed(algorithm, changes)


def adopt_alpha(model: Any) -> AlphaModel:
    """Raises TypeError for an object without the two methods of an alpha model."""
    return adopt(model, AlphaModel, "update", "on_securities_changed")


def model_name(model: Any) -> str:
    """A model's ``name``; the class's for one that has none."""
    name = getattr(model, "name", None) or getattr(model, "Name", None)
    return str(name) if name else type(model).__name__


def resolution_word(resolution: Resolution) -> str:
    """``Daily`` and so on, as in Lean's names of models."""
    return Resolution(resolution).name.capitalize()
