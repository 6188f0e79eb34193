"""How two symbols move together."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from pylean.clock import to_ms
from pylean.feed.base_data import BaseData
from pylean.indicators.base import BarIndicator
from pylean.indicators.momentum import RateOfChange
from pylean.indicators.names import checked_period, named
from pylean.indicators.points import IndicatorDataPoint
from pylean.moments import covariance, is_nan_or_zero, pearson, ranks, variance
from pylean.naming import LeanEnum
from pylean.numbers import ONE, ZERO, double_to_decimal, to_float
from pylean.risk_free_rate import ConstantRiskFreeRateInterestRateModel, decimal_rate
from pylean.securities.symbol import SYMBOL_RESOLVER

__all__ = [
    "Alpha",
    "Beta",
    "Correlation",
    "CorrelationType",
    "Covariance",
    "DualSymbolIndicator",
    "MultiSymbolIndicator",
]

_HOUR_MS = 3_600_000
_MINUTE_MS = 60_000
_DAY_MS = 24 * _HOUR_MS


def _known(symbol: Any) -> Any:
    """The symbol of a ticker, while a run is under way; anything else as it is."""
    resolve = SYMBOL_RESOLVER.get(None)
    return symbol if resolve is None or not isinstance(symbol, str) else resolve(symbol)


class _Series:
    """The last bars of one symbol, newest first, and the one that waits for the other symbols'."""

    def __init__(self, period: int) -> None:
        self.bars: deque[Any] = deque(maxlen=period)
        self.latest: BaseData | None = None

    @property
    def is_full(self) -> bool:
        return len(self.bars) == self.bars.maxlen

    def reset(self) -> None:
        self.bars.clear()
        self.latest = None


class MultiSymbolIndicator(BarIndicator):
    """Computed by ``compute_indicator`` whenever all symbols have a bar of the same time; keeps its value in between.

    Times are equal within the resolution of the first bar: bars of a day need not close at the same minute.
    """

    def __init__(self, name: str, symbols: Iterable[Any], period: int) -> None:
        super().__init__(name, checked_period(name, period))
        self.series = {_known(symbol): _Series(period) for symbol in symbols}
        self._step_ms = 1
        self._value = ZERO

    @property
    def is_ready(self) -> bool:
        return all(series.is_full for series in self.series.values())

    def compute(self, data: BaseData) -> Decimal:
        series = self.series.get(data.symbol)
        if series is None:
            known = ", ".join(str(symbol) for symbol in self.series)
            raise ValueError(f"symbol of the bar given to {self.name} is {data.symbol}: it must be one of {known}")
        series.latest = data
        if self.samples == 1:
            self._step_ms = _step_ms(data.end_ms - to_ms(data.time))
            return ZERO
        latest = [each.latest for each in self.series.values()]
        if None not in latest and len({bar.end_ms // self._step_ms for bar in latest if bar is not None}) == 1:
            for each in self.series.values():
                each.bars.appendleft(each.latest)
            self._value = self.compute_indicator()
        return self._value

    def compute_indicator(self) -> Decimal:
        """The value now that every symbol's series has one more bar."""
        raise TypeError(f"{type(self).__name__} does not override compute_indicator()")

    def reset(self) -> None:
        self._value = ZERO
        for series in self.series.values():
            series.reset()
        super().reset()


class DualSymbolIndicator(MultiSymbolIndicator):
    """Of a target and the reference it is compared with."""

    def __init__(self, name: str, target_symbol: Any, reference_symbol: Any, period: int) -> None:
        super().__init__(name, (target_symbol, reference_symbol), period)
        self.target_symbol, self.reference_symbol = _known(target_symbol), _known(reference_symbol)
        self.target = self.series[self.target_symbol]
        self.reference = self.series[self.reference_symbol]


class CorrelationType(LeanEnum):
    """Of the values, or of their ranks."""

    PEARSON = 0
    SPEARMAN = 1


class Correlation(DualSymbolIndicator):
    """Correlation of the closes of the last ``period`` bars; 0 where it is undefined."""

    @named("Correlation({period})")
    def __init__(
        self,
        name: str,
        target_symbol: Any,
        reference_symbol: Any,
        period: int,
        correlation_type: CorrelationType = CorrelationType.PEARSON,
    ) -> None:
        super().__init__(name, target_symbol, reference_symbol, checked_period(name, period, lowest=2))
        self._is_of_ranks = correlation_type is CorrelationType.SPEARMAN

    def compute_indicator(self) -> Decimal:
        target = [to_float(bar.decimal_value) for bar in self.target.bars]
        reference = [to_float(bar.decimal_value) for bar in self.reference.bars]
        if self._is_of_ranks:
            target, reference = ranks(target), ranks(reference)
        return _defined(pearson(target, reference))


class _ReturnsIndicator(DualSymbolIndicator):
    """Keeps the last ``period`` returns of both symbols, newest first."""

    def __init__(self, name: str, target_symbol: Any, reference_symbol: Any, period: Any) -> None:
        if isinstance(target_symbol, int):  # Lean's older order: period, target, reference
            target_symbol, reference_symbol, period = reference_symbol, period, target_symbol
        super().__init__(name, target_symbol, reference_symbol, 2)
        checked_period(name, period, lowest=2)
        self.warm_up_period = period + 1
        self._target_returns: deque[float] = deque(maxlen=period)
        self._reference_returns: deque[float] = deque(maxlen=period)

    @property
    def is_ready(self) -> bool:
        return len(self._target_returns) == self._target_returns.maxlen

    def compute_indicator(self) -> Decimal:
        if self.target.is_full:
            self._target_returns.appendleft(_last_return(self.target))
            self._reference_returns.appendleft(_last_return(self.reference))
        return self.compute_returns(tuple(self._target_returns), tuple(self._reference_returns))

    def compute_returns(self, target: tuple[float, ...], reference: tuple[float, ...]) -> Decimal:
        raise NotImplementedError

    def reset(self) -> None:
        self._target_returns.clear()
        self._reference_returns.clear()
        super().reset()


class Covariance(_ReturnsIndicator):
    """Sample covariance of the last ``period`` returns."""

    @named("COV({period})")
    def __init__(self, name: str, target_symbol: Any, reference_symbol: Any, period: Any) -> None:
        super().__init__(name, target_symbol, reference_symbol, period)

    def compute_returns(self, target: tuple[float, ...], reference: tuple[float, ...]) -> Decimal:
        return _defined(covariance(target, reference))


class Beta(_ReturnsIndicator):
    """Covariance of the last ``period`` returns divided by the reference's variance."""

    @named("B({period})")
    def __init__(self, name: str, target_symbol: Any, reference_symbol: Any, period: Any) -> None:
        super().__init__(name, target_symbol, reference_symbol, period)

    def compute_returns(self, target: tuple[float, ...], reference: tuple[float, ...]) -> Decimal:
        spread = variance(reference)
        together = covariance(target, reference)
        if is_nan_or_zero(together):
            return ZERO
        return double_to_decimal(together / (1.0 if is_nan_or_zero(spread) else spread))


class Alpha(BarIndicator):
    """What the target earned beyond what its beta explains: ``target - (free + beta * (reference - free))``.

    Returns are the mean ones of a bar over ``alpha_period``; ``beta_period`` is as long unless given. The risk-free
    rate is a number or a model, and 0 unless given.
    """

    def __init__(self, *arguments: Any, risk_free_rate: Any = None, risk_free_rate_model: Any = None) -> None:
        """``([name,] target, reference, alpha period [, beta period] [, risk-free rate or model])``."""
        rest = list(arguments)
        name = rest.pop(0) if isinstance(rest[0], str) else None
        target, reference, alpha_period, *more = rest
        beta_period = more.pop(0) if more and isinstance(more[0], int) else alpha_period
        rate = more[0] if more else risk_free_rate if risk_free_rate_model is None else risk_free_rate_model
        target, reference = _known(target), _known(reference)
        if target == reference:
            raise ValueError(f"target and reference of an alpha are both {target}: they must differ")
        name = name or f"ALPHA({target},{reference},{alpha_period},{beta_period})"
        super().__init__(name, max(checked_period(name, alpha_period), checked_period(name, beta_period, lowest=2)) + 1)
        self._alpha_period: int = alpha_period
        is_number = rate is None or isinstance(rate, (int, float, Decimal))
        self._rates = ConstantRiskFreeRateInterestRateModel(rate or 0) if is_number else rate
        self._returns = {
            target: RateOfChange(f"{name}_TargetROC", alpha_period),
            reference: RateOfChange(f"{name}_ReferenceROC", alpha_period),
        }
        self._target, self._reference = self._returns.values()
        self._beta = Beta(f"{name}_Beta", target, reference, beta_period)
        self._alpha = ZERO

    @property
    def is_ready(self) -> bool:
        return self._target.is_ready and self._reference.is_ready and self._beta.is_ready

    def compute(self, data: BaseData) -> Decimal:
        returns = self._returns.get(data.symbol)
        if returns is None:
            known = " or ".join(str(symbol) for symbol in self._returns)
            raise ValueError(f"symbol of the bar given to {self.name} is {data.symbol}: it must be {known}")
        returns.take(IndicatorDataPoint.at(data, data.decimal_value))
        self._beta.take(data)
        if self._target.samples == self._reference.samples:
            self._alpha = self._compute_alpha() if self.is_ready else ZERO
        return self._alpha

    def _compute_alpha(self) -> Decimal:
        target = self._target.current.decimal_value / self._alpha_period
        reference = self._reference.current.decimal_value / self._alpha_period
        beta = self._beta.current.decimal_value
        free = decimal_rate(self._rates, self._target.current.end_time)
        return target - (free + beta * (reference - free))

    def reset(self) -> None:
        for part in (self._target, self._reference, self._beta):
            part.reset()
        self._alpha = ZERO
        super().reset()


def _step_ms(span_ms: int) -> int:
    """How closely the end times of bars of this length must agree."""
    if span_ms > _HOUR_MS:
        return _DAY_MS
    return next((step for step in (_HOUR_MS, _MINUTE_MS) if span_ms >= step), 1)


def _last_return(series: _Series) -> float:
    close, before = series.bars[0].decimal_value, series.bars[1].decimal_value
    return to_float((close / before if before else ZERO) - ONE)


def _defined(value: float) -> Decimal:
    return ZERO if is_nan_or_zero(value) else double_to_decimal(value)
