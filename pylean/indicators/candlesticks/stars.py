"""Patterns of three candles that turn at the middle one: 1 where found bullish, -1 where bearish."""

from __future__ import annotations

from pylean.indicators.candlesticks.pattern import Candle, CandlestickPattern, DriftingTotal, PenetrationPattern
from pylean.indicators.candlesticks.settings import CandleSettingType as Setting

__all__ = [
    "AbandonedBaby",
    "EveningDojiStar",
    "EveningStar",
    "MorningDojiStar",
    "MorningStar",
    "ThreeStarsInSouth",
    "Tristar",
    "UniqueThreeRiver",
]


class AbandonedBaby(PenetrationPattern):
    """A doji with gaps to the opposite candles around it, shadows and all; the third one's color."""

    settings = (Setting.BODY_DOJI, Setting.BODY_LONG, Setting.BODY_SHORT)
    delay = 1
    drifting = (
        DriftingTotal(Setting.BODY_LONG, age=2, seed_age=2, adds=2, drops=-1, seeded_by=Setting.BODY_LONG),
        DriftingTotal(Setting.BODY_DOJI, age=1, seed_age=1, adds=1, drops=0, seeded_by=Setting.BODY_DOJI),
        DriftingTotal(Setting.BODY_SHORT, age=0, seed_age=0, adds=0, drops=1, seeded_by=Setting.BODY_SHORT),
    )

    def find(self, first: Candle, second: Candle, third: Candle) -> int:
        is_turn = (
            first.color > 0 > third.color
            and third.close < first.close - self.depth(first)
            and second.is_above(first)
            and third.is_below(second)
        ) or (
            first.color < 0 < third.color
            and third.close > first.close + self.depth(first)
            and second.is_below(first)
            and third.is_above(second)
        )
        is_found = is_turn and self.is_long(first) and self.is_doji(second) and self.is_not_short(third)
        return third.color if is_found else 0

    def _period(self) -> int:
        return super()._period() - 1


class EveningDojiStar(PenetrationPattern):
    """A long white candle, a doji above it, and a black one deep into the first: -1."""

    settings = (Setting.BODY_DOJI, Setting.BODY_LONG, Setting.BODY_SHORT)

    def find(self, first: Candle, second: Candle, third: Candle) -> int:
        return -int(
            first.is_white
            and self.is_long(first)
            and self.is_doji(second)
            and second.body_is_above(first)
            and third.is_black
            and self.is_not_short(third)
            and third.close < first.close - self.depth(first)
        )


class EveningStar(PenetrationPattern):
    """A long white candle, a short one above it, and a black one deep into the first: -1."""

    settings = (Setting.BODY_SHORT, Setting.BODY_LONG)

    def find(self, first: Candle, second: Candle, third: Candle) -> int:
        return -int(
            first.is_white
            and self.is_long(first)
            and not self.is_not_short(second)
            and second.body_is_above(first)
            and third.is_black
            and self.is_not_short(third)
            and third.close < first.close - self.depth(first)
        )


class MorningDojiStar(PenetrationPattern):
    """A long black candle, a doji below it, and a white one deep into the first: 1."""

    settings = (Setting.BODY_DOJI, Setting.BODY_LONG, Setting.BODY_SHORT)

    def find(self, first: Candle, second: Candle, third: Candle) -> int:
        return int(
            first.is_black
            and self.is_long(first)
            and self.is_doji(second)
            and second.body_is_below(first)
            and third.is_white
            and self.is_not_short(third)
            and third.close > first.close + self.depth(first)
        )


class MorningStar(PenetrationPattern):
    """A long black candle, a short one below it, and a white one deep into the first: 1."""

    settings = (Setting.BODY_SHORT, Setting.BODY_LONG)
    drifting = (DriftingTotal(Setting.BODY_SHORT, age=0, seed_age=2, adds=0, drops=0, seeded_by=Setting.BODY_SHORT),)

    def find(self, first: Candle, second: Candle, third: Candle) -> int:
        return int(
            first.is_black
            and self.is_long(first)
            and not self.is_not_short(second)
            and second.body_is_below(first)
            and third.is_white
            and self.is_not_short(third)
            and third.close > first.close + self.depth(first)
        )


class ThreeStarsInSouth(CandlestickPattern):
    """Three black candles, each smaller and with a higher low than the one before: 1."""

    settings = (Setting.SHADOW_VERY_SHORT, Setting.SHADOW_LONG, Setting.BODY_LONG, Setting.BODY_SHORT)

    def find(self, first: Candle, second: Candle, third: Candle) -> int:
        return int(
            first.is_black
            and second.is_black
            and third.is_black
            and self.is_long(first)
            and first.lower_shadow > self.average(Setting.SHADOW_LONG, first)
            and second.body < first.body
            and first.close < second.open <= first.high
            and first.low <= second.low < first.close
            and second.lower_shadow > self.average(Setting.SHADOW_VERY_SHORT, second)
            and self.is_short(third)
            and self.is_trace(third.longer_shadow, third)
            and third.low > second.low
            and third.high < second.high
        )


class Tristar(CandlestickPattern):
    """Three dojis, the middle one beyond the first: -1 above and the third lower again, 1 below and the third higher.

    All three are measured by the candles before the first.
    """

    settings = (Setting.BODY_DOJI,)

    def find(self, first: Candle, second: Candle, third: Candle) -> int:
        if max(first.body, second.body, third.body) > self.average(Setting.BODY_DOJI, first):
            return 0
        if second.body_is_above(first) and third.top < second.top:
            return -1
        return int(second.body_is_below(first) and third.bottom > second.bottom)


class UniqueThreeRiver(CandlestickPattern):
    """A long black candle, a black one in it with a lower low, and a short white one that opens above that low: 1."""

    settings = (Setting.BODY_LONG, Setting.BODY_SHORT)

    def find(self, first: Candle, second: Candle, third: Candle) -> int:
        return int(
            first.is_black
            and self.is_long(first)
            and second.is_black
            and second.close > first.close
            and second.open <= first.open
            and second.low < first.low
            and self.is_short(third)
            and third.is_white
            and third.open > second.low
        )
