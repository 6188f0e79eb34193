"""Helpers that Lean's Python algorithms reach through ``Extensions``."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

__all__ = ["Extensions"]


class Extensions:
    """Conversions of naive times; a zone is its IANA name."""

    @staticmethod
    def convert_to_utc(time: datetime, time_zone: str) -> datetime:
        return time.replace(tzinfo=ZoneInfo(time_zone)).astimezone(UTC).replace(tzinfo=None)

    @staticmethod
    def convert_from_utc(time: datetime, time_zone: str) -> datetime:
        return time.replace(tzinfo=UTC).astimezone(ZoneInfo(time_zone)).replace(tzinfo=None)
