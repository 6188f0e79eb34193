"""What the state of the data means for a run: go, download first, or refuse."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import Enum

from services.common.dates import from_date
from services.common.errors import Precondition, ServiceError
from zac.data.v1 import coverage_pb2, downloader_service_pb2
from zac.run.v1 import execution_pb2, strategy_pb2

__all__ = ["DataPlan", "data_line", "findings", "missing_data", "missing_warnings", "plan"]

_RESOLUTIONS: dict[int, tuple[str, str]] = {
    coverage_pb2.RESOLUTION_SECOND: ("second", "Seconds"),
    coverage_pb2.RESOLUTION_MINUTE: ("minute", "Minutes"),
    coverage_pb2.RESOLUTION_HOUR: ("hour", "Hours"),
    coverage_pb2.RESOLUTION_DAILY: ("daily", "Daily"),
}
_MAX_VIOLATIONS = 200
_MAX_WARNINGS = 1_000
_DAYS_IN_A_LINE = 20
_DAYS_IN_A_MESSAGE = 3


class DataPlan(Enum):
    """How a run goes on after its data were checked."""

    READY = "ready"
    DOWNLOAD = "download"


def plan(
    coverage: downloader_service_pb2.CheckCoverageResponse, configuration: strategy_pb2.RunConfiguration
) -> DataPlan:
    """Decides; raises FAILED_PRECONDITION DATA_MISSING when the run cannot have its data."""
    if not coverage.uncovered or configuration.allow_missing_data:
        return DataPlan.READY
    if configuration.no_download:
        raise missing_data(coverage.uncovered, "Downloading is switched off for this run (no_download).")
    if not coverage.can_download:
        raise missing_data(coverage.uncovered, "They cannot be downloaded: set ZAC_POLYGON_API_KEY or POLYGON_API_KEY.")
    return DataPlan.DOWNLOAD


def missing_data(uncovered: Sequence[coverage_pb2.SymbolDay], why: str) -> ServiceError:
    """The refusal of a run without its data: names the symbol-days, and `why` they stay missing.

    DATA_UNREADABLE when all of them are there but damaged, else DATA_MISSING.
    """
    shown = ", ".join(_subject(item) for item in uncovered[:_DAYS_IN_A_MESSAGE])
    more = len(uncovered) - _DAYS_IN_A_MESSAGE
    rest = f" and {more} more symbol-days" if more > 0 else ""
    unreadable = all(item.state == coverage_pb2.COVERAGE_STATE_QUARANTINED for item in uncovered)
    reason, what = ("DATA_UNREADABLE", "cannot be read") if unreadable else ("DATA_MISSING", "are missing")
    return ServiceError.failed_precondition(
        reason,
        f"needed data {what}: {shown}{rest}. {why} Or run on without them (allow_missing_data).",
        preconditions=[_violation(item) for item in uncovered[:_MAX_VIOLATIONS]],
        metadata={"total": str(len(uncovered))},
    )


def missing_warnings(uncovered: Sequence[coverage_pb2.SymbolDay]) -> list[execution_pb2.Warning]:
    """A warning for each symbol-day; for very many, the last one tells how many more there are."""
    warnings = [
        execution_pb2.Warning(code="MISSING_DATA", text=f"no data: {_subject(item)}", symbol_day=item)
        for item in uncovered[:_MAX_WARNINGS]
    ]
    if len(uncovered) > _MAX_WARNINGS:
        text = f"no data: {len(uncovered) - _MAX_WARNINGS} more symbol-days"
        warnings.append(execution_pb2.Warning(code="MISSING_DATA", text=text))
    return warnings


def findings(
    requirements: Iterable[coverage_pb2.DataRequirement], uncovered: Sequence[coverage_pb2.SymbolDay]
) -> list[execution_pb2.LogLine]:
    """The log lines of a data check: a line for each complete resolution, and for each symbol with gaps."""
    gaps: dict[tuple[int, str], list[str]] = {}
    for item in uncovered:
        gaps.setdefault((item.resolution, item.symbol), []).append(from_date(item.day).isoformat())
    incomplete = {resolution for resolution, _ in gaps}
    needed = sorted({int(item.resolution) for item in requirements})
    lines = [
        data_line(f"All required {_names(resolution)[1]} data is available")
        for resolution in needed
        if resolution not in incomplete
    ]
    for (resolution, symbol), days in sorted(gaps.items()):
        rest = f" … {len(days)} days in all" if len(days) > _DAYS_IN_A_LINE else ""
        text = f"Missing data for {symbol}: {', '.join(days[:_DAYS_IN_A_LINE])}{rest} ({_names(resolution)[0]})"
        lines.append(data_line(text, execution_pb2.LOG_LEVEL_WARNING))
    return lines


def data_line(
    text: str, level: execution_pb2.LogLevel.ValueType = execution_pb2.LOG_LEVEL_INFO
) -> execution_pb2.LogLine:
    """A log line of the data phase."""
    return execution_pb2.LogLine(level=level, text=text, phase="data_download")


def _violation(item: coverage_pb2.SymbolDay) -> Precondition:
    unreadable = item.state == coverage_pb2.COVERAGE_STATE_QUARANTINED
    kind = "DATA_UNREADABLE" if unreadable else "DATA_MISSING"
    return Precondition(kind, _subject(item), item.reason or ("unreadable" if unreadable else "not in the store"))


def _subject(item: coverage_pb2.SymbolDay) -> str:
    return f"{item.symbol} {_names(item.resolution)[0]} {from_date(item.day).isoformat()}"


def _names(resolution: int) -> tuple[str, str]:
    """The resolution's name, and the word the log has for its bars."""
    return _RESOLUTIONS.get(resolution, (f"resolution {resolution}", f"resolution {resolution}"))
