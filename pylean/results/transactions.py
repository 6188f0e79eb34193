"""Profit and loss of every fill that closed (part of) a position: what win rate and average win are counted from."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

__all__ = ["ClosedTransaction", "TransactionRecord"]

_NEXT_FREE = timedelta(milliseconds=1)


class ClosedTransaction(NamedTuple):
    """Profit in USD net of twice the exit fee; an assigned option can be a win at a loss."""

    profit_loss: Decimal
    is_win: bool


class TransactionRecord:
    """The closed transactions by UTC time, in the order they were added."""

    def __init__(self) -> None:
        self.entries: dict[datetime, ClosedTransaction] = {}

    def add(self, utc: datetime, profit_loss: Decimal, is_win: bool | None = None) -> None:
        """Record a profit; a time that is taken moves on by a millisecond. A win is a profit unless it is said."""
        while utc in self.entries:
            utc += _NEXT_FREE
        self.entries[utc] = ClosedTransaction(profit_loss, profit_loss > 0 if is_win is None else is_win)

    @property
    def profit_loss(self) -> dict[datetime, Decimal]:
        """Profit and loss by time, oldest first."""
        return {utc: entry.profit_loss for utc, entry in sorted(self.entries.items())}

    @property
    def win_count(self) -> int:
        return sum(entry.is_win for entry in self.entries.values())

    @property
    def loss_count(self) -> int:
        return len(self.entries) - self.win_count
