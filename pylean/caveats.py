"""What a reader of a run's result must know: where it proves nothing, and where Lean would have done more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pylean.feed.subscription import DataNormalizationMode
from pylean.job import EngineWarning
from pylean.orders.enums import OrderStatus
from pylean.storage import FactorFile

if TYPE_CHECKING:
    from pylean.algorithm import QCAlgorithm, Run

__all__ = ["find_caveats"]

_SHOWN = 20
#: Events of Lean that pylean never fires.
_MISSING_EVENTS = (
    "on_assignment_order_event",
    "on_command",
    "on_delistings",
    "on_dividends",
    "on_end_of_time_step",
    "on_splits",
    "on_symbol_changed_events",
)


def find_caveats(algorithm: QCAlgorithm, run: Run) -> list[EngineWarning]:
    """Warnings about a finished run."""
    return [
        *(EngineWarning("UNREADABLE_DATA", f"taken as missing: {error}") for error in run.market.unreadable),
        *_about_orders(run),
        *_about_events(algorithm),
        *_about_corporate_actions(algorithm, run),
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


def _about_corporate_actions(algorithm: QCAlgorithm, run: Run) -> list[EngineWarning]:
    """Dividends and splits that unadjusted positions, and dividends that total-return prices, should have seen."""
    traded = {order.symbol for order in run.handler.orders.values() if order.last_fill_time is not None}
    found = []
    for symbol, security in algorithm.securities.items():
        mode = security.subscriptions[0].data_normalization_mode
        in_positions = symbol in traded and mode in (DataNormalizationMode.RAW, DataNormalizationMode.SPLIT_ADJUSTED)
        if not in_positions and mode is not DataNormalizationMode.TOTAL_RETURN:
            continue
        file = FactorFile.read(run.market.paths, run.market.map_file(symbol).permtick)
        actions = [("dividend", event.day) for event in file.dividends(run.hours, run.start, run.end)]
        if mode is DataNormalizationMode.RAW:
            actions += [("split", event.day) for event in file.splits(run.hours, run.start, run.end)]
        found += [f"{symbol} {kind} of {day}" for kind, day in actions]
    if not found:
        return []
    text = f"not applied: {', '.join(sorted(found)[:_SHOWN])}; use adjusted prices, or Lean itself"
    return [EngineWarning("CORPORATE_ACTIONS_NOT_APPLIED", text)]
