"""backtrader: an event engine in Python."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import backtrader
import bars


class Rows(backtrader.feed.DataBase):
    """Bars from an array, by their ends."""

    def __init__(self, rows: Any, step_s: int) -> None:
        super().__init__()
        ends = (datetime.fromtimestamp(start + step_s, UTC).replace(tzinfo=None) for start in rows[:, 0].tolist())
        prices, volumes = (rows[:, 1:5] / 10_000).tolist(), rows[:, 5].tolist()
        self._values = zip(map(backtrader.date2num, ends), prices, volumes, strict=True)

    def _load(self) -> bool:
        values = next(self._values, None)
        if values is None:
            return False
        lines = self.lines
        lines.datetime[0], (lines.open[0], lines.high[0], lines.low[0], lines.close[0]), lines.volume[0] = values
        lines.openinterest[0] = 0
        return True


class Cross(backtrader.Strategy):
    """A pair of averages for each feed."""

    params = (("is_portfolio", False),)
    orders = 0

    def __init__(self) -> None:
        mean, closes = backtrader.indicators.SimpleMovingAverage, [data.close for data in self.datas]
        fast, slow = ([mean(close, period=period) for close in closes] for period in (bars.FAST, bars.SLOW))
        self.pairs = list(zip(self.datas, fast, slow, strict=True))
        self.long = dict.fromkeys(self.datas, False)

    def next(self) -> None:
        for data, fast, slow in self.pairs:
            rising = fast[0] - slow[0] > bars.TIE
            if rising == self.long[data]:
                continue
            if rising:
                share = max(1, int(bars.CASH * bars.SHARE_OF_EQUITY / data.close[0]))
                self.buy(data=data, size=share if self.p.is_portfolio else bars.QUANTITY)
            else:
                self.close(data=data)
            self.long[data] = rising
            Cross.orders += 1


def load(job: bars.Job) -> Any:
    engine = backtrader.Cerebro(stdstats=False)
    engine.broker.setcash(bars.CASH)
    for ticker, rows in bars.read(job).items():
        engine.adddata(Rows(rows, job.step_s), name=ticker)
    engine.addstrategy(Cross, is_portfolio=job.resolution == "daily")
    return engine


def run(job: bars.Job, engine: Any) -> int:
    engine.run()
    return Cross.orders


if __name__ == "__main__":
    bars.main(f"backtrader {backtrader.__version__}", load, run)
