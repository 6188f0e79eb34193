"""Consolidators: longer bars made of shorter ones."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

from pylean.events import EventHandlers
from pylean.naming import LeanOverrides, PascalNames

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from pylean.feed.bars import TradeBar
    from pylean.feed.series import TradeSeries
    from pylean.securities.exchange import SecurityExchange
    from pylean.securities.symbol import Symbol
    from pylean.storage.market_hours import Session

__all__ = ["ColumnPlan", "DataConsolidator"]


class ColumnPlan:
    """Bars of a whole day, made at once from columns. Bar ``k`` is delivered at local time ``due_ms[k]``."""

    __slots__ = ("bars", "due_ms")

    def __init__(self, due_ms: NDArray[np.int64], bars: Callable[[int], TradeBar]) -> None:
        self.due_ms = due_ms
        self.bars = bars


class DataConsolidator(LeanOverrides, PascalNames):
    """Base of consolidators: bar by bar through ``update`` and ``scan``; some can plan a whole day by column."""

    def __init__(self) -> None:
        self.data_consolidated = EventHandlers()
        self.consolidated: TradeBar | None = None
        self.symbol: Symbol | None = None
        self.exchange: SecurityExchange | None = None

    @property
    def working_end_ms(self) -> int | None:
        """Local end of the bar that is being made; ``None`` while there is none."""
        return None

    def attach(self, symbol: Symbol, exchange: SecurityExchange) -> None:
        """The engine feeds the consolidator with this symbol from now on."""
        self.symbol = symbol
        self.exchange = exchange

    def plan(self, series: TradeSeries, session: Session) -> ColumnPlan | None:
        """The day's bars by column, or ``None`` when the day must be fed bar by bar."""
        return None

    def update(self, data: TradeBar) -> None:
        """Take the next bar."""
        raise TypeError(f"{type(self).__name__} does not override update(data)")

    def scan(self, local_ms: int) -> None:
        """Time has reached ``local_ms``: emit what is complete."""

    def deliver(self, bar: TradeBar) -> None:
        """Hand a finished bar to the handlers."""
        self.consolidated = bar
        self.data_consolidated(self, bar)


def period_ms(period: timedelta) -> int:
    """A period in milliseconds. Raises ValueError at or below 0."""
    milliseconds = period // timedelta(milliseconds=1)
    if milliseconds <= 0:
        raise ValueError(f"consolidation period is {period}: it must be above 0")
    return milliseconds
