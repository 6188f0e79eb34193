"""Oscillators of price changes, and an algorithm's own indicator, against Lean's reference files."""

from __future__ import annotations

from collections import deque
from typing import Any

import pytest

from pylean.indicators import (
    AugenPriceSpike,
    AwesomeOscillator,
    ChandeMomentumOscillator,
    CommodityChannelIndex,
    ConnorsRelativeStrengthIndex,
    CoppockCurve,
    DerivativeOscillator,
    DetrendedPriceOscillator,
    KnowSureThing,
    PythonIndicator,
)
from tests.conformance.indicators.reference import Case, ReferenceTests, line, point_of


class OwnMovingAverage(PythonIndicator):
    """What Lean's test writes in Python."""

    def __init__(self, name: str, period: int) -> None:
        self.name = name
        self.value = 0
        self.period = period
        self.warm_up_period = period
        self.queue: deque[float] = deque(maxlen=period)

    def update(self, input: Any) -> bool:  # noqa: A002 - the name in Lean
        self.queue.appendleft(input.value)
        self.value = sum(self.queue) / len(self.queue)
        return len(self.queue) == self.queue.maxlen


class PascalMovingAverage(PythonIndicator):
    """The same in Lean's other style."""

    def __init__(self, name: str, period: int) -> None:
        self.Name = name
        self.Value = 0
        self.WarmUpPeriod = period
        self.queue: deque[float] = deque(maxlen=period)

    def Update(self, input: Any) -> bool:  # noqa: A002 - Lean's names
        self.queue.appendleft(input.Value)
        self.Value = sum(self.queue) / len(self.queue)
        return len(self.queue) == self.queue.maxlen


def kst(column: str, **options: Any) -> Case:
    make = lambda: KnowSureThing(5, 5, 10, 5, 15, 5, 25, 10, 9)  # noqa: E731
    return Case("KnowSureThingTests", make, "spy_with_kst.csv", column, **options)


CASES = [
    Case("AugenPriceSpikeTests", lambda: AugenPriceSpike(20), "spy_aps.txt", "APS", 1.0),
    Case("AwesomeOscillatorTests", lambda: AwesomeOscillator(5, 34), "spy_ao.txt", "AO"),
    Case("ChandeMomentumOscillatorTests", lambda: ChandeMomentumOscillator(5), "spy_cmo.txt", "CMO_5"),
    Case(
        "CommodityChannelIndexTests",
        lambda: CommodityChannelIndex(14),
        "spy_with_cci.txt",
        "Commodity Channel Index (CCI) 14",
        1e-2,
    ),
    Case("ConnorsRelativeStrengthIndexTests", lambda: ConnorsRelativeStrengthIndex(3, 2, 100), "spy_crsi.csv", "crsi"),
    Case("CoppockCurveTests", CoppockCurve, "spy_coppock_curve.csv", "CoppockCurve"),
    Case(
        "DerivativeOscillatorIndicatorTests",
        lambda: DerivativeOscillator("D014", 14, 5, 3, 9),
        "spy_do.csv",
        "DO",
        1e-9,
    ),
    Case("DetrendedPriceOscillatorTests", lambda: DetrendedPriceOscillator(period=21), "spy_dpo.csv", "DPO"),
    kst("kst"),
    kst("signal", value=line("signal_line")),
]


@pytest.mark.parametrize("case", CASES, ids=Case.label)
class TestPriceOscillators(ReferenceTests): ...


def own(test: str, kind: Any) -> Case:
    file = "spy_with_indicators.txt"
    return Case(test, lambda: kind("own", 14), file, "SMA14", 1e-2, feed=lambda one, row: one.take(point_of(row)))


OWN = [
    own("PythonIndicatorTestsSnakeCase", OwnMovingAverage),
    own("PythonIndicatorTests", PascalMovingAverage),
]
COVERS = [(case.test, case.file) for case in OWN]


@pytest.mark.parametrize("case", OWN, ids=Case.label)
def test_an_algorithms_own_indicator_is_fed_by_take(case: Case, shared: Any) -> None:
    indicator = case.make()
    assert case.compare(indicator, shared / "lean" / "indicator-reference") > 0
    assert indicator.samples > 14
    assert indicator.name == "own"
