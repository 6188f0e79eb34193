"""The examples: one against Lean's own expectation, one against an oracle without pylean."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from pylean import BacktestJob, BacktestOutcome, SilentObserver, run_backtest

DAYS = ("20131007", "20131008", "20131009", "20131010", "20131011")
OPEN_MS, CLOSE_MS, MINUTE_MS = 34_200_000, 57_600_000, 60_000


@pytest.fixture
def run_example(project: Path, shared: Path, tmp_path: Path) -> Any:
    """``run_example("folder", parameter=value)``: the outcome, and the folder with its results."""

    def run(name: str, **parameters: str) -> tuple[BacktestOutcome, Path]:
        main, data = project / "examples" / name / "main.py", shared / "lean-sample"
        return run_backtest(BacktestJob(main, data, tmp_path, name, parameters=parameters), SilentObserver()), tmp_path

    return run


@pytest.fixture
def basic_template(shared: Path) -> dict[str, Any]:
    """Lean's expectation of its BasicTemplateAlgorithm, which buys and holds SPY as the example does."""
    cases = json.loads((shared / "lean/conformance.json").read_text())["cases"]
    case: dict[str, Any] = next(case for case in cases if case["name"] == "BasicTemplateAlgorithm")
    return case


def test_buy_and_hold_is_lean_s_basic_template(run_example: Any, basic_template: dict[str, Any]) -> None:
    outcome, _ = run_example("buy_and_hold")
    expected = basic_template["expected_statistics"]
    assert len(expected) == 28
    assert outcome.statistics | {"OrderListHash": outcome.order_list_hash} == expected
    assert outcome.data_points == basic_template["data_points"] == 3943


@dataclass(frozen=True)
class Minute:
    """End in milliseconds of UTC, and the price an average sees."""

    end_ms: int
    close: Decimal


def read_minutes(root: Path) -> Iterator[Minute]:
    """SPY's minutes of the regular sessions as a subscription shows them: scaled, gaps repeated."""
    factor = price_factor(root)
    seed: Decimal | None = None
    for number, day in enumerate(DAYS):
        with zipfile.ZipFile(root / f"equity/usa/minute/spy/{day}_trade.zip") as archive:
            lines = archive.read(archive.namelist()[0]).decode().splitlines()
        closes = {int(line.split(",")[0]): Decimal(line.split(",")[4]) / 10_000 * factor for line in lines}
        before = [close for start, close in sorted(closes.items()) if start < OPEN_MS]
        seed = before[-1] if before else seed
        for start in range(OPEN_MS, CLOSE_MS, MINUTE_MS):
            seed = closes.get(start, seed)
            if seed is not None:
                yield Minute(epoch_ms(number) + start + MINUTE_MS, seed)
        after = [close for start, close in sorted(closes.items()) if start >= CLOSE_MS]
        seed = after[-1] if after else seed


def price_factor(root: Path) -> Decimal:
    """Price times split factor of the first row that ends on or after the days; they lie before one dividend."""
    rows = [line.split(",") for line in (root / "equity/usa/factor_files/spy.csv").read_text().split()]
    factors = {day: next(row for row in rows if row[0] >= day) for day in DAYS}
    assert len({tuple(row) for row in factors.values()}) == 1
    row = factors[DAYS[0]]
    return Decimal(row[1]) * Decimal(row[2])


def epoch_ms(number: int) -> int:
    """Midnight of New York, four hours behind UTC, on the so manieth day from 2013-10-07."""
    return (15_985 + number) * 86_400_000 + 4 * 3_600_000


def crossovers(minutes: list[Minute], fast: int, slow: int) -> list[tuple[float, str]]:
    """Times (seconds of UTC) at which the strategy changes sides."""
    closes = [minute.close for minute in minutes]
    is_invested = False
    changes = []
    for index in range(slow - 1, len(minutes)):
        means = [sum(closes[index + 1 - period : index + 1]) / period for period in (fast, slow)]
        if (means[0] > means[1]) != is_invested:
            is_invested = not is_invested
            changes.append((minutes[index].end_ms / 1000, "buy" if is_invested else "sell"))
    return changes


@pytest.mark.parametrize(("fast", "slow"), [(15, 60), (10, 90)])
def test_dual_sma_trades_its_crossovers(run_example: Any, shared: Path, fast: int, slow: int) -> None:
    outcome, output = run_example("dual_sma", fast=str(fast), slow=str(slow))
    events = json.loads((output / "dual_sma-order-events.json").read_text())
    submitted = [(event["time"], event["direction"]) for event in events if event["status"] == "submitted"]
    expected = crossovers(list(read_minutes(shared / "lean-sample")), fast, slow)
    assert submitted == expected
    assert len(expected) > 10
    assert outcome.orders == len(expected)
    assert outcome.data_points == 3943


def test_dual_sma_has_defaults_and_refuses_bad_parameters(run_example: Any) -> None:
    from pylean import AlgorithmError

    outcome, _ = run_example("dual_sma")
    assert outcome.orders > 10
    with pytest.raises(AlgorithmError, match=r"fast must be above 0 and below slow \(fast is 60, slow is 60\)"):
        run_example("dual_sma", fast="60")
