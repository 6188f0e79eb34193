"""Indicators of volume: money flow, balance, prices weighted by volume, volume by time of day."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from pylean.feed.bars import TradeBar
from pylean.feed.base_data import BaseData
from pylean.feed.subscription import TickType
from pylean.indicators.base import BarIndicator, IndicatorBase, TradeBarIndicator
from pylean.indicators.moving_average_type import MovingAverageType
from pylean.indicators.moving_averages import SimpleMovingAverage
from pylean.indicators.names import checked_period, named
from pylean.indicators.windows import Sum
from pylean.numbers import ZERO, to_decimal, to_float

__all__ = [
    "IntradayVwap",
    "MoneyFlowIndex",
    "OnBalanceVolume",
    "RelativeDailyVolume",
    "SmoothedOnBalanceVolume",
    "VolumeWeightedAveragePriceIndicator",
    "VolumeWeightedMovingAverage",
]

_DAY_MS = 86_400_000


class MoneyFlowIndex(TradeBarIndicator):
    """Typical price times volume of rising bars as a part of that of all bars, 0 to 100; 100 where nothing flowed.

    The first bar rises, and a bar whose typical price did not change does not count.
    """

    @named("MFI({period})")
    def __init__(self, name: str, period: int) -> None:
        super().__init__(name, period)
        self.positive_money_flow = Sum(f"{name}_PositiveMoneyFlow", period)
        self.negative_money_flow = Sum(f"{name}_NegativeMoneyFlow", period)
        self._previous_typical_price = ZERO
        self.parts = (self.positive_money_flow, self.negative_money_flow)

    @property
    def is_ready(self) -> bool:
        return self.positive_money_flow.is_ready and self.negative_money_flow.is_ready

    @property
    def previous_typical_price(self) -> float:
        """Mean of the latest bar's high, low and close."""
        return to_float(self._previous_typical_price)

    def compute(self, data: Any) -> Decimal:
        typical, previous = _typical_price(data), self._previous_typical_price
        self._previous_typical_price = typical
        flow = typical * to_decimal(data.volume)
        self.positive_money_flow.take_value(data, flow if typical > previous else ZERO)
        self.negative_money_flow.take_value(data, flow if typical < previous else ZERO)
        positive = self.positive_money_flow.exact
        total = positive + self.negative_money_flow.exact
        return 100 * positive / total if total else Decimal(100)

    def reset(self) -> None:
        self._previous_typical_price = ZERO
        super().reset()


class OnBalanceVolume(TradeBarIndicator):
    """Volume of bars that closed higher than the bar before minus that of bars that closed lower."""

    @named("OBV")
    def __init__(self, name: str) -> None:
        super().__init__(name, 1)
        self._previous_close: Decimal | None = None

    def compute(self, data: Any) -> Decimal:
        close, previous_close = data.decimal_value, self._previous_close
        self._previous_close = close
        volume, balance = to_decimal(data.volume), self.exact
        if previous_close is None:
            return volume
        if close == previous_close:
            return balance
        return balance + volume if close > previous_close else balance - volume

    def reset(self) -> None:
        self._previous_close = None
        super().reset()


class SmoothedOnBalanceVolume(BarIndicator):
    """Moving average of the on balance volume; 0 before it is ready."""

    @named("SOBV({period})")
    def __init__(
        self, name: str, period: int, moving_average_type: MovingAverageType = MovingAverageType.SIMPLE
    ) -> None:
        super().__init__(name, period)
        kind = MovingAverageType(moving_average_type)
        self.on_balance_volume = OnBalanceVolume()
        self._average = kind.as_indicator(f"{name}_{kind}", period)
        self.parts = (self.on_balance_volume, self._average)

    @property
    def is_ready(self) -> bool:
        return self._average.is_ready

    def compute(self, data: Any) -> Decimal:
        self.on_balance_volume.take(data)
        self._average.take(self.on_balance_volume.current)
        return self._average.exact if self.is_ready else ZERO


class VolumeWeightedMovingAverage(TradeBarIndicator):
    """Mean close of the last ``period`` bars weighted by volume; the close itself where nothing was traded."""

    @named("VWMA({period})")
    def __init__(self, name: str, period: int) -> None:
        super().__init__(name, period)
        self._weighted = Sum(f"{name}_SumPxV", period)
        self._volume = Sum(f"{name}_SumVolume", period)
        self.parts = (self._weighted, self._volume)

    def compute(self, data: Any) -> Decimal:
        close, volume = data.decimal("close"), to_decimal(data.volume)
        self._weighted.take_value(data, close * volume)
        self._volume.take_value(data, volume)
        total = self._volume.exact
        return self._weighted.exact / total if total else close


class VolumeWeightedAveragePriceIndicator(TradeBarIndicator):
    """Mean of the last ``period`` bars' middle prices weighted by volume; unchanged where nothing was traded.

    A bar's middle price is the mean of its open, high, low and close.
    """

    @named("VWAP({period})")
    def __init__(self, name: str, period: int) -> None:
        super().__init__(name, period)
        self._weighted = Sum(f"{name}_SumPxV", period)
        self._volume = Sum(f"{name}_SumVolume", period)
        self.parts = (self._weighted, self._volume)

    def compute(self, data: Any) -> Decimal:
        middle = sum((data.decimal(field) for field in ("open", "high", "low", "close")), ZERO) / 4
        volume = to_decimal(data.volume)
        self._weighted.take_value(data, middle * volume)
        self._volume.take_value(data, volume)
        total = self._volume.exact
        return self._weighted.exact / total if total else self.exact


class IntradayVwap(IndicatorBase):
    """Price of the day so far weighted by volume, from trade ticks and trade bars (their typical price).

    Other data, and bars that only fill a gap, change nothing. The value is the price itself while nothing was traded.
    """

    def __init__(self, name: str = "VWAP") -> None:
        super().__init__(name)
        self._day = 0
        self._volume = ZERO
        self._weighted = ZERO

    @property
    def is_ready(self) -> bool:
        return self._volume > 0

    def compute(self, data: BaseData) -> Decimal | None:
        trade = _traded(data)
        if trade is None:
            return None
        price, volume = trade
        day = data.end_ms // _DAY_MS
        if day != self._day:
            self._day, self._volume, self._weighted = day, ZERO, ZERO
        self._volume += volume
        self._weighted += price * volume
        return self._weighted / self._volume if self._volume else data.decimal_value

    def reset(self) -> None:
        self._day, self._volume, self._weighted = 0, ZERO, ZERO
        super().reset()


class RelativeDailyVolume(TradeBarIndicator):
    """Volume of the day so far divided by the mean volume up to this time of the last ``period`` days.

    0 before it is ready, which takes ``period`` full days. Where no day had a bar at this time, the latest time before
    it counts, unless it is the last of all.
    """

    @named("RDV({period})")
    def __init__(self, name: str, period: int = 2) -> None:
        super().__init__(name)
        self.period = checked_period(name, period)
        self._full_days = -1
        self._day_of_month = 0
        #: Start of each of today's bars in milliseconds, and its volume.
        self._today: dict[int, Decimal] = {}
        #: Mean cumulative volume by time of day.
        self._usual: dict[int, SimpleMovingAverage] = {}

    @property
    def is_ready(self) -> bool:
        return self._full_days >= self.period

    def compute(self, data: Any) -> Decimal:
        start_ms = data.end_ms - data.period_ms
        if data.time.day != self._day_of_month:
            self._close_day(data)
            self._day_of_month = data.time.day
        self._today[start_ms] = to_decimal(data.volume)
        usual = self._usual_volume(start_ms % _DAY_MS) if self.is_ready else ZERO
        return sum(self._today.values(), ZERO) / usual if usual else ZERO

    def _close_day(self, data: Any) -> None:
        cumulative = ZERO
        for start_ms, volume in self._today.items():
            cumulative += volume
            mean = self._usual.setdefault(start_ms % _DAY_MS, SimpleMovingAverage(self.period))
            mean.take_value(data, cumulative)
        self._today.clear()
        self._full_days += 1

    def _usual_volume(self, time_of_day_ms: int) -> Decimal:
        mean = self._usual.get(time_of_day_ms)
        if mean is None:
            times = sorted(self._usual)
            later = next((place for place, one in enumerate(times) if place and one > time_of_day_ms), None)
            if later is None:
                return ZERO
            mean = self._usual[times[later - 1]]
        return mean.exact

    def reset(self) -> None:
        self._full_days, self._day_of_month = -1, 0
        self._today.clear()
        self._usual.clear()
        super().reset()


def _typical_price(bar: Any) -> Decimal:
    return sum((bar.decimal(field) for field in ("high", "low", "close")), ZERO) / 3


def _traded(data: Any) -> tuple[Decimal, Decimal] | None:
    """Price and volume of a trade tick or a bar of trades."""
    if isinstance(data, TradeBar):
        return None if data.is_fill_forward else (_typical_price(data), to_decimal(data.volume))
    if getattr(data, "tick_type", None) == TickType.TRADE:
        return data.decimal_value, to_decimal(data.quantity)
    return None
