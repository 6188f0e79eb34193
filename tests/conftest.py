"""Fixtures for every kind of test: the data folder beside the checkout, and waiting for a condition."""

from __future__ import annotations

import asyncio
import inspect
import os
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import pytest

T = TypeVar("T")

PROJECT = Path(__file__).resolve().parents[1]
POLL_INTERVAL_S = 0.01


@pytest.fixture(scope="session")
def project() -> Path:
    """Root of the checkout."""
    return PROJECT


@pytest.fixture(scope="session")
def shared() -> Path:
    """Read-only folder with vendor bars, golden runs and Lean's expected results: `ZAC_SHARED`, or beside the checkout.

    Its contents may not be published, so a machine without it skips what needs it. CI has to have it.
    """
    folder = Path(os.environ.get("ZAC_SHARED", PROJECT.parent / "shared"))
    if folder.is_dir():
        return folder
    reason = f"no data folder at {folder}; point ZAC_SHARED at it"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


class Eventually:
    """Polls a condition until it is truthy and gives its value back; fails with the last value after `timeout_s`.

    Call it for a plain condition; await `wait()` inside a coroutine, where the condition may be a coroutine function.
    """

    def __call__(self, condition: Callable[[], T], timeout_s: float = 5.0) -> T:
        deadline = time.monotonic() + timeout_s
        while not (value := condition()):
            self._check(deadline, value, timeout_s)
            time.sleep(POLL_INTERVAL_S)
        return value

    async def wait(self, condition: Callable[[], T | Awaitable[T]], timeout_s: float = 5.0) -> T:
        deadline = time.monotonic() + timeout_s
        while True:
            outcome = condition()
            value = await outcome if inspect.isawaitable(outcome) else outcome
            if value:
                return value
            self._check(deadline, value, timeout_s)
            await asyncio.sleep(POLL_INTERVAL_S)

    def _check(self, deadline: float, value: object, timeout_s: float) -> None:
        if time.monotonic() >= deadline:
            pytest.fail(f"not true within {timeout_s:g} s; last value: {value!r}")


@pytest.fixture(scope="session")
def eventually() -> Eventually:
    """`eventually(lambda: path.exists())`, or in a coroutine `await eventually.wait(is_serving, timeout_s=2)`."""
    return Eventually()
