"""How often the market went on rather than turned back."""

from __future__ import annotations

from collections import deque
from decimal import Decimal
from typing import Any

from pylean.indicators.base import WindowIndicator

__all__ = ["Momersion", "MomersionIndicator"]

_BALANCE = Decimal(50)


class Momersion(WindowIndicator):
    """Part of the last ``full_period`` changes that had the sign of the change before, in percent.

    ``([name,] [min_period,] full_period)``. 50 before it is ready, which is after ``min_period`` pairs of changes (at
    least 4), if that is given and not None, and where half of the pairs or more did not move.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        name, min_period, full_period = _settings(*arguments, **options)
        if min_period is not None and min_period < 4:
            raise ValueError(f"min_period of {name} is {min_period}: it must be at least 4")
        super().__init__(name, full_period, full_period + 3 if min_period is None else min_period + 2)
        self._min_period = min_period
        self._pairs: deque[Decimal] = deque(maxlen=full_period)
        self._pairs_seen = 0

    @property
    def is_ready(self) -> bool:
        if self._min_period is None:
            return self._pairs_seen > self.period
        return len(self._pairs) >= self._min_period

    def compute_window(self, value: Decimal, removed: Decimal | None) -> Decimal:
        if len(self.values) >= 3:
            self._pairs.append((value - self.values[1]) * (self.values[1] - self.values[2]))
            self._pairs_seen += 1
        going_on = sum(pair > 0 for pair in self._pairs)
        turning_back = sum(pair < 0 for pair in self._pairs)
        moving = going_on + turning_back
        if not self.is_ready or 2 * moving <= len(self._pairs):
            return _BALANCE
        return Decimal(100 * going_on) / moving

    def reset(self) -> None:
        self._pairs.clear()
        self._pairs_seen = 0
        super().reset()


class MomersionIndicator(Momersion):
    """Lean's older name."""


def _settings(*arguments: Any, **options: Any) -> tuple[str, int | None, int]:
    """Name, least and full period from Lean's three constructors: a single period is the full one."""
    if "name" in options or (arguments and isinstance(arguments[0], str)):
        return _of_name(*arguments, **options)
    if len(arguments) + len(options) == 1:
        arguments = (None, *arguments)
    _, min_period, full_period = _of_name("", *arguments, **options)
    shown = "" if min_period is None else min_period
    return f"Momersion({shown},{full_period})", min_period, full_period


def _of_name(name: str, min_period: int | None, full_period: int) -> tuple[str, int | None, int]:
    return name, min_period, full_period
