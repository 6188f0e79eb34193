"""The RunnerService: requests in, answers out; the work is done elsewhere."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Any, TypedDict
from zoneinfo import ZoneInfo

import grpc.aio

from services.common.clock import Clock
from services.common.errors import Precondition, ServiceError
from services.runner.catalog import StrategyCatalog, StrategyDescription
from services.runner.defaults import ConfigurationDefaults
from services.runner.execution import Bookmark, Execution
from services.runner.executions import Executions
from services.runner.requests import check_execute, execution_key
from services.runner.strategies import StrategyFolder
from services.runner.validation import resolve
from services.runner.violations import Violations
from zac.run.v1 import execution_pb2, runner_service_pb2_grpc, strategy_pb2
from zac.run.v1 import runner_service_pb2 as pb

_NEW_YORK = ZoneInfo("America/New_York")

Context = grpc.aio.ServicerContext[Any, Any]


class _Part(TypedDict, total=False):
    """The one field of a message of a watch."""

    event: execution_pb2.ExecutionEvent
    batch: execution_pb2.ExecutionEventBatch
    bookmark_sequence: int


class RunnerService(runner_service_pb2_grpc.RunnerServiceServicer):
    """Answers with what the catalog knows about strategies and what the executions do."""

    def __init__(
        self,
        catalog: StrategyCatalog,
        executions: Executions,
        engine_name: str,
        clock: Clock,
        defaults: ConfigurationDefaults,
    ) -> None:
        self._catalog = catalog
        self._executions = executions
        self._engine_name = engine_name
        self._clock = clock
        self._defaults = defaults

    async def ListStrategies(self, request: pb.ListStrategiesRequest, context: Context) -> pb.ListStrategiesResponse:
        described = await self._catalog.describe_all()
        return pb.ListStrategiesResponse(strategies=[_to_message(item) for item in described])

    async def DescribeStrategy(
        self, request: pb.DescribeStrategyRequest, context: Context
    ) -> pb.DescribeStrategyResponse:
        _require_name("name", request.name)
        return pb.DescribeStrategyResponse(strategy=_to_message(await self._catalog.describe(request.name)))

    async def ValidateStrategy(
        self, request: pb.ValidateStrategyRequest, context: Context
    ) -> pb.ValidateStrategyResponse:
        _require_name("configuration.strategy", request.configuration.strategy)
        return pb.ValidateStrategyResponse(resolved=await self._resolve(request.configuration))

    async def Execute(self, request: pb.ExecuteRequest, context: Context) -> AsyncIterator[pb.ExecuteResponse]:
        check_execute(request)
        execution = await self._executions.attach(request)
        if execution is None:
            execution = await self._executions.start(request, await self._checked_strategy(request))
        async with aclosing(_parts(execution, request.after_sequence, request.batch_events)) as parts:
            async for part in parts:
                yield pb.ExecuteResponse(**part)

    async def WaitExecution(
        self, request: pb.WaitExecutionRequest, context: Context
    ) -> AsyncIterator[pb.WaitExecutionResponse]:
        execution = self._executions.get(execution_key(request.run_id, request.attempt))
        async with aclosing(_parts(execution, request.after_sequence, request.batch_events)) as parts:
            async for part in parts:
                yield pb.WaitExecutionResponse(**part)

    async def CancelExecution(self, request: pb.CancelExecutionRequest, context: Context) -> pb.CancelExecutionResponse:
        execution = self._executions.get(execution_key(request.run_id, request.attempt))
        await execution.cancel(keep_partial_results=request.keep_partial_results)
        return pb.CancelExecutionResponse(state=execution.state)

    async def GetExecution(self, request: pb.GetExecutionRequest, context: Context) -> pb.GetExecutionResponse:
        execution = self._executions.get(execution_key(request.run_id, request.attempt))
        return pb.GetExecutionResponse(
            state=execution.state,
            latest_sequence=execution.latest_sequence,
            artifacts_dir=str(execution.folder.artifacts),
        )

    async def _checked_strategy(self, request: pb.ExecuteRequest) -> StrategyFolder:
        """The strategy to execute, when its source is still the one that the configuration was checked against."""
        resolved = await self._resolve(request.resolved.configuration)
        name = resolved.configuration.strategy
        if request.resolved.source_digest != resolved.source_digest:
            raise ServiceError.failed_precondition(
                "STRATEGY_CHANGED",
                f"The source of {name} was changed after the run had been checked; create the run again.",
                preconditions=[Precondition("STRATEGY_CHANGED", name, f"its source is now {resolved.source_digest}")],
                metadata={"strategy": name, "source_digest": resolved.source_digest},
            )
        return self._catalog.find(name)

    async def _resolve(self, configuration: strategy_pb2.RunConfiguration) -> strategy_pb2.ResolvedConfiguration:
        description = await self._catalog.describe(configuration.strategy)
        today = self._clock.now_utc().astimezone(_NEW_YORK).date()
        filled = self._defaults.fill(configuration, description.schema)
        return resolve(filled, description, engine=self._engine_name, today=today)


async def _parts(execution: Execution, after_sequence: int, is_batched: bool) -> AsyncGenerator[_Part]:
    async with aclosing(execution.follow(after_sequence)) as messages:
        async for message in messages:
            if isinstance(message, Bookmark):
                yield {"bookmark_sequence": message.sequence}
            elif is_batched:
                yield {"batch": execution_pb2.ExecutionEventBatch(events=message)}
            else:
                for event in message:
                    yield {"event": event}


def _require_name(field: str, name: str) -> None:
    violations = Violations()
    if not name:
        violations.refuse(field, "is required: the name of a strategy")
    violations.raise_if_any("INVALID_CONFIGURATION")


def _to_message(description: StrategyDescription) -> strategy_pb2.Strategy:
    message = strategy_pb2.Strategy(
        name=description.name, title=description.title, source_digest=description.source_digest
    )
    message.parameter_schema.update(description.schema)
    return message
