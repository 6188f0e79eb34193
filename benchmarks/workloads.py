"""The workloads of the engine benchmark: seeded random walks in Lean's format, and what is done with them."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pylean.storage import LeanDataStore, MarketHours, Resolution, TradeColumns

__all__ = ["WORKLOADS", "Workload"]

ALGORITHMS = Path(__file__).parent / "algorithms"
METADATA = ("market-hours", "symbol-properties", "alternative")
SEED = 20251001
_CENT = 100
_EPOCH = date(1970, 1, 1)
_DAY_MS = 86_400_000


@dataclass(frozen=True)
class Workload:
    """Bars of some symbols over some days, and the algorithm that trades them.

    ``missing`` is the share of bars that are left out; ``volatility`` is a day's.
    """

    name: str
    algorithm: str
    tickers: tuple[str, ...]
    resolution: Resolution
    first: date
    last: date
    missing: float = 0.0
    volatility: float = 0.02

    @property
    def path(self) -> Path:
        return ALGORITHMS / f"{self.algorithm}.py"

    def until(self, last: date) -> Workload:
        """The same with fewer or more days."""
        return replace(self, name=f"{self.name}-{last:%Y%m%d}", last=last)

    def make(self, root: Path, metadata: Path) -> int:
        """Write the data folder unless it is there; the number of bars. ``metadata`` is a data folder with hours."""
        done = root / "made.json"
        if done.is_file():
            return int(json.loads(done.read_text())["bars"])
        root.mkdir(parents=True, exist_ok=True)
        for name in METADATA:
            if not (root / name).exists():
                (root / name).symlink_to(metadata / name)
        store = LeanDataStore(root)
        hours = MarketHours.read(store.paths)
        sessions = [(session.day, *session.span(extended=False)) for session in hours.sessions(self.first, self.last)]
        bars = sum(self._write(store, number, sessions) for number in range(len(self.tickers)))
        done.write_text(json.dumps({"bars": bars}))
        return bars

    def _write(self, store: LeanDataStore, number: int, sessions: list[tuple[date, int, int]]) -> int:
        """One symbol's files, the same whatever other symbols there are."""
        random = np.random.Generator(np.random.PCG64(np.random.SeedSequence([SEED, number])))
        price = float(np.exp(random.uniform(np.log(18), np.log(420))))
        ticker = self.tickers[number]
        if self.resolution is Resolution.DAILY:
            times = np.array([(day - _EPOCH).days * _DAY_MS for day, _, _ in sessions], dtype=np.int64)
            columns, _ = walk(random, price, times, self.volatility)
            store.upsert_daily(ticker, columns)
            return len(columns)
        step_ms = self.resolution.period // timedelta(milliseconds=1)
        total = 0
        for day, start_s, end_s in sessions:
            midnight_ms = (day - _EPOCH).days * _DAY_MS
            times = np.arange(midnight_ms + start_s * 1000, midnight_ms + end_s * 1000, step_ms, dtype=np.int64)
            columns, price = walk(random, price, times, self.volatility / len(times) ** 0.5)
            kept = random.random(len(times)) >= self.missing
            kept[[0, -1]] = True
            columns = TradeColumns(*(getattr(columns, name)[kept] for name in TradeColumns.ARRAYS))
            store.write_intraday_day(self.resolution, ticker, day, columns)
            total += len(columns)
        return total


def walk(
    random: np.random.Generator, price: float, times: NDArray[np.int64], volatility: float
) -> tuple[TradeColumns, float]:
    """Bars of a geometric random walk on whole cents, and the price it ends at. ``volatility`` is a bar's."""
    count = len(times)
    closes = price * np.exp(np.cumsum(volatility * random.standard_normal(count)))
    opens = np.concatenate(([price], closes[:-1])) * (1 + 0.25 * volatility * random.standard_normal(count))
    open_, close = _ticks(opens), _ticks(closes)
    wicks = closes * volatility * 0.5 * np.abs(random.standard_normal((2, count)))
    high = np.maximum(np.maximum(open_, close), _ticks(np.maximum(opens, closes) + wicks[0]))
    low = np.minimum(np.minimum(open_, close), _ticks(np.minimum(opens, closes) - wicks[1]))
    volume = np.maximum(1, np.rint(500 * np.exp(random.standard_normal(count)))).astype(np.int64)
    return TradeColumns(times, open_, high, low, close, volume), float(closes[-1])


def _ticks(prices: NDArray[np.float64]) -> NDArray[np.int64]:
    return np.maximum(np.rint(prices * 100).astype(np.int64), 1) * _CENT


def _tickers(prefix: str, count: int) -> tuple[str, ...]:
    return tuple(f"{prefix}{chr(65 + number // 26)}{chr(65 + number % 26)}" for number in range(count))


WORKLOADS = {
    workload.name: workload
    for workload in (
        Workload(
            "w1", "w1_seconds", _tickers("SE", 15), Resolution.SECOND, date(2025, 10, 1), date(2025, 10, 10), 0.02
        ),
        Workload("w2", "w2_portfolio", _tickers("DL", 100), Resolution.DAILY, date(2015, 1, 2), date(2024, 12, 31)),
        Workload("w4", "w4_minutes", _tickers("MI", 1), Resolution.MINUTE, date(2020, 1, 2), date(2024, 12, 31)),
    )
}
