"""The control plane of the simulator: ``/__sim/…``, never part of the vendor's contract."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from .answers import JSON_TYPE
from .config import SimConfig
from .faults import FaultRule
from .vendor import Vendor, merged_config

Endpoint = Callable[[Request], Awaitable[Response]]


def control_routes(vendor: Vendor) -> list[Route]:
    """GET ``stats``, ``log``, ``config``, ``faults``; POST ``config`` (changes), ``faults`` (all rules), ``reset``."""

    async def stats(_: Request) -> Response:
        return _json(vendor.journal.stats())

    async def log(_: Request) -> Response:
        return _json(vendor.journal.records)

    async def config(request: Request) -> Response:
        if request.method == "POST":
            vendor.configure(merged_config(vendor.config, await request.body()))
        return _json(vendor.config)

    async def faults(request: Request) -> Response:
        if request.method == "POST":
            vendor.set_faults(msgspec.json.decode(await request.body(), type=list[FaultRule]))
        return _json(vendor.faults.rules)

    async def reset(_: Request) -> Response:
        vendor.configure(SimConfig(seed=vendor.config.seed))
        vendor.set_faults([])
        vendor.journal.clear()
        return _json({})

    endpoints: dict[str, tuple[Endpoint, list[str]]] = {
        "stats": (stats, ["GET"]),
        "log": (log, ["GET"]),
        "config": (config, ["GET", "POST"]),
        "faults": (faults, ["GET", "POST"]),
        "reset": (reset, ["POST"]),
    }
    return [
        Route(f"/__sim/{name}", _refusing_bad_input(endpoint), methods=methods)
        for name, (endpoint, methods) in endpoints.items()
    ]


def _refusing_bad_input(endpoint: Endpoint) -> Endpoint:
    async def refusing(request: Request) -> Response:
        try:
            return await endpoint(request)
        except (msgspec.DecodeError, ValueError) as error:
            return Response(msgspec.json.encode({"error": str(error)}), status_code=400, media_type=JSON_TYPE)

    return refusing


def _json(payload: object) -> Response:
    return Response(msgspec.json.encode(payload), media_type=JSON_TYPE)
