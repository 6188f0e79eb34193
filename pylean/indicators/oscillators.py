"""Oscillators of whole bars: pressure, vigour and waves."""

from __future__ import annotations

from collections import deque
from decimal import Decimal
from typing import Any

from pylean.feed.base_data import BaseData
from pylean.indicators.base import BarIndicator, Indicator
from pylean.indicators.moving_average_type import MovingAverageType
from pylean.indicators.moving_averages import ExponentialMovingAverage, SimpleMovingAverage
from pylean.indicators.names import checked_period, named
from pylean.indicators.points import IndicatorDataPoint
from pylean.indicators.ranges import TrueRange
from pylean.indicators.windows import Sum
from pylean.numbers import ZERO

__all__ = ["RelativeVigorIndex", "RelativeVigorIndexSignal", "UltimateOscillator", "WaveTrendOscillator"]


class UltimateOscillator(BarIndicator):
    """Williams' oscillator, 0 to 100: buying pressure as a part of the true range, over three periods together.

    50 before it is ready; unchanged where one of the ranges is empty.
    """

    @named("ULTOSC({period1},{period2},{period3})")
    def __init__(self, name: str, period1: int, period2: int, period3: int) -> None:
        super().__init__(name, max(period1, period2, period3) + 1)
        self._true_range = TrueRange(f"{name}_TR")
        self._pressures = [Sum(f"{name}_BP{n}", one) for n, one in enumerate((period1, period2, period3), 1)]
        self._ranges = [Sum(f"{name}_TR{n}", one) for n, one in enumerate((period1, period2, period3), 1)]
        self._previous_close: Decimal | None = None
        self.parts = (self._true_range, *self._pressures, *self._ranges)

    def compute(self, data: Any) -> Decimal:
        self._true_range.take(data)
        close, previous_close = data.decimal("close"), self._previous_close
        self._previous_close = close
        if previous_close is None:
            return Decimal(50)
        pressure = IndicatorDataPoint.at(data, close - min(data.decimal("low"), previous_close))
        for total in self._pressures:
            total.take(pressure)
        for total in self._ranges:
            total.take(self._true_range.current)
        if not self.is_ready:
            return Decimal(50)
        if not all(total.exact for total in self._ranges):
            return self.exact
        short, middle, long = (
            pressures.exact / ranges.exact for pressures, ranges in zip(self._pressures, self._ranges, strict=True)
        )
        return 100 * (4 * short + 2 * middle + long) / 7

    def reset(self) -> None:
        self._previous_close = None
        super().reset()


class RelativeVigorIndex(BarIndicator):
    """Average of close minus open divided by average of high minus low, each weighted 1, 2, 2, 1 over four bars.

    0 before it is ready and where no bar has a range. ``signal`` weights the index the same way.
    """

    @named("RVI({period},{type})")
    def __init__(self, name: str, period: int, type: MovingAverageType = MovingAverageType.SIMPLE) -> None:
        super().__init__(name, period + 3)
        kind = MovingAverageType(type)
        self._close_band = kind.as_indicator("_closingBand", period)
        self._range_band = kind.as_indicator("_rangeBand", period)
        self._bodies: deque[Decimal] = deque(maxlen=4)
        self._heights: deque[Decimal] = deque(maxlen=4)
        self.signal = RelativeVigorIndexSignal(f"{name}_S")
        self.parts = (self._close_band, self._range_band, self.signal)

    @property
    def is_ready(self) -> bool:
        return self._close_band.is_ready and self._range_band.is_ready

    def compute(self, data: Any) -> Decimal:
        self._bodies.append(data.decimal("close") - data.decimal("open"))
        self._heights.append(data.decimal("high") - data.decimal("low"))
        if len(self._bodies) < 4:
            return ZERO
        self._close_band.take_value(data, _middle_weighted(*self._bodies))
        self._range_band.take_value(data, _middle_weighted(*self._heights))
        if not self.is_ready:
            return ZERO
        height = self._range_band.exact
        vigor = self._close_band.exact / height if height else ZERO
        self.signal.take_value(data, vigor)
        return vigor

    def reset(self) -> None:
        self._bodies.clear()
        self._heights.clear()
        super().reset()


class RelativeVigorIndexSignal(Indicator):
    """The last four values weighted 1, 2, 2, 1; 0 while there are fewer, though ready after three, as in Lean."""

    def __init__(self, name: str) -> None:
        super().__init__(name, 3)
        self._values: deque[Decimal] = deque(maxlen=4)

    def compute(self, data: BaseData) -> Decimal:
        self._values.append(data.decimal_value)
        return _middle_weighted(*self._values) if len(self._values) == 4 else ZERO

    def reset(self) -> None:
        self._values.clear()
        super().reset()


def _middle_weighted(first: Decimal, second: Decimal, third: Decimal, fourth: Decimal) -> Decimal:
    return (fourth + 2 * (third + second) + first) / 6


class WaveTrendOscillator(BarIndicator):
    """Distance of the typical price from its average in units of its average distance, averaged.

    0 while those averages are not ready; unchanged where the distance is 0. ``signal`` is a mean of it.
    """

    @named("WTO({channel_period},{average_period},{signal_period})")
    def __init__(self, name: str, channel_period: int, average_period: int, signal_period: int) -> None:
        for period in (channel_period, average_period, signal_period):
            checked_period(name, period)
        super().__init__(name, 2 * channel_period + average_period + signal_period - 3)
        self.channel_average = ExponentialMovingAverage(f"{name}_ChannelAverage", channel_period)
        self.channel_deviation = ExponentialMovingAverage(f"{name}_ChannelDeviation", channel_period)
        self.channel_index_average = ExponentialMovingAverage(f"{name}_ChannelIndexAverage", average_period)
        self.signal = SimpleMovingAverage(f"{name}_Signal", signal_period)
        self.parts = (self.channel_average, self.channel_deviation, self.channel_index_average, self.signal)

    @property
    def is_ready(self) -> bool:
        return self.signal.is_ready

    def compute(self, data: Any) -> Decimal:
        typical = (data.decimal("high") + data.decimal("low") + data.decimal("close")) / 3
        self.channel_average.take_value(data, typical)
        if not self.channel_average.is_ready:
            return ZERO
        distance = typical - self.channel_average.exact
        self.channel_deviation.take_value(data, abs(distance))
        if not self.channel_deviation.is_ready:
            return ZERO
        unit = Decimal("0.015") * self.channel_deviation.exact
        if not unit:
            return self.exact
        self.channel_index_average.take_value(data, distance / unit)
        if self.channel_index_average.is_ready:
            self.signal.take(self.channel_index_average.current)
        return self.channel_index_average.exact
