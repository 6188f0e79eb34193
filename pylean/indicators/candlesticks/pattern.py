"""The base of all candlestick patterns: the last candles, and how they compare with the average of those before."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from typing import Any, ClassVar

from pylean.feed.bars import TradeBar
from pylean.indicators.base import BarIndicator
from pylean.indicators.candlesticks.settings import CandleSetting, CandleSettings
from pylean.indicators.candlesticks.settings import CandleSettingType as Setting
from pylean.indicators.names import named
from pylean.numbers import ZERO, to_decimal

__all__ = ["Candle", "CandlestickPattern", "DriftingTotal", "PenetrationPattern"]


class Candle:
    """A bar measured: ``color`` is 1 (white: it closed at or above its open) or -1 (black).

    ``top`` and ``bottom`` are the ends of the real body; ``ranges`` has a length for each ``CandleRangeType``.
    """

    __slots__ = (
        "body",
        "bottom",
        "close",
        "color",
        "high",
        "low",
        "lower_shadow",
        "number",
        "open",
        "ranges",
        "top",
        "upper_shadow",
    )

    def __init__(self, number: int, bar: TradeBar) -> None:
        self.number = number
        self.open = bar.decimal("open")
        self.high = bar.decimal("high")
        self.low = bar.decimal("low")
        self.close = bar.decimal("close")
        is_white = self.close >= self.open
        self.color = 1 if is_white else -1
        self.bottom, self.top = (self.open, self.close) if is_white else (self.close, self.open)
        self.body = self.top - self.bottom
        self.upper_shadow = self.high - self.top
        self.lower_shadow = self.bottom - self.low
        self.ranges = (self.body, self.high - self.low, self.upper_shadow + self.lower_shadow)

    @property
    def is_white(self) -> bool:
        return self.color > 0

    @property
    def is_black(self) -> bool:
        return self.color < 0

    @property
    def longer_shadow(self) -> Decimal:
        return max(self.upper_shadow, self.lower_shadow)

    @property
    def shorter_shadow(self) -> Decimal:
        return min(self.upper_shadow, self.lower_shadow)

    def is_above(self, other: Candle) -> bool:
        """The whole candle, shadows and all."""
        return self.low > other.high

    def is_below(self, other: Candle) -> bool:
        return self.high < other.low

    def body_is_above(self, other: Candle) -> bool:
        """There is a gap between the real bodies; shadows may overlap."""
        return self.bottom > other.top

    def body_is_below(self, other: Candle) -> bool:
        return self.top < other.bottom

    def body_is_within(self, other: Candle) -> bool:
        return self.top < other.top and self.bottom > other.bottom


@dataclass(frozen=True, slots=True)
class DriftingTotal:
    """A running total that in Lean is not that of the candles before the one looked at, so it is kept as Lean keeps it.

    It is the total of ``setting_type`` for the candle ``age`` bars back. It begins with the candles from ``seed_age``
    on (their range by ``seeded_by``); each bar then adds the candle ``adds`` back and drops the one that is
    the average period and ``drops`` back. Without drift all three ages are ``age``.
    """

    setting_type: Setting
    age: int
    seed_age: int
    adds: int
    drops: int
    seeded_by: Setting


class CandlestickPattern(BarIndicator):
    """Its value is 1 where the pattern is found bullish, -1 where bearish, 0 elsewhere (2 and -2: confirmed).

    Subclasses list the ``settings`` they measure by and override ``find``, which gets the last candles, oldest first:
    as many as it has parameters. The period is the longest average's plus these candles.
    """

    settings: ClassVar[tuple[Setting, ...]] = ()
    drifting: ClassVar[tuple[DriftingTotal, ...]] = ()
    #: How many samples after its period Lean calls the pattern ready.
    delay = 0
    #: How many samples before it is ready the pattern begins to look, for what a confirmation may follow.
    head_start = 0

    def __init__(self, name: str = "") -> None:
        self._settings: dict[Setting, CandleSetting] = {
            setting_type: CandleSettings.get(setting_type) for setting_type in self.settings
        }
        self._count = type(self).find.__code__.co_argcount - 1
        self.period = self._period()
        super().__init__(name or type(self).__name__.upper(), self.period)
        self._candles: deque[Candle] = deque(maxlen=self.period + self.delay)
        self._totals = dict.fromkeys(self.drifting, ZERO)
        self._total_of = {(total.setting_type, total.age): total for total in self.drifting}

    def _period(self) -> int:
        longest = max((setting.average_period for setting in self._settings.values()), default=0)
        return longest + self._count

    @property
    def is_ready(self) -> bool:
        return self.samples >= self.period + self.delay

    def find(self, *candles: Any, **unused: Any) -> int:
        """The pattern's value at the last of the candles."""
        raise TypeError(f"{type(self).__name__} does not override find(...)")

    def average(self, setting_type: Setting, candle: Candle) -> Decimal:
        """What the setting measures for a candle: by the candles before it."""
        setting = self._settings[setting_type]
        range_type = setting.range_type
        if setting.average_period == 0:
            return setting.limit(candle.ranges[range_type])
        age = self.samples - candle.number
        if drifting := self._total_of.get((setting_type, age)):
            return setting.limit(self._totals[drifting])
        before = islice(self._candles, age + 1, age + 1 + setting.average_period)
        return setting.limit(sum((each.ranges[range_type] for each in before), ZERO))

    def is_long(self, candle: Candle) -> bool:
        return candle.body > self.average(Setting.BODY_LONG, candle)

    def is_short(self, candle: Candle) -> bool:
        return candle.body < self.average(Setting.BODY_SHORT, candle)

    def is_not_short(self, candle: Candle) -> bool:
        """Longer than short; a body that equals the average is neither."""
        return candle.body > self.average(Setting.BODY_SHORT, candle)

    def is_doji(self, candle: Candle) -> bool:
        return candle.body <= self.average(Setting.BODY_DOJI, candle)

    def is_trace(self, shadow: Decimal, candle: Candle) -> bool:
        """The candle has hardly any of this shadow."""
        return shadow < self.average(Setting.SHADOW_VERY_SHORT, candle)

    def compute(self, bar: TradeBar) -> Decimal:
        candles = self._candles
        candles.appendleft(Candle(self.samples, bar))
        is_looking = self.samples >= self.period + self.delay - self.head_start
        value = self.find(*reversed(list(islice(candles, self._count)))) if is_looking else 0
        for drifting in self.drifting:
            self._totals[drifting] += self._change(drifting)
        return Decimal(value) if self.is_ready else ZERO

    def _change(self, drifting: DriftingTotal) -> Decimal:
        setting = self._settings[drifting.setting_type]
        candles = self._candles
        if self.is_ready:
            added, dropped = candles[drifting.adds], candles[setting.average_period + drifting.drops]
            return added.ranges[setting.range_type] - dropped.ranges[setting.range_type]
        if self.samples >= self.period + self.delay - setting.average_period:
            return candles[drifting.seed_age].ranges[CandleSettings.get(drifting.seeded_by).range_type]
        return ZERO

    def reset(self) -> None:
        self._candles.clear()
        self._totals = dict.fromkeys(self.drifting, ZERO)
        super().reset()


class PenetrationPattern(CandlestickPattern):
    """A pattern whose last candle must close within the first one's real body.

    ``penetration`` is how deep, as a share of that body.
    """

    penetration = Decimal("0.3")

    @named("")
    def __init__(self, name: str, penetration: float | Decimal | None = None) -> None:
        super().__init__(name)
        if penetration is not None:
            self.penetration = to_decimal(penetration)

    def depth(self, candle: Candle) -> Decimal:
        """How far beyond the candle's close another must close, USD."""
        return candle.body * self.penetration
