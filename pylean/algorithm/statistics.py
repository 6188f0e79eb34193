"""The run's statistics, at any time, and those that an algorithm adds."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from pylean.algorithm.core import AlgorithmCore
from pylean.keyed import ExtendedDictionary
from pylean.naming import PascalNames
from pylean.numbers import to_float
from pylean.results import StatisticsResults
from pylean.results.text import decimal_text, double_text

__all__ = ["Figures", "StatisticsMixin", "StatisticsView"]

_RESERVED_NAMES = {str(number) for number in range(101)}


class Figures(PascalNames):
    """Statistics of trades or of the portfolio by Lean's names, money and ratios as floats."""

    def __init__(self, figures: Any) -> None:
        self._figures = figures

    def __getattr__(self, name: str) -> Any:
        value = getattr(self.__dict__.get("_figures"), name, None)
        if value is None:
            return super().__getattr__(name)
        return to_float(value) if isinstance(value, Decimal) else value


class StatisticsView(PascalNames):
    """The statistics up to now: ``summary`` is the printed table, empty before the first sample."""

    def __init__(self, results: StatisticsResults) -> None:
        self.summary = ExtendedDictionary[str, str](results.summary)
        self.trade_statistics = Figures(results.trade)
        self.portfolio_statistics = Figures(results.portfolio)

    @property
    def total_performance(self) -> StatisticsView:
        """The whole period: ``trade_statistics`` and ``portfolio_statistics``."""
        return self


class StatisticsMixin(AlgorithmCore):
    """Statistics that the engine computes, and further ones by name."""

    @property
    def statistics(self) -> StatisticsView:
        return StatisticsView(self._lean.statistics())

    @property
    def runtime_statistics(self) -> ExtendedDictionary[str, str]:
        """Running statistics that the algorithm has set."""
        return ExtendedDictionary(self._lean.additions.runtime)

    def set_runtime_statistic(self, name: str, value: str | float | Decimal) -> None:
        """A statistic beside Lean's running ones, which it cannot replace."""
        self._lean.additions.runtime[name] = _text(value)

    def set_summary_statistic(self, name: str, value: str | float | Decimal) -> None:
        """A row for the printed table, which cannot replace Lean's rows.

        Raises ValueError for the whole numbers from 0 to 100 as names: they are reserved.
        """
        if name.strip().lstrip("+") in _RESERVED_NAMES:
            raise ValueError(f"'{name}' is a reserved name; numbers from 0 to 100 cannot name a statistic")
        self._lean.additions.summary[name] = _text(value)


def _text(value: str | float | Decimal) -> str:
    texts: dict[type, Callable[[Any], str]] = {float: double_text, Decimal: decimal_text}
    return texts.get(type(value), str)(value)
