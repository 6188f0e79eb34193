"""`zac demo --once`: the whole platform, from simulated market data to statistics."""

from __future__ import annotations

from pathlib import Path
from typing import Any

Zac = Any


def test_the_demo_downloads_runs_and_says_that_its_data_are_simulated(zac: Zac, tmp_path: Path) -> None:
    done = zac("demo", "--once", "--dir", str(tmp_path / "demo"), timeout_s=58)
    assert done.returncode == 0, done.stderr
    pairs = dict(line.split("  ", 1) for line in done.stdout.splitlines())
    assert int(pairs["Total Orders"]) > 0
    assert pairs["Data"].strip() == "SIMULATED, not market data"
    artifacts = Path(pairs["Artifacts"].strip())
    assert artifacts.is_relative_to(tmp_path / "demo")
    assert any(artifacts.iterdir())
    zips = list((tmp_path / "demo" / "data" / "equity" / "usa" / "second").glob("*/*_trade.zip"))
    assert len(zips) == 15 * 8
    assert "SIMULATED" in done.stderr.splitlines()[0]
    assert "Downloading 100%" in done.stderr
    assert "(simulated data)" in done.stderr.splitlines()[-1]
