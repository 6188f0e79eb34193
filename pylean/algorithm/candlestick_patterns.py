"""Candlestick patterns that the algorithm sets up in one call."""

from __future__ import annotations

from collections.abc import Callable
from types import MethodType
from typing import Any

from pylean.algorithm.indicator_method import IndicatorMethod
from pylean.indicators import candlesticks
from pylean.indicators.candlesticks import CandlestickPattern
from pylean.naming import UnsupportedApiError, snake_case

__all__ = ["CandlestickPatterns"]


def _patterns() -> dict[str, IndicatorMethod[CandlestickPattern]]:
    classes = (getattr(candlesticks, name) for name in candlesticks.__all__)
    return {
        snake_case(each.__name__): IndicatorMethod(each, each.__name__.upper())
        for each in classes
        if issubclass(each, CandlestickPattern) and each is not CandlestickPattern
    }


class CandlestickPatterns:
    """``self.candlestick_patterns.doji(symbol, resolution=None, selector=None)``, and so for every pattern.

    Patterns with a penetration take it after the symbol.
    """

    _methods = _patterns()

    def __init__(self, algorithm: Any) -> None:
        self._algorithm = algorithm

    def __getattr__(self, name: str) -> Callable[..., CandlestickPattern]:
        method = self._methods.get(snake_case(name))
        if method is None:
            raise UnsupportedApiError(type(self).__name__, name)
        return MethodType(method, self._algorithm)
