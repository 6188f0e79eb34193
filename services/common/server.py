"""Starting, serving and draining a gRPC server, the same way for every service."""

from __future__ import annotations

import asyncio
import inspect
import ipaddress
import json
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any, cast

import grpc
import grpc.aio
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_health.v1._async import HealthServicer

from services.common.interceptors import RequestInterceptor
from services.common.logging import get_logger
from services.common.parent import watch_parent
from services.common.settings import CommonSettings, StartupError

__all__ = ["AddServices", "RunningServer", "StartupError", "run_service", "serve", "start_server"]

AddServices = Callable[[grpc.aio.Server], Awaitable[None] | None]

# How long calls in flight may take to end once the server drains; watches have been ended by then.
DRAIN_TIMEOUT_S = 5.0

_log = get_logger()
_OPTIONS: tuple[tuple[str, Any], ...] = (
    ("grpc.so_reuseport", 0),  # else a second server binds the port silently and takes half of the calls
    ("grpc.max_receive_message_length", 4 * 1024 * 1024),
    ("grpc.max_send_message_length", 4 * 1024 * 1024),
    ("grpc.http2.min_ping_interval_without_data_ms", 5_000),
    ("grpc.keepalive_time_ms", 20_000),
    ("grpc.http2.ping_timeout_ms", 10_000),
)


@dataclass(frozen=True)
class RunningServer:
    """A server that listens on `address` ("127.0.0.1:50050")."""

    name: str
    address: str
    server: grpc.aio.Server
    health: HealthServicer

    async def stop(
        self, grace_s: float = DRAIN_TIMEOUT_S, on_drain: Callable[[], Awaitable[None]] | None = None
    ) -> None:
        """Says NOT_SERVING, lets `on_drain` end what would not end by itself, and waits for calls up to `grace_s`."""
        await self.health.enter_graceful_shutdown()
        if on_drain is not None:
            await on_drain()
        await self.server.stop(grace_s)


async def start_server(name: str, address: str, add_services: AddServices, *, reflection: bool = True) -> RunningServer:
    """Starts a server on `address`; port 0 takes a free one. Raises StartupError when the address cannot be had."""
    host = _loopback_host(address)
    server = grpc.aio.server(interceptors=(RequestInterceptor(),), options=_OPTIONS)
    names: list[str] = []
    recorder = cast("grpc.aio.Server", _ServiceNames(server, names))
    added = add_services(recorder)
    if inspect.isawaitable(added):
        await added
    health = HealthServicer()
    health_pb2_grpc.add_HealthServicer_to_server(health, recorder)
    for service in ("", *names):
        await health.set(service, health_pb2.HealthCheckResponse.SERVING)
    if reflection:
        from grpc_reflection.v1alpha import reflection as reflector  # noqa: PLC0415 # only what is switched on is paid for

        reflector.enable_server_reflection((*names, reflector.SERVICE_NAME), server)
    try:
        port = server.add_insecure_port(address)
    except RuntimeError as error:
        raise StartupError(f"{name} cannot listen on {address}: {error}. Is another {name} running there?") from error
    await server.start()
    return RunningServer(name, f"{host}:{port}", server, health)


async def serve(
    name: str,
    address: str,
    add_services: AddServices,
    *,
    settings: CommonSettings,
    on_drain: Callable[[], Awaitable[None]] | None = None,
) -> None:
    """Serves until SIGTERM, SIGINT or the end of the parent process, then drains.

    Once it listens it prints the one line on standard output: service, address, pid as JSON. A second signal kills.
    """
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()

    def stop() -> None:
        stopping.set()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    parent = watch_parent(settings.parent_pid, stopping)
    running = await start_server(name, address, add_services, reflection=settings.reflection)
    line = {"service": name, "address": running.address, "pid": os.getpid()}
    sys.stdout.write(json.dumps(line, separators=(",", ":")) + "\n")
    sys.stdout.flush()
    _log.info("serving", address=running.address, settings=settings.model_dump(mode="json"))
    await stopping.wait()
    _log.info("draining")
    await running.stop(on_drain=on_drain)
    if parent is not None:
        loop.remove_reader(parent)
        os.close(parent)


def run_service(main: Callable[[], Coroutine[Any, Any, None]]) -> int:
    """Runs a service's main coroutine; gives the exit code: 0, or 1 with the reason on standard error."""
    try:
        asyncio.run(main())
    except StartupError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _loopback_host(address: str) -> str:
    host, colon, port = address.rpartition(":")
    if not colon or not port.isdigit():
        raise StartupError(f"{address!r} is no address; write host:port, for example 127.0.0.1:50050")
    bare = host.strip("[]")
    try:
        loopback = bare == "localhost" or ipaddress.ip_address(bare).is_loopback
    except ValueError:
        loopback = False
    if not loopback:
        raise StartupError(
            f"{address} is reachable from other machines, and calls are not authenticated yet; "
            "listen on a loopback address such as 127.0.0.1"
        )
    return host


class _ServiceNames:
    """Passes handlers on to a server and remembers the services' names, for health checks and reflection."""

    def __init__(self, server: grpc.aio.Server, names: list[str]) -> None:
        self._server = server
        self._names = names

    def add_generic_rpc_handlers(self, handlers: Any) -> None:
        self._server.add_generic_rpc_handlers(handlers)
        self._names += [handler.service_name() for handler in handlers]

    def add_registered_method_handlers(self, service: str, handlers: Any) -> None:
        self._server.add_registered_method_handlers(service, handlers)
