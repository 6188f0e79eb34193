"""The state of every needed symbol-day, and one digest of everything that is there."""

from __future__ import annotations

import enum
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from pylean.storage import LeanPaths

from .calendar import TradingCalendar
from .inventory import FileFacts, Inventory
from .units import Need, Unit


class DayState(enum.Enum):
    """What is known about a symbol-day."""

    ABSENT = enum.auto()
    PROVISIONAL = enum.auto()
    FINAL = enum.auto()
    FINAL_EMPTY = enum.auto()
    REFUSED = enum.auto()
    QUARANTINED = enum.auto()

    @property
    def is_covered(self) -> bool:
        """Whether a run can go ahead with the day."""
        return self in {DayState.PROVISIONAL, DayState.FINAL, DayState.FINAL_EMPTY}


@dataclass(frozen=True, slots=True)
class Gap:
    """A symbol-day and its state; ``reason`` says more where the state alone does not tell what is wrong."""

    unit: Unit
    day: date
    state: DayState
    reason: str = ""


@dataclass(slots=True)
class Coverage:
    """Outcome of a look at the store. ``stale`` days are provisional, but could be final if they were asked for now."""

    gaps: list[Gap] = field(default_factory=list)
    stale: list[Gap] = field(default_factory=list)
    days_needed: int = 0
    manifest_digest: str = ""
    is_simulated: bool = False

    @property
    def days_covered(self) -> int:
        """Needed symbol-days that are there."""
        return self.days_needed - len(self.gaps)


def check_coverage(
    root: Path, needs: Iterable[Need], inventory: Inventory, calendar: TradingCalendar, now: datetime
) -> Coverage:
    """Look at every file that the needs name."""
    paths = LeanPaths(root)
    coverage = Coverage()
    files: dict[Path, FileFacts] = {}
    symbols: set[str] = set()
    for need in needs:
        coverage.days_needed += len(need.days)
        symbols.add(need.unit.symbol)
        for gap, path, facts in day_states(paths, need, inventory):
            if facts is not None:
                files[path] = facts
                coverage.is_simulated |= facts.evidence is not None and facts.evidence.is_simulated
            if not gap.state.is_covered:
                coverage.gaps.append(gap)
            elif gap.state is DayState.PROVISIONAL and calendar.is_settled(gap.day, now):
                coverage.stale.append(gap)
    files |= inventory.metadata(paths, iter(sorted(symbols)))
    coverage.manifest_digest = _manifest_digest(root, files)
    return coverage


def day_states(paths: LeanPaths, need: Need, inventory: Inventory) -> Iterator[tuple[Gap, Path, FileFacts | None]]:
    """State of each needed day, with the file that holds it."""
    unit = need.unit
    path, facts = paths.root, None
    for day in need.days:
        if unit.resolution.is_intraday_file or path is paths.root:
            path, facts = inventory.bars(paths, unit, day)
        state, reason = (DayState.ABSENT, "") if facts is None else _state(unit, day, path, facts)
        yield Gap(unit, day, state, reason), path, facts


def _state(unit: Unit, day: date, path: Path, facts: FileFacts) -> tuple[DayState, str]:
    evidence = facts.evidence
    if facts.problem:
        return DayState.QUARANTINED, facts.problem if str(path) in facts.problem else f"{path}: {facts.problem}"
    if evidence is not None and evidence.symbol != unit.symbol:
        return DayState.REFUSED, f"{path} holds ticker {evidence.symbol}, whose name differs in case only"
    has_rows = unit.resolution.is_intraday_file or day in facts.days
    span = None if evidence is None else evidence.span_of(day)
    if evidence is None or span is None:
        # Written by another program, which proves nothing: being there has to do.
        return DayState.FINAL if has_rows else DayState.ABSENT, ""
    if not span.settled:
        return DayState.PROVISIONAL, ""
    return DayState.FINAL if has_rows and evidence.rows else DayState.FINAL_EMPTY, ""


def _manifest_digest(root: Path, files: dict[Path, FileFacts]) -> str:
    lines = sorted(f"{path.relative_to(root).as_posix()}\t{facts.digest}\n" for path, facts in files.items())
    return hashlib.sha256("".join(lines).encode()).hexdigest()
