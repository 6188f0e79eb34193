"""The risk-free rate: the Federal Reserve's primary credit rate as a step function."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final

from .errors import MetadataError
from .paths import LeanPaths

#: Lean's rate on every day when the file is missing.
DEFAULT_RATE: Final = Decimal("0.01")


class InterestRates:
    """Yearly rates as fractions (0.0225 for 2.25 %), each from its day on.

    Before the first row the first row's rate holds, after the last the last row's, and without rows
    :data:`DEFAULT_RATE` (Lean's ``InterestRateProvider``).
    """

    def __init__(self, rates: Mapping[date, Decimal]) -> None:
        self.days = sorted(rates)
        self._rates = [rates[day] for day in self.days]

    @classmethod
    def read(cls, paths: LeanPaths) -> InterestRates:
        """Rates of the data folder's file; none if it is missing.

        Raises:
            MetadataError: the file is malformed.
        """
        path = paths.interest_rate
        if not path.is_file():
            return cls({})
        rates = {}
        for number, line in enumerate(path.read_text("ascii", errors="replace").splitlines()[1:], start=2):
            if not line.strip() or line.startswith("#"):
                continue
            try:
                day, percent = line.split(",")[:2]
                rates[date.fromisoformat(day)] = Decimal(percent) / 100
            except (ValueError, InvalidOperation) as error:
                raise MetadataError(path, f"line {number} is not date,percent: {line[:40]!r}") from error
        return cls(rates)

    def rate_on(self, day: date) -> Decimal:
        """Rate in force on ``day``."""
        if not self.days:
            return DEFAULT_RATE
        return self._rates[max(bisect_right(self.days, day) - 1, 0)]
