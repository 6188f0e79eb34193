"""The golden run: ZacQC over the shared second bars, event for event and figure for figure what Lean made of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from pylean import BacktestJob, BacktestOutcome, LeanVersion, SilentObserver, run_backtest

#: Lean's id of the run; the same id gives the same file names and event ids.
ALGORITHM_ID = "1520652223"
ORDER_LIST_HASH = "770eef5fb78706619ac4b315c18e4142"
DATA_POINTS = 2_808_751
#: The golden configuration is the default one with this switch on (behaviour.md §15).
PARAMETERS = {"guard_time_short_circuit": "true"}
EVENT_FIELDS = {
    *("orderId", "orderEventId", "symbol", "symbolValue", "time", "status", "direction", "quantity"),
    *("stopPrice", "limitPrice", "fillPrice", "fillQuantity", "orderFeeAmount"),
}
AGAIN = """\
import sys
from pathlib import Path
from pylean import BacktestJob, LeanVersion, SilentObserver, run_backtest

main, data, output, cache, algorithm_id = sys.argv[1:6]
parameters = dict(pair.split("=") for pair in sys.argv[6:])
job = BacktestJob(
    Path(main), Path(data), Path(output), algorithm_id, parameters=parameters,
    lean_version=LeanVersion.OCT_2025, cache_dir=Path(cache),
)
run_backtest(job, SilentObserver())
"""


@dataclass
class GoldenRun:
    """Our run, and the folder of Lean's."""

    outcome: BacktestOutcome
    output: Path
    cache: Path
    lean: Path

    def ours(self, ending: str) -> Any:
        return json.loads((self.output / f"{ALGORITHM_ID}{ending}").read_text())

    def leans(self, name: str) -> Any:
        return json.loads((self.lean / name).read_text())


@pytest.fixture(scope="module")
def run(shared: Path, project: Path, tmp_path_factory: pytest.TempPathFactory) -> GoldenRun:
    output, cache = tmp_path_factory.mktemp("golden"), tmp_path_factory.mktemp("columns")
    job = BacktestJob(
        project / "ZacQC/main.py",
        shared / "market-data",
        output,
        ALGORITHM_ID,
        parameters=PARAMETERS,
        lean_version=LeanVersion.OCT_2025,
        cache_dir=cache,
    )
    return GoldenRun(run_backtest(job, SilentObserver()), output, cache, shared / "zacqc/golden")


def test_the_list_of_orders_has_lean_s_hash(run: GoldenRun) -> None:
    assert run.outcome.orders == 157
    assert run.outcome.order_list_hash == ORDER_LIST_HASH


def test_every_order_event_is_lean_s(run: GoldenRun) -> None:
    ours, leans = run.ours("-order-events.json"), run.leans("order-events.json")
    assert len(leans) == 456
    assert set().union(*leans) >= EVENT_FIELDS
    for number, (our, lean) in enumerate(zip(ours, leans, strict=True)):
        assert our == lean, f"event {number}"


def test_prices_and_fees_of_events_are_equal_as_decimals(run: GoldenRun) -> None:
    """Text, not doubles: the files name every digit."""

    def exact(path: Path) -> Any:
        return json.loads(path.read_text(), parse_float=Decimal)

    assert exact(run.output / f"{ALGORITHM_ID}-order-events.json") == exact(run.lean / "order-events.json")


@pytest.mark.parametrize(
    "place",
    [
        ("statistics",),
        ("runtimeStatistics",),
        ("totalPerformance", "tradeStatistics"),
        ("totalPerformance", "portfolioStatistics"),
    ],
)
def test_every_printed_figure_is_lean_s(run: GoldenRun, place: tuple[str, ...]) -> None:
    ours, leans = run.ours("-summary.json"), run.leans("summary.json")
    for name in place:
        ours, leans = ours[name], leans[name]
    assert ours == leans
    assert all(isinstance(value, str | int) for value in leans.values())


def test_data_points_are_the_sum_of_bars_universe_and_history(run: GoldenRun) -> None:
    assert run.outcome.total_data_points == DATA_POINTS == 15 * 8 * 23_400 + 1 + 750


def test_the_run_ended_by_itself_with_trades(run: GoldenRun) -> None:
    assert run.outcome.stopped_at is None
    assert run.outcome.trades == 10
    assert run.outcome.warnings == []
    assert run.outcome.statistics == run.leans("summary.json")["statistics"]


def test_another_process_with_other_hashes_writes_the_same(
    run: GoldenRun, shared: Path, project: Path, tmp_path: Path
) -> None:
    """The second run also reads its columns from the cache that the first one wrote."""
    arguments = [project / "ZacQC/main.py", shared / "market-data", tmp_path, run.cache, ALGORITHM_ID]
    parameters = [f"{name}={value}" for name, value in PARAMETERS.items()]
    environment = os.environ | {"PYTHONHASHSEED": "20251016"}
    command = [sys.executable, "-c", AGAIN, *map(str, arguments), *parameters]
    subprocess.run(command, env=environment, check=True, cwd=tmp_path)
    events = f"{ALGORITHM_ID}-order-events.json"
    assert (tmp_path / events).read_bytes() == (run.output / events).read_bytes()
    for name in (f"{ALGORITHM_ID}-summary.json", f"{ALGORITHM_ID}.json"):
        assert without_wall_times(tmp_path / name) == without_wall_times(run.output / name)


def without_wall_times(path: Path) -> Any:
    """The count of log lines is one too: ZacQC logs steps that took long on the wall clock."""
    result = json.loads(path.read_text(), parse_float=Decimal)
    for name in ("StartTime", "EndTime", "LogCount"):
        del result["state"][name]
    return result
