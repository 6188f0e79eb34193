"""HTTP to the provider: one client, a cap on requests in flight, retries with a budget, the key in one header only."""

from __future__ import annotations

import asyncio
import logging
import math
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

import httpx
import msgspec
import stamina
from aiolimiter import AsyncLimiter

from .body import MAX_WIRE_BYTES, Body
from .errors import (
    DamagedAnswerError,
    KeyRejectedError,
    NotFoundError,
    RateLimitedError,
    RefusedError,
    RetryableError,
    UnreachableError,
)
from .wire import ERROR_DECODER

SIMULATOR_HEADER: Final = "X-Zac-Simulator"
_CONNECT_TIMEOUT_S: Final = 10.0
_ANSWER_TIMEOUT_S: Final = 180.0
_RETRYABLE: Final = frozenset({408, 413, 425, 429, 499, 500, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often and how long a request is tried again.

    Waits double from ``first_wait_s``; after a 429 without Retry-After they start at ``rate_limit_wait_s``, so that
    they outlast a minute's window. A Retry-After above ``longest_wait_s`` is not waited for.
    """

    attempts: int = 7
    first_wait_s: float = 0.2
    rate_limit_wait_s: float = 2.0
    longest_wait_s: float = 90.0


@dataclass(slots=True)
class RetryBudget:
    """Retries that one download may spend in all, so that a provider in trouble is not hammered."""

    left: int = 200

    def take(self) -> bool:
        """Spend one; False if none is left."""
        self.left -= 1
        return self.left >= 0


@dataclass(slots=True)
class Meter:
    """What a set of requests has cost so far."""

    budget: RetryBudget = field(default_factory=RetryBudget)
    requests: int = 0
    retries: int = 0
    bytes_received: int = 0


class Transport:
    """GET requests to one base address, which is the only one that is ever asked and ever sees the key."""

    def __init__(
        self,
        base_url: str,
        key: str,
        *,
        max_in_flight: int,
        requests_per_minute: int | None = None,
        read_timeout_s: float = 30.0,
        retries: RetryPolicy | None = None,
    ) -> None:
        self.base_url = base_url
        self.host = urlsplit(base_url).netloc
        self._key = key
        self._retries = retries or RetryPolicy()
        self._slots = asyncio.Semaphore(max_in_flight)
        self._pace = None if requests_per_minute is None else AsyncLimiter(requests_per_minute, 60)
        # These write a line per request, and the second one headers.
        for name in ("httpx", "httpcore"):
            logging.getLogger(name).setLevel(logging.WARNING)
        self._client = httpx.AsyncClient(
            headers={"Authorization": f"Bearer {key}", "Accept-Encoding": "gzip", "User-Agent": "zac-downloader"},
            timeout=httpx.Timeout(read_timeout_s, connect=_CONNECT_TIMEOUT_S, pool=None),
            limits=httpx.Limits(max_connections=max_in_flight, max_keepalive_connections=max_in_flight),
            follow_redirects=False,
            # A proxy from the environment must not see what stays on this machine.
            trust_env=not base_url.startswith("http://"),
        )

    async def aclose(self) -> None:
        """Close all connections."""
        await self._client.aclose()

    async def get(self, path: str, meter: Meter) -> Body:
        """Body of a 200 answer to ``path``, which starts with a slash and carries the query.

        Raises:
            KeyRejectedError, RefusedError, NotFoundError: at once.
            UnreachableError, RateLimitedError: when the retries or the budget are spent.
            DamagedAnswerError: a redirect, or a body that is too large.
        """
        last: list[Exception] = []
        try:
            async for attempt in stamina.retry_context(
                on=self._wait_for_next(meter, last),
                attempts=self._retries.attempts,
                timeout=None,
                wait_initial=self._retries.first_wait_s,
                wait_max=self._retries.first_wait_s * 32,
                wait_jitter=self._retries.first_wait_s,
            ):
                with attempt:
                    return await self._attempt(path, meter)
        except RetryableError as error:
            text = self._failure(path, str(error), len(last))
            if error.status == httpx.codes.TOO_MANY_REQUESTS:
                raise RateLimitedError(text, error.retry_after_s) from error
            raise UnreachableError(text) from error
        except (httpx.TransportError, TimeoutError) as error:
            raise UnreachableError(self._failure(path, _described(error), len(last))) from error
        raise AssertionError("retry_context ends by returning or raising")

    def scrubbed(self, text: str) -> str:
        """Text of the provider's without the key, in case it echoes what it was sent."""
        return (text.replace(self._key, "***") if self._key else text)[:300]

    def _wait_for_next(self, meter: Meter, failures: list[Exception]) -> Callable[[Exception], bool | float]:
        def decide(error: Exception) -> bool | float:
            if not isinstance(error, (RetryableError, httpx.TransportError, TimeoutError)):
                return False
            failures.append(error)
            if len(failures) >= self._retries.attempts or not meter.budget.take():
                return False
            wait_s = self._asked_wait_s(error, len(failures))
            if wait_s is not None and wait_s > self._retries.longest_wait_s:
                return False
            meter.retries += 1
            return True if wait_s is None else wait_s

        return decide

    def _asked_wait_s(self, error: Exception, failures: int) -> float | None:
        """What a 429 or a Retry-After asks for; None leaves the wait to the usual growth."""
        if not isinstance(error, RetryableError):
            return None
        if error.retry_after_s is not None:
            return error.retry_after_s + random.uniform(0, 0.1 * self._retries.first_wait_s)  # noqa: S311 - jitter
        if error.status != httpx.codes.TOO_MANY_REQUESTS:
            return None
        wait_s = math.ldexp(self._retries.rate_limit_wait_s, failures - 1)
        return min(wait_s, 32.0) * random.uniform(1, 1.25)  # noqa: S311 - jitter

    async def _attempt(self, path: str, meter: Meter) -> Body:
        async with self._slots:
            if self._pace is not None:
                await self._pace.acquire()
            meter.requests += 1
            url = f"{self.base_url}{path}"
            async with asyncio.timeout(_ANSWER_TIMEOUT_S), self._client.stream("GET", url) as response:
                if response.status_code == httpx.codes.OK:
                    content = await self._read(response, MAX_WIRE_BYTES, meter)
                    encoding = response.headers.get("content-encoding", "")
                    return Body(content, encoding, SIMULATOR_HEADER in response.headers)
                raise await self._refusal(response, meter)

    async def _read(self, response: httpx.Response, limit: int, meter: Meter) -> bytes:
        chunks: list[bytes] = []
        size = 0
        async for chunk in response.aiter_raw():
            chunks.append(chunk)
            size += len(chunk)
            meter.bytes_received += len(chunk)
            if size > limit:
                raise DamagedAnswerError(f"the answer is larger than {limit >> 20} MiB", response.status_code)
        return b"".join(chunks)

    async def _refusal(self, response: httpx.Response, meter: Meter) -> Exception:
        status = response.status_code
        if response.is_redirect:
            return DamagedAnswerError("a redirect to another address, which is not followed", status)
        text = await self._error_text(response, meter)
        if status == httpx.codes.UNAUTHORIZED:
            return KeyRejectedError(f"{self.host} rejects the key (HTTP 401 {text})")
        if status == httpx.codes.NOT_FOUND:
            return NotFoundError(f"{self.host}: HTTP 404 {text}")
        if status in _RETRYABLE or status >= httpx.codes.INTERNAL_SERVER_ERROR:
            return RetryableError(status, text, _retry_after_s(response))
        return RefusedError(f"{self.host} refuses {response.request.url.path} (HTTP {status} {text})")

    async def _error_text(self, response: httpx.Response, meter: Meter) -> str:
        content = await self._read(response, MAX_WIRE_BYTES, meter)
        body = Body(content, response.headers.get("content-encoding", ""), is_simulated=False)
        try:
            error = ERROR_DECODER.decode(body.unpacked())
        except (msgspec.DecodeError, DamagedAnswerError):
            return "without an explanation"
        return self.scrubbed(error.error or error.message)

    def _failure(self, path: str, text: str, tries: int) -> str:
        return f"{self.host} did not answer {path.partition('?')[0]} after {tries} tries: {self.scrubbed(text)}"


def _retry_after_s(response: httpx.Response) -> float | None:
    text: str = response.headers.get("retry-after", "")
    try:
        wait_s = float(text)
    except ValueError:
        return None  # absent, or a date, which no provider we know sends
    return wait_s if math.isfinite(wait_s) and wait_s >= 0 else None


def _described(error: Exception) -> str:
    return f"{type(error).__name__} {error}".strip()
