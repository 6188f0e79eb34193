"""Fundamental data of a stock on a day: price and volume from the coarse file, all else from a provider."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from functools import cached_property
from math import nan
from typing import TYPE_CHECKING, Any, Protocol, Self

from pylean.feed.base_data import BaseData
from pylean.naming import PascalNames, snake_case
from pylean.numbers import ONE, ZERO, to_float
from pylean.storage import MetadataError
from pylean.universes.data import UniverseData

if TYPE_CHECKING:
    from pylean.securities.symbol import Symbol
    from pylean.storage import CoarseFile
    from pylean.universes.source import UniverseSource

__all__ = [
    "CoarseFundamental",
    "FineFundamental",
    "Fundamental",
    "FundamentalDataError",
    "FundamentalDataProvider",
    "FundamentalDay",
    "FundamentalRows",
]

_ONE_DAY = timedelta(days=1)
#: A decimal of so many characters is the double that its text means; .NET may make another one of a longer text.
_EXACT_LENGTH = 15
_GROUPS = frozenset(
    {
        "asset_classification",
        "company_profile",
        "company_reference",
        "earning_ratios",
        "earning_reports",
        "financial_statements",
        "operation_ratios",
        "security_reference",
        "valuation_ratios",
    }
)


class FundamentalDataError(LookupError):
    """A value of fundamental data that no provider of the run has."""

    def __init__(self, symbol: Symbol, path: str) -> None:
        super().__init__(symbol, path)
        self.symbol = symbol
        self.path = path

    def __str__(self) -> str:
        return (
            f"fundamental.{self.path} of {self.symbol}: no fundamental data are available; coarse files have price, "
            "volume, dollar_volume, price_factor, split_factor and has_fundamental_data only"
        )


class FundamentalDataProvider(Protocol):
    """Values beyond the coarse file, by Lean's property path in snake_case, as ``valuation_ratios.pe_ratio``."""

    @property
    def paths(self) -> frozenset[str]:
        """The properties it has."""

    def value(self, day: date, identifier: str, path: str) -> Any:
        """A property of a security on a day; the identifier is its text."""

    def has_fundamental_data(self, day: date, identifier: str) -> bool:
        """There are fundamental data of the security on the day."""


class _PropertyGroup(PascalNames):
    """Properties below a common path; each is looked up when it is asked for."""

    def __init__(self, owner: FineFundamental, path: str) -> None:
        self._owner = owner
        self._path = path

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return self._owner.look_up(f"{self._path}.{snake_case(name)}")


class FundamentalDay:
    """The coarse data of a day by column, as floats. Each column ends with what Lean gives for stocks without a row:
    0, and not a number for the dollar volume; ``ABSENT`` is that row.

    Columns raise MetadataError for text that is no number.
    """

    ABSENT = -1

    def __init__(self, source: UniverseSource, day: date, file: CoarseFile | None) -> None:
        self.source = source
        self.day = day
        self.time = datetime.combine(day, time())
        self._file = file

    def __len__(self) -> int:
        return 0 if self._file is None else len(self._file)

    def row_of(self, symbol: Symbol) -> int:
        return self.ABSENT if self._file is None else self._file.rows.get(symbol.id, self.ABSENT)

    def symbol(self, row: int) -> Symbol:
        file = self._file
        if file is None:
            raise IndexError(f"no coarse data of {self.day}")
        return self.source.symbol(file.tickers[row], file.identifiers[row])

    @cached_property
    def prices(self) -> list[float]:
        return [*self._floats("prices"), 0.0]

    @cached_property
    def volumes(self) -> list[int]:
        if self._file is None:
            return [0]
        try:
            return [*map(int, self._file.volumes), 0]
        except ValueError as error:
            raise MetadataError(self._file.path, f"a volume is no whole number: {error}") from error

    @cached_property
    def dollar_volumes(self) -> list[float]:
        return [*self._floats("dollar_volumes"), nan]

    @cached_property
    def has_fundamental_data(self) -> list[bool]:
        texts = None if self._file is None else self._file.has_fundamental_data
        return [text.lower() == "true" for text in texts] + [False] if texts else [False] * (len(self) + 1)

    def decimal(self, column: str, row: int) -> Decimal:
        """A price or factor, exactly; factors that the file does not have are 1."""
        if self._file is None or row == self.ABSENT:
            return ZERO
        texts = getattr(self._file, column)
        if texts is None:
            return ONE
        try:
            return Decimal(texts[row])
        except InvalidOperation as error:
            raise MetadataError(self._file.path, f"line {row + 1}: {texts[row]!r} is no number") from error

    def _floats(self, column: str) -> list[float]:
        if self._file is None:
            return []
        texts: list[str] = getattr(self._file, column)
        try:
            if max(map(len, texts), default=0) <= _EXACT_LENGTH:
                return list(map(float, texts))
        except ValueError as error:
            raise MetadataError(self._file.path, f"{column}: {error}") from error
        return [to_float(self.decimal(column, row)) for row in range(len(texts))]


class CoarseFundamental(BaseData):
    """Price and volume of a stock on a day; ``time`` is its midnight, ``end_time`` the next one."""

    is_fill_forward = False

    # Only some instances set these: thousands are made a day.
    _symbol: Symbol | None = None
    _time: datetime | None = None

    def __init__(self, day: FundamentalDay, row: int) -> None:
        self._day = day
        self._row = row

    @classmethod
    def about(cls, day: FundamentalDay, symbol: Symbol, time: datetime | None = None) -> Self:
        """What the day's data say of a security; ``time`` if it is not the day's midnight."""
        made = cls(day, day.row_of(symbol))
        made._symbol = symbol
        made._time = time
        return made

    @property
    def symbol(self) -> Symbol:
        if self._symbol is None:
            self._symbol = self._day.symbol(self._row)
        return self._symbol

    @property
    def time(self) -> datetime:
        return self._time or self._day.time

    @property
    def end_time(self) -> datetime:
        return self.time + _ONE_DAY

    @property
    def market(self) -> str:
        return "usa"

    @property
    def price(self) -> float:
        """The close as it was traded, in USD."""
        return self._day.prices[self._row]

    value = price

    @property
    def decimal_value(self) -> Decimal:
        return self._day.decimal("prices", self._row)

    @property
    def volume(self) -> int:
        return self._day.volumes[self._row]

    @property
    def dollar_volume(self) -> float:
        return self._day.dollar_volumes[self._row]

    @property
    def has_fundamental_data(self) -> bool:
        provider = self._day.source.provider
        if provider is not None:
            return provider.has_fundamental_data(self._day.day, self.symbol.id)
        return self._day.has_fundamental_data[self._row]

    @property
    def price_factor(self) -> float:
        return to_float(self._day.decimal("price_factors", self._row))

    @property
    def split_factor(self) -> float:
        return to_float(self._day.decimal("split_factors", self._row))

    @property
    def price_scale_factor(self) -> float:
        return to_float(self._scale())

    @property
    def decimal_adjusted_price(self) -> Decimal:
        return self.decimal_value * self._scale()

    @property
    def adjusted_price(self) -> float:
        """The close with splits and dividends taken out."""
        return to_float(self.decimal_adjusted_price)

    def _scale(self) -> Decimal:
        return self._day.decimal("price_factors", self._row) * self._day.decimal("split_factors", self._row)

    def __repr__(self) -> str:
        return f"{self.symbol}: {self.price}"


class FineFundamental(CoarseFundamental):
    """With what companies report, as far as the run has a provider of it; raises FundamentalDataError for the rest."""

    def look_up(self, path: str) -> Any:
        """The value of a property path, or the group of the properties below it."""
        provider = self._day.source.provider
        paths = provider.paths if provider is not None else frozenset[str]()
        if provider is not None and path in paths:
            return provider.value(self._day.day, self.symbol.id, path)
        if path in _GROUPS or any(known.startswith(f"{path}.") for known in paths):
            return _PropertyGroup(self, path)
        raise FundamentalDataError(self.symbol, path)

    @property
    def market_cap(self) -> float:
        """Market capitalisation in USD."""
        return self.look_up("company_profile.market_cap")  # type: ignore[no-any-return]

    def __getattr__(self, name: str) -> Any:
        group = snake_case(name)
        return self.look_up(group) if group in _GROUPS else super().__getattr__(name)


class Fundamental(FineFundamental):
    """All that is known of a stock on a day."""


class FundamentalRows(UniverseData):
    """All stocks of a day in the order of the coarse file; a row is an object once it is asked for."""

    def __init__(self, day: FundamentalDay) -> None:
        self.day = day

    def of(self, symbol: Symbol) -> Fundamental | None:
        row = self.day.row_of(symbol)
        return None if row == self.day.ABSENT else Fundamental(self.day, row)

    def __len__(self) -> int:
        return len(self.day)

    def __iter__(self) -> Iterator[Fundamental]:
        return iter([Fundamental(self.day, row) for row in range(len(self.day))])

    def __getitem__(self, index: Any) -> Any:
        rows = range(len(self.day))[index]
        if isinstance(rows, range):
            return [Fundamental(self.day, row) for row in rows]
        return Fundamental(self.day, rows)
