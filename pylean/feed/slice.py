"""A slice: everything that is new at one moment. Bars are made when they are read."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from pylean.clock import from_ms
from pylean.feed.bars import QuoteBar, TradeBar
from pylean.feed.base_data import BaseData
from pylean.feed.corporate_actions import CorporateAction, Delisting, Dividend, Split, SymbolChangedEvent
from pylean.keyed import KeyValuePair
from pylean.naming import PascalNames

if TYPE_CHECKING:
    from pylean.feed.series import Series
    from pylean.feed.timeline import SeriesGroup, Timeline
    from pylean.securities.symbol import Symbol

__all__ = ["DataView", "Slice"]

_Data = TypeVar("_Data", bound=BaseData)


class DataView(PascalNames, Generic[_Data]):
    """Data of one kind in a slice, by symbol or ticker, in slice order (by ticker). Iterating gives key and value."""

    __slots__ = ("_find", "_symbols")

    def __init__(self, symbols: Collection[Symbol], find: Callable[[Symbol], _Data | None]) -> None:
        self._symbols = symbols
        self._find: Callable[[Symbol], _Data | None] = find

    def _found(self, symbol: Symbol | str) -> _Data | None:
        if isinstance(symbol, str):
            known = next((known for known in self._symbols if known == symbol), None)
            return None if known is None else self._find(known)
        return self._find(symbol)

    def get(self, symbol: Symbol | str, default: _Data | None = None) -> _Data | None:
        data = self._found(symbol)
        return default if data is None else data

    get_value = get

    def try_get_value(self, symbol: Symbol | str) -> tuple[bool, _Data | None]:
        data = self._found(symbol)
        return data is not None, data

    def __getitem__(self, symbol: Symbol | str) -> _Data:
        data = self._found(symbol)
        if data is None:
            raise KeyError(f"'{symbol}' has no data of this kind in this slice; test with contains_key first")
        return data

    def __contains__(self, symbol: Symbol | str) -> bool:
        return self._found(symbol) is not None

    contains_key = __contains__

    def keys(self) -> list[Symbol]:
        return [symbol for symbol in self._symbols if self._find(symbol) is not None]

    def values(self) -> list[_Data]:
        return [data for data in map(self._find, self._symbols) if data is not None]

    def items(self) -> list[tuple[Symbol, _Data]]:
        return [(data.symbol, data) for data in self.values()]

    def __iter__(self) -> Iterator[KeyValuePair[Symbol, _Data]]:
        return (KeyValuePair(data.symbol, data) for data in self.values())

    def __len__(self) -> int:
        return len(self.keys())

    @property
    def count(self) -> int:
        return len(self)


class Slice(PascalNames):
    """The data of one moment; ``time`` is naive New York time, ``utc_time`` naive UTC."""

    __slots__ = ("_index", "_timeline")

    def __init__(self, timeline: Timeline, index: int) -> None:
        self._timeline = timeline
        self._index = index

    @property
    def time(self) -> datetime:
        return from_ms(self._timeline.local_ms[self._index])

    @property
    def utc_time(self) -> datetime:
        return from_ms(self._timeline.utc_ms[self._index])

    @property
    def has_data(self) -> bool:
        return self._timeline.has_data[self._index]

    @property
    def bars(self) -> DataView[TradeBar]:
        return DataView(self._timeline.trades.keys(), self._trade_bar)

    @property
    def quote_bars(self) -> DataView[QuoteBar]:
        return DataView(self._timeline.quotes.keys(), self._quote_bar)

    @property
    def dividends(self) -> DataView[Dividend]:
        return self._actions_of(Dividend)

    @property
    def splits(self) -> DataView[Split]:
        return self._actions_of(Split)

    @property
    def delistings(self) -> DataView[Delisting]:
        return self._actions_of(Delisting)

    @property
    def symbol_changed_events(self) -> DataView[SymbolChangedEvent]:
        return self._actions_of(SymbolChangedEvent)

    @property
    def all_data(self) -> list[BaseData]:
        """Every point of the slice, trades before quotes, then what happened to the companies."""
        return [*self.bars.values(), *self.quote_bars.values(), *self._timeline.actions.get(self._index, ())]

    def contains_key(self, symbol: Symbol | str) -> bool:
        """The symbol has anything in this slice."""
        known = self._known(symbol)
        if known is None:
            return False
        return self._timeline.has_point_of(known, self._index) or bool(self._actions_about(known))

    __contains__ = contains_key

    def get(self, *key: Any) -> Any:
        """``get(symbol)``: its bar or ``None``; ``get(kind)``: all data of a class; ``get(kind, symbol)``: of it."""
        if isinstance(key[0], type):
            view = self._of_kind(key[0])
            return view if len(key) == 1 else view.get(key[1])
        found = self._find(key[0])
        return key[1] if found is None and len(key) > 1 else found

    def __getitem__(self, symbol: Symbol | str) -> Any:
        """The symbol's bar; ``None`` when the slice only tells of its company, as on the day of a dividend."""
        found = self._find(symbol)
        if found is None and not self.contains_key(symbol):
            raise KeyError(f"'{symbol}' has no data in this slice; test with contains_key first")
        return found

    def try_get_value(self, symbol: Symbol | str) -> tuple[bool, Any]:
        found = self._find(symbol)
        return found is not None, found

    def keys(self) -> list[Symbol]:
        symbols = dict.fromkeys([*self._timeline.trades, *self._timeline.quotes])
        symbols |= dict.fromkeys(action.symbol for action in self._timeline.actions.get(self._index, ()))
        return [symbol for symbol in symbols if self.contains_key(symbol)]

    def values(self) -> list[Any]:
        return [self[symbol] for symbol in self.keys()]

    def items(self) -> list[tuple[Symbol, Any]]:
        return [(symbol, self[symbol]) for symbol in self.keys()]

    def __iter__(self) -> Iterator[KeyValuePair[Symbol, Any]]:
        return (KeyValuePair(symbol, data) for symbol, data in self.items())

    def __len__(self) -> int:
        return len(self.keys())

    @property
    def count(self) -> int:
        return len(self)

    def _known(self, symbol: Symbol | str) -> Symbol | None:
        if not isinstance(symbol, str):
            return symbol
        acted = [action.symbol for action in self._timeline.actions.get(self._index, ())]
        known = [*self._timeline.trades, *self._timeline.quotes, *acted]
        return next((candidate for candidate in known if candidate == symbol), None)

    def _find(self, symbol: Symbol | str) -> BaseData | None:
        known = self._known(symbol)
        if known is None:
            return None
        return self._trade_bar(known) or self._quote_bar(known)

    def _of_kind(self, kind: type) -> DataView[Any]:
        if issubclass(kind, CorporateAction):
            return self._actions_of(kind)
        return self.quote_bars if issubclass(kind, QuoteBar) else self.bars

    def _actions_about(self, symbol: Symbol) -> list[CorporateAction]:
        return [action for action in self._timeline.actions.get(self._index, ()) if action.symbol == symbol]

    def _actions_of(self, kind: type[Any]) -> DataView[Any]:
        found = {
            action.symbol: action for action in self._timeline.actions.get(self._index, ()) if type(action) is kind
        }
        return DataView(found.keys(), found.get)

    def _trade_bar(self, symbol: Symbol) -> TradeBar | None:
        bar: TradeBar | None = self._point(self._timeline.trades, symbol, TradeBar)
        return bar

    def _quote_bar(self, symbol: Symbol) -> QuoteBar | None:
        bar: QuoteBar | None = self._point(self._timeline.quotes, symbol, QuoteBar)
        return bar

    def _point(self, entries: Mapping[Symbol, tuple[Any, SeriesGroup]], symbol: Symbol, kind: type) -> Any:
        """The symbol's finest bar of a kind in this slice; ``None`` for none."""
        entry = entries.get(symbol)
        if entry is None:
            return None
        series, group = entry
        index = group.position(self._index)
        if index >= 0:
            return series.bar(index)
        coarser: list[tuple[Series, SeriesGroup]] = self._timeline.coarser.get(symbol, [])
        for other, other_group in coarser:
            index = other_group.position(self._index)
            if index >= 0 and other.config.type is kind:
                return other.bar(index)
        return None
