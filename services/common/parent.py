"""Ending with the process that started us."""

from __future__ import annotations

import asyncio
import os

__all__ = ["watch_parent"]


def watch_parent(pid: int | None, stopping: asyncio.Event) -> int | None:
    """Sets `stopping` when the process `pid` is gone. Gives the descriptor to unregister and close at the end."""
    if pid is None:
        return None
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        stopping.set()
        return None
    # A pidfd becomes readable when its process ends; a recycled pid cannot be mistaken for it.
    asyncio.get_running_loop().add_reader(descriptor, stopping.set)
    return descriptor
