"""Carrying a stream of a peer into a run's log: reading and writing side by side, the writing in batches."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from services.gateway.coalesce import Coalescer
from services.gateway.tasks import end_tasks

__all__ = ["relay"]

MessageT = TypeVar("MessageT")
FinalT = TypeVar("FinalT")

# Read ahead of the writing; beyond it gRPC's flow control slows the sender down.
_QUEUE_MESSAGES = 64


@dataclass(frozen=True, slots=True)
class _End:
    """The stream is over, by `error` or in order."""

    error: BaseException | None


async def relay(
    messages: AsyncIterator[MessageT],
    accept: Callable[[MessageT], Awaitable[FinalT | None]],
    coalescer: Coalescer,
    flush: Callable[[bool], Awaitable[None]],
) -> FinalT | None:
    """Passes each message to `accept`, which may fill `coalescer`, and calls `flush` whenever a batch is due.

    Ends with what `accept` gives back when that is not None, with None at the end of the stream, or with the stream's
    error; everything accepted before is flushed, `flush(True)` meaning all of it.
    """
    queue: asyncio.Queue[MessageT | _End] = asyncio.Queue(_QUEUE_MESSAGES)
    reader = asyncio.create_task(_read(messages, queue))
    try:
        return await _Writer(queue, accept, coalescer, flush).write()
    finally:
        await end_tasks(reader)


async def _read(messages: AsyncIterator[MessageT], queue: asyncio.Queue[MessageT | _End]) -> None:
    try:
        async for message in messages:
            await queue.put(message)
    except Exception as error:  # noqa: BLE001 # raised again where the messages are used
        await queue.put(_End(error))
    else:
        await queue.put(_End(None))


@dataclass(frozen=True, slots=True)
class _Writer(Generic[MessageT, FinalT]):
    queue: asyncio.Queue[MessageT | _End]
    accept: Callable[[MessageT], Awaitable[FinalT | None]]
    coalescer: Coalescer
    flush: Callable[[bool], Awaitable[None]]

    async def write(self) -> FinalT | None:
        while True:
            message = await self._next()
            if isinstance(message, _End):
                await self.flush(True)
                if message.error is not None:
                    raise message.error
                return None
            if message is not None:
                final = await self.accept(message)
                if final is not None:
                    await self.flush(True)
                    return final
            wait_s = self.coalescer.wait_s()
            if wait_s is not None and wait_s <= 0:
                await self.flush(False)

    async def _next(self) -> MessageT | _End | None:
        """The next message, or None when a batch is due before there is one."""
        if not self.queue.empty():
            return self.queue.get_nowait()
        try:
            async with asyncio.timeout(self.coalescer.wait_s()):
                return await self.queue.get()
        except TimeoutError:
            return None
