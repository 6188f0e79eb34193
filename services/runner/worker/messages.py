"""Event messages of what the engine tells. The engine's times are naive UTC."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from services.runner.progress import Pace
from zac.run.v1 import execution_pb2

if TYPE_CHECKING:
    from pylean import ProgressReport
    from pylean.results import OrderEventRecord

MAX_MESSAGE_CHARS = 3000  # four bytes each at most: an event stays below 16 kB
EXECUTION_PHASE = "backtest_execution"

_LEVELS = {
    "trace": execution_pb2.LOG_LEVEL_DEBUG,
    "debug": execution_pb2.LOG_LEVEL_DEBUG,
    "log": execution_pb2.LOG_LEVEL_INFO,
    "info": execution_pb2.LOG_LEVEL_INFO,
    "warning": execution_pb2.LOG_LEVEL_WARNING,
    "error": execution_pb2.LOG_LEVEL_ERROR,
}
LEVEL_NAMES = {number: name.removeprefix("LOG_LEVEL_") for name, number in execution_pb2.LogLevel.items()}

_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 # naive UTC


def to_log_event(level: str, text: str, utc: datetime | None) -> execution_pb2.ExecutionEvent:
    """An event with a log line; an unknown level counts as information. Called for every line, so it is lean."""
    event = execution_pb2.ExecutionEvent()
    line = event.log
    line.level = _LEVELS.get(level.lower(), execution_pb2.LOG_LEVEL_INFO)
    line.phase = EXECUTION_PHASE
    try:
        line.text = text
    except UnicodeEncodeError:  # half of a surrogate pair, which no text on the wire may hold
        line.text = text.encode(errors="replace").decode()
    if utc is not None:
        since = utc - _EPOCH
        line.simulated_time.seconds = since.days * 86_400 + since.seconds
        line.simulated_time.nanos = since.microseconds * 1000
    return event


def to_progress(report: ProgressReport, pace: Pace) -> execution_pb2.Progress:
    """A report at the pace of this moment."""
    message = execution_pb2.Progress(
        percent=pace.percent,
        processed_data_points=report.processed_data_points,
        total_data_points=report.total_data_points,
        data_points_per_second=pace.data_points_per_second,
        orders=report.orders,
        trades=report.trades,
        equity=_plain(report.equity),
    )
    message.simulated_time.FromDatetime(report.utc)
    if pace.remaining_s is not None:
        message.remaining.FromNanoseconds(int(pace.remaining_s * 1e9))
    return message


def to_order_event(record: OrderEventRecord) -> execution_pb2.OrderEvent:
    """An order event in the words of Lean's order-events file."""
    message = execution_pb2.OrderEvent(
        order_id=record.order_id,
        order_event_id=record.event_id,
        symbol=record.symbol.value,
        status=_camel_case(record.status.name),
        direction=_camel_case(record.direction.name),
        quantity=_plain(record.quantity),
        fill_price=_plain(record.fill_price),
        fill_quantity=_plain(record.fill_quantity),
        order_fee=_plain(record.fee),
        stop_price=_plain(record.stop_price),
        limit_price=_plain(record.limit_price),
        message=record.message[:MAX_MESSAGE_CHARS],
    )
    message.time.FromDatetime(record.utc)
    return message


def _plain(number: Decimal | None) -> str:
    if number is None:
        return ""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _camel_case(member: str) -> str:
    first, *others = member.lower().split("_")
    return first + "".join(word.title() for word in others)
