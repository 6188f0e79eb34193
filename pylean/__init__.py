"""pylean: a Lean-compatible backtest engine that runs QuantConnect Lean's Python algorithms unmodified."""

from pylean.engine import run_backtest
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
