"""Indicators of volume: formulas computed another way, days that begin anew, bars without trades."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from itertools import pairwise
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pylean.clock import to_ms
from pylean.feed.bars import TradeBar
from pylean.feed.subscription import TickType
from pylean.indicators import (
    IndicatorDataPoint,
    IntradayVwap,
    MoneyFlowIndex,
    MovingAverageType,
    OnBalanceVolume,
    RelativeDailyVolume,
    SmoothedOnBalanceVolume,
    VolumeWeightedAveragePriceIndicator,
    VolumeWeightedMovingAverage,
)
from tests.unit.pylean.indicator_inputs import START, SYMBOL, bar, bar_lists, bars, values_of

DAY = timedelta(days=1)


@given(bar_lists(), st.integers(1, 6))
def test_prices_weighted_by_volume(series: list[TradeBar], period: int) -> None:
    closes = values_of(VolumeWeightedMovingAverage(period), series)
    middles = values_of(VolumeWeightedAveragePriceIndicator(period), series)
    for count, (close, middle) in enumerate(zip(closes, middles, strict=True), 1):
        recent = series[max(0, count - period) : count]
        volume = sum(one.volume for one in recent)
        if volume:
            assert float(close) == pytest.approx(sum(one.close * one.volume for one in recent) / volume)
            means = [(one.open + one.high + one.low + one.close) / 4 for one in recent]
            weighted = sum(mean * one.volume for mean, one in zip(means, recent, strict=True))
            assert float(middle) == pytest.approx(weighted / volume)
        else:
            assert float(close) == series[count - 1].close
            assert middle == (middles[count - 2] if count > 1 else 0)


@given(bar_lists(), st.integers(1, 6))
def test_money_flow_counts_rising_and_falling_bars(series: list[TradeBar], period: int) -> None:
    flows: list[tuple[Decimal, Decimal]] = []
    before = Decimal(0)
    for one, value in zip(series, values_of(MoneyFlowIndex(period), series), strict=True):
        typical = sum(map(one.decimal, ("high", "low", "close")), Decimal(0)) / 3
        flow = typical * int(one.volume)
        flows.append((flow if typical > before else Decimal(0), flow if typical < before else Decimal(0)))
        before = typical
        up, down = (float(sum(column)) for column in zip(*flows[-period:], strict=True))
        if up + down < 1e-9 and any(map(any, flows)):
            continue  # rolling sums of rounded decimals need not come back to 0 exactly, in .NET neither
        assert float(value) == pytest.approx(100 * up / (up + down) if up + down else 100)


@given(bar_lists())
def test_volume_on_balance_goes_with_the_close(series: list[TradeBar]) -> None:
    values = values_of(OnBalanceVolume(), series)
    assert values[0] == series[0].volume
    steps = [later - earlier for earlier, later in pairwise(values)]
    for (before, after), step in zip(pairwise(series), steps, strict=True):
        assert step == after.volume * ((after.close > before.close) - (after.close < before.close))


def test_balance_is_smoothed_by_any_average() -> None:
    series = bars([10.0, 11.0, 12.0, 11.5, 11.5, 13.0])
    smoothed = SmoothedOnBalanceVolume("mine", 2, MovingAverageType.EXPONENTIAL)
    assert [float(value) for value in values_of(smoothed, series[:3])] == pytest.approx([0, 150, 250])
    assert smoothed.on_balance_volume.current.value == 300
    smoothed.reset()
    assert smoothed.on_balance_volume.samples == 0


def test_bars_without_volume() -> None:
    still = bars([(one, one, one, one, 0.0) for one in (1.0, 2.0, 3.0, 4.0)])
    assert values_of(MoneyFlowIndex(3), still)[-1] == 100
    assert values_of(VolumeWeightedMovingAverage(2), still) == [1, 2, 3, 4]


class TestIntradayVwap:
    def test_begins_anew_every_day(self) -> None:
        vwap = IntradayVwap()
        day = bars([(10.0, 12.0, 9.0, 12.0, 100.0), (12.0, 15.0, 12.0, 15.0, 300.0)], timedelta(hours=1))
        assert values_of(vwap, day) == [11, Decimal("13.25")]
        assert vwap.is_ready
        vwap.update(bar(1, (20.0, 20.0, 20.0, 20.0, 5.0), DAY))
        assert vwap.current.value == 20

    def test_leaves_out_bars_that_fill_gaps_and_other_data(self) -> None:
        vwap = IntradayVwap("mine")
        filled = bar(0, 50.0)
        filled.is_fill_forward = True
        vwap.update(filled)
        vwap.update(IndicatorDataPoint(SYMBOL, START + DAY, 60.0))
        assert (vwap.samples, vwap.current.value, vwap.is_ready) == (2, 0, False)

    def test_takes_trade_ticks_only(self) -> None:
        def tick(kind: TickType, price: str, number: int) -> SimpleNamespace:
            return SimpleNamespace(
                symbol=SYMBOL, tick_type=kind, decimal_value=Decimal(price), quantity=2.0, end_ms=to_ms(START) + number
            )

        vwap = IntradayVwap()
        for number, (kind, price) in enumerate(
            [(TickType.TRADE, "10"), (TickType.QUOTE, "99"), (TickType.TRADE, "13")]
        ):
            vwap.update(tick(kind, price, number))
        assert vwap.current.decimal_value == Decimal("11.5")

    def test_is_the_price_while_nothing_was_traded(self) -> None:
        vwap = IntradayVwap()
        vwap.update(bar(0, (9.0, 12.0, 9.0, 11.0, 0.0)))
        assert vwap.current.value == 11
        assert not vwap.is_ready


class TestRelativeDailyVolume:
    @staticmethod
    def at(day: int, hour: float, volume: float) -> TradeBar:
        start = START.replace(hour=0, minute=0) + timedelta(days=day, hours=hour)
        return TradeBar(start, SYMBOL, 1.0, 2.0, 1.0, 2.0, volume, timedelta(minutes=1))

    def test_compares_with_the_same_time_of_the_last_days(self) -> None:
        relative = RelativeDailyVolume(2)
        history = [self.at(day, hour, volume) for day, volume in ((0, 100.0), (1, 300.0)) for hour in (10, 11)]
        today = [self.at(2, 10, 50.0), self.at(2, 11, 150.0)]
        assert values_of(relative, history + today) == [0, 0, 0, 0, Decimal("0.25"), Decimal("0.5")]

    def test_takes_the_latest_time_before_one_that_no_day_had(self) -> None:
        relative = RelativeDailyVolume(2)
        times = (9.5, 9.75, 16, 16.1)
        values_of(relative, [self.at(day, hour, 100.0) for day in (0, 1) for hour in times])
        relative.update(self.at(2, 9.8, 50.0))
        assert relative.current.value == 0.25

    def test_has_no_value_after_the_latest_time_of_all(self) -> None:
        relative = RelativeDailyVolume(1)
        values_of(relative, [self.at(0, 10, 100.0), self.at(0, 11, 100.0)])
        relative.update(self.at(1, 12, 50.0))
        assert relative.is_ready
        assert relative.current.value == 0

    @pytest.mark.parametrize(("step", "count"), [(timedelta(days=1), 3), (timedelta(hours=1), 49)])
    def test_is_ready_after_full_days(self, step: timedelta, count: int) -> None:
        relative = RelativeDailyVolume(2)
        midnight = START.replace(hour=0, minute=0)
        for number in range(count):
            assert not relative.is_ready
            relative.update(TradeBar(midnight + number * step, SYMBOL, 1.0, 2.0, 1.0, 2.0, 100.0, timedelta(minutes=1)))
        assert relative.is_ready
