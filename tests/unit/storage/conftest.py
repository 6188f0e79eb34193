"""Bars and sample files for the storage tests."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from pylean.storage import LeanPaths, Resolution, TradeColumns

MakeTrades = Callable[..., TradeColumns]


@pytest.fixture
def sample(shared: Path) -> Path:
    """Data root with Lean's own sample files."""
    return shared / "lean-sample"


@pytest.fixture
def sample_paths(sample: Path) -> LeanPaths:
    return LeanPaths(sample)


@pytest.fixture
def make_trades() -> MakeTrades:
    """Plausible bars: `make_trades(start, rows, step_ms)`, prices rising by one unit a row."""

    def make(
        start: date = date(2025, 10, 1), rows: int = 5, step_ms: int = 1000, first_ms: int = 34_200_000
    ) -> TradeColumns:
        steps = np.arange(rows, dtype=np.int64)
        midnight_ms = (start - date(1970, 1, 1)).days * 86_400_000
        low = 1_000_000 + steps
        return TradeColumns(midnight_ms + first_ms + steps * step_ms, low + 1, low + 3, low, low + 2, 100 + steps)

    return make


def resolution_and_day(path: Path) -> tuple[Resolution, date | None]:
    """What a sample file's path says about its bars."""
    if path.parent.name in {"hour", "daily"}:
        return Resolution.from_text(path.parent.name), None
    return Resolution.from_text(path.parent.parent.name), date.fromisoformat(path.name[:8])


@pytest.fixture
def describe() -> Callable[[Path], tuple[Resolution, date | None]]:
    return resolution_and_day
