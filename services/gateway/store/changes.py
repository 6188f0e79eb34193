"""Changing a run: its state and its events in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from services.common.errors import ServiceError
from services.gateway.store.database import Transaction
from services.gateway.store.run_log import open_run, run_not_found
from services.gateway.store.tables import RUNS
from services.gateway.transition import Effect, Leased, Life, LifeEvent, State
from zac.gateway.v1 import run_pb2
from zac.run.v1 import runner_service_pb2

__all__ = ["Change", "Changed", "Lease", "adopt_run", "change_run", "lease_next_run"]


@dataclass(frozen=True, slots=True)
class Change:
    """What is to happen to a run at once: events for its log first, then events of its life."""

    log: Sequence[run_pb2.RunEvent] = ()
    """Events without a sequence; those without a time get the transaction's."""
    life: Sequence[LifeEvent] = ()
    facts: run_pb2.Run | None = None
    """Fields of the run that no event carries; those set are taken over."""
    execution: runner_service_pb2.ExecuteRequest | None = None
    runner_sequence: int | None = None
    """The runner's events of this attempt up to here are in the log with this change."""


@dataclass(frozen=True, slots=True)
class Changed:
    """A run after a change; not `accepted` if it was settled before. `effects` are left for the caller to perform."""

    run: run_pb2.Run
    life: Life
    effects: tuple[Effect, ...]
    accepted: bool


@dataclass(frozen=True, slots=True)
class Lease:
    """A run taken by the scheduler: who writes for it must show the token."""

    run_id: str
    token: int
    life: Life
    execution: runner_service_pb2.ExecuteRequest
    runner_sequence: int


def change_run(transaction: Transaction, run_id: str, change: Change, token: int | None = None) -> Changed:
    """Changes a run. A settled run takes nothing more and is returned as it is.

    Raises NOT_FOUND RUN_NOT_FOUND, and ABORTED STALE_FENCING_TOKEN when `token` is given and not the newest.
    """
    row = _row_for_update(transaction, run_id)
    if token is not None and token != row.fencing_token:
        raise ServiceError.aborted(
            "STALE_FENCING_TOKEN",
            f"run {run_id} has been leased again; what is written under the older lease is refused",
            metadata={"run_id": run_id, "token": str(token), "newest_token": str(row.fencing_token)},
        )
    log = open_run(transaction, row)
    if log.life.settled:
        return Changed(log.projection.run, log.life, (), accepted=False)
    values: dict[str, Any] = {}
    for event in change.log:
        log.append(event)
    if change.facts is not None:
        log.projection.run.MergeFrom(change.facts)
    if change.execution is not None:
        values["execution"] = change.execution.SerializeToString()
    if change.runner_sequence is not None:
        values["runner_sequence"] = change.runner_sequence
    attempt = log.life.attempt
    effects = [effect for event in change.life for effect in log.live(event)]
    if log.life.attempt != attempt:
        values["runner_sequence"] = 0
    log.save(values)
    return Changed(log.projection.run, log.life, tuple(effects), accepted=True)


def lease_next_run(transaction: Transaction) -> Lease | None:
    """Takes the run that has waited longest, if one waits."""
    query = sa.select(RUNS).where(RUNS.c.state == State.QUEUED).order_by(RUNS.c.run_id).limit(1)
    row = transaction.connection.execute(query.with_for_update(skip_locked=True)).one_or_none()
    return None if row is None else _lease(transaction, row, [Leased()])


def adopt_run(transaction: Transaction, run_id: str) -> Lease:
    """Takes over a run that another process drove, under a new token."""
    return _lease(transaction, _row_for_update(transaction, run_id), [])


def _row_for_update(transaction: Transaction, run_id: str) -> sa.Row[Any]:
    query = sa.select(RUNS).where(RUNS.c.run_id == run_id).with_for_update()
    row = transaction.connection.execute(query).one_or_none()
    if row is None:
        raise run_not_found(run_id)
    return row


def _lease(transaction: Transaction, row: sa.Row[Any], events: Sequence[LifeEvent]) -> Lease:
    log = open_run(transaction, row)
    for event in events:
        log.live(event)
    token = row.fencing_token + 1
    log.save({"fencing_token": token})
    execution = runner_service_pb2.ExecuteRequest.FromString(row.execution)
    return Lease(row.run_id, token, log.life, execution, row.runner_sequence)
