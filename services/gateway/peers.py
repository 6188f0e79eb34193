"""The services the gateway calls. Every error comes out as ServiceError."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, TypeVar

import grpc
import grpc.aio

from services.common.client import open_channel, stream_events
from services.common.errors import ServiceError, peer_errors
from services.common.interceptors import request_metadata
from zac.data.v1 import coverage_pb2, downloader_service_pb2, downloader_service_pb2_grpc
from zac.run.v1 import runner_service_pb2, runner_service_pb2_grpc, strategy_pb2

__all__ = ["Downloader", "Runner", "is_interruption"]

MessageT = TypeVar("MessageT")

_UNARY_TIMEOUT_S = 10.0
# The first check of a large store reads every folder in it.
_COVERAGE_TIMEOUT_S = 60.0
# Codes that gRPC itself makes when a connection breaks; from a service's own hand they carry a reason.
_BROKEN = frozenset({grpc.StatusCode.CANCELLED, grpc.StatusCode.INTERNAL, grpc.StatusCode.UNKNOWN})


def is_interruption(error: ServiceError) -> bool:
    """Whether the peer was away or went away, so that the same call may succeed once it is back."""
    if error.code is grpc.StatusCode.UNAVAILABLE:
        return error.reason != "PROVIDER_UNREACHABLE"  # the downloader is there, its own retries are used up
    return error.code in _BROKEN and error.reason == error.code.name and "peer" in error.metadata


class Downloader:
    """Client of the downloader."""

    def __init__(self, address: str) -> None:
        self._name = f"downloader at {address}"
        self._channel = open_channel(address)
        self._stub: downloader_service_pb2_grpc.DownloaderServiceAsyncStub = (
            downloader_service_pb2_grpc.DownloaderServiceStub(self._channel)
        )

    async def close(self) -> None:
        await self._channel.close()

    async def check_coverage(
        self, requirements: Iterable[coverage_pb2.DataRequirement], data_root: str
    ) -> downloader_service_pb2.CheckCoverageResponse:
        request = downloader_service_pb2.CheckCoverageRequest(requirements=requirements, data_root=data_root)
        with peer_errors(self._name):
            return await self._stub.CheckCoverage(request, timeout=_COVERAGE_TIMEOUT_S, metadata=request_metadata())

    def download(
        self, requirements: Iterable[coverage_pb2.DataRequirement], data_root: str
    ) -> AbstractAsyncContextManager[AsyncIterator[downloader_service_pb2.DownloadResponse]]:
        """Leaving the block stops the download."""
        request = downloader_service_pb2.DownloadRequest(requirements=requirements, data_root=data_root)
        return _stream(self._name, self._stub.Download(request))


class Runner:
    """Client of the runner."""

    def __init__(self, address: str) -> None:
        self._name = f"runner at {address}"
        self._channel = open_channel(address)
        self._stub: runner_service_pb2_grpc.RunnerServiceAsyncStub = runner_service_pb2_grpc.RunnerServiceStub(
            self._channel
        )

    async def close(self) -> None:
        await self._channel.close()

    async def list_strategies(self) -> Sequence[strategy_pb2.Strategy]:
        request = runner_service_pb2.ListStrategiesRequest()
        with peer_errors(self._name):
            answer = await self._stub.ListStrategies(request, timeout=_UNARY_TIMEOUT_S, metadata=request_metadata())
        return answer.strategies

    async def describe_strategy(self, name: str) -> strategy_pb2.Strategy:
        request = runner_service_pb2.DescribeStrategyRequest(name=name)
        with peer_errors(self._name):
            answer = await self._stub.DescribeStrategy(request, timeout=_UNARY_TIMEOUT_S, metadata=request_metadata())
        return answer.strategy

    async def validate(self, configuration: strategy_pb2.RunConfiguration) -> strategy_pb2.ResolvedConfiguration:
        request = runner_service_pb2.ValidateStrategyRequest(configuration=configuration)
        with peer_errors(self._name):
            answer = await self._stub.ValidateStrategy(request, timeout=_UNARY_TIMEOUT_S, metadata=request_metadata())
        return answer.resolved

    def execute(
        self, request: runner_service_pb2.ExecuteRequest
    ) -> AbstractAsyncContextManager[AsyncIterator[runner_service_pb2.ExecuteResponse]]:
        """Leaving the block does not stop the execution. Events come in batches."""
        batched = runner_service_pb2.ExecuteRequest(batch_events=True)
        batched.MergeFrom(request)
        return _stream(self._name, self._stub.Execute(batched))

    def wait_execution(
        self, run_id: str, attempt: int, after_sequence: int
    ) -> AbstractAsyncContextManager[AsyncIterator[runner_service_pb2.WaitExecutionResponse]]:
        request = runner_service_pb2.WaitExecutionRequest(
            run_id=run_id, attempt=attempt, after_sequence=after_sequence, batch_events=True
        )
        return _stream(self._name, self._stub.WaitExecution(request))

    async def cancel_execution(self, run_id: str, attempt: int, keep_partial: bool, timeout_s: float) -> None:
        request = runner_service_pb2.CancelExecutionRequest(
            run_id=run_id, attempt=attempt, keep_partial_results=keep_partial
        )
        with peer_errors(self._name):
            await self._stub.CancelExecution(request, timeout=timeout_s)

    async def artifacts_dir(self, run_id: str, attempt: int) -> str:
        request = runner_service_pb2.GetExecutionRequest(run_id=run_id, attempt=attempt)
        with peer_errors(self._name):
            return (await self._stub.GetExecution(request, timeout=_UNARY_TIMEOUT_S)).artifacts_dir


@asynccontextmanager
async def _stream(name: str, call: grpc.aio.UnaryStreamCall[Any, MessageT]) -> AsyncIterator[AsyncIterator[MessageT]]:
    with peer_errors(name):
        async with stream_events(call) as events:
            yield events
