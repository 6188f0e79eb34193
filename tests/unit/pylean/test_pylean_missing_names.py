"""Names of Lean's that pylean lacks, wherever an algorithm uses one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pylean import AlgorithmError, BacktestJob, SilentObserver, run_backtest
from pylean.missing_names import UnsupportedNameError, lean_names

from .conftest import Market

_BODY = """\
from AlgorithmImports import *
{module}

class Case(QCAlgorithm):
    {body}

    def initialize(self):
        self.set_start_date(2025, 6, 2)
        self.set_end_date(2025, 6, 2)
        {initialize}
"""


def run(market: Market, folder: Path, **parts: str) -> Any:
    folder.mkdir()
    source = _BODY.format(**{"module": "", "body": "", "initialize": "pass"} | parts)
    (folder / "main.py").write_text(source)
    return run_backtest(BacktestJob(folder / "main.py", market.root, folder / "out", "test"), SilentObserver())


@pytest.mark.parametrize(
    "parts", [{"module": "wanted = OptionChains"}, {"body": "wanted = OptionChains"}], ids=["module", "class"]
)
def test_loading_names_what_lean_has(market: Market, tmp_path: Path, parts: dict[str, str]) -> None:
    with pytest.raises(UnsupportedNameError, match=r"Lean has 'OptionChains', pylean has not.*docs/supported-api.md"):
        run(market, tmp_path / "case", **parts)


def test_a_function_names_what_lean_has(market: Market, tmp_path: Path) -> None:
    with pytest.raises(AlgorithmError, match="in initialize: UnsupportedNameError: Lean has 'OptionChains'") as caught:
        run(market, tmp_path / "case", initialize="OptionChains()")
    assert isinstance(caught.value.__cause__, UnsupportedNameError)


def test_namespaces_of_dotnet_give_the_same_names(market: Market, tmp_path: Path) -> None:
    lines = "from QuantConnect import Resolution as R\nfrom QuantConnect.Indicators.CandlestickPatterns import *"
    with pytest.raises(AlgorithmError, match="in initialize: ValueError: True"):
        run(market, tmp_path / "case", module=lines, initialize="raise ValueError(R is Resolution)")


def test_a_namespace_has_no_other_names(market: Market, tmp_path: Path) -> None:
    with pytest.raises(ImportError, match="cannot import name 'DefaultDataProvider' from 'QuantConnect'"):
        run(market, tmp_path / "case", module="from QuantConnect import DefaultDataProvider")


def test_a_name_that_nobody_has_stays_a_name_error(market: Market, tmp_path: Path) -> None:
    with pytest.raises(AlgorithmError, match="NameError: name 'OptionChainz' is not defined"):
        run(market, tmp_path / "case", initialize="OptionChainz()")


def test_names_are_plain_and_in_order() -> None:
    names = sorted(lean_names())
    assert {"QCAlgorithm", "SimpleMovingAverage", "OptionChains", "Resolution"} <= set(names)
    assert all(name.isidentifier() for name in names)
