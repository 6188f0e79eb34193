"""What a request needs, checked: symbols, days, data folder."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from google.type import date_pb2

from pylean.storage import InvalidTickerError, Resolution, validate_ticker
from services.common.dates import from_date
from services.common.errors import FieldViolation, ServiceError
from zac.data.v1 import coverage_pb2

from .calendar import TradingCalendar
from .exchange import FIRST_DAY
from .units import Need, Unit

MAX_HISTORY_DAYS: Final = 5_000
MAX_SYMBOL_DAYS: Final = 2_000_000


@dataclass(frozen=True, slots=True)
class Requirement:
    """One checked ``DataRequirement``; ``last`` is None when only the history before ``first`` is needed."""

    symbols: tuple[str, ...]
    resolution: Resolution
    first: date
    last: date | None
    history_days: int


def read_requirements(messages: Sequence[coverage_pb2.DataRequirement], today: date) -> list[Requirement]:
    """Check the requirements of a request, all of them; none at all are met by any store.

    Raises:
        ServiceError: INVALID_ARGUMENT INVALID_REQUIREMENT, a violation for each bad field.
    """
    violations: list[FieldViolation] = []
    found = [_read(message, f"requirements[{index}]", today, violations) for index, message in enumerate(messages)]
    violations += _case_collisions(found)
    if violations:
        names = ", ".join(dict.fromkeys(violation.field for violation in violations))
        text = f"the data requirements are not valid ({names}): {violations[0].description}"
        raise ServiceError.invalid_argument("INVALID_REQUIREMENT", text, fields=violations)
    return found


def needed_days(requirements: Iterable[Requirement], calendar: TradingCalendar) -> list[Need]:
    """Trading days of each unit, requirements of equal units joined; ordered by resolution and symbol.

    Raises:
        ServiceError: INVALID_ARGUMENT INVALID_REQUIREMENT when that is more than can be handled at once.
    """
    days: dict[Unit, set[date]] = {}
    for requirement in requirements:
        last = requirement.last
        wanted = [] if last is None else calendar.days(requirement.first, last)
        wanted += calendar.days_before(requirement.first, requirement.history_days)
        for symbol in requirement.symbols:
            days.setdefault(Unit(symbol, requirement.resolution), set()).update(wanted)
    total = sum(map(len, days.values()))
    if total > MAX_SYMBOL_DAYS:
        text = (
            f"{total:,} symbol-days are needed; at most {MAX_SYMBOL_DAYS:,} can be handled at once. Split the request"
        )
        raise ServiceError.invalid_argument("INVALID_REQUIREMENT", text, fields=[FieldViolation("requirements", text)])
    ordered = sorted(days, key=lambda unit: (unit.resolution, unit.symbol))
    return [Need(unit, tuple(sorted(days[unit]))) for unit in ordered]


def read_data_root(text: str, own: Path) -> Path:
    """The data folder a request means.

    Raises:
        ServiceError: INVALID_ARGUMENT INVALID_DATA_ROOT.
    """
    if not text:
        return own.expanduser().absolute()
    root = Path(text)
    if "\0" in text or not root.is_absolute():
        problem = "is no absolute path"
    elif not root.is_dir():
        problem = "is no folder on the downloader's machine"
    else:
        return root
    text = f"data_root {text[:200]!r} {problem}; give an existing folder in Lean's layout, or none for the server's own"
    raise ServiceError.invalid_argument("INVALID_DATA_ROOT", text, fields=[FieldViolation("data_root", text)])


def _read(
    message: coverage_pb2.DataRequirement, path: str, today: date, violations: list[FieldViolation]
) -> Requirement:
    def refuse(field: str, description: str) -> None:
        violations.append(FieldViolation(f"{path}.{field}", description))

    if not message.symbols:
        refuse("symbols", "is empty; name at least one ticker")
    for index, symbol in enumerate(message.symbols):
        try:
            validate_ticker(symbol)
        except InvalidTickerError as error:
            refuse(f"symbols[{index}]", str(error))
    if message.resolution not in _RESOLUTIONS:
        refuse("resolution", "is not set; use SECOND, MINUTE, HOUR or DAILY")
    first = _day(message.start_date, f"{path}.start_date", violations)
    last = _day(message.end_date, f"{path}.end_date", violations) if message.HasField("end_date") else None
    if first is not None and first < FIRST_DAY:
        refuse("start_date", f"{first} is before {FIRST_DAY}, where the trading calendar begins")
    if first is not None and last is not None and last < first:
        refuse("end_date", f"{last} is before start_date {first}; swap them or leave end_date out")
    if last is not None and last > today:
        refuse("end_date", f"{last} is in the future; the last day with data is {today}")
    if last is None and first is not None and first > today:
        refuse("start_date", f"{first} is in the future; the last day with data is {today}")
    if not 0 <= message.history_days <= MAX_HISTORY_DAYS:
        refuse("history_days", f"is {message.history_days}; use 0 to {MAX_HISTORY_DAYS}")
    resolution = _RESOLUTIONS.get(message.resolution, Resolution.DAILY)
    symbols = tuple(dict.fromkeys(message.symbols))
    return Requirement(symbols, resolution, first or today, last, message.history_days)


def _day(message: date_pb2.Date, field: str, violations: list[FieldViolation]) -> date | None:
    try:
        return from_date(message)
    except ValueError as error:
        violations.append(FieldViolation(field, f"{error}; give year, month and day"))
        return None


def _case_collisions(requirements: Iterable[Requirement]) -> list[FieldViolation]:
    """Tickers that differ in case only, which Lean keeps in the same file."""
    owner: dict[str, str] = {}
    violations = []
    for index, requirement in enumerate(requirements):
        for place, symbol in enumerate(requirement.symbols):
            first = owner.setdefault(symbol.lower(), symbol)
            if first != symbol:
                text = f"{symbol} and {first} differ in case only and would share a file; ask for one of them"
                violations.append(FieldViolation(f"requirements[{index}].symbols[{place}]", text))
    return violations


_RESOLUTIONS: Final = {
    coverage_pb2.RESOLUTION_SECOND: Resolution.SECOND,
    coverage_pb2.RESOLUTION_MINUTE: Resolution.MINUTE,
    coverage_pb2.RESOLUTION_HOUR: Resolution.HOUR,
    coverage_pb2.RESOLUTION_DAILY: Resolution.DAILY,
}
