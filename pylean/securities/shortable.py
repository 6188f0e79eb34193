"""How many shares can be borrowed, and what borrowing costs."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING

from pylean.naming import LeanOverrides, PascalNames
from pylean.numbers import ZERO, to_float
from pylean.storage import validate_ticker

if TYPE_CHECKING:
    from pylean.securities.symbol import Symbol

__all__ = [
    "DATA_ROOT",
    "InteractiveBrokersShortableProvider",
    "LocalDiskShortableProvider",
    "NullShortableProvider",
    "ShortableDataError",
    "ShortableProvider",
]

#: The data folder of the run under way.
DATA_ROOT: ContextVar[Path] = ContextVar("pylean_data_root")


class ShortableDataError(ValueError):
    """A file of shortable quantities is damaged."""


class ShortableProvider(LeanOverrides, PascalNames):
    """No limit and no cost; times are naive New York times, rates yearly fractions."""

    def fee_rate(self, symbol: Symbol, local_time: datetime) -> float:
        """What a short position pays a year."""
        return 0.0

    def rebate_rate(self, symbol: Symbol, local_time: datetime) -> float:
        """What a long position earns a year."""
        return 0.0

    def shortable_quantity(self, symbol: Symbol, local_time: datetime) -> int | None:
        """Shares that may be short altogether; ``None`` is no limit."""
        return None


class NullShortableProvider(ShortableProvider):
    """Anything can be shorted without limit or cost."""


@dataclass(frozen=True, slots=True)
class _Terms:
    quantity: int | None
    rebate_rate: Decimal
    fee_rate: Decimal


_UNLIMITED = _Terms(None, ZERO, ZERO)


class LocalDiskShortableProvider(ShortableProvider):
    """Quantities and rates by day from ``equity/usa/shortable/<brokerage>/symbols/<ticker>.csv`` of the data folder.

    A day without a row, and a ticker without a file, has no limit and no cost. Raises ShortableDataError for damaged
    rows.
    """

    def __init__(self, brokerage: str) -> None:
        self.brokerage = validate_ticker(brokerage).lower()
        self._by_ticker: dict[str, dict[date, _Terms]] = {}

    @property
    def data_provider(self) -> None:
        """What ``Extensions.read_lines`` takes first; files of the data folder need none."""
        return None

    def fee_rate(self, symbol: Symbol, local_time: datetime) -> float:
        return to_float(self._terms(symbol, local_time).fee_rate)

    def rebate_rate(self, symbol: Symbol, local_time: datetime) -> float:
        return to_float(self._terms(symbol, local_time).rebate_rate)

    def shortable_quantity(self, symbol: Symbol, local_time: datetime) -> int | None:
        return self._terms(symbol, local_time).quantity

    def _terms(self, symbol: Symbol, local_time: datetime) -> _Terms:
        ticker = validate_ticker(symbol.value).lower()
        days = self._by_ticker.get(ticker)
        if days is None:
            folder = DATA_ROOT.get() / "equity" / "usa" / "shortable" / self.brokerage / "symbols"
            days = self._by_ticker[ticker] = _read(folder / f"{ticker}.csv")
        return days.get(local_time.date(), _UNLIMITED)


class InteractiveBrokersShortableProvider(LocalDiskShortableProvider):
    """What Interactive Brokers lends."""

    def __init__(self) -> None:
        super().__init__("interactivebrokers")


def _read(path: Path) -> dict[date, _Terms]:
    """Rows ``yyyyMMdd,quantity,rebate percent,fee percent``, the last two optional."""
    days: dict[date, _Terms] = {}
    if not path.is_file():
        return days
    for number, line in enumerate(path.read_text("ascii", "replace").splitlines(), start=1):
        if not line or line.startswith("#"):
            continue
        try:
            day, quantity, rebate, fee = [*line.split(","), "", ""][:4]
            terms = _Terms(int(quantity) if quantity else None, _percent(rebate), _percent(fee))
            days[datetime.strptime(day, "%Y%m%d").date()] = terms
        except (ValueError, InvalidOperation) as error:
            raise ShortableDataError(f"{path}: line {number} is not date,quantity,rebate,fee: {line[:40]!r}") from error
    return days


def _percent(text: str) -> Decimal:
    return Decimal(text) / 100 if text else ZERO
