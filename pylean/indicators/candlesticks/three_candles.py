"""Patterns of three candles: 1 where found bullish, -1 where bearish. Stars have a module of their own."""

from __future__ import annotations

from pylean.indicators.candlesticks.pattern import Candle, CandlestickPattern, DriftingTotal
from pylean.indicators.candlesticks.settings import CandleSettingType as Setting

__all__ = [
    "AdvanceBlock",
    "GapSideBySideWhite",
    "IdenticalThreeCrows",
    "StalledPattern",
    "StickSandwich",
    "TasukiGap",
    "ThreeInside",
    "ThreeOutside",
    "ThreeWhiteSoldiers",
    "TwoCrows",
    "UpDownGapThreeMethods",
    "UpsideGapTwoCrows",
]


class AdvanceBlock(CandlestickPattern):
    """Three white candles that rise ever more weakly: -1."""

    settings = (Setting.SHADOW_LONG, Setting.SHADOW_SHORT, Setting.FAR, Setting.NEAR, Setting.BODY_LONG)

    def find(self, first: Candle, second: Candle, third: Candle) -> int:
        return -int(
            first.is_white
            and second.is_white
            and third.is_white
            and third.close > second.close > first.close
            and first.open < second.open <= first.close + self.average(Setting.NEAR, first)
            and second.open < third.open <= second.close + self.average(Setting.NEAR, second)
            and self.is_long(first)
            and first.upper_shadow < self.average(Setting.SHADOW_SHORT, first)
            and self._is_blocked(first, second, third)
        )

    def _is_blocked(self, first: Candle, second: Candle, third: Candle) -> bool:
        """The second is far shorter than the first, or the third than the second, or shadows grow as bodies shrink."""
        if second.body < first.body - self.average(Setting.FAR, first) and third.body < second.body + self.average(
            Setting.NEAR, second
        ):
            return True
        if third.body < second.body - self.average(Setting.FAR, second):
            return True
        has_shadows = third.upper_shadow > self.average(
            Setting.SHADOW_SHORT, third
        ) or second.upper_shadow > self.average(Setting.SHADOW_SHORT, second)
        if third.body < second.body < first.body and has_shadows:
            return True
        return third.body < second.body and third.upper_shadow > self.average(Setting.SHADOW_LONG, third)


class GapSideBySideWhite(CandlestickPattern):
    """Two white candles alike, both beyond a gap from the first: 1 above it, -1 below."""

    settings = (Setting.NEAR, Setting.EQUAL)

    def find(self, first: Candle, second: Candle, third: Candle) -> int:
        is_up = second.body_is_above(first) and third.body_is_above(first)
        is_found = (
            (is_up or (second.body_is_below(first) and third.body_is_below(first)))
            and second.is_white
            and third.is_white
            and abs(third.body - second.body) <= self.average(Setting.NEAR, second)
            and abs(third.open - second.open) <= self.average(Setting.EQUAL, second)
        )
        return (1 if is_up else -1) if is_found else 0


class IdenticalThreeCrows(CandlestickPattern):
    """Three falling black candles without lower shadows, each from about the close before: -1."""

    settings = (Setting.SHADOW_VERY_SHORT, Setting.EQUAL)

    def find(self, first: Candle, second: Candle, third: Candle) -> int:
        return -int(
            all(each.is_black and self.is_trace(each.lower_shadow, each) for each in (first, second, third))
            and first.close > second.close > third.close
            and abs(second.open - first.close) <= self.average(Setting.EQUAL, first)
            and abs(third.open - second.close) <= self.average(Setting.EQUAL, second)
        )


class StalledPattern(CandlestickPattern):
    """Two long white candles, then a short one that rides on the second one's shoulder: -1."""

    settings = (Setting.BODY_LONG, Setting.BODY_SHORT, Setting.SHADOW_VERY_SHORT, Setting.NEAR)

    def find(self, first: Candle, second: Candle, third: Candle) -> int:
        return -int(
            first.is_white
            and second.is_white
            and third.is_white
            and third.close > second.close > first.close
            and self.is_long(first)
            and self.is_long(second)
            and self.is_trace(second.upper_shadow, second)
            and first.open < second.open <= first.close + self.average(Setting.NEAR, first)
            and self.is_short(third)
            and third.open >= second.close - third.body - self.average(Setting.NEAR, second)
        )


class StickSandwich(CandlestickPattern):
    """A white candle above the close that the black ones around it share: 1."""

    settings = (Setting.EQUAL,)
    drifting = (DriftingTotal(Setting.EQUAL, age=2, seed_age=2, adds=2, drops=2, seeded_by=Setting.BODY_LONG),)

    def find(self, first: Candle, second: Candle, third: Candle) -> int:
        return int(
            first.is_black
            and second.is_white
            and third.is_black
            and second.low > first.close
            and abs(third.close - first.close) <= self.average(Setting.EQUAL, first)
        )


class TasukiGap(CandlestickPattern):
    """A gap, and a third candle of the opposite color that closes within it; the second one's color."""

    settings = (Setting.NEAR,)

    def find(self, first: Candle, second: Candle, third: Candle) -> int:
        is_in_gap = (
            second.body_is_above(first) and third.color < 0 < second.color and first.top < third.close < second.open
        ) or (
            second.body_is_below(first) and second.color < 0 < third.color and second.open < third.close < first.bottom
        )
        is_found = (
            is_in_gap
            and second.bottom < third.open < second.top
            and abs(second.body - third.body) < self.average(Setting.NEAR, second)
        )
        return second.color if is_found else 0


class ThreeInside(CandlestickPattern):
    """A harami, and a third candle that closes beyond the first one's open; the opposite of the first one's color."""

    settings = (Setting.BODY_SHORT, Setting.BODY_LONG)

    def find(self, first: Candle, second: Candle, third: Candle) -> int:
        is_beyond = third.close < first.open if first.is_white else third.close > first.open
        is_found = (
            is_beyond
            and third.color == -first.color
            and second.body_is_within(first)
            and self.is_long(first)
            and not self.is_not_short(second)
        )
        return -first.color if is_found else 0


class ThreeOutside(CandlestickPattern):
    """An engulfing candle, and a third that closes further in its direction; the second one's color."""

    def find(self, first: Candle, second: Candle, third: Candle) -> int:
        is_further = third.close > second.close if second.is_white else third.close < second.close
        return second.color if is_further and first.color == -second.color and first.body_is_within(second) else 0


class ThreeWhiteSoldiers(CandlestickPattern):
    """Three rising white candles without upper shadows, none far shorter than the one before: 1."""

    settings = (Setting.SHADOW_VERY_SHORT, Setting.BODY_SHORT, Setting.FAR, Setting.NEAR)

    def find(self, first: Candle, second: Candle, third: Candle) -> int:
        return int(
            all(each.is_white and self.is_trace(each.upper_shadow, each) for each in (first, second, third))
            and third.close > second.close > first.close
            and first.open < second.open <= first.close + self.average(Setting.NEAR, first)
            and second.open < third.open <= second.close + self.average(Setting.NEAR, second)
            and second.body > first.body - self.average(Setting.FAR, first)
            and third.body > second.body - self.average(Setting.FAR, second)
            and self.is_not_short(third)
        )


class TwoCrows(CandlestickPattern):
    """A long white candle, a black one above it, and a black one from that one's body into the first one's: -1."""

    settings = (Setting.BODY_LONG,)

    def find(self, first: Candle, second: Candle, third: Candle) -> int:
        return -int(
            first.is_white
            and self.is_long(first)
            and second.is_black
            and second.body_is_above(first)
            and third.is_black
            and second.close < third.open < second.open
            and first.open < third.close < first.close
        )


class UpDownGapThreeMethods(CandlestickPattern):
    """Two candles of a color with a gap, and a third of the other from one body into the other; the first's color."""

    def find(self, first: Candle, second: Candle, third: Candle) -> int:
        is_found = (
            first.color == second.color == -third.color
            and second.bottom < third.open < second.top
            and first.bottom < third.close < first.top
            and (second.body_is_above(first) if first.is_white else second.body_is_below(first))
        )
        return first.color if is_found else 0


class UpsideGapTwoCrows(CandlestickPattern):
    """A long white candle, a short black one above it, and a black one around that, still above the first: -1."""

    settings = (Setting.BODY_LONG, Setting.BODY_SHORT)

    def find(self, first: Candle, second: Candle, third: Candle) -> int:
        return -int(
            first.is_white
            and self.is_long(first)
            and second.is_black
            and not self.is_not_short(second)
            and second.body_is_above(first)
            and third.is_black
            and third.open > second.open
            and first.close < third.close < second.close
        )
