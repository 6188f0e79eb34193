"""Interest and settlement: models that are asked at the first slice of each hour."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pylean.securities.interest import MarginInterestRateModel, MarginInterestRateParameters
from pylean.securities.settlement import ImmediateSettlementModel, ScanSettlementModelParameters

if TYPE_CHECKING:
    from pylean.clock import AlgorithmClock
    from pylean.securities.portfolio import SecurityPortfolioManager

__all__ = ["HourlyModels"]

_HOUR_MS = 3_600_000


class HourlyModels:
    """Knows when the models are due next: ``next_ms`` is milliseconds of UTC."""

    def __init__(self, portfolio: SecurityPortfolioManager, clock: AlgorithmClock) -> None:
        self._portfolio = portfolio
        self._clock = clock
        self.next_ms = _next_hour(clock.utc_ms)

    def scan(self, utc_ms: int) -> None:
        """Let each security's interest be booked, then what has settled."""
        self.next_ms = _next_hour(utc_ms)
        portfolio, utc = self._portfolio, self._clock.utc
        for security in portfolio.securities.values():
            if security.margin_interest_rate_model is not MarginInterestRateModel.NULL:
                parameters = MarginInterestRateParameters(security, utc)
                security.margin_interest_rate_model.apply_margin_interest_rate(parameters)
            if type(security.settlement_model) is not ImmediateSettlementModel:
                security.settlement_model.scan(ScanSettlementModelParameters(portfolio, security, utc))


def _next_hour(utc_ms: int) -> int:
    return utc_ms - utc_ms % _HOUR_MS + _HOUR_MS
