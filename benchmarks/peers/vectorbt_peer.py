"""vectorbt: no loop over bars and no algorithm that is called, but orders simulated on arrays of signals."""

from __future__ import annotations

from typing import Any

import bars
import numpy as np
import pandas as pd
import vectorbt


def load(job: bars.Job) -> Any:
    """Closes by time and symbol, of 15-second bars on W1."""
    series = {}
    for ticker, rows in bars.read(job).items():
        columns = bars.buckets(rows) if job.is_bucketed else rows
        series[ticker] = pd.Series(columns[:, 4] / 10_000, pd.to_datetime(columns[:, 0], unit="s"))
    return pd.DataFrame(series).ffill().bfill()


def run(job: bars.Job, closes: Any) -> int:
    ends_s = closes.index.to_numpy().astype("datetime64[s]").astype(np.int64)
    cents = np.rint(closes.to_numpy() * 100).astype(np.int64)
    wanted = [bars.wants_long(cents[:, column], ends_s, job.is_bucketed) for column in range(cents.shape[1])]
    held = np.column_stack(wanted)
    before = np.vstack((np.zeros_like(held[:1]), held[:-1]))
    is_portfolio = job.resolution == "daily"
    portfolio = vectorbt.Portfolio.from_signals(
        closes,
        entries=held & ~before,
        exits=before & ~held,
        size=bars.CASH * bars.SHARE_OF_EQUITY if is_portfolio else bars.QUANTITY,
        size_type="value" if is_portfolio else "amount",
        fixed_fees=bars.COMMISSION,
        init_cash=bars.CASH,
        cash_sharing=True,
        group_by=True,
    )
    portfolio.total_profit()
    return int(portfolio.orders.count())


if __name__ == "__main__":
    bars.main(f"vectorbt {vectorbt.__version__}", load, run)
