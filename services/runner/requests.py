"""Checks of the requests that name executions."""

from __future__ import annotations

from services.runner.executions import ExecutionKey
from services.runner.folders import data_root_problem, is_run_id
from services.runner.values import shown
from services.runner.violations import Violations
from zac.run.v1 import runner_service_pb2

MAX_ATTEMPT = 1_000_000


def execution_key(run_id: str, attempt: int) -> ExecutionKey:
    """Raises INVALID_ARGUMENT INVALID_EXECUTION unless both can name an execution."""
    violations = Violations()
    _check_key(run_id, attempt, violations)
    violations.raise_if_any("INVALID_EXECUTION")
    return ExecutionKey(run_id, attempt)


def check_execute(request: runner_service_pb2.ExecuteRequest) -> ExecutionKey:
    """Raises INVALID_ARGUMENT INVALID_EXECUTION with every violation outside the configuration."""
    violations = Violations()
    _check_key(request.run_id, request.attempt, violations)
    if request.fencing_token < 0:
        violations.refuse("fencing_token", f"must be at least 0 (got {request.fencing_token})")
    if request.after_sequence < 0:
        violations.refuse("after_sequence", f"must be at least 0 (got {request.after_sequence})")
    if problem := data_root_problem(request.data_root):
        violations.refuse("data_root", f"{problem} (got {shown(request.data_root)})")
    if not request.resolved.configuration.strategy:
        violations.refuse("resolved.configuration.strategy", "is required")
    violations.raise_if_any("INVALID_EXECUTION")
    return ExecutionKey(request.run_id, request.attempt)


def _check_key(run_id: str, attempt: int, violations: Violations) -> None:
    if not is_run_id(run_id):
        violations.refuse("run_id", f"must be a UUID in lower case (got {shown(run_id)})")
    if not 1 <= attempt <= MAX_ATTEMPT:
        violations.refuse("attempt", f"must be from 1 to {MAX_ATTEMPT} (got {attempt})")
