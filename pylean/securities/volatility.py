"""How much a security's price varies, kept up to date with each of its bars."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

from pylean.moments import mean, standard_deviation
from pylean.naming import LeanOverrides, PascalNames
from pylean.numbers import ZERO, double_to_decimal, to_float
from pylean.storage import Resolution

if TYPE_CHECKING:
    from pylean.feed.base_data import BaseData
    from pylean.securities.security import Security

__all__ = [
    "BaseVolatilityModel",
    "IndicatorVolatilityModel",
    "RelativeStandardDeviationVolatilityModel",
    "StandardDeviationOfReturnsVolatilityModel",
    "VolatilityModel",
]

_NEVER = datetime.min
#: Periods that Lean keeps for a resolution when none are given.
_PERIODS = {Resolution.TICK: 600, Resolution.SECOND: 600, Resolution.MINUTE: 1440, Resolution.HOUR: 720}
_PERIODS_OF_DAYS = 30
_DAYS_PER_YEAR = 252.0


class VolatilityModel(LeanOverrides, PascalNames):
    """Volatility 0. Subclasses override ``update`` and ``volatility``."""

    NULL: ClassVar[VolatilityModel]

    @property
    def volatility(self) -> float:
        return 0.0

    def update(self, security: Security, data: BaseData) -> None:
        """Take a bar of the security that has just arrived."""

    def get_history_requirements(self, security: Security, utc_time: datetime) -> Iterable[Any]:
        return ()

    @property
    def warm_up_bars(self) -> tuple[int, Resolution | None]:
        """How many earlier bars the model wants, and of which resolution (``None``: the security's finest)."""
        return 0, None

    def reset(self) -> None:
        """Forget all bars."""


VolatilityModel.NULL = VolatilityModel()


class BaseVolatilityModel(VolatilityModel):
    """Base of volatility models; the same as what it derives from."""


class IndicatorVolatilityModel(BaseVolatilityModel):
    """The value of an indicator, which ``indicator_update(security, data, indicator)`` keeps up to date."""

    def __init__(
        self, indicator: Any, indicator_update: Callable[[Security, BaseData, Any], Any] | None = None
    ) -> None:
        self._indicator = indicator
        self._indicator_update = indicator_update

    @property
    def volatility(self) -> float:
        value: float = self._indicator.current.value
        return value

    def update(self, security: Security, data: BaseData) -> None:
        if self._indicator_update is not None:
            self._indicator_update(security, data, self._indicator)


class _WindowedModel(BaseVolatilityModel):
    """Keeps one number for each period; the newest comes first."""

    def __init__(self, periods: int, period_span: timedelta) -> None:
        if periods < 2:
            raise ValueError(f"periods is {periods}: it must be at least 2")
        self._window: deque[float] = deque(maxlen=periods)
        self._period_span = period_span
        self.reset()

    def reset(self) -> None:
        self._window.clear()
        self._volatility = ZERO
        self._needs_update = False
        self._last_update = self._first_update()

    def _first_update(self) -> datetime:
        return _NEVER

    @property
    def volatility(self) -> float:
        if len(self._window) < 2:
            return 0.0
        if self._needs_update:
            self._needs_update = False
            self._volatility = self._compute()
        return to_float(self._volatility)

    def _compute(self) -> Decimal:
        raise NotImplementedError

    def _is_due(self, data: BaseData) -> bool:
        due = data.end_time - self._last_update >= self._period_span and data.decimal_value > 0
        if due:
            self._last_update = data.end_time
        return due


class StandardDeviationOfReturnsVolatilityModel(_WindowedModel):
    """Yearly standard deviation of returns: the sample's, times the root of 252.

    Made from ``(periods, resolution, update_frequency)`` or ``(resolution, update_frequency)``.
    """

    def __init__(self, periods: int | Resolution, *details: Any, **named: Any) -> None:
        if isinstance(periods, Resolution):
            details = (periods, *details)
            periods = _PERIODS.get(periods, _PERIODS_OF_DAYS)
        resolution: Resolution | None = details[0] if details else named.get("resolution")
        frequency: timedelta | None = details[1] if len(details) > 1 else named.get("update_frequency")
        self._resolution = resolution
        self._last_price = ZERO
        default = timedelta(days=1) if resolution is None else resolution.period
        super().__init__(periods, default if frequency is None else frequency)

    @property
    def warm_up_bars(self) -> tuple[int, Resolution | None]:
        resolution = Resolution.DAILY if self._resolution is None else self._resolution
        return (self._window.maxlen or 0) + 1, resolution

    def reset(self) -> None:
        super().reset()
        self._last_price = ZERO

    def update(self, security: Security, data: BaseData) -> None:
        if not self._is_due(data):
            return
        price = data.decimal_value
        if self._last_price > 0:
            self._needs_update = True
            self._window.appendleft(to_float(price / self._last_price) - 1.0)
        self._last_price = price

    def _compute(self) -> Decimal:
        return double_to_decimal(standard_deviation(list(self._window))) * double_to_decimal(math.sqrt(_DAYS_PER_YEAR))


class RelativeStandardDeviationVolatilityModel(_WindowedModel):
    """Standard deviation of prices over their mean."""

    def __init__(self, period_span: timedelta, periods: int) -> None:
        self._periods = periods
        super().__init__(periods, period_span)

    @property
    def warm_up_bars(self) -> tuple[int, Resolution | None]:
        return self._periods + 1, None

    def _first_update(self) -> datetime:
        return _NEVER + self._period_span * self._periods

    def update(self, security: Security, data: BaseData) -> None:
        if self._is_due(data):
            self._needs_update = True
            self._window.appendleft(to_float(data.decimal_value))

    def _compute(self) -> Decimal:
        center = abs(double_to_decimal(mean(list(self._window))))
        return double_to_decimal(standard_deviation(list(self._window))) / center if center else self._volatility
