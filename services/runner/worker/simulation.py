"""One run of the embedded engine: from the request to the outcome."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from services.common.dates import from_date, to_date
from services.runner.strategies import MAIN_FILE
from services.runner.worker.assignment import Assignment
from services.runner.worker.memory import peak_memory_bytes
from services.runner.worker.recorder import Recorder
from services.runner.worker.staging import ResultStaging
from zac.run.v1 import execution_pb2, runner_service_pb2, strategy_pb2

if TYPE_CHECKING:
    from pylean import BacktestJob, BacktestOutcome

MAX_WARNINGS = 100
MAX_RESULT_BYTES = 14_000  # no event above 16 kB


@dataclass(frozen=True, slots=True)
class Ending:
    """The terminal event, and a text that only log.txt is to have."""

    finished: execution_pb2.ExecutionFinished
    log_text: str = ""


def simulate(assignment: Assignment, recorder: Recorder) -> Ending:
    """Run the strategy and publish its results; every exception becomes a failed outcome."""
    staging = ResultStaging(assignment.folder)
    try:
        request = runner_service_pb2.ExecuteRequest.FromString(assignment.folder.request.read_bytes())
        return Ending(_run(request, assignment, staging, recorder))
    except BaseException as error:  # noqa: BLE001 # the boundary: whatever a strategy raises, the run ends in words
        from services.runner.worker.failures import explain, traceback_text  # noqa: PLC0415 # only a failure needs them

        staging.discard()
        failure, text = explain(error, assignment.strategy), traceback_text(error)
        if failure.is_strategys:
            recorder.log("error", text, None)
        finished = execution_pb2.ExecutionFinished(state=execution_pb2.EXECUTION_STATE_FAILED, error=failure.status)
        return Ending(finished, "" if failure.is_strategys else text)


def _run(
    request: runner_service_pb2.ExecuteRequest, assignment: Assignment, staging: ResultStaging, recorder: Recorder
) -> execution_pb2.ExecutionFinished:
    from pylean import run_backtest  # noqa: PLC0415 # an engine that cannot be loaded is a failed run, not a dead worker

    job = _job(request, assignment, staging.open())
    outcome = run_backtest(job, recorder)
    recorder.raise_failure()
    result = _result(request, outcome)
    artifacts = staging.publish(_facts(request, outcome))
    result.artifacts.extend(artifacts)
    _add_warnings(result, request, outcome)
    result.peak_memory_bytes = peak_memory_bytes()
    partial = outcome.stopped_at is not None
    state = execution_pb2.EXECUTION_STATE_CANCELLED if partial else execution_pb2.EXECUTION_STATE_SUCCEEDED
    return execution_pb2.ExecutionFinished(state=state, result=result)


def _job(request: runner_service_pb2.ExecuteRequest, assignment: Assignment, output_dir: Path) -> BacktestJob:
    from pylean import BacktestJob, LeanVersion  # noqa: PLC0415 # as above

    configuration = request.resolved.configuration
    start, end = _dates(configuration)
    return BacktestJob(
        algorithm_path=assignment.strategy / MAIN_FILE,
        data_root=Path(request.data_root),
        parameters=_parameters(configuration),
        start_date=start,
        end_date=end,
        cash=Decimal(configuration.cash) if configuration.cash else None,
        lean_version=LeanVersion(configuration.lean_version),
        cache_dir=assignment.cache_dir,
        algorithm_id=configuration.strategy,
        output_dir=output_dir,
        skip_unreadable=configuration.allow_missing_data,
    )


def _parameters(configuration: strategy_pb2.RunConfiguration) -> dict[str, str]:
    start, end = _dates(configuration)
    # A strategy reads everything through get_parameter, also what has a field of its own in the configuration.
    lifted = {
        "symbols": ",".join(configuration.symbols),
        "start_date": start.isoformat() if start else "",
        "end_date": end.isoformat() if end else "",
        "starting_cash": configuration.cash,
    }
    return dict(configuration.parameters) | {name: text for name, text in lifted.items() if text}


def _dates(configuration: strategy_pb2.RunConfiguration) -> tuple[date | None, date | None]:
    start = from_date(configuration.start_date) if configuration.HasField("start_date") else None
    end = from_date(configuration.end_date) if configuration.HasField("end_date") else None
    return start, end


def _result(request: runner_service_pb2.ExecuteRequest, outcome: BacktestOutcome) -> execution_pb2.RunResult:
    result = execution_pb2.RunResult(
        statistics=[execution_pb2.Statistic(name=name, value=value) for name, value in outcome.statistics.items()],
        order_list_hash=outcome.order_list_hash,
        data_points=outcome.total_data_points,
        simulated_data=request.simulated_data,
        orders=outcome.orders,
        trades=outcome.trades,
    )
    if outcome.stopped_at is not None:
        result.partial = True
        trading_day = outcome.stopped_at.replace(tzinfo=UTC).astimezone(ZoneInfo("America/New_York")).date()
        result.simulated_until.CopyFrom(to_date(trading_day))
    return result


def _add_warnings(
    result: execution_pb2.RunResult, request: runner_service_pb2.ExecuteRequest, outcome: BacktestOutcome
) -> None:
    # The engine's few first: a long list of missing days must not push them out.
    warnings = [execution_pb2.Warning(code=item.code, text=item.text) for item in outcome.warnings]
    warnings += request.warnings
    result.warning_count = len(warnings)
    room_bytes = MAX_RESULT_BYTES - result.ByteSize()
    for warning in warnings[:MAX_WARNINGS]:
        room_bytes -= warning.ByteSize() + 4
        if room_bytes < 0:
            break
        result.warnings.append(warning)


def _facts(request: runner_service_pb2.ExecuteRequest, outcome: BacktestOutcome) -> Mapping[str, Any]:
    """What the manifest says beside the files."""
    configuration = request.resolved.configuration
    return {
        "format": 1,
        "run_id": request.run_id,
        "attempt": request.attempt,
        "strategy": configuration.strategy,
        "source_digest": request.resolved.source_digest,
        "engine": request.resolved.engine,
        "lean_version": configuration.lean_version,
        "simulated_data": request.simulated_data,
        "partial": outcome.stopped_at is not None,
        "order_list_hash": outcome.order_list_hash,
        "parameters": _parameters(configuration),
        "warnings": [f"{item.code}: {item.text}" for item in outcome.warnings]
        + [f"{item.code}: {item.text}" for item in request.warnings],
    }
