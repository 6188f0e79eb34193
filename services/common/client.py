"""Channels to the services, and streams that are always ended."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, TypeVar

import grpc
import grpc.aio

__all__ = ["CHANNEL_OPTIONS", "open_channel", "stream_events", "stream_events_sync"]

MessageT = TypeVar("MessageT")

# Calls that may be sent twice without harm: reads, and creations that carry a request id.
_IDEMPOTENT = {
    "zac.data.v1.DownloaderService": ("PlanDownload", "CheckCoverage"),
    "zac.gateway.v1.BacktestService": ("Cancel", "CreateRun", "GetRun", "ListRuns"),
    "zac.gateway.v1.StrategyService": ("DescribeStrategy", "ListStrategies"),
    "zac.run.v1.RunnerService": (
        "CancelExecution",
        "DescribeStrategy",
        "GetExecution",
        "ListStrategies",
        "ValidateStrategy",
    ),
}
_SERVICE_CONFIG = {
    "methodConfig": [
        {
            "name": [{"service": service, "method": name} for service, names in _IDEMPOTENT.items() for name in names],
            "retryPolicy": {
                "maxAttempts": 3,
                "initialBackoff": "0.05s",
                "maxBackoff": "0.5s",
                "backoffMultiplier": 2,
                "retryableStatusCodes": ["UNAVAILABLE"],
            },
        }
    ]
}

CHANNEL_OPTIONS: tuple[tuple[str, Any], ...] = (
    ("grpc.keepalive_time_ms", 10_000),
    # keepalive_timeout_ms does not govern how soon a frozen peer is noticed (62 s); this one does.
    ("grpc.http2.ping_timeout_ms", 5_000),
    ("grpc.http2.max_pings_without_data", 0),
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.min_reconnect_backoff_ms", 100),
    ("grpc.max_reconnect_backoff_ms", 2_000),
    ("grpc.max_receive_message_length", 4 * 1024 * 1024),
    ("grpc.enable_retries", 1),
    ("grpc.service_config", json.dumps(_SERVICE_CONFIG)),
)


def open_channel(address: str) -> grpc.aio.Channel:
    """A channel to `host:port`, meant to live as long as the process; connects with the first call.

    Synchronous callers open `grpc.insecure_channel(address, options=CHANNEL_OPTIONS)`.
    """
    return grpc.aio.insecure_channel(address, options=CHANNEL_OPTIONS)


@asynccontextmanager
async def stream_events(call: grpc.aio.UnaryStreamCall[Any, MessageT]) -> AsyncIterator[AsyncIterator[MessageT]]:
    """`async with stream_events(stub.Watch(...)) as events: async for event in events: ...`

    However the block is left, the call is cancelled: gRPC itself lets it run on when a reader merely stops reading.
    """
    try:
        yield aiter(call)
    finally:
        call.cancel()


@contextmanager
def stream_events_sync(call: Any) -> Iterator[Iterator[Any]]:
    """The same for a call on a synchronous channel."""
    try:
        yield iter(call)
    finally:
        call.cancel()
