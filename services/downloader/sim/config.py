"""What can be set about the simulated vendor, at start and while it runs."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Literal

import msgspec


class SimConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Settings of the simulator.

    ``now`` overrides the clock: later bars do not exist yet. ``settled`` false holds late prints back, so that a day
    changes when it is set true. ``keys`` are the accepted provider keys; empty accepts any key, but not none.
    ``history_floor`` is the first day the plan includes: earlier ones are refused (mode 403) or left out (mode clip).
    ``densities`` gives symbols other shares of regular and extended seconds with a trade.
    """

    seed: int = 1
    now: datetime | None = None
    settled: bool = True
    delayed: bool = False
    keys: frozenset[str] = frozenset()
    latency_s: float = 0.0
    requests_per_minute: int | None = None
    requests_per_second: float | None = None
    max_in_flight: int | None = None
    retry_after_s: float | None = None
    history_floor: date | None = None
    history_mode: Literal["403", "clip"] = "403"
    has_seconds: bool = True
    has_today: bool = True
    densities: dict[str, tuple[float, float]] = {}

    def now_ms(self) -> int:
        """The vendor's time in Unix ms."""
        now = self.now if self.now is not None else datetime.now(UTC)
        return int(now.timestamp() * 1000)
