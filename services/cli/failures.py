"""What went wrong, in the one form all outputs show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from services.cli.exits import ExitCode, exit_code_of_call, exit_code_of_failed_run

if TYPE_CHECKING:
    from services.common.errors import ServiceError
    from zac.gateway.v1.run_pb2 import Run

__all__ = ["CliError", "Failure", "failure_of_call", "failure_of_run"]

MAX_DETAIL_LINES = 10

_HINTS = {
    "STRATEGY_NOT_FOUND": "zac strategy list",
    "RUN_NOT_FOUND": "zac runs list",
    "INVALID_CONFIGURATION": "zac strategy schema {strategy}",
    "NO_ENTRY_CONDITION": "enable one, for example with -p C1=true",
    "DATA_MISSING": "set POLYGON_API_KEY for the downloader, choose other dates, or run on with --allow-missing-data",
    "DATA_UNREADABLE": "move the file away so that it is downloaded anew, or run on with --allow-missing-data",
    "PROVIDER_KEY_MISSING": "set POLYGON_API_KEY where the downloader runs, or try simulated data: zac up --simulate",
    "PROVIDER_KEY_REJECTED": "check POLYGON_API_KEY where the downloader runs",
    "SERVICE_UNREACHABLE": "start a stack with `zac up`, or name a running one with --server or ZAC_SERVER",
}


@dataclass(frozen=True, slots=True)
class Failure:
    """An error as people and programs see it; `code` is the ErrorInfo reason the services use too.

    `fields` are (path, what is wrong with it), `preconditions` (type, subject, description).
    """

    code: str
    message: str
    exit_code: ExitCode
    hint: str = ""
    run_id: str = ""
    fields: tuple[tuple[str, str], ...] = ()
    preconditions: tuple[tuple[str, str, str], ...] = ()

    def document(self) -> dict[str, Any]:
        """The value of `error` in a JSON document."""
        document: dict[str, Any] = {
            "code": self.code,
            "message": self.message,
            "fields": [{"field": field, "description": text} for field, text in self.fields],
            "hint": self.hint,
            "run_id": self.run_id,
        }
        if self.preconditions:
            keys = ("type", "subject", "description")
            document["preconditions"] = [dict(zip(keys, item, strict=True)) for item in self.preconditions]
        return document

    def lines(self) -> list[str]:
        """The same for people."""
        details = [f"  {field}: {text}" for field, text in self.fields if text not in self.message]
        details += [f"  {subject}: {text}" for _, subject, text in self.preconditions]
        more = len(details) - MAX_DETAIL_LINES
        if more > 0:
            details[MAX_DETAIL_LINES:] = [f"  … and {more} more"]
        return [f"error: {self.message}", *details, *([f"hint: {self.hint}"] if self.hint else [])]


class CliError(Exception):
    """An error the command itself found."""

    def __init__(self, code: str, message: str, exit_code: ExitCode, *, hint: str = "", run_id: str = "") -> None:
        super().__init__(message)
        self.failure = Failure(code, message, exit_code, hint or _HINTS.get(code, ""), run_id)


def failure_of_call(error: ServiceError, run_id: str = "") -> Failure:
    """What a failed call to the gateway means."""
    message = error.message
    if error.request_id:
        message += f" (request {error.request_id}; the gateway's log tells more)"
    return Failure(
        error.reason,
        message,
        exit_code_of_call(error.reason, error.code.name),
        _hint(error.reason, error.metadata),
        run_id or error.metadata.get("run_id", ""),
        tuple((violation.field, violation.description) for violation in error.fields),
        tuple((item.type, item.subject, item.description) for item in error.preconditions),
    )


def failure_of_run(run: Run) -> Failure:
    """Why a run that ended FAILED did."""
    from services.common.errors import ServiceError

    failure = failure_of_call(ServiceError.from_status(run.error), run.run_id)
    return replace(failure, exit_code=exit_code_of_failed_run(failure.code))


def _hint(reason: str, metadata: Mapping[str, str]) -> str:
    return _HINTS.get(reason, "").format(strategy=metadata.get("strategy", "STRATEGY"))
