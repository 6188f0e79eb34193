"""Trend followers, filters and regressions against Lean's reference files."""

from __future__ import annotations

from typing import Any

import pytest

from pylean.indicators import (
    MesaAdaptiveMovingAverage,
    ParabolicStopAndReverse,
    ParabolicStopAndReverseExtended,
    SqueezeMomentum,
    SwissArmyKnife,
    SwissArmyKnifeTool,
    TimeSeriesForecast,
    VariableIndexDynamicAverage,
    Vortex,
    WilderAccumulativeSwingIndex,
    WilderSwingIndex,
)
from tests.conformance.indicators.reference import Case, ReferenceTests

_SAREXT = "ParabolicStopAndReverseExtendedTests"


def swiss(column: str, tool: SwissArmyKnifeTool, tolerance: float = 0.01) -> Case:
    return Case("SwissArmyKnifeTests", lambda: SwissArmyKnife(20, 0.1, tool), "spy_swiss.txt", column, tolerance)


def stop(column: str, start: float, offset: float) -> Case:
    def make() -> Any:
        return ParabolicStopAndReverseExtended(
            sar_start=start,
            offset_on_reverse=offset,
            af_start_short=0.03,
            af_increment_short=0.02,
            af_max_short=0.4,
            af_start_long=0.02,
            af_increment_long=0.01,
            af_max_long=0.3,
        )

    return Case(_SAREXT, make, "spy_sarext.txt", column, 1e-4)


CASES = [
    Case("MesaAdaptiveMovingAverageTests", lambda: MesaAdaptiveMovingAverage("MAMA"), "spy_mama.csv", "mama"),
    Case(_SAREXT, ParabolicStopAndReverseExtended, "spy_sarext.txt", "SAREXT"),
    stop("SAREXT_PARAM1", 0.0, 0.0),
    stop("SAREXT_PARAM2", 100, 0.0),
    stop("SAREXT_PARAM3", -95, 0.0),
    stop("SAREXT_PARAM4", 100, 0.02),
    Case("ParabolicStopAndReverseTests", ParabolicStopAndReverse, "spy_sarext.txt", "SAR"),
    swiss("Gauss", SwissArmyKnifeTool.GAUSS),
    swiss("Butter", SwissArmyKnifeTool.BUTTER),
    swiss("HP", SwissArmyKnifeTool.HIGH_PASS),
    swiss("2PHP", SwissArmyKnifeTool.TWO_POLE_HIGH_PASS),
    swiss("BP", SwissArmyKnifeTool.BAND_PASS, 0.043),
    Case("SqueezeMomentumTests", lambda: SqueezeMomentum("SM", 20, 2, 20, 1.5), "spy_sm.csv", "squeeze on"),
    Case("TimeSeriesForecastTests", lambda: TimeSeriesForecast(5), "spy_tsf.csv", "tsf"),
    Case(
        "VortexTests",
        lambda: Vortex(14),
        "spy_with_vtx.csv",
        "plus_vtx",
        1e-4,
        lambda vortex: float(vortex.plus_vortex.current.decimal_value),
    ),
    Case(
        "VortexTests",
        lambda: Vortex(14),
        "spy_with_vtx.csv",
        "minus_vtx",
        1e-4,
        lambda vortex: float(vortex.minus_vortex.current.decimal_value),
    ),
    Case("VariableIndexDynamicAverageTests", lambda: VariableIndexDynamicAverage(9), "spy_vidya.txt", "VIDYA_9"),
    Case("WilderAccumulativeSwingIndexTests", lambda: WilderAccumulativeSwingIndex(8), "spy_asi.csv", "ASI"),
    Case("WilderSwingIndexTests", lambda: WilderSwingIndex(8), "spy_si.csv", "SI"),
]


@pytest.mark.parametrize("case", CASES, ids=Case.label)
class TestTrends(ReferenceTests): ...
