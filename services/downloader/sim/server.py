"""The simulator as a loopback HTTP server."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Final, Self

import msgspec
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.routing import Route
from uvicorn.protocols.http.h11_impl import H11Protocol

from .answers import Sender
from .config import SimConfig
from .control import control_routes
from .faults import FaultRule
from .vendor import Make, Vendor

_SHUTDOWN_S: Final = 1
_AGGREGATES: Final = "/v2/aggs/ticker/{ticker}/range/{multiplier}/{timespan}/{from}/{to}"

Transports = dict[tuple[str, int], asyncio.Transport]


class MarketSimulator:
    """A simulated market-data vendor on 127.0.0.1.

    Use it as ``async with MarketSimulator() as simulator:``; requests go to ``simulator.url``. It has no authority over
    the process's signals and logs nothing.
    """

    def __init__(self, config: SimConfig | None = None, *, port: int = 0) -> None:
        self._vendor = Vendor(config or SimConfig())
        self._port = port
        self._transports: Transports = {}
        self._server: _QuietServer | None = None
        self._task: asyncio.Task[None] | None = None
        self.url = ""

    @property
    def vendor(self) -> Vendor:
        """Journal, settings and faults, for callers in the same process and event loop."""
        return self._vendor

    def set_faults(self, *rules: FaultRule) -> None:
        """Put these fault rules in force instead of any others."""
        self._vendor.set_faults(list(rules))

    def configure(self, **changes: Any) -> None:
        """Change some settings."""
        self._vendor.configure(msgspec.structs.replace(self._vendor.config, **changes))

    async def __aenter__(self) -> Self:
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", self._port))
        self.url = self._vendor.base_url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        self._server = _QuietServer(_uvicorn_config(self._vendor, self._transports))
        self._task = asyncio.create_task(self._server.serve([listener]))
        while not self._server.started:
            if self._task.done():
                self._task.result()
            await asyncio.sleep(0.005)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is not None and self._task is not None:
            self._server.should_exit = True
            for transport in list(self._transports.values()):
                transport.abort()
            await self._task
        self._vendor.close()


class _QuietServer(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _uvicorn_config(vendor: Vendor, transports: Transports) -> uvicorn.Config:
    class Protocol(H11Protocol):
        """Lets faults get at the connection below a request."""

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            self.peer = transport.get_extra_info("peername")
            transports[self.peer] = transport

        def connection_lost(self, exc: Exception | None) -> None:
            transports.pop(self.peer, None)
            super().connection_lost(exc)

    return uvicorn.Config(
        Starlette(routes=[*_vendor_routes(vendor, transports), *control_routes(vendor), _other(vendor, transports)]),
        http=Protocol,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=_SHUTDOWN_S,
    )


def _vendor_routes(vendor: Vendor, transports: Transports) -> list[Route]:
    endpoints: dict[str, tuple[str, Make]] = {
        _AGGREGATES: ("aggregates", vendor.aggregates),
        "/v2/aggs/grouped/locale/us/market/stocks/{date}": ("grouped", vendor.grouped),
        "/v3/reference/tickers": ("tickers", vendor.tickers),
        "/v3/reference/tickers/{ticker}": ("ticker", vendor.ticker),
        "/vX/reference/tickers/{ticker}/events": ("events", vendor.events),
        "/v3/reference/splits": ("splits", vendor.splits),
        "/v3/reference/dividends": ("dividends", vendor.dividends),
        "/v1/marketstatus/now": ("market_now", vendor.market_now),
        "/v1/marketstatus/upcoming": ("market_upcoming", vendor.market_upcoming),
    }
    return [_route(vendor, transports, path, kind, make) for path, (kind, make) in endpoints.items()]


def _other(vendor: Vendor, transports: Transports) -> Route:
    return _route(vendor, transports, "/{path:path}", "unknown", vendor.unknown)


def _route(vendor: Vendor, transports: Transports, path: str, kind: str, make: Make) -> Route:
    async def endpoint(request: Request) -> Sender:
        answer = await vendor.answer(kind, request, make)
        client = request.client
        return Sender(answer, None if client is None else transports.get((client.host, client.port)))

    return Route(path, endpoint, methods=["GET"])
