"""History by moment: dictionaries of bars, and slices."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from pylean.clock import from_ms
from pylean.feed.bars import QuoteBar, TradeBar
from pylean.naming import PascalNames

if TYPE_CHECKING:
    from pylean.history.points import HistoryPoints
    from pylean.securities.symbol import Symbol

__all__ = ["DataDictionary", "HistorySlice", "slices_of"]


class DataDictionary(PascalNames):
    """Data of one moment by symbol or ticker; ``time`` is naive New York time."""

    def __init__(self, time: datetime, data: dict[Symbol, Any] | None = None) -> None:
        self.time = time
        self._data = {} if data is None else data

    def get(self, symbol: Symbol | str, default: Any = None) -> Any:
        if isinstance(symbol, str):
            return next((value for known, value in self._data.items() if known == symbol), default)
        return self._data.get(symbol, default)

    get_value = get

    def __getitem__(self, symbol: Symbol | str) -> Any:
        value = self.get(symbol)
        if value is None:
            raise KeyError(f"'{symbol}' has no data at {self.time}; test with contains_key first")
        return value

    def __contains__(self, symbol: Symbol | str) -> bool:
        return self.get(symbol) is not None

    contains_key = __contains__

    def keys(self) -> list[Symbol]:
        return list(self._data)

    def values(self) -> list[Any]:
        return list(self._data.values())

    def items(self) -> list[tuple[Symbol, Any]]:
        return list(self._data.items())

    def __iter__(self) -> Iterator[Symbol]:
        return iter(self.keys())

    def __len__(self) -> int:
        return len(self._data)

    @property
    def count(self) -> int:
        return len(self)


class HistorySlice(DataDictionary):
    """What was new at one moment of the past: of each symbol its trade bar, or else its quote bar."""

    def __init__(self, time: datetime) -> None:
        super().__init__(time)
        self._trades: dict[Symbol, TradeBar] = {}
        self._quotes: dict[Symbol, QuoteBar] = {}

    @property
    def bars(self) -> DataDictionary:
        return DataDictionary(self.time, dict(self._trades))

    @property
    def quote_bars(self) -> DataDictionary:
        return DataDictionary(self.time, dict(self._quotes))

    @property
    def has_data(self) -> bool:
        return len(self) > 0

    def add(self, bar: TradeBar | QuoteBar) -> None:
        """One more bar that ended at this moment."""
        if isinstance(bar, TradeBar):
            self._trades[bar.symbol] = self._data[bar.symbol] = bar
        else:
            self._quotes[bar.symbol] = bar
            self._data.setdefault(bar.symbol, bar)


def slices_of(histories: Iterable[HistoryPoints]) -> list[HistorySlice]:
    """All points by their moments, in order."""
    by_moment: dict[int, HistorySlice] = {}
    for points in histories:
        for bar in points:
            found = by_moment.get(bar.end_ms)
            if found is None:
                found = by_moment[bar.end_ms] = HistorySlice(from_ms(bar.end_ms))
            found.add(bar)
    return [by_moment[moment] for moment in sorted(by_moment)]
