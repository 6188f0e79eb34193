"""A middle line with a band above and one below."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from pylean.feed.base_data import BaseData
from pylean.indicators.average_ranges import AverageTrueRange
from pylean.indicators.base import BarIndicator, Indicator
from pylean.indicators.composite import DerivedIndicator
from pylean.indicators.deviation import StandardDeviation
from pylean.indicators.moving_average_type import MovingAverageType
from pylean.indicators.names import named
from pylean.indicators.windows import Identity, Maximum, Minimum
from pylean.numbers import ONE, ZERO, to_decimal

__all__ = ["AccelerationBands", "BollingerBands", "DonchianChannel", "KeltnerChannels", "SqueezeMomentum"]


class BollingerBands(Indicator):
    """Bands ``k`` standard deviations around a moving average; its own value is the input's.

    ``band_width`` is their distance in percent of the middle, ``percent_b`` where the price lies between them (0 to 1).
    Once ready it has no new value while the deviation is 0, because ``percent_b`` has none.
    """

    @named("BB({period},{k})")
    def __init__(
        self,
        name: str,
        period: int,
        k: float | Decimal,
        moving_average_type: MovingAverageType = MovingAverageType.SIMPLE,
    ) -> None:
        super().__init__(name, period)
        self._k = to_decimal(k)
        self.moving_average_type = MovingAverageType(moving_average_type)
        self.standard_deviation = StandardDeviation(f"{name}_StandardDeviation", period)
        self.middle_band = self.moving_average_type.as_indicator(f"{name}_MiddleBand", period)
        self.upper_band = DerivedIndicator(f"{name}_UpperBand", self._has_bands)
        self.lower_band = DerivedIndicator(f"{name}_LowerBand", self._has_bands)
        self.band_width = DerivedIndicator(f"{name}_BandWidth", self._has_bands)
        self.percent_b = DerivedIndicator(f"{name}_%B", self._has_bands)
        self.price = Identity(f"{name}_Close")
        lines = (self.middle_band, self.upper_band, self.lower_band, self.band_width, self.percent_b)
        self.parts = (self.standard_deviation, *lines, self.price)

    @property
    def is_ready(self) -> bool:
        return self._has_bands()

    def compute(self, data: BaseData) -> Decimal | None:
        for part in (self.standard_deviation, self.middle_band, self.price):
            part.take(data)
        value, middle = data.decimal_value, self.middle_band.exact
        distance = self.standard_deviation.exact * self._k
        upper, lower = middle + distance, middle - distance
        self.upper_band.take_value(data, upper)
        self.lower_band.take_value(data, lower)
        if middle:
            self.band_width.take_value(data, (upper - lower) / middle * 100)
        if upper != lower:
            self.percent_b.take_value(data, (value - lower) / (upper - lower))
        return value if self.standard_deviation.exact or not self.is_ready else None

    def _has_bands(self) -> bool:
        return self.middle_band.is_ready and self.standard_deviation.is_ready


class AccelerationBands(BarIndicator):
    """Averages of highs and lows moved outwards by ``width`` times the bar's relative height; the average of closes."""

    @named("ABANDS({period},{width},{moving_average_type})")
    def __init__(
        self,
        name: str,
        period: int,
        width: float | Decimal = 4,
        moving_average_type: MovingAverageType = MovingAverageType.SIMPLE,
    ) -> None:
        super().__init__(name, period)
        self._width = to_decimal(width)
        kind = self.moving_average_type = MovingAverageType(moving_average_type)
        self.middle_band = kind.as_indicator(f"{name}_MiddleBand", period)
        self.lower_band = kind.as_indicator(f"{name}_LowerBand", period)
        self.upper_band = kind.as_indicator(f"{name}_UpperBand", period)
        self.parts = (self.middle_band, self.lower_band, self.upper_band)

    @property
    def is_ready(self) -> bool:
        return all(part.is_ready for part in self.parts)

    def compute(self, data: Any) -> Decimal:
        high, low = data.decimal("high"), data.decimal("low")
        both = high + low
        spread = self._width * ((high - low) / both if both else ZERO)
        self.lower_band.take_value(data, low * (ONE - spread))
        self.upper_band.take_value(data, high * (ONE + spread))
        self.middle_band.take_value(data, data.decimal("close"))
        return self.middle_band.exact


class DonchianChannel(BarIndicator):
    """Highest high and lowest low of the last bars, and their middle."""

    @named(lambda upper_period, lower_period: f"DCH({lower_period or upper_period},{lower_period or upper_period})")
    def __init__(self, name: str, upper_period: int, lower_period: int | None = None) -> None:
        lower_period = upper_period if lower_period is None else lower_period
        super().__init__(name, max(upper_period, lower_period))
        self.upper_band = Maximum(f"{name}_UpperBand", upper_period)
        self.lower_band = Minimum(f"{name}_LowerBand", lower_period)
        self.parts = (self.upper_band, self.lower_band)

    def compute(self, data: Any) -> Decimal:
        self.upper_band.take_value(data, data.decimal("high"))
        self.lower_band.take_value(data, data.decimal("low"))
        return (self.upper_band.exact + self.lower_band.exact) / 2


class KeltnerChannels(BarIndicator):
    """Bands ``k`` average true ranges (of the simple kind) around a moving average of typical prices."""

    @named("KC({period},{k})")
    def __init__(
        self,
        name: str,
        period: int,
        k: float | Decimal,
        moving_average_type: MovingAverageType = MovingAverageType.SIMPLE,
    ) -> None:
        super().__init__(name, period)
        self._k = to_decimal(k)
        self.average_true_range = AverageTrueRange(f"{name}_AverageTrueRange", period, MovingAverageType.SIMPLE)
        self.middle_band = middle = MovingAverageType(moving_average_type).as_indicator(f"{name}_MiddleBand", period)
        self.upper_band = DerivedIndicator(f"{name}_UpperBand", lambda: middle.is_ready)
        self.lower_band = DerivedIndicator(f"{name}_LowerBand", lambda: middle.is_ready)
        self.parts = (self.average_true_range, self.middle_band, self.upper_band, self.lower_band)

    @property
    def is_ready(self) -> bool:
        return self.middle_band.is_ready and self.average_true_range.is_ready

    def compute(self, data: Any) -> Decimal:
        self.average_true_range.take(data)
        self.middle_band.take_value(data, (data.decimal("high") + data.decimal("low") + data.decimal("close")) / 3)
        middle, distance = self.middle_band.exact, self.average_true_range.exact * self._k
        has_bands = self.middle_band.is_ready
        self.lower_band.take_value(data, middle - distance if has_bands else ZERO)
        self.upper_band.take_value(data, middle + distance if has_bands else ZERO)
        return middle


class SqueezeMomentum(BarIndicator):
    """1 while the Bollinger bands lie inside exponential Keltner channels, else -1; 0 before both are ready."""

    @named("SM({bollinger_period},{bollinger_multiplier},{keltner_period},{keltner_multiplier})")
    def __init__(
        self,
        name: str,
        bollinger_period: int,
        bollinger_multiplier: float | Decimal,
        keltner_period: int,
        keltner_multiplier: float | Decimal,
    ) -> None:
        super().__init__(name, max(bollinger_period, keltner_period))
        self.bollinger_bands = BollingerBands(bollinger_period, bollinger_multiplier)
        self.keltner_channels = KeltnerChannels(keltner_period, keltner_multiplier, MovingAverageType.EXPONENTIAL)
        self.parts = (self.bollinger_bands, self.keltner_channels)

    @property
    def is_ready(self) -> bool:
        return self.bollinger_bands.is_ready and self.keltner_channels.is_ready

    def compute(self, data: Any) -> Decimal:
        bands, channels = self.bollinger_bands, self.keltner_channels
        bands.take(data)
        channels.take(data)
        if not self.is_ready:
            return ZERO
        return ONE if channels.upper_band > bands.upper_band and channels.lower_band < bands.lower_band else -ONE
