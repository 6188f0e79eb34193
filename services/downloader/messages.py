"""Domain objects as messages of the contract."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from pylean.storage import Resolution
from services.common.dates import to_date, to_duration
from zac.data.v1 import coverage_pb2, download_pb2, downloader_service_pb2

from .coverage import Coverage, DayState, Gap
from .progress import ResolutionTally, Tally
from .units import Unit

_STATES: Final = {state: coverage_pb2.CoverageState.Value(f"COVERAGE_STATE_{state.name}") for state in DayState}
_RESOLUTIONS: Final = {
    resolution: coverage_pb2.Resolution.Value(f"RESOLUTION_{resolution.name}")
    for resolution in (Resolution.SECOND, Resolution.MINUTE, Resolution.HOUR, Resolution.DAILY)
}


def symbol_day(gap: Gap) -> coverage_pb2.SymbolDay:
    """A symbol-day with its state."""
    return coverage_pb2.SymbolDay(
        symbol=gap.unit.symbol,
        resolution=_RESOLUTIONS[gap.unit.resolution],
        day=to_date(gap.day),
        state=_STATES[gap.state],
        reason=gap.reason,
    )


def progress(tally: Tally, units: Iterable[Unit], now: float) -> downloader_service_pb2.DownloadResponse:
    """The totals, and the counts of some units."""
    meters = [resolution.meter for resolution in tally.resolutions.values()]
    message = download_pb2.DownloadProgress(
        units=[_unit_progress(tally, unit) for unit in units],
        days_done=tally.days_done,
        days_needed=tally.days_needed,
        bytes_received=sum(meter.bytes_received for meter in meters),
        requests=sum(meter.requests for meter in meters),
        retries=sum(meter.retries for meter in meters),
        cache_hits=tally.hits,
    )
    remaining_s = tally.remaining_s(now)
    if remaining_s is not None:
        message.remaining.CopyFrom(to_duration(remaining_s))
    return downloader_service_pb2.DownloadResponse(progress=message)


def log_line(text: str) -> downloader_service_pb2.DownloadResponse:
    """A line for the run's log."""
    return downloader_service_pb2.DownloadResponse(log=downloader_service_pb2.DownloadLog(text=text))


def summary(
    tally: Tally, elapsed_s: float, uncovered: Iterable[Gap], coverage: Coverage
) -> downloader_service_pb2.DownloadResponse:
    """The last message of a download."""
    message = download_pb2.DownloadSummary(
        resolutions=[
            _resolution_summary(resolution, tally.resolutions[resolution]) for resolution in sorted(tally.resolutions)
        ],
        elapsed=to_duration(elapsed_s),
        uncovered=map(symbol_day, uncovered),
        data_manifest_digest=coverage.manifest_digest,
        simulated_data=coverage.is_simulated,
    )
    return downloader_service_pb2.DownloadResponse(summary=message)


def _unit_progress(tally: Tally, unit: Unit) -> download_pb2.UnitProgress:
    counts = tally.units[unit]
    return download_pb2.UnitProgress(
        symbol=unit.symbol,
        resolution=_RESOLUTIONS[unit.resolution],
        days_done=counts.done,
        days_needed=counts.needed,
    )


def _resolution_summary(resolution: Resolution, tally: ResolutionTally) -> download_pb2.ResolutionSummary:
    return download_pb2.ResolutionSummary(
        resolution=_RESOLUTIONS[resolution],
        elapsed=to_duration(tally.elapsed_s),
        days_downloaded=tally.days,
        cache_hits=tally.hits,
        requests=tally.meter.requests,
        retries=tally.meter.retries,
        bytes_received=tally.meter.bytes_received,
        bars_written=tally.bars,
    )
