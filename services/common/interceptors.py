"""What surrounds every call on a server: its request id, and the mapping of exceptions to statuses."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from typing import Any

import grpc
import grpc.aio
from google.rpc import status_pb2

from services.common.clock import SystemClock
from services.common.errors import ServiceError
from services.common.ids import uuid7
from services.common.logging import bind_call, current_request_id, get_logger

__all__ = ["REQUEST_ID_KEY", "RequestInterceptor", "request_metadata"]

REQUEST_ID_KEY = "x-request-id"

_log = get_logger()
_ACCEPTED_ID = re.compile(r"[\x21-\x7e]{1,64}")


def request_metadata() -> tuple[tuple[str, str], ...]:
    """Metadata for a call made on behalf of the call being served: it carries the same request id."""
    request_id = current_request_id()
    return ((REQUEST_ID_KEY, request_id),) if request_id else ()


class RequestInterceptor(grpc.aio.ServerInterceptor):
    """Gives each call a request id in the log context and answers every exception with a proper status.

    A ServiceError is sent with its details. Anything else is a bug: the caller gets INTERNAL with a fixed text and the
    request id, the log gets the traceback. Cancellation passes through.
    """

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[grpc.RpcMethodHandler[Any, Any] | None]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> grpc.RpcMethodHandler[Any, Any] | None:
        handler: Any = await continuation(handler_call_details)
        if handler is None:
            return None
        method = handler_call_details.method
        streams_in, streams_out = bool(handler.request_streaming), bool(handler.response_streaming)
        inner = (
            (handler.unary_unary, handler.unary_stream),
            (handler.stream_unary, handler.stream_stream),
        )[streams_in][streams_out]
        make = (
            (grpc.unary_unary_rpc_method_handler, grpc.unary_stream_rpc_method_handler),
            (grpc.stream_unary_rpc_method_handler, grpc.stream_stream_rpc_method_handler),
        )[streams_in][streams_out]
        wrapped: Any = _streaming(inner, method) if streams_out else _unary(inner, method)
        made: grpc.RpcMethodHandler[Any, Any] = make(
            wrapped,
            request_deserializer=handler.request_deserializer,
            response_serializer=handler.response_serializer,
        )
        return made


def _unary(inner: Any, method: str) -> Any:
    async def call(request: Any, context: grpc.aio.ServicerContext[Any, Any]) -> Any:
        request_id = _begin(context, method)
        try:
            return await inner(request, context)
        except Exception as error:  # noqa: BLE001 # the boundary: nothing may pass unmapped
            await _abort(context, error, request_id)

    return call


def _streaming(inner: Any, method: str) -> Any:
    async def call(request: Any, context: grpc.aio.ServicerContext[Any, Any]) -> AsyncIterator[Any]:
        request_id = _begin(context, method)
        try:
            result = inner(request, context)
            if hasattr(result, "__aiter__"):
                # Closed here, not when the collector comes by: gRPC drops an iterator whose caller has left.
                async with aclosing(result):
                    async for message in result:
                        yield message
            else:
                await result  # a coroutine that writes through the context, as health checks are
        except Exception as error:  # noqa: BLE001 # the boundary: nothing may pass unmapped
            await _abort(context, error, request_id)

    return call


def _begin(context: grpc.aio.ServicerContext[Any, Any], method: str) -> str:
    given = next((str(value) for key, value in context.invocation_metadata() or () if key == REQUEST_ID_KEY), "")
    request_id = given if _ACCEPTED_ID.fullmatch(given) else str(uuid7(SystemClock()))
    # Every call is a task of its own, so the context ends with the call.
    bind_call(request_id, method)
    return request_id


async def _abort(context: grpc.aio.ServicerContext[Any, Any], error: Exception, request_id: str) -> None:
    if isinstance(error, grpc.aio.AbortError):
        raise error
    if not isinstance(error, ServiceError):
        _log.error("call failed", exc_info=error)
        error = ServiceError.internal(request_id)
    elif error.code is grpc.StatusCode.INTERNAL:
        error.request_id = error.request_id or request_id
    await context.abort_with_status(_Status(error.to_status()))


class _Status(grpc.Status):
    """A google.rpc.Status in the form gRPC takes it."""

    def __init__(self, status: status_pb2.Status) -> None:
        self.code = next(code for code in grpc.StatusCode if code.value[0] == status.code)
        self.details = status.message
        self.trailing_metadata = (("grpc-status-details-bin", status.SerializeToString()),)
