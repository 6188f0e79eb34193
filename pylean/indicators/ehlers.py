"""John Ehlers' filters: the Swiss army knife and the MESA adaptive moving average."""

from __future__ import annotations

import math
from collections import deque
from decimal import Decimal
from typing import Any

from pylean.feed.base_data import BaseData
from pylean.indicators.base import BarIndicator, Indicator
from pylean.indicators.names import named
from pylean.indicators.windows import Identity
from pylean.naming import LeanEnum
from pylean.numbers import ONE, ZERO, double_to_decimal, to_decimal, to_float

__all__ = ["MesaAdaptiveMovingAverage", "SwissArmyKnife", "SwissArmyKnifeTool"]


class SwissArmyKnifeTool(LeanEnum):
    """The filters of the Swiss army knife."""

    GAUSS = 0
    BUTTER = 1
    HIGH_PASS = 2
    TWO_POLE_HIGH_PASS = 3
    BAND_PASS = 4


class SwissArmyKnife(Indicator):
    """Five filters at once, each an indicator too; the value is that of ``tool``.

    ``period`` is the critical period in samples, ``delta`` the band's half width as a fraction of it.
    """

    @named("Swiss({period},{delta},{tool})")
    def __init__(self, name: str, period: int, delta: float, tool: SwissArmyKnifeTool) -> None:
        super().__init__(name, period)
        self.gauss = _Filter(f"{name}_Gauss", period, _gauss(period))
        self.butter = _Filter(f"{name}_Butter", period, _butter(period))
        self.high_pass = _Filter(f"{name}_HP", period, _high_pass(period))
        self.two_pole_high_pass = _Filter(f"{name}_2PHP", period, _two_pole_high_pass(period))
        self.band_pass = _Filter(f"{name}_BP", period, _band_pass(period, delta))
        self.parts = (self.gauss, self.butter, self.high_pass, self.two_pole_high_pass, self.band_pass)
        self._tool = SwissArmyKnifeTool(tool)

    def compute(self, data: BaseData) -> Decimal:
        for one in self.parts:
            one.take(data)
        return self.parts[self._tool].exact


#: Weights of the last three prices, of the last two results, and of the prices altogether.
_Coefficients = tuple[tuple[float, float, float], tuple[float, float], float]


class _Filter(Indicator):
    """One recursive filter: weighted prices plus weighted earlier results, in doubles as in Lean."""

    def __init__(self, name: str, period: int, coefficients: _Coefficients) -> None:
        super().__init__(name, period)
        self._price_weights, self._result_weights, self._gain = coefficients
        self._prices: deque[float] = deque(maxlen=3)
        self._results: deque[float] = deque((0.0, 0.0), maxlen=2)

    def compute(self, data: BaseData) -> Decimal:
        price = to_float(data.decimal_value)
        self._prices.appendleft(price)
        while len(self._prices) < 3:
            self._prices.append(price)
        (b0, b1, b2), (a1, a2), (p0, p1, p2) = self._price_weights, self._result_weights, self._prices
        result = self._gain * (b0 * p0 + b1 * p1 + b2 * p2) + (a1 * self._results[0] + a2 * self._results[1])
        self._results.appendleft(result)
        return double_to_decimal(result)

    def reset(self) -> None:
        self._prices.clear()
        self._results.extend((0.0, 0.0))
        super().reset()


def _two_pole_alpha(period: int) -> float:
    beta = 2.415 * (1 - math.cos(2 * math.pi / period))
    return -beta + math.sqrt(math.pow(beta, 2) + 2.0 * beta)


def _two_poles(alpha: float) -> tuple[float, float]:
    return 2.0 * (1 - alpha), -(1 - alpha) * (1 - alpha)


def _gauss(period: int) -> _Coefficients:
    alpha = _two_pole_alpha(period)
    return (1.0, 0.0, 0.0), _two_poles(alpha), alpha * alpha


def _butter(period: int) -> _Coefficients:
    alpha = _two_pole_alpha(period)
    return (1.0, 2.0, 1.0), _two_poles(alpha), alpha * alpha / 4.0


def _high_pass(period: int) -> _Coefficients:
    angle = 2 * math.pi / period
    alpha = (math.cos(angle) + math.sin(angle) - 1) / math.cos(angle)
    return (1.0, -1.0, 0.0), (1 - alpha, 0.0), (1 + alpha) / 2


def _two_pole_high_pass(period: int) -> _Coefficients:
    # Lean weights the prices with 1 + alpha where Ehlers has 1 - alpha / 2.
    alpha = _two_pole_alpha(period)
    return (1.0, -2.0, 1.0), _two_poles(alpha), (1 + alpha) * (1 + alpha) / 4


def _band_pass(period: int, delta: float) -> _Coefficients:
    # Lean's weights of earlier results; Ehlers has beta·(1 + alpha) and -alpha.
    beta = math.cos(2 * math.pi / period)
    gamma = 1 / math.cos(4 * math.pi * delta / period)
    alpha = gamma - math.sqrt(math.pow(gamma, 2) - 1)
    return (1.0, 0.0, -1.0), (-beta * (1 - alpha), alpha), (1 - alpha) / 2.0


_DEGREES_PER_RADIAN = 180 / (4 * double_to_decimal(math.atan(1.0)))
_SMALL = Decimal("0.0962")
_LARGE = Decimal("0.5769")
_NEW = Decimal("0.2")
_OLD = Decimal("0.8")


class MesaAdaptiveMovingAverage(BarIndicator):
    """Average of middle prices that follows faster the more the market's phase changes; ``fama`` follows it.

    ``fast_limit`` and ``slow_limit`` bound the weight of the newest price. 0 before it is ready, after 33 bars.
    """

    @named("MAMA")
    def __init__(
        self,
        name: str,
        fast_limit: float | Decimal = Decimal("0.5"),
        slow_limit: float | Decimal = Decimal("0.05"),
    ) -> None:
        super().__init__(name, 33)
        self.fama = Identity(f"{name}_Fama")
        self._fast_limit = to_decimal(fast_limit)
        self._slow_limit = to_decimal(slow_limit)
        self._forget()
        self.parts = (self.fama,)

    def _forget(self) -> None:
        self._prices: deque[Decimal] = deque(maxlen=13)
        self._smooth, self._detrended, self._in_phase, self._quadrature = (
            deque((ZERO,) * 6, maxlen=6) for _ in range(4)
        )
        self._smooth_vector = (ZERO, ZERO)
        self._product = (ZERO, ZERO)
        self._period = self._phase = self._average = ZERO

    def compute(self, data: Any) -> Decimal:
        self._prices.appendleft((data.decimal("high") + data.decimal("low")) / 2)
        if len(self._prices) < 13:
            return ZERO
        alpha = self._alpha()
        self._average = alpha * self._prices[0] + (ONE - alpha) * self._average
        half = alpha / 2
        follower = half * self._average + (ONE - half) * self.fama.exact
        self.fama.take_value(data, follower)
        return self._average if self.is_ready else ZERO

    def _alpha(self) -> Decimal:
        """The weight of the newest price."""
        adjustment = Decimal("0.075") * self._period + Decimal("0.54")
        newest, second, third, fourth = (self._prices[place] for place in range(4))
        smooth = (4 * newest + 3 * second + 2 * third + fourth) / 10
        detrended = _hilbert(smooth, self._smooth) * adjustment
        quadrature = _hilbert(detrended, self._detrended) * adjustment
        in_phase = self._detrended[2]
        advanced_in_phase = _hilbert(in_phase, self._in_phase) * adjustment
        advanced_quadrature = _hilbert(quadrature, self._quadrature) * adjustment
        self._update_period(in_phase - advanced_quadrature, quadrature + advanced_in_phase)
        for history, value in (
            (self._smooth, smooth),
            (self._detrended, detrended),
            (self._in_phase, in_phase),
            (self._quadrature, quadrature),
        ):
            history.appendleft(value)
        phase = _degrees(quadrature / in_phase) if in_phase else ZERO
        change = max(self._phase - phase, ONE)
        self._phase = phase
        return max(self._fast_limit / change, self._slow_limit)

    def _update_period(self, in_phase: Decimal, quadrature: Decimal) -> None:
        """The market's period in bars, from how far the smoothed vector turned since the last bar."""
        last_in_phase, last_quadrature = self._smooth_vector
        in_phase = _NEW * in_phase + _OLD * last_in_phase
        quadrature = _NEW * quadrature + _OLD * last_quadrature
        real = in_phase * last_in_phase + quadrature * last_quadrature
        imaginary = in_phase * last_quadrature - quadrature * last_in_phase
        real = _NEW * real + _OLD * self._product[0]
        imaginary = _NEW * imaginary + _OLD * self._product[1]
        self._smooth_vector = (in_phase, quadrature)
        self._product = (real, imaginary)
        angle = _degrees(imaginary / real) if imaginary and real else ZERO
        period, last = (360 / angle if angle > 0 else ZERO), self._period
        period = max(min(period, Decimal("1.5") * last), Decimal("0.67") * last)
        self._period = _NEW * min(max(period, Decimal(6)), Decimal(50)) + _OLD * last

    def reset(self) -> None:
        self._forget()
        super().reset()


def _hilbert(newest: Decimal, history: deque[Decimal]) -> Decimal:
    """Hilbert transform of four values two bars apart; the history does not have the newest yet."""
    return _SMALL * newest + _LARGE * history[1] - _LARGE * history[3] - _SMALL * history[5]


def _degrees(tangent: Decimal) -> Decimal:
    return double_to_decimal(math.atan(to_float(tangent))) * _DEGREES_PER_RADIAN
