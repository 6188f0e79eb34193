"""Fill-forward by column: which stored bar stands for each moment of a session.

A subscription with fill-forward has a point at every period of its session, from the first bar ever seen on. Where the
file has no bar, the bar before is repeated whole (open, high and low too) with volume 0; the bar before may lie outside
regular hours, or on an earlier day.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Emission", "emit_filled", "emit_stored"]


@dataclass(frozen=True, slots=True)
class Emission:
    """The points of one subscription on one day, in order.

    ``end_ms``: int64, local end time of each point. ``rows``: the stored row each point shows; -1 stands for the seed,
    the last bar before this day's rows. ``real``: False where a bar is repeated.
    """

    end_ms: NDArray[np.int64]
    rows: NDArray[np.int64]
    real: NDArray[np.bool_]


def emit_filled(
    start_ms: NDArray[np.int64], period_ms: int, open_ms: int, close_ms: int, *, has_seed: bool
) -> Emission:
    """Points at every period of the session ``[open_ms, close_ms)``; without a seed they begin at the first bar.

    ``start_ms`` holds the start of every stored bar of the day, bars outside the session included.
    """
    first_ms = open_ms - open_ms % period_ms
    grid = np.arange(first_ms, close_ms, period_ms, dtype=np.int64)
    rows = np.searchsorted(start_ms, grid, side="right") - 1
    if not has_seed:
        begun = int(np.searchsorted(rows, 0, side="left"))
        grid, rows = grid[begun:], rows[begun:]
    real = np.zeros(len(grid), dtype=np.bool_)
    stored = rows >= 0
    real[stored] = start_ms[rows[stored]] == grid[stored]
    return Emission(grid + period_ms, rows, real)


def emit_stored(start_ms: NDArray[np.int64], period_ms: int, open_ms: int, close_ms: int) -> Emission:
    """Only the stored bars that overlap the session; nothing is repeated."""
    first = int(np.searchsorted(start_ms, open_ms - period_ms, side="right"))
    last = int(np.searchsorted(start_ms, close_ms, side="left"))
    rows = np.arange(first, last, dtype=np.int64)
    return Emission(start_ms[first:last] + period_ms, rows, np.ones(len(rows), dtype=np.bool_))
