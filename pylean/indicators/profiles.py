"""Market profiles: how much was traded at which price."""

from __future__ import annotations

from bisect import insort
from collections import deque
from decimal import ROUND_CEILING, Decimal
from typing import Any

from pylean.indicators.base import TradeBarIndicator
from pylean.indicators.names import checked_period, named
from pylean.numbers import ONE, ZERO, to_decimal, to_float

__all__ = ["MarketProfile", "TimeProfile", "VolumeProfile"]


class MarketProfile(TradeBarIndicator):
    """The price with the most volume of the last ``period`` bars, closes rounded up to ``price_range_round_off``.

    ``value_area_volume_percentage`` is the share of all volume that the value area around that price must exceed.
    """

    def __init__(
        self,
        name: str,
        period: int = 2,
        value_area_volume_percentage: float | Decimal = 0.7,
        price_range_round_off: float | Decimal = 0.05,
    ) -> None:
        if price_range_round_off <= 0:
            raise ValueError(f"price_range_round_off of {name} is {price_range_round_off}: it must be above 0")
        super().__init__(name, checked_period(name, period))
        self._share = to_decimal(value_area_volume_percentage)
        self._steps = ONE / to_decimal(price_range_round_off)
        self._bars: deque[tuple[Decimal, Decimal]] = deque()
        self._volume_at: dict[Decimal, Decimal] = {}
        self._prices: list[Decimal] = []
        self._total = ZERO
        self._figures = dict.fromkeys(("poc_volume", "value_area_volume", "value_area_high", "value_area_low"), ZERO)

    def volume_of(self, bar: Any) -> Decimal:
        """How much the bar counts."""
        raise NotImplementedError

    @property
    def volume_per_price(self) -> dict[float, float]:
        """Volume by rounded price, lowest price first."""
        return {to_float(price): to_float(self._volume_at[price]) for price in self._prices}

    @property
    def poc_price(self) -> float:
        """The price with the most volume (point of control)."""
        return self.current.value

    @property
    def poc_volume(self) -> float:
        return to_float(self._figures["poc_volume"])

    @property
    def profile_high(self) -> float:
        return to_float(self._prices[-1]) if self._prices else 0.0

    @property
    def profile_low(self) -> float:
        return to_float(self._prices[0]) if self._prices else 0.0

    @property
    def value_area_volume(self) -> float:
        return to_float(self._figures["value_area_volume"])

    @property
    def value_area_high(self) -> float:
        return to_float(self._figures["value_area_high"])

    @property
    def value_area_low(self) -> float:
        return to_float(self._figures["value_area_low"])

    def compute(self, data: Any) -> Decimal:
        self._add(self._rounded(data.decimal_value), self.volume_of(data))
        self._figures["value_area_volume"] = self._total * self._share
        if not self._prices:
            self._figures.update(poc_volume=ZERO, value_area_high=ZERO, value_area_low=ZERO)
            return ZERO
        volumes = [self._volume_at[price] for price in self._prices]
        peak = _peak(volumes)
        lowest, highest = _value_area(volumes, peak, self._figures["value_area_volume"])
        self._figures.update(
            poc_volume=volumes[peak], value_area_high=self._prices[highest], value_area_low=self._prices[lowest]
        )
        return self._prices[peak]

    def reset(self) -> None:
        self._bars.clear()
        self._volume_at.clear()
        self._prices.clear()
        self._total = ZERO
        super().reset()

    def _rounded(self, price: Decimal) -> Decimal:
        return (price * self._steps).to_integral_value(ROUND_CEILING) / self._steps

    def _add(self, price: Decimal, volume: Decimal) -> None:
        if price not in self._volume_at:
            insort(self._prices, price)
        self._volume_at[price] = self._volume_at.get(price, ZERO) + volume
        self._total += volume
        self._bars.append((price, volume))
        if len(self._bars) <= self.warm_up_period:
            return
        price, volume = self._bars.popleft()
        self._total -= volume
        if price not in self._volume_at:
            return
        self._volume_at[price] -= volume
        if not self._volume_at[price]:
            del self._volume_at[price]
            self._prices.remove(price)


class VolumeProfile(MarketProfile):
    """A profile of the shares traded."""

    @named("VP({period},{value_area_volume_percentage},{price_range_round_off})")
    def __init__(
        self,
        name: str,
        period: int = 2,
        value_area_volume_percentage: float | Decimal = Decimal("0.70"),
        price_range_round_off: float | Decimal = 0.05,
    ) -> None:
        super().__init__(name, period, value_area_volume_percentage, price_range_round_off)

    def volume_of(self, bar: Any) -> Decimal:
        return to_decimal(bar.volume)


class TimeProfile(MarketProfile):
    """A profile of the number of bars."""

    @named("TP({period},{value_area_volume_percentage},{price_range_round_off})")
    def __init__(
        self,
        name: str,
        period: int = 2,
        value_area_volume_percentage: float | Decimal = Decimal("0.70"),
        price_range_round_off: float | Decimal = 0.05,
    ) -> None:
        super().__init__(name, period, value_area_volume_percentage, price_range_round_off)

    def volume_of(self, bar: Any) -> Decimal:
        return ONE


def _peak(volumes: list[Decimal]) -> int:
    """Place of the greatest volume; of equal ones the one nearest to the middle, the first of these."""
    middle = (len(volumes) - 1) // 2
    greatest = max(volumes)
    return min((place for place, volume in enumerate(volumes) if volume == greatest), key=lambda at: abs(middle - at))


def _value_area(volumes: list[Decimal], peak: int, wanted: Decimal) -> tuple[int, int]:
    """First and last place of the area: it grows from the peak to the side with more volume until it has enough."""
    lowest = highest = peak
    held = volumes[peak]
    while held <= wanted and wanted:
        below = volumes[lowest - 1] if lowest > 0 else ZERO
        above = volumes[highest + 1] if highest < len(volumes) - 1 else ZERO
        if not above or (below and below > above):
            held += below
            lowest = max(lowest - 1, 0)
        else:
            held += above
            highest += 1
    return lowest, highest
