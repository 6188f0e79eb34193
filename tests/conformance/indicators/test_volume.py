"""Indicators of volume against Lean's reference files."""

from __future__ import annotations

import pytest

from pylean.indicators import (
    MoneyFlowIndex,
    OnBalanceVolume,
    RelativeDailyVolume,
    SmoothedOnBalanceVolume,
    VolumeWeightedAveragePriceIndicator,
    VolumeWeightedMovingAverage,
)
from tests.conformance.indicators.reference import Case, ReferenceTests

CASES = [
    Case("MoneyFlowIndexTests", lambda: MoneyFlowIndex(20), "spy_mfi.txt", "Money Flow Index 20"),
    # Lean compares three digits; the file has no more.
    Case("OnBalanceVolumeTests", OnBalanceVolume, "spy_with_obv.txt", "OBV", 5e-3, relative=True),
    Case("RelativeDailyVolumeTests", lambda: RelativeDailyVolume(2), "spy_rdv.txt", "RDV"),
    Case("SmoothedOnBalanceVolumeTests", lambda: SmoothedOnBalanceVolume(20), "spy_with_sobv.csv", "SOBV20"),
    Case(
        "VolumeWeightedAveragePriceIndicatorTests",
        lambda: VolumeWeightedAveragePriceIndicator(50),
        "spy_with_vwap.txt",
        "Moving VWAP 50",
    ),
    Case(
        "VolumeWeightedMovingAverageTests",
        lambda: VolumeWeightedMovingAverage("VWMA", 20),
        "spy_with_vwma.csv",
        "VWMA20",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=Case.label)
class TestVolume(ReferenceTests): ...
