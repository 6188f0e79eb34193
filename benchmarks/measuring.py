"""What the benchmarks share: command line, figures, a stack of one's own."""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[1]
ZAC = (sys.executable, "-m", "services.cli")


def arguments(description: str, repetitions: int) -> argparse.ArgumentParser:
    """Options every benchmark has."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--shared", type=Path, default=PROJECT.parent / "shared", help="folder with market-data")
    parser.add_argument("-n", type=int, default=repetitions, help="repetitions of each case")
    return parser


def figures(values: Sequence[float], digits: int = 4) -> dict[str, Any]:
    """Median, 95th percentile and extremes of some measurements."""
    ordered = sorted(round(value, digits) for value in values)
    if not ordered:
        return {"n": 0}
    return {
        "n": len(ordered),
        "median": round(statistics.median(ordered), digits),
        "p95": ordered[min(int(0.95 * len(ordered)), len(ordered) - 1)],
        "min": ordered[0],
        "max": ordered[-1],
    }


def environment(state_dir: Path) -> dict[str, str]:
    """The environment of a `zac` process that finds nothing but what the benchmark gives it."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ZAC_", "BACKTEST_"))}
    return kept | {"ZAC_STATE_DIR": str(state_dir)}


@contextmanager
def running_stack(state_dir: Path) -> Iterator[str]:
    """A stack on free ports; gives the gateway's address."""
    command = (*ZAC, "up", "--port", "0", "-o", "jsonl", "--quiet")
    with subprocess.Popen(command, env=environment(state_dir), stdout=subprocess.PIPE, text=True) as stack:
        try:
            line = stack.stdout.readline() if stack.stdout else ""
            if not line:
                sys.exit("the stack did not start")
            yield json.loads(line)["gateway"]
        finally:
            stack.terminate()
            stack.wait()


def report(document: dict[str, Any]) -> None:
    """Print the result of a benchmark."""
    machine = {"cpus": len(os.sched_getaffinity(0)), "load_1m": round(os.getloadavg()[0], 2)}
    print(json.dumps({"machine": machine} | document, indent=2))
