"""Dividends, splits, delistings and ticker changes as points of the stream; they arrive at midnight of their day."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from pylean.feed.base_data import BaseData
from pylean.naming import LeanEnum
from pylean.numbers import to_float

if TYPE_CHECKING:
    from pylean.securities.symbol import Symbol

__all__ = ["CorporateAction", "Delisting", "DelistingType", "Dividend", "Split", "SplitType", "SymbolChangedEvent"]


class SplitType(LeanEnum):
    WARNING = 0
    SPLIT_OCCURRED = 1


class DelistingType(LeanEnum):
    WARNING = 0
    DELISTED = 1


class CorporateAction(BaseData):
    """What happened to a security; ``time`` is midnight (New York) of the day."""

    def __init__(self, symbol: Symbol, time: datetime, price: Decimal) -> None:
        self.symbol = symbol
        self._time = time
        self._price = price

    @property
    def takes_last_close(self) -> bool:
        """Its price is the last close before it, which is known once the bars are read."""
        return False

    def set_price(self, price: Decimal) -> None:
        self._price = price

    @property
    def time(self) -> datetime:
        return self._time

    @property
    def end_time(self) -> datetime:
        return self._time

    @property
    def decimal_value(self) -> Decimal:
        return self._price

    @property
    def value(self) -> float:
        return to_float(self._price)

    price = value


class Dividend(CorporateAction):
    """Cash a share in USD; ``reference_price`` is the raw close of the day before."""

    def __init__(self, symbol: Symbol, time: datetime, distribution: Decimal, reference_price: Decimal) -> None:
        super().__init__(symbol, time, distribution)
        self.decimal_distribution = distribution
        self.decimal_reference_price = reference_price

    @property
    def distribution(self) -> float:
        return to_float(self.decimal_distribution)

    @property
    def reference_price(self) -> float:
        return to_float(self.decimal_reference_price)

    def __str__(self) -> str:
        return f"Dividend: {self.symbol}: {self.distribution} | {self.reference_price}"


class Split(CorporateAction):
    """One old share becomes 1 / ``split_factor`` new ones: on the day of a warning at the next opening, else today."""

    def __init__(
        self, symbol: Symbol, time: datetime, price: Decimal, split_factor: Decimal, split_type: SplitType
    ) -> None:
        super().__init__(symbol, time, price)
        self.decimal_split_factor = split_factor
        self.type = split_type

    @property
    def takes_last_close(self) -> bool:
        return self.type is SplitType.WARNING

    @property
    def split_factor(self) -> float:
        return to_float(self.decimal_split_factor)

    @property
    def reference_price(self) -> float:
        return self.value

    def __str__(self) -> str:
        return f"{self.type.name}: {self.symbol}: {self.split_factor} | {self.reference_price}"


class Delisting(CorporateAction):
    """A warning on the last day of trading, the delisting itself on the day after; ``price`` is the last close."""

    def __init__(self, symbol: Symbol, time: datetime, price: Decimal, delisting_type: DelistingType) -> None:
        super().__init__(symbol, time, price)
        self.type = delisting_type
        #: The ticket of the order that closed the position, once there is one.
        self.ticket: object | None = None

    @property
    def takes_last_close(self) -> bool:
        return True

    def __str__(self) -> str:
        return f"Delisting {self.type.name}: {self.symbol}"


class SymbolChangedEvent(CorporateAction):
    """The ticker changed from ``old_symbol`` to ``new_symbol``, both texts."""

    def __init__(self, symbol: Symbol, time: datetime, old_symbol: str, new_symbol: str) -> None:
        super().__init__(symbol, time, Decimal(0))
        self.old_symbol = old_symbol
        self.new_symbol = new_symbol
