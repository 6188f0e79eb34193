"""Both naming styles of Lean, on instances, enums and overridden methods."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pylean.api.AlgorithmImports import DataNormalizationMode, OrderStatus, OrderType, Resolution, TradeBar
from pylean.naming import LeanEnum, LeanOverrides, PascalNames, UnsupportedApiError, pascal_case, snake_case

words = st.lists(st.text("abcdefghijklmnopqrstuvwxyz", min_size=2, max_size=8), min_size=1, max_size=4)


@given(words)
def test_the_styles_are_each_others_inverse(parts: list[str]) -> None:
    name = "_".join(parts)
    assert snake_case(pascal_case(name)) == name
    assert snake_case(name) == name


@pytest.mark.parametrize(
    ("pascal", "snake"), [("OnEndOfDay", "on_end_of_day"), ("SMA", "sma"), ("AddSMAFast", "add_sma_fast")]
)
def test_abbreviations_are_one_word(pascal: str, snake: str) -> None:
    assert snake_case(pascal) == snake


class Thing(PascalNames):
    def __init__(self) -> None:
        self.fill_price = 5

    def total_value(self, factor: int) -> int:
        return self.fill_price * factor


def test_instances_answer_to_both_styles() -> None:
    thing = Thing()
    assert thing.FillPrice == 5
    assert thing.TotalValue(3) == 15


@pytest.mark.parametrize("name", ["no_such_name", "NoSuchName", "_hidden"])
def test_an_unknown_name_says_where_the_supported_ones_are(name: str) -> None:
    with pytest.raises(UnsupportedApiError, match=r"Thing has no .* docs/supported-api\.md"):
        getattr(Thing(), name)
    assert not hasattr(Thing(), name)


def test_instances_can_be_copied() -> None:
    assert copy.copy(Thing()).fill_price == 5
    assert copy.deepcopy(Thing()).FillPrice == 5


def test_enums_answer_to_both_styles() -> None:
    assert OrderType.StopMarket is OrderType.STOP_MARKET
    assert DataNormalizationMode.ScaledRaw is DataNormalizationMode.SCALED_RAW
    assert OrderStatus.CancelPending == 8


def test_resolutions_answer_to_both_styles() -> None:
    resolution: Any = Resolution
    assert resolution.Daily is Resolution.DAILY
    assert resolution.Minute == 2


def test_an_unknown_member_is_refused() -> None:
    with pytest.raises(UnsupportedApiError, match="OrderType has no 'IcebergOrder'"):
        _ = OrderType.IcebergOrder


def test_enum_members_keep_lean_s_numbers() -> None:
    class Side(LeanEnum):
        BUY_SIDE = 4

    assert Side.BuySide == 4
    assert Side(4) is Side.BUY_SIDE


class Base(LeanOverrides):
    def get_fee(self) -> str:
        return "base"

    def call(self) -> str:
        return self.get_fee()


def test_an_override_in_pascal_case_is_called() -> None:
    class Mine(Base):
        def GetFee(self) -> str:
            return "mine"

    assert Mine().call() == "mine"


def test_an_override_in_pascal_case_reaches_subclasses() -> None:
    class Mine(Base):
        def GetFee(self) -> str:
            return "mine"

    class Later(Mine):
        pass

    assert Later().call() == "mine"


def test_snake_case_wins_when_both_are_defined() -> None:
    class Mine(Base):
        def GetFee(self) -> str:
            return "pascal"

        def get_fee(self) -> str:
            return "snake"

    assert Mine().call() == "snake"


def test_bars_answer_to_both_styles(market: object) -> None:
    from datetime import datetime

    bar = TradeBar(datetime(2025, 6, 2, 9, 30), None, 1.5, 2.25, 1, 2, 300)  # type: ignore[arg-type]
    assert (bar.Open, bar.High, bar.Low, bar.Close, bar.Volume) == (1.5, 2.25, 1.0, 2.0, 300.0)
    assert bar.EndTime == datetime(2025, 6, 2, 9, 31)
