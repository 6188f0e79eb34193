"""The last few values of anything, newest first."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Any, Generic, TypeVar

from pylean.naming import PascalNames, assignable

__all__ = ["RollingWindow"]

_Item = TypeVar("_Item")


@assignable("size")
class RollingWindow(PascalNames, Generic[_Item]):
    """``window[0]`` is the newest item. An index beyond the size makes the window larger, as in Lean.

    ``RollingWindow[float](20)`` and ``RollingWindow(20)`` are the same; the item's type is not checked.
    """

    __slots__ = ("_items", "_removed", "samples")

    def __init__(self, size: int) -> None:
        if size < 0:
            raise ValueError(f"size of a rolling window is {size}: it must not be below 0")
        self._items: deque[_Item] = deque(maxlen=size)
        self._removed: _Item | None = None
        self.samples = 0

    def add(self, item: _Item) -> None:
        items = self._items
        if len(items) == items.maxlen and items:
            self._removed = items[-1]
        self.samples += 1
        items.appendleft(item)

    @property
    def size(self) -> int:
        """How many items it can hold; a smaller size drops the oldest."""
        return self._items.maxlen or 0

    @size.setter
    def size(self, size: int) -> None:
        if size < 0:
            raise ValueError(f"size of a rolling window is {size}: it must not be below 0")
        kept = list(self._items)[:size]
        self._items = deque(kept, maxlen=size)

    @property
    def count(self) -> int:
        return len(self._items)

    @property
    def is_ready(self) -> bool:
        """As many items came as the window holds."""
        return self.samples >= self.size

    @property
    def most_recently_removed(self) -> _Item | None:
        """The item that fell out last. Raises IndexError while none did."""
        if self.samples <= self.size:
            raise IndexError("no item has left the rolling window yet")
        return self._removed

    def reset(self) -> None:
        self._items.clear()
        self.samples = 0

    def _place(self, index: int) -> int:
        """An index from the newest item; negative ones count from the oldest. Raises IndexError beyond the size."""
        if index >= 0:
            return index
        if self.size + index < 0:
            raise IndexError(f"index {index} is outside a rolling window of size {self.size}")
        return index

    def __getitem__(self, index: int) -> _Item:
        place = self._place(index)
        if place < 0:
            place += len(self._items)
            if place < 0:
                return None  # type: ignore[return-value]  # Lean's default value of the item
        if place >= len(self._items):
            if place >= self.size:
                self.size = place + 1
            return None  # type: ignore[return-value]
        return self._items[place]

    def __setitem__(self, index: int, item: _Item) -> None:
        place = self._place(index)
        if place < 0:
            place += self.size
        if place >= self.size:
            self.size = place + 1
        while place >= len(self._items):
            self.add(None)  # type: ignore[arg-type]
        self._items[place] = item

    def __iter__(self) -> Iterator[_Item]:
        return iter(tuple(self._items))

    def __len__(self) -> int:
        return len(self._items)

    def __class_getitem__(cls, item: Any) -> Any:
        return cls
