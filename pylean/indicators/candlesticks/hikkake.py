"""Hikkake: a candle within the one before, a false break-out of it, and perhaps a confirmation within three candles."""

from __future__ import annotations

from decimal import Decimal

from pylean.indicators.candlesticks.pattern import Candle, CandlestickPattern, DriftingTotal
from pylean.indicators.candlesticks.settings import CandleSettingType as Setting

__all__ = ["Hikkake", "HikkakeModified"]

_CONFIRMED_WITHIN = 4


class Hikkake(CandlestickPattern):
    """1 for a break-out to below and -1 for one to above; 2 and -2 where a close on the other side confirms it."""

    head_start = 3

    def __init__(self, name: str = "") -> None:
        super().__init__(name)
        self._inside: Candle | None = None
        self._direction = 0

    def _period(self) -> int:
        return 6

    def find(self, first: Candle, second: Candle, third: Candle) -> int:
        return self._followed(_break_out(first, second, third), second, third)

    def _followed(self, direction: int, inside: Candle, last: Candle) -> int:
        """The value for a new break-out, or for the last candle after an earlier one."""
        if direction:
            self._inside, self._direction = inside, direction
            return direction
        earlier = self._inside
        if earlier is None or self.samples - earlier.number > _CONFIRMED_WITHIN:
            return 0
        is_confirmed = last.close > earlier.high if self._direction > 0 else last.close < earlier.low
        if not is_confirmed:
            return 0
        self._inside = None
        return 2 * self._direction

    def reset(self) -> None:
        self._inside = None
        self._direction = 0
        super().reset()


class HikkakeModified(Hikkake):
    """A hikkake after two candles each within the other, the first of them closing near its low or high."""

    settings = (Setting.NEAR,)
    drifting = (DriftingTotal(Setting.NEAR, age=2, seed_age=2, adds=2, drops=5, seeded_by=Setting.NEAR),)

    def _period(self) -> int:
        return max(1, self._settings[Setting.NEAR].average_period) + 6

    def find(self, first: Candle, second: Candle, third: Candle, fourth: Candle) -> int:  # type: ignore[override]
        direction = _break_out(second, third, fourth) if _is_inside(second, first) else 0
        if direction:
            near = self.average(Setting.NEAR, second)
            is_near = second.close <= second.low + near if direction > 0 else second.close >= second.high - near
            direction = direction if is_near else 0
        return self._followed(direction, third, fourth)

    def _change(self, drifting: DriftingTotal) -> Decimal:
        looks_from = self.period - self.head_start
        if self.is_ready or self.samples < looks_from - self._settings[Setting.NEAR].average_period:
            return super()._change(drifting)
        range_type = self._settings[Setting.NEAR].range_type
        added = self._candles[drifting.adds].ranges[range_type]
        # While it looks without being ready Lean drops the very first candle, each time.
        return added - self._candles[-1].ranges[range_type] if self.samples >= looks_from else added


def _is_inside(candle: Candle, other: Candle) -> bool:
    return candle.high < other.high and candle.low > other.low


def _break_out(first: Candle, second: Candle, third: Candle) -> int:
    """1 when the third candle is lower than the second, which is within the first; -1 when it is higher; or 0."""
    if not _is_inside(second, first):
        return 0
    if third.high < second.high and third.low < second.low:
        return 1
    return -1 if third.high > second.high and third.low > second.low else 0
