"""What all symbols of a run share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from config.parameters import Parameters
from core.engine import Algorithm, NewUpdateFields
from core.performance import PerformanceTracker
from core.symbol_state import SymbolState
from core.time_step import TimeStep
from management.risk_manager import RiskManager


@dataclass(slots=True)
class RunContext:
    """The engine, the parameters and the account; `states` are all symbols in configured order.

    `has_new_bars` is raised when any symbol got a 15-second bar since the last step. `closed_date` is a date on which
    nothing is entered any more because its early close was flattened.
    """

    algorithm: Algorithm
    parameters: Parameters
    states: Sequence[SymbolState]
    risk: RiskManager
    new_update_fields: NewUpdateFields
    tracker: PerformanceTracker | None
    has_new_bars: bool = False
    closed_date: date | None = field(default=None)

    def may_trade(self, step: TimeStep) -> bool:
        """Whether the market is open for the first symbol; the engine is asked once per step."""
        if step.market_open is None:
            is_open = self.algorithm.is_market_open(self.states[0].symbol)
            step.market_open = is_open and step.now.date() != self.closed_date
        return step.market_open
