"""Tom Demark's sequential: nine closes in a row beyond the fourth before, then thirteen beyond the second before."""

from __future__ import annotations

from decimal import Decimal
from itertools import islice
from typing import Any

from pylean.indicators.base import BarWindowIndicator
from pylean.naming import LeanEnum
from pylean.numbers import ZERO, to_float

__all__ = ["TomDemarkSequential", "TomDemarkSequentialPhase"]

_SETUP_STEPS = 9
_COUNTDOWN_STEPS = 13
_WINDOW = 10
_NEEDED = 6


class TomDemarkSequentialPhase(LeanEnum):
    """What the last bar was a step of."""

    NONE = 0
    BUY_SETUP = 1
    SELL_SETUP = 2
    BUY_COUNTDOWN = 3
    SELL_COUNTDOWN = 4
    BUY_SETUP_PERFECT = 5
    SELL_SETUP_PERFECT = 6


_Phase = TomDemarkSequentialPhase


class TomDemarkSequential(BarWindowIndicator):
    """The phase that the last bar was a step of, as a number; 0 for a bar that was none."""

    def __init__(self, name: str = "TomDemarkSequential") -> None:
        super().__init__(name, _WINDOW, _NEEDED)
        self._forget()

    @property
    def resistance_price(self) -> float:
        """Highest high of the latest buy setup; a close above it ends the countdown."""
        return to_float(self._resistance)

    @property
    def support_price(self) -> float:
        """Lowest low of the latest sell setup; a close below it ends the countdown."""
        return to_float(self._support)

    def compute_bars(self, bar: Any, removed: Any | None) -> Decimal:
        if not self.is_ready:
            return ZERO
        if self._phase is _Phase.NONE:
            step = self._begin()
        elif self._phase in (_Phase.BUY_SETUP, _Phase.SELL_SETUP):
            step = self._set_up()
        else:
            step = self._count_down()
        return Decimal(int(step))

    def reset(self) -> None:
        self._forget()
        super().reset()

    def _forget(self) -> None:
        self._phase = _Phase.NONE
        self._resistance = ZERO
        self._support = ZERO
        self.setup_phase_step_count = 0
        self.countdown_phase_step_count = 0

    def _rise(self, place: int, back: int) -> Decimal:
        """Change of the close at a place of the window since ``back`` bars before it."""
        return self.bars[place].decimal("close") - self.bars[place + back].decimal("close")  # type: ignore[no-any-return]

    def _begin(self) -> _Phase:
        """A setup begins where the direction against the fourth bar before turns."""
        now, before = self._rise(0, 4), self._rise(1, 4)
        if before > 0 > now:
            self._phase = _Phase.BUY_SETUP
        elif before < 0 < now:
            self._phase = _Phase.SELL_SETUP
        else:
            return _Phase.NONE
        self.setup_phase_step_count = 1
        return self._phase

    def _set_up(self) -> _Phase:
        is_buy = self._phase is _Phase.BUY_SETUP
        rise = self._rise(0, 4)
        if not (rise < 0 if is_buy else rise > 0):
            self._phase = _Phase.NONE
            return _Phase.NONE
        self.setup_phase_step_count += 1
        if self.setup_phase_step_count < _SETUP_STEPS:
            return self._phase
        # Lean takes the oldest nine bars of the window, not the setup's own.
        oldest = list(islice(self.bars, len(self.bars) - _SETUP_STEPS, None))
        close, second_before = self.bars[0].decimal("close"), self.bars[2]
        if is_buy:
            self._resistance = max(each.decimal("high") for each in oldest)
            counts = close < second_before.decimal("low")
            self._phase = _Phase.BUY_COUNTDOWN
        else:
            self._support = min(each.decimal("low") for each in oldest)
            counts = close > second_before.decimal("high")
            self._phase = _Phase.SELL_COUNTDOWN
        if counts:
            self.countdown_phase_step_count = 1
        if self._is_perfect(is_buy):
            return _Phase.BUY_SETUP_PERFECT if is_buy else _Phase.SELL_SETUP_PERFECT
        return _Phase.BUY_SETUP if is_buy else _Phase.SELL_SETUP

    def _is_perfect(self, is_buy: bool) -> bool:
        """The eighth or ninth bar goes beyond both the sixth and the seventh."""
        ninth, eighth, seventh, sixth = (bar.decimal("low" if is_buy else "high") for bar in islice(self.bars, 4))
        if is_buy:
            return bool(min(eighth, ninth) < min(sixth, seventh))
        return bool(max(eighth, ninth) > max(sixth, seventh))

    def _count_down(self) -> _Phase:
        is_buy = self._phase is _Phase.BUY_COUNTDOWN
        close, second_before = self.bars[0].decimal("close"), self.bars[2]
        if close <= second_before.decimal("low") if is_buy else close >= second_before.decimal("high"):
            step = self._phase
            self.countdown_phase_step_count += 1
            if self.countdown_phase_step_count == _COUNTDOWN_STEPS:
                self._phase = _Phase.NONE
            return step
        if close > self._resistance if is_buy else close < self._support:
            self._phase = _Phase.NONE
        return _Phase.NONE
