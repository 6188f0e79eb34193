"""Creating a run: every check there is, then one transaction."""

from __future__ import annotations

import uuid

import grpc

from services.common.clock import Clock
from services.common.errors import FieldViolation, ServiceError
from services.common.ids import uuid7
from services.gateway.coverage import DataPlan, plan
from services.gateway.identity import config_hash, configuration_digest, request_digest
from services.gateway.peers import Downloader, Runner
from services.gateway.store import Created, Database, NewRun, create_run, find_run_by_request
from zac.gateway.v1 import backtest_service_pb2, run_pb2
from zac.run.v1 import runner_service_pb2, strategy_pb2

__all__ = ["RunCreator"]

_MAX_NAME_CHARS = 200
_MAX_CONFIGURATION_BYTES = 256 * 1024


class RunCreator:
    """Turns requests into queued runs."""

    def __init__(
        self, database: Database, downloader: Downloader, runner: Runner, clock: Clock, max_queued_runs: int
    ) -> None:
        self._database = database
        self._downloader = downloader
        self._runner = runner
        self._clock = clock
        self._max_queued_runs = max_queued_runs

    async def create(self, request: backtest_service_pb2.RunRequest) -> Created:
        """Creates the run, or finds the one that stands for it.

        Raises INVALID_ARGUMENT with all field violations, NOT_FOUND STRATEGY_NOT_FOUND, FAILED_PRECONDITION
        (NO_ENTRY_CONDITION, STRATEGY_INVALID, DATA_MISSING), ALREADY_EXISTS REQUEST_ID_REUSED, RESOURCE_EXHAUSTED
        QUEUE_FULL, and UNAVAILABLE when a service is away.
        """
        violations = _violations(request)
        digest = request_digest(request)
        request_id = request.request_id.lower() or None
        if request_id is not None and not violations:
            found = await self._database.read(find_run_by_request, request_id, digest)
            if found is not None:
                return Created(found, existing=True)
        resolved = await self._resolved(request.configuration, violations)
        new = await self._new_run(request, resolved)
        new_run = NewRun(
            run=new,
            execution=runner_service_pb2.ExecuteRequest(
                run_id=new.run_id, attempt=1, resolved=resolved, data_root=new.configuration.data_root
            ),
            request_id=request_id,
            request_digest=digest,
            configuration_digest=configuration_digest(resolved),
            keep_partial=request.keep_partial_results,
        )
        return await self._database.write(create_run, new_run, again=request.again, max_queued=self._max_queued_runs)

    async def _resolved(
        self, configuration: strategy_pb2.RunConfiguration, violations: list[FieldViolation]
    ) -> strategy_pb2.ResolvedConfiguration:
        """The configuration after the runner's checks; their violations are told together with ours."""
        if any(violation.field.startswith("configuration") for violation in violations):
            raise _invalid(violations)
        try:
            resolved = await self._runner.validate(configuration)
        except ServiceError as error:
            if violations and error.code is grpc.StatusCode.INVALID_ARGUMENT:
                violations += error.fields
            elif not violations:
                raise
            raise _invalid(violations) from error
        if violations:
            raise _invalid(violations)
        return resolved

    async def _new_run(
        self, request: backtest_service_pb2.RunRequest, resolved: strategy_pb2.ResolvedConfiguration
    ) -> run_pb2.Run:
        coverage = await self._downloader.check_coverage(resolved.data_requirements, resolved.configuration.data_root)
        known = plan(coverage, resolved.configuration) is not DataPlan.DOWNLOAD
        manifest_digest = coverage.data_manifest_digest if known and resolved.data_requirements else ""
        run = run_pb2.Run(
            run_id=str(uuid7(self._clock)),
            name=request.name.strip(),
            configuration=resolved.configuration,
            strategy_source_digest=resolved.source_digest,
            engine=resolved.engine,
            data_manifest_digest=manifest_digest,
            config_hash=config_hash(resolved, manifest_digest) if known else "",
            simulated_data=known and coverage.simulated_data,
        )
        run.configuration.data_root = coverage.data_root or resolved.configuration.data_root
        return run


def _violations(request: backtest_service_pb2.RunRequest) -> list[FieldViolation]:
    violations = []
    if request.request_id:
        try:
            canonical = str(uuid.UUID(request.request_id)) == request.request_id.lower()
        except ValueError:
            canonical = False
        if not canonical:
            text = "must be a UUID like 0199aa43-e43b-7800-bfff-0123456789ab, or empty"
            violations.append(FieldViolation("request_id", f"{text} (got {request.request_id[:64]!r})"))
    if len(request.name) > _MAX_NAME_CHARS or not request.name.isprintable():
        violations.append(FieldViolation("name", f"must be at most {_MAX_NAME_CHARS} printable characters"))
    if not request.configuration.strategy:
        violations.append(FieldViolation("configuration.strategy", "must be the name of a strategy (got none)"))
    if request.configuration.ByteSize() > _MAX_CONFIGURATION_BYTES:
        text = f"must be at most {_MAX_CONFIGURATION_BYTES} bytes (got {request.configuration.ByteSize()})"
        violations.append(FieldViolation("configuration", text))
    return violations


def _invalid(violations: list[FieldViolation]) -> ServiceError:
    first = violations[0]
    more = f" and {len(violations) - 1} more" if len(violations) > 1 else ""
    return ServiceError.invalid_argument(
        "INVALID_RUN_REQUEST", f"{first.field} {first.description}{more}", fields=violations
    )
