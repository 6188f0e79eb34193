"""A run opened for writing inside a transaction: its life, its message and its event log kept together."""

from __future__ import annotations

from typing import Any, cast

import sqlalchemy as sa
from google.protobuf.timestamp_pb2 import Timestamp
from google.rpc import status_pb2

from services.common.dates import to_timestamp
from services.common.errors import ServiceError
from services.gateway.limits import fit_error
from services.gateway.projection import Projection
from services.gateway.store.database import Transaction
from services.gateway.store.tables import RUN_EVENTS, RUNS
from services.gateway.transition import Announce, Effect, Life, LifeEvent, Phase, State, Then, transition
from services.gateway.words import status_text
from zac.gateway.v1 import run_pb2

__all__ = ["RunLog", "columns", "open_run", "read_life", "run_not_found"]


class RunLog:
    """A run opened for writing: collects events, each at once folded into the run."""

    def __init__(self, transaction: Transaction, run_id: str, life: Life, projection: Projection) -> None:
        self._transaction = transaction
        self._moment = to_timestamp(transaction.now)
        self._rows: list[dict[str, Any]] = []
        self.run_id = run_id
        self.life = life
        self.projection = projection

    def announce(self, error: status_pb2.Status | None = None) -> None:
        """Appends the run's present state."""
        partial = self.projection.run.result.partial
        text = status_text(self.life.state, self.life.phase, partial=partial)
        change = run_pb2.RunStateChanged(
            state=cast("run_pb2.RunState.ValueType", self.life.state),
            phase=cast("run_pb2.RunPhase.ValueType", self.life.phase),
            status_text=text,
        )
        if error is not None:
            change.error.CopyFrom(fit_error(error))
        self.append(run_pb2.RunEvent(state_changed=change))

    def append(self, event: run_pb2.RunEvent) -> None:
        event.sequence = self.projection.run.latest_sequence + 1
        if not event.HasField("event_time"):
            event.event_time.CopyFrom(self._moment)
        self.projection.fold(event)
        self._rows.append({"run_id": self.run_id, "sequence": event.sequence, "event": event.SerializeToString()})

    def live(self, event: LifeEvent) -> list[Effect]:
        """Applies an event of the run's life with all that follows from it; gives back what is not done here."""
        outcome = transition(self.life, event)
        self.life = outcome.life
        left: list[Effect] = []
        for effect in outcome.effects:
            match effect:
                case Announce(error):
                    self.announce(error)
                case Then(following):
                    left += self.live(following)
                case _:
                    left.append(effect)
        return left

    def save(self, values: dict[str, Any]) -> None:
        """Writes the events, the run and the other column `values`."""
        if self._rows:
            self._transaction.connection.execute(sa.insert(RUN_EVENTS), self._rows)
        self._transaction.connection.execute(
            sa.update(RUNS).where(RUNS.c.run_id == self.run_id).values(**columns(self.life, self.projection), **values)
        )
        self._transaction.changed.add(self.run_id)


def read_life(transaction: Transaction, run_id: str) -> Life:
    """Raises NOT_FOUND RUN_NOT_FOUND."""
    row = transaction.connection.execute(sa.select(RUNS).where(RUNS.c.run_id == run_id)).one_or_none()
    if row is None:
        raise run_not_found(run_id)
    return _life(row)


def open_run(transaction: Transaction, row: sa.Row[Any]) -> RunLog:
    """Opens the run of a row of the runs table."""
    projection = Projection(run_pb2.Run.FromString(row.snapshot), Timestamp.FromString(row.phase_since))
    return RunLog(transaction, row.run_id, _life(row), projection)


def _life(row: sa.Row[Any]) -> Life:
    return Life(State(row.state), Phase(row.phase), row.attempt, row.cancel_requested, row.keep_partial)


def run_not_found(run_id: str, hint: str = "") -> ServiceError:
    shown = run_id[:64]
    return ServiceError.not_found(
        "RUN_NOT_FOUND", f"there is no run {shown!r}{hint}", resource=("run", shown), metadata={"run_id": shown}
    )


def columns(life: Life, projection: Projection) -> dict[str, Any]:
    """Column values that follow from a run's life and message."""
    return {
        "state": int(life.state),
        "phase": int(life.phase),
        "attempt": life.attempt,
        "cancel_requested": life.cancel_requested,
        "keep_partial": life.keep_partial,
        "latest_sequence": projection.run.latest_sequence,
        "config_hash": projection.run.config_hash,
        "phase_since": projection.phase_since.SerializeToString(),
        "snapshot": projection.run.SerializeToString(),
    }
