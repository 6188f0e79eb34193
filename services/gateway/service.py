"""The gRPC services of the gateway: requests in, domain calls, answers out."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any

import grpc.aio

from services.common.errors import FieldViolation, ServiceError
from services.gateway.creation import RunCreator
from services.gateway.paging import MAX_PAGE_BYTES, page_size, page_token, read_page_token
from services.gateway.peers import Runner
from services.gateway.scheduler import Scheduler
from services.gateway.store import Created, Database, RunFilter, find_run, list_runs
from services.gateway.tasks import end_tasks
from services.gateway.transition import State
from services.gateway.watch import Watches
from zac.gateway.v1 import (
    backtest_service_pb2,
    backtest_service_pb2_grpc,
    strategy_service_pb2,
    strategy_service_pb2_grpc,
)

__all__ = ["BacktestService", "StrategyService"]

Context = grpc.aio.ServicerContext[Any, Any]


class BacktestService(backtest_service_pb2_grpc.BacktestServiceServicer):
    """Runs backtests."""

    def __init__(self, database: Database, creator: RunCreator, scheduler: Scheduler, watches: Watches) -> None:
        self._database = database
        self._creator = creator
        self._scheduler = scheduler
        self._watches = watches
        self._draining = False
        self._cancels: set[asyncio.Task[Any]] = set()

    def drain(self) -> None:
        """Refuses new runs from here on."""
        self._draining = True

    async def close(self) -> None:
        await end_tasks(*self._cancels)

    async def RunBacktest(
        self, request: backtest_service_pb2.RunBacktestRequest, context: Context
    ) -> AsyncIterator[backtest_service_pb2.RunBacktestResponse]:
        created = await self._create(request.run)
        run_id = created.run.run_id
        ended = created.existing  # somebody else's run is not ours to cancel
        try:
            async with aclosing(self._watches.watch(backtest_service_pb2.RunBacktestResponse, run_id)) as messages:
                async for message in messages:
                    yield message
            ended = True
        finally:
            if request.cancel_on_disconnect and not ended and not self._draining:
                self._cancel_later(run_id)

    async def Cancel(
        self, request: backtest_service_pb2.CancelRequest, context: Context
    ) -> backtest_service_pb2.CancelResponse:
        changed = await self._scheduler.cancel(request.run_id, keep_partial=request.keep_partial_results)
        return backtest_service_pb2.CancelResponse(run=changed.run, already_ended=not changed.accepted)

    async def CreateRun(
        self, request: backtest_service_pb2.CreateRunRequest, context: Context
    ) -> backtest_service_pb2.CreateRunResponse:
        created = await self._create(request.run)
        return backtest_service_pb2.CreateRunResponse(run=created.run, existing=created.existing)

    async def WatchRun(
        self, request: backtest_service_pb2.WatchRunRequest, context: Context
    ) -> AsyncIterator[backtest_service_pb2.WatchRunResponse]:
        messages = self._watches.watch(
            backtest_service_pb2.WatchRunResponse,
            request.run_id,
            request.after_sequence,
            snapshot=not request.skip_snapshot,
        )
        async with aclosing(messages):
            async for message in messages:
                yield message

    async def GetRun(
        self, request: backtest_service_pb2.GetRunRequest, context: Context
    ) -> backtest_service_pb2.GetRunResponse:
        return backtest_service_pb2.GetRunResponse(run=await self._database.read(find_run, request.run_id))

    async def ListRuns(
        self, request: backtest_service_pb2.ListRunsRequest, context: Context
    ) -> backtest_service_pb2.ListRunsResponse:
        where = RunFilter(_states(request.states), request.strategy)
        before = read_page_token(request.page_token, where)
        page = await self._database.read(list_runs, where, before, page_size(request.page_size), MAX_PAGE_BYTES)
        token = page_token(page.runs[-1].run_id, where) if page.more else ""
        return backtest_service_pb2.ListRunsResponse(runs=page.runs, next_page_token=token)

    async def _create(self, request: backtest_service_pb2.RunRequest) -> Created:
        if self._draining:
            raise ServiceError.unavailable(
                "SERVER_DRAINING", "the gateway is going down and takes no new runs", retry_delay_s=1.0
            )
        created = await self._creator.create(request)
        self._scheduler.wake()
        return created

    def _cancel_later(self, run_id: str) -> None:
        """Cancels in a task of its own: the caller's is ending and may not wait."""
        task = asyncio.create_task(self._scheduler.cancel(run_id, keep_partial=False))
        self._cancels.add(task)
        task.add_done_callback(self._cancels.discard)


class StrategyService(strategy_service_pb2_grpc.StrategyServiceServicer):
    """Passes on what the runner knows about strategies."""

    def __init__(self, runner: Runner) -> None:
        self._runner = runner

    async def ListStrategies(
        self, request: strategy_service_pb2.ListStrategiesRequest, context: Context
    ) -> strategy_service_pb2.ListStrategiesResponse:
        return strategy_service_pb2.ListStrategiesResponse(strategies=await self._runner.list_strategies())

    async def DescribeStrategy(
        self, request: strategy_service_pb2.DescribeStrategyRequest, context: Context
    ) -> strategy_service_pb2.DescribeStrategyResponse:
        strategy = await self._runner.describe_strategy(request.name)
        return strategy_service_pb2.DescribeStrategyResponse(strategy=strategy)


def _states(numbers: Any) -> frozenset[State]:
    try:
        return frozenset(State(number) for number in numbers)
    except ValueError as error:
        text = f"must be states of a run, {min(State):d} to {max(State):d} (got {list(numbers)[:10]})"
        raise ServiceError.invalid_argument(
            "INVALID_FILTER", f"states {text}", fields=[FieldViolation("states", text)]
        ) from error
