"""Patterns of two candles: 1 where found bullish, -1 where bearish."""

from __future__ import annotations

from decimal import Decimal

from pylean.indicators.candlesticks.pattern import Candle, CandlestickPattern, DriftingTotal, PenetrationPattern
from pylean.indicators.candlesticks.settings import CandleSettingType as Setting

__all__ = [
    "Counterattack",
    "DarkCloudCover",
    "DojiStar",
    "Engulfing",
    "Hammer",
    "HangingMan",
    "Harami",
    "HaramiCross",
    "HomingPigeon",
    "InNeck",
    "InvertedHammer",
    "Kicking",
    "KickingByLength",
    "MatchingLow",
    "OnNeck",
    "Piercing",
    "SeparatingLines",
    "ShootingStar",
    "Thrusting",
]

_HALF = Decimal("0.5")


class Counterattack(CandlestickPattern):
    """Two long candles of opposite colors with about the same close; the second one's color."""

    settings = (Setting.EQUAL, Setting.BODY_LONG)
    drifting = (DriftingTotal(Setting.EQUAL, age=1, seed_age=1, adds=0, drops=1, seeded_by=Setting.EQUAL),)

    def find(self, first: Candle, second: Candle) -> int:
        is_found = (
            first.color == -second.color
            and self.is_long(first)
            and self.is_long(second)
            and abs(second.close - first.close) <= self.average(Setting.EQUAL, first)
        )
        return second.color if is_found else 0


class DarkCloudCover(PenetrationPattern):
    """A long white candle; then a black one from above its high to deep within its body: -1."""

    settings = (Setting.BODY_LONG,)
    penetration = _HALF

    def find(self, first: Candle, second: Candle) -> int:
        return -int(
            first.is_white
            and self.is_long(first)
            and second.is_black
            and second.open > first.high
            and first.open < second.close < first.close - self.depth(first)
        )


class DojiStar(CandlestickPattern):
    """A long candle, then a doji beyond its body in the same direction; the opposite of the first one's color."""

    settings = (Setting.BODY_LONG, Setting.BODY_DOJI)

    def find(self, first: Candle, second: Candle) -> int:
        is_apart = second.body_is_above(first) if first.is_white else second.body_is_below(first)
        return -first.color if is_apart and self.is_long(first) and self.is_doji(second) else 0


class Engulfing(CandlestickPattern):
    """A body that holds the one before, of the opposite color, within it; its color. Lean waits for a third candle."""

    def find(self, _before: Candle, first: Candle, second: Candle) -> int:
        is_found = first.color == -second.color and first.body_is_within(second)
        return second.color if is_found else 0


class Hammer(CandlestickPattern):
    """A short body at the top of a long lower shadow, at or below the low before: 1."""

    settings = (Setting.BODY_SHORT, Setting.SHADOW_LONG, Setting.SHADOW_VERY_SHORT, Setting.NEAR)

    def find(self, first: Candle, second: Candle) -> int:
        return int(
            self.is_short(second)
            and second.lower_shadow > self.average(Setting.SHADOW_LONG, second)
            and self.is_trace(second.upper_shadow, second)
            and second.bottom <= first.low + self.average(Setting.NEAR, first)
        )


class HangingMan(CandlestickPattern):
    """A short body at the top of a long lower shadow, at or above the high before: -1."""

    settings = (Setting.BODY_SHORT, Setting.SHADOW_LONG, Setting.SHADOW_VERY_SHORT, Setting.NEAR)

    def find(self, first: Candle, second: Candle) -> int:
        return -int(
            self.is_short(second)
            and second.lower_shadow > self.average(Setting.SHADOW_LONG, second)
            and self.is_trace(second.upper_shadow, second)
            and second.bottom >= first.high - self.average(Setting.NEAR, first)
        )


class Harami(CandlestickPattern):
    """A long candle with the next one's short body within its own; the opposite of the first one's color."""

    settings = (Setting.BODY_LONG, Setting.BODY_SHORT)

    def find(self, first: Candle, second: Candle) -> int:
        is_found = second.body_is_within(first) and self.is_long(first) and not self.is_not_short(second)
        return -first.color if is_found else 0


class HaramiCross(CandlestickPattern):
    """A long candle with a doji within its body; the opposite of the first one's color."""

    settings = (Setting.BODY_LONG, Setting.BODY_DOJI)

    def find(self, first: Candle, second: Candle) -> int:
        is_found = second.body_is_within(first) and self.is_long(first) and self.is_doji(second)
        return -first.color if is_found else 0


class HomingPigeon(CandlestickPattern):
    """A long black candle with a short black one within its body: 1."""

    settings = (Setting.BODY_LONG, Setting.BODY_SHORT)

    def find(self, first: Candle, second: Candle) -> int:
        return int(
            first.is_black
            and second.is_black
            and second.body_is_within(first)
            and self.is_long(first)
            and not self.is_not_short(second)
        )


class InNeck(CandlestickPattern):
    """A long black candle; then a white one from below its low to about its close: -1."""

    settings = (Setting.EQUAL, Setting.BODY_LONG)

    def find(self, first: Candle, second: Candle) -> int:
        return -int(
            first.is_black
            and self.is_long(first)
            and second.is_white
            and second.open < first.low
            and first.close <= second.close <= first.close + self.average(Setting.EQUAL, first)
        )


class OnNeck(CandlestickPattern):
    """A long black candle; then a white one from below its low to about that low: -1."""

    settings = (Setting.EQUAL, Setting.BODY_LONG)

    def find(self, first: Candle, second: Candle) -> int:
        return -int(
            first.is_black
            and self.is_long(first)
            and second.is_white
            and second.open < first.low
            and abs(second.close - first.low) <= self.average(Setting.EQUAL, first)
        )


class Thrusting(CandlestickPattern):
    """A long black candle; then a white one from below its low into the lower half of its body: -1."""

    settings = (Setting.EQUAL, Setting.BODY_LONG)

    def find(self, first: Candle, second: Candle) -> int:
        return -int(
            first.is_black
            and self.is_long(first)
            and second.is_white
            and second.open < first.low
            and first.close + self.average(Setting.EQUAL, first) < second.close <= first.close + first.body * _HALF
        )


class Piercing(CandlestickPattern):
    """A long black candle; then a long white one from below its low into the upper half of its body: 1."""

    settings = (Setting.BODY_LONG,)

    def find(self, first: Candle, second: Candle) -> int:
        return int(
            first.is_black
            and self.is_long(first)
            and second.is_white
            and self.is_long(second)
            and second.open < first.low
            and first.close + first.body * _HALF < second.close < first.open
        )


class InvertedHammer(CandlestickPattern):
    """A short body at the bottom of a long upper shadow, below the body before: 1."""

    settings = (Setting.BODY_SHORT, Setting.SHADOW_LONG, Setting.SHADOW_VERY_SHORT)

    def find(self, first: Candle, second: Candle) -> int:
        return int(
            self.is_short(second)
            and second.upper_shadow > self.average(Setting.SHADOW_LONG, second)
            and self.is_trace(second.lower_shadow, second)
            and second.body_is_below(first)
        )


class ShootingStar(CandlestickPattern):
    """A short body at the bottom of a long upper shadow, above the body before: -1."""

    settings = (Setting.BODY_SHORT, Setting.SHADOW_LONG, Setting.SHADOW_VERY_SHORT)

    def find(self, first: Candle, second: Candle) -> int:
        return -int(
            self.is_short(second)
            and second.upper_shadow > self.average(Setting.SHADOW_LONG, second)
            and self.is_trace(second.lower_shadow, second)
            and second.body_is_above(first)
        )


class Kicking(CandlestickPattern):
    """Two marubozu of opposite colors with a gap between them; the second one's color."""

    settings = (Setting.SHADOW_VERY_SHORT, Setting.BODY_LONG)

    def find(self, first: Candle, second: Candle) -> int:
        is_found = (
            first.color == -second.color
            and (second.is_above(first) if first.is_black else second.is_below(first))
            and self._is_marubozu(first)
            and self._is_marubozu(second)
        )
        return self._color(first, second) if is_found else 0

    def _is_marubozu(self, candle: Candle) -> bool:
        return self.is_long(candle) and self.is_trace(candle.longer_shadow, candle)

    def _color(self, first: Candle, second: Candle) -> int:
        return second.color


class KickingByLength(Kicking):
    """Two marubozu of opposite colors with a gap between them; the longer one's color."""

    def _color(self, first: Candle, second: Candle) -> int:
        return second.color if second.body > first.body else first.color


class MatchingLow(CandlestickPattern):
    """Two black candles with about the same close: 1."""

    settings = (Setting.EQUAL,)

    def find(self, first: Candle, second: Candle) -> int:
        return int(
            first.is_black and second.is_black and abs(second.close - first.close) <= self.average(Setting.EQUAL, first)
        )


class SeparatingLines(CandlestickPattern):
    """Two candles of opposite colors with about the same open, the second one a belt hold; the second one's color."""

    settings = (Setting.SHADOW_VERY_SHORT, Setting.BODY_LONG, Setting.EQUAL)

    def find(self, first: Candle, second: Candle) -> int:
        shadow = second.lower_shadow if second.is_white else second.upper_shadow
        is_found = (
            first.color == -second.color
            and abs(second.open - first.open) <= self.average(Setting.EQUAL, first)
            and self.is_long(second)
            and self.is_trace(shadow, second)
        )
        return second.color if is_found else 0
