"""ARIMA forecasts: autoregression and moving average of a differenced series, fitted by least squares in two steps."""

from __future__ import annotations

from collections import deque
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from pylean.feed.base_data import BaseData
from pylean.indicators.base import Indicator
from pylean.indicators.names import checked_period, named
from pylean.naming import assignable
from pylean.numbers import ZERO, double_to_decimal, to_float

__all__ = ["AutoRegressiveIntegratedMovingAverage"]

_Values = NDArray[np.float64]


@assignable("handle_exceptions")
class AutoRegressiveIntegratedMovingAverage(Indicator):
    """Forecast of the next value from the last ``period``; 0 while there are fewer.

    First the series is regressed on its own lags; then on its lags and on that regression's residuals. Both fits
    solve the normal equations. As in Lean the series runs from the newest value to the oldest, and a fit that cannot
    be solved gives zeros, or its error with ``handle_exceptions = False``.
    """

    @named("ARIMA(({ar_order}, {diff_order}, {ma_order}), {period}, {intercept})")
    def __init__(
        self, name: str, ar_order: int, diff_order: int, ma_order: int, period: int, intercept: bool = True
    ) -> None:
        if ar_order < 1:
            raise ValueError(f"ar_order of {name} is {ar_order}: it must be at least 1")
        if ma_order < 0:
            raise ValueError(f"ma_order of {name} is {ma_order}: it must not be below 0")
        super().__init__(name, checked_period(name, period, lowest=max(ar_order, ma_order)))
        self._ar_order = ar_order
        self._diff_order = diff_order
        self._ma_order = ma_order
        self._has_intercept = intercept
        self._values: deque[float] = deque(maxlen=period)
        self.handle_exceptions = True
        self.ar_parameters: list[float] | None = None
        self.ma_parameters: list[float] | None = None
        self.intercept = 0.0
        self.ar_residual_error = 0.0
        self.ma_residual_error = 0.0

    def compute(self, data: BaseData) -> Decimal:
        self._values.appendleft(to_float(data.decimal_value))
        if len(self._values) < self.warm_up_period:
            return ZERO
        series, oldest = _differenced(np.array(self._values), self._diff_order)
        lags = _lagged(series, self._ar_order)
        residuals = self._fit_autoregression(lags, series)
        if self._ma_order:
            self._fit_moving_average(lags, residuals, series)
        forecast = 0.0
        for parameter, value in zip(self.ar_parameters or (), series, strict=False):
            forecast += parameter * float(value)
        for parameter, residual in zip(self.ma_parameters or (), residuals[self._ma_order + 1 :], strict=False):
            forecast += parameter * float(residual)
        forecast += self.intercept
        return double_to_decimal(_integrated(np.concatenate(([forecast], series)), oldest))

    def _fit_autoregression(self, lags: _Values, series: _Values) -> _Values:
        """Residuals of the series regressed on its lags; 0 for the values that have too few."""
        order = self._ar_order
        fit = self._solve(lags, series[order:])
        residuals = series[order:] - lags @ fit
        self.ar_residual_error = float(residuals @ residuals) / (len(series) - order - 1)
        if not self._ma_order:
            self.ar_parameters = fit.tolist()
        return np.concatenate((np.zeros(order), residuals))

    def _fit_moving_average(self, lags: _Values, residuals: _Values, series: _Values) -> None:
        order = self._ma_order
        lagged_residuals = _lagged(residuals, order)
        regressors = np.hstack((lags[: len(lagged_residuals)], lagged_residuals))
        constants = np.ones((len(regressors), 1 if self._has_intercept else 0))
        fit = self._solve(np.hstack((constants, regressors)), series[order:])
        constant, parameters = (fit[0], fit[1:]) if self._has_intercept else (0.0, fit)
        # The residual error is that without the intercept.
        errors = series[order:] - regressors @ parameters
        degrees = len(series) - max(self._ar_order, order) - 1
        self.ma_residual_error = float(errors @ errors) / degrees
        self.intercept = float(constant)
        self.ar_parameters = parameters[: self._ar_order].tolist()
        self.ma_parameters = parameters[self._ar_order :].tolist()

    def _solve(self, regressors: _Values, response: _Values) -> _Values:
        """Least squares by the normal equations and Cholesky's factors."""
        try:
            lower = np.linalg.cholesky(regressors.T @ regressors)
            return np.linalg.solve(lower.T, np.linalg.solve(lower, regressors.T @ response))
        except np.linalg.LinAlgError:
            if not self.handle_exceptions:
                raise
            return np.zeros(regressors.shape[1])

    def reset(self) -> None:
        self._values.clear()
        super().reset()


def _differenced(series: _Values, order: int) -> tuple[_Values, list[float]]:
    """The series differenced ``order`` times, newest first, and the oldest value of each series on the way."""
    oldest = []
    for _ in range(order):
        oldest.append(float(series[-1]))
        series = series[:-1] - series[1:]
    return series, oldest


def _integrated(series: _Values, oldest: list[float]) -> float:
    """The newest value of the series summed up again. As in Lean the oldest values are taken in the order they came."""
    for value in oldest:
        series = np.cumsum(np.append(series, value)[::-1])[::-1]
    return float(series[0])


def _lagged(series: _Values, order: int) -> _Values:
    """For each value from the ``order``-th on a row of the ``order`` values before it, the nearest first."""
    return np.column_stack([series[order - lag : len(series) - lag] for lag in range(1, order + 1)])
