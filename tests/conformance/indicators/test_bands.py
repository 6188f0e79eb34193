"""Bands, channels and average ranges against Lean's reference files."""

from __future__ import annotations

from typing import Any

import pytest

from pylean.indicators import (
    AccelerationBands,
    AverageRange,
    AverageTrueRange,
    BollingerBands,
    ChandeKrollStop,
    ChoppinessIndex,
    DonchianChannel,
    IchimokuKinkoHyo,
    KeltnerChannels,
    MovingAverageType,
)
from tests.conformance.indicators.reference import Case, ReferenceTests, line


def bollinger(column: str, name: str) -> Case:
    make: Any = lambda: BollingerBands(20, 2.0)  # noqa: E731
    return Case("BollingerBandsTests", make, "spy_bollinger_bands.txt", column, value=line(name))


def acceleration(column: str, name: str, tolerance: float = 1e-4) -> Case:
    make: Any = lambda: AccelerationBands(period=20, width=4)  # noqa: E731
    file = "spy_acceleration_bands_20_4.txt"
    return Case("AccelerationBandsTests", make, file, column, tolerance, line(name))


def keltner(column: str, name: str) -> Case:
    make: Any = lambda: KeltnerChannels(20, 1.5)  # noqa: E731
    return Case("KeltnerChannelsTests", make, "spy_with_keltner.csv", column, value=line(name))


def ichimoku(column: str, name: str, tolerance: float = 1e-9) -> Case:
    return Case("IchimokuKinkoHyoTests", IchimokuKinkoHyo, "spy_with_ichimoku.csv", column, tolerance, line(name))


def chande_kroll(column: str) -> Case:
    make: Any = lambda: ChandeKrollStop(5, 2.0, 3)  # noqa: E731
    return Case("ChandeKrollStopTests", make, "spy_with_ChandeKrollStop.csv", column, 1e-6, line(column))


CASES = [
    bollinger("Bollinger Bands® 20 2 Bottom", "lower_band"),
    bollinger("Bollinger Bands® 20 2 Top", "upper_band"),
    bollinger("Moving Average 20", "middle_band"),
    bollinger("BandWidth", "band_width"),
    bollinger("%B", "percent_b"),
    acceleration("MiddleBand", "middle_band", 1e-3),
    acceleration("LowerBand", "lower_band"),
    acceleration("UpperBand", "upper_band"),
    keltner("Middle Band", "middle_band"),
    keltner("Keltner Channels 20 Top", "upper_band"),
    keltner("Keltner Channels 20 Bottom", "lower_band"),
    Case("DonchianChannelTests", lambda: DonchianChannel(50), "spy_with_don50.txt", "Donchian Channels 50 Mean"),
    ichimoku("Tenkan", "tenkan", 1e-3),
    ichimoku("TenkanMaximum", "tenkan_maximum"),
    ichimoku("TenkanMinimum", "tenkan_minimum"),
    ichimoku("KijunMaximum", "kijun_maximum"),
    ichimoku("KijunMinimum", "kijun_minimum"),
    ichimoku("Kijun", "kijun"),
    ichimoku("DelayedTenkanSenkouA", "delayed_tenkan_senkou_a"),
    ichimoku("DelayedKijunSenkouA", "delayed_kijun_senkou_a"),
    ichimoku("Senkou A", "senkou_a"),
    ichimoku("SenkouBMaximum", "senkou_b_maximum"),
    ichimoku("SenkouBMinimum", "senkou_b_minimum"),
    ichimoku("DelayedMaximumSenkouB", "delayed_maximum_senkou_b"),
    ichimoku("DelayedMinimumSenkouB", "delayed_minimum_senkou_b"),
    ichimoku("Senkou B", "senkou_b"),
    chande_kroll("short_stop"),
    chande_kroll("long_stop"),
    Case("AverageRangeTests", lambda: AverageRange(20), "spy_adr.csv", "adr"),
    Case("AverageTrueRangeTests", lambda: AverageTrueRange(14), "spy_atr_wilder.txt", "Average True Range 14"),
    Case(
        "AverageTrueRangeTests",
        lambda: AverageTrueRange(14, MovingAverageType.SIMPLE),
        "spy_atr.txt",
        "Average True Range 14",
    ),
    Case("ChoppinessIndexTests", lambda: ChoppinessIndex(14), "spy_with_chop.csv", "CHOP14"),
]


@pytest.mark.parametrize("case", CASES, ids=Case.label)
class TestBands(ReferenceTests): ...
