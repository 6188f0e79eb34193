"""Identifiers that sort by the time they were made."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from services.common.clock import Clock

__all__ = ["uuid7"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def uuid7(clock: Clock, random_bits: Callable[[int], int] = secrets.randbits) -> uuid.UUID:
    """Makes a UUID of version 7 (RFC 9562): 48 bits of milliseconds, 12 bits of their fraction, 62 random bits.

    The fraction makes ids of one process sort by creation down to a microsecond.
    """
    micros = (clock.now_utc() - _EPOCH) // _MICROSECOND
    millis, rest = divmod(micros, 1000)
    fraction = rest * 4096 // 1000
    value = (millis & (1 << 48) - 1) << 80 | 0x7 << 76 | fraction << 64 | 0b10 << 62 | random_bits(62)
    return uuid.UUID(int=value)
