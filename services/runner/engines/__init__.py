"""Engines: how the runner executes one run. Each names itself and says which process to start."""

from services.runner.engines.base import Engine, Launch
from services.runner.engines.embedded import EmbeddedEngine

__all__ = ["EmbeddedEngine", "Engine", "Launch"]
