"""The engine against its peers: whole processes, in turns on the same machine, on three workloads.

W1: 15 shares by the second for 8 days, crosses of 15-second means. W2: 100 shares by the day for 10 years. W4: one
share by the minute for 5 years. Data are seeded random walks in Lean's format; all peers read the same zips with numpy.
pylean runs an unmodified Lean algorithm, without a column cache (cold) and with a filled one (warm). An order count is
right if it is that of the signals' changes, counted by numpy. Then what ten times the days cost.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from measured import Measured, measured
from measuring import PROJECT, arguments, figures, report
from peers.venvs import PEERS
from workloads import WORKLOADS, Workload

from pylean.storage import LeanPaths, MarketHours

LINEAR = replace(WORKLOADS["w1"], name="linear", tickers=WORKLOADS["w1"].tickers[:3], first=date(2025, 6, 2))
LINEAR_DAYS = (4, 40)
LINEAR_TIME, LINEAR_MEMORY = 10.5, 1.2
#: One thread each, as pylean: what counts is the engine, not how many cores a library takes.
ENVIRONMENT = os.environ | {"PYTHONPATH": str(PROJECT), "OMP_NUM_THREADS": "1", "NUMBA_NUM_THREADS": "1"}


def main() -> None:
    parser = arguments(__doc__ or "", repetitions=3)
    parser.add_argument("--peers", action="store_true", help="install peers that are not there yet")
    parser.add_argument("--workloads", nargs="+", choices=list(WORKLOADS), default=list(WORKLOADS))
    parser.add_argument("--timeout", type=float, default=120.0, help="seconds a single process may take")
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache" / "pylean-benchmarks")
    options = parser.parse_args()
    bench = Bench(options)
    workloads = {name: bench.compare(WORKLOADS[name]) for name in options.workloads}
    report({"workloads": workloads, "linear": bench.linear(), "not_available": bench.not_available})


class Bench:
    """Where data, environments and caches are, and how often to measure."""

    def __init__(self, options: argparse.Namespace) -> None:
        self._folder: Path = options.cache
        self._metadata: Path = options.shared / "market-data"
        self._repetitions: int = options.n
        self._timeout_s: float = options.timeout
        environments = self._folder / "peers"
        reasons = {peer: peer.missing(environments, options.peers) for peer in PEERS}
        self.not_available = {peer.name: reason for peer, reason in reasons.items() if reason}
        self._peers = [peer for peer, reason in reasons.items() if not reason]
        shutil.rmtree(self._folder / "work", ignore_errors=True)
        (self._folder / "work").mkdir(parents=True)

    def compare(self, workload: Workload) -> dict[str, Any]:
        """All engines in turns, ``n`` times."""
        bars = workload.make(self._root(workload), self._metadata)
        reference = self._peer_process(workload, sys.executable, PROJECT / "benchmarks" / "peers" / "reference.py")
        expected = reference.document["orders"]
        self._pylean(workload, "warm")  # fills the cache, compiles the algorithm
        taken: dict[str, list[Measured]] = defaultdict(list)
        for _ in range(self._repetitions):
            for name, result in self._one_of_each(workload, taken):
                taken[name].append(result)
        engines = {name: summary(results, expected) for name, results in taken.items()}
        left_out = {peer.name: why for peer in PEERS for on, why in peer.not_on if on == workload.name}
        return {
            "bars": bars,
            "orders_by_signals": expected,
            "engines": engines,
            "wall_in_units_of_pylean": {case: ratios(engines, case) for case in ("pylean, cold", "pylean, warm")},
            "left_out": left_out,
        }

    def _one_of_each(self, workload: Workload, taken: dict[str, list[Measured]]) -> Iterator[tuple[str, Measured]]:
        """Who failed once is not asked again."""
        for case in ("cold", "warm"):
            yield f"pylean, {case}", self._pylean(workload, case)
        for peer in self._peers:
            has_failed = any(result.failure for result in taken.get(peer.name, ()))
            if not has_failed and workload.name not in dict(peer.not_on):
                interpreter = peer.interpreter(self._folder / "peers")
                yield peer.name, self._peer_process(workload, interpreter, peer.path)

    def _pylean(self, workload: Workload, case: str, last: date | None = None) -> Measured:
        work = self._folder / "work"
        job: dict[str, Any] = {
            "algorithm_path": str(workload.path),
            "data_root": str(self._root(workload)),
            "output_dir": str(work / "results"),
            "algorithm_id": workload.name,
            "parameters": {"tickers": ",".join(workload.tickers)},
            "start_date": workload.first.isoformat(),
            "end_date": (last or workload.last).isoformat(),
        }
        if case == "warm":
            job["cache_dir"] = str(work / "columns")
        path = work / "job.json"
        path.write_text(json.dumps(job))
        command = (sys.executable, PROJECT / "benchmarks" / "run_pylean.py", path)
        result = measured(command, ENVIRONMENT, self._timeout_s)
        if result.failure:
            sys.exit(f"pylean failed on {workload.name}: {result.failure}")
        return result

    def _peer_process(self, workload: Workload, interpreter: str | Path, script: Path) -> Measured:
        path = self._folder / "work" / "peer.json"
        fields = {"name": workload.name, "root": str(self._root(workload)), "tickers": list(workload.tickers)}
        path.write_text(json.dumps(fields | {"resolution": workload.resolution.folder}))
        return measured((interpreter, script, path), ENVIRONMENT, self._timeout_s)

    def _root(self, workload: Workload) -> Path:
        return self._folder / "data" / workload.name

    def linear(self) -> dict[str, Any]:
        """What ten times the days cost, in time and memory, on a part of W1 with the cache filled."""
        hours = MarketHours.read(LeanPaths(self._metadata))
        sessions = hours.sessions(LINEAR.first, LINEAR.first + timedelta(days=2 * LINEAR_DAYS[1]))
        lasts = [sessions[days - 1].day for days in LINEAR_DAYS]
        workload = replace(LINEAR, last=lasts[-1])
        workload.make(self._root(workload), self._metadata)
        self._pylean(workload, "warm")
        taken: list[list[Measured]] = [[], []]
        for _ in range(self._repetitions):
            for results, last in zip(taken, lasts, strict=True):
                results.append(self._pylean(workload, "warm", last))
        few, many = (summary(results) for results in taken)
        times = round(many["cpu_s"]["median"] / few["cpu_s"]["median"], 2)
        memory = round(many["peak_mb"] / few["peak_mb"], 2)
        return {
            "days": LINEAR_DAYS,
            "few": few,
            "many": many,
            "times_cpu": times,
            "times_memory": memory,
            "is_linear": times <= LINEAR_TIME and memory <= LINEAR_MEMORY,
        }


def summary(results: list[Measured], expected: int | None = None) -> dict[str, Any]:
    """Figures of one engine on one workload."""
    failures = [result.failure for result in results if result.failure]
    if failures:
        return {"failure": failures[0]}
    documents = [result.document for result in results]
    orders = sorted({document["orders"] for document in documents})
    shown = {
        "wall_s": figures([result.wall_s for result in results], digits=3),
        "cpu_s": figures([result.cpu_s for result in results], digits=3),
        "run_s": figures([document["run_s"] for document in documents], digits=3),
        "peak_mb": round(max(result.peak_mb for result in results)),
        "orders": orders[0] if len(orders) == 1 else orders,
    }
    if expected is not None:
        shown["orders_agree"] = orders == [expected]
    return shown | {key: documents[0][key] for key in ("version", "hash", "load_s") if key in documents[0]}


def ratios(engines: dict[str, dict[str, Any]], unit: str) -> dict[str, float]:
    """Median wall time of each engine that finished, in units of one of pylean's cases."""
    one = engines[unit]["wall_s"]["median"]
    return {name: round(shown["wall_s"]["median"] / one, 2) for name, shown in engines.items() if "wall_s" in shown}


if __name__ == "__main__":
    main()
