"""How many of a group of symbols rise and fall."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from pylean.clock import to_ms
from pylean.indicators.base import BarIndicator, TradeBarIndicator
from pylean.indicators.composite import FunctionalIndicator
from pylean.indicators.extensions import IndicatorExtensions
from pylean.indicators.names import checked_period, named
from pylean.indicators.points import IndicatorDataPoint
from pylean.indicators.windows import Maximum, Minimum
from pylean.numbers import ZERO, to_decimal

__all__ = [
    "AdvanceDeclineDifference",
    "AdvanceDeclineIndicator",
    "AdvanceDeclineRatio",
    "AdvanceDeclineVolumeRatio",
    "ArmsIndex",
    "McClellanOscillator",
    "McClellanSummationIndex",
    "NewHighsNewLows",
    "NewHighsNewLowsVolume",
]


class _GroupIndicator(BarIndicator):
    """Of a group of symbols with one bar each a period: no new value until every symbol has its bar."""

    def __init__(self, name: str, warm_up_period: int) -> None:
        super().__init__(name, warm_up_period)
        self._bars: dict[Any, Any] = {}
        self._awaited: set[Any] = set()
        self._period_ms: int | None = None

    def add(self, asset: Any) -> None:
        """Count a symbol."""
        if asset not in self._bars:
            self._bars[asset] = None
            self._awaited.add(asset)

    def remove(self, asset: Any) -> None:
        """Count a symbol no longer."""
        self._bars.pop(asset, None)
        self._awaited.discard(asset)

    add_stock = add
    remove_stock = remove

    def compute(self, data: Any) -> Decimal | None:
        start_ms = to_ms(data.time)
        if data.end_ms == self._period_ms:
            self._remember(data)
        else:
            if self._period_ms is not None and start_ms > self._period_ms:
                self._end_period()
                self._await_all()
                self._period_ms = start_ms
            if data.symbol in self._bars and self._period_ms in (None, start_ms):
                self._bars[data.symbol] = data
                self._awaited.discard(data.symbol)
                self._period_ms = start_ms
        return None if self._awaited or not self.is_ready else self.compute_group(data)

    def compute_group(self, data: Any) -> Decimal:
        """The value now that every symbol has its bar."""
        raise NotImplementedError

    def _remember(self, bar: Any) -> None:
        """A bar that ended as the period began counts among those before."""
        raise NotImplementedError

    def _end_period(self) -> None:
        """The bars of the period become those before."""
        raise NotImplementedError

    def _await_all(self) -> None:
        self._bars = dict.fromkeys(self._bars)
        self._awaited = set(self._bars)

    def reset(self) -> None:
        self._await_all()
        self._period_ms = None
        super().reset()


class AdvanceDeclineIndicator(_GroupIndicator, TradeBarIndicator):
    """Compares what advanced with what declined since the period before."""

    def __init__(self, name: str) -> None:
        super().__init__(name, 2)
        self._before: dict[Any, Any] = {}

    @property
    def is_ready(self) -> bool:
        return bool(self._before)

    def measure(self, bars: list[Any]) -> Decimal:
        """What counts of bars that all moved in one direction: their number, unless overridden."""
        return Decimal(len(bars))

    def compare(self, advance: Decimal, decline: Decimal) -> Decimal:
        """The value, from the measures of both sides: their quotient, unless overridden."""
        return _ratio(advance, decline)

    def compute_group(self, data: Any) -> Decimal:
        pairs = [
            (bar, before) for symbol, bar in self._bars.items() if (before := self._before.get(symbol)) is not None
        ]
        advancing = [bar for bar, before in pairs if bar.decimal_value > before.decimal_value]
        declining = [bar for bar, before in pairs if bar.decimal_value < before.decimal_value]
        return self.compare(self.measure(advancing), self.measure(declining))

    def _remember(self, bar: Any) -> None:
        self._before[bar.symbol] = bar

    def _end_period(self) -> None:
        self._before = self._bars

    def reset(self) -> None:
        self._before = {}
        super().reset()


class AdvanceDeclineDifference(AdvanceDeclineIndicator):
    """Number of symbols that advanced minus number that declined."""

    def __init__(self, name: str = "A/D Difference") -> None:
        super().__init__(name)

    def compare(self, advance: Decimal, decline: Decimal) -> Decimal:
        return advance - decline


class AdvanceDeclineRatio(AdvanceDeclineIndicator):
    """Number of symbols that advanced divided by number that declined, which counts as 1 if it is 0."""

    def __init__(self, name: str = "A/D Ratio") -> None:
        super().__init__(name)


class AdvanceDeclineVolumeRatio(AdvanceDeclineIndicator):
    """Volume of symbols that advanced divided by volume of those that declined."""

    def __init__(self, name: str = "A/D Volume Rate") -> None:
        super().__init__(name)

    def measure(self, bars: list[Any]) -> Decimal:
        return _volume(bars)


class ArmsIndex(TradeBarIndicator):
    """TRIN: the advance/decline ratio divided by the advance/decline volume ratio."""

    def __init__(self, name: str = "TRIN") -> None:
        super().__init__(name, 2)
        self.ad_ratio = AdvanceDeclineRatio(f"{name}_A/D Ratio")
        self.adv_ratio = AdvanceDeclineVolumeRatio(f"{name}_A/D Volume Ratio")
        self._arms = IndicatorExtensions.over(self.ad_ratio, self.adv_ratio, name)

    def add(self, asset: Any) -> None:
        """Count a symbol."""
        self.ad_ratio.add(asset)
        self.adv_ratio.add(asset)

    def remove(self, asset: Any) -> None:
        """Count a symbol no longer."""
        self.ad_ratio.remove(asset)
        self.adv_ratio.remove(asset)

    add_stock = add
    remove_stock = remove

    @property
    def is_ready(self) -> bool:
        return self.ad_ratio.is_ready and self.adv_ratio.is_ready

    def compute(self, data: Any) -> Decimal:
        self.ad_ratio.take(data)
        self.adv_ratio.take(data)
        return self._arms.current.decimal_value if self.adv_ratio.current.decimal_value else ZERO

    def reset(self) -> None:
        # The quotient resets both ratios.
        self._arms.reset()
        super().reset()


class McClellanOscillator(TradeBarIndicator):
    """Fast minus slow exponential average of the advance/decline difference."""

    @named("McClellanOscillator")
    def __init__(self, name: str, fast_period: int = 19, slow_period: int = 39) -> None:
        if fast_period > slow_period:
            raise ValueError(f"fast_period of {name} is {fast_period}: it must not be above slow_period, {slow_period}")
        super().__init__(name, slow_period + 2)
        self.ad_difference = AdvanceDeclineDifference("ADD")
        self.ema_fast = IndicatorExtensions.ema(self.ad_difference, fast_period)
        self.ema_slow = IndicatorExtensions.ema(self.ad_difference, slow_period)
        self._difference = IndicatorExtensions.minus(self.ema_fast, self.ema_slow)

    def add(self, asset: Any) -> None:
        """Count a symbol."""
        self.ad_difference.add(asset)

    def remove(self, asset: Any) -> None:
        """Count a symbol no longer."""
        self.ad_difference.remove(asset)

    @property
    def is_ready(self) -> bool:
        return self.ema_slow.is_ready

    def compute(self, data: Any) -> Decimal:
        self.ad_difference.take(data)
        return self._difference.current.decimal_value

    def reset(self) -> None:
        self.ad_difference.reset()
        # The difference resets both averages.
        self._difference.reset()
        super().reset()


class McClellanSummationIndex(TradeBarIndicator):
    """Sum of the oscillator's first value of each time, plus the current one once more; a reset keeps the sum."""

    @named("McClellanSummationIndex")
    def __init__(self, name: str, fast_period: int = 19, slow_period: int = 39) -> None:
        self.mc_clellan_oscillator = McClellanOscillator(fast_period, slow_period)
        super().__init__(name, self.mc_clellan_oscillator.warm_up_period)
        self.summation = IndicatorDataPoint()
        self.mc_clellan_oscillator.updated += self._sum

    def add(self, asset: Any) -> None:
        """Count a symbol."""
        self.mc_clellan_oscillator.add(asset)

    def remove(self, asset: Any) -> None:
        """Count a symbol no longer."""
        self.mc_clellan_oscillator.remove(asset)

    @property
    def is_ready(self) -> bool:
        return self.mc_clellan_oscillator.is_ready

    def compute(self, data: Any) -> Decimal:
        self.mc_clellan_oscillator.take(data)
        return self.summation.decimal_value + self.mc_clellan_oscillator.current.decimal_value

    def reset(self) -> None:
        self.mc_clellan_oscillator.reset()
        super().reset()

    def _sum(self, sender: Any, point: IndicatorDataPoint) -> None:
        if point.end_ms != self.summation.end_ms:
            self.summation = IndicatorDataPoint.at(point, self.summation.decimal_value + point.decimal_value)


class _Extremes:
    """The highest high and the lowest low of one symbol's bars before the current one."""

    def __init__(self, period: int) -> None:
        self.highest = Maximum(period)
        self.lowest = Minimum(period)

    def take(self, bar: Any) -> None:
        self.highest.take(IndicatorDataPoint.at(bar, bar.decimal("high")))
        self.lowest.take(IndicatorDataPoint.at(bar, bar.decimal("low")))

    def reset(self) -> None:
        self.highest.reset()
        self.lowest.reset()


class NewHighsNewLows(_GroupIndicator):
    """Number of symbols above their highest high of ``period`` bars minus number below their lowest low.

    ``ratio`` is the quotient of the two.
    """

    def __init__(self, name: str, period: int) -> None:
        self._period = checked_period(name, period)
        super().__init__(name, period + 1)
        self._extremes: dict[Any, _Extremes] = {}
        self._highs: list[Any] = []
        self._lows: list[Any] = []
        self.difference = self._part("Difference", lambda: Decimal(len(self._highs) - len(self._lows)))
        self.ratio = self._part("Ratio", lambda: _ratio(Decimal(len(self._highs)), Decimal(len(self._lows))))

    def _part(self, name: str, compute: Callable[[], Decimal]) -> FunctionalIndicator:
        return FunctionalIndicator(f"{self.name}_{name}", lambda bar: compute(), lambda _: self.is_ready)

    def add(self, asset: Any) -> None:
        super().add(asset)
        self._extremes.setdefault(asset, _Extremes(self._period))

    def remove(self, asset: Any) -> None:
        super().remove(asset)
        self._extremes.pop(asset, None)

    @property
    def is_ready(self) -> bool:
        return bool(self._extremes) and all(each.highest.is_ready for each in self._extremes.values())

    def compute_group(self, data: Any) -> Decimal:
        pairs = [(bar, self._extremes[symbol]) for symbol, bar in self._bars.items()]
        self._highs = [bar for bar, before in pairs if bar.decimal("high") > before.highest.current.decimal_value]
        self._lows = [bar for bar, before in pairs if bar.decimal("low") < before.lowest.current.decimal_value]
        self.difference.take(data)
        self.ratio.take(data)
        return self.difference.current.decimal_value

    def _remember(self, bar: Any) -> None:
        if bar.symbol in self._extremes:
            self._extremes[bar.symbol].take(bar)

    def _end_period(self) -> None:
        for symbol, bar in self._bars.items():
            if bar is not None:
                self._extremes[symbol].take(bar)

    def reset(self) -> None:
        for extremes in self._extremes.values():
            extremes.reset()
        self.difference.reset()
        self.ratio.reset()
        super().reset()


class NewHighsNewLowsVolume(NewHighsNewLows, TradeBarIndicator):
    """Volume of symbols at new highs divided by volume of those at new lows."""

    def __init__(self, name: str, period: int) -> None:
        super().__init__(name, period)
        self.volume_ratio = self._part("VolumeRatio", lambda: _ratio(_volume(self._highs), _volume(self._lows)))

    def compute_group(self, data: Any) -> Decimal:
        super().compute_group(data)
        self.volume_ratio.take(data)
        return self.volume_ratio.current.decimal_value

    def reset(self) -> None:
        self.volume_ratio.reset()
        super().reset()


def _volume(bars: Iterable[Any]) -> Decimal:
    return sum((to_decimal(bar.volume) for bar in bars), ZERO)


def _ratio(dividend: Decimal, divisor: Decimal) -> Decimal:
    """The quotient; the dividend itself where the divisor is 0."""
    return dividend / divisor if divisor else dividend
