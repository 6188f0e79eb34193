"""Renko, volume and range bars against small loops, and against what defines them."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from math import ceil
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pylean.api.AlgorithmImports import (
    BarDirection,
    ClassicRangeConsolidator,
    ClassicRenkoConsolidator,
    DollarVolumeRenkoConsolidator,
    QuoteBar,
    RangeConsolidator,
    RenkoConsolidator,
    RenkoType,
    TradeBar,
    VolumeRenkoConsolidator,
    WickedRenkoConsolidator,
)
from pylean.securities.symbol import Symbol

AAA = Symbol("AAA", "AAA 1")
START = datetime(2025, 6, 2, 9, 30)

cents = st.integers(9_500, 10_500).map(lambda number: Decimal(number) / 100)
paths = st.lists(st.tuples(cents, st.integers(0, 400)), min_size=1, max_size=60)


def bars_of(path: Any) -> list[TradeBar]:
    minute = timedelta(minutes=1)
    return [TradeBar(START + minute * k, AAA, price, price, price, price, vol) for k, (price, vol) in enumerate(path)]


def made(consolidator: Any, bars: list[TradeBar]) -> list[Any]:
    out: list[Any] = []
    consolidator.data_consolidated += lambda sender, bar: out.append(bar)
    for bar in bars:
        consolidator.update(bar)
    return out


def prices(bar: Any) -> tuple[Decimal, ...]:
    return tuple(bar.decimal(name) for name in ("open", "high", "low", "close"))


def wicked_bricks(values: list[Decimal], size: Decimal) -> list[tuple[Decimal, ...]]:
    """Bricks by the book: one size on, or two sizes back from where the last one ended."""
    below = values[0] // size * size
    top = bottom = below + size * round((values[0] - below) / size)
    high = low = top
    out: list[tuple[Decimal, ...]] = []
    for value in values[1:]:
        high, low = max(high, value), min(low, value)
        while value > top + size:
            out.append((top, top + size, low, top + size))
            bottom, top = top, top + size
            low, high = top, max(high, value)
        while value < bottom - size:
            out.append((bottom, high, bottom - size, bottom - size))
            top, bottom = bottom, bottom - size
            high, low = bottom, min(low, value)
    return out


@settings(deadline=None)
@given(paths, st.sampled_from([Decimal("0.1"), Decimal("0.25"), Decimal(1)]))
def test_wicked_bricks_are_those_of_a_plain_loop(path: Any, size: Decimal) -> None:
    bars = bars_of(path)
    bricks = made(RenkoConsolidator(float(size)), bars)
    assert [prices(brick) for brick in bricks] == wicked_bricks([price for price, _ in path], size)
    assert {brick.time for brick in bricks} | {brick.end_time for brick in bricks} <= {bar.time for bar in bars}
    for before, brick in pairwise(bricks):
        expected = before.close if brick.direction is before.direction else before.open
        assert (brick.open, brick.time) == (expected, before.end_time)


def test_a_turn_needs_two_bricks_and_keeps_its_wick() -> None:
    values = [(Decimal(text), 1) for text in ("10", "10.4", "12.1", "11.2", "13.05", "11.9", "10.9")]
    consolidator = WickedRenkoConsolidator(1)
    bricks = made(consolidator, bars_of(values))
    assert [prices(brick) for brick in bricks] == [
        (10, 11, 10, 11),
        (11, 12, 11, 12),
        (12, 13, Decimal("11.2"), 13),
        (12, Decimal("13.05"), 11, 11),
    ]
    assert [brick.direction for brick in bricks] == [BarDirection.RISING] * 3 + [BarDirection.FALLING]
    assert (bricks[0].type, bricks[0].brick_size, bricks[0].spread, bricks[0].volume) == (RenkoType.WICKED, 1, 1, 0)
    assert consolidator.consolidated is consolidator[0] is bricks[-1]


@pytest.mark.parametrize(
    ("price", "size", "multiple"), [(10.25, 0.5, 10), (10.75, 0.5, 10.5), (10.3, 0.5, 10.5), (9, 2, 8)]
)
def test_the_first_brick_opens_at_the_nearest_multiple(price: float, size: float, multiple: float) -> None:
    assert RenkoConsolidator.get_closest_multiple(price, size) == multiple


@settings(deadline=None)
@given(paths, st.booleans())
def test_classic_bricks_move_one_size_each(path: Any, even: bool) -> None:
    """An input that closes a brick begins the next one and cannot close that too."""
    size = Decimal("0.5")
    bricks = made(ClassicRenkoConsolidator(0.5, even_bars=even), bars_of(path))
    opened = None
    expected = []
    for price, _ in path:
        if opened is None:
            opened = ceil(price / size) * size if even else price
            continue
        if abs(price - opened) >= size:
            close = opened + (size if price > opened else -size)
            expected.append((opened, close))
            opened = close
    assert [(brick.decimal("open"), brick.decimal("close")) for brick in bricks] == expected
    assert all(abs(brick.spread - 0.5) < 1e-12 and brick.is_closed for brick in bricks)


def test_classic_bricks_of_computed_values_and_volumes() -> None:
    bars = [TradeBar(START, AAA, 10, 12, 8, 11, 5), TradeBar(START, AAA, 12, 14, 12, 13, 7)]
    consolidator = ClassicRenkoConsolidator(1, lambda bar: (bar.high + bar.low) / 2, lambda bar: bar.volume * 2, False)
    (brick,) = made(consolidator, bars)
    assert (brick.open, brick.close, brick.volume) == (10, 11, 24)


@settings(deadline=None)
@given(paths, st.integers(1, 300))
def test_volume_bars_hold_one_volume_each(path: Any, size: int) -> None:
    bars = bars_of(path)
    out = made(VolumeRenkoConsolidator(size), bars)
    total = sum(int(bar.volume) for bar in bars)
    assert len(out) == total // size
    assert {bar.volume for bar in out} <= {size}
    traded = 0
    ends = []
    for bar in bars:
        ends += [bar.end_time] * ((traded + int(bar.volume)) // size - traded // size)
        traded += int(bar.volume)
    assert [bar.end_time for bar in out] == ends


def test_volume_bars_roll_what_is_left_over() -> None:
    bars = [TradeBar(START, AAA, 10, 12, 9, 11, 250), TradeBar(START + timedelta(minutes=1), AAA, 11, 15, 11, 14, 60)]
    out = made(VolumeRenkoConsolidator(100), bars)
    assert [prices(bar) for bar in out] == [(10, 12, 9, 11), (11, 12, 9, 11), (11, 15, 9, 14)]
    with pytest.raises(TypeError, match="takes trade bars, not a QuoteBar"):
        VolumeRenkoConsolidator(1).update(QuoteBar(START, AAA, None, 0, None, 0))


def test_dollar_bars_count_what_was_paid() -> None:
    bars = [TradeBar(START, AAA, 10, 10, 10, 10, 7), TradeBar(START, AAA, 10, 10, 10, 10, 3)]
    (bar,) = made(DollarVolumeRenkoConsolidator(100), bars)
    assert (bar.volume, bar.brick_size) == (100, 100)


@settings(deadline=None)
@given(paths, st.integers(20, 200))
def test_range_bars_span_the_range(path: Any, steps: int) -> None:
    size = Decimal(steps) / 100
    out = made(RangeConsolidator(steps), bars_of(path))
    for bar in out:
        opened, high, low, close = prices(bar)
        assert high - low == size
        assert close in (high, low)
        assert low <= opened <= high
    for before, bar in pairwise(out):
        _, high, low, close = prices(before)
        assert bar.decimal("open") == (high + Decimal("0.01") if close == high else low - Decimal("0.01"))


@settings(deadline=None)
@given(paths, st.integers(20, 200))
def test_classic_range_bars_start_with_the_next_value(path: Any, steps: int) -> None:
    size = Decimal(steps) / 100
    values = [price for price, _ in path]
    expected, k = [], 0
    opened: Decimal | None = None
    high = low = Decimal(0)
    for k, value in enumerate(values):
        if opened is None:
            first = k == 0
            opened = high = low = ceil(value / size) * size if first else value
        elif value < low and high - value > size:
            expected.append((opened, high, high - size, high - size))
            opened = high = low = value
        elif value > high and value - low > size:
            expected.append((opened, low + size, low, low + size))
            opened = high = low = value
        else:
            high, low = max(high, value), min(low, value)
    assert [prices(bar) for bar in made(ClassicRangeConsolidator(steps), bars_of(path))] == expected


def test_bars_between_have_no_volume() -> None:
    consolidator = RangeConsolidator(10)
    out = made(consolidator, bars_of([(Decimal(10), 5), (Decimal("10.5"), 7)]))
    assert consolidator.range_size == 0.1
    assert [(bar.low, bar.high) for bar in out] == [(10, 10.1), (10.11, 10.21), (10.22, 10.32), (10.33, 10.43)]
    assert [bar.volume for bar in out] == [5, 0, 0, 0]
    assert consolidator.working_data.open == 10.44


@pytest.mark.parametrize(
    "kind", [RenkoConsolidator, ClassicRenkoConsolidator, VolumeRenkoConsolidator, RangeConsolidator]
)
@pytest.mark.parametrize("size", [0, -1])
def test_sizes_are_above_zero(kind: Any, size: int) -> None:
    with pytest.raises(ValueError, match="must be above 0"):
        kind(size)


@pytest.mark.parametrize(
    "make",
    [
        lambda: RenkoConsolidator(0.5),
        lambda: ClassicRenkoConsolidator(0.5),
        lambda: VolumeRenkoConsolidator(100),
        lambda: RangeConsolidator(20),
    ],
)
@settings(deadline=None)
@given(path=paths)
def test_after_a_reset_everything_begins_anew(make: Any, path: Any) -> None:
    bars = bars_of(path)
    consolidator = make()
    first = [prices(bar) for bar in made(consolidator, bars)]
    consolidator.reset()
    assert consolidator.consolidated is None
    assert len(consolidator.window) == 0
    assert consolidator.working_data is None
    consolidator.dispose()
    assert [prices(bar) for bar in made(consolidator, bars)] == first
