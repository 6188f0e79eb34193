"""A queue that begins again when it has come to its end."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import Any, Generic, TypeVar

from pylean.events import EventHandlers
from pylean.naming import PascalNames

__all__ = ["CircularQueue"]

_Item = TypeVar("_Item")


class CircularQueue(PascalNames, Generic[_Item]):
    """Each item in turn, for ever. ``circle_completed`` is told each time the first one is taken, as in Lean.

    Items are given one by one or as one collection.
    """

    def __init__(self, *items: Any) -> None:
        given: Iterable[_Item] = items[0] if len(items) == 1 and isinstance(items[0], (list, tuple)) else items
        self._items = deque(given)
        self._head = self._items[0] if self._items else None
        self.circle_completed = EventHandlers()

    def dequeue(self) -> _Item:
        """The next item. Raises IndexError for a queue without items."""
        item = self._items.popleft()
        if item == self._head:
            self.circle_completed(self, None)
        self._items.append(item)
        return item
