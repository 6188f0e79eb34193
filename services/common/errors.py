"""The one exception of the services: a gRPC status with its reason and details.

Handlers raise it, the server's interceptor sends it, clients get it back with `from_rpc_error`, without loss.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Self

import grpc
from google.rpc import error_details_pb2, status_pb2

from services.common.dates import from_duration
from services.common.status import FieldViolation, Precondition, make_status

__all__ = ["FieldViolation", "Precondition", "ServiceError", "peer_errors"]

_DETAILS_KEY = "grpc-status-details-bin"
_CODES = {code.value[0]: code for code in grpc.StatusCode}


class ServiceError(Exception):
    """An error a caller may see: `message` for people, `reason` (UPPER_SNAKE) and `metadata` for programs.

    `resource` is a (type, name), `retry_delay_s` is set when trying again later may help.
    """

    def __init__(
        self,
        code: grpc.StatusCode,
        reason: str,
        message: str,
        *,
        fields: Sequence[FieldViolation] = (),
        preconditions: Sequence[Precondition] = (),
        resource: tuple[str, str] | None = None,
        retry_delay_s: float | None = None,
        request_id: str | None = None,
        metadata: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.reason = reason
        self.message = message
        self.fields = tuple(fields)
        self.preconditions = tuple(preconditions)
        self.resource = resource
        self.retry_delay_s = retry_delay_s
        self.request_id = request_id
        self.metadata = dict(metadata or {})

    def __repr__(self) -> str:
        return f"ServiceError({self.code.name}, {self.reason}, {self.message!r})"

    @classmethod
    def invalid_argument(cls, reason: str, message: str, **details: Any) -> Self:
        return cls(grpc.StatusCode.INVALID_ARGUMENT, reason, message, **details)

    @classmethod
    def not_found(cls, reason: str, message: str, **details: Any) -> Self:
        return cls(grpc.StatusCode.NOT_FOUND, reason, message, **details)

    @classmethod
    def already_exists(cls, reason: str, message: str, **details: Any) -> Self:
        return cls(grpc.StatusCode.ALREADY_EXISTS, reason, message, **details)

    @classmethod
    def failed_precondition(cls, reason: str, message: str, **details: Any) -> Self:
        return cls(grpc.StatusCode.FAILED_PRECONDITION, reason, message, **details)

    @classmethod
    def aborted(cls, reason: str, message: str, **details: Any) -> Self:
        return cls(grpc.StatusCode.ABORTED, reason, message, **details)

    @classmethod
    def out_of_range(cls, reason: str, message: str, **details: Any) -> Self:
        return cls(grpc.StatusCode.OUT_OF_RANGE, reason, message, **details)

    @classmethod
    def resource_exhausted(cls, reason: str, message: str, **details: Any) -> Self:
        return cls(grpc.StatusCode.RESOURCE_EXHAUSTED, reason, message, **details)

    @classmethod
    def unavailable(cls, reason: str, message: str, **details: Any) -> Self:
        return cls(grpc.StatusCode.UNAVAILABLE, reason, message, **details)

    @classmethod
    def internal(cls, request_id: str | None = None) -> Self:
        """The only thing a caller learns about a bug of ours: the id under which the log tells more."""
        return cls(grpc.StatusCode.INTERNAL, "INTERNAL", "internal error", request_id=request_id)

    def to_status(self) -> status_pb2.Status:
        """The error as it travels; see `make_status` for what is cut when it is large."""
        return make_status(
            self.code.value[0],
            self.reason,
            self.message,
            fields=self.fields,
            preconditions=self.preconditions,
            resource=self.resource,
            retry_delay_s=self.retry_delay_s,
            request_id=self.request_id,
            metadata=self.metadata,
        )

    @classmethod
    def from_status(cls, status: status_pb2.Status) -> Self:
        """The error that was sent; the code's name is the reason of a status without ErrorInfo."""
        code = _CODES.get(status.code, grpc.StatusCode.UNKNOWN)
        info = error_details_pb2.ErrorInfo(reason=code.name)
        bad, failure = error_details_pb2.BadRequest(), error_details_pb2.PreconditionFailure()
        resource, retry = error_details_pb2.ResourceInfo(), error_details_pb2.RetryInfo()
        request = error_details_pb2.RequestInfo()
        found = {
            kind.DESCRIPTOR.full_name
            for detail in status.details
            for kind in (info, bad, failure, resource, retry, request)
            if detail.Unpack(kind)
        }
        return cls(
            code,
            info.reason,
            status.message,
            fields=[FieldViolation(item.field, item.description) for item in bad.field_violations],
            preconditions=[Precondition(item.type, item.subject, item.description) for item in failure.violations],
            resource=(resource.resource_type, resource.resource_name) if resource.resource_type else None,
            retry_delay_s=from_duration(retry.retry_delay) if "google.rpc.RetryInfo" in found else None,
            request_id=request.request_id or None,
            metadata=info.metadata,
        )

    @classmethod
    def from_rpc_error(cls, error: grpc.RpcError, peer: str = "the service") -> Self:
        """The error a server sent, or, when no server answered, UNAVAILABLE SERVICE_UNREACHABLE naming `peer`.

        `peer` names the callee for people, best with its address: "runner at 127.0.0.1:50052". Takes the errors of
        both gRPC flavours.
        """
        call: Any = error  # both flavours have these methods, neither declares them on RpcError
        for key, value in call.trailing_metadata() or ():
            if key == _DETAILS_KEY:
                return cls.from_status(status_pb2.Status.FromString(value))
        code, details = call.code(), call.details() or ""
        if code is grpc.StatusCode.UNAVAILABLE:
            message = f"{peer} cannot be reached ({details}). Is it running?"
            return cls(code, "SERVICE_UNREACHABLE", message, retry_delay_s=1.0, metadata={"peer": peer})
        return cls(code, code.name, f"{peer}: {details}", metadata={"peer": peer})


@contextmanager
def peer_errors(peer: str) -> Iterator[None]:
    """Turns gRPC errors of calls to `peer` into ServiceError."""
    try:
        yield
    except grpc.RpcError as error:
        raise ServiceError.from_rpc_error(error, peer) from error
