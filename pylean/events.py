"""Events in the manner of .NET."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

__all__ = ["EventHandlers"]


class EventHandlers:
    """Handlers are added with ``+=``, taken away with ``-=`` and called as ``handler(sender, data)`` in that order."""

    __slots__ = ("_handlers",)

    def __init__(self) -> None:
        self._handlers: list[Callable[[Any, Any], Any]] = []

    def __iadd__(self, handler: Callable[[Any, Any], Any]) -> EventHandlers:
        self._handlers.append(handler)
        return self

    def __isub__(self, handler: Callable[[Any, Any], Any]) -> EventHandlers:
        self._handlers.remove(handler)
        return self

    def __call__(self, sender: Any, data: Any) -> None:
        for handler in self._handlers:
            handler(sender, data)

    def __bool__(self) -> bool:
        return bool(self._handlers)
