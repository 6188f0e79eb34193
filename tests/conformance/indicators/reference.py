"""Reading Lean's reference files and comparing an indicator with them, as Lean's common indicator tests do.

A module of this package lists ``Case`` objects in ``CASES`` and runs them by::

    @pytest.mark.parametrize("case", CASES, ids=Case.label)
    class TestMovingAverages(ReferenceTests): ...
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import pytest

from pylean.feed.bars import TradeBar
from pylean.indicators import BarIndicator, IndicatorBase, IndicatorDataPoint
from pylean.numbers import use_lean_decimals
from pylean.securities.symbol import Symbol

__all__ = ["SYMBOL", "Case", "ReferenceTests", "bar_of", "line", "rows_of"]

SYMBOL = Symbol("SPY", "SPY R735QTJ8XC9X")

_DATE_FORMATS = (
    "%m/%d/%Y %I:%M:%S %p",
    "%Y-%m-%d %I:%M:%S %p",
    "%m/%d/%Y %I:%M %p",
    "%m/%d/%y %I:%M %p",
    "%m/%d/%Y %H:%M:%S",
    "%m/%d/%Y %H:%M",
    "%m/%d/%Y",
    "%Y%m%d %H:%M",
    "%Y%m%d",
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d",
    "%Y-%m-%dT%H:%M:%SZ",
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%d",
)


class Row(dict[str, str]):
    """One row of a file; its time and bar are worked out once for all the tests that read it."""

    @cached_property
    def time(self) -> datetime:
        return time_of(self)

    @cached_property
    def bar(self) -> TradeBar:
        return bar_of(self)


@cache
def rows_of(path: Path) -> list[Row]:
    """Rows of a reference file, by lower-case column name."""
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    header = [name.strip().strip('"').lower() for name in lines[0].split(",")]
    cells = ([cell.strip().strip('"') for cell in line.split(",")] for line in lines[1:] if line.strip())
    return [Row(zip(header, row, strict=False)) for row in cells]


def time_of(row: Row) -> datetime:
    """A row's time, whichever of the files' formats it has."""
    text = row["date"] if "date" in row else row["time"]
    if text.isdigit() and len(text) > 8:
        return datetime(1970, 1, 1) + timedelta(seconds=int(text))
    for pattern in _DATE_FORMATS:
        try:
            return datetime.strptime(text, pattern)
        except ValueError:
            continue
    raise ValueError(f"{text!r} is in no date format known here")


def bar_of(row: Row, symbol: Any = SYMBOL) -> TradeBar:
    """A row as a bar; without a volume column the volume is 0."""
    prices = [Decimal(row[column]) for column in ("open", "high", "low", "close")]
    return TradeBar(row.time, symbol, *prices, float(row.get("volume") or 0), timedelta(minutes=1))


def point_of(row: Row) -> IndicatorDataPoint:
    return IndicatorDataPoint(SYMBOL, row.time, Decimal(row["close"]))


def current_value(indicator: Any) -> float:
    return float(indicator.current.decimal_value)


def line(name: str) -> Callable[[Any], float]:
    """Reads one of an indicator's further lines: ``line("upper_band")``."""
    return lambda indicator: current_value(getattr(indicator, name))


@dataclass(frozen=True)
class Case:
    """One column of a reference file, and how Lean's test class of that name compares an indicator with it.

    ``value`` reads what is compared; ``is_ready`` and ``feed`` are for tests that differ from the common ones.
    ``warms_up`` is off where Lean's own test does not hold the indicator to its warm-up period.
    """

    test: str
    make: Callable[[], Any]
    file: str
    column: str
    tolerance: float = 1e-3
    value: Callable[[Any], float] = current_value
    is_ready: Callable[[Any], bool] = lambda indicator: indicator.is_ready
    feed: Callable[[Any, Row], None] | None = None
    warms_up: bool = True
    relative: bool = False

    def label(self) -> str:
        return f"{self.test}-{self.file}-{self.column}".replace(" ", "_")

    def give(self, indicator: Any, row: Row) -> None:
        """Feed a row as the indicator takes it: a bar, or a point of the close."""
        if self.feed is not None:
            self.feed(indicator, row)
        else:
            indicator.update(row.bar if isinstance(indicator, BarIndicator) else point_of(row))

    def compare(self, indicator: Any, folder: Path) -> int:
        """Feed the whole file; how many rows were compared."""
        compared = 0
        for number, row in enumerate(rows_of(folder / self.file), start=2):
            self.give(indicator, row)
            expected = row.get(self.column.lower(), "")
            if not expected or not self.is_ready(indicator):
                continue
            bound = self.tolerance * max(1.0, abs(float(expected))) if self.relative else self.tolerance
            value = self.value(indicator)
            if not math.isclose(value, float(expected), rel_tol=0, abs_tol=bound):
                pytest.fail(f"{self.file}:{number} {self.column}: {value!r}, Lean's test expects {expected}")
            compared += 1
        return compared


def synthetic_input(indicator: Any, start: datetime, day: int) -> Any:
    """The input of Lean's common tests: prices that rise by one a day."""
    if isinstance(indicator, BarIndicator):
        base = 100 + day
        prices = (base, base + 5, base - 5, base)
        return TradeBar(start + timedelta(days=day), SYMBOL, *prices, 100, timedelta(days=1))
    return IndicatorDataPoint(SYMBOL, start + timedelta(days=day), Decimal(100 + day))


class ReferenceTests:
    """What every indicator with a reference file has to stand."""

    @pytest.fixture(autouse=True)
    def lean_decimals(self) -> None:
        use_lean_decimals()

    def test_agrees_with_the_file_also_after_reset(self, case: Case, shared: Path) -> None:
        folder = shared / "lean" / "indicator-reference"
        indicator = case.make()
        assert case.compare(indicator, folder) > 0
        indicator.reset()
        assert_untouched(indicator)
        assert case.compare(indicator, folder) > 0

    def test_is_ready_after_its_warm_up_period(self, case: Case) -> None:
        indicator = case.make()
        if not case.warms_up or not indicator.warm_up_period:
            pytest.skip("Lean's test asks nothing of the warm-up period here")
        for day in range(indicator.warm_up_period):
            indicator.update(synthetic_input(indicator, datetime(2019, 1, 1), day))
            assert indicator.is_ready == (day == indicator.warm_up_period - 1)
        assert indicator.samples == indicator.warm_up_period

    def test_takes_only_data_that_move_forward(self, case: Case) -> None:
        indicator = case.make()
        for day in range(10, 0, -1):
            indicator.update(synthetic_input(indicator, datetime(2019, 1, 1), day))
        assert indicator.samples == 1

    def test_keeps_the_value_before(self, case: Case) -> None:
        indicator = case.make()
        before = indicator.current.decimal_value
        for day in range(2 * max(indicator.warm_up_period, 1)):
            indicator.update(synthetic_input(indicator, datetime(2024, 1, 1), day))
            assert indicator.previous.decimal_value == before
            before = indicator.current.decimal_value


def assert_untouched(indicator: IndicatorBase) -> None:
    """As made: no value, no samples, not ready."""
    assert indicator.current.decimal_value == 0
    assert indicator.current.time == datetime.min
    assert indicator.samples == 0
    assert not indicator.is_ready
