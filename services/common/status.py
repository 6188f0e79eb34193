"""google.rpc.Status messages, made without gRPC so that a worker process can make them too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from google.rpc import error_details_pb2, status_pb2

from services.common.dates import to_duration

__all__ = ["ERROR_DOMAIN", "FieldViolation", "Precondition", "find_error_info", "make_status"]

ERROR_DOMAIN = "zac"

# A status travels in the trailing metadata, base64-encoded beside its message. gRPC clients with default settings drop
# answers at random above 8 kB of metadata and always above 16 kB.
_STATUS_LIMIT_BYTES = 5000
_TEXT_LIMIT_CHARS = 1000


@dataclass(frozen=True, slots=True)
class FieldViolation:
    """One bad field of a request: its path, and what is wrong, allowed and to be done."""

    field: str
    description: str


@dataclass(frozen=True, slots=True)
class Precondition:
    """One thing that must be so before the call can succeed."""

    type: str
    subject: str
    description: str


def make_status(
    code: int,
    reason: str,
    message: str,
    *,
    fields: Sequence[FieldViolation] = (),
    preconditions: Sequence[Precondition] = (),
    resource: tuple[str, str] | None = None,
    retry_delay_s: float | None = None,
    request_id: str | None = None,
    metadata: Mapping[str, str] | None = None,
) -> status_pb2.Status:
    """Makes a status with one ErrorInfo and at most one of each other detail.

    `code` is the gRPC status number, `resource` a (type, name). Violations that would make the status too large for a
    gRPC trailer are left out, last ones first; `metadata["total"]` then tells how many there are.
    """
    facts = {key: _shortened(value) for key, value in (metadata or {}).items()}
    listed = _fitting(fields, preconditions, room=_STATUS_LIMIT_BYTES - len(_shortened(message).encode()) - 300)
    if listed < len(fields) + len(preconditions):
        facts.setdefault("total", str(len(fields) + len(preconditions)))
    status = status_pb2.Status(code=code, message=_shortened(message))
    status.details.add().Pack(error_details_pb2.ErrorInfo(reason=reason, domain=ERROR_DOMAIN, metadata=facts))
    if fields:
        bad = error_details_pb2.BadRequest()
        for violation in fields[:listed]:
            bad.field_violations.add(field=violation.field, description=_shortened(violation.description))
        status.details.add().Pack(bad)
    if preconditions:
        failure = error_details_pb2.PreconditionFailure()
        for item in preconditions[: max(listed - len(fields), 0)]:
            failure.violations.add(type=item.type, subject=item.subject, description=_shortened(item.description))
        status.details.add().Pack(failure)
    if resource is not None:
        info = error_details_pb2.ResourceInfo(resource_type=resource[0], resource_name=resource[1])
        status.details.add().Pack(info)
    if retry_delay_s is not None:
        status.details.add().Pack(error_details_pb2.RetryInfo(retry_delay=to_duration(retry_delay_s)))
    if request_id is not None:
        status.details.add().Pack(error_details_pb2.RequestInfo(request_id=request_id))
    return status


def find_error_info(status: status_pb2.Status) -> error_details_pb2.ErrorInfo | None:
    """The status's ErrorInfo, if it has one."""
    info = error_details_pb2.ErrorInfo()
    return next((info for detail in status.details if detail.Unpack(info)), None)


def _shortened(text: str) -> str:
    return text if len(text) <= _TEXT_LIMIT_CHARS else text[: _TEXT_LIMIT_CHARS - 1] + "…"


def _fitting(fields: Sequence[FieldViolation], preconditions: Sequence[Precondition], room: int) -> int:
    """How many of the violations, in order, have room; always at least one."""
    texts = [violation.field + _shortened(violation.description) for violation in fields]
    texts += [item.type + item.subject + _shortened(item.description) for item in preconditions]
    for index, text in enumerate(texts):
        room -= len(text.encode()) + 10
        if room < 0 and index:
            return index
    return len(texts)
