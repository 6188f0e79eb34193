"""The same run in processes that hash texts differently: the same bytes but for the wall times of the run."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any

DAYS = [date(2025, 6, 2) + timedelta(days=count) for count in range(5)]
TICKERS = "AAA BBB CCC DDD EEE".split()
WALL_TIME = re.compile(rb'"(StartTime|EndTime)":\s*"[^"]*"')

ALGORITHM = """\
from AlgorithmImports import *


class Crossing(QCAlgorithm):
    def initialize(self):
        self.set_start_date(2025, 6, 2)
        self.set_end_date(2025, 6, 6)
        self.tickers = "AAA BBB CCC DDD EEE".split()
        self.averages = {}
        for ticker in self.tickers:
            symbol = self.add_equity(ticker).symbol
            self.averages[symbol] = (self.ema(symbol, 5), self.sma(symbol, 20))
            self.consolidate(symbol, timedelta(minutes=30), self.on_half_hour)
        self.add_equity("FFF", Resolution.DAILY)
        self.schedule.on(self.date_rules.every_day(), self.time_rules.noon, self.rebalance)
        self.set_warm_up(30)

    def on_half_hour(self, bar):
        if not self.is_warming_up:
            self.limit_order(bar.symbol, 3, round(bar.close * 0.999, 2))
            self.plot("Closes", bar.symbol.value, bar.close)

    def rebalance(self):
        self.set_holdings([PortfolioTarget(ticker, 0.15) for ticker in self.tickers], True)

    def on_data(self, data):
        for symbol, (fast, slow) in self.averages.items():
            if slow.is_ready and fast.current.value < slow.current.value and self.portfolio[symbol].quantity > 20:
                self.liquidate(symbol)
        if self.time.hour == 15 and self.time.minute == 40:
            self.market_on_close_order("EEE", -2)
"""

RUN = """\
import sys
from pathlib import Path

from pylean import BacktestJob, SilentObserver, run_backtest

algorithm, data, output = map(Path, sys.argv[1:])
outcome = run_backtest(BacktestJob(algorithm, data, output, "same"), SilentObserver())
sys.stdout.write(f"{outcome.order_list_hash} {outcome.orders} {outcome.data_points}")
"""


def write(market: Any) -> None:
    for shift, ticker in enumerate(TICKERS):
        for number, day in enumerate(DAYS):
            bars = {}
            for minute in range(390):
                price = round(20 + 5 * shift + number + (minute * (7 + shift)) % 31 / 10 + minute / 200, 2)
                bars[f"{9 + (30 + minute) // 60:02}:{(30 + minute) % 60:02}"] = price
            market.trades(ticker, day, bars)
    market.daily("FFF", dict.fromkeys(DAYS, 12.0))


def run(algorithm: Path, market: Any, output: Path, seed: str) -> tuple[str, dict[str, bytes]]:
    """What the run says, and its files by name."""
    command = [sys.executable, "-c", RUN, str(algorithm), str(market.root), str(output)]
    environment = os.environ | {"PYTHONHASHSEED": seed}
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    return done.stdout, {path.name: WALL_TIME.sub(b"", path.read_bytes()) for path in sorted(output.iterdir())}


def test_results_do_not_depend_on_the_order_of_hashes(market: Any, tmp_path: Path) -> None:
    write(market)
    algorithm = tmp_path / "main.py"
    algorithm.write_text(ALGORITHM)
    first, files = run(algorithm, market, tmp_path / "first", "1")
    orders, points = (int(number) for number in first.split()[1:])
    assert orders > 100
    assert points > 5 * 5 * 390
    assert len(files) > 2
    said, others = run(algorithm, market, tmp_path / "second", "4294967295")
    assert said == first
    assert list(others) == list(files)
    assert [name for name in files if others[name] != files[name]] == []
