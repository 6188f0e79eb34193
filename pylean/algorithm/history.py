"""History requests: data before now."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any

from pylean.algorithm.core import AlgorithmCore
from pylean.feed.bars import TradeBar
from pylean.history import DataDictionary, HistoryCall, HistorySlice, frame_of, last_known_bars, slices_of
from pylean.history.requests import HistoryRequests
from pylean.history.universes import universe_frame
from pylean.securities.security import Security
from pylean.securities.symbol import Symbol
from pylean.universes.base import Universe

if TYPE_CHECKING:
    import pandas as pd

    from pylean.feed.base_data import BaseData

__all__ = ["HistoryMixin"]


class HistoryMixin(AlgorithmCore):
    """``history(…)`` gives a data frame, ``history[TradeBar](…)`` the bars themselves."""

    @property
    def history(self) -> History:
        return History(self._history_requests)

    @cached_property
    def _history_requests(self) -> HistoryRequests:
        return HistoryRequests(self._lean, self.securities, self.universe_settings)

    def get_last_known_prices(self, subject: Any) -> list[BaseData] | DataDictionary:
        """The latest bars of a symbol or security, trades before quotes; of several, a dictionary of them by symbol."""
        is_one = isinstance(subject, Symbol | str | Security)
        symbols = self._history_requests.symbols([subject] if is_one else list(subject))
        found = last_known_bars(self._history_requests, symbols)
        return found.get(symbols[0], []) if is_one else DataDictionary(self.time, found)

    def get_last_known_price(self, subject: Symbol | str | Security) -> BaseData | None:
        """The latest trade bar, or the latest quote bar without one; ``None`` without any."""
        (symbol,) = self._history_requests.symbols([subject])
        bars = last_known_bars(self._history_requests, [symbol]).get(symbol, [])
        return next((bar for bar in bars if isinstance(bar, TradeBar)), bars[-1] if bars else None)


class History:
    """A history request in any of Lean's forms; see ``HistoryCall`` for what it takes."""

    def __init__(self, requests: HistoryRequests) -> None:
        self._requests = requests

    def __call__(self, *arguments: Any, **named: Any) -> pd.DataFrame | pd.Series[Any] | list[HistorySlice]:
        """A frame by symbol and end time; for all securities, without symbols or type, a list of slices; for a universe
        lists of its data by time, or flattened a frame by time and symbol."""
        call = HistoryCall.read(arguments, named)
        if isinstance(call.symbols, Universe):
            return universe_frame(self._requests.universe(call.symbols, call), flatten=call.flatten)
        points = self._requests.points(call)
        return slices_of(points) if call.symbols is None and call.kind is None else frame_of(points)

    def __getitem__(self, kind: type) -> Callable[..., list[Any]]:
        """The request for one kind of bar: a list of bars for one symbol, of dictionaries of bars for several."""

        def request(*arguments: Any, **named: Any) -> list[Any]:
            return self._typed(HistoryCall.read(arguments, named, kind))

        return request

    def _typed(self, call: HistoryCall) -> list[Any]:
        points = self._requests.points(call)
        if isinstance(call.symbols, Symbol | str):
            if not points:
                raise ValueError(f"{call.symbols} has no {call.kind.__name__ if call.kind else 'data'} to read")
            return [bar for part in points for bar in part]
        return [_dictionary_of(slice) for slice in slices_of(points)]


def _dictionary_of(slice: HistorySlice) -> DataDictionary:
    return DataDictionary(slice.time, dict(slice.items()))
