"""Which requests fetch what is missing, and what they will cost."""

from __future__ import annotations

import statistics
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from pylean.storage import LeanPaths, Resolution

from .calendar import TradingCalendar
from .coverage import DayState, Gap, day_states
from .inventory import Inventory
from .units import Need, Unit

#: Rows a request may be expected to return: below the page limit of 50,000, so that it rarely takes a second page.
MAX_EXPECTED_ROWS: Final = 45_000
_MAX_SECONDS: Final = 57_600
# Rows a symbol-day is expected to have while no file tells better; hours are derived from minutes.
_EXPECTED_ROWS: Final = {
    Resolution.SECOND: 22_500,
    Resolution.MINUTE: 900,
    Resolution.HOUR: 900,
    Resolution.DAILY: 1,
}
_WIRE_BYTES_PER_ROW: Final = 19
_WIRE_BYTES_PER_REQUEST: Final = 400
# What a request costs beyond its bytes, what a line carries, and what two cores decode, check and store.
_LATENCY_S: Final = 0.2
_LINE_BYTES_PER_S: Final = 12_500_000
_ROWS_PER_S: Final = 400_000


@dataclass(frozen=True, slots=True)
class Pack:
    """Consecutive trading days of one unit that are fetched by one request."""

    unit: Unit
    days: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class UnitPlan:
    """What to do about one unit: requests to make, and days that no request can help with."""

    need: Need
    packs: tuple[Pack, ...]
    rows_per_day: int
    blocked: tuple[Gap, ...]

    @property
    def missing(self) -> Need:
        """The days that the packs fetch."""
        return Need(self.need.unit, tuple(day for pack in self.packs for day in pack.days))


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a set of packs will cost."""

    requests: int
    size_bytes: int
    elapsed_s: float


def plan_unit(paths: LeanPaths, need: Need, inventory: Inventory, calendar: TradingCalendar, now: datetime) -> UnitPlan:
    """Pack the days of a need that are missing, unreadable, or provisional though they could be final by now."""
    fetched: list[date] = []
    blocked: list[Gap] = []
    known_rows: list[int] = []
    for gap, _, facts in day_states(paths, need, inventory):
        if facts is not None and facts.evidence is not None:
            known_rows.append(facts.evidence.rows)
        if gap.state is DayState.REFUSED:
            blocked.append(gap)
        elif not gap.state.is_covered or (gap.state is DayState.PROVISIONAL and calendar.is_settled(gap.day, now)):
            fetched.append(gap.day)
    rows_per_day = _expected_rows(need.unit, known_rows)
    packs = tuple(_packed(need.unit, fetched, rows_per_day, calendar))
    return UnitPlan(need, packs, rows_per_day, tuple(blocked))


def estimate(plans: Iterable[UnitPlan], in_flight: int) -> Estimate:
    """Cost of carrying out plans with ``in_flight`` requests at once."""
    requests, rows = 0, 0
    for plan in plans:
        requests += len(plan.packs)
        rows += len(plan.missing.days) * plan.rows_per_day
    size_bytes = rows * _WIRE_BYTES_PER_ROW + requests * _WIRE_BYTES_PER_REQUEST
    rounds = -(-requests // in_flight)
    elapsed_s = max(rounds * _LATENCY_S, size_bytes / _LINE_BYTES_PER_S, rows / _ROWS_PER_S)
    return Estimate(requests, size_bytes, elapsed_s)


def _expected_rows(unit: Unit, known: Iterable[int]) -> int:
    """Rows to expect of a symbol-day, from the rows of days that are there."""
    if unit.resolution is not Resolution.SECOND:
        return _EXPECTED_ROWS[unit.resolution]
    counts = [rows for rows in known if rows > 0]
    return min(int(statistics.median(counts)), _MAX_SECONDS) if counts else _EXPECTED_ROWS[unit.resolution]


def _packed(unit: Unit, missing: Iterable[date], rows_per_day: int, calendar: TradingCalendar) -> list[Pack]:
    """Missing days in as few requests as possible; a day that is there ends a pack."""
    most_days = max(MAX_EXPECTED_ROWS // max(rows_per_day, 1), 1)
    packs: list[list[date]] = []
    for day in missing:
        joins = bool(packs) and len(packs[-1]) < most_days and calendar.next_day(packs[-1][-1]) == day
        if joins:
            packs[-1].append(day)
        else:
            packs.append([day])
    return [Pack(unit, tuple(days)) for days in packs]
