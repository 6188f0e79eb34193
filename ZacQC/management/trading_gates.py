"""The gates that keep a symbol from being entered: gap, opening, sharp move."""

from __future__ import annotations

from config.parameters import Parameters
from core.time_step import TimeStep
from data.metrics_calculator import MetricsCalculator


class TradingGates:
    """Gates of one symbol. Each evaluation starts afresh; only under `fix_gate_latching` does a closed gate stay."""

    __slots__ = ("_closed_for_day", "_gap", "_latches", "_least_liquidity", "_range_multiple", "_sharp")

    def __init__(self, parameters: Parameters) -> None:
        self._gap = parameters.Gap_Threshold
        self._sharp = parameters.SharpMovement_Threshold / 100.0
        self._range_multiple = parameters.RangeMultipleThreshold
        self._least_liquidity = parameters.Liquidity_Threshold
        self._latches = parameters.fix_gate_latching
        self._closed_for_day = False

    @property
    def latches(self) -> bool:
        """Whether every bar must be evaluated because a closed gate is remembered."""
        return self._latches

    def reopen(self) -> None:
        """Forget what was closed for the day."""
        self._closed_for_day = False

    def allow(self, step: TimeStep, metrics: MetricsCalculator) -> bool:
        """Whether the symbol may be entered on this bar."""
        if self._closes_now(step, metrics):
            self._closed_for_day = self._latches
            return False
        return not self._closed_for_day and abs(metrics.gap()) <= metrics.mean_range * self._gap / 100.0

    def _closes_now(self, step: TimeStep, metrics: MetricsCalculator) -> bool:
        if step.opening and (
            metrics.range_multiple > self._range_multiple or metrics.liquidity / 1e6 < self._least_liquidity
        ):
            return True
        return step.regular_hours and metrics.sharp_move() / metrics.mean_range > self._sharp
