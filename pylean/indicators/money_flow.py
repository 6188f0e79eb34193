"""Volume that flows with the price or against it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from pylean.indicators.base import TradeBarIndicator
from pylean.indicators.moving_average_type import MovingAverageType
from pylean.indicators.moving_averages import ExponentialMovingAverage, SimpleMovingAverage
from pylean.indicators.names import named
from pylean.indicators.windows import Sum
from pylean.numbers import ONE, ZERO, to_decimal

__all__ = [
    "AccumulationDistribution",
    "AccumulationDistributionOscillator",
    "ChaikinMoneyFlow",
    "ChaikinOscillator",
    "EaseOfMovementValue",
    "ForceIndex",
    "KlingerVolumeOscillator",
]

_SMALLEST_MOVEMENT = Decimal("1e-8")


class AccumulationDistribution(TradeBarIndicator):
    """Running total of volume, weighted by where the close lies in the bar (−1 to 1)."""

    @named("AD")
    def __init__(self, name: str) -> None:
        super().__init__(name, 1)

    def compute(self, data: Any) -> Decimal:
        high, low, close = data.decimal("high"), data.decimal("low"), data.decimal("close")
        if high <= low:
            return self.exact
        place: Decimal = ((close - low) - (high - close)) / (high - low)
        return self.exact + place * to_decimal(data.volume)


class AccumulationDistributionOscillator(TradeBarIndicator):
    """Fast minus slow exponential average of accumulation and distribution; 0 before it is ready."""

    @named("ADOSC({fast_period},{slow_period})")
    def __init__(self, name: str, fast_period: int, slow_period: int) -> None:
        super().__init__(name, max(fast_period, slow_period))
        self._line = AccumulationDistribution(f"{name}_AD")
        self._fast = ExponentialMovingAverage(f"{name}_Fast", fast_period)
        self._slow = ExponentialMovingAverage(f"{name}_Slow", slow_period)
        self.parts = (self._line, self._fast, self._slow)

    def compute(self, data: Any) -> Decimal:
        self._line.take(data)
        self._fast.take(self._line.current)
        self._slow.take(self._line.current)
        return self._fast.exact - self._slow.exact if self.is_ready else ZERO


class ChaikinOscillator(AccumulationDistributionOscillator):
    """The same under Chaikin's name."""

    @named("ChaikinOscillator({fast_period},{slow_period})")
    def __init__(self, name: str, fast_period: int, slow_period: int) -> None:
        super().__init__(name, fast_period, slow_period)


class ChaikinMoneyFlow(TradeBarIndicator):
    """Volume weighted by where the close lies in the bar, as a part of all volume (−1 to 1); 0 before it is ready."""

    @named("CMF({period})")
    def __init__(self, name: str, period: int) -> None:
        super().__init__(name, period)
        self._flow = Sum(period)
        self._volume = Sum(period)
        self.parts = (self._flow, self._volume)

    def compute(self, data: Any) -> Decimal:
        high, low, close = data.decimal("high"), data.decimal("low"), data.decimal("close")
        volume = to_decimal(data.volume)
        flow = volume * (close - low - (high - close)) / (high - low) if high > low else ZERO
        self._flow.take_value(data, flow)
        self._volume.take_value(data, volume)
        total = self._volume.exact
        return self._flow.exact / total if self.is_ready and total else ZERO


class EaseOfMovementValue(TradeBarIndicator):
    """Mean of the middle's move per volume, in units of ``scale``, that one unit of the bar's height took."""

    @named("EMV({period}, {scale})")
    def __init__(self, name: str, period: int = 1, scale: int = 10000) -> None:
        super().__init__(name, period)
        self._scale = scale
        self._mean = SimpleMovingAverage(period)
        self.parts = (self._mean,)
        self._last_high = self._last_low = ZERO

    def compute(self, data: Any) -> Decimal:
        high, low, volume = data.decimal("high"), data.decimal("low"), to_decimal(data.volume)
        if not self._last_high and not self._last_low:
            self._last_high, self._last_low = high, low
        if not volume or high == low:
            self._mean.take_value(data, ZERO)
            return self._mean.exact
        move = (high + low) / 2 - (self._last_high + self._last_low) / 2
        self._last_high, self._last_low = high, low
        self._mean.take_value(data, move / (volume / self._scale / (high - low)))
        return self._mean.exact

    def reset(self) -> None:
        self._last_high = self._last_low = ZERO
        super().reset()


class ForceIndex(TradeBarIndicator):
    """Moving average of the close's change times the volume."""

    @named("FI({period})")
    def __init__(
        self, name: str, period: int, moving_average_type: MovingAverageType = MovingAverageType.EXPONENTIAL
    ) -> None:
        super().__init__(name, period + 1)
        self._average = MovingAverageType(moving_average_type).as_indicator(f"{name}_Smoother", period)
        self.parts = (self._average,)
        self._last_close: Decimal | None = None

    @property
    def is_ready(self) -> bool:
        return self._average.is_ready

    def compute(self, data: Any) -> Decimal:
        close, last_close = data.decimal("close"), self._last_close
        self._last_close = close
        if last_close is None:
            return ZERO
        self._average.take_value(data, (close - last_close) * to_decimal(data.volume))
        return self._average.exact

    def reset(self) -> None:
        self._last_close = None
        super().reset()


class KlingerVolumeOscillator(TradeBarIndicator):
    """Fast minus slow exponential average of Klinger's volume force, with a ``signal``; 0 before both are ready.

    The force is ``volume · |2 · (range / movement − 1)| · trend · 100``; the movement is the sum of ranges since the
    trend of high + low + close last turned.
    """

    @named("KVO({fast_period},{slow_period},{signal_period})")
    def __init__(self, name: str, fast_period: int, slow_period: int, signal_period: int = 13) -> None:
        super().__init__(name, max(fast_period, slow_period, signal_period) + 2)
        self._fast = ExponentialMovingAverage(f"{name}_FastEma", fast_period)
        self._slow = ExponentialMovingAverage(f"{name}_SlowEma", slow_period)
        self.signal = ExponentialMovingAverage(f"{name}_Signal", signal_period)
        self.parts = (self._fast, self._slow, self.signal)
        self._last_sum: Decimal | None = None
        self._last_range = self._movement = ZERO
        self._last_trend = 0

    @property
    def is_ready(self) -> bool:
        return all(part.is_ready for part in self.parts)

    def compute(self, data: Any) -> Decimal:
        force = self._force(data)
        if force is None:
            return ZERO
        self._fast.take_value(data, force)
        self._slow.take_value(data, force)
        has_value = self._fast.is_ready and self._slow.is_ready
        value = self._fast.exact - self._slow.exact if has_value else ZERO
        self.signal.take_value(data, value)
        return value

    def _force(self, bar: Any) -> Decimal | None:
        """``None`` until there are two trends."""
        high, low = bar.decimal("high"), bar.decimal("low")
        total, reach = high + low + bar.decimal("close"), high - low
        last_sum, last_range, last_trend = self._last_sum, self._last_range, self._last_trend
        self._last_sum, self._last_range = total, reach
        if last_sum is None:
            return None
        trend = self._last_trend = 1 if total > last_sum else -1
        if not last_trend:
            return None
        if not self._movement or trend != last_trend:
            self._movement = reach + last_range
        else:
            self._movement += reach
        movement = _SMALLEST_MOVEMENT if abs(self._movement) < _SMALLEST_MOVEMENT else self._movement
        strength: Decimal = abs(2 * (reach / movement - ONE))
        return to_decimal(bar.volume) * strength * trend * 100

    def reset(self) -> None:
        self._last_sum = None
        self._last_range = self._movement = ZERO
        self._last_trend = 0
        super().reset()
