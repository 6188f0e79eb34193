"""Direction, shape of bars, flow of money and transforms against Lean's reference files."""

from __future__ import annotations

import pytest

from pylean.indicators import (
    AccumulationDistribution,
    AccumulationDistributionOscillator,
    AroonOscillator,
    AverageDirectionalIndex,
    AverageDirectionalMovementIndexRating,
    BalanceOfPower,
    ChaikinMoneyFlow,
    ChaikinOscillator,
    DeMarkerIndicator,
    EaseOfMovementValue,
    FisherTransform,
    ForceIndex,
    FractalAdaptiveMovingAverage,
    HeikinAshi,
    HilbertTransform,
    InternalBarStrength,
    KlingerVolumeOscillator,
)
from tests.conformance.indicators.reference import Case, ReferenceTests, line


def heikin_ashi(column: str, name: str) -> Case:
    return Case("HeikinAshiTests", HeikinAshi, "spy_heikin_ashi.txt", column, value=line(name))


def adx(column: str, name: str) -> Case:
    make = lambda: AverageDirectionalIndex(14)  # noqa: E731
    return Case("AverageDirectionalIndexTests", make, "spy_with_adx.txt", column, 1e-4, line(name))


def hilbert(column: str, name: str) -> Case:
    return Case("HilbertTransformTests", HilbertTransform, "spy_with_hilbert.csv", column, value=line(name))


CASES = [
    Case(
        "AccumulationDistributionOscillatorTests",
        lambda: AccumulationDistributionOscillator(3, 10),
        "spy_ad_osc.txt",
        "AdOsc_3_10",
    ),
    Case("ChaikinOscillatorTests", lambda: ChaikinOscillator(3, 10), "spy_ad_osc.txt", "AdOsc_3_10"),
    Case("AccumulationDistributionTests", AccumulationDistribution, "spy_ad.txt", "AD"),
    Case("AroonOscillatorTests", lambda: AroonOscillator(14, 14), "spy_aroon_oscillator.txt", "Aroon Oscillator 14"),
    Case("AverageDirectionalIndexTests", lambda: AverageDirectionalIndex(14), "spy_with_adx.txt", "ADX 14"),
    adx("+DI14", "positive_directional_index"),
    adx("-DI14", "negative_directional_index"),
    Case(
        "AverageDirectionalMovementIndexRatingTests",
        lambda: AverageDirectionalMovementIndexRating(14),
        "spy_with_adx.txt",
        "ADXR 14",
        1.0,
    ),
    Case("BalanceOfPowerTests", BalanceOfPower, "spy_bop.txt", "BOP"),
    Case("ChaikinMoneyFlowTests", lambda: ChaikinMoneyFlow("CMF", 20), "spy_cmf.txt", "CMF_20"),
    Case("DeMarkerIndicatorTests", lambda: DeMarkerIndicator("DEM", 14), "eurusd60_dem.txt", "dem"),
    Case("EaseOfMovementValueTests", EaseOfMovementValue, "spy_emv.txt", "EMV", 1.0),
    Case("FisherTransformTests", lambda: FisherTransform(10), "spy_with_fisher.txt", "Fisher Transform 10"),
    Case("ForceIndexTests", lambda: ForceIndex(20), "spy_with_ForceIndex.csv", "ForceIndex20"),
    Case("FractalAdaptiveMovingAverageTests", lambda: FractalAdaptiveMovingAverage(16), "frama.txt", "Filt", 0.006),
    heikin_ashi("HA_Open", "open"),
    heikin_ashi("HA_High", "high"),
    heikin_ashi("HA_Low", "low"),
    heikin_ashi("HA_Close", "close"),
    heikin_ashi("Volume", "volume"),
    Case("HilbertTransformTests", HilbertTransform, "spy_with_hilbert.csv", "Close"),
    hilbert("InPhase", "in_phase"),
    hilbert("Quadrature", "quadrature"),
    Case("InternalBarStrengthTests", lambda: InternalBarStrength("IBS"), "spy_with_ibs.csv", "IBS"),
    Case(
        "KlingerVolumeOscillatorTests",
        lambda: KlingerVolumeOscillator(fast_period=5, slow_period=10),
        "spy_with_kvo.csv",
        "KVO5_10",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=Case.label)
class TestDirections(ReferenceTests): ...
