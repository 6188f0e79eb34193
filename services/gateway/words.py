"""The words people read for a run's state: one table for API, CLI and pages."""

from __future__ import annotations

from services.gateway.transition import Phase, State

__all__ = ["status_text"]

_STATES = {
    State.QUEUED: "Queued",
    State.RUNNING: "Running",
    State.CANCELLING: "Cancelling",
    State.LOST: "Lost",
    State.SUCCEEDED: "Completed",
    State.FAILED: "Failed",
    State.CANCELLED: "Cancelled",
}
_PHASES = {
    Phase.CHECKING_DATA: "Checking Data",
    Phase.DOWNLOADING_DATA: "Downloading Data",
    Phase.STARTING_ENGINE: "Starting Engine",
    Phase.SIMULATING: "Running",
    Phase.COLLECTING: "Completing",
}


def status_text(state: State, phase: Phase, *, partial: bool) -> str:
    """The words for a state and a phase; `partial` says that partial results were kept."""
    if state is State.RUNNING and phase in _PHASES:
        return _PHASES[phase]
    if state is State.CANCELLED and partial:
        return "Cancelled – partial results kept"
    return _STATES[state]
