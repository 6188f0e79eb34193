"""What risk-free money earns: models that answer for a day, for indicators and options."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

from pylean.naming import LeanOverrides, PascalNames
from pylean.numbers import to_decimal, to_float

__all__ = [
    "ConstantRiskFreeRateInterestRateModel",
    "FuncRiskFreeRateInterestRateModel",
    "RiskFreeInterestRateModel",
    "decimal_rate",
]


class RiskFreeInterestRateModel(LeanOverrides, PascalNames):
    """Base of the models: ``get_interest_rate(moment)`` is a yearly rate as a fraction (0.0225 for 2.25 %)."""

    def decimal_rate(self, moment: datetime) -> Decimal:
        """The exact rate."""
        raise NotImplementedError

    def get_interest_rate(self, moment: datetime) -> float:
        return to_float(self.decimal_rate(moment))


class ConstantRiskFreeRateInterestRateModel(RiskFreeInterestRateModel):
    """One rate for ever."""

    def __init__(self, risk_free_rate: float | Decimal) -> None:
        self._rate = to_decimal(risk_free_rate)

    def decimal_rate(self, moment: datetime) -> Decimal:
        return self._rate


class FuncRiskFreeRateInterestRateModel(RiskFreeInterestRateModel):
    """A function of the moment."""

    def __init__(self, get_interest_rate: Callable[[datetime], float | Decimal]) -> None:
        self._function = get_interest_rate

    def decimal_rate(self, moment: datetime) -> Decimal:
        return to_decimal(self._function(moment))


def decimal_rate(model: Any, moment: datetime) -> Decimal:
    """The exact rate by a model, which may be an object of the algorithm's own class, in either naming style."""
    if isinstance(model, RiskFreeInterestRateModel):
        return model.decimal_rate(moment)
    ask = getattr(model, "get_interest_rate", None) or model.GetInterestRate
    return to_decimal(ask(moment))
