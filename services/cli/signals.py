"""Signals as facts to be looked at, not as exceptions out of nowhere."""

from __future__ import annotations

import signal
from types import FrameType, TracebackType
from typing import Any, Self

__all__ = ["SignalRecorder", "Terminated", "raise_on_sigterm"]


class Terminated(BaseException):
    """SIGTERM came. No Exception: nothing but the outermost code may hold it up."""


def raise_on_sigterm() -> None:
    """Let SIGTERM raise Terminated, as SIGINT raises KeyboardInterrupt, so that clean-up runs."""
    signal.signal(signal.SIGTERM, _terminate)


class SignalRecorder:
    """While entered, SIGINT and SIGTERM are only counted; whoever loops asks for them. Main thread only."""

    def __init__(self) -> None:
        self._received: list[int] = []
        self._previous: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Self:
        for number in (signal.SIGINT, signal.SIGTERM):
            self._previous[number] = signal.signal(number, self._record)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._previous.items():
            signal.signal(number, handler)

    def take(self) -> signal.Signals | None:
        """The oldest signal not taken yet."""
        return signal.Signals(self._received.pop(0)) if self._received else None

    @property
    def has_any(self) -> bool:
        """A signal waits to be taken."""
        return bool(self._received)

    def put_back(self, number: signal.Signals) -> None:
        """Leave a taken signal to whoever looks next."""
        self._received.insert(0, number)

    def _record(self, number: int, _frame: FrameType | None) -> None:
        self._received.append(number)


def _terminate(_number: int, _frame: FrameType | None) -> None:
    raise Terminated
