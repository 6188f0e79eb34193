"""Ichimoku's cloud."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from pylean.indicators.base import BarIndicator
from pylean.indicators.composite import CompositeIndicator
from pylean.indicators.extensions import IndicatorExtensions
from pylean.indicators.names import named
from pylean.indicators.windows import Delay, Maximum, Minimum

__all__ = ["IchimokuKinkoHyo"]


class IchimokuKinkoHyo(BarIndicator):
    """Middles of recent ranges, some of them shown later; its own value is the close.

    ``tenkan``, ``kijun``; the cloud's edges ``senkou_a`` and ``senkou_b``; ``chikou``, the close of some time ago.
    """

    @named(
        "ICHIMOKU({tenkan_period},{kijun_period},{senkou_a_period},{senkou_b_period},{senkou_a_delay_period},"
        "{senkou_b_delay_period})"
    )
    def __init__(
        self,
        name: str,
        tenkan_period: int = 9,
        kijun_period: int = 26,
        senkou_a_period: int = 26,
        senkou_b_period: int = 52,
        senkou_a_delay_period: int = 26,
        senkou_b_delay_period: int = 26,
    ) -> None:
        first_cloud = max(tenkan_period, kijun_period) + senkou_a_delay_period
        super().__init__(name, max(first_cloud, senkou_b_period + senkou_b_delay_period))
        self.tenkan_maximum = Maximum(f"{name}_TenkanMax", tenkan_period)
        self.tenkan_minimum = Minimum(f"{name}_TenkanMin", tenkan_period)
        self.kijun_maximum = Maximum(f"{name}_KijunMax", kijun_period)
        self.kijun_minimum = Minimum(f"{name}_KijunMin", kijun_period)
        self.senkou_b_maximum = Maximum(f"{name}_SenkouBMaximum", senkou_b_period)
        self.senkou_b_minimum = Minimum(f"{name}_SenkouBMinimum", senkou_b_period)
        self.delayed_maximum_senkou_b = Delay(f"{name}DelayedMax", senkou_b_delay_period)
        self.delayed_minimum_senkou_b = Delay(f"{name}DelayedMin", senkou_b_delay_period)
        self.delayed_tenkan_senkou_a = Delay(f"{name}DelayedTenkan", senkou_a_delay_period)
        self.delayed_kijun_senkou_a = Delay(f"{name}DelayedKijun", senkou_a_delay_period)
        self.chikou = Delay(f"{name}_Chikou", senkou_a_delay_period)
        IndicatorExtensions.of(self.delayed_maximum_senkou_b, self.senkou_b_maximum)
        IndicatorExtensions.of(self.delayed_minimum_senkou_b, self.senkou_b_minimum)
        self.tenkan = _middle(self.tenkan_maximum, self.tenkan_minimum)
        IndicatorExtensions.of(self.delayed_tenkan_senkou_a, self.tenkan)
        self.kijun = _middle(self.kijun_maximum, self.kijun_minimum)
        IndicatorExtensions.of(self.delayed_kijun_senkou_a, self.kijun)
        self.senkou_a = _middle(self.delayed_tenkan_senkou_a, self.delayed_kijun_senkou_a)
        self.senkou_b = _middle(self.delayed_maximum_senkou_b, self.delayed_minimum_senkou_b)
        self._highs = (self.tenkan_maximum, self.kijun_maximum, self.senkou_b_maximum)
        self._lows = (self.tenkan_minimum, self.kijun_minimum, self.senkou_b_minimum)
        lines = (self.tenkan, self.kijun, self.senkou_a, self.senkou_b, self.chikou)
        self.parts = (*self._highs, *self._lows, *lines)

    @property
    def is_ready(self) -> bool:
        return all(line.is_ready for line in (self.tenkan, self.kijun, self.senkou_a, self.senkou_b))

    def compute(self, data: Any) -> Decimal:
        high, low, close = data.decimal("high"), data.decimal("low"), data.decimal("close")
        for highest, lowest in zip(self._highs, self._lows, strict=True):
            highest.take_value(data, high)
            lowest.take_value(data, low)
        self.chikou.take_value(data, close)
        return close  # type: ignore[no-any-return]


def _middle(upper: Maximum | Delay, lower: Minimum | Delay) -> CompositeIndicator:
    return IndicatorExtensions.over(IndicatorExtensions.plus(upper, lower), 2)
