"""What the engine gives an algorithm when it makes one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from pylean.clock import AlgorithmClock

if TYPE_CHECKING:
    from pylean.feed.market_data import MarketData

__all__ = ["RunContext", "current_context", "run_context"]


@dataclass
class RunContext:
    """Data, parameters and overrides of a run; ``log`` takes a level (debug, info, error) and a text.

    Overrides win over what the algorithm sets itself.
    """

    market: MarketData
    parameters: dict[str, str] = field(default_factory=dict)
    start_date: date | None = None
    end_date: date | None = None
    cash: Decimal | None = None
    log: Callable[[str, str], None] = lambda level, text: None
    clock: AlgorithmClock = field(default_factory=AlgorithmClock)
    history_points: int = 0


_current: ContextVar[RunContext | None] = ContextVar("pylean_run", default=None)


@contextmanager
def run_context(context: RunContext) -> Iterator[None]:
    """Algorithms made inside the block belong to this run."""
    token = _current.set(context)
    try:
        yield
    finally:
        _current.reset(token)


def current_context() -> RunContext:
    """The run under way. Raises RuntimeError outside the engine."""
    context = _current.get()
    if context is None:
        raise RuntimeError("algorithms are made by the engine: use pylean.run_backtest")
    return context
