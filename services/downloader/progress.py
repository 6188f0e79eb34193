"""Counts of a download under way."""

from __future__ import annotations

from dataclasses import dataclass, field

from pylean.storage import Resolution

from .provider import Meter, RetryBudget
from .units import Need, Unit, day_ranges


@dataclass(slots=True)
class UnitTally:
    """Days of one unit: needed, there already, there by now; ``rows_per_day`` tells how much work a day is."""

    needed: int
    rows_per_day: int = 1
    hits: int = 0
    done: int = 0


@dataclass(slots=True)
class ResolutionTally:
    """What one resolution has cost so far; times are readings of the monotonic clock."""

    meter: Meter
    days: int = 0
    hits: int = 0
    bars: int = 0
    started_at: float | None = None
    ended_at: float | None = None

    def touch(self, at: float) -> None:
        """Work went on at this time."""
        self.started_at = at if self.started_at is None else self.started_at
        self.ended_at = at

    @property
    def elapsed_s(self) -> float:
        """From the first to the last work."""
        return 0.0 if self.started_at is None or self.ended_at is None else self.ended_at - self.started_at


@dataclass(slots=True)
class Tally:
    """Counts of one download."""

    units: dict[Unit, UnitTally] = field(default_factory=dict)
    resolutions: dict[Resolution, ResolutionTally] = field(default_factory=dict)
    changed: set[Unit] = field(default_factory=set)

    @classmethod
    def of(cls, needs: list[Need], budget: RetryBudget) -> Tally:
        """Counts before anything has been looked at."""
        tally = cls()
        for need in needs:
            tally.units[need.unit] = UnitTally(len(need.days))
            tally.resolutions.setdefault(need.unit.resolution, ResolutionTally(Meter(budget)))
        return tally

    def found(self, unit: Unit, hits: int, rows_per_day: int) -> None:
        """``hits`` days of a unit are there already; of the others, so many rows each are expected."""
        counts = self.units[unit]
        counts.rows_per_day = rows_per_day
        self.resolutions[unit.resolution].hits += hits - counts.hits
        counts.hits = counts.done = hits
        self.changed.add(unit)

    def stored(self, unit: Unit, days: int, bars: int, at: float) -> None:
        """``days`` more days of a unit have been stored."""
        self.units[unit].done += days
        resolution = self.resolutions[unit.resolution]
        resolution.days += days
        resolution.bars += bars
        resolution.touch(at)
        self.changed.add(unit)

    @property
    def days_needed(self) -> int:
        """Symbol-days of all units."""
        return sum(counts.needed for counts in self.units.values())

    @property
    def days_done(self) -> int:
        """Symbol-days that are there by now."""
        return sum(counts.done for counts in self.units.values())

    @property
    def hits(self) -> int:
        """Symbol-days that were there already."""
        return sum(counts.hits for counts in self.units.values())

    def remaining_s(self, now: float) -> float | None:
        """Estimate of the time left, from the rows stored so far; None while there are none."""
        stored = sum((counts.done - counts.hits) * counts.rows_per_day for counts in self.units.values())
        left = sum((counts.needed - counts.done) * counts.rows_per_day for counts in self.units.values())
        starts = [counts.started_at for counts in self.resolutions.values() if counts.started_at is not None]
        return (now - min(starts)) / stored * left if stored and starts else None


def missing_lines(missing: list[Need]) -> list[str]:
    """A line for each symbol with missing days, for the run's log."""
    by_symbol: dict[str, list[Need]] = {}
    for need in missing:
        by_symbol.setdefault(need.unit.symbol, []).append(need)
    return [
        f"Missing data for {symbol}: "
        + "; ".join(f"{day_ranges(list(need.days))} ({need.unit.resolution.folder})" for need in needs)
        for symbol, needs in by_symbol.items()
    ]


def completion_line(tally: Tally, elapsed_s: float) -> str:
    """The line that ends a download, for the run's log."""
    parts = [
        f"{resolution.folder}: {counts.days} days with {counts.bars:,} bars in {counts.elapsed_s:.1f} s, "
        f"{counts.meter.requests} requests, {counts.meter.retries} retries, "
        f"{counts.meter.bytes_received / 1e6:.1f} MB, {counts.hits} cache hits"
        for resolution, counts in sorted(tally.resolutions.items())
    ]
    return f"Download completed in {elapsed_s:.1f} s. " + ". ".join(parts)
