"""Runs as JSON documents and as tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from services.cli.failures import Failure
from services.cli.words import bytes_text, duration_text, short_id

if TYPE_CHECKING:
    from google.protobuf.message import Message
    from google.protobuf.timestamp_pb2 import Timestamp
    from google.type.date_pb2 import Date

    from zac.gateway.v1.run_pb2 import Run, RunState

__all__ = [
    "RUN_COLUMNS",
    "elapsed_seconds",
    "message_document",
    "run_document",
    "run_facts",
    "run_pairs",
    "run_row",
    "settled_line",
    "state_name",
    "stored_run_document",
]

RUN_COLUMNS = ("RUN", "STATE", "STRATEGY", "NAME", "CREATED", "RETURN", "DATA")
RETURN_STATISTIC = "Net Profit"


def message_document(message: Message) -> dict[str, Any]:
    """A message as protobuf JSON, its fields named as in the proto."""
    from google.protobuf.json_format import MessageToDict

    document: dict[str, Any] = MessageToDict(message, preserving_proto_field_name=True)
    return document


def state_name(state: RunState.ValueType) -> str:
    """The state without the enumeration's prefix: QUEUED, RUNNING, SUCCEEDED …"""
    from zac.gateway.v1.run_pb2 import RunState

    return RunState.Name(state).removeprefix("RUN_STATE_")


def stored_run_document(run: Run) -> dict[str, Any]:
    """A stored run as protobuf JSON, its state named as in the outcome of `zac run`."""
    return {**message_document(run), "state": state_name(run.state)}


def run_document(run: Run, failure: Failure | None = None) -> dict[str, Any]:
    """The outcome of a run; statistics are null as long as there is no result, `error` is there when not all went well.

    `elapsed` is in seconds by phase, with the total from creation to end.
    """
    result = run.result if run.HasField("result") else None
    document: dict[str, Any] = {
        "run_id": run.run_id,
        "state": state_name(run.state),
        "strategy": run.configuration.strategy,
        "statistics": {item.name: item.value for item in result.statistics} if result else None,
        "order_list_hash": result.order_list_hash if result else None,
        "data_points": result.data_points if result else None,
        "orders": result.orders if result else None,
        "trades": result.trades if result else None,
        "simulated_data": run.simulated_data,
        "partial": result.partial if result else False,
        "elapsed": elapsed_seconds(run),
        "artifacts_dir": run.artifacts_dir,
        "warnings": [message_document(warning) for warning in result.warnings] if result else [],
        "warning_count": result.warning_count if result else 0,
        "peak_memory_bytes": result.peak_memory_bytes if result else None,
        "config_hash": run.config_hash,
        "engine": run.engine,
    }
    if result and result.partial:
        document["simulated_until"] = _date_text(result.simulated_until)
    if failure is not None:
        document["error"] = failure.document()
    return document


def elapsed_seconds(run: Run) -> dict[str, float]:
    """Seconds by phase ("simulating") and in total; a run that has not ended has no total."""
    from zac.gateway.v1.run_pb2 import RunPhase

    seconds = {
        RunPhase.Name(item.phase).removeprefix("RUN_PHASE_").lower(): item.elapsed.ToTimedelta().total_seconds()
        for item in run.elapsed
    }
    if run.HasField("end_time"):
        seconds["total"] = (run.end_time.ToDatetime() - run.create_time.ToDatetime()).total_seconds()
    return seconds


def run_pairs(run: Run) -> list[tuple[str, str]]:
    """A run's result for people: Lean's statistics, then what identifies and locates it."""
    pairs = [(item.name, item.value) for item in run.result.statistics]
    pairs.append(("OrderListHash", run.result.order_list_hash))
    pairs.append(("Data points", f"{run.result.data_points:,}"))
    if run.result.peak_memory_bytes:
        pairs.append(("Peak memory", bytes_text(run.result.peak_memory_bytes)))
    if run.artifacts_dir:
        pairs.append(("Artifacts", run.artifacts_dir))
    if run.simulated_data:
        pairs.append(("Data", "SIMULATED, not market data"))
    return pairs


def run_facts(run: Run) -> list[tuple[str, str]]:
    """What a run is and how far it is, for people."""
    pairs = [("Run", run.run_id), ("State", run.status_text), ("Strategy", run.configuration.strategy)]
    if run.name:
        pairs.append(("Name", run.name))
    if run.queue_position:
        pairs.append(("Queue position", str(run.queue_position)))
    pairs.append(("Created", _time_text(run.create_time)))
    if run.HasField("end_time"):
        pairs.append(("Ended", _time_text(run.end_time)))
    elif run.HasField("progress"):
        pairs.append(("Progress", f"{run.progress.percent:.0f}%"))
    if run.HasField("error"):
        pairs.append(("Error", run.error.message))
    return pairs


def run_row(run: Run) -> dict[str, str]:
    """A run as a row of a list, by the names in RUN_COLUMNS."""
    returns = [item.value for item in run.result.statistics if item.name == RETURN_STATISTIC]
    return {
        "RUN": short_id(run.run_id),
        "STATE": run.status_text,
        "STRATEGY": run.configuration.strategy,
        "NAME": run.name,
        "CREATED": _time_text(run.create_time),
        "RETURN": returns[0] if returns else "",
        "DATA": "simulated" if run.simulated_data else "",
    }


def settled_line(run: Run) -> str:
    """`✓ Completed in 2.6 s  run 0199…`, the last word about a run for people."""
    from zac.gateway.v1.run_pb2 import RunState

    sign = {RunState.RUN_STATE_SUCCEEDED: "✓", RunState.RUN_STATE_FAILED: "✗"}.get(run.state, "■")
    total = elapsed_seconds(run).get("total")
    parts = [f"{sign} {run.status_text}" + (f" in {duration_text(total)}" if total is not None else "")]
    parts.append(f"run {run.run_id}")
    if run.HasField("result") and run.result.partial:
        parts.append(f"simulated until {_date_text(run.result.simulated_until)}")
    if run.result.warning_count:
        parts.append(f"{run.result.warning_count} warning{'' if run.result.warning_count == 1 else 's'}")
    if run.simulated_data:
        parts.append("(simulated data)")
    return "  ".join(parts)


def _time_text(moment: Timestamp) -> str:
    return moment.ToDatetime().strftime("%Y-%m-%d %H:%M:%SZ")


def _date_text(day: Date) -> str:
    return f"{day.year:04d}-{day.month:02d}-{day.day:02d}"
