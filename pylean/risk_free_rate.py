"""What risk-free money earns: models that answer for a day, for indicators and options."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from pylean.naming import LeanOverrides, PascalNames
from pylean.numbers import ZERO, to_decimal, to_float
from pylean.storage import InterestRates

__all__ = [
    "ConstantRiskFreeRateInterestRateModel",
    "FuncRiskFreeRateInterestRateModel",
    "InterestRateProvider",
    "RiskFreeInterestRateModel",
    "decimal_rate",
]


class RiskFreeInterestRateModel(LeanOverrides, PascalNames):
    """Base of the models: ``get_interest_rate(moment)`` is a yearly rate as a fraction (0.0225 for 2.25 %)."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "get_interest_rate" in vars(cls):
            # The exact rate of a base class would pass over the override.
            setattr(cls, "decimal_rate", _ask)  # noqa: B010 - mypy takes no other form

    def decimal_rate(self, moment: datetime) -> Decimal:
        """The exact rate."""
        raise NotImplementedError(f"{type(self).__name__} does not override get_interest_rate")

    def get_interest_rate(self, moment: datetime) -> float:
        return to_float(self.decimal_rate(moment))

    def get_risk_free_rate(self, start_date: datetime, end_date: datetime) -> float:
        """Mean of the rates of all days from the start to the end, both included."""
        first, last = start_date.toordinal(), end_date.toordinal()
        return self.get_average_risk_free_rate(map(datetime.fromordinal, range(first, last + 1)))

    def get_average_risk_free_rate(self, dates: Iterable[datetime]) -> float:
        """Mean of the rates of the dates; 0 without any."""
        rates = [self.decimal_rate(date) for date in dates]
        return to_float(sum(rates, ZERO) / len(rates)) if rates else 0.0


def _ask(model: Any, moment: datetime) -> Decimal:
    return to_decimal(model.get_interest_rate(moment))


class InterestRateProvider(RiskFreeInterestRateModel):
    """The Federal Reserve's primary credit rate, from the data folder: an algorithm's model unless it sets another."""

    def __init__(self, rates: InterestRates) -> None:
        self._rates = rates

    def decimal_rate(self, moment: datetime) -> Decimal:
        return self._rates.rate_on(moment.date())


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
