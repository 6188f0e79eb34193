"""The state machine, over every state and event."""

from __future__ import annotations

import itertools

import pytest
from google.rpc import status_pb2
from hypothesis import given, settings
from hypothesis import strategies as st

from services.gateway.transition import (
    MAX_ATTEMPTS,
    SETTLED,
    Announce,
    CancelRequested,
    Failed,
    Leased,
    Life,
    LifeEvent,
    LossResolved,
    Phase,
    PhaseEntered,
    State,
    Stopped,
    StopWork,
    Succeeded,
    Then,
    WorkerLost,
    transition,
)
from services.gateway.words import status_text

ERROR = status_pb2.Status(code=14, message="gone")
EVENTS: list[LifeEvent] = [
    Leased(),
    *[PhaseEntered(phase) for phase in Phase],
    CancelRequested(),
    CancelRequested(keep_partial=True),
    Succeeded(),
    Failed(ERROR),
    Stopped(),
    WorkerLost(ERROR),
    LossResolved(ERROR),
]
LIVES = [
    Life(state, phase, attempt, cancel_requested, keep_partial)
    for state, phase, attempt, cancel_requested, keep_partial in itertools.product(
        State, Phase, (1, MAX_ATTEMPTS), (False, True), (False, True)
    )
]
# The arrows of the design; staying is always allowed.
ARROWS = {
    State.QUEUED: {State.RUNNING, State.CANCELLING},
    State.RUNNING: {State.SUCCEEDED, State.FAILED, State.CANCELLING, State.LOST},
    State.CANCELLING: {State.CANCELLED, State.SUCCEEDED, State.LOST},
    State.LOST: {State.QUEUED, State.FAILED},
    State.SUCCEEDED: set(),
    State.FAILED: set(),
    State.CANCELLED: set(),
}


@pytest.mark.parametrize("event", EVENTS, ids=str)
@pytest.mark.parametrize("state", State)
def test_every_state_has_an_answer_to_every_event(state: State, event: LifeEvent) -> None:
    for life in LIVES:
        if life.state is not state:
            continue
        outcome = transition(life, event)
        after = outcome.life
        assert after.state is state or after.state in ARROWS[state]
        assert after.attempt >= life.attempt
        announced = [effect for effect in outcome.effects if isinstance(effect, Announce)]
        moved = (after.state, after.phase, after.attempt) != (life.state, life.phase, life.attempt)
        assert len(announced) == moved  # what moves is told once, what does not move is not told
        assert transition(life, event) == outcome
        if life.settled:
            assert outcome == type(outcome)(life)


@pytest.mark.parametrize(
    ("life", "event", "state", "effects"),
    [
        (Life(State.QUEUED), Leased(), State.RUNNING, (Announce(),)),
        (Life(State.QUEUED), CancelRequested(), State.CANCELLING, (Announce(), Then(Stopped()))),
        (Life(State.RUNNING), CancelRequested(), State.CANCELLING, (Announce(), StopWork())),
        (Life(State.RUNNING), Succeeded(), State.SUCCEEDED, (Announce(),)),
        (Life(State.RUNNING), Failed(ERROR), State.FAILED, (Announce(ERROR),)),
        (Life(State.RUNNING), Stopped(), State.CANCELLING, (Announce(), Then(Stopped()))),
        (Life(State.RUNNING), WorkerLost(ERROR), State.LOST, (Announce(), Then(LossResolved(ERROR)))),
        (Life(State.CANCELLING), Stopped(), State.CANCELLED, (Announce(),)),
        (Life(State.CANCELLING), Failed(ERROR), State.CANCELLED, (Announce(),)),
        (Life(State.CANCELLING), Succeeded(), State.SUCCEEDED, (Announce(),)),
        (Life(State.CANCELLING), CancelRequested(), State.CANCELLING, ()),
        (Life(State.LOST), LossResolved(ERROR), State.QUEUED, (Announce(),)),
        (Life(State.LOST, attempt=MAX_ATTEMPTS), LossResolved(ERROR), State.FAILED, (Announce(ERROR),)),
        (Life(State.LOST, cancel_requested=True), LossResolved(ERROR), State.FAILED, (Announce(ERROR),)),
        (Life(State.CANCELLED), CancelRequested(), State.CANCELLED, ()),
        (Life(State.SUCCEEDED), WorkerLost(ERROR), State.SUCCEEDED, ()),
    ],
)
def test_the_table(life: Life, event: LifeEvent, state: State, effects: tuple[object, ...]) -> None:
    outcome = transition(life, event)
    assert outcome.life.state is state
    assert outcome.effects == effects


def test_phases_only_go_forward() -> None:
    life = transition(Life(State.QUEUED), Leased()).life
    assert life.phase is Phase.CHECKING_DATA
    life = transition(life, PhaseEntered(Phase.SIMULATING)).life
    assert life.phase is Phase.SIMULATING
    assert transition(life, PhaseEntered(Phase.DOWNLOADING_DATA)).effects == ()


def test_a_cancelling_run_remembers_its_phase_and_keeps_what_either_asked_to_keep() -> None:
    life = transition(Life(State.RUNNING, Phase.SIMULATING), CancelRequested(keep_partial=True)).life
    assert (life.phase, life.keep_partial, life.cancel_requested) == (Phase.SIMULATING, True, True)
    assert transition(Life(State.RUNNING, keep_partial=True), CancelRequested()).life.keep_partial


def live(life: Life, event: LifeEvent) -> tuple[Life, list[State]]:
    """A life after an event and all that follows, with the states told on the way."""
    outcome = transition(life, event)
    told = []
    life = outcome.life
    for effect in outcome.effects:
        if isinstance(effect, Announce):
            told.append(life.state)
        elif isinstance(effect, Then):
            life, more = live(life, effect.event)
            told += more
    return life, told


@settings(deadline=None)
@given(st.lists(st.sampled_from(EVENTS), max_size=40))
def test_any_history_follows_the_arrows_and_ends_once(events: list[LifeEvent]) -> None:
    life, told = Life(State.QUEUED), [State.QUEUED]
    for event in events:
        life, more = live(life, event)
        told += more
    for before, after in itertools.pairwise(told):
        assert after is before or after in ARROWS[before]
    assert sum(state in SETTLED for state in told) <= 1
    assert life.state is not State.LOST  # lost runs are decided upon at once
    assert life.attempt <= MAX_ATTEMPTS
    if State.CANCELLING in told:
        assert told[-1] in {State.CANCELLING, State.CANCELLED, State.SUCCEEDED, State.FAILED}


@settings(deadline=None)
@given(st.lists(st.sampled_from(EVENTS), max_size=20))
def test_whatever_happened_a_cancel_and_the_end_of_the_work_settle_a_run(events: list[LifeEvent]) -> None:
    life = Life(State.QUEUED)
    for event in [*events, CancelRequested(), Stopped()]:
        life, _ = live(life, event)
    assert life.settled


def test_words() -> None:
    assert {status_text(State.RUNNING, phase, partial=False) for phase in Phase} == {
        "Running",
        "Checking Data",
        "Downloading Data",
        "Starting Engine",
        "Completing",
    }
    others = [status_text(state, Phase.SIMULATING, partial=False) for state in State if state is not State.RUNNING]
    assert others == ["Queued", "Cancelling", "Lost", "Completed", "Failed", "Cancelled"]
    assert status_text(State.CANCELLED, Phase.NONE, partial=True) == "Cancelled – partial results kept"
