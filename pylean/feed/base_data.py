"""What every point of data has, whatever it tells."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from pylean.clock import to_ms
from pylean.naming import LeanOverrides, PascalNames

__all__ = ["BaseData"]


class BaseData(LeanOverrides, PascalNames):
    """A value of a symbol over a span of time; ``time`` and ``end_time`` are naive New York times.

    Subclasses provide ``symbol``, ``time``, ``end_time`` and ``decimal_value``, the exact value. A bar also answers
    ``decimal(field)`` for its prices.
    """

    __slots__ = ()

    symbol: Any
    is_fill_forward: bool
    #: What is fed often has a field of this name instead.
    end_ms: int = property(lambda self: to_ms(self.end_time))  # type: ignore[assignment]

    @property
    def time(self) -> datetime:
        raise NotImplementedError

    @property
    def end_time(self) -> datetime:
        raise NotImplementedError

    @property
    def decimal_value(self) -> Decimal:
        """The exact value: the close of a bar."""
        raise NotImplementedError
