"""Bar lengths of Lean data folders."""

from __future__ import annotations

from datetime import timedelta
from enum import IntEnum


class Resolution(IntEnum):
    """Length of a bar; the numbers are Lean's, so a larger number is a longer bar."""

    TICK = 0
    SECOND = 1
    MINUTE = 2
    HOUR = 3
    DAILY = 4

    def __str__(self) -> str:
        """Lean's name: ``Daily``."""
        return self.name.title()

    @property
    def period(self) -> timedelta:
        """Length of one bar; zero for ticks."""
        return _PERIODS[self]

    @property
    def folder(self) -> str:
        """Name of the resolution in paths and entry names: ``second``, ``minute``, …"""
        return self.name.lower()

    @property
    def is_intraday_file(self) -> bool:
        """Whether files hold one symbol-day (tick, second, minute) instead of a symbol's whole history."""
        return self <= Resolution.MINUTE

    @classmethod
    def from_text(cls, text: str) -> Resolution:
        """Read a folder name, in any case.

        Raises:
            ValueError: ``text`` names no resolution.
        """
        member = cls.__members__.get(text.upper())
        if member is None:
            allowed = ", ".join(resolution.folder for resolution in cls)
            raise ValueError(f"resolution {text!r} is unknown; use one of {allowed}")
        return member


_PERIODS = {
    Resolution.TICK: timedelta(0),
    Resolution.SECOND: timedelta(seconds=1),
    Resolution.MINUTE: timedelta(minutes=1),
    Resolution.HOUR: timedelta(hours=1),
    Resolution.DAILY: timedelta(days=1),
}
