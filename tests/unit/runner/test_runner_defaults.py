"""Defaults of the machine's owner: between a request and the strategy's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.common.settings import StartupError
from services.runner.defaults import ConfigurationDefaults, read_defaults
from zac.run.v1 import strategy_pb2

SCHEMA = {"properties": {"symbols": {"type": "array"}, "StopLoss": {"type": "number"}}}


def test_nothing_set_changes_nothing() -> None:
    configuration = strategy_pb2.RunConfiguration(strategy="ZacQC", parameters={"StopLoss": "100"})
    assert read_defaults((), None).fill(configuration, SCHEMA) == configuration


def test_what_a_request_leaves_open_is_filled(tmp_path: Path) -> None:
    file = tmp_path / "parameters.json"
    file.write_text('{"StopLoss": 90.5, "C3": true, "symbols": ["MCD"], "start_date": "2025-10-01"}')
    defaults = read_defaults(("AAPL", "V"), file)
    filled = defaults.fill(strategy_pb2.RunConfiguration(strategy="ZacQC"), SCHEMA)
    assert list(filled.symbols) == ["AAPL", "V"]
    assert dict(filled.parameters) == {"StopLoss": "90.5", "C3": "true", "start_date": "2025-10-01"}


def test_what_a_request_sets_wins(tmp_path: Path) -> None:
    file = tmp_path / "parameters.json"
    file.write_text('{"StopLoss": 90, "symbols": ["MCD"], "starting_cash": 5}')
    request = strategy_pb2.RunConfiguration(symbols=["TSLA"], cash="1000", parameters={"StopLoss": "1"})
    filled = read_defaults(("AAPL",), file).fill(request, SCHEMA)
    assert filled == request


def test_symbols_stay_away_from_strategies_that_choose_their_own() -> None:
    filled = ConfigurationDefaults(("AAPL",)).fill(strategy_pb2.RunConfiguration(strategy="buy_and_hold"), {})
    assert not filled.symbols


@pytest.mark.parametrize("content", ["", "[1]", "{"])
def test_a_bad_file_stops_the_start(tmp_path: Path, content: str) -> None:
    file = tmp_path / "parameters.json"
    file.write_text(content)
    with pytest.raises(StartupError, match=r"BACKTEST_CONFIG_PATH=.*parameters\.json"):
        read_defaults((), file)
