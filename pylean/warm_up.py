"""Where the stream begins when an algorithm warms up."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from pylean.clock import offset_ms_at
from pylean.feed.bar_counting import start_of_bars
from pylean.storage import Resolution

if TYPE_CHECKING:
    from pylean.algorithm import QCAlgorithm, Run

__all__ = ["stream_start_ms"]

_MILLISECOND = timedelta(milliseconds=1)


def stream_start_ms(algorithm: QCAlgorithm, run: Run) -> int:
    """UTC milliseconds of the stream's first moment: the start date, or earlier by the warm-up.

    A number of bars goes back to the earliest start among the securities, counted in bars of open market.
    """
    warm_up, start_ms = run.warm_up, run.start_utc_ms
    if warm_up is None:
        return start_ms
    local_ms = start_ms + offset_ms_at(start_ms, run.hours.time_zone)
    if warm_up.span is not None:
        return run.to_utc_ms(local_ms - warm_up.span // _MILLISECOND)
    count = warm_up.bars or 0
    starts = []
    for security in algorithm.securities.values():
        resolution = security.resolution if warm_up.resolution is None else warm_up.resolution
        extended = security.is_extended_market_hours and resolution < Resolution.HOUR
        period_ms = resolution.period // _MILLISECOND
        starts.append(start_of_bars(run.hours, local_ms, period_ms, count, extended=extended))
    if not starts:
        resolution = algorithm.universe_settings.resolution if warm_up.resolution is None else warm_up.resolution
        starts.append(local_ms - count * (resolution.period // _MILLISECOND))
    return run.to_utc_ms(min(starts))
