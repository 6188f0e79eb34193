"""Oscillators against Lean's reference files."""

from __future__ import annotations

from typing import Any

import pytest

from pylean.indicators import (
    AbsolutePriceOscillator,
    IndicatorBase,
    LogReturn,
    MomentumPercent,
    MovingAverageConvergenceDivergence,
    MovingAverageType,
    PercentagePriceOscillator,
    PremierStochasticOscillator,
    RateOfChange,
    RateOfChangePercent,
    RateOfChangeRatio,
    RelativeStrengthIndex,
    RelativeVigorIndex,
    SchaffTrendCycle,
    Stochastic,
    StochasticRelativeStrengthIndex,
    Trix,
    TrueStrengthIndex,
    UltimateOscillator,
    WaveTrendOscillator,
    WilliamsPercentR,
)
from tests.conformance.indicators.reference import Case, ReferenceTests

_MACD = "MovingAverageConvergenceDivergenceTests"
_RSI = "RelativeStrengthIndexTests"
_SRSI = "StochasticRelativeStrengthIndexTests"
_WTO = "WaveTrendOscillatorTests"
_ROC_FILE, _ROC_COLUMN = "spy_with_rocp50.txt", "Rate of Change % 50"


def value_of(part: IndicatorBase) -> float:
    return float(part.current.decimal_value)


def macd() -> Any:
    return MovingAverageConvergenceDivergence(fast_period=12, slow_period=26, signal_period=9)


def wave_trend() -> Any:
    return WaveTrendOscillator(channel_period=10, average_period=21, signal_period=4)


CASES = [
    Case("AbsolutePriceOscillatorTests", lambda: AbsolutePriceOscillator(5, 10), "spy_apo.txt", "APO_5_10"),
    Case("LogReturnTests", lambda: LogReturn(14), "spy_logr14.txt", "LOGR14"),
    Case("MomentumPercentTests", lambda: MomentumPercent(50), _ROC_FILE, _ROC_COLUMN),
    Case(_MACD, macd, "spy_with_macd.txt", "MACD", 1e-4),
    Case(_MACD, macd, "spy_with_macd.txt", "Signal", 1e-4, lambda macd: value_of(macd.signal)),
    Case(_MACD, macd, "spy_with_macd.txt", "Histogram", 1e-4, lambda macd: value_of(macd.histogram)),
    Case("PercentagePriceOscillatorTests", lambda: PercentagePriceOscillator(5, 10), "spy_ppo.txt", "PPO_5_10"),
    Case("PremierStochasticOscillatorTests", lambda: PremierStochasticOscillator("PSO", 8, 5), "spy_pso.csv", "pso"),
    Case("RateOfChangePercentTests", lambda: RateOfChangePercent(50), _ROC_FILE, _ROC_COLUMN),
    Case("RateOfChangeRatioTests", lambda: RateOfChangeRatio(5), "spy_rocr.txt", "ROCR_5"),
    Case(
        "RateOfChangeTests",
        lambda: RateOfChange(50),
        _ROC_FILE,
        _ROC_COLUMN,
        value=lambda change: 100 * value_of(change),
    ),
    Case(_RSI, lambda: RelativeStrengthIndex(14), "spy_with_indicators.txt", "RSI 14 Wilder"),
    Case(
        _RSI,
        lambda: RelativeStrengthIndex("rsi", 14, MovingAverageType.SIMPLE),
        "spy_with_indicators.txt",
        "RSI 14",
    ),
    Case("RelativeVigorIndexTests", lambda: RelativeVigorIndex("RVI", 10), "spy_rvi.txt", "RVI"),
    Case(
        "RelativeVigorIndexTests",
        lambda: RelativeVigorIndex("RVI", 10),
        "spy_rvi.txt",
        "RVI_S",
        0.06,
        lambda index: value_of(index.signal),
    ),
    Case("SchaffTrendCycleTests", SchaffTrendCycle, "spy_stc.txt", "STC", 1),
    Case(
        "StochasticTests",
        lambda: Stochastic(12, 3, 5),
        "spy_with_stoch12k3.txt",
        "%D 5",
        value=lambda stochastic: value_of(stochastic.stoch_d),
    ),
    Case(
        "StochasticTests",
        lambda: Stochastic(12, 3, 5),
        "spy_with_stoch12k3.txt",
        "Stochastics 12 %K 3",
        value=lambda stochastic: value_of(stochastic.stoch_k),
    ),
    Case(
        _SRSI,
        lambda: StochasticRelativeStrengthIndex(14, 14, 3, 3),
        "spy_with_StochRSI.csv",
        "k",
        value=lambda index: value_of(index.k),
    ),
    Case(
        _SRSI,
        lambda: StochasticRelativeStrengthIndex(14, 14, 3, 3),
        "spy_with_StochRSI.csv",
        "d",
        value=lambda index: value_of(index.d),
    ),
    Case("TrixTests", lambda: Trix(5), "spy_trix.txt", "TRIX_5"),
    Case("TrueStrengthIndexTests", TrueStrengthIndex, "spy_tsi.csv", "TSI_25_13"),
    Case(
        "TrueStrengthIndexTests",
        TrueStrengthIndex,
        "spy_tsi.csv",
        "Signal_7",
        1e-4,
        lambda index: value_of(index.signal),
        is_ready=lambda index: bool(index.signal.is_ready),
    ),
    Case("UltimateOscillatorTests", lambda: UltimateOscillator(7, 14, 28), "spy_ultosc.txt", "ULTOSC_7_14_28"),
    Case(_WTO, wave_trend, "spy_wto.csv", "WT1", 1e-4),
    Case(_WTO, wave_trend, "spy_wto.csv", "WT2", 1e-4, lambda wave: value_of(wave.signal)),
    Case("WilliamsPercentRTests", lambda: WilliamsPercentR(14), "spy_with_williamsR14.txt", "Williams %R 14"),
]


@pytest.mark.parametrize("case", CASES, ids=Case.label)
class TestOscillators(ReferenceTests): ...
