"""Interest on positions."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar

from pylean.naming import LeanOverrides, PascalNames
from pylean.numbers import ZERO, to_decimal, to_float

if TYPE_CHECKING:
    from pylean.securities.security import Security

__all__ = ["MarginInterestRateModel", "MarginInterestRateParameters", "ShortMarginInterestRateModel"]

_DAYS_PER_YEAR = 360


class MarginInterestRateParameters(PascalNames):
    """The security whose interest is due, and the time, naive UTC."""

    def __init__(self, security: Security, time: datetime) -> None:
        self.security = security
        self.time = time


class MarginInterestRateModel(LeanOverrides, PascalNames):
    """No interest. Subclasses book theirs when they are asked, at the first slice of each hour."""

    NULL: ClassVar[MarginInterestRateModel]

    def apply_margin_interest_rate(self, parameters: MarginInterestRateParameters) -> None:
        """Book the interest that is due."""


MarginInterestRateModel.NULL = MarginInterestRateModel()


class ShortMarginInterestRateModel(MarginInterestRateModel):
    """Once a day: a short position pays the shortable provider's fee rate, a long one earns its rebate rate.

    Days are calendar days (UTC), a year has 360 of them; ``amount`` is what was booked so far, in USD.
    """

    def __init__(self) -> None:
        self.decimal_amount = ZERO
        self._was_short = False
        self._since: datetime | None = None

    @property
    def amount(self) -> float:
        return to_float(self.decimal_amount)

    def apply_margin_interest_rate(self, parameters: MarginInterestRateParameters) -> None:
        security, time = parameters.security, parameters.time
        holding = security.holdings
        if not holding.invested:
            self._since = None
            return
        if self._since is None or self._was_short is not holding.is_short:
            self._was_short = holding.is_short
            self._since = time
            return
        days = (time.date() - self._since.date()).days
        if days == 0:
            return
        rate = self._rate(security)
        if not rate:
            self._since = None
            return
        fee = rate * holding.decimal_value / _DAYS_PER_YEAR * days
        self.decimal_amount += fee
        security.quote_currency.add_amount(fee)
        self._since = time

    def _rate(self, security: Security) -> Decimal:
        """Yearly rate as a fraction on the day at hand."""
        provider = security.shortable_provider
        midnight = datetime.combine(security.local_time.date(), datetime.min.time())
        ask = provider.fee_rate if self._was_short else provider.rebate_rate
        return to_decimal(ask(security.symbol, midnight) or 0)
