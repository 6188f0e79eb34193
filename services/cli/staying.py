"""Keeping a stack up until somebody ends it."""

from __future__ import annotations

import time
from signal import SIGTERM

from services.cli.console import Screen
from services.cli.exits import ExitCode
from services.cli.failures import CliError
from services.cli.signals import SignalRecorder
from services.cli.stack import Stack

__all__ = ["stay_up"]

POLL_S = 0.2


def stay_up(stack: Stack, screen: Screen) -> ExitCode:
    """Wait for Ctrl-C, SIGTERM, or a service that was given up, and give the exit code of each."""
    with SignalRecorder() as signals:
        while True:
            number = signals.take()
            if number is not None:
                return ExitCode.TERMINATED if number is SIGTERM else ExitCode.DONE
            try:
                stack.check()
            except CliError as error:
                # The result, the addresses, was printed long ago: this is for people only.
                for line in error.failure.lines():
                    screen.complain(line)
                return error.failure.exit_code
            time.sleep(POLL_S)
