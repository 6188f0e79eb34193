"""Waking those who wait for a run to change."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterator
from contextlib import contextmanager

__all__ = ["Signals"]


class Signals:
    """One event for each waiter, set whenever its run has changed. For use on one event loop."""

    def __init__(self) -> None:
        self._waiters: dict[str, set[asyncio.Event]] = {}

    @contextmanager
    def subscribed(self, run_id: str) -> Iterator[asyncio.Event]:
        """Gives an event to clear, to look for news, and then to wait for."""
        event = asyncio.Event()
        self._waiters.setdefault(run_id, set()).add(event)
        try:
            yield event
        finally:
            waiters = self._waiters[run_id]
            waiters.discard(event)
            if not waiters:
                del self._waiters[run_id]

    def notify(self, run_ids: Collection[str]) -> None:
        for run_id in run_ids:
            for event in self._waiters.get(run_id, ()):
                event.set()

    def notify_all(self) -> None:
        self.notify(tuple(self._waiters))
