"""Oscillators of price changes."""

from __future__ import annotations

import math
from collections import deque
from decimal import Decimal
from typing import Any

from pylean.feed.base_data import BaseData
from pylean.indicators.base import BarIndicator, Indicator
from pylean.indicators.deviation import MeanAbsoluteDeviation, StandardDeviation
from pylean.indicators.momentum import RateOfChange, RateOfChangePercent
from pylean.indicators.moving_average_type import MovingAverageType
from pylean.indicators.moving_averages import LinearWeightedMovingAverage, SimpleMovingAverage
from pylean.indicators.names import checked_period, named
from pylean.indicators.windows import Delay
from pylean.numbers import ZERO, double_to_decimal, to_float

__all__ = [
    "AugenPriceSpike",
    "AwesomeOscillator",
    "ChandeMomentumOscillator",
    "CommodityChannelIndex",
    "CoppockCurve",
    "DetrendedPriceOscillator",
    "KnowSureThing",
]

_HUNDRED = Decimal(100)
_LAMBERT = Decimal("0.015")


class AugenPriceSpike(Indicator):
    """The last change in units of what one standard deviation of logarithmic changes would be; 0 before it is ready."""

    @named("APS({period})")
    def __init__(self, name: str, period: int = 3) -> None:
        super().__init__(name, checked_period(name, period, lowest=3) + 2)
        self._deviation = StandardDeviation(period)
        self._values: deque[Decimal] = deque(maxlen=3)
        self.parts = (self._deviation,)

    def compute(self, data: BaseData) -> Decimal:
        self._values.append(data.decimal_value)
        if len(self._values) < 3:
            return ZERO
        before, last, value = self._values
        change = math.log(to_float(last) / to_float(before)) if last and before else 0.0
        self._deviation.take_value(data, double_to_decimal(change))
        unit = self._deviation.exact * last
        return (value - last) / unit if self._deviation.is_ready and unit else ZERO

    def reset(self) -> None:
        self._values.clear()
        super().reset()


class AwesomeOscillator(BarIndicator):
    """Fast minus slow average of the bars' middles; 0 before both are ready."""

    @named("AO({fast_period},{slow_period},{type})")
    def __init__(
        self, name: str, fast_period: int, slow_period: int, type: MovingAverageType = MovingAverageType.SIMPLE
    ) -> None:
        super().__init__(name, max(fast_period, slow_period))
        self.slow_ao = MovingAverageType(type).as_indicator(slow_period)
        self.fast_ao = MovingAverageType(type).as_indicator(fast_period)
        self.parts = (self.slow_ao, self.fast_ao)

    @property
    def is_ready(self) -> bool:
        return self.slow_ao.is_ready and self.fast_ao.is_ready

    def compute(self, data: Any) -> Decimal:
        middle = (data.decimal("high") + data.decimal("low")) / 2
        self.slow_ao.take_value(data, middle)
        self.fast_ao.take_value(data, middle)
        return self.fast_ao.exact - self.slow_ao.exact if self.is_ready else ZERO


class ChandeMomentumOscillator(Indicator):
    """Averaged gains minus losses in percent of both, −100 to 100; 0 before it is ready."""

    @named("CMO({period})")
    def __init__(self, name: str, period: int) -> None:
        super().__init__(name, checked_period(name, period) + 1)
        self.period = period
        self._last: Decimal | None = None
        self._gain = self._loss = ZERO

    def compute(self, data: BaseData) -> Decimal:
        value, last, period = data.decimal_value, self._last, self.period
        self._last = value
        if last is None:
            return ZERO
        if self.samples > period + 1:
            self._gain *= period - 1
            self._loss *= period - 1
        if value < last:
            self._loss += last - value
        else:
            self._gain += value - last
        if not self.is_ready:
            return ZERO
        self._gain /= period
        self._loss /= period
        total = self._gain + self._loss
        return _HUNDRED * ((self._gain - self._loss) / total) if total else ZERO

    def reset(self) -> None:
        self._last = None
        self._gain = self._loss = ZERO
        super().reset()


class CommodityChannelIndex(BarIndicator):
    """Typical price minus its average, in units of 0.015 mean deviations; 0 without any deviation."""

    @named("CCI({period})")
    def __init__(
        self, name: str, period: int, moving_average_type: MovingAverageType = MovingAverageType.SIMPLE
    ) -> None:
        super().__init__(name, period)
        self.moving_average_type = MovingAverageType(moving_average_type)
        self.typical_price_average = self.moving_average_type.as_indicator(f"{name}_TypicalPriceAvg", period)
        self.typical_price_mean_deviation = MeanAbsoluteDeviation(f"{name}_TypicalPriceMAD", period)
        self.parts = (self.typical_price_average, self.typical_price_mean_deviation)

    @property
    def is_ready(self) -> bool:
        return all(part.is_ready for part in self.parts)

    def compute(self, data: Any) -> Decimal:
        typical = (data.decimal("high") + data.decimal("low") + data.decimal("close")) / 3
        for part in self.parts:
            part.take_value(data, typical)
        unit = _LAMBERT * self.typical_price_mean_deviation.exact
        return (typical - self.typical_price_average.exact) / unit if unit else ZERO


class CoppockCurve(Indicator):
    """Weighted average of the sum of two rates of change in percent; 0 before both are ready."""

    @named("CC({short_roc_period},{long_roc_period},{lwma_period})")
    def __init__(self, name: str, short_roc_period: int = 11, long_roc_period: int = 14, lwma_period: int = 10) -> None:
        super().__init__(name, max(short_roc_period, long_roc_period) + lwma_period)
        self._short = RateOfChangePercent(short_roc_period)
        self._long = RateOfChangePercent(long_roc_period)
        self._average = LinearWeightedMovingAverage(lwma_period)
        self.parts = (self._short, self._long, self._average)

    def compute(self, data: BaseData) -> Decimal:
        self._short.take(data)
        self._long.take(data)
        if not (self._short.is_ready and self._long.is_ready):
            return ZERO
        self._average.take_value(data, self._short.exact + self._long.exact)
        return self._average.exact


class DetrendedPriceOscillator(Indicator):
    """The value of half a period and one ago minus the mean over the period."""

    @named("DPO({period})")
    def __init__(self, name: str, period: int) -> None:
        super().__init__(name, period)
        self._lagged = Delay(period // 2 + 1)
        self._mean = SimpleMovingAverage(period)
        self.parts = (self._lagged, self._mean)

    @property
    def is_ready(self) -> bool:
        return self._lagged.is_ready and self._mean.is_ready

    def compute(self, data: BaseData) -> Decimal:
        self._lagged.take(data)
        self._mean.take(data)
        return self._lagged.exact - self._mean.exact


class KnowSureThing(Indicator):
    """Pring's sum of four averaged rates of change, weighted 1 to 4; 0 before its ``signal_line`` is ready."""

    @named(
        "KST({roc1_period},{roc1_ma_period},{roc2_period},{roc2_ma_period},{roc3_period},{roc3_ma_period},"
        "{roc4_period},{roc4_ma_period},{signal_period},{moving_average_type})"
    )
    def __init__(
        self,
        name: str,
        roc1_period: int,
        roc1_ma_period: int,
        roc2_period: int,
        roc2_ma_period: int,
        roc3_period: int,
        roc3_ma_period: int,
        roc4_period: int,
        roc4_ma_period: int,
        signal_period: int,
        moving_average_type: MovingAverageType = MovingAverageType.SIMPLE,
    ) -> None:
        periods = (roc1_period, roc2_period, roc3_period, roc4_period)
        average_periods = (roc1_ma_period, roc2_ma_period, roc3_ma_period, roc4_ma_period)
        super().__init__(name, max(map(sum, zip(periods, average_periods, strict=True))))
        kind = self.moving_average_type = MovingAverageType(moving_average_type)
        self.roc1, self.roc2, self.roc3, self.roc4 = changes = tuple(map(RateOfChange, periods))
        self.roc1_ma, self.roc2_ma, self.roc3_ma, self.roc4_ma = averages = tuple(
            kind.as_indicator(f"{name}_ROC{number}MA", period) for number, period in enumerate(average_periods, 1)
        )
        self.signal_line = kind.as_indicator(f"{name}_SignalLine", signal_period)
        self._pairs = tuple(zip(changes, averages, strict=True))
        self.parts = (*changes, *averages, self.signal_line)

    @property
    def is_ready(self) -> bool:
        return self.signal_line.is_ready and all(average.is_ready for _, average in self._pairs)

    def compute(self, data: BaseData) -> Decimal:
        total = ZERO
        for weight, (change, average) in enumerate(self._pairs, 1):
            change.take(data)
            if change.is_ready:
                average.take_value(data, 100 * change.exact)
            total += weight * average.exact
        self.signal_line.take_value(data, total)
        return total if self.signal_line.is_ready else ZERO
