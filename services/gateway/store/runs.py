"""Creating runs and reading them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from services.common.dates import to_timestamp
from services.common.errors import ServiceError
from services.gateway.projection import Projection
from services.gateway.store.database import Transaction
from services.gateway.store.run_log import RunLog, columns, run_not_found
from services.gateway.store.tables import RUN_EVENTS, RUNS
from services.gateway.transition import SETTLED, Life, State
from zac.gateway.v1 import run_pb2
from zac.run.v1 import runner_service_pb2

__all__ = [
    "Created",
    "NewRun",
    "Page",
    "RunFilter",
    "create_run",
    "find_run",
    "find_run_by_request",
    "list_runs",
    "list_unsettled",
    "read_events",
    "read_run",
]

_LIVE = tuple(int(state) for state in State if state not in SETTLED)


@dataclass(frozen=True, slots=True)
class NewRun:
    """A run that passed every check. `run` lacks only what its first event brings."""

    run: run_pb2.Run
    execution: runner_service_pb2.ExecuteRequest
    request_id: str | None
    request_digest: str
    configuration_digest: str
    keep_partial: bool


@dataclass(frozen=True, slots=True)
class Created:
    """A run, and whether it existed before."""

    run: run_pb2.Run
    existing: bool


@dataclass(frozen=True, slots=True)
class RunFilter:
    """Which runs to list; empty means any."""

    states: frozenset[State] = frozenset()
    strategy: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """Runs, newest first; `more` says that older ones follow."""

    runs: Sequence[run_pb2.Run]
    more: bool


def create_run(transaction: Transaction, new: NewRun, *, again: bool, max_queued: int) -> Created:
    """Inserts a run with its first event, unless there is one to be returned instead.

    That is, in this order: the run of the same request id, a live equal run, and unless `again` the newest equal run
    that succeeded. Raises ALREADY_EXISTS REQUEST_ID_REUSED and RESOURCE_EXHAUSTED QUEUE_FULL.
    """
    found = None
    if new.request_id is not None:
        found = find_run_by_request(transaction, new.request_id, new.request_digest)
    found = found or _find_equal(transaction, new, again=again)
    if found is not None:
        return Created(found, existing=True)
    if len(_queued_ids(transaction)) >= max_queued:
        raise ServiceError.resource_exhausted(
            "QUEUE_FULL",
            f"{max_queued} runs wait already, and no more may (ZAC_MAX_QUEUED_RUNS); try again when some are done",
            retry_delay_s=10.0,
            metadata={"max_queued_runs": str(max_queued)},
        )
    moment = to_timestamp(transaction.now)
    new.run.create_time.CopyFrom(moment)
    new.run.attempt = 1
    life = Life(State.QUEUED, keep_partial=new.keep_partial)
    log = RunLog(transaction, new.run.run_id, life, Projection(new.run, moment))
    transaction.connection.execute(
        sa.insert(RUNS).values(
            run_id=new.run.run_id,
            request_id=new.request_id,
            request_digest=new.request_digest,
            strategy=new.run.configuration.strategy,
            fencing_token=0,
            runner_sequence=0,
            configuration_digest=new.configuration_digest,
            execution=new.execution.SerializeToString(),
            **columns(life, log.projection),
        )
    )
    log.announce()
    log.save({})
    return Created(_with_position(transaction, log.projection.run), existing=False)


def find_run_by_request(transaction: Transaction, request_id: str, request_digest: str) -> run_pb2.Run | None:
    """The run a request made; raises ALREADY_EXISTS REQUEST_ID_REUSED when that request had another body."""
    query = sa.select(RUNS.c.run_id, RUNS.c.request_digest, RUNS.c.snapshot).where(RUNS.c.request_id == request_id)
    row = transaction.connection.execute(query).one_or_none()
    if row is None:
        return None
    if row.request_digest != request_digest:
        raise ServiceError.already_exists(
            "REQUEST_ID_REUSED",
            f"request {request_id} has made run {row.run_id} from other values; use a new request id",
            resource=("run", row.run_id),
            metadata={"request_id": request_id, "run_id": row.run_id},
        )
    return _with_position(transaction, run_pb2.Run.FromString(row.snapshot))


def read_run(transaction: Transaction, run_id: str) -> run_pb2.Run:
    """Raises NOT_FOUND RUN_NOT_FOUND."""
    snapshot = transaction.connection.scalar(sa.select(RUNS.c.snapshot).where(RUNS.c.run_id == run_id))
    if snapshot is None:
        raise run_not_found(run_id)
    return _with_position(transaction, run_pb2.Run.FromString(snapshot))


def find_run(transaction: Transaction, beginning: str) -> run_pb2.Run:
    """The only run whose id begins so; raises NOT_FOUND RUN_NOT_FOUND, also when there are several."""
    text = beginning.lower()
    if not text or not set(text) <= set("0123456789abcdef-"):
        raise run_not_found(beginning)
    # "g" comes after every hex digit; unlike LIKE, a range is found by the index.
    query = sa.select(RUNS.c.run_id, RUNS.c.snapshot).where(RUNS.c.run_id >= text, RUNS.c.run_id < f"{text}g")
    rows = transaction.connection.execute(query.order_by(RUNS.c.run_id).limit(2)).all()
    if not rows:
        raise run_not_found(beginning)
    if len(rows) > 1:
        raise run_not_found(beginning, f": several begin so, {rows[0].run_id} for one; give more of it")
    return _with_position(transaction, run_pb2.Run.FromString(rows[0].snapshot))


def list_runs(transaction: Transaction, where: RunFilter, before: str | None, limit: int, max_bytes: int) -> Page:
    """Runs with an id below `before`, newest first: at most `limit` and what fits `max_bytes`, but one at least."""
    query = sa.select(RUNS.c.snapshot).order_by(RUNS.c.run_id.desc()).limit(limit + 1)
    if before is not None:
        query = query.where(RUNS.c.run_id < before)
    if where.states:
        query = query.where(RUNS.c.state.in_([int(state) for state in where.states]))
    if where.strategy:
        query = query.where(RUNS.c.strategy == where.strategy)
    positions = {run_id: place for place, run_id in enumerate(_queued_ids(transaction), start=1)}
    runs: list[run_pb2.Run] = []
    size_bytes = 0
    with transaction.connection.execute(query) as rows:
        for snapshot in rows.scalars():
            size_bytes += len(snapshot)
            if len(runs) == limit or (runs and size_bytes > max_bytes):
                return Page(runs, more=True)
            run = run_pb2.Run.FromString(snapshot)
            run.queue_position = positions.get(run.run_id, 0)
            runs.append(run)
    return Page(runs, more=False)


def list_unsettled(transaction: Transaction) -> list[tuple[str, State]]:
    """Ids and states of all runs that have not come to an end, oldest first."""
    query = sa.select(RUNS.c.run_id, RUNS.c.state).where(RUNS.c.state.in_(_LIVE)).order_by(RUNS.c.run_id)
    return [(row.run_id, State(row.state)) for row in transaction.connection.execute(query)]


def read_events(transaction: Transaction, run_id: str, after_sequence: int, limit: int) -> list[run_pb2.RunEvent]:
    """The run's events with a sequence above `after_sequence`, in order."""
    query = (
        sa.select(RUN_EVENTS.c.event)
        .where(RUN_EVENTS.c.run_id == run_id, RUN_EVENTS.c.sequence > after_sequence)
        .order_by(RUN_EVENTS.c.sequence)
        .limit(limit)
    )
    return [run_pb2.RunEvent.FromString(event) for event in transaction.connection.scalars(query)]


def _find_equal(transaction: Transaction, new: NewRun, *, again: bool) -> run_pb2.Run | None:
    live = sa.and_(RUNS.c.state.in_(_LIVE), RUNS.c.configuration_digest == new.configuration_digest)
    if new.run.config_hash:
        # A run that waits for its data has no full hash yet: what is known of it must do.
        live = sa.and_(live, RUNS.c.config_hash.in_(("", new.run.config_hash)))
    finished = sa.and_(RUNS.c.state == int(State.SUCCEEDED), RUNS.c.config_hash == new.run.config_hash)
    query = sa.select(RUNS.c.snapshot).order_by(RUNS.c.run_id.desc()).limit(1)
    reusable = not again and new.run.data_manifest_digest != ""  # other data may have other results
    for wanted in (live, finished) if reusable else (live,):
        snapshot = transaction.connection.scalar(query.where(wanted))
        if snapshot is not None:
            return _with_position(transaction, run_pb2.Run.FromString(snapshot))
    return None


def _queued_ids(transaction: Transaction) -> list[str]:
    query = sa.select(RUNS.c.run_id).where(RUNS.c.state == int(State.QUEUED)).order_by(RUNS.c.run_id)
    return list(transaction.connection.scalars(query))


def _with_position(transaction: Transaction, run: run_pb2.Run) -> run_pb2.Run:
    if run.state == run_pb2.RUN_STATE_QUEUED:
        query = sa.select(sa.func.count()).where(RUNS.c.state == int(State.QUEUED), RUNS.c.run_id <= run.run_id)
        run.queue_position = transaction.connection.scalar(query) or 0
    return run
