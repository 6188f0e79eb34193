"""The life of a run as its client sees it: creation, first event, cancels, progress, many at once, broken watches.

Everything goes through the gRPC client against a stack that the benchmark starts; each figure is the median of `-n`
takes of the golden workload, except that ten concurrent runs are taken once.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

from measuring import arguments, figures, report, running_stack

from services.cli.client import TERMINAL_STATES, Client, is_terminal
from services.common.dates import to_date
from zac.gateway.v1.run_pb2 import RunEvent, RunState
from zac.run.v1.strategy_pb2 import RunConfiguration

SYMBOLS = "AAPL NVDA TSLA V AMZN META ABBV AMD GS HAL".split()
CONCURRENT_RUNS = 10
RECONNECTS = 20
CREATIONS = 20


class Bench:
    """A client and the workload."""

    def __init__(self, client: Client, data_root: Path) -> None:
        self.client = client
        self._data_root = data_root

    def create(self, **changes: Any) -> str:
        """A new run of the golden workload; its id."""
        configuration = RunConfiguration(
            strategy="ZacQC",
            parameters={"guard_time_short_circuit": "true"},
            start_date=to_date(date(2025, 10, 1)),
            end_date=to_date(date(2025, 10, 10)),
            data_root=str(self._data_root),
            lean_version="2025-10",
            **changes,
        )
        return self.client.create_run(configuration, again=True).run.run_id

    def events(self, run_id: str, after_sequence: int = 0) -> Iterator[RunEvent]:
        for message in self.client.watch(run_id, after_sequence):
            if message.HasField("event"):
                yield message.event

    def state(self, run_id: str) -> str:
        return RunState.Name(self.client.get_run(run_id).state).removeprefix("RUN_STATE_")


def main() -> None:
    options = arguments(__doc__ or "", repetitions=5).parse_args()
    data_root = (options.shared / "market-data").resolve()
    with (
        tempfile.TemporaryDirectory(prefix="zac-lifecycle-") as scratch,
        running_stack(Path(scratch)) as address,
        Client(address) as client,
    ):
        bench = Bench(client, data_root)
        client.wait(bench.create())  # columns cached, strategy described
        n = options.n
        report(
            {
                "create_run": creation(bench, CREATIONS),
                "cancel_at_0_s": cancel(bench, n, lambda _event: True),
                "cancel_mid_run": cancel(bench, n, at_percent(40)),
                "cancel_at_99_percent": cancel(bench, n, at_percent(90), wait_for_end=True),
                "progress": progress(bench, n),
                "concurrent_runs": concurrent(bench),
                "reconnecting_watch": reconnecting(bench),
            }
        )


def creation(bench: Bench, repetitions: int) -> dict[str, Any]:
    """From the call of CreateRun to its answer, and to the first event of the watch that follows."""
    answers, first_events = [], []
    for _ in range(repetitions):
        started = time.perf_counter()
        run_id = bench.create()
        answers.append(time.perf_counter() - started)
        next(bench.events(run_id))
        first_events.append(time.perf_counter() - started)
        bench.client.cancel(run_id)
        bench.client.wait(run_id)
    return {"answer_s": figures(answers), "first_event_s": figures(first_events)}


def at_percent(percent: float) -> Callable[[RunEvent], bool]:
    return lambda event: event.HasField("progress") and event.progress.percent >= percent


def cancel(
    bench: Bench, repetitions: int, is_moment: Callable[[RunEvent], bool], *, wait_for_end: bool = False
) -> dict[str, Any]:
    """From the call of Cancel, at the first event that is the moment, to the terminal event of the watch.

    With `wait_for_end` nine tenths of the time left by the run's own estimate pass before: progress is told in steps
    too large to catch 99 %. A run may then be faster than its cancel and succeed.
    """
    latencies, ends = [], []
    for _ in range(repetitions):
        run_id = bench.create()
        asked: float | None = None
        for event in bench.events(run_id):
            if asked is None and is_moment(event):
                if wait_for_end:
                    time.sleep(0.9 * event.progress.remaining.ToTimedelta().total_seconds())
                asked = time.perf_counter()
                bench.client.cancel(run_id)
        if asked is not None:
            latencies.append(time.perf_counter() - asked)
        ends.append(bench.state(run_id))
    return {"until_terminal_s": figures(latencies), "ends": {end: ends.count(end) for end in sorted(set(ends))}}


def progress(bench: Bench, repetitions: int) -> dict[str, Any]:
    """Gaps between the progress events of whole runs as they arrive, their rate, and whether percent ever fell."""
    gaps, rates, falls = [], [], 0
    for _ in range(repetitions):
        events = bench.events(bench.create())
        arrivals = [(time.perf_counter(), event.progress.percent) for event in events if event.HasField("progress")]
        pairs = list(pairwise(arrivals))
        gaps += [after[0] - before[0] for before, after in pairs]
        falls += sum(after[1] < before[1] for before, after in pairs)
        if len(arrivals) > 1:
            rates.append((len(arrivals) - 1) / (arrivals[-1][0] - arrivals[0][0]))
    return {"gap_s": figures(gaps), "events_per_s": figures(rates), "falls": falls}


def concurrent(bench: Bench) -> dict[str, Any]:
    """Ten runs created at once, one symbol each, until the last has ended."""
    started = time.perf_counter()
    run_ids = [bench.create(symbols=[symbol]) for symbol in SYMBOLS[:CONCURRENT_RUNS]]
    created_s = time.perf_counter() - started
    ends = [RunState.Name(bench.client.wait(run_id).state) for run_id in run_ids]
    return {
        "runs": len(run_ids),
        "all_created_s": round(created_s, 4),
        "all_ended_s": round(time.perf_counter() - started, 4),
        "ends": {end: ends.count(end) for end in sorted(set(ends))},
    }


def reconnecting(bench: Bench) -> dict[str, Any]:
    """One run watched by a client that breaks its watch twenty times and takes it up where it was."""
    run_id = bench.create()
    sequences: list[int] = []
    connections = 0
    while bench.client.get_run(run_id).state not in TERMINAL_STATES or connections <= RECONNECTS:
        connections += 1
        after = sequences[-1] if sequences else 0
        ended = False
        with Client(bench.client.address) as watcher:
            for count, message in enumerate(watcher.watch(run_id, after)):
                if message.HasField("event"):
                    sequences.append(message.event.sequence)
                    ended = is_terminal(message.event)
                if connections <= RECONNECTS and count:
                    break
        if ended:
            break
    latest = bench.client.get_run(run_id).latest_sequence
    return {
        "connections": connections,
        "events": len(sequences),
        "each_once_and_in_order": sequences == list(range(1, latest + 1)),
    }


if __name__ == "__main__":
    main()
