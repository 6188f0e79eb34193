"""The account's cash, in US dollars."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal

from pylean.naming import PascalNames, UnsupportedApiError
from pylean.numbers import ZERO, to_decimal, to_float
from pylean.orders.fees import CashAmount

__all__ = ["ACCOUNT_CURRENCY", "Cash", "CashBook", "Currencies"]

ACCOUNT_CURRENCY = "USD"


class Currencies:
    """Codes of currencies, and the sign of the one that accounts are kept in."""

    USD = ACCOUNT_CURRENCY
    NULL_CURRENCY = "QCC"
    NullCurrency = NULL_CURRENCY

    @staticmethod
    def get_currency_symbol(currency: str) -> str:
        """``$`` for USD. Raises UnsupportedApiError for others."""
        if currency.upper() != ACCOUNT_CURRENCY:
            raise UnsupportedApiError("Currencies", f"get_currency_symbol({currency!r})")
        return "$"

    GetCurrencySymbol = get_currency_symbol


class Cash(PascalNames):
    """An amount of one currency; the conversion rate to USD is 1, other currencies are not supported."""

    def __init__(self, symbol: str) -> None:
        self.symbol = symbol
        self.decimal_amount = ZERO
        #: Told before each change.
        self.before_change: Callable[[], None] = lambda: None
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

    @property
    def currency_symbol(self) -> str:
        return Currencies.get_currency_symbol(self.symbol)

    def set_amount(self, amount: float | Decimal) -> None:
        self.before_change()
        self.decimal_amount = to_decimal(amount)

    def add_amount(self, amount: float | Decimal) -> float:
        """Change by an amount; returns the new one."""
        self.before_change()
        self.decimal_amount += to_decimal(amount)
        return self.amount

    def __repr__(self) -> str:
        return f"{self.symbol}: {Currencies.get_currency_symbol(self.symbol)}{self.decimal_amount:,.2f}"


class CashBook(PascalNames):
    """Cash by currency: USD only."""

    def __init__(self, usd: Cash) -> None:
        self._usd = usd

    def __getitem__(self, currency: str) -> Cash:
        if currency != ACCOUNT_CURRENCY:
            raise UnsupportedApiError("CashBook", currency)
        return self._usd

    def __contains__(self, currency: object) -> bool:
        return currency == ACCOUNT_CURRENCY

    contains_key = __contains__

    def __iter__(self) -> Iterator[str]:
        return iter(self.keys())

    def __len__(self) -> int:
        return 1

    @property
    def count(self) -> int:
        return len(self)

    def keys(self) -> list[str]:
        return [ACCOUNT_CURRENCY]

    def values(self) -> list[Cash]:
        return [self._usd]

    def items(self) -> list[tuple[str, Cash]]:
        return [(ACCOUNT_CURRENCY, self._usd)]

    def add(self, currency: str, quantity: float, conversion_rate: float = 1) -> Cash:
        """Set the amount of USD. Raises UnsupportedApiError for other currencies."""
        cash = self[currency]
        cash.set_amount(quantity)
        return cash

    @property
    def account_currency(self) -> str:
        return ACCOUNT_CURRENCY

    @property
    def total_value_in_account_currency(self) -> float:
        return self._usd.amount

    def convert(
        self, source_quantity: float, source_currency: str, destination_currency: str = ACCOUNT_CURRENCY
    ) -> float:
        """The same amount: both currencies must be USD."""
        for currency in (source_currency, destination_currency):
            self[currency]
        return source_quantity

    def convert_to_account_currency(
        self, amount: float | CashAmount, currency: str = ACCOUNT_CURRENCY
    ) -> float | CashAmount:
        """The amount itself, as it came: it must be in USD."""
        self[amount.currency if isinstance(amount, CashAmount) else currency]
        return amount
