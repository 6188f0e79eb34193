"""A market-data vendor on the loopback interface: Polygon's contract, made-up data, faults on demand."""

from __future__ import annotations

from .config import SimConfig
from .faults import FaultRule
from .server import MarketSimulator

__all__ = ["FaultRule", "MarketSimulator", "SimConfig"]
