"""Exit codes: the table, and the way from an error to its code."""

from __future__ import annotations

import pytest

from services.cli.exits import EXIT_CODE_TABLE, ExitCode, exit_code_of_call, exit_code_of_failed_run
from services.cli.failures import CliError, Failure, failure_of_call, failure_of_run
from services.common.errors import FieldViolation, Precondition, ServiceError
from services.common.status import make_status
from zac.gateway.v1.run_pb2 import RUN_STATE_FAILED, Run


def test_the_table_lists_every_code_once_in_order() -> None:
    codes = [int(code) for code, _ in EXIT_CODE_TABLE]
    assert codes == sorted(set(codes)) == sorted(map(int, ExitCode))
    assert codes == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 124, 130, 143]


@pytest.mark.parametrize(
    ("reason", "grpc_code", "expected"),
    [
        ("STRATEGY_NOT_FOUND", "NOT_FOUND", 3),
        ("RUN_NOT_FOUND", "NOT_FOUND", 3),
        ("SOMETHING_ELSE", "NOT_FOUND", 3),
        ("PROVIDER_KEY_MISSING", "FAILED_PRECONDITION", 4),
        ("PROVIDER_KEY_REJECTED", "UNAUTHENTICATED", 4),
        ("PROVIDER_REFUSED", "PERMISSION_DENIED", 4),
        ("INVALID_CONFIGURATION", "INVALID_ARGUMENT", 7),
        ("NO_ENTRY_CONDITION", "FAILED_PRECONDITION", 7),
        ("STRATEGY_INVALID", "FAILED_PRECONDITION", 7),
        ("DATA_MISSING", "FAILED_PRECONDITION", 8),
        ("DATA_UNREADABLE", "FAILED_PRECONDITION", 8),
        ("SERVICE_UNREACHABLE", "UNAVAILABLE", 9),
        ("DEADLINE_EXCEEDED", "DEADLINE_EXCEEDED", 9),
        ("INTERNAL", "INTERNAL", 1),
        ("QUEUE_FULL", "RESOURCE_EXHAUSTED", 1),
        ("REQUEST_ID_REUSED", "ALREADY_EXISTS", 1),
    ],
)
def test_a_failed_call(reason: str, grpc_code: str, expected: int) -> None:
    assert exit_code_of_call(reason, grpc_code) == expected


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("STRATEGY_RAISED", 5),
        ("WORKER_LOST", 5),
        ("STRATEGY_INVALID", 5),
        ("DATA_MISSING", 8),
        ("DATA_UNREADABLE", 8),
        ("PROVIDER_KEY_MISSING", 4),
        ("PROVIDER_KEY_REJECTED", 4),
        ("PROVIDER_REFUSED", 4),
        ("PROVIDER_UNREACHABLE", 5),
    ],
)
def test_a_failed_run(reason: str, expected: int) -> None:
    assert exit_code_of_failed_run(reason) == expected
    run = Run(run_id="r1", state=RUN_STATE_FAILED, error=make_status(13, reason, "it went wrong"))
    failure = failure_of_run(run)
    assert (failure.exit_code, failure.code, failure.run_id) == (expected, reason, "r1")


def test_an_error_document_has_every_detail() -> None:
    error = ServiceError.failed_precondition(
        "DATA_MISSING",
        "data are missing",
        preconditions=[Precondition("DATA_MISSING", "MCD second 2025-10-03", "no file")],
        metadata={"run_id": "r9"},
    )
    failure = failure_of_call(error)
    assert failure.document() == {
        "code": "DATA_MISSING",
        "message": "data are missing",
        "fields": [],
        "hint": failure.hint,
        "run_id": "r9",
        "preconditions": [{"type": "DATA_MISSING", "subject": "MCD second 2025-10-03", "description": "no file"}],
    }
    assert "POLYGON_API_KEY" in failure.hint
    assert failure.lines() == ["error: data are missing", "  MCD second 2025-10-03: no file", f"hint: {failure.hint}"]


def test_fields_already_in_the_message_are_not_said_twice() -> None:
    fields = [FieldViolation("cash", "must be above 0"), FieldViolation("to", "is before from")]
    error = ServiceError.invalid_argument("INVALID_CONFIGURATION", "cash must be above 0 and 1 more", fields=fields)
    failure = failure_of_call(error)
    assert failure.lines()[:2] == ["error: cash must be above 0 and 1 more", "  to: is before from"]
    assert len(failure.document()["fields"]) == 2


def test_people_see_the_first_details_and_how_many_more() -> None:
    days = [Precondition("DATA_MISSING", f"MCD second 2025-10-{day:02d}", "no file") for day in range(1, 31)]
    failure = failure_of_call(ServiceError.failed_precondition("DATA_MISSING", "data are missing", preconditions=days))
    assert failure.lines()[11] == "  … and 20 more"
    assert len(failure.document()["preconditions"]) == 30


def test_a_bug_of_the_gateway_names_the_request() -> None:
    failure = failure_of_call(ServiceError.internal("r-17"))
    assert failure.exit_code == ExitCode.UNEXPECTED
    assert "r-17" in failure.message


def test_an_error_of_the_command_has_the_hint_of_its_code() -> None:
    known = CliError("RUN_NOT_FOUND", "there is none", ExitCode.NOT_FOUND).failure
    assert known == Failure("RUN_NOT_FOUND", "there is none", ExitCode.NOT_FOUND, "zac runs list")
    assert CliError("X", "y", ExitCode.USAGE, hint="do z", run_id="r").failure.hint == "do z"
