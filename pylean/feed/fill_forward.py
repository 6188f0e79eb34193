"""Fill-forward by column: which stored bar stands for each moment of one or more sessions.

A subscription with fill-forward has a point at every step of its sessions, from the first bar ever seen on. Where the
file has no bar, the bar before is repeated whole (open, high and low too) with volume 0; the bar before may lie outside
regular hours, or on an earlier day. The step is the finest resolution of the whole algorithm, so that the bars of a
coarser subscription are repeated between its own ends too.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Emission", "emit_filled", "emit_stored"]

Moments = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Emission:
    """The points of one subscription, in order.

    ``end_ms``: int64, local end time of each point. ``rows``: the stored row each point shows; -1 stands for the seed,
    the last bar before these rows. ``real``: False where a bar is repeated.
    """

    end_ms: NDArray[np.int64]
    rows: NDArray[np.int64]
    real: NDArray[np.bool_]


def emit_filled(ends: Moments, inside: NDArray[np.bool_], grid: Moments, *, has_seed: bool) -> Emission:
    """A point at every moment of ``grid`` and at the end of every stored bar that is ``inside`` a session.

    ``ends`` holds the ends of all stored bars, those outside the sessions included: they are repeated too, but give no
    points of their own. Without a seed the points begin at the first bar.
    """
    own = ends[inside]
    moments = grid if not len(own) or _is_part(own, grid) else np.union1d(grid, own)
    rows = np.searchsorted(ends, moments, side="right") - 1
    if not has_seed:
        begun = int(np.searchsorted(rows, 0, side="left"))
        moments, rows = moments[begun:], rows[begun:]
    real = np.zeros(len(moments), dtype=np.bool_)
    stored = rows >= 0
    real[stored] = (ends[rows[stored]] == moments[stored]) & inside[rows[stored]]
    return Emission(moments, rows, real)


def emit_stored(ends: Moments, inside: NDArray[np.bool_]) -> Emission:
    """Only the stored bars inside a session; nothing is repeated."""
    rows = np.flatnonzero(inside)
    return Emission(ends[rows], rows, np.ones(len(rows), dtype=np.bool_))


def _is_part(own: Moments, grid: Moments) -> bool:
    """All of ``own`` are moments of ``grid``: the common case, and cheaper to see than to merge."""
    places = np.searchsorted(grid, own)
    return bool(places[-1] < len(grid)) and bool((grid[places] == own).all())
