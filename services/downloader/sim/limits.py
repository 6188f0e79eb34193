"""Reasons to refuse a request before looking at what it asks for."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

from .answers import Answer, error_answer
from .config import SimConfig

_TOO_MANY: Final = (
    "You've exceeded the maximum requests per minute, please wait or upgrade your subscription to continue."
)


class RateLimits:
    """A fixed window per minute, a token bucket per second, and a cap on requests in flight."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._window = -1
        self._used = 0
        self._tokens = 0.0
        self._filled_at = -math.inf

    def refusal(self, config: SimConfig, in_flight: int) -> Answer | None:
        """A 429 if this request is one too many; it counts otherwise."""
        if config.max_in_flight is not None and in_flight > config.max_in_flight:
            return too_many(config.retry_after_s)
        if config.requests_per_minute is not None and not self._in_window(config.requests_per_minute):
            return too_many(config.retry_after_s)
        if config.requests_per_second is not None and not self._token(config.requests_per_second):
            return too_many(config.retry_after_s)
        return None

    def _in_window(self, allowed: int) -> bool:
        window = int(self._monotonic() // 60)
        if window != self._window:
            self._window, self._used = window, 0
        self._used += 1
        return self._used <= allowed

    def _token(self, rate: float) -> bool:
        now = self._monotonic()
        self._tokens = min(max(rate, 1.0), self._tokens + (now - self._filled_at) * rate)
        self._filled_at = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True


def too_many(retry_after_s: float | None) -> Answer:
    """429 as the vendor words it."""
    headers = {} if retry_after_s is None else {"Retry-After": f"{retry_after_s:g}"}
    return error_answer(429, "ERROR", _TOO_MANY, headers=headers)


def key_refusal(config: SimConfig, key: str) -> Answer | None:
    """A 401 unless the key is good."""
    if not key:
        return error_answer(401, "ERROR", "API Key was not provided")
    if config.keys and key not in config.keys:
        return error_answer(401, "ERROR", "Unknown API Key")
    return None


def not_entitled(text: str) -> Answer:
    """403 of a plan that does not include what was asked."""
    return error_answer(403, "NOT_AUTHORIZED", f"You are not entitled to this data. {text}", key="message")
