"""What becomes of a run when whoever watches it is interrupted."""

from __future__ import annotations

import select
import signal
import sys
from collections.abc import Callable
from enum import StrEnum

from services.cli.signals import SignalRecorder

__all__ = ["Choice", "OnInterrupt", "ask", "choice_for"]

POLL_S = 0.1


class OnInterrupt(StrEnum):
    """The option's values; `ask` asks on a terminal and cancels elsewhere."""

    ask = "ask"
    cancel = "cancel"
    keep = "keep"
    detach = "detach"


class Choice(StrEnum):
    CANCEL = "cancel"
    KEEP = "keep"
    DETACH = "detach"
    GO_ON = "go on"


def choice_for(policy: OnInterrupt, *, can_detach: bool) -> Choice:
    """What a policy means where nobody is asked. A stack that ends with the command leaves no run to come back to."""
    if policy is OnInterrupt.detach:
        return Choice.DETACH if can_detach else Choice.CANCEL
    return Choice.KEEP if policy is OnInterrupt.keep else Choice.CANCEL


def ask(signals: SignalRecorder, has_ended: Callable[[], bool], *, can_detach: bool) -> Choice:
    """Ask on the terminal; a second Ctrl-C takes the default at once.

    The end of the run and SIGTERM make the question void: GO_ON, to whoever deals with them.
    """
    if can_detach:
        default = Choice.DETACH
        question = "[d]etach (default) · [c]ancel · cancel and [k]eep partial results"
    else:
        default = Choice.CANCEL
        question = (
            "[c]ancel (default) · cancel and [k]eep partial results · [g]o on\n"
            "(no detaching: the stack was started by this command and ends with it)"
        )
    choices = {"d": Choice.DETACH, "c": Choice.CANCEL, "k": Choice.KEEP, "g": Choice.GO_ON, "": default}
    if not can_detach:
        del choices["d"]
    while True:
        print(f"\nBacktest still running. {question}: ", end="", file=sys.stderr, flush=True)
        line = _read_line(signals, has_ended)
        if line is None:
            print(file=sys.stderr, flush=True)
            return Choice.GO_ON if has_ended() or signals.has_any else default
        choice = choices.get(line.strip().lower()[:1])
        if choice is not None:
            return choice


def _read_line(signals: SignalRecorder, has_ended: Callable[[], bool]) -> str | None:
    """A line from the terminal, or None on a signal, at its end, or when the run has ended."""
    while not has_ended():
        number = signals.take()
        if number is signal.SIGTERM:
            signals.put_back(number)
        if number is not None:
            return None
        if select.select([sys.stdin], [], [], POLL_S)[0]:
            return sys.stdin.readline() or None
    return None
