"""Average gains against average losses, and where their ratio lies in its own range."""

from __future__ import annotations

from collections import deque
from decimal import Decimal

from pylean.feed.base_data import BaseData
from pylean.indicators.base import Indicator
from pylean.indicators.moving_average_type import MovingAverageType
from pylean.indicators.names import checked_period, named
from pylean.numbers import ONE, ZERO

__all__ = ["RelativeStrengthIndex", "StochasticRelativeStrengthIndex"]

_HUNDRED = Decimal(100)
#: What Lean rounds to 0, at ten places and half to even.
_NO_LOSS = Decimal("5e-11")


class RelativeStrengthIndex(Indicator):
    """Wilder's index, 0 to 100: average gain as a part of average gain and loss. 100 where nothing was lost."""

    @named("RSI({period})")
    def __init__(
        self, name: str, period: int, moving_average_type: MovingAverageType = MovingAverageType.WILDERS
    ) -> None:
        super().__init__(name, period + 1)
        self.moving_average_type = MovingAverageType(moving_average_type)
        self.average_gain = self.moving_average_type.as_indicator(f"{name}Up", period)
        self.average_loss = self.moving_average_type.as_indicator(f"{name}Down", period)
        self._previous_value: Decimal | None = None
        self.parts = (self.average_gain, self.average_loss)

    @property
    def is_ready(self) -> bool:
        return self.average_gain.is_ready and self.average_loss.is_ready

    def compute(self, data: BaseData) -> Decimal:
        value = data.decimal_value
        if self._previous_value is not None:
            change = value - self._previous_value
            self.average_gain.take_value(data, max(change, ZERO))
            self.average_loss.take_value(data, max(-change, ZERO))
        self._previous_value = value
        # Averages of kinds that overshoot may go below zero.
        gain = max(self.average_gain.exact, ZERO)
        loss = max(self.average_loss.exact, ZERO)
        if loss <= _NO_LOSS:
            return _HUNDRED
        return _HUNDRED - _HUNDRED / (ONE + gain / loss)

    def reset(self) -> None:
        self._previous_value = None
        super().reset()


class StochasticRelativeStrengthIndex(Indicator):
    """``k``: where the RSI lies in its range over ``stoch_period``, averaged; ``d``: an average of ``k``.

    As in Lean its own value is the input's.
    """

    @named("SRSI({rsi_period},{stoch_period},{k_smoothing_period},{d_smoothing_period},{moving_average_type})")
    def __init__(
        self,
        name: str,
        rsi_period: int,
        stoch_period: int,
        k_smoothing_period: int,
        d_smoothing_period: int,
        moving_average_type: MovingAverageType = MovingAverageType.SIMPLE,
    ) -> None:
        super().__init__(name, rsi_period + stoch_period + max(k_smoothing_period, d_smoothing_period))
        kind = MovingAverageType(moving_average_type)
        self.k = kind.as_indicator(f"{name}_K_{kind}", k_smoothing_period)
        self.d = kind.as_indicator(f"{name}_D_{kind}", d_smoothing_period)
        self._rsi = RelativeStrengthIndex(rsi_period)
        self._recent: deque[Decimal] = deque(maxlen=checked_period(name, stoch_period))
        self.parts = (self._rsi, self.k, self.d)

    def compute(self, data: BaseData) -> Decimal:
        self._rsi.take(data)
        rsi = self._rsi.exact
        self._recent.append(rsi)
        if len(self._recent) < self._recent.maxlen:  # type: ignore[operator]
            return ZERO
        lowest, highest = min(self._recent), max(self._recent)
        place = 100 * (rsi - lowest) / (highest - lowest) if highest != lowest else _HUNDRED
        self.k.take_value(data, place)
        self.d.take(self.k.current)
        return data.decimal_value

    def reset(self) -> None:
        self._recent.clear()
        super().reset()
