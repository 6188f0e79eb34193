"""One backtest from a job to its outcome."""

from __future__ import annotations

import socket
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pylean.algorithm import Run, making_algorithms_of
from pylean.caveats import find_caveats
from pylean.engine import Engine
from pylean.feed.market_data import MarketData
from pylean.job import AlgorithmError, BacktestJob, BacktestOutcome, Observer
from pylean.loading import load_algorithm_class
from pylean.missing_names import explained
from pylean.naming import UnsupportedApiError
from pylean.numbers import use_lean_decimals
from pylean.object_store import ObjectStore
from pylean.results import AlgorithmConfiguration, RunState, write_result_files
from pylean.storage import StorageError

if TYPE_CHECKING:
    from pylean.algorithm import QCAlgorithm

__all__ = ["run_backtest"]


@dataclass
class _RunLog:
    """Log lines of the run, kept for Lean's log file and passed on at once."""

    observer: Observer
    run: Run
    lines: list[str] = field(default_factory=list)

    def __call__(self, level: str, text: str) -> None:
        utc = self.run.clock.utc
        text = text.encode("utf-8", "backslashreplace").decode()  # a lone surrogate cannot be written to a file
        self.lines.append(f"{utc:%Y-%m-%d %H:%M:%S} {text}")
        self.observer.log(level, text, utc)


def run_backtest(job: BacktestJob, observer: Observer) -> BacktestOutcome:
    """Run an algorithm and write Lean's result files to ``job.output_dir``.

    Raises AlgorithmLoadError or AlgorithmError for the algorithm's own faults and StorageError for unreadable data.
    """
    use_lean_decimals()
    started = datetime.now(UTC).replace(tzinfo=None)
    run = Run(
        MarketData(job.data_root, job.cache_dir, skip_unreadable=job.skip_unreadable),
        job.parameters,
        job.start_date,
        job.end_date,
        job.cash,
    )
    run.object_store = ObjectStore(job.object_store_dir)
    run.fundamental_data = job.fundamental_data
    log = run.log = _RunLog(observer, run)
    with making_algorithms_of(run):
        algorithm = _initialize(job, run)
        engine = _make_engine(job, run, algorithm, observer)
        engine.run()
    return _finish(job, engine, algorithm, run, log, started)


def _initialize(job: BacktestJob, run: Run) -> QCAlgorithm:
    algorithm_class = load_algorithm_class(job.algorithm_path)
    try:
        algorithm = algorithm_class()
        algorithm.initialize()
        algorithm.framework_post_initialize()
        _check_dates(run)
    except StorageError:
        raise
    except Exception as error:
        error = explained(error)
        raise AlgorithmError("initialize", run.clock.utc, error) from error
    run.is_initialized = True
    run.move_to_start()
    return algorithm


def _check_dates(run: Run) -> None:
    if run.end < run.start and run.stop_reason is None:
        raise ValueError(
            f"the end date {run.end} lies before the start date {run.start}; "
            "call set_end_date with a later day, or give the run an end date"
        )


def _make_engine(job: BacktestJob, run: Run, algorithm: QCAlgorithm, observer: Observer) -> Engine:
    try:
        return Engine(algorithm, run, observer, job.lean_version)
    except UnsupportedApiError as error:
        raise AlgorithmError("initialize", run.clock.utc, error) from error


def _finish(
    job: BacktestJob,
    engine: Engine,
    algorithm: QCAlgorithm,
    run: Run,
    log: _RunLog,
    started: datetime,
) -> BacktestOutcome:
    orders = run.handler.orders.values()
    total = engine.data_points + run.history_points
    log("debug", f"Algorithm Id:({job.algorithm_id}) completed. Processing total of {total:,} data points.")
    results = engine.collector.results(orders)
    configuration = AlgorithmConfiguration(job.algorithm_id, run.start, run.end, parameters=run.parameters)
    state = RunState(
        started,
        datetime.now(UTC).replace(tzinfo=None),
        job.algorithm_id,
        socket.gethostname(),
        "Stopped" if engine.stopped_early else "Completed",
        insight_count=algorithm.insights.total_count,
    )
    job.output_dir.mkdir(parents=True, exist_ok=True)
    files = write_result_files(
        job.output_dir,
        job.algorithm_id,
        results,
        configuration=configuration,
        state=state,
        log_lines=log.lines,
        insights=algorithm.insights.get_insights(),
    )
    return BacktestOutcome(
        statistics=results.statistics.summary,
        order_list_hash=results.order_list_hash,
        data_points=engine.data_points,
        history_data_points=run.history_points,
        orders=len(orders),
        trades=len(engine.collector.trades.closed_trades),
        files=files,
        stopped_at=run.clock.utc if engine.stopped_early else None,
        warnings=find_caveats(algorithm, run),
    )
