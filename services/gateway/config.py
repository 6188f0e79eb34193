"""The gateway's settings."""

from __future__ import annotations

import os

from pydantic import Field, SecretStr

from services.common.settings import CommonSettings

__all__ = ["GatewaySettings"]


class GatewaySettings(CommonSettings):
    """Where the gateway listens, whom it calls, and how much it does at once."""

    gateway_grpc_address: str = "127.0.0.1:50050"
    downloader_address: str = "127.0.0.1:50051"
    runner_address: str = "127.0.0.1:50052"
    database_url: SecretStr = SecretStr("")
    """SQLAlchemy URL, which may hold a password; a SQLite file in the state folder when empty."""
    max_concurrent_runs: int = Field(default_factory=lambda: len(os.sched_getaffinity(0)), ge=1, le=1024)
    """Runs driven at once; the others wait in the queue."""
    max_queued_runs: int = Field(default=1000, ge=1)
    """Runs that may wait; a run more is refused."""

    @property
    def effective_database_url(self) -> str:
        return self.database_url.get_secret_value() or f"sqlite:///{self.state_dir / 'gateway.sqlite3'}"
