"""The algorithm's side of the engine."""

from pylean.algorithm.context import RunContext, run_context
from pylean.algorithm.qc_algorithm import QCAlgorithm

__all__ = ["QCAlgorithm", "RunContext", "run_context"]
