"""Why a worker ended without saying how its run ended."""

from __future__ import annotations

import errno
import signal
from enum import StrEnum

from google.rpc import status_pb2

from services.common.status import make_status

_RESOURCE_EXHAUSTED, _ABORTED = 8, 10  # gRPC's numbers


class Cause(StrEnum):
    """What the runner itself knows about a loss."""

    UNKNOWN = "unknown"
    RUNNER_STOPPED = "runner_stopped"
    JOURNAL_DAMAGED = "journal_damaged"


_TEXTS = {
    Cause.UNKNOWN: "The worker process was gone before it had finished the run.",
    Cause.RUNNER_STOPPED: "The runner was stopped before the run had finished.",
    Cause.JOURNAL_DAMAGED: "The strategy damaged the journal of its run.",
}


def describe_loss(cause: Cause, returncode: int | None) -> status_pb2.Status:
    """The error of a run whose worker is gone: WORKER_LOST, or DISK_FULL when it could not write its journal.

    `returncode` is the process's, negative for a signal; `None` when the worker belonged to an earlier runner.
    """
    if returncode in (errno.ENOSPC, errno.EDQUOT):
        return make_status(_RESOURCE_EXHAUSTED, "DISK_FULL", "The disk of the runs folder is full.")
    facts, text = {"cause": str(cause)}, _TEXTS[cause]
    if cause is Cause.UNKNOWN and returncode is not None:
        facts, text = _process_end(returncode)
    return make_status(_ABORTED, "WORKER_LOST", text, metadata=facts)


def _process_end(returncode: int) -> tuple[dict[str, str], str]:
    before = "before it had finished the run"
    if returncode >= 0:
        facts = {"cause": "exit", "exit_code": str(returncode)}
        return facts, f"The worker process ended with exit code {returncode} {before}."
    name = signal.Signals(-returncode).name
    hint = "; the system does that when memory runs out" if name == "SIGKILL" else ""
    return {"cause": "signal", "signal": name}, f"The worker process was ended by {name} {before}{hint}."
