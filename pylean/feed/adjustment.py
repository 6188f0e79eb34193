"""How stored prices become the prices of a subscription, row by row."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pylean.feed.bars import PriceScale
from pylean.numbers import ONE, ZERO

__all__ = ["NO_ADJUSTMENT", "AdjustedRows", "Adjustment"]


@dataclass(frozen=True)
class Adjustment:
    """price = stored price × ``factor`` + ``addend`` (the dividends so far, of total-return prices), in exact decimals.

    Volumes are divided by the factor and rounded to whole shares.
    """

    factor: Decimal = ONE
    addend: Decimal = ZERO

    @cached_property
    def digits(self) -> int:
        """Digits the factor adds to a price."""
        return max(0, -int(self.factor.as_tuple().exponent))

    @cached_property
    def multiplier(self) -> int:
        return int(self.factor.scaleb(self.digits))

    @cached_property
    def volume_factor(self) -> float:
        return float(ONE / self.factor)

    def scale(self, stored_digits: int) -> PriceScale:
        """The scale of adjusted prices whose stored form has so many digits."""
        return PriceScale(max(stored_digits + self.digits, -int(self.addend.as_tuple().exponent)))

    def scaled(self, stored: int, stored_digits: int) -> int:
        """An adjusted price as an integer of ``scale``."""
        digits = self.scale(stored_digits).digits
        product: int = stored * self.multiplier * 10 ** (digits - stored_digits - self.digits)
        return product + int(self.addend.scaleb(digits)) if self.addend else product

    def scaled_column(self, stored: NDArray[np.int64], stored_digits: int) -> NDArray[Any]:
        """``scaled`` for a column: int64, or Python integers where those would overflow."""
        if self.multiplier == 1 and not self.addend:
            return stored
        if self.addend or self.scaled(int(stored.max(initial=0)), stored_digits) > np.iinfo(np.int64).max:
            return np.array([self.scaled(value, stored_digits) for value in stored.tolist()], dtype=object)
        return stored * self.multiplier


NO_ADJUSTMENT = Adjustment()


@dataclass(frozen=True, slots=True)
class AdjustedRows:
    """The adjustment in force for each stored row: ``steps[k]`` from row ``firsts[k]`` on, ``firsts[0]`` being 0."""

    firsts: list[int]
    steps: list[Adjustment]

    @classmethod
    def uniform(cls, adjustment: Adjustment) -> AdjustedRows:
        return cls([0], [adjustment])

    @property
    def is_uniform(self) -> bool:
        return len(self.steps) == 1

    def at(self, row: int) -> Adjustment:
        """Of one row."""
        if len(self.steps) == 1:
            return self.steps[0]
        return self.steps[int(np.searchsorted(self.firsts, row, side="right")) - 1]

    def spans(self, rows: NDArray[np.int64]) -> list[tuple[int, int, Adjustment]]:
        """Neighbouring points of one adjustment: first, end (exclusive). ``rows`` are stored rows, ascending."""
        if len(self.steps) == 1:
            return [(0, len(rows), self.steps[0])]
        edges = [*np.searchsorted(rows, self.firsts).tolist(), len(rows)]
        spans = zip(edges, edges[1:], self.steps, strict=False)
        return [(first, end, step) for first, end, step in spans if end > first]
