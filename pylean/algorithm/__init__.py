"""The algorithm's side of the engine."""

from pylean.algorithm.changes import SecurityChanges
from pylean.algorithm.qc_algorithm import QCAlgorithm
from pylean.algorithm.run import Run, making_algorithms_of

__all__ = ["QCAlgorithm", "Run", "SecurityChanges", "making_algorithms_of"]
