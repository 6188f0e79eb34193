"""pylean: a Lean-compatible backtest engine that runs QuantConnect Lean's Python algorithms unmodified.

Names are loaded when they are first used: whoever needs only ``pylean.storage`` does not pay for the engine.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pylean.backtest import run_backtest
    from pylean.job import (
        AlgorithmError,
        BacktestJob,
        BacktestOutcome,
        EngineWarning,
        Observer,
        ProgressReport,
        SilentObserver,
    )
    from pylean.loading import AlgorithmLoadError, load_algorithm_class
    from pylean.results import LeanVersion

__all__ = [
    "AlgorithmError",
    "AlgorithmLoadError",
    "BacktestJob",
    "BacktestOutcome",
    "EngineWarning",
    "LeanVersion",
    "Observer",
    "ProgressReport",
    "SilentObserver",
    "load_algorithm_class",
    "run_backtest",
]

_HOMES = {
    "AlgorithmLoadError": "pylean.loading",
    "LeanVersion": "pylean.results",
    "load_algorithm_class": "pylean.loading",
    "run_backtest": "pylean.backtest",
}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'pylean' has no attribute '{name}'")
    return getattr(import_module(_HOMES.get(name, "pylean.job")), name)
