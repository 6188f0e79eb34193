"""The check of a configuration: a table of what is refused, and what a good one becomes."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from google.type import date_pb2
from hypothesis import given, settings
from hypothesis import strategies as st

from services.common.errors import ServiceError
from services.runner.catalog import StrategyDescription
from services.runner.validation import resolve
from zac.run.v1 import strategy_pb2

TODAY = date(2026, 11, 20)
SYMBOL = {"type": "string", "pattern": "^[A-Z][A-Z0-9.\\-]{0,9}$"}
SCHEMA = {
    "type": "object",
    "properties": {
        "symbols": {"type": "array", "items": SYMBOL, "minItems": 1, "uniqueItems": True, "default": ["AAPL", "MSFT"]},
        "start_date": {"type": "string", "format": "date", "default": "2025-10-01"},
        "end_date": {"type": "string", "format": "date", "default": "2025-10-10"},
        "starting_cash": {"type": "number", "exclusiveMinimum": 0, "maximum": 1e12, "default": 500000.0},
        "Parameter_1": {"type": "number", "exclusiveMinimum": 0, "maximum": 10000, "default": 120.0},
        "Rally_Min": {"type": "number", "minimum": 0, "default": 4.0},
        "Rally_Max": {"type": "number", "minimum": 0, "default": 20.0},
        "Minutes": {"type": "integer", "minimum": 1, "maximum": 60, "default": 4},
        "Opens": {"type": "string", "pattern": "^([01]?[0-9]|2[0-3]):[0-5][0-9]$", "default": "9:57"},
        "Closes": {"type": "string", "pattern": "^([01]?[0-9]|2[0-3]):[0-5][0-9]$", "default": "14:00"},
        "Mode": {"type": "string", "enum": ["fast", "slow"], "default": "fast"},
        "C1": {"type": "boolean", "default": True},
        "C2": {"type": "boolean", "default": False},
    },
    "x-entry-conditions": ["C1", "C2"],
    "x-rules": [
        {"left": "Rally_Min", "operator": "<=", "right": "Rally_Max"},
        {"left": "Opens", "operator": "<", "right": "Closes"},
    ],
}
TYPED = StrategyDescription("Typed", "ab" * 32, "", SCHEMA, ({"resolution": "second"},))
LEAN = StrategyDescription("Lean", "cd" * 32, "", {"properties": {"fast": {"type": "integer", "default": 15}}}, ())
PREFIX = "configuration."


def check(description: StrategyDescription = TYPED, **fields: Any) -> strategy_pb2.ResolvedConfiguration:
    configuration = strategy_pb2.RunConfiguration(strategy=description.name, **fields)
    return resolve(configuration, description, engine="pylean 1", today=TODAY)


def violations(description: StrategyDescription = TYPED, **fields: Any) -> dict[str, str]:
    with pytest.raises(ServiceError) as caught:
        check(description, **fields)
    assert (caught.value.code.name, caught.value.reason) == ("INVALID_ARGUMENT", "INVALID_CONFIGURATION")
    return {violation.field.removeprefix(PREFIX): violation.description for violation in caught.value.fields}


def day(text: str) -> date_pb2.Date:
    year, month, number = map(int, text.split("-"))
    return date_pb2.Date(year=year, month=month, day=number)


def test_defaults_become_values_in_canonical_text() -> None:
    configuration = check().configuration
    assert dict(configuration.parameters) == {
        "Parameter_1": "120",
        "Rally_Min": "4",
        "Rally_Max": "20",
        "Minutes": "4",
        "Opens": "9:57",
        "Closes": "14:00",
        "Mode": "fast",
        "C1": "true",
        "C2": "false",
    }
    assert list(configuration.symbols) == ["AAPL", "MSFT"]
    assert (configuration.start_date, configuration.end_date) == (day("2025-10-01"), day("2025-10-10"))
    assert (configuration.cash, configuration.lean_version) == ("500000", "newest")


def test_equal_values_in_other_words_give_the_same_configuration() -> None:
    said = check(
        parameters={"Parameter_1": "1.2e2", "C1": "yes", "starting_cash": "500000.00", "symbols": "aapl, msft"}
    )
    assert said == check()


@pytest.mark.parametrize(
    ("parameters", "field", "words"),
    [
        ({"Foo": "1"}, "parameters.Foo", "is no parameter of the strategy"),
        ({"parameter_1": "1"}, "parameters.parameter_1", "did you mean Parameter_1?"),
        ({"Minuets": "1"}, "parameters.Minuets", "did you mean Minutes?"),
        ({"x" * 300: "1"}, f"parameters.{'x' * 64}…", "is no parameter of the strategy"),
        ({"Minutes": "abc"}, "parameters.Minutes", 'must be a whole number between 1 and 60 (got "abc")'),
        ({"Minutes": "4.5"}, "parameters.Minutes", 'must be a whole number between 1 and 60 (got "4.5")'),
        ({"Minutes": "0"}, "parameters.Minutes", 'must be a whole number between 1 and 60 (got "0")'),
        ({"Minutes": "61"}, "parameters.Minutes", 'must be a whole number between 1 and 60 (got "61")'),
        ({"Minutes": ""}, "parameters.Minutes", 'must be a whole number between 1 and 60 (got "")'),
        ({"Parameter_1": "0"}, "parameters.Parameter_1", "must be a number above 0 and at most 10000"),
        ({"Parameter_1": "10000.0001"}, "parameters.Parameter_1", "must be a number above 0 and at most 10000"),
        ({"Parameter_1": "nan"}, "parameters.Parameter_1", 'got "nan"'),
        ({"Parameter_1": "\u0661\u0662"}, "parameters.Parameter_1", r"got \"\u0661\u0662\"".replace('\\"', '"')),
        ({"C1": "maybe"}, "parameters.C1", "must be true or false"),
        ({"Opens": "25:00"}, "parameters.Opens", 'a text like "9:57"'),
        ({"Opens": "9:57\n"}, "parameters.Opens", 'a text like "9:57"'),
        ({"Mode": "medium"}, "parameters.Mode", 'must be one of "fast", "slow"'),
        ({"Rally_Min": "21"}, "parameters.Rally_Max", "must be at least Rally_Min, 21 (got 20)"),
        ({"Opens": "14:00"}, "parameters.Closes", "must be above Opens, 14:00 (got 14:00)"),
        ({"start_date": "2025-13-01"}, "parameters.start_date", "must be a date YYYY-MM-DD"),
        ({"start_date": "20251001"}, "parameters.start_date", "must be a date YYYY-MM-DD"),
        ({"symbols": "AAPL,,MSFT"}, "parameters.symbols[1]", "must be a US ticker"),
        ({"symbols": ""}, "parameters.symbols", "must have at least 1 entries"),
        ({"starting_cash": "0"}, "parameters.starting_cash", "must be a number above 0"),
    ],
)
def test_bad_parameters(parameters: dict[str, str], field: str, words: str) -> None:
    found = violations(parameters=parameters)
    assert list(found) == [field]
    assert words in found[field]


@pytest.mark.parametrize(
    "symbol",
    [
        "",
        " ",
        "../../etc/passwd",
        "AAPL/MSFT",
        "AAPL\0",
        "AAPL\n",
        "A" * 300,
        "\u0410\u0410PL",  # Cyrillic letters that look like A
        "\uff21APL",  # a full-width A
        "\u017f",  # a long s, whose capital is S
        "AAPL.",
        ".AAPL",
        "A..B",
        "1AAPL",
        "$(reboot)",
        "AAPL;DROP",
        "C:\\x",
        "%2e%2e",
    ],
)
def test_hostile_symbols(symbol: str) -> None:
    found = violations(symbols=["MSFT", symbol])
    assert list(found) == ["symbols[1]"]
    assert all(
        (character.isprintable() and character.isascii()) or character == "…" for character in found["symbols[1]"]
    )


def test_symbols_keep_their_order_and_lower_case_is_raised() -> None:
    assert list(check(symbols=["tsla", "BRK.B", "AAPL"]).configuration.symbols) == ["TSLA", "BRK.B", "AAPL"]


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"symbols": ["AAPL", "aapl"]}, "symbols[1]", "lists AAPL a second time"),
        ({"symbols": ["A"] * 1001}, "symbols", "must have at most 1000 entries"),
        ({"start_date": day("2025-10-11")}, "end_date", "must not be before start_date 2025-10-11 (got 2025-10-10)"),
        ({"end_date": day("2026-11-21")}, "end_date", "must not be in the future: today is 2026-11-20"),
        ({"start_date": day("1997-12-31")}, "start_date", "must not be before 1998-01-01"),
        ({"start_date": day("2025-2-30")}, "start_date", "must be a calendar day"),
        ({"start_date": date_pb2.Date(year=2025)}, "start_date", "must be a calendar day"),
        ({"cash": "0"}, "cash", "must be a number above 0"),
        ({"cash": "-1"}, "cash", "must be a number above 0"),
        ({"cash": "lots"}, "cash", 'got "lots"'),
        ({"cash": "1e13"}, "cash", "at most 1e+12"),
        ({"lean_version": "2024"}, "lean_version", "must be 2025-10 or newest"),
        ({"data_root": "data"}, "data_root", "must be an absolute path"),
        ({"data_root": "/nowhere/at/all"}, "data_root", "must be an existing folder"),
        ({"data_root": "/" + "x" * 5000}, "data_root", "cannot be looked at"),
        ({"data_root": "/tmp\0"}, "data_root", "NUL"),
        ({"cash": "5", "parameters": {"starting_cash": "6"}}, "parameters.starting_cash", "set only one of them"),
        (
            {"start_date": day("2025-10-02"), "parameters": {"start_date": "2025-10-03"}},
            "parameters.start_date",
            'is "2025-10-03", but configuration.start_date is "2025-10-02"',
        ),
        ({"parameters": {f"p{number}": "1" for number in range(1001)}}, "parameters", "at most 1000"),
    ],
)
def test_bad_fields(fields: dict[str, Any], field: str, words: str) -> None:
    found = violations(**fields)
    assert list(found) == [field]
    assert words in found[field]


def test_today_is_not_the_future() -> None:
    assert check(end_date=day("2026-11-20")).configuration.end_date == day("2026-11-20")


def test_the_same_value_given_both_ways_is_no_conflict() -> None:
    fields = {"cash": "100", "start_date": day("2025-10-02"), "symbols": ["AAPL"]}
    both = {"starting_cash": "100.0", "start_date": "2025-10-02", "symbols": "AAPL"}
    assert check(**fields, parameters=both) == check(**fields)


def test_every_violation_is_reported_at_once() -> None:
    found = violations(parameters={"Minutes": "0", "C1": "x", "Foo": ""}, symbols=["!"], cash="0", lean_version="x")
    assert set(found) == {"parameters.Minutes", "parameters.C1", "parameters.Foo", "symbols[0]", "cash", "lean_version"}


def test_no_entry_condition() -> None:
    with pytest.raises(ServiceError) as caught:
        check(parameters={"C1": "false"})
    assert (caught.value.code.name, caught.value.reason) == ("FAILED_PRECONDITION", "NO_ENTRY_CONDITION")
    assert "C1, C2" in caught.value.message
    assert check(parameters={"C1": "false", "C2": "true"}).configuration.parameters["C2"] == "true"


def test_a_strategy_without_schema_takes_dates_and_cash_but_no_symbols(tmp_path: Path) -> None:
    configuration = check(LEAN, cash="25000", start_date=day("2013-10-07"), data_root=str(tmp_path)).configuration
    assert (configuration.cash, configuration.start_date) == ("25000", day("2013-10-07"))
    assert not configuration.HasField("end_date")
    assert configuration.data_root == str(tmp_path)
    assert "chooses its symbols itself" in violations(LEAN, symbols=["SPY"])["symbols"]
    assert set(violations(LEAN, cash="x", end_date=day("2013-10-32"))) == {"cash", "end_date"}


def test_a_property_without_default_is_required() -> None:
    schema = {"properties": {"n": {"type": "integer", "minimum": 1}}}
    description = StrategyDescription("S", "", "", schema, ())
    assert "is required: a whole number at least 1" in violations(description)["parameters.n"]
    assert check(description, parameters={"n": "3"}).configuration.parameters["n"] == "3"


@settings(max_examples=300)
@given(
    parameters=st.dictionaries(
        st.sampled_from([*SCHEMA["properties"], "other"]) | st.text(max_size=5), st.text(max_size=12), max_size=5
    ),
    symbols=st.lists(st.text(max_size=6), max_size=3),
    cash=st.text(max_size=8),
    root=st.text(max_size=8),
)
def test_any_configuration_is_either_refused_or_final(
    parameters: dict[str, str], symbols: list[str], cash: str, root: str
) -> None:
    try:
        configuration = strategy_pb2.RunConfiguration(
            strategy="Typed", parameters=parameters, symbols=symbols, cash=cash, data_root=root
        )
    except UnicodeEncodeError:
        return  # no such text can be sent
    try:
        resolved = resolve(configuration, TYPED, engine="pylean 1", today=TODAY)
    except ServiceError as refused:
        error = refused
    else:
        assert resolve(resolved.configuration, TYPED, engine="pylean 1", today=TODAY) == resolved
        return
    assert error.reason in ("INVALID_CONFIGURATION", "NO_ENTRY_CONDITION")
    assert error.to_status().ByteSize() < 8000
