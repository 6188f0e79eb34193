"""What is downloaded as one: a symbol at a resolution."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from pylean.storage import Resolution


@dataclass(frozen=True, slots=True, order=True)
class Unit:
    """A symbol at a resolution; the symbol as the provider writes it, which is case-sensitive."""

    symbol: str
    resolution: Resolution

    def __str__(self) -> str:
        return f"{self.symbol} {self.resolution.folder}"


@dataclass(frozen=True, slots=True)
class Need:
    """Trading days, ascending, whose bars a run reads."""

    unit: Unit
    days: tuple[date, ...]


def day_ranges(days: list[date]) -> str:
    """Days for people: each one while they are few, else how many and from when to when."""
    if len(days) <= 12:
        return ", ".join(day.isoformat() for day in days)
    return f"{len(days)} days from {days[0].isoformat()} to {days[-1].isoformat()}"
