"""Indicators of two symbols and those that need a risk-free rate, set up in one call."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any, TypeVar

from pylean.algorithm.candlestick_patterns import CandlestickPatterns
from pylean.algorithm.indicators import IndicatorsMixin
from pylean.algorithm.models import ModelsMixin
from pylean.indicators import Alpha, Beta, Correlation, CorrelationType, Covariance, IndicatorBase, SharpeRatio
from pylean.risk_free_rate import (
    ConstantRiskFreeRateInterestRateModel,
    FuncRiskFreeRateInterestRateModel,
    RiskFreeInterestRateModel,
    decimal_rate,
)
from pylean.securities.symbol import Symbol
from pylean.storage import Resolution

__all__ = ["PairedIndicatorsMixin"]

Period = Resolution | timedelta
Selector = Callable[[Any], Any]
_Made = TypeVar("_Made", bound=IndicatorBase)


class PairedIndicatorsMixin(IndicatorsMixin, ModelsMixin):
    """A target and the reference it is compared with feed one indicator."""

    @cached_property
    def candlestick_patterns(self) -> CandlestickPatterns:
        return CandlestickPatterns(self)

    def a(
        self,
        target: Symbol | str,
        reference: Symbol | str,
        alpha_period: int = 1,
        beta_period: int = 252,
        resolution: Period | None = None,
        risk_free_rate: float | Decimal | None = None,
        selector: Selector | None = None,
    ) -> Alpha:
        """Alpha; without a rate the algorithm's risk-free model tells it."""
        rate = "" if risk_free_rate is None else f",{risk_free_rate}"
        name = self.create_indicator_name(target, f"A({alpha_period},{beta_period}{rate})", resolution)
        pair = self._pair(target, reference)
        indicator = Alpha(name, *pair, alpha_period, beta_period, self._risk_free_model(risk_free_rate))
        return self._fed_pair(indicator, pair, resolution, selector)

    def b(
        self,
        target: Symbol | str,
        reference: Symbol | str,
        period: int,
        resolution: Period | None = None,
        selector: Selector | None = None,
    ) -> Beta:
        """Beta of the returns."""
        name = self.create_indicator_name(None, f"B({period})", resolution)
        pair = self._pair(target, reference)
        return self._fed_pair(Beta(name, *pair, period), pair, resolution, selector)

    def c(
        self,
        target: Symbol | str,
        reference: Symbol | str,
        period: int,
        correlation_type: CorrelationType = CorrelationType.PEARSON,
        resolution: Period | None = None,
        selector: Selector | None = None,
    ) -> Correlation:
        """Correlation of the closes."""
        name = self.create_indicator_name(None, f"C({period})", resolution)
        pair = self._pair(target, reference)
        return self._fed_pair(Correlation(name, *pair, period, correlation_type), pair, resolution, selector)

    def cov(
        self,
        target: Symbol | str,
        reference: Symbol | str,
        period: int,
        resolution: Period | None = None,
        selector: Selector | None = None,
    ) -> Covariance:
        """Covariance of the returns."""
        name = self.create_indicator_name(None, f"COV({period})", resolution)
        pair = self._pair(target, reference)
        return self._fed_pair(Covariance(name, *pair, period), pair, resolution, selector)

    def sr(
        self,
        symbol: Symbol | str,
        sharpe_period: int,
        risk_free_rate: float | Decimal | None = None,
        resolution: Period | None = None,
        selector: Selector | None = None,
    ) -> SharpeRatio:
        """Sharpe ratio; without a rate the algorithm's risk-free model tells it."""
        rate = "" if risk_free_rate is None else f",{risk_free_rate}"
        name = self.create_indicator_name(symbol, f"SR({sharpe_period}{rate})", resolution)
        indicator = SharpeRatio(name, sharpe_period, self._risk_free_model(risk_free_rate))
        self.feed_indicator(indicator, [symbol], resolution, selector)
        return indicator

    def _pair(self, target: Symbol | str, reference: Symbol | str) -> tuple[Symbol, Symbol]:
        first, second = (self.securities.symbol(getattr(one, "symbol", one)) for one in (target, reference))
        return first, second

    def _fed_pair(
        self, indicator: _Made, pair: tuple[Symbol, Symbol], resolution: Period | None, selector: Selector | None
    ) -> _Made:
        self.feed_indicator(indicator, list(pair), resolution, selector)
        return indicator

    def _risk_free_model(self, rate: float | Decimal | None) -> RiskFreeInterestRateModel:
        """Of the algorithm's model as it is when asked: it may be set after the indicator is made."""
        if rate is not None:
            return ConstantRiskFreeRateInterestRateModel(rate)
        return FuncRiskFreeRateInterestRateModel(
            lambda moment: decimal_rate(self.risk_free_interest_rate_model, moment)
        )
