"""Ranges, extremes, deviations and turning points against Lean's reference files."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest

from pylean.indicators import (
    MassIndex,
    Maximum,
    MidPoint,
    MidPrice,
    Minimum,
    NormalizedAverageTrueRange,
    PivotPointsHighLow,
    RogersSatchellVolatility,
    StandardDeviation,
    TrueRange,
    Variance,
    ZigZag,
)
from tests.conformance.indicators.reference import Case, ReferenceTests


def square_of_value(indicator: Any) -> float:
    return math.pow(indicator.current.value, 2)


CASES = [
    Case("MassIndexTests", MassIndex, "spy_mass_index_25.txt", "MassIndex"),
    Case("MaximumTests", lambda: Maximum(5), "spy_max.txt", "MAX_5"),
    Case("MidPointTests", lambda: MidPoint(5), "spy_midpoint.txt", "MIDPOINT_5"),
    Case("MidPriceTests", lambda: MidPrice(5), "spy_midprice.txt", "MIDPRICE_5"),
    Case("MinimumTests", lambda: Minimum(5), "spy_min.txt", "MIN_5"),
    Case("NormalizedAverageTrueRangeTests", lambda: NormalizedAverageTrueRange(5), "spy_natr.txt", "NATR_5"),
    Case("PivotPointsHighLowTests", lambda: PivotPointsHighLow(10), "spy_pivot_pnt_hl.txt", "PPHL"),
    Case("RogersSatchellVolatilityTests", lambda: RogersSatchellVolatility(9), "spy_with_rsv.csv", "RSV9"),
    # Lean compares the roots to 1e-6.
    Case("StandardDeviationTests", lambda: StandardDeviation(10), "spy_var.txt", "Var", 1e-6, square_of_value),
    Case("TrueRangeTests", TrueRange, "spy_tr.txt", "TR"),
    Case("VarianceTests", lambda: Variance(10), "spy_var.txt", "Var"),
    Case("ZigZagTests", lambda: ZigZag("ZigZag", 0.05, 10), "spy_zigzag.csv", "zigzag"),
]


@pytest.mark.parametrize("case", CASES, ids=Case.label)
class TestRanges(ReferenceTests): ...


def test_pivot_points_are_kept_newest_first(shared: Path) -> None:
    indicator = PivotPointsHighLow(10)
    case = next(case for case in CASES if case.test == "PivotPointsHighLowTests")
    case.compare(indicator, shared / "lean" / "indicator-reference")
    highs, lows = indicator.get_high_pivot_points_array(), indicator.get_low_pivot_points_array()
    everything = indicator.get_all_pivot_points_array()
    assert highs
    assert lows
    assert len(everything) == len(highs) + len(lows)
    times = [pivot.time for pivot in everything]
    assert times == sorted(times, reverse=True)
