"""Indicators of risk, of fits and of two symbols against Lean's reference files."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from pylean.feed.bars import TradeBar
from pylean.indicators import (
    Alpha,
    AutoRegressiveIntegratedMovingAverage,
    Beta,
    Correlation,
    CorrelationType,
    Covariance,
    HurstExponent,
    SharpeRatio,
    SortinoRatio,
    SuperTrend,
    TargetDownsideDeviation,
    TimeProfile,
    TomDemarkSequential,
    ValueAtRisk,
    VolumeProfile,
)
from pylean.moments import covariance
from pylean.numbers import use_lean_decimals
from pylean.risk_free_rate import ConstantRiskFreeRateInterestRateModel
from pylean.securities.symbol import Symbol
from tests.conformance.indicators.reference import Case, ReferenceTests, Row, assert_untouched, bar_of

SYMBOLS = {ticker: Symbol(ticker, ticker + " 2T") for ticker in ("AMZN", "SPX", "SPY", "QQQ")}
A, B = SYMBOLS["AMZN"], SYMBOLS["SPX"]
SPY, QQQ = SYMBOLS["SPY"], SYMBOLS["QQQ"]


def give_bar_of_symbol(indicator: Any, row: Row) -> None:
    indicator.update(bar_of(row, SYMBOLS[row["symbol"]]))


paired = partial(Case, feed=give_bar_of_symbol, warms_up=False)

CASES = [
    Case("HurstExponentTests", lambda: HurstExponent("HE", 252, 20), "spy_hurst_exponent.csv", "hurst_exponent"),
    Case("SharpeRatioTests", lambda: SharpeRatio("SR", 10), "spy_sr.txt", "SR_10"),
    Case("SortinoRatioTests", lambda: SortinoRatio("SORTINO", 15), "spy_sortino.csv", "sortino_rf_0_period_15"),
    Case("SuperTrendTests", lambda: SuperTrend(10, 3), "dwac_supertrend.txt", "Super", 0.05),
    Case("TargetDownsideDeviationTests", lambda: TargetDownsideDeviation(3), "spy_tdd.csv", "tdd", 1e-6),
    Case("TomDemarkSequentialTests", lambda: TomDemarkSequential("ABC"), "td_sequential_test_data.csv", "TDS"),
    Case(
        "AutoregressiveIntegratedMovingAverageTests",
        lambda: AutoRegressiveIntegratedMovingAverage("ARIMA", 1, 0, 1, 50),
        "spy_arima.csv",
        "ARIMA",
        10,
    ),
    *(
        Case("ValueAtRiskTests", partial(ValueAtRisk, 252, level), "spy_valueatrisk.csv", f"VaR_{level * 100:.0f}")
        for level in (0.99, 0.95, 0.9)
    ),
    *(
        Case(
            f"{make.__name__}Tests", partial(make, 3), file, column, tolerance, lambda it, name=name: getattr(it, name)
        )
        for make, file in ((VolumeProfile, "vp_datatest.csv"), (TimeProfile, "tp_datatest.csv"))
        for column, name, tolerance in (
            ("POCPrice", "poc_price", 0.01),
            ("POCVolume", "poc_volume", 0),
            ("PH", "profile_high", 0),
            ("PL", "profile_low", 0),
            ("VA", "value_area_volume", 0.01),
            ("VAH", "value_area_high", 0),
            ("VAL", "value_area_low", 0),
        )
    ),
]
PAIRED_CASES = [
    paired("AlphaIndicatorTests", lambda: Alpha("a", A, B, 5), "alpha_indicator_datatest.csv", "Alpha"),
    paired("BetaIndicatorTests", lambda: Beta("b", A, B, 5), "bi_datatest.csv", "Beta"),
    paired("CovarianceTests", lambda: Covariance("cov", SPY, QQQ, 252), "spy_qqq_cov.csv", "Covariance"),
    *(
        paired(
            "CorrelationPearsonTests",
            partial(Correlation, "c", SPY, QQQ, 252, kind),
            "spy_qqq_corr.csv",
            f"Correlation_{kind.name}",
        )
        for kind in CorrelationType
    ),
]
COVERS = [(case.test, case.file) for case in PAIRED_CASES]


@pytest.mark.parametrize("case", CASES, ids=Case.label)
class TestStatistics(ReferenceTests): ...


@pytest.mark.parametrize("case", PAIRED_CASES, ids=Case.label)
def test_pairs_agree_with_the_file_also_after_reset(case: Case, shared: Path) -> None:
    use_lean_decimals()
    folder = shared / "lean" / "indicator-reference"
    indicator = case.make()
    assert case.compare(indicator, folder) > 0
    indicator.reset()
    assert_untouched(indicator)
    assert case.compare(indicator, folder) > 0


PRICES = {"period of five": (5, 5, None, "0.0032053150"), "free rate": (5, 5, 0.0002, "0.0030959108")} | {
    "a year's beta": (1, 252, None, "0.0008518139"),
    "a year's beta and a free rate": (1, 252, 0.0025, "-0.0000620852"),
    "a year's beta and a model": (1, 252, ConstantRiskFreeRateInterestRateModel(0.0025), "-0.0000620852"),
}


@pytest.mark.parametrize(("alpha_period", "beta_period", "rate", "expected"), PRICES.values(), ids=PRICES)
def test_alpha_of_two_straight_lines(alpha_period: int, beta_period: int, rate: Any, expected: str) -> None:
    """Lean's own expected values, for closes of 100 + i and 200 + 3 i."""
    use_lean_decimals()
    alpha = Alpha("a", A, B, alpha_period, beta_period, rate)
    for day in range(beta_period + 1):
        assert not alpha.is_ready
        for symbol, close in ((A, 100 + day), (B, 200 + 3 * day)):
            assert alpha.current.value == 0
            alpha.update(TradeBar(datetime(2020, 1, 2) + timedelta(day), symbol, 1, 2, 1, close, 100, timedelta(1)))
    assert alpha.is_ready
    assert alpha.current.value == pytest.approx(float(expected), abs=1e-10)


def test_a_pair_waits_for_bars_of_one_day() -> None:
    """Lean's sequence with days on which only one of the symbols has a bar."""
    use_lean_decimals()
    days = {A: {1: 10, 2: 2, 3: 15, 5: 90, 6: 105}, B: {1: 35, 3: 80, 4: 4, 5: 37, 6: 302}}
    indicator = Covariance(A, B, 3)
    for day in range(1, 7):
        for symbol, closes in days.items():
            if day in closes:
                start = datetime(2020, 1, 1) + timedelta(day)
                indicator.update(TradeBar(start, symbol, 1, 2, 1, closes[day], 100, timedelta(1)))
    changes = [[15 / 10 - 1, 90 / 15 - 1, 105 / 90 - 1], [80 / 35 - 1, 37 / 80 - 1, 302 / 37 - 1]]
    assert indicator.is_ready
    assert indicator.current.value == pytest.approx(covariance(*changes), rel=1e-13)


def test_a_bar_of_another_symbol_is_refused() -> None:
    with pytest.raises(ValueError, match="symbol of the bar given to B\\(5\\) is SPY: it must be one of AMZN, SPX"):
        Beta(A, B, 5).update(TradeBar(datetime(2020, 1, 1), SPY, 1, 2, 1, 1, 100))
