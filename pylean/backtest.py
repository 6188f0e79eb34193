"""One backtest from a job to its outcome."""

from __future__ import annotations

import socket
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pylean.algorithm import RunContext, run_context
from pylean.feed.market_data import MarketData
from pylean.job import AlgorithmError, BacktestJob, BacktestOutcome, EngineWarning, Observer
from pylean.loading import load_algorithm_class
from pylean.numbers import use_lean_decimals
from pylean.orders.enums import OrderStatus
from pylean.results import AlgorithmConfiguration, RunState, write_result_files
from pylean.simulation import Simulation
from pylean.storage import StorageError

if TYPE_CHECKING:
    from pylean.algorithm import QCAlgorithm

__all__ = ["run_backtest"]


@dataclass
class _RunLog:
    """Log lines of the run, kept for Lean's log file and passed on at once."""

    observer: Observer
    context: RunContext
    lines: list[str] = field(default_factory=list)

    def __call__(self, level: str, text: str) -> None:
        utc = self.context.clock.utc
        self.lines.append(f"{utc:%Y-%m-%d %H:%M:%S} {text}")
        self.observer.log(level, text, utc)


def run_backtest(job: BacktestJob, observer: Observer) -> BacktestOutcome:
    """Run an algorithm and write Lean's result files to ``job.output_dir``.

    Raises AlgorithmLoadError or AlgorithmError for the algorithm's own faults and StorageError for unreadable data.
    """
    use_lean_decimals()
    started = datetime.now(UTC).replace(tzinfo=None)
    context = RunContext(
        MarketData(job.data_root, job.cache_dir), job.parameters, job.start_date, job.end_date, job.cash
    )
    log = _RunLog(observer, context)
    context.log = log
    with run_context(context):
        algorithm = _initialize(job, context)
        simulation = Simulation(algorithm, context, observer, job.lean_version)
        simulation.run()
    return _finish(job, algorithm, simulation, context, log, started)


def _initialize(job: BacktestJob, context: RunContext) -> QCAlgorithm:
    algorithm_class = load_algorithm_class(job.algorithm_path)
    try:
        algorithm = algorithm_class()
        algorithm.initialize()
    except StorageError:
        raise
    except Exception as error:
        raise AlgorithmError("initialize", context.clock.utc, error) from error
    algorithm._initialized = True
    algorithm._move_to_start()
    return algorithm


def _finish(
    job: BacktestJob,
    algorithm: QCAlgorithm,
    simulation: Simulation,
    context: RunContext,
    log: _RunLog,
    started: datetime,
) -> BacktestOutcome:
    orders = algorithm._handler.orders.values()
    data_points = simulation.data_points + context.history_points
    log("debug", f"Algorithm Id:({job.algorithm_id}) completed. Processing total of {data_points:,} data points.")
    results = simulation.collector.results(orders)
    configuration = AlgorithmConfiguration(
        job.algorithm_id, algorithm._start, algorithm._end, parameters=context.parameters
    )
    state = RunState(
        started,
        datetime.now(UTC).replace(tzinfo=None),
        job.algorithm_id,
        socket.gethostname(),
        "Stopped" if simulation.stopped_early else "Completed",
    )
    job.output_dir.mkdir(parents=True, exist_ok=True)
    files = write_result_files(
        job.output_dir, job.algorithm_id, results, configuration=configuration, state=state, log_lines=log.lines
    )
    return BacktestOutcome(
        statistics=results.statistics.summary,
        order_list_hash=results.order_list_hash,
        data_points=data_points,
        orders=len(orders),
        trades=len(simulation.collector.trades.closed_trades),
        files=files,
        stopped_at=context.clock.utc if simulation.stopped_early else None,
        warnings=_warnings(algorithm),
    )


def _warnings(algorithm: QCAlgorithm) -> list[EngineWarning]:
    orders = algorithm._handler.orders.values()
    rejected = [order for order in orders if order.status is OrderStatus.INVALID]
    warnings = []
    if rejected:
        shown = ", ".join(f"{order.id} ({order.symbol})" for order in rejected[:20])
        warnings.append(EngineWarning("REJECTED_ORDERS", f"{len(rejected)} orders were rejected: {shown}"))
    if not any(order.status is OrderStatus.FILLED for order in orders):
        warnings.append(EngineWarning("NO_TRADES", "no order was filled"))
    return warnings
