"""A blocking iterator read by a thread, so that its reader can look at the clock and at signals in between."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Generic, Self, TypeVar

__all__ = ["Pump"]

MAX_WAITING = 1000  # items; beyond it the source waits for the reader
PUT_POLL_S = 0.1
JOIN_TIMEOUT_S = 1.0

T = TypeVar("T")


class Pump(Generic[T]):
    """Items of an iterator, without blocking longer than asked for. `stop` must make a blocked source give up."""

    def __init__(self, source: Iterator[T], stop: Callable[[], None]) -> None:
        self._source = source
        self._stop = stop
        self._items: queue.Queue[T] = queue.Queue(MAX_WAITING)
        self._closed = threading.Event()
        self._ended = threading.Event()
        self._error: BaseException | None = None
        self.is_exhausted = False
        """The source has ended and its last item was taken."""
        self._thread = threading.Thread(target=self._read, name="watch", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closed.set()
        self._stop()
        self._thread.join(JOIN_TIMEOUT_S)

    @property
    def has_ended(self) -> bool:
        """The source gives no more items; some may still wait to be taken."""
        return self._ended.is_set()

    def take(self, timeout_s: float) -> T | None:
        """The next item, or None when there is none within `timeout_s` or at all; raises the source's error."""
        # Whether the source has ended must be known before looking, else a last item may be overlooked.
        ended = self._ended.is_set()
        try:
            return self._items.get(block=not ended, timeout=timeout_s)
        except queue.Empty:
            self.is_exhausted = ended
            if ended and self._error is not None:
                raise self._error from None
            return None

    def _read(self) -> None:
        try:
            for item in self._source:
                if not self._put(item):
                    return
        except BaseException as error:  # noqa: BLE001 # handed to the reader, whatever it is
            self._error = error
        finally:
            self._ended.set()

    def _put(self, item: T) -> bool:
        while not self._closed.is_set():
            try:
                self._items.put(item, timeout=PUT_POLL_S)
            except queue.Full:
                continue
            return True
        return False
