"""Holds two algorithms, so nobody knows which to run."""

from AlgorithmImports import QCAlgorithm


class First(QCAlgorithm):
    """One."""


class Second(QCAlgorithm):
    """The other."""
