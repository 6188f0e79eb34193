"""Patterns of four and five candles: 1 where found bullish, -1 where bearish."""

from __future__ import annotations

from decimal import Decimal

from pylean.indicators.candlesticks.pattern import Candle, CandlestickPattern, PenetrationPattern
from pylean.indicators.candlesticks.settings import CandleSettingType as Setting

__all__ = [
    "Breakaway",
    "ConcealedBabySwallow",
    "LadderBottom",
    "MatHold",
    "RiseFallThreeMethods",
    "ThreeBlackCrows",
    "ThreeLineStrike",
]


class ConcealedBabySwallow(CandlestickPattern):
    """Two black marubozu, a black one that gaps down with an upper shadow, and a black one that swallows it: 1."""

    settings = (Setting.SHADOW_VERY_SHORT,)

    def find(self, first: Candle, second: Candle, third: Candle, fourth: Candle) -> int:
        return int(
            all(each.is_black for each in (first, second, third, fourth))
            and self.is_trace(first.longer_shadow, first)
            and self.is_trace(second.longer_shadow, second)
            and third.body_is_below(second)
            and third.upper_shadow > self.average(Setting.SHADOW_VERY_SHORT, third)
            and third.high > second.close
            and fourth.high > third.high
            and fourth.low < third.low
        )


class ThreeBlackCrows(CandlestickPattern):
    """After a white candle three falling black ones without lower shadows, each from the body before: -1."""

    settings = (Setting.SHADOW_VERY_SHORT,)

    def find(self, before: Candle, first: Candle, second: Candle, third: Candle) -> int:
        return -int(
            before.is_white
            and all(each.is_black and self.is_trace(each.lower_shadow, each) for each in (first, second, third))
            and first.close < second.open < first.open
            and second.close < third.open < second.open
            and before.high > first.close > second.close > third.close
        )


class ThreeLineStrike(CandlestickPattern):
    """Three candles of a color in a line, and a fourth of the other that takes all of it back; the line's color."""

    settings = (Setting.NEAR,)

    def find(self, first: Candle, second: Candle, third: Candle, fourth: Candle) -> int:
        color = third.color
        is_struck = (
            third.close > second.close > first.close and fourth.open > third.close and fourth.close < first.open
            if third.is_white
            else third.close < second.close < first.close and fourth.open < third.close and fourth.close > first.open
        )
        is_found = (
            first.color == second.color == color == -fourth.color
            and is_struck
            and self._opens_near(second, first)
            and self._opens_near(third, second)
        )
        return color if is_found else 0

    def _opens_near(self, candle: Candle, before: Candle) -> bool:
        near = self.average(Setting.NEAR, before)
        return before.bottom - near <= candle.open <= before.top + near


class Breakaway(CandlestickPattern):
    """A long candle, a gap and two more in its direction, and a fifth that closes in the gap; the fifth one's color."""

    settings = (Setting.BODY_LONG,)

    def find(self, first: Candle, second: Candle, third: Candle, fourth: Candle, fifth: Candle) -> int:
        if not (first.color == second.color == fourth.color == -fifth.color and self.is_long(first)):
            return 0
        if first.is_black:
            is_found = (
                second.body_is_below(first)
                and fourth.high < third.high < second.high
                and fourth.low < third.low < second.low
                and second.open < fifth.close < first.close
            )
        else:
            is_found = (
                second.body_is_above(first)
                and fourth.high > third.high > second.high
                and fourth.low > third.low > second.low
                and first.close < fifth.close < second.open
            )
        return fifth.color if is_found else 0


class LadderBottom(CandlestickPattern):
    """Three falling black candles, a fourth with an upper shadow, and a white one that closes above it: 1."""

    settings = (Setting.SHADOW_VERY_SHORT,)

    def find(self, first: Candle, second: Candle, third: Candle, fourth: Candle, fifth: Candle) -> int:
        return int(
            all(each.is_black for each in (first, second, third, fourth))
            and first.open > second.open > third.open
            and first.close > second.close > third.close
            and fourth.upper_shadow > self.average(Setting.SHADOW_VERY_SHORT, fourth)
            and fifth.is_white
            and fifth.open > fourth.open
            and fifth.close > fourth.high
        )


class MatHold(PenetrationPattern):
    """A long white candle, a gap up, three short ones that come back a little, and a white one above them all: 1."""

    settings = (Setting.BODY_SHORT, Setting.BODY_LONG)
    delay = 1
    penetration = Decimal("0.5")

    def find(self, first: Candle, second: Candle, third: Candle, fourth: Candle, fifth: Candle) -> int:
        floor = first.close - self.depth(first)
        return int(
            first.is_white
            and second.is_black
            and fifth.is_white
            and self.is_long(first)
            and all(self.is_short(each) for each in (second, third, fourth))
            and second.body_is_above(first)
            and floor < third.bottom < first.close
            and floor < fourth.bottom < first.close
            and fourth.top < third.top < second.open
            and fifth.open > fourth.close
            and fifth.close > max(second.high, third.high, fourth.high)
        )


class RiseFallThreeMethods(CandlestickPattern):
    """A long candle, three short ones against it within its range, and a long one further on; the first one's color."""

    settings = (Setting.BODY_SHORT, Setting.BODY_LONG)
    delay = 1

    def find(self, first: Candle, second: Candle, third: Candle, fourth: Candle, fifth: Candle) -> int:
        color = first.color
        between = (second, third, fourth)
        is_found = (
            fifth.color == color
            and all(each.color == -color for each in between)
            and all(each.bottom < first.high and each.top > first.low for each in between)
            and third.close * color < second.close * color
            and fourth.close * color < third.close * color
            and fifth.open * color > fourth.close * color
            and fifth.close * color > first.close * color
            and self.is_long(first)
            and self.is_long(fifth)
            and all(self.is_short(each) for each in between)
        )
        return color if is_found else 0
