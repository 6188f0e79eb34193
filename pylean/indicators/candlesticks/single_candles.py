"""Patterns of one candle: 1 where found white and -1 where found black, unless it says otherwise."""

from __future__ import annotations

from pylean.indicators.candlesticks.pattern import Candle, CandlestickPattern
from pylean.indicators.candlesticks.settings import CandleSettingType as Setting

__all__ = [
    "BeltHold",
    "ClosingMarubozu",
    "Doji",
    "DragonflyDoji",
    "GravestoneDoji",
    "HighWaveCandle",
    "LongLeggedDoji",
    "LongLineCandle",
    "Marubozu",
    "RickshawMan",
    "ShortLineCandle",
    "SpinningTop",
    "Takuri",
]


class BeltHold(CandlestickPattern):
    """A long candle that opened at its extreme."""

    settings = (Setting.BODY_LONG, Setting.SHADOW_VERY_SHORT)

    def find(self, candle: Candle) -> int:
        shadow = candle.lower_shadow if candle.is_white else candle.upper_shadow
        return candle.color if self.is_long(candle) and self.is_trace(shadow, candle) else 0


class ClosingMarubozu(CandlestickPattern):
    """A long candle that closed at its extreme."""

    settings = (Setting.BODY_LONG, Setting.SHADOW_VERY_SHORT)

    def find(self, candle: Candle) -> int:
        shadow = candle.upper_shadow if candle.is_white else candle.lower_shadow
        return candle.color if self.is_long(candle) and self.is_trace(shadow, candle) else 0


class Marubozu(CandlestickPattern):
    """A long candle with hardly any shadows."""

    settings = (Setting.BODY_LONG, Setting.SHADOW_VERY_SHORT)

    def find(self, candle: Candle) -> int:
        return candle.color if self.is_long(candle) and self.is_trace(candle.longer_shadow, candle) else 0


class LongLineCandle(CandlestickPattern):
    """A long body between two short shadows."""

    settings = (Setting.BODY_LONG, Setting.SHADOW_SHORT)

    def find(self, candle: Candle) -> int:
        is_found = self.is_long(candle) and candle.longer_shadow < self.average(Setting.SHADOW_SHORT, candle)
        return candle.color if is_found else 0


class ShortLineCandle(CandlestickPattern):
    """A short body between two short shadows."""

    settings = (Setting.BODY_SHORT, Setting.SHADOW_SHORT)

    def find(self, candle: Candle) -> int:
        is_found = self.is_short(candle) and candle.longer_shadow < self.average(Setting.SHADOW_SHORT, candle)
        return candle.color if is_found else 0


class HighWaveCandle(CandlestickPattern):
    """A short body between two very long shadows."""

    settings = (Setting.BODY_SHORT, Setting.SHADOW_VERY_LONG)

    def find(self, candle: Candle) -> int:
        is_found = self.is_short(candle) and candle.shorter_shadow > self.average(Setting.SHADOW_VERY_LONG, candle)
        return candle.color if is_found else 0


class SpinningTop(CandlestickPattern):
    """A short body between two shadows that are longer than it."""

    settings = (Setting.BODY_SHORT,)

    def find(self, candle: Candle) -> int:
        return candle.color if self.is_short(candle) and candle.shorter_shadow > candle.body else 0


class Doji(CandlestickPattern):
    """Open and close are about equal: 1."""

    settings = (Setting.BODY_DOJI,)

    def find(self, candle: Candle) -> int:
        return int(self.is_doji(candle))


class DragonflyDoji(CandlestickPattern):
    """A doji at the top of its range: 1."""

    settings = (Setting.BODY_DOJI, Setting.SHADOW_VERY_SHORT)

    def find(self, candle: Candle) -> int:
        trace = self.average(Setting.SHADOW_VERY_SHORT, candle)
        return int(self.is_doji(candle) and candle.upper_shadow < trace < candle.lower_shadow)


class GravestoneDoji(CandlestickPattern):
    """A doji at the bottom of its range: 1, although it is bearish after a rise."""

    settings = (Setting.BODY_DOJI, Setting.SHADOW_VERY_SHORT)

    def find(self, candle: Candle) -> int:
        trace = self.average(Setting.SHADOW_VERY_SHORT, candle)
        return int(self.is_doji(candle) and candle.lower_shadow < trace < candle.upper_shadow)


class LongLeggedDoji(CandlestickPattern):
    """A doji with at least one long shadow: 1."""

    settings = (Setting.BODY_DOJI, Setting.SHADOW_LONG)

    def find(self, candle: Candle) -> int:
        return int(self.is_doji(candle) and candle.longer_shadow > self.average(Setting.SHADOW_LONG, candle))


class RickshawMan(CandlestickPattern):
    """A doji between two long shadows, near the middle of its range: 1."""

    settings = (Setting.BODY_DOJI, Setting.SHADOW_LONG, Setting.NEAR)

    def find(self, candle: Candle) -> int:
        middle = candle.low + (candle.high - candle.low) / 2
        near = self.average(Setting.NEAR, candle)
        return int(
            self.is_doji(candle)
            and candle.shorter_shadow > self.average(Setting.SHADOW_LONG, candle)
            and candle.bottom <= middle + near
            and candle.top >= middle - near
        )


class Takuri(CandlestickPattern):
    """A dragonfly doji whose lower shadow is very long: 1."""

    settings = (Setting.BODY_DOJI, Setting.SHADOW_VERY_SHORT, Setting.SHADOW_VERY_LONG)

    def find(self, candle: Candle) -> int:
        return int(
            self.is_doji(candle)
            and self.is_trace(candle.upper_shadow, candle)
            and candle.lower_shadow > self.average(Setting.SHADOW_VERY_LONG, candle)
        )
