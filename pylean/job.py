"""What a backtest is given, what it tells while it runs, and what it gives back."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from pylean.results import LeanVersion

if TYPE_CHECKING:
    from pylean.results import OrderEventRecord
    from pylean.universes.fundamental import FundamentalDataProvider

__all__ = [
    "AlgorithmError",
    "BacktestJob",
    "BacktestOutcome",
    "EngineWarning",
    "Observer",
    "ProgressReport",
    "SilentObserver",
]


class AlgorithmError(Exception):
    """The algorithm raised. ``where`` is the event it was in, ``utc`` the simulated time; the cause is chained."""

    def __init__(self, where: str, utc: datetime | None, cause: BaseException) -> None:
        super().__init__(f"the algorithm failed in {where}: {type(cause).__name__}: {cause}")
        self.where = where
        self.utc = utc


@dataclass(frozen=True)
class BacktestJob:
    """A run to be made. Unset dates and cash are the algorithm's own; set ones win over what it sets.

    ``output_dir`` receives Lean's result files; ``cache_dir`` keeps decoded columns, ``None`` decodes in memory. With
    ``skip_unreadable`` a damaged file of bars counts as missing, with a warning, instead of ending the run.
    ``object_store_dir`` keeps the algorithm's object store, ``None`` only while the run lasts. ``fundamental_data`` has
    what companies report; without it universes know price and volume only.
    """

    algorithm_path: Path
    data_root: Path
    output_dir: Path
    algorithm_id: str
    parameters: dict[str, str] = field(default_factory=dict)
    start_date: date | None = None
    end_date: date | None = None
    cash: Decimal | None = None
    lean_version: LeanVersion = LeanVersion.NEWEST
    cache_dir: Path | None = None
    skip_unreadable: bool = False
    object_store_dir: Path | None = None
    fundamental_data: FundamentalDataProvider | None = None


@dataclass(frozen=True, slots=True)
class ProgressReport:
    """How far the simulation is. Percent comes from simulated time, never falls, and is 100 only at the end."""

    percent: float
    utc: datetime
    processed_data_points: int
    total_data_points: int
    orders: int
    trades: int
    equity: Decimal


@dataclass(frozen=True, slots=True)
class EngineWarning:
    """Something the reader of the result must know; ``code`` is UPPER_SNAKE."""

    code: str
    text: str


@dataclass(frozen=True)
class BacktestOutcome:
    """The result of a run. ``stopped_at`` is the simulated time (naive UTC) of a run that was stopped early.

    ``data_points`` are those of the stream, ``history_data_points`` those that ``history`` read beside it.
    """

    statistics: dict[str, str]
    order_list_hash: str
    data_points: int
    history_data_points: int
    orders: int
    trades: int
    files: list[Path]
    stopped_at: datetime | None
    warnings: list[EngineWarning]

    @property
    def total_data_points(self) -> int:
        """What Lean's last log line counts."""
        return self.data_points + self.history_data_points


class Observer(Protocol):
    """Who watches a run. Reports come from the simulation's own thread; none may block for long."""

    stop_requested: bool
    """Set by anyone at any time: the run ends at the next slice and keeps its results."""

    def started(self) -> None:
        """The algorithm is initialized and the simulation begins."""

    def progress(self, report: ProgressReport) -> None:
        """At most five a second, and at least one a second."""

    def log(self, level: str, text: str, utc: datetime | None) -> None:
        """A line of the algorithm or engine; level is debug, info, warning or error."""

    def order_event(self, event: OrderEventRecord) -> None:
        """An order changed."""


class SilentObserver:
    """Watches nothing."""

    def __init__(self) -> None:
        self.stop_requested = False

    def started(self) -> None:
        pass

    def progress(self, report: ProgressReport) -> None:
        pass

    def log(self, level: str, text: str, utc: datetime | None) -> None:
        pass

    def order_event(self, event: OrderEventRecord) -> None:
        pass
