"""Direction and strength of a trend."""

from __future__ import annotations

from collections import deque
from decimal import Decimal
from typing import Any

from pylean.indicators.base import BarIndicator
from pylean.indicators.composite import DerivedIndicator
from pylean.indicators.moving_average_type import MovingAverageType
from pylean.indicators.moving_averages import WilderMovingAverage
from pylean.indicators.names import checked_period, named
from pylean.indicators.windows import Maximum, Minimum
from pylean.numbers import ZERO

__all__ = [
    "AroonOscillator",
    "AverageDirectionalIndex",
    "AverageDirectionalMovementIndexRating",
    "DeMarkerIndicator",
]

_FIFTY = Decimal(50)
_HUNDRED = Decimal(100)


class AroonOscillator(BarIndicator):
    """``aroon_up`` minus ``aroon_down``: how recent the highest high and the lowest low are, each 0 to 100."""

    @named("AROON({up_period},{down_period})")
    def __init__(self, name: str, up_period: int, down_period: int) -> None:
        super().__init__(name, 1 + max(up_period, down_period))
        self._up_period, self._down_period = up_period, down_period
        highest = self._highest = Maximum(f"{name}_Max", up_period + 1)
        lowest = self._lowest = Minimum(f"{name}_Min", down_period + 1)
        self.aroon_up = DerivedIndicator(f"{name}_AroonUp", lambda: highest.is_ready)
        self.aroon_down = DerivedIndicator(f"{name}_AroonDown", lambda: lowest.is_ready)
        self.parts = (highest, lowest, self.aroon_up, self.aroon_down)

    def compute(self, data: Any) -> Decimal:
        self._highest.take_value(data, data.decimal("high"))
        self._lowest.take_value(data, data.decimal("low"))
        up, down = self._up_period, self._down_period
        self.aroon_up.take_value(data, _HUNDRED * (up - self._highest.periods_since_maximum) / up)
        self.aroon_down.take_value(data, _HUNDRED * (down - self._lowest.periods_since_minimum) / down)
        return self.aroon_up.exact - self.aroon_down.exact


class AverageDirectionalIndex(BarIndicator):
    """Wilder's ADX: his average of how far the two directional indexes lie apart, 0 to 100; 50 without any movement."""

    @named("ADX({period})")
    def __init__(self, name: str, period: int) -> None:
        super().__init__(name, 2 * checked_period(name, period))
        self.period = period
        self.positive_directional_index = DerivedIndicator(f"{name}_PositiveDirectionalIndex", self._has_movement)
        self.negative_directional_index = DerivedIndicator(f"{name}_NegativeDirectionalIndex", self._has_movement)
        self._average = WilderMovingAverage(period)
        self.parts = (self.positive_directional_index, self.negative_directional_index, self._average)
        self._previous: Any = None
        self._range = self._plus = self._minus = ZERO

    @property
    def is_ready(self) -> bool:
        return self._average.is_ready

    def compute(self, data: Any) -> Decimal:
        true_range, plus, minus = self._movement(data)
        self._previous = data
        self._range = self._smoothed(self._range, true_range)
        self._plus = self._smoothed(self._plus, plus)
        self._minus = self._smoothed(self._minus, minus)
        for index, movement in (
            (self.positive_directional_index, self._plus),
            (self.negative_directional_index, self._minus),
        ):
            has_value = self._range and self._has_movement()
            index.take_value(self.current, _HUNDRED * movement / self._range if has_value else ZERO)
        positive, negative = self.positive_directional_index.exact, self.negative_directional_index.exact
        if not positive + negative:
            return _FIFTY
        self._average.take_value(data, _HUNDRED * abs(positive - negative) / (positive + negative))
        return self._average.exact

    def reset(self) -> None:
        self._previous = None
        self._range = self._plus = self._minus = ZERO
        super().reset()

    def _has_movement(self) -> bool:
        return self.samples > self.period

    def _movement(self, bar: Any) -> tuple[Decimal, Decimal, Decimal]:
        """True range and movement up and down against the bar before; nothing of the first bar."""
        previous = self._previous
        if previous is None:
            return ZERO, ZERO, ZERO
        high, low, close = bar.decimal("high"), bar.decimal("low"), previous.decimal("close")
        up, down = high - previous.decimal("high"), previous.decimal("low") - low
        return (
            max(high - low, abs(high - close), abs(low - close)),
            up if up > 0 and up >= down else ZERO,
            down if down > 0 and down > up else ZERO,
        )

    def _smoothed(self, total: Decimal, value: Decimal) -> Decimal:
        """Wilder's running total: it loses its mean from the bar on that follows the first full one."""
        return total + value - (total / self.period if self.samples > self.period + 1 else ZERO)


class AverageDirectionalMovementIndexRating(BarIndicator):
    """Mean of the ADX now and ``period − 1`` bars ago; 50 before there are both."""

    @named("ADXR({period})")
    def __init__(self, name: str, period: int) -> None:
        super().__init__(name, 3 * checked_period(name, period) - 1)
        self.adx = AverageDirectionalIndex(f"{name}_ADX", period)
        self._history: deque[Decimal] = deque(maxlen=period)
        self.parts = (self.adx,)

    @property
    def is_ready(self) -> bool:
        return len(self._history) == self._history.maxlen

    def compute(self, data: Any) -> Decimal:
        self.adx.take(data)
        if self.adx.is_ready:
            self._history.append(self.adx.exact)
        return (self.adx.exact + self._history[0]) / 2 if self.is_ready else _FIFTY

    def reset(self) -> None:
        self._history.clear()
        super().reset()


class DeMarkerIndicator(BarIndicator):
    """How much of the bars' reach beyond the bars before went up, 0 to 1; 0 before it is ready."""

    @named("DEM({period},{type})")
    def __init__(self, name: str, period: int, type: MovingAverageType = MovingAverageType.SIMPLE) -> None:
        super().__init__(name, period)
        self._up = MovingAverageType(type).as_indicator(period)
        self._down = MovingAverageType(type).as_indicator(period)
        self.parts = (self._up, self._down)
        self._last_high = self._last_low = ZERO

    @property
    def is_ready(self) -> bool:
        return self._up.is_ready and self._down.is_ready

    def compute(self, data: Any) -> Decimal:
        high, low = data.decimal("high"), data.decimal("low")
        has_previous = self.samples > 1
        self._up.take_value(data, max(high - self._last_high, ZERO) if has_previous else ZERO)
        self._down.take_value(data, max(self._last_low - low, ZERO) if has_previous else ZERO)
        self._last_high, self._last_low = high, low
        total = self._up.exact + self._down.exact
        return self._up.exact / total if self.is_ready and total > 0 else ZERO

    def reset(self) -> None:
        self._last_high = self._last_low = ZERO
        super().reset()
