"""backtesting.py: one asset a run, so several symbols are runs of their own with a clock and an account each."""

from __future__ import annotations

import warnings
from importlib.metadata import version
from typing import Any

import bars
import numpy as np
import pandas as pd
from backtesting import Backtest, Strategy


class Cross(Strategy):
    """Acts on bars whose signal differs from the position; on W1 bars of a second end a bucket every 15th time."""

    job: bars.Job
    wanted: Any
    orders = 0

    def init(self) -> None:
        self.signal = self.I(lambda: self.wanted, plot=False)

    def next(self) -> None:
        wanted = self.signal[-1]
        if wanted == -1 or bool(self.position) == (wanted == 1):
            return
        if wanted == 1:
            close = self.data.Close[-1]
            size = max(1, int(bars.CASH * bars.SHARE_OF_EQUITY / close)) if self.job.resolution == "daily" else 100
            self.buy(size=size)
        else:
            self.position.close()
        Cross.orders += 1


def load(job: bars.Job) -> Any:
    """A frame and the wanted side (-1: no signal on this bar) of each symbol."""
    loaded = []
    for rows in bars.read(job).values():
        frame = pd.DataFrame(
            rows[:, 1:5] / 10_000,
            columns=["Open", "High", "Low", "Close"],
            index=pd.to_datetime(rows[:, 0], unit="s"),
        )
        frame["Volume"] = rows[:, 5]
        loaded.append((frame, wanted_sides(job, rows)))
    return loaded


def wanted_sides(job: bars.Job, rows: Any) -> Any:
    if not job.is_bucketed:
        return bars.wants_long(rows[:, 4], rows[:, 0], until_closing=False).astype(float)
    columns = bars.buckets(rows)
    last = np.searchsorted(rows[:, 0], columns[:, 0]) - 1
    wanted = np.full(len(rows), -1.0)
    wanted[last] = bars.wants_long(columns[:, 4], columns[:, 0], until_closing=True)
    return wanted


def run(job: bars.Job, loaded: Any) -> int:
    warnings.simplefilter("ignore")
    Cross.job = job
    for frame, wanted in loaded:
        Cross.wanted = wanted
        Backtest(frame, Cross, cash=bars.CASH, commission=(bars.COMMISSION, 0), trade_on_close=True).run()
    return Cross.orders


if __name__ == "__main__":
    bars.main(f"backtesting {version('backtesting')}", load, run)
