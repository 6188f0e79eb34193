"""When the money of a trade may be used."""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pylean.clock import from_ms, local_to_utc_ms, to_ms
from pylean.naming import LeanOverrides, PascalNames, assignable
from pylean.numbers import ZERO
from pylean.orders.fees import CashAmount

if TYPE_CHECKING:
    from pylean.orders.events import OrderEvent
    from pylean.securities.portfolio import SecurityPortfolioManager
    from pylean.securities.security import Security

__all__ = [
    "DEFAULT_SETTLEMENT_DAYS",
    "DEFAULT_SETTLEMENT_TIME",
    "AccountCurrencyImmediateSettlementModel",
    "ApplyFundsSettlementModelParameters",
    "DelayedSettlementModel",
    "ImmediateSettlementModel",
    "ScanSettlementModelParameters",
    "SettlementModel",
]

#: US stocks settle on the next trading day, at this time of New York.
DEFAULT_SETTLEMENT_DAYS = 1
DEFAULT_SETTLEMENT_TIME = timedelta(hours=6)


@assignable("portfolio", "security", "utc_time", "cash_amount", "fill")
class ApplyFundsSettlementModelParameters(PascalNames):
    """Money that a fill brings (positive) or costs; ``utc_time`` is naive UTC."""

    def __init__(
        self,
        portfolio: SecurityPortfolioManager,
        security: Security,
        application_time_utc: datetime,
        cash_amount: CashAmount,
        fill: OrderEvent | None,
    ) -> None:
        self.portfolio = portfolio
        self.security = security
        self.utc_time = application_time_utc
        self.cash_amount = cash_amount
        self.fill = fill


@assignable("portfolio", "security", "utc_time")
class ScanSettlementModelParameters(PascalNames):
    """The time at which what is due becomes usable, naive UTC."""

    def __init__(self, portfolio: SecurityPortfolioManager, security: Security, time_utc: datetime) -> None:
        self.portfolio = portfolio
        self.security = security
        self.utc_time = time_utc


class SettlementModel(LeanOverrides, PascalNames):
    """Base of settlement models; an algorithm's own may be any class with these methods."""

    def apply_funds(self, parameters: ApplyFundsSettlementModelParameters) -> None:
        """Book the money of a fill."""
        raise NotImplementedError(f"{type(self).__name__} does not override apply_funds")

    def scan(self, parameters: ScanSettlementModelParameters) -> None:
        """Book what has become due; called at the first slice of each hour."""
        raise NotImplementedError(f"{type(self).__name__} does not override scan")

    def get_unsettled_cash(self) -> Any:
        """Money that is not usable yet; ``None`` without any."""
        return None


class ImmediateSettlementModel(SettlementModel):
    """Money moves at the fill."""

    def apply_funds(self, parameters: ApplyFundsSettlementModelParameters) -> None:
        cash = parameters.cash_amount
        parameters.portfolio.cash_book[cash.currency].add_amount(cash.decimal_amount)

    def scan(self, parameters: ScanSettlementModelParameters) -> None:
        pass


class AccountCurrencyImmediateSettlementModel(ImmediateSettlementModel):
    """Money moves at the fill, in the account's currency; with USD alone the same as its base."""


class DelayedSettlementModel(SettlementModel):
    """Purchases are paid at once; what a sale brings is usable ``number_of_days`` trading days later.

    ``time_of_day`` is the time in New York at which it becomes so.
    """

    def __init__(self, number_of_days: int, time_of_day: timedelta) -> None:
        self._number_of_days = number_of_days
        self._time_of_day = time_of_day
        self._unsettled: deque[tuple[datetime, CashAmount]] = deque()

    def apply_funds(self, parameters: ApplyFundsSettlementModelParameters) -> None:
        cash, portfolio = parameters.cash_amount, parameters.portfolio
        if cash.decimal_amount <= 0:
            portfolio.cash_book[cash.currency].add_amount(cash.decimal_amount)
            return
        portfolio.unsettled_cash_book[cash.currency].add_amount(cash.decimal_amount)
        self._unsettled.append((self._due(parameters.security, parameters.utc_time), cash))

    def scan(self, parameters: ScanSettlementModelParameters) -> None:
        portfolio = parameters.portfolio
        while self._unsettled and parameters.utc_time >= self._unsettled[0][0]:
            _, cash = self._unsettled.popleft()
            portfolio.unsettled_cash_book[cash.currency].add_amount(-cash.decimal_amount)
            portfolio.cash_book[cash.currency].add_amount(cash.decimal_amount)

    def get_unsettled_cash(self) -> CashAmount | None:
        if not self._unsettled:
            return None
        total: Decimal = sum((cash.decimal_amount for _, cash in self._unsettled), ZERO)
        return CashAmount(total)

    def _due(self, security: Security, utc: datetime) -> datetime:
        """When money of a moment becomes usable, naive UTC."""
        hours, clock = security.exchange.hours, security.clock
        day = (utc + (clock.local - clock.utc)).date()
        for _ in range(self._number_of_days):
            day = hours.next_trading_day(day)
        local = datetime(day.year, day.month, day.day) + self._time_of_day
        return from_ms(local_to_utc_ms(to_ms(local), hours.zone))
