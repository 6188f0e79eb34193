"""Exit codes: one table for people, and the way from an error's reason to its code."""

from __future__ import annotations

from enum import IntEnum

__all__ = ["EXIT_CODE_TABLE", "ExitCode", "exit_code_of_call", "exit_code_of_failed_run"]


class ExitCode(IntEnum):
    DONE = 0
    UNEXPECTED = 1
    USAGE = 2
    NOT_FOUND = 3
    CREDENTIAL = 4
    RUN_FAILED = 5
    RUN_CANCELLED = 6
    REFUSED = 7
    DATA_MISSING = 8
    UNREACHABLE = 9
    CHECK_NOT_MET = 10
    TIMED_OUT = 124
    INTERRUPTED = 130
    TERMINATED = 143


EXIT_CODE_TABLE: tuple[tuple[ExitCode, str], ...] = (
    (ExitCode.DONE, "done; a watched run completed; an empty list"),
    (ExitCode.UNEXPECTED, "unexpected error (a bug, or unclassified)"),
    (ExitCode.USAGE, "usage: unknown command, bad flag or value"),
    (ExitCode.NOT_FOUND, "not found (run, strategy)"),
    (ExitCode.CREDENTIAL, "credential missing, rejected or without the right"),
    (ExitCode.RUN_FAILED, "the run ended failed"),
    (ExitCode.RUN_CANCELLED, "the run ended cancelled"),
    (ExitCode.REFUSED, "validation refused it; nothing was started"),
    (ExitCode.DATA_MISSING, "data missing and not obtainable (or --no-download)"),
    (ExitCode.UNREACHABLE, "server not reachable"),
    (ExitCode.CHECK_NOT_MET, "the check you asked for is not met"),
    (ExitCode.TIMED_OUT, "--timeout ran out (the run goes on unless --on-interrupt cancel or keep)"),
    (ExitCode.INTERRUPTED, "interrupted"),
    (ExitCode.TERMINATED, "terminated"),
)

# Reasons come first: they say more than the gRPC code they travel with.
_BY_REASON = {
    "STRATEGY_NOT_FOUND": ExitCode.NOT_FOUND,
    "RUN_NOT_FOUND": ExitCode.NOT_FOUND,
    "NO_ENTRY_CONDITION": ExitCode.REFUSED,
    "STRATEGY_INVALID": ExitCode.REFUSED,
    "PROVIDER_REFUSED": ExitCode.CREDENTIAL,
}
_BY_PREFIX = {
    "PROVIDER_KEY_": ExitCode.CREDENTIAL,
    "DATA_": ExitCode.DATA_MISSING,
    "INVALID_": ExitCode.REFUSED,
}
_BY_GRPC_CODE = {
    "NOT_FOUND": ExitCode.NOT_FOUND,
    "UNAUTHENTICATED": ExitCode.CREDENTIAL,
    "PERMISSION_DENIED": ExitCode.CREDENTIAL,
    "INVALID_ARGUMENT": ExitCode.REFUSED,
    "FAILED_PRECONDITION": ExitCode.REFUSED,
    "UNAVAILABLE": ExitCode.UNREACHABLE,
    "DEADLINE_EXCEEDED": ExitCode.UNREACHABLE,
}


def exit_code_of_call(reason: str, grpc_code: str) -> ExitCode:
    """Exit code of a call that failed with ErrorInfo `reason` under a gRPC code, given by its name."""
    return _of_reason(reason) or _BY_GRPC_CODE.get(grpc_code, ExitCode.UNEXPECTED)


def exit_code_of_failed_run(reason: str) -> ExitCode:
    """Exit code of a run that ended FAILED with ErrorInfo `reason`."""
    code = _of_reason(reason)
    return code if code in (ExitCode.CREDENTIAL, ExitCode.DATA_MISSING) else ExitCode.RUN_FAILED


def _of_reason(reason: str) -> ExitCode | None:
    prefixed = (code for prefix, code in _BY_PREFIX.items() if reason.startswith(prefix))
    return _BY_REASON.get(reason) or next(prefixed, None)
