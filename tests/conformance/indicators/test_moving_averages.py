"""Moving averages against Lean's reference files."""

from __future__ import annotations

import pytest

from pylean.indicators import (
    ArnaudLegouxMovingAverage,
    DoubleExponentialMovingAverage,
    ExponentialMovingAverage,
    HullMovingAverage,
    KaufmanAdaptiveMovingAverage,
    KaufmanEfficiencyRatio,
    LinearWeightedMovingAverage,
    McGinleyDynamic,
    RelativeMovingAverage,
    SimpleMovingAverage,
    T3MovingAverage,
    TriangularMovingAverage,
    TripleExponentialMovingAverage,
    ZeroLagExponentialMovingAverage,
)
from tests.conformance.indicators.reference import Case, ReferenceTests

CASES = [
    Case("ArnaudLegouxMovingAverageTests", lambda: ArnaudLegouxMovingAverage(9, 6), "spy_alma.txt", "ALMA"),
    Case("DoubleExponentialMovingAverageTests", lambda: DoubleExponentialMovingAverage(5), "spy_dema.txt", "DEMA_5"),
    Case("ExponentialMovingAverageTests", lambda: ExponentialMovingAverage(14), "spy_ema.csv", "EMA14"),
    Case("HullMovingAverageTests", lambda: HullMovingAverage(16), "spy_hma.txt", "HMA_16"),
    Case("KaufmanAdaptiveMovingAverageTests", lambda: KaufmanAdaptiveMovingAverage(5), "spy_kama.txt", "KAMA_5"),
    Case("KaufmanEfficiencyRatioTests", lambda: KaufmanEfficiencyRatio(10), "spy_ker.txt", "KER"),
    Case("LinearWeightedMovingAverageTests", lambda: LinearWeightedMovingAverage(6), "spx_lwma.csv", "LWMA"),
    Case("McGinleyDynamicTests", lambda: McGinleyDynamic(14), "spy_with_McGinleyDynamic.csv", "McGinleyDynamic14"),
    Case("RelativeMovingAverageTests", lambda: RelativeMovingAverage(5), "spy_with_rma.csv", "RMA5", 1e-2),
    Case("SimpleMovingAverageTests", lambda: SimpleMovingAverage(14), "spy_with_indicators.txt", "SMA14", 1e-2),
    Case("T3MovingAverageTests", lambda: T3MovingAverage(5), "spy_t3.txt", "T3_5", 2e-2),
    Case("TestHelper", lambda: ExponentialMovingAverage(14), "spy_with_indicators.txt", "EMA14", 1e-2),
    Case("TriangularMovingAverageTests", lambda: TriangularMovingAverage(5), "spy_trima.txt", "TRIMA_5"),
    Case("TriangularMovingAverageTests", lambda: TriangularMovingAverage(6), "spy_trima.txt", "TRIMA_6"),
    Case("TripleExponentialMovingAverageTests", lambda: TripleExponentialMovingAverage(5), "spy_tema.txt", "TEMA_5"),
    Case(
        "ZeroLagExponentialMovingAverageTests",
        lambda: ZeroLagExponentialMovingAverage(5),
        "spy_with_zlema.csv",
        "ZLEMA5",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=Case.label)
class TestMovingAverages(ReferenceTests): ...
