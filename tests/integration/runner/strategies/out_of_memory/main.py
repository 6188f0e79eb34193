"""Wants more than there is."""

from AlgorithmImports import QCAlgorithm


class OutOfMemory(QCAlgorithm):
    """Asks for more memory than an address space has."""

    def initialize(self):
        self.hoard = bytearray(1 << 62)
