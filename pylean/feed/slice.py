"""A slice: everything that is new at one moment. Bars are made when they are read."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Generic, TypeVar

from pylean.clock import from_ms
from pylean.feed.bars import QuoteBar, TradeBar
from pylean.naming import PascalNames

if TYPE_CHECKING:
    from pylean.feed.day import SeriesGroup, TradingDay
    from pylean.feed.series import QuoteSeries, TradeSeries
    from pylean.securities.symbol import Symbol

__all__ = ["BarsView", "Slice"]

_Bar = TypeVar("_Bar", TradeBar, QuoteBar)
_Series = TypeVar("_Series", "TradeSeries", "QuoteSeries")


class BarsView(PascalNames, Generic[_Bar]):
    """Bars of one kind in a slice, by symbol or ticker, in slice order (by ticker)."""

    __slots__ = ("_find", "_symbols")

    def __init__(self, symbols: Collection[Symbol], find: Callable[[Symbol | str], _Bar | None]) -> None:
        self._symbols = symbols
        self._find: Callable[[Symbol | str], _Bar | None] = find

    def get(self, symbol: Symbol | str, default: _Bar | None = None) -> _Bar | None:
        bar = self._find(symbol)
        return default if bar is None else bar

    def __getitem__(self, symbol: Symbol | str) -> _Bar:
        bar = self._find(symbol)
        if bar is None:
            raise KeyError(f"'{symbol}' has no bar in this slice; test with contains_key first")
        return bar

    def __contains__(self, symbol: Symbol | str) -> bool:
        return self._find(symbol) is not None

    contains_key = __contains__

    def keys(self) -> list[Symbol]:
        return [symbol for symbol in self._symbols if self._find(symbol) is not None]

    def values(self) -> list[_Bar]:
        return [bar for bar in map(self._find, self._symbols) if bar is not None]

    def items(self) -> list[tuple[Symbol, _Bar]]:
        return [(bar.symbol, bar) for bar in self.values()]

    def __iter__(self) -> Iterator[Symbol]:
        return iter(self.keys())

    def __len__(self) -> int:
        return len(self.keys())

    @property
    def count(self) -> int:
        return len(self)


class Slice(PascalNames):
    """The data of one moment; ``time`` is naive New York time, ``utc_time`` naive UTC."""

    __slots__ = ("_day", "_index")

    def __init__(self, day: TradingDay, index: int) -> None:
        self._day = day
        self._index = index

    @property
    def time(self) -> datetime:
        return from_ms(self._day.utc_ms[self._index] + self._day.offset_ms)

    @property
    def utc_time(self) -> datetime:
        return from_ms(self._day.utc_ms[self._index])

    @property
    def has_data(self) -> bool:
        return self._day.has_user_data(self._index)

    @property
    def bars(self) -> BarsView[TradeBar]:
        return BarsView(self._day.trades.keys(), self._trade_bar)

    @property
    def quote_bars(self) -> BarsView[QuoteBar]:
        return BarsView(self._day.quotes.keys(), self._quote_bar)

    def contains_key(self, symbol: Symbol | str) -> bool:
        """The symbol has a trade or a quote bar in this slice."""
        known = self._known(symbol)
        return known is not None and self._day.has_point_of(known, self._index)

    __contains__ = contains_key

    def get(self, symbol: Symbol | str, default: TradeBar | QuoteBar | None = None) -> TradeBar | QuoteBar | None:
        bar = self._trade_bar(symbol) or self._quote_bar(symbol)
        return default if bar is None else bar

    def __getitem__(self, symbol: Symbol | str) -> TradeBar | QuoteBar:
        bar = self.get(symbol)
        if bar is None:
            raise KeyError(f"'{symbol}' has no data in this slice; test with contains_key first")
        return bar

    def keys(self) -> list[Symbol]:
        symbols = dict.fromkeys([*self._day.trades, *self._day.quotes])
        return [symbol for symbol in symbols if self.contains_key(symbol)]

    def values(self) -> list[TradeBar | QuoteBar]:
        return [self[symbol] for symbol in self.keys()]

    def __iter__(self) -> Iterator[Symbol]:
        return iter(self.keys())

    def __len__(self) -> int:
        return len(self.keys())

    @property
    def count(self) -> int:
        return len(self)

    def _known(self, symbol: Symbol | str) -> Symbol | None:
        if not isinstance(symbol, str):
            return symbol
        return next((known for known in [*self._day.trades, *self._day.quotes] if known == symbol), None)

    def _trade_bar(self, symbol: Symbol | str) -> TradeBar | None:
        series, index = self._point(self._day.trades, symbol)
        return None if series is None else series.bar(index)

    def _quote_bar(self, symbol: Symbol | str) -> QuoteBar | None:
        series, index = self._point(self._day.quotes, symbol)
        return None if series is None else series.bar(index)

    def _point(
        self, entries: Mapping[Symbol, tuple[_Series, SeriesGroup]], symbol: Symbol | str
    ) -> tuple[_Series | None, int]:
        """The symbol's series and its point in this slice; no series when it has no point."""
        known = self._known(symbol)
        entry = None if known is None else entries.get(known)
        if entry is None:
            return None, -1
        series, group = entry
        index = group.position(self._index)
        return (series, index) if index >= 0 else (None, -1)
