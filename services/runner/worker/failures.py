"""Exceptions of a run as statuses: a reason and facts for programs, a sentence for people, never Python's own text.

Tracebacks are for log.txt. Those of the strategy's own exceptions are also log lines, because its author reads them.
"""

from __future__ import annotations

import errno
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from google.rpc import status_pb2

from pylean import AlgorithmError
from pylean.storage import StorageError
from services.common.status import make_status

_FAILED_PRECONDITION, _RESOURCE_EXHAUSTED, _ABORTED, _INTERNAL = 9, 8, 10, 13  # gRPC's numbers
_LOADING = "load_algorithm_class"


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a run failed. `is_strategys`: its traceback belongs into the run's log."""

    status: status_pb2.Status
    is_strategys: bool


def explain(error: BaseException, strategy: Path) -> Failure:
    """The failure an exception stands for; `strategy` is the strategy's folder."""
    cause = _cause(error)
    if isinstance(cause, MemoryError):
        return _failure(_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "The run needed more memory than there is.")
    if isinstance(cause, StorageError):
        facts = {"path": str(path)} if (path := getattr(cause, "path", None)) else {}
        return _failure(_FAILED_PRECONDITION, "DATA_UNREADABLE", f"Data cannot be read: {cause}", facts)
    if isinstance(error, AlgorithmError):
        return _strategy_failure(error, cause, strategy)
    if any(frame.name == _LOADING for frame in traceback.extract_tb(error.__traceback__)):
        return _loading_failure(error, strategy)
    if isinstance(error, SystemExit | KeyboardInterrupt):
        facts = {"where": "exit"} | _place(error, strategy)
        text = f"The strategy ended its process{_at(facts)}."
        return _failure(_ABORTED, "STRATEGY_FAILED", text, facts, is_strategys=True)
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return _failure(_RESOURCE_EXHAUSTED, "DISK_FULL", "The disk of the runs folder is full.")
    return _failure(_INTERNAL, "ENGINE_ERROR", "The engine failed; log.txt of the run tells more.")


def traceback_text(error: BaseException) -> str:
    """The traceback of the exception, or of what the strategy raised."""
    return "".join(traceback.format_exception(_cause(error))).rstrip()


def _cause(error: BaseException) -> BaseException:
    return error.__cause__ if isinstance(error, AlgorithmError) and error.__cause__ else error


def _loading_failure(error: BaseException, strategy: Path) -> Failure:
    facts = _place(error, strategy)
    text = f"The strategy cannot be loaded: it failed{_at(facts)}; the run's log has the traceback."
    return _failure(_FAILED_PRECONDITION, "STRATEGY_INVALID", text, facts, is_strategys=True)


def _strategy_failure(error: AlgorithmError, cause: BaseException, strategy: Path) -> Failure:
    facts = {"where": error.where} | _place(cause, strategy)
    if error.utc is not None:
        facts["simulated_time"] = error.utc.isoformat(timespec="seconds") + "Z"
    when = f", simulated time {facts['simulated_time']}" if "simulated_time" in facts else ""
    text = f"The strategy failed in {error.where}{_at(facts)}{when}; the run's log has the traceback."
    return _failure(_ABORTED, "STRATEGY_FAILED", text, facts, is_strategys=True)


def _place(error: BaseException, strategy: Path) -> dict[str, str]:
    """File and line of the strategy where it happened, if it happened there."""
    places = [(frame.filename, frame.lineno) for frame in traceback.extract_tb(error.__traceback__)]
    if isinstance(error, SyntaxError) and error.filename:
        places.append((error.filename, error.lineno))
    own = [(Path(name), line) for name, line in places if Path(name).is_relative_to(strategy)]
    return {"file": own[-1][0].relative_to(strategy).as_posix(), "line": str(own[-1][1])} if own else {}


def _at(facts: Mapping[str, str]) -> str:
    return f" in {facts['file']}, line {facts['line']}" if "file" in facts else ""


def _failure(
    code: int,
    reason: str,
    text: str,
    facts: Mapping[str, str] = MappingProxyType({}),
    *,
    is_strategys: bool = False,
) -> Failure:
    return Failure(make_status(code, reason, text, metadata=facts), is_strategys)
