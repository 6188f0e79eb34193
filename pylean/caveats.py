"""What a reader of a run's result must know: where it proves nothing, and where Lean would have done more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pylean.job import EngineWarning
from pylean.orders.enums import OrderStatus

if TYPE_CHECKING:
    from pylean.algorithm import QCAlgorithm, Run

__all__ = ["find_caveats"]

_SHOWN = 20
#: Events of Lean that pylean never fires.
_MISSING_EVENTS = (
    "on_assignment_order_event",
    "on_command",
    "on_end_of_time_step",
)


def find_caveats(algorithm: QCAlgorithm, run: Run) -> list[EngineWarning]:
    """Warnings about a finished run."""
    return [
        *(EngineWarning("UNREADABLE_DATA", f"taken as missing: {error}") for error in run.market.unreadable),
        *_about_orders(run),
        *_about_events(algorithm),
    ]


def _about_orders(run: Run) -> list[EngineWarning]:
    orders = run.handler.orders.values()
    rejected = [order for order in orders if order.status is OrderStatus.INVALID]
    warnings = []
    if rejected:
        shown = ", ".join(f"{order.id} ({order.symbol})" for order in rejected[:_SHOWN])
        warnings.append(EngineWarning("REJECTED_ORDERS", f"{len(rejected)} orders were rejected: {shown}"))
    if not any(order.status is OrderStatus.FILLED for order in orders):
        warnings.append(EngineWarning("NO_TRADES", "no order was filled"))
    return warnings


def _about_events(algorithm: QCAlgorithm) -> list[EngineWarning]:
    unused = [name for name in _MISSING_EVENTS if callable(getattr(type(algorithm), name, None))]
    if not unused:
        return []
    return [EngineWarning("EVENTS_NOT_FIRED", f"the algorithm overrides {', '.join(unused)}, which pylean never calls")]
