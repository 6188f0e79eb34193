"""When two requests are one, and when two runs are equal."""

from __future__ import annotations

from services.common.canonical import Json, canonical_json, sha256_hex
from services.common.dates import from_date
from zac.gateway.v1 import backtest_service_pb2
from zac.run.v1 import strategy_pb2

__all__ = ["config_hash", "configuration_digest", "request_digest"]


def request_digest(request: backtest_service_pb2.RunRequest) -> str:
    """Equal for a request and its repetition, however its id is spelt."""
    body = backtest_service_pb2.RunRequest()
    body.CopyFrom(request)
    body.ClearField("request_id")
    return sha256_hex(body.SerializeToString(deterministic=True))


def configuration_digest(resolved: strategy_pb2.ResolvedConfiguration) -> str:
    """Equal for runs that differ in nothing but perhaps their data."""
    return sha256_hex(canonical_json(_values(resolved)))


def config_hash(resolved: strategy_pb2.ResolvedConfiguration, data_manifest_digest: str) -> str:
    """Equal for runs that must have equal results.

    Where the data lie and whether they may be incomplete or fetched does not matter: their digest is part of the hash.
    """
    return sha256_hex(canonical_json({**_values(resolved), "data_manifest_digest": data_manifest_digest}))


def _values(resolved: strategy_pb2.ResolvedConfiguration) -> dict[str, Json]:
    configuration = resolved.configuration
    days = {
        name: from_date(getattr(configuration, name)).isoformat()
        for name in ("start_date", "end_date")
        if configuration.HasField(name)
    }
    return {
        "strategy": configuration.strategy,
        "source_digest": resolved.source_digest,
        "engine": resolved.engine,
        "lean_version": configuration.lean_version,
        "parameters": dict(configuration.parameters),
        "symbols": list(configuration.symbols),
        "cash": configuration.cash,
        **days,
    }
