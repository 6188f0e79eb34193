"""Fails before the simulation."""

from AlgorithmImports import QCAlgorithm


class FailsInInitialize(QCAlgorithm):
    """Raises in initialize."""

    def initialize(self):
        raise ValueError("fast must be below slow")
