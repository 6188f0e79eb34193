"""Events in the manner of .NET."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

__all__ = ["EventHandlers"]


class EventHandlers(list[Callable[[Any, Any], Any]]):
    """Handlers are added with ``+=``, taken away with ``-=`` and called as ``handler(sender, data)`` in that order."""

    def __iadd__(self, handler: Callable[[Any, Any], Any]) -> EventHandlers:  # type: ignore[override, misc]
        self.append(handler)
        return self

    def __isub__(self, handler: Callable[[Any, Any], Any]) -> EventHandlers:
        self.remove(handler)
        return self

    def __call__(self, sender: Any, data: Any) -> None:
        for handler in self:
            handler(sender, data)
