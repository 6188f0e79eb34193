"""The retracement detector against its definition, evaluated from scratch on every sample."""

from __future__ import annotations

from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.parameters import Parameters
from management.rally_detector import Rally, RallyDetector

START = datetime(2025, 10, 6, 9, 30, 30)
Sample = tuple[datetime, float, float, float]


def add(detector: RallyDetector, sample: Sample) -> None:
    now, open_, high, low = sample
    detector.add(now, SimpleNamespace(time=now, open=open_, high=high, low=low, close=low, volume=0.0))


def reference(samples: list[Sample], is_long: bool, scale: float, multiple: float, parameters: Parameters) -> Rally:
    """The definition: first extreme, first opposite extreme from there on, last sample."""
    now = samples[-1][0]
    kept = [sample for sample in samples if now - sample[0] <= timedelta(hours=4)][-960:]
    none = Rally(found=False, too_far=False)
    if len(kept) < 10:
        return none
    lows = [low for _, _, _, low in kept]
    highs = [high for _, _, high, _ in kept]
    if scale <= 0:
        scale = 100.0 * (max(highs) - min(lows)) / kept[0][1]
        if scale <= 0:
            return none
    if is_long:
        extreme = lows.index(min(lows))
        low, high = lows[extreme], max(highs[extreme:])
        x = 100.0 * (high - low) / low / scale
        y = abs(100.0 * (high - lows[-1]) / high) / scale
    else:
        extreme = highs.index(max(highs))
        high, low = highs[extreme], min(lows[extreme:])
        x = 100.0 * (high - low) / high / scale
        y = abs(100.0 * (highs[-1] - low) / low) / scale
    long_enough = multiple <= parameters.Rally_Time_Constraint_Threshold or now - kept[extreme][0] >= timedelta(
        minutes=parameters.Rally_Time_Constraint
    )
    within = parameters.Rally_X_Min_PCT / 100 <= x <= parameters.Rally_X_Max_PCT / 100
    return Rally(within and y >= parameters.Rally_Y_PCT / 100 and long_enough, x > parameters.Rally_X_Max_PCT / 100)


cents = st.integers(min_value=9_900, max_value=10_100)
steps = st.lists(
    st.tuples(st.sampled_from([15, 15, 15, 15, 600, 5400]), cents, st.integers(0, 20), st.booleans()),
    min_size=1,
    max_size=80,
)


@given(steps=steps, scale=st.sampled_from([-1.0, 0.0, 0.5, 2.0, 8.0]), multiple=st.sampled_from([1.0, 2.0]))
def test_equals_the_definition_on_both_sides(
    steps: list[tuple[int, int, int, bool]], scale: float, multiple: float
) -> None:
    parameters = Parameters()
    detector = RallyDetector(parameters)
    samples: list[Sample] = []
    now = START
    for seconds, low, width, asks in steps:
        now += timedelta(seconds=seconds)
        sample = (now, low / 100, (low + width) / 100, low / 100)
        if samples and now - samples[-1][0] > timedelta(hours=4):
            samples.clear()
        samples.append(sample)
        add(detector, sample)
        if asks:
            for is_long in (True, False):
                expected = reference(samples, is_long, scale, multiple, parameters)
                assert detector.evaluate(is_long, scale, multiple) == expected


def test_keeps_960_samples_and_four_hours() -> None:
    parameters = Parameters()
    detector = RallyDetector(parameters)
    samples: list[Sample] = []
    for index in range(1200):
        price = 100 + (index % 7) * 0.01 + index * 0.0001
        samples.append((START + timedelta(seconds=15 * index), price, price + 0.02, price - 0.02))
        add(detector, samples[-1])
        if index % 40 == 0 or index > 1150:
            for is_long in (True, False):
                expected = reference(samples, is_long, 1.0, 1.0, parameters)
                assert detector.evaluate(is_long, 1.0, 1.0) == expected


def test_a_bounce_with_pull_back_is_found_and_a_large_one_disarms() -> None:
    detector = RallyDetector(Parameters())
    for index in range(9):
        add(detector, (START + timedelta(seconds=15 * index), 101, 101, 101))
    add(detector, (START + timedelta(seconds=150), 100, 100, 100))
    assert detector.evaluate(True, 4.0, 1.0) == Rally(found=False, too_far=False)
    add(detector, (START + timedelta(seconds=165), 100.4, 100.4, 100.4))
    assert detector.evaluate(True, 4.0, 1.0) == Rally(found=False, too_far=False)  # no pull-back yet
    add(detector, (START + timedelta(seconds=180), 100.3, 100.3, 100.3))
    assert detector.evaluate(True, 4.0, 1.0) == Rally(found=True, too_far=False)
    assert detector.evaluate(False, 4.0, 1.0) == Rally(found=False, too_far=True)
    add(detector, (START + timedelta(seconds=195), 101, 101, 101))
    assert detector.evaluate(True, 4.0, 1.0) == Rally(found=False, too_far=True)


@pytest.mark.parametrize(("multiple", "found"), [(1.3, True), (1.31, False)])
def test_wide_days_need_time_since_the_extreme(multiple: float, found: bool) -> None:
    detector = RallyDetector(Parameters())
    for index, price in enumerate([101] * 9 + [100, 100.4, 100.3]):
        add(detector, (START + timedelta(seconds=15 * index), price, price, price))
    assert detector.evaluate(True, 4.0, multiple).found is found


def test_fewer_than_ten_samples_prove_nothing() -> None:
    detector = RallyDetector(Parameters())
    for index in range(9):
        add(detector, (START + timedelta(seconds=15 * index), 100, 100 + index, 99))
    assert detector.evaluate(True, 1.0, 1.0) == Rally(found=False, too_far=False)


def test_clear_forgets_everything() -> None:
    detector = RallyDetector(Parameters())
    for index in range(20):
        add(detector, (START + timedelta(seconds=15 * index), 100, 100 + index, 99))
    assert detector.evaluate(True, 1.0, 1.0).too_far
    detector.clear()
    add(detector, (START + timedelta(seconds=400), 100, 101, 99))
    assert detector.evaluate(True, 1.0, 1.0) == Rally(found=False, too_far=False)
