"""What counts as long, short, near or equal: ranges averaged over the candles before the one looked at."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from pylean.naming import LeanEnum, PascalNames
from pylean.numbers import to_decimal

__all__ = ["CandleRangeType", "CandleSetting", "CandleSettingType", "CandleSettings"]


class CandleRangeType(LeanEnum):
    """Which range of a candle is averaged."""

    REAL_BODY = 0
    HIGH_LOW = 1
    SHADOWS = 2


class CandleSettingType(LeanEnum):
    """What a setting is the measure of."""

    BODY_LONG = 0
    BODY_VERY_LONG = 1
    BODY_SHORT = 2
    BODY_DOJI = 3
    SHADOW_LONG = 4
    SHADOW_VERY_LONG = 5
    SHADOW_SHORT = 6
    SHADOW_VERY_SHORT = 7
    NEAR = 8
    FAR = 9
    EQUAL = 10


class CandleSetting(PascalNames):
    """``factor`` times the average range of ``average_period`` candles; with a period of 0, of the candle itself.

    Of both shadows the average of one is taken.
    """

    __slots__ = ("average_period", "factor", "range_type")

    def __init__(self, range_type: CandleRangeType, average_period: int, factor: float | Decimal) -> None:
        if average_period < 0:
            raise ValueError(f"average_period of a candle setting is {average_period}: it must not be below 0")
        self.range_type = range_type
        self.average_period = average_period
        self.factor = to_decimal(factor)

    def limit(self, total: Decimal) -> Decimal:
        """The measure, from a total of ranges."""
        average = self.factor * (total / self.average_period if self.average_period else total)
        return average / 2 if self.range_type is CandleRangeType.SHADOWS else average


class CandleSettings:
    """The settings of all patterns; a pattern takes them as they are when it is made."""

    _settings: ClassVar[dict[CandleSettingType, CandleSetting]] = {
        CandleSettingType.BODY_LONG: CandleSetting(CandleRangeType.REAL_BODY, 10, 1),
        CandleSettingType.BODY_VERY_LONG: CandleSetting(CandleRangeType.REAL_BODY, 10, 3),
        CandleSettingType.BODY_SHORT: CandleSetting(CandleRangeType.REAL_BODY, 10, 1),
        CandleSettingType.BODY_DOJI: CandleSetting(CandleRangeType.HIGH_LOW, 10, 0.1),
        CandleSettingType.SHADOW_LONG: CandleSetting(CandleRangeType.REAL_BODY, 0, 1),
        CandleSettingType.SHADOW_VERY_LONG: CandleSetting(CandleRangeType.REAL_BODY, 0, 2),
        CandleSettingType.SHADOW_SHORT: CandleSetting(CandleRangeType.SHADOWS, 10, 1),
        CandleSettingType.SHADOW_VERY_SHORT: CandleSetting(CandleRangeType.HIGH_LOW, 10, 0.1),
        CandleSettingType.NEAR: CandleSetting(CandleRangeType.HIGH_LOW, 5, 0.2),
        CandleSettingType.FAR: CandleSetting(CandleRangeType.HIGH_LOW, 5, 0.6),
        CandleSettingType.EQUAL: CandleSetting(CandleRangeType.HIGH_LOW, 5, 0.05),
    }

    @classmethod
    def get(cls, setting_type: CandleSettingType) -> CandleSetting:
        return cls._settings[setting_type]

    @classmethod
    def set(cls, setting_type: CandleSettingType, setting: CandleSetting) -> None:
        """Measure differently in the patterns made from now on."""
        cls._settings[setting_type] = setting
