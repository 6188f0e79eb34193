"""Parameters: defaults, schema, texts, bounds and messages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import FrozenInstanceError, fields
from datetime import date, time
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.fields import to_json
from config.parameters import ENTRY_CONDITIONS, ParameterError, Parameters, field_specs

GROUPS = [
    "General",
    "Symbols",
    "Core",
    "Condition enablement",
    "Profit take",
    "Risk",
    "Timing",
    "SL update",
    "SL X/Y",
    "Capital",
    "VWAP",
    "Rally",
    "Actions",
    "Market hours",
    "Daily limits",
    "Advanced",
    "Corrections",
]
NUMERIC = [name for name, (kind, _, _) in field_specs().items() if kind in (int, float)]


def texts(**values: str) -> Callable[[str], str | None]:
    return values.get


def as_text(value: Any) -> str:
    return ",".join(value) if isinstance(value, tuple) else str(to_json(value))


def test_defaults_are_the_benchmark_configuration() -> None:
    defaults = Parameters()
    assert len(defaults.symbols) == 15
    assert (defaults.symbols[0], defaults.symbols[-1]) == ("AAPL", "UBER")
    assert defaults.starting_cash == 500_000
    assert (defaults.start_date, defaults.end_date) == (date(2025, 10, 1), date(2025, 10, 10))
    assert [getattr(defaults, name) for name in ENTRY_CONDITIONS] == [True, True, False, True, True]
    assert (defaults.Algo_Off_Before, defaults.Algo_Off_After) == (time(10, 57), time(14, 0))


def test_every_quirk_is_on_and_the_guard_off_by_default() -> None:
    switches = [name for name, (_, spec, _) in field_specs().items() if spec.group == "Corrections"]
    assert len(switches) > 15
    assert not any(getattr(Parameters(), name) for name in [*switches, "guard_time_short_circuit"])


def test_every_field_is_described_and_groups_come_in_the_form_order() -> None:
    specs = [spec for _, spec, _ in field_specs().values()]
    assert len(specs) == len(fields(Parameters))
    assert all(len(spec.help) > 10 for spec in specs)
    seen = list(dict.fromkeys(spec.group for spec in specs))
    assert seen == GROUPS


def test_schema_is_valid_and_accepts_the_defaults() -> None:
    schema = Parameters.json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    defaults = {name: to_json(default) for name, (_, _, default) in field_specs().items()}
    jsonschema.validate(defaults, schema)
    assert schema["x-entry-conditions"] == list(ENTRY_CONDITIONS)
    assert [item["x-order"] for item in schema["properties"].values()] == list(range(len(defaults)))


def test_schema_describes_times_dates_symbols_and_numbers() -> None:
    properties = Parameters.json_schema()["properties"]
    assert properties["Algo_Off_Before"]["default"] == "10:57"
    assert "pattern" in properties["Algo_Off_Before"]
    assert properties["start_date"]["format"] == "date"
    assert properties["symbols"]["items"]["type"] == "string"
    assert properties["Parameter_1"]["type"] == "number"
    assert properties["Parameter_1"]["exclusiveMinimum"] == 0
    assert properties["Parameter_1"]["x-unit"] == "% of R30"
    assert properties["StopLossUpdate"]["type"] == "integer"
    assert properties["account_id"]["x-editable"] is False


@pytest.mark.parametrize("name", list(field_specs()))
def test_text_of_a_default_gives_the_default(name: str) -> None:
    default = getattr(Parameters(), name)
    assert getattr(Parameters.from_texts(texts(**{name: as_text(default)})), name) == default


def test_no_texts_give_the_defaults() -> None:
    assert Parameters.from_texts(lambda _: None) == Parameters()


def test_texts_are_converted() -> None:
    parameters = Parameters.from_texts(
        texts(
            C3="TRUE",
            StopLossUpdate="false",
            Parameter_4="8.5",
            Algo_Off_Before="9:30",
            symbols=" spy, QQQ,spy ",
            end_date="2025-10-02",
        )
    )
    assert parameters.C3 is True
    assert parameters.StopLossUpdate == 0
    assert parameters.Parameter_4 == 8.5
    assert parameters.Algo_Off_Before == time(9, 30)
    assert parameters.symbols == ("SPY", "QQQ")
    assert parameters.end_date == date(2025, 10, 2)


def test_symbols_may_be_a_json_list() -> None:
    assert Parameters.from_texts(texts(symbols='["brk.b", "V"]')).symbols == ("BRK.B", "V")


@pytest.mark.parametrize(
    ("name", "text", "allowed"),
    [
        ("Parameter_1", "abc", "a number above 0"),
        ("Parameter_1", "0", "a number above 0"),
        ("Parameter_1", "nan", "a number above 0"),
        ("SharesToSell", "101", "at most 100"),
        ("StopLossUpdate", "2", "a whole number"),
        ("SharpMovement_Minutes", "2.5", "a whole number"),
        ("C1", "maybe", "true or false"),
        ("Algo_Off_Before", "25:00", "a time of day H:MM"),
        ("start_date", "2025-13-01", "a date YYYY-MM-DD"),
        ("symbols", "", "a list of one or more"),
        ("symbols", "AAPL;rm", "a list of one or more"),
        ("symbols", '["AAPL"', "a list of one or more"),
        ("end_date", "2025-09-01", "on or after start_date"),
        ("Algo_Off_After", "9:00", "later than Algo_Off_Before"),
        ("Rally_X_Max_PCT", "1", "at least Rally_X_Min_PCT"),
    ],
)
def test_bad_text_names_parameter_value_and_what_is_allowed(name: str, text: str, allowed: str) -> None:
    with pytest.raises(ParameterError) as caught:
        Parameters.from_texts(texts(**{name: text}))
    assert caught.value.name == name
    assert allowed in caught.value.allowed
    assert name in str(caught.value)
    assert allowed in str(caught.value)


def test_at_least_one_entry_condition_is_required() -> None:
    with pytest.raises(ParameterError, match="at least one entry condition"):
        Parameters(C1=False, C2=False, C3=False, C4=False, C5=False)
    assert Parameters(C1=False, C2=False, C3=True, C4=False, C5=False).C3


@pytest.mark.parametrize(
    ("name", "value"), [("Parameter_1", "120"), ("Parameter_1", True), ("symbols", ["AAPL"]), ("C1", 1)]
)
def test_wrong_type_is_refused(name: str, value: object) -> None:
    with pytest.raises(ParameterError):
        Parameters(**{name: value})  # type: ignore[arg-type]


def test_parameters_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        Parameters().C1 = False  # type: ignore[misc]


@given(name=st.sampled_from(NUMERIC), value=st.floats(min_value=-1e14, max_value=1e14, allow_nan=False))
def test_bounds_agree_with_the_schema(name: str, value: float) -> None:
    kind, spec, _ = field_specs()[name]
    number = int(value) if kind is int else value
    schema = Parameters.json_schema()["properties"][name]
    in_schema = jsonschema.Draft202012Validator(schema).is_valid(number)
    assert spec.contains(number) == in_schema


def test_lookups_by_condition() -> None:
    parameters = Parameters(ProfitTakeC4=33.0, SameConditionTimeC5=7.0, StopLossXC2=11.0, StopLossYC2=44.0)
    assert parameters.profit_take(4) == 33
    assert parameters.cool_down_minutes(5) == 7
    assert parameters.stop_ratchet(2) == (11, 44)
