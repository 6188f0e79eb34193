"""What the results of a run depend on beside its portfolio."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from pylean.results.lean_version import LeanVersion

__all__ = ["ResultSettings"]


@dataclass(frozen=True, slots=True)
class ResultSettings:
    """First and last day in the algorithm's time zone; ``start_utc`` is the first day's midnight there.

    ``risk_free_rate`` gives the yearly rate of a day as a fraction.
    """

    start_date: date
    end_date: date
    start_utc: datetime
    risk_free_rate: Callable[[date], Decimal]
    lean_version: LeanVersion = LeanVersion.NEWEST
    trading_days_per_year: int = 252
    currency_symbol: str = "$"
