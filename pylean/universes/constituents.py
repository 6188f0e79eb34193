"""Universes from lists of constituents: those of an ETF, and named lists."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pylean.feed.base_data import BaseData
from pylean.naming import UnsupportedApiError
from pylean.numbers import ZERO, to_float
from pylean.storage import Resolution, read_etf_constituents, read_members
from pylean.universes.daily import DailyUniverse
from pylean.universes.data import UniverseData
from pylean.universes.selectors import chosen_symbols
from pylean.universes.symbols import numbered_universe_symbol
from pylean.universes.triggered import Trigger

if TYPE_CHECKING:
    from pylean.securities.symbol import Symbol
    from pylean.storage import ConstituentRow, MapFile
    from pylean.universes.settings import UniverseSettings

__all__ = [
    "ConstituentsUniverse",
    "ConstituentsUniverseData",
    "ETFConstituentUniverse",
    "ETFConstituentsUniverseFactory",
]

_ONE_DAY = timedelta(days=1)
#: What Lean writes into the list of a day on which a universe is empty.
_NO_SECURITY = "NONE 0"

Selector = Callable[[Any], Any]


class ConstituentsUniverseData(BaseData):
    """A member of a named universe on a day; ``time`` is the day's midnight, ``end_time`` the next one."""

    is_fill_forward = False

    def __init__(self, symbol: Symbol, day: date) -> None:
        self.symbol = symbol
        self._day = day

    @property
    def time(self) -> datetime:
        return datetime.combine(self._day, time())

    @property
    def end_time(self) -> datetime:
        return self.time + _ONE_DAY

    @property
    def decimal_value(self) -> Decimal:
        return ZERO


class ETFConstituentUniverse(ConstituentsUniverseData):
    """A constituent of an ETF: its share of the fund, how many shares the fund holds and what they are worth.

    A number that the file does not have is ``None``.
    """

    def __init__(self, symbol: Symbol, day: date, row: ConstituentRow) -> None:
        super().__init__(symbol, day)
        self._row = row

    @property
    def last_update(self) -> datetime | None:
        return self._row.last_update

    @property
    def weight(self) -> float | None:
        return _float(self._row.weight)

    @property
    def shares_held(self) -> float | None:
        return _float(self._row.shares_held)

    @property
    def market_value(self) -> float | None:
        return _float(self._row.market_value)

    @property
    def period(self) -> timedelta:
        return _ONE_DAY


def _float(value: Decimal | None) -> float | None:
    return None if value is None else to_float(value)


class _ListUniverse(DailyUniverse):
    """Selects on days that have a list; the lists of other days are not empty, they are not there."""

    def __init__(
        self, symbol: Symbol, universe_settings: UniverseSettings | None, selector: Selector | None = None
    ) -> None:
        super().__init__(symbol, Resolution.DAILY, universe_settings)
        self._selector = selector
        self._points: dict[date, list[Any]] = {}

    def days_with_data(self, first: date, last: date) -> Iterator[date]:
        for day in super().days_with_data(first, last):
            points = self.list_of(day)
            if points:
                self._points = {day: points}
                yield day

    def list_of(self, day: date) -> list[Any]:
        """The points of a day."""
        raise TypeError(f"{type(self).__name__} does not override list_of(day)")

    def read_day(self, day: date) -> UniverseData:
        return UniverseData(self._points.get(day) or self.list_of(day))

    def select_symbols(self, utc_time: datetime, data: UniverseData) -> Iterable[Symbol] | None:
        if self._selector is not None:
            return chosen_symbols(self._selector(data), self.symbol)
        return [point.symbol for point in data]


class ConstituentsUniverse(_ListUniverse):
    """A named daily list: of the symbol ``constituents-universe-NAME`` those in ``universes/daily/NAME``."""

    def moments(self, start_ms: int, end: date) -> Iterator[int]:
        if self.universe_settings is not None and self.universe_settings.schedule.initialized:
            raise UnsupportedApiError("ConstituentsUniverse", "universe_settings.schedule")
        return super().moments(start_ms, end)

    @property
    def data_type(self) -> type:
        """The type of what it reads."""
        return ConstituentsUniverseData

    def list_of(self, day: date) -> list[ConstituentsUniverseData]:
        name = self.symbol.id.symbol.rpartition("-")[2]
        rows = read_members(self.source.paths.universe_members(name, day)) or ()
        return [ConstituentsUniverseData(self.source.symbol(ticker, text), day) for ticker, text in rows]

    def select_symbols(self, utc_time: datetime, data: UniverseData) -> Iterable[Symbol] | None:
        if self._selector is None and [point.symbol.id for point in data] == [_NO_SECURITY]:
            return []
        return super().select_symbols(utc_time, data)


class ETFConstituentsUniverseFactory(_ListUniverse):
    """The constituents of an ETF. It follows the ETF's changes of ticker, and ends when the ETF is delisted."""

    def __init__(
        self, symbol: Symbol, universe_settings: UniverseSettings | None, constituents_filter: Selector | None = None
    ) -> None:
        super().__init__(
            numbered_universe_symbol("qc-universe-etf-constituents"), universe_settings, constituents_filter
        )
        self.composite = symbol

    def days_with_data(self, first: date, last: date) -> Iterator[date]:
        """The last day is the one the ETF is delisted on, if a trading day follows: the news come with it."""
        delisted = self._map_file.delisting_date
        for day in super().days_with_data(first, min(last, delisted)):
            if day != delisted:
                yield day
        if first <= delisted < last and self.source.hours.next_trading_day(delisted) <= last:
            yield delisted

    @property
    def data_type(self) -> type:
        """The type of what it reads."""
        return ETFConstituentUniverse

    def list_of(self, day: date) -> list[ETFConstituentUniverse]:
        history = self._map_file
        if history and not history.has_data(day):
            return []
        path = self.source.paths.etf_constituents(history.ticker_on(day, self.composite.value), day)
        rows = read_etf_constituents(path) or ()
        return [ETFConstituentUniverse(self.source.symbol(row.ticker, row.identifier), day, row) for row in rows]

    def read(self, utc_ms: int) -> UniverseData:
        if self.day_of(utc_ms) == self._map_file.delisting_date:
            self.dispose()
            return UniverseData(
                self.list_of(self.day_of(utc_ms)) or [Trigger(self.composite, self.source.local(utc_ms))]
            )
        return super().read(utc_ms)

    @property
    def _map_file(self) -> MapFile:
        return self.source.map_file(self.composite)
