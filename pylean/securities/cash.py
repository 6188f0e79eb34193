"""The account's cash, in US dollars."""

from __future__ import annotations

from decimal import Decimal

from pylean.naming import PascalNames, UnsupportedApiError
from pylean.numbers import ZERO, to_decimal, to_float

__all__ = ["Cash", "CashBook"]


class Cash(PascalNames):
    """An amount of one currency; the conversion rate to USD is 1, other currencies are not supported."""

    def __init__(self, symbol: str) -> None:
        self.symbol = symbol
        self.decimal_amount = ZERO
        self._amount_float: tuple[Decimal, float] = (ZERO, 0.0)

    @property
    def amount(self) -> float:
        if self._amount_float[0] is not self.decimal_amount:
            self._amount_float = (self.decimal_amount, to_float(self.decimal_amount))
        return self._amount_float[1]

    @property
    def value_in_account_currency(self) -> float:
        return self.amount

    @property
    def conversion_rate(self) -> float:
        return 1.0

    def set_amount(self, amount: float | Decimal) -> None:
        self.decimal_amount = to_decimal(amount)

    def add_amount(self, amount: Decimal) -> None:
        self.decimal_amount += amount


class CashBook(PascalNames):
    """Cash by currency: USD only."""

    def __init__(self) -> None:
        self._usd = Cash("USD")

    def __getitem__(self, currency: str) -> Cash:
        if currency != "USD":
            raise UnsupportedApiError("CashBook", currency)
        return self._usd

    @property
    def account_currency(self) -> str:
        return "USD"

    @property
    def total_value_in_account_currency(self) -> float:
        return self._usd.amount
