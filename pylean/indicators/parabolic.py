"""Wilder's parabolic stop that follows the price and turns when it is hit."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from pylean.indicators.base import BarIndicator
from pylean.indicators.names import named
from pylean.numbers import ZERO, to_decimal

__all__ = ["ParabolicStopAndReverse", "ParabolicStopAndReverseExtended"]

_STEP = Decimal("0.02")
_LIMIT = Decimal("0.2")


class _Acceleration:
    """How fast the stop follows one direction: grows by a step with every new extreme, up to a limit."""

    def __init__(self, start: float | Decimal, increment: float | Decimal, limit: float | Decimal) -> None:
        self._start, self._increment, self._limit = to_decimal(start), to_decimal(increment), to_decimal(limit)
        self.factor = self._start

    def grow(self) -> None:
        self.factor = min(self.factor + self._increment, self._limit)

    def restart(self) -> None:
        self.factor = self._start


class ParabolicStopAndReverseExtended(BarIndicator):
    """The stop, positive in a long trend and negative in a short one, with settings for each.

    ``sar_start`` above 0 begins long at that stop, below 0 short; 0 takes the direction of the first two bars.
    ``offset_on_reverse`` moves the stop away by that part of it when the trend turns.
    """

    @named(
        "SAREXT({sar_start},{offset_on_reverse},{af_start_short},{af_increment_short},{af_max_short},"
        "{af_start_long},{af_increment_long},{af_max_long})"
    )
    def __init__(
        self,
        name: str,
        sar_start: float | Decimal = Decimal("0.0"),
        offset_on_reverse: float | Decimal = Decimal("0.0"),
        af_start_short: float | Decimal = _STEP,
        af_increment_short: float | Decimal = _STEP,
        af_max_short: float | Decimal = _LIMIT,
        af_start_long: float | Decimal = _STEP,
        af_increment_long: float | Decimal = _STEP,
        af_max_long: float | Decimal = _LIMIT,
    ) -> None:
        super().__init__(name, 2)
        self._start = to_decimal(sar_start)
        self._offset = to_decimal(offset_on_reverse)
        self._short = _Acceleration(af_start_short, af_increment_short, af_max_short)
        self._long = _Acceleration(af_start_long, af_increment_long, af_max_long)
        self._is_long = True
        self._stop = self._extreme = ZERO
        self._previous_high = self._previous_low = ZERO

    def compute(self, data: Any) -> Decimal:
        high, low = data.decimal("high"), data.decimal("low")
        if self.samples == 1:
            self._previous_high, self._previous_low = high, low
            return self._start or data.decimal("close")
        if self.samples == 2:
            self._begin(high, low)
        stop = self._follow_long(high, low) if self._is_long else self._follow_short(high, low)
        self._previous_high, self._previous_low = high, low
        return stop

    def _begin(self, high: Decimal, low: Decimal) -> None:
        if self._start:
            self._is_long = self._start > 0
            self._stop = abs(self._start)
        else:
            fall = self._previous_low - low
            self._is_long = fall <= 0 or high - self._previous_high >= fall
            self._stop = self._previous_low if self._is_long else self._previous_high
        self._extreme = high if self._is_long else low
        # From the second bar on no stop lies inside the bar and the one before it: here the bar counts as both.
        self._previous_high, self._previous_low = high, low

    def _follow_long(self, high: Decimal, low: Decimal) -> Decimal:
        if low <= self._stop:
            self._is_long = False
            reversal = self._above(self._extreme, high)
            reversal += reversal * self._offset
            self._short.restart()
            self._extreme = low
            self._stop = self._above(reversal + self._short.factor * (low - reversal), high)
            return -reversal
        stop = self._stop
        if high > self._extreme:
            self._extreme = high
            self._long.grow()
        self._stop = self._below(stop + self._long.factor * (self._extreme - stop), low)
        return stop

    def _follow_short(self, high: Decimal, low: Decimal) -> Decimal:
        if high >= self._stop:
            self._is_long = True
            reversal = self._below(self._extreme, low)
            reversal -= reversal * self._offset
            self._long.restart()
            self._extreme = high
            self._stop = self._below(reversal + self._long.factor * (high - reversal), low)
            return reversal
        stop = self._stop
        if low < self._extreme:
            self._extreme = low
            self._short.grow()
        self._stop = self._above(stop + self._short.factor * (self._extreme - stop), high)
        return -stop

    def _above(self, stop: Decimal, high: Decimal) -> Decimal:
        return max(stop, self._previous_high, high)

    def _below(self, stop: Decimal, low: Decimal) -> Decimal:
        return min(stop, self._previous_low, low)

    def reset(self) -> None:
        self._short.restart()
        self._long.restart()
        super().reset()


class ParabolicStopAndReverse(ParabolicStopAndReverseExtended):
    """The stop without a sign: below the price in a long trend, above it in a short one."""

    @named("PSAR({af_start},{af_increment},{af_max})")
    def __init__(
        self,
        name: str,
        af_start: float | Decimal = _STEP,
        af_increment: float | Decimal = _STEP,
        af_max: float | Decimal = _LIMIT,
    ) -> None:
        super().__init__(name, ZERO, ZERO, af_start, af_increment, af_max, af_start, af_increment, af_max)

    def compute(self, data: Any) -> Decimal:
        return abs(super().compute(data))
