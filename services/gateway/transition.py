"""The life of a run: one pure function from a state and an event to the next state, total over both.

    QUEUED → RUNNING → SUCCEEDED | FAILED
    QUEUED | RUNNING → CANCELLING → CANCELLED
    RUNNING | CANCELLING → LOST → QUEUED | FAILED

An event that means nothing in a state leaves the run as it is. Side effects are returned, not done.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import IntEnum

from google.rpc import status_pb2

from zac.gateway.v1 import run_pb2

__all__ = [
    "MAX_ATTEMPTS",
    "SETTLED",
    "Announce",
    "CancelRequested",
    "Effect",
    "Failed",
    "Leased",
    "Life",
    "LifeEvent",
    "LossResolved",
    "Phase",
    "PhaseEntered",
    "State",
    "StopWork",
    "Stopped",
    "Succeeded",
    "Then",
    "Transition",
    "WorkerLost",
    "transition",
]

# A run whose worker vanished without a trace gets one more chance; twice is no accident.
MAX_ATTEMPTS = 2


class State(IntEnum):
    """States of a run, numbered as on the wire."""

    QUEUED = run_pb2.RUN_STATE_QUEUED
    RUNNING = run_pb2.RUN_STATE_RUNNING
    CANCELLING = run_pb2.RUN_STATE_CANCELLING
    LOST = run_pb2.RUN_STATE_LOST
    SUCCEEDED = run_pb2.RUN_STATE_SUCCEEDED
    FAILED = run_pb2.RUN_STATE_FAILED
    CANCELLED = run_pb2.RUN_STATE_CANCELLED


class Phase(IntEnum):
    """What a running run is doing, in the order it happens, numbered as on the wire."""

    NONE = run_pb2.RUN_PHASE_UNSPECIFIED
    CHECKING_DATA = run_pb2.RUN_PHASE_CHECKING_DATA
    DOWNLOADING_DATA = run_pb2.RUN_PHASE_DOWNLOADING_DATA
    STARTING_ENGINE = run_pb2.RUN_PHASE_STARTING_ENGINE
    SIMULATING = run_pb2.RUN_PHASE_SIMULATING
    COLLECTING = run_pb2.RUN_PHASE_COLLECTING


SETTLED = frozenset({State.SUCCEEDED, State.FAILED, State.CANCELLED})


@dataclass(frozen=True, slots=True)
class Life:
    """What decides how a run goes on."""

    state: State
    phase: Phase = Phase.NONE
    attempt: int = 1
    cancel_requested: bool = False
    keep_partial: bool = False

    @property
    def settled(self) -> bool:
        return self.state in SETTLED


@dataclass(frozen=True, slots=True)
class Leased:
    """The scheduler took the run from the queue."""


@dataclass(frozen=True, slots=True)
class PhaseEntered:
    """The run got on to a phase; phases never go back within an attempt."""

    phase: Phase


@dataclass(frozen=True, slots=True)
class CancelRequested:
    """Somebody wants the run to stop."""

    keep_partial: bool = False


@dataclass(frozen=True, slots=True)
class Succeeded:
    """The simulation ended and its results are verified."""


@dataclass(frozen=True, slots=True)
class Failed:
    """The run cannot go on."""

    error: status_pb2.Status


@dataclass(frozen=True, slots=True)
class Stopped:
    """Nothing works on the run any more, before its end."""


@dataclass(frozen=True, slots=True)
class WorkerLost:
    """Whoever worked on the run is gone, nobody knows why; `error` is kept if that is final."""

    error: status_pb2.Status


@dataclass(frozen=True, slots=True)
class LossResolved:
    """It is time to decide what becomes of a lost run."""

    error: status_pb2.Status


LifeEvent = Leased | PhaseEntered | CancelRequested | Succeeded | Failed | Stopped | WorkerLost | LossResolved


@dataclass(frozen=True, slots=True)
class Announce:
    """Append the new state to the run's event log, with the error if the run failed."""

    error: status_pb2.Status | None = None


@dataclass(frozen=True, slots=True)
class Then:
    """Apply a further event in the same transaction."""

    event: LifeEvent


@dataclass(frozen=True, slots=True)
class StopWork:
    """Stop whatever works on the run."""


Effect = Announce | Then | StopWork


@dataclass(frozen=True, slots=True)
class Transition:
    """A run's life after an event, and what is to be done, in this order."""

    life: Life
    effects: tuple[Effect, ...] = ()


def transition(life: Life, event: LifeEvent) -> Transition:
    """Decides how a run goes on. Never raises; gives the same life and no effects for an event without meaning."""
    decide = _BY_STATE.get(life.state)
    return (decide(life, event) if decide else None) or Transition(life)


def _when_queued(life: Life, event: LifeEvent) -> Transition | None:
    match event:
        case Leased():
            return _announced(replace(life, state=State.RUNNING, phase=Phase.CHECKING_DATA))
        case CancelRequested(keep_partial):
            return Transition(_cancelling(life, keep_partial), (Announce(), Then(Stopped())))
    return None


def _when_running(life: Life, event: LifeEvent) -> Transition | None:
    match event:
        case PhaseEntered(phase) if phase > life.phase:
            return _announced(replace(life, phase=phase))
        case CancelRequested(keep_partial):
            return Transition(_cancelling(life, keep_partial), (Announce(), StopWork()))
        case Succeeded():
            return _settled(life, State.SUCCEEDED)
        case Failed(error):
            return _settled(life, State.FAILED, error)
        case Stopped():  # behind our back, directly at the runner
            return Transition(_cancelling(life, keep_partial=False), (Announce(), Then(Stopped())))
        case WorkerLost(error):
            return _lost(life, error)
    return None


def _when_cancelling(life: Life, event: LifeEvent) -> Transition | None:
    match event:
        case Succeeded():  # a cancel that came too late does not undo what is complete
            return _settled(life, State.SUCCEEDED)
        case Stopped() | Failed():
            return _settled(life, State.CANCELLED)
        case WorkerLost(error):
            return _lost(life, error)
    return None


def _when_lost(life: Life, event: LifeEvent) -> Transition | None:
    match event:
        case CancelRequested():
            return Transition(replace(life, cancel_requested=True))
        case LossResolved(error):
            if life.cancel_requested or life.attempt >= MAX_ATTEMPTS:
                return _settled(life, State.FAILED, error)
            return _announced(replace(life, state=State.QUEUED, attempt=life.attempt + 1))
    return None


def _announced(life: Life) -> Transition:
    return Transition(life, (Announce(),))


def _cancelling(life: Life, keep_partial: bool) -> Life:
    keep = life.keep_partial or keep_partial
    return replace(life, state=State.CANCELLING, cancel_requested=True, keep_partial=keep)


def _lost(life: Life, error: status_pb2.Status) -> Transition:
    return Transition(replace(life, state=State.LOST, phase=Phase.NONE), (Announce(), Then(LossResolved(error))))


def _settled(life: Life, state: State, error: status_pb2.Status | None = None) -> Transition:
    return Transition(replace(life, state=state, phase=Phase.NONE), (Announce(error),))


_BY_STATE: dict[State, Callable[[Life, LifeEvent], Transition | None]] = {
    State.QUEUED: _when_queued,
    State.RUNNING: _when_running,
    State.CANCELLING: _when_cancelling,
    State.LOST: _when_lost,
}
