"""What arrives for a selection."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, overload

from pylean.feed.base_data import BaseData

if TYPE_CHECKING:
    from pylean.securities.symbol import Symbol

__all__ = ["UniverseData"]


class UniverseData(Sequence[BaseData]):
    """Points of one instant; each is a data point of the run, and reaches the security it is about."""

    def __init__(self, points: Iterable[BaseData] = ()) -> None:
        self._points: Sequence[BaseData] = list(points)
        self._by_symbol: dict[Symbol, BaseData] | None = None

    def of(self, symbol: Symbol) -> BaseData | None:
        """The point about a security, the last one if there are several."""
        if self._by_symbol is None:
            self._by_symbol = {point.symbol: point for point in self._points}
        return self._by_symbol.get(symbol)

    def __len__(self) -> int:
        return len(self._points)

    def __iter__(self) -> Iterator[BaseData]:
        return iter(self._points)

    @overload
    def __getitem__(self, index: int) -> BaseData: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[BaseData]: ...
    def __getitem__(self, index: int | slice) -> BaseData | Sequence[BaseData]:
        return self._points[index]
