"""Following a run to its end, through Ctrl-C, SIGTERM and a time limit."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum

from services.cli.client import Client, is_terminal
from services.cli.console import Screen
from services.cli.interruption import Choice, OnInterrupt, ask, choice_for
from services.cli.pump import Pump
from services.cli.signals import SignalRecorder
from services.cli.views import RunView
from services.common.errors import ServiceError
from zac.gateway.v1.backtest_service_pb2 import CreateRunResponse, WatchRunResponse

__all__ = ["Cause", "FollowOptions", "Followed", "follow"]

POLL_S = 0.1
# The contract gives a cancel two seconds; whatever takes longer is left to the gateway.
CANCEL_TIMEOUT_S = 5.0

Start = Callable[[Client], CreateRunResponse]
_Message = CreateRunResponse | WatchRunResponse


class Cause(Enum):
    """Why a run was no longer followed, or had to end."""

    INTERRUPT = signal.SIGINT
    TERMINATE = signal.SIGTERM
    TIMEOUT = "timeout"


@dataclass(frozen=True, slots=True)
class FollowOptions:
    """`can_detach` is false when the run cannot outlive the command."""

    on_interrupt: OnInterrupt = OnInterrupt.ask
    can_detach: bool = True
    timeout_s: float | None = None


@dataclass(frozen=True, slots=True)
class Followed:
    """`ended`: the run's terminal event was seen. `cause` is None when nothing but the run's own end ended it."""

    run_id: str
    ended: bool
    cause: Cause | None
    detached: bool = False


def follow(address: str, start: Start | str, view: RunView, screen: Screen, options: FollowOptions) -> Followed:
    """Create a run with `start`, or take one by its id, and follow it until it has ended or is let go.

    Creating is part of it, so that no interruption can leave a run behind that nobody knows of. Raises ServiceError.
    """
    with Client(address) as watching, Client(address) as client, SignalRecorder() as signals:
        source = _messages(watching, start)
        with Pump(source, watching.close) as pump:
            follower = _Follower(client, pump, signals, view, screen, options)
            if isinstance(start, str):
                follower.run_id = start
            try:
                return follower.run()
            except ServiceError as error:
                error.metadata.setdefault("run_id", follower.run_id)
                raise
            finally:
                follower.close()


def _messages(client: Client, start: Start | str) -> Iterator[_Message]:
    if isinstance(start, str):
        run_id = start
    else:
        created = start(client)
        yield created
        run_id = created.run.run_id
    yield from client.watch(run_id)


class _Follower:
    def __init__(
        self,
        client: Client,
        pump: Pump[_Message],
        signals: SignalRecorder,
        view: RunView,
        screen: Screen,
        options: FollowOptions,
    ) -> None:
        self.run_id = ""
        self._client = client
        self._pump = pump
        self._signals = signals
        self._view = view
        self._screen = screen
        self._options = options
        self._ended = False
        self._cause: Cause | None = None
        self._wanted: Choice | None = None  # decided before the run's id was known
        self._give_up_at: float | None = None  # set with a cancel
        self._deadline = None if options.timeout_s is None else time.monotonic() + options.timeout_s

    def run(self) -> Followed:
        while True:
            message = self._pump.take(POLL_S)
            if message is not None:
                self._show(message)
            elif self._pump.is_exhausted:
                self._ended = True  # a run that had ended before the watch began
            if self._ended:
                return Followed(self.run_id, ended=True, cause=self._cause)
            leaving = self._look_around()
            if leaving is not None:
                return leaving

    def close(self) -> None:
        """Leave no run behind that could not be come back to."""
        if self.run_id and not self._ended and self._cause is None and not self._options.can_detach:
            with suppress(ServiceError):  # what made us leave may be that nobody answers
                self._cancel(Choice.CANCEL)

    def _show(self, message: _Message) -> None:
        if isinstance(message, CreateRunResponse):
            self.run_id = message.run.run_id
            self._view.created(message.run, existing=message.existing)
            if self._wanted is not None:
                self._cancel(self._wanted)
        elif message.HasField("snapshot"):
            self._view.snapshot(message.snapshot)
        elif message.HasField("event"):
            self._view.event(message.event)
            self._ended = is_terminal(message.event)

    def _look_around(self) -> Followed | None:
        """Signals and clocks; gives the outcome when it is time to leave."""
        now = time.monotonic()
        number = self._signals.take()
        if number is not None:
            return self._on_signal(number)
        if self._give_up_at is not None and now >= self._give_up_at:
            return self._leave(detached=False)
        if self._cause is None and self._deadline is not None and now >= self._deadline:
            return self._on_timeout()
        return None

    def _on_signal(self, number: signal.Signals) -> Followed | None:
        if self._cause is not None:
            # Somebody insists: what was asked for is under way at the gateway, waiting for it is not needed.
            self._cause = Cause(number)
            return self._leave(detached=False)
        cause, options = Cause(number), self._options
        choice = choice_for(options.on_interrupt, can_detach=options.can_detach)
        if cause is Cause.INTERRUPT and options.on_interrupt is OnInterrupt.ask and self._screen.is_interactive:
            self._view.pause()
            choice = ask(self._signals, lambda: self._pump.has_ended, can_detach=options.can_detach)
            self._view.resume()
            if choice is Choice.GO_ON:
                return None
        elif options.on_interrupt is OnInterrupt.detach and not options.can_detach:
            self._screen.note("the stack ends with this command, so the run cannot go on: it is cancelled")
        self._cause = cause
        return self._leave(detached=True) if choice is Choice.DETACH else self._stop(choice)

    def _on_timeout(self) -> Followed | None:
        self._cause = Cause.TIMEOUT
        policy, can_detach = self._options.on_interrupt, self._options.can_detach
        if can_detach and policy in (OnInterrupt.ask, OnInterrupt.detach):
            return self._leave(detached=True)
        return self._stop(choice_for(policy, can_detach=can_detach))

    def _stop(self, choice: Choice) -> Followed | None:
        self._give_up_at = time.monotonic() + CANCEL_TIMEOUT_S
        if self.run_id:
            self._cancel(choice)
        else:
            self._wanted = choice
        return None

    def _cancel(self, choice: Choice) -> None:
        self._client.cancel(self.run_id, keep_partial_results=choice is Choice.KEEP)

    def _leave(self, *, detached: bool) -> Followed:
        return Followed(self.run_id, ended=False, cause=self._cause, detached=detached)
