"""Quadratic programs: the smallest variance under linear constraints."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]

__all__ = ["minimize_quadratic"]

_NOTHING = 1e-12
# Far above what rounding leaves, far below what a weight means.
_HARDLY = 1e-7
_MOST_STEPS = 10_000


@dataclass
class _Dual:
    """Constraints in force at the present point, as rows with their multipliers."""

    inverse: Vector
    rows: list[Vector] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    multipliers: list[float] = field(default_factory=list)

    def directions(self, normal: Vector) -> tuple[Vector, Vector]:
        """Steps of the point and of the multipliers that meet one more constraint and keep the others."""
        if not self.rows:
            return self.inverse @ normal, np.empty(0)
        active = np.array(self.rows)
        change = np.linalg.solve(active @ self.inverse @ active.T, active @ self.inverse @ normal)
        return self.inverse @ (normal - active.T @ change), change.astype(np.float64)

    def add(self, number: int, row: Vector, multiplier: float) -> None:
        self.numbers.append(number)
        self.rows.append(row)
        self.multipliers.append(multiplier)

    def drop(self, place: int) -> None:
        del self.numbers[place], self.rows[place], self.multipliers[place]


def minimize_quadratic(matrix: Vector, rows: Vector, bounds: Vector, equalities: int) -> Vector | None:
    """The x of smallest ½·xᵀ·matrix·x with rows·x = bounds for the first ``equalities`` rows and ≥ for the others.

    ``None`` when no x fulfils the constraints, or the matrix is not positive definite. The dual method of Goldfarb and
    Idnani (1983): from the free minimum it takes in one violated constraint after the other.
    """
    try:
        np.linalg.cholesky(matrix)
    except np.linalg.LinAlgError:
        return None
    dual = _Dual(np.linalg.inv(matrix).astype(np.float64))
    point: Vector = np.zeros(len(matrix))
    scale = 1 + np.abs(bounds)
    for _ in range(_MOST_STEPS):
        slack = rows @ point - bounds
        worst = _most_violated(slack / scale, equalities, dual.numbers)
        if worst is None:
            # Rounding lets the point drift off constraints it has taken in where they contradict each other.
            return point if _holds(slack / scale, equalities) else None
        sign = -1.0 if worst < equalities and slack[worst] > 0 else 1.0
        moved = _take_in(dual, point, worst, rows[worst] * sign, bounds[worst] * sign, equalities)
        if moved is None:
            return None
        point = moved
    return None


def _most_violated(slack: Vector, equalities: int, active: list[int]) -> int | None:
    """An equality that does not hold yet, else the inequality that is violated most."""
    for number in range(equalities):
        if number not in active:
            return number
    candidates = [number for number in range(equalities, len(slack)) if number not in active]
    worst = min(candidates, key=lambda number: slack[number], default=None)
    return worst if worst is not None and slack[worst] < -_NOTHING else None


def _holds(slack: Vector, equalities: int) -> bool:
    return bool((np.abs(slack[:equalities]) < _HARDLY).all() and (slack[equalities:] > -_HARDLY).all())


def _take_in(dual: _Dual, point: Vector, number: int, normal: Vector, bound: float, equalities: int) -> Vector | None:
    """Move until the constraint holds, dropping inequalities whose multiplier runs out; ``None`` if it never can."""
    multiplier = 0.0
    while True:
        step, change = dual.directions(normal)
        dual_step, blocking = _longest_dual_step(dual, change, equalities)
        rise = float(step @ normal)
        can_move = float(step @ step) > _NOTHING**2 and rise > 0
        primal_step = (bound - float(normal @ point)) / rise if can_move else np.inf
        length = min(dual_step, primal_step)
        if length == np.inf:
            return None
        if can_move:
            point = point + length * step
        dual.multipliers = [old - length * part for old, part in zip(dual.multipliers, change, strict=True)]
        multiplier += length
        if length == primal_step:
            dual.add(number, normal, multiplier)
            return point
        dual.drop(blocking)


def _longest_dual_step(dual: _Dual, change: Vector, equalities: int) -> tuple[float, int]:
    """How far until the multiplier of an inequality is zero, and that inequality's place."""
    limits = [
        (dual.multipliers[place] / part, place)
        for place, part in enumerate(change)
        if part > _NOTHING and dual.numbers[place] >= equalities
    ]
    return min(limits, default=(np.inf, -1))
