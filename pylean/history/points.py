"""The points of one subscription between two moments, read from the data folder."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from pylean.clock import to_ms
from pylean.feed.reader import SubscriptionReader
from pylean.storage import Resolution

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pylean.feed.market_data import MarketData
    from pylean.feed.subscription import SubscriptionDataConfig
    from pylean.storage import MarketHours
    from pylean.storage.market_hours import Session

__all__ = ["HistoryPoints", "read_points"]


@dataclass
class HistoryPoints:
    """Points in order: parts of series, each from a first point to an end (exclusive)."""

    config: SubscriptionDataConfig
    parts: list[tuple[Any, int, int]] = field(default_factory=list)

    def __len__(self) -> int:
        return sum(end - first for _, first, end in self.parts)

    def __iter__(self) -> Iterator[Any]:
        """The bars."""
        for series, first, end in self.parts:
            yield from map(series.bar, range(first, end))

    def end_ms(self) -> NDArray[np.int64]:
        """Local end time of each point."""
        return _joined([series.end_ms[first:end] for series, first, end in self.parts], np.int64)

    def latest(self, count: int) -> list[Any]:
        """The last bars, oldest first."""
        bars: list[Any] = []
        for series, first, end in reversed(self.parts):
            if count <= len(bars):
                break
            bars[:0] = map(series.bar, range(max(first, end - (count - len(bars))), end))
        return bars

    def prices(self, name: str) -> NDArray[np.float64]:
        """``open``, ``high``, ``low`` or ``close`` of trade bars in USD."""
        return _joined([series.prices(name)[first:end] for series, first, end in self.parts], np.float64)

    def side_prices(self, side: str) -> dict[str, NDArray[np.float64]]:
        """``open`` to ``close`` of one side of quote bars in USD, not a number where it is missing."""
        parts = [(series.side_prices(side), first, end) for series, first, end in self.parts]
        names = parts[0][0] if parts else ()
        return {name: np.concatenate([prices[name][first:end] for prices, first, end in parts]) for name in names}

    def side_sizes(self, side: str) -> NDArray[np.float64]:
        """Shares of one side of quote bars."""
        return _joined([series.side_sizes(side)[first:end] for series, first, end in self.parts], np.float64)

    def volumes(self) -> NDArray[np.float64]:
        """Shares of trade bars."""
        return _joined([series.volume_column()[first:end] for series, first, end in self.parts], np.float64)


def read_points(
    config: SubscriptionDataConfig, market: MarketData, hours: MarketHours, start: datetime, end: datetime
) -> HistoryPoints:
    """Points with ``start`` < end time ≤ ``end`` (naive New York).

    Bars that end before ``start`` are unknown, so that nothing repeats them.
    """
    points = HistoryPoints(config)
    start_ms, end_ms = to_ms(start), to_ms(end)
    sessions = hours.sessions(start.date(), end.date()) if start_ms < end_ms else []
    if not sessions:
        return points
    reader = SubscriptionReader(config, market, start_ms)
    for part in _together(sessions, config.resolution):
        series: Any = reader.read(part, config.period_ms)
        if series is None:
            continue
        first, last = np.searchsorted(series.end_ms, [start_ms, end_ms], side="right").tolist()
        if first < last:
            points.parts.append((series, first, last))
    return points


def _together(sessions: list[Session], resolution: Resolution) -> Iterator[list[Session]]:
    """Sessions in the parts in which they are read: of hours and days all at once, else file by file."""
    if resolution in (Resolution.HOUR, Resolution.DAILY):
        yield sessions
    else:
        yield from ([session] for session in sessions)


def _joined(parts: list[NDArray[Any]], kind: Any) -> NDArray[Any]:
    return np.concatenate(parts) if parts else np.empty(0, kind)
