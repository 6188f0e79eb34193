"""Universe selection models: they make the universes of an algorithm."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from pylean.framework.model import FrameworkModel, adopt

if TYPE_CHECKING:
    from pylean.algorithm import QCAlgorithm
    from pylean.universes.base import Universe

__all__ = [
    "CompositeUniverseSelectionModel",
    "NullUniverseSelectionModel",
    "UniverseSelectionModel",
    "adopt_selection",
]


class UniverseSelectionModel(FrameworkModel):
    """Override ``create_universes``; it is called once, or again whenever ``get_next_refresh_time_utc`` has come."""

    def get_next_refresh_time_utc(self) -> datetime:
        """When the universes are made anew; never by default."""
        return datetime.max

    def create_universes(self, algorithm: QCAlgorithm) -> Iterable[Universe]:
        raise TypeError(f"{type(self).__name__} does not override create_universes(algorithm)")


class NullUniverseSelectionModel(UniverseSelectionModel):
    """No universes besides those the algorithm adds itself."""

    def create_universes(self, algorithm: QCAlgorithm) -> Iterable[Universe]:
        return ()


class CompositeUniverseSelectionModel(UniverseSelectionModel):
    """The universes of several models. Raises ValueError without any."""

    def __init__(self, *universe_selection_models: Any) -> None:
        if not universe_selection_models:
            raise ValueError("CompositeUniverseSelectionModel needs at least one universe selection model")
        self._models = [adopt_selection(model) for model in universe_selection_models]
        self._has_created = False

    def add_universe_selection(self, universe_selection_model: Any) -> None:
        self._models.append(adopt_selection(universe_selection_model))

    def get_next_refresh_time_utc(self) -> datetime:
        return min(model.get_next_refresh_time_utc() for model in self._models)

    def create_universes(self, algorithm: QCAlgorithm) -> Iterator[Universe]:
        """Of all models the first time; later of those whose time has come, and of those that never refresh."""
        for model in self._models:
            refresh = model.get_next_refresh_time_utc()
            if not self._has_created or algorithm.utc_time >= refresh or refresh == datetime.max:
                yield from model.create_universes(algorithm)
        self._has_created = True


def adopt_selection(model: Any) -> UniverseSelectionModel:
    """Raises TypeError for an object without ``create_universes``."""
    adopted = adopt(model, UniverseSelectionModel, "create_universes")
    if not hasattr(adopted, "get_next_refresh_time_utc"):
        refresh = getattr(model, "GetNextRefreshTimeUtc", None)
        adopted.get_next_refresh_time_utc = refresh or (lambda: datetime.max)  # type: ignore[method-assign]
    return adopted
