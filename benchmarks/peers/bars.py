"""What all peers share: bars read from Lean's zips with numpy, the numpy reference, and how figures are printed."""

from __future__ import annotations

import json
import sys
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

STEP_S = {"second": 1, "minute": 60, "daily": 86_400}
BUCKET_S = 15
FAST, SLOW = 20, 60
CLOSING_S = 15 * 3600 + 59 * 60
QUANTITY = 100
COMMISSION = 1.0
#: Means of cents differ by at least a sixtieth of one; what is less is the noise of floats.
TIE = 1e-6
CASH = 1_000_000
SHARE_OF_EQUITY = 0.01
_DAY_S = 86_400


@dataclass(frozen=True)
class Job:
    """A workload as its data folder has it."""

    name: str
    root: Path
    tickers: list[str]
    resolution: str

    @property
    def step_s(self) -> int:
        return STEP_S[self.resolution]

    @property
    def is_bucketed(self) -> bool:
        """W1: signals come from 15-second bars, and nothing is held from 15:59 on."""
        return self.resolution == "second"


def read(job: Job) -> dict[str, Any]:
    """An array per ticker: start (New York, seconds since 1970), open, high, low, close (1/10,000 $), volume."""
    return {ticker: _of_ticker(job, ticker.lower()) for ticker in job.tickers}


def _of_ticker(job: Job, ticker: str) -> Any:
    folder = job.root / "equity" / "usa" / job.resolution
    if job.resolution == "daily":
        text = _text(folder / f"{ticker}.zip")
        rows = _rows(text.replace(b" 00:00", b""))
        days = [f"{day // 10000:04d}-{day // 100 % 100:02d}-{day % 100:02d}" for day in rows[:, 0].tolist()]
        rows[:, 0] = np.array(days, dtype="datetime64[s]").astype(np.int64)
        return rows
    parts = []
    for path in sorted((folder / ticker).glob("*_trade.zip")):
        rows = _rows(_text(path))
        day = np.datetime64(f"{path.name[:4]}-{path.name[4:6]}-{path.name[6:8]}", "s").astype(np.int64)
        rows[:, 0] = rows[:, 0] // 1000 + day
        parts.append(rows)
    return np.concatenate(parts)


def _text(path: Path) -> bytes:
    with zipfile.ZipFile(path) as archive:
        return archive.read(archive.namelist()[0])


def _rows(text: bytes) -> Any:
    return np.fromstring(text.replace(b"\n", b",").decode(), dtype=np.int64, sep=",").reshape(-1, 6)


def buckets(rows: Any, step_s: int = BUCKET_S) -> Any:
    """Bars of 15 seconds from bars of one; times are ends."""
    keys = rows[:, 0] // step_s
    first = np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1])))
    last = np.concatenate((first[1:], [len(keys)])) - 1
    highs, lows = np.maximum.reduceat(rows[:, 2], first), np.minimum.reduceat(rows[:, 3], first)
    volumes = np.add.reduceat(rows[:, 5], first)
    return np.column_stack((keys[first] * step_s + step_s, rows[first, 1], highs, lows, rows[last, 4], volumes))


def wants_long(closes: Any, ends_s: Any, until_closing: bool) -> Any:
    """Where the fast mean is above the slow one, by whole numbers, so that ties are ties."""
    sums = np.concatenate(([0], np.cumsum(closes)))
    rising = np.zeros(len(closes), dtype=bool)
    fast, slow = sums[SLOW:] - sums[SLOW - FAST : -FAST], sums[SLOW:] - sums[:-SLOW]
    rising[SLOW - 1 :] = fast * (SLOW // FAST) > slow
    return rising & (ends_s % _DAY_S < CLOSING_S) if until_closing else rising


def expected_orders(job: Job) -> int:
    """How often all symbols together change sides."""
    count = 0
    for rows in read(job).values():
        bars = buckets(rows) if job.is_bucketed else rows
        held = wants_long(bars[:, 4], bars[:, 0], job.is_bucketed)
        count += int(np.count_nonzero(np.diff(held, prepend=False)))
    return count


def main(version: str, load: Callable[[Job], Any], run: Callable[[Job, Any], int | None]) -> None:
    """Read the job named on the command line, load and run it, and print the figures."""
    values = json.loads(Path(sys.argv[1]).read_text())
    job = Job(values["name"], Path(values["root"]), values["tickers"], values["resolution"])
    started = time.perf_counter()
    data = load(job)
    loaded = time.perf_counter()
    orders = run(job, data)
    ended = time.perf_counter()
    print(json.dumps({"version": version, "load_s": loaded - started, "run_s": ended - loaded, "orders": orders}))
