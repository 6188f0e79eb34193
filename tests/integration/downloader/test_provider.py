"""The provider's client against the simulator: budget, pace, bounds."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from datetime import UTC, date, datetime

import pytest

from services.downloader.provider import (
    BarRange,
    KeyRejectedError,
    Meter,
    Polygon,
    RetryBudget,
    RetryPolicy,
    Transport,
    UnreachableError,
)
from services.downloader.sim import FaultRule, MarketSimulator, SimConfig

DAY = date(2025, 10, 3)
THIN = BarRange("THIN", "second", DAY, DAY)


@pytest.fixture
async def simulator() -> AsyncIterator[MarketSimulator]:
    async with MarketSimulator(SimConfig(now=datetime(2026, 2, 2, tzinfo=UTC))) as started:
        yield started


async def ask(simulator: MarketSimulator, meter: Meter, key: str = "k") -> int:
    """Bars that the provider sends for a small question."""
    transport = Transport(simulator.url, key, max_in_flight=5, retries=RetryPolicy(attempts=5, first_wait_s=0.01))
    with ThreadPoolExecutor(1) as threads:
        provider = Polygon(transport, threads)
        try:
            async with aclosing(provider.pages(THIN, meter)) as pages:
                return sum([len(page.bars) async for page in pages])
        finally:
            await provider.aclose()


async def test_retries_end_when_the_budget_of_the_download_is_spent(simulator: MarketSimulator) -> None:
    simulator.set_faults(FaultRule("503"))
    meter = Meter(RetryBudget(left=2))
    with pytest.raises(UnreachableError):
        await ask(simulator, meter)
    assert (meter.requests, meter.retries) == (3, 2)


async def test_a_full_minute_makes_the_next_request_wait(simulator: MarketSimulator) -> None:
    transport = Transport(simulator.url, "k", max_in_flight=5, requests_per_minute=120)
    started_at = time.monotonic()
    await asyncio.gather(*(transport.get("/v1/marketstatus/now", Meter()) for _ in range(122)))
    assert time.monotonic() - started_at > 0.9
    await transport.aclose()


async def test_bodies_of_any_size_on_the_wire_stay_within_bounds(simulator: MarketSimulator) -> None:
    simulator.set_faults(FaultRule("gzip_bomb", times=1))
    meter = Meter()
    assert await ask(simulator, meter) == 10
    assert meter.bytes_received < 1 << 20


async def test_an_echoed_key_does_not_get_into_an_error(simulator: MarketSimulator) -> None:
    simulator.configure(keys=frozenset({"other"}))
    # The simulator's text holds these words, so a key that equals them shows what becomes of an echo.
    with pytest.raises(KeyRejectedError) as caught:
        await ask(simulator, Meter(), key="Unknown")
    assert "Unknown" not in str(caught.value)
    assert "*** API Key" in str(caught.value)


async def test_uncompressed_answers_are_fine_too(simulator: MarketSimulator) -> None:
    transport = Transport(simulator.url, "k", max_in_flight=1)
    transport._client.headers["Accept-Encoding"] = "identity"
    body = await transport.get("/v2/aggs/ticker/THIN/range/1/second/2025-10-03/2025-10-03", Meter())
    assert (body.encoding, body.unpacked()[:16]) == ("", b'{"ticker":"THIN"')
    assert body.is_simulated
    await transport.aclose()
