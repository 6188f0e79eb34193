"""The golden workload of ZacQC end to end, from the start of `zac run` to its exit, beside a floor.

Cases: on a stack of its own and on a running one, each with the columnar cache removed (cold) and filled (warm), taken
in turns so that all see the same machine. The floor is what no engine can do without: one process that reads, inflates
and parses the 120 zips.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path
from typing import Any

from measuring import ZAC, arguments, environment, figures, report, running_stack

FIRST_DAY, LAST_DAY = "2025-10-01", "2025-10-10"
ZIPS = "equity/usa/second/*/202510*_trade.zip"


def main() -> None:
    parser = arguments(__doc__ or "", repetitions=5)
    parser.add_argument("--floor", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.floor:
        print(json.dumps(floor(options.floor)))
        return
    data_root = options.shared / "market-data"
    with tempfile.TemporaryDirectory(prefix="zac-golden-") as scratch:
        report(measure(data_root, Path(scratch), options.n))


def measure(data_root: Path, scratch: Path, repetitions: int) -> dict[str, Any]:
    """Run every case `repetitions` times."""
    own, running = scratch / "own", scratch / "running"
    taken: dict[str, list[dict[str, Any]]] = {}
    floors = []
    with running_stack(running) as address:
        targets = {"own stack": (own, "own"), "running stack": (running, address)}
        for state_dir, server in targets.values():
            golden_run(data_root, state_dir, server)  # strategies described, byte code compiled
        for _ in range(repetitions):
            floors.append(measured_floor(data_root))
            for name, (state_dir, server) in targets.items():
                shutil.rmtree(state_dir / "cache")
                taken.setdefault(f"{name}, cold", []).append(golden_run(data_root, state_dir, server))
                taken.setdefault(f"{name}, warm", []).append(golden_run(data_root, state_dir, server))
    cases = {name: summary(runs) for name, runs in taken.items()}
    floor_s = figures([item["wall_s"] for item in floors])
    for case in cases.values():
        case["times_floor"] = round(case["wall_s"]["median"] / floor_s["median"], 2)
    hashes = sorted({run["order_list_hash"] for runs in taken.values() for run in runs})
    return {
        "workload": f"ZacQC, 15 symbols, {FIRST_DAY} to {LAST_DAY}",
        "order_list_hashes": hashes,
        "floor": {"wall_s": floor_s, "zips": floors[0]["zips"], "rows": floors[0]["rows"]},
        "cases": cases,
    }


def golden_run(data_root: Path, state_dir: Path, server: str) -> dict[str, Any]:
    """One `zac run` as a user types it; its document with the wall time added."""
    command = (*ZAC, "run", "ZacQC", "--data-root", str(data_root), "--from", FIRST_DAY, "--to", LAST_DAY)
    command += ("-p", "guard_time_short_circuit=true", "--lean-version", "2025-10", "--again", "-o", "json")
    started = time.perf_counter()
    done = subprocess.run(
        (*command, "--server", server), env=environment(state_dir), capture_output=True, text=True, check=False
    )
    wall_s = time.perf_counter() - started
    if done.returncode:
        sys.exit(f"zac run ended with {done.returncode}: {done.stdout}{done.stderr}")
    document: dict[str, Any] = json.loads(done.stdout)
    return document | {"wall_s": wall_s}


def summary(runs: list[dict[str, Any]]) -> dict[str, Any]:
    """Figures of one case; `overhead_s` is everything outside the run: processes, imports, the answer on the way."""
    phases = sorted({phase for run in runs for phase in run["elapsed"]})
    return {
        "wall_s": figures([run["wall_s"] for run in runs]),
        "overhead_s": figures([run["wall_s"] - run["elapsed"]["total"] for run in runs]),
        "elapsed_s": {phase: figures([run["elapsed"].get(phase, 0.0) for run in runs])["median"] for phase in phases},
        "worker_peak_memory_bytes": max(run["peak_memory_bytes"] for run in runs),
        "data_points": runs[0]["data_points"],
    }


def measured_floor(data_root: Path) -> dict[str, Any]:
    """The floor in a process of its own, its imports included."""
    started = time.perf_counter()
    done = subprocess.run(
        (sys.executable, __file__, "--floor", str(data_root)), capture_output=True, text=True, check=True
    )
    result: dict[str, Any] = json.loads(done.stdout)
    return result | {"wall_s": time.perf_counter() - started}


def floor(data_root: Path) -> dict[str, int]:
    """Read, inflate and parse every zip of the workload into integer columns."""
    import numpy as np  # noqa: PLC0415 # a cost of the floor's process, not of the measuring one

    paths = sorted(data_root.glob(ZIPS))
    if not paths:
        sys.exit(f"no zips at {data_root / ZIPS}")
    rows = 0
    for path in paths:
        with zipfile.ZipFile(path) as archive:
            text = archive.read(archive.namelist()[0])
        values = np.fromstring(text.replace(b"\n", b",").decode(), dtype=np.int64, sep=",")
        rows += len(values.reshape(-1, 6))
    return {"zips": len(paths), "rows": rows}


if __name__ == "__main__":
    main()
