"""Ctrl-C, SIGTERM and --timeout while a run is followed, with and without a terminal."""

from __future__ import annotations

import json
import os
import pty
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

Zac = Any
Gateway = Any
Eventually = Callable[..., Any]

# Gives the process the pseudo-terminal as its own, so that a Ctrl-C typed there becomes SIGINT; no fork beside gRPC.
ON_TERMINAL = """
import fcntl, os, sys, termios
os.setsid()
fcntl.ioctl(2, termios.TIOCSCTTY, 0)
os.execv(sys.executable, [sys.executable, "-m", "services.cli", *sys.argv[1:]])
"""


class Terminal:
    """A `zac` process whose standard input and error are a terminal."""

    def __init__(self, process: subprocess.Popen[str], descriptor: int) -> None:
        self.process = process
        self.screen = ""
        self._descriptor = descriptor

    def type(self, text: str) -> None:
        os.write(self._descriptor, text.encode())

    def wait_for(self, text: str, timeout_s: float = 20) -> None:
        """Read until the screen shows `text` after what was waited for before."""
        deadline = time.monotonic() + timeout_s
        seen = len(self.screen)
        while text not in self.screen[seen:]:
            left_s = deadline - time.monotonic()
            assert left_s > 0, f"no {text!r} in {self.screen!r}"
            self.read(left_s)

    def read(self, timeout_s: float) -> bool:
        if not select.select([self._descriptor], [], [], timeout_s)[0]:
            return False
        try:
            part = os.read(self._descriptor, 65536)
        except OSError:  # the other side has closed it
            return False
        self.screen += part.decode(errors="replace")
        return bool(part)

    def end(self, timeout_s: float = 20) -> tuple[int, str]:
        """Exit code and standard output."""
        stdout, _ = self.process.communicate(timeout=timeout_s)
        while self.read(0.05):
            pass
        return self.process.returncode, stdout


@contextmanager
def on_terminal(zac: Zac, *arguments: str, **variables: str) -> Iterator[Terminal]:
    controller, terminal = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", ON_TERMINAL, *arguments],
        env=zac.environment | {"TERM": "xterm", "COLUMNS": "100"} | variables,
        stdin=terminal,
        stdout=subprocess.PIPE,
        stderr=terminal,
        text=True,
    )
    os.close(terminal)
    try:
        with process:
            yield Terminal(process, controller)
    finally:
        process.kill()
        os.close(controller)


@pytest.fixture
def following(zac: Zac, gateway: Gateway, eventually: Eventually) -> Callable[..., subprocess.Popen[str]]:
    """Starts `zac run Endless` without a terminal and returns once it watches."""

    def start(*options: str, strategy: str = "Endless") -> subprocess.Popen[str]:
        process: subprocess.Popen[str] = zac.start("run", strategy, "--server", gateway.address, *options)
        eventually(lambda: gateway.watched or process.poll() is not None, timeout_s=20)
        return process

    return start


@pytest.mark.parametrize(
    ("number", "exit_code", "code"), [(signal.SIGINT, 130, "INTERRUPTED"), (signal.SIGTERM, 143, "TERMINATED")]
)
def test_without_a_terminal_a_signal_cancels_the_run(
    gateway: Gateway, following: Any, number: signal.Signals, exit_code: int, code: str
) -> None:
    process = following("-o", "json")
    process.send_signal(number)
    stdout, _ = process.communicate(timeout=20)
    assert process.returncode == exit_code
    document = json.loads(stdout)
    assert (document["state"], document["error"]["code"]) == ("CANCELLED", code)
    assert gateway.played[0].cancels == [False]


def test_keep_on_interrupt_keeps_partial_results(gateway: Gateway, following: Any) -> None:
    process = following("-o", "json", "--on-interrupt", "keep")
    process.send_signal(signal.SIGINT)
    stdout, stderr = process.communicate(timeout=20)
    document = json.loads(stdout)
    assert (process.returncode, document["partial"], document["simulated_until"]) == (130, True, "2025-10-03")
    assert gateway.played[0].cancels == [True]
    assert "partial results are kept" in stderr


def test_detach_on_interrupt_leaves_the_run(gateway: Gateway, following: Any) -> None:
    process = following("-o", "json", "--on-interrupt", "detach")
    process.send_signal(signal.SIGINT)
    stdout, _ = process.communicate(timeout=20)
    document = json.loads(stdout)
    assert (process.returncode, document["state"]) == (130, "RUNNING")
    assert document["error"]["hint"] == f"zac runs watch {document['run_id']}"
    assert gateway.played[0].cancels == []


def test_an_interrupt_before_the_run_exists_leaves_no_run_behind(
    zac: Zac, gateway: Gateway, eventually: Eventually
) -> None:
    with zac.start("run", "Gated", "--server", gateway.address, "-o", "json") as process:
        eventually(lambda: gateway.created, timeout_s=20)
        process.send_signal(signal.SIGINT)
        time.sleep(0.3)  # the signal must find the call still open
        gateway.gate.set()
        stdout, _ = process.communicate(timeout=20)
    assert process.returncode == 130
    assert json.loads(stdout)["state"] == "CANCELLED"
    assert gateway.played[0].cancels == [False]


def test_a_second_interrupt_does_not_wait_for_the_cancel(
    gateway: Gateway, following: Any, eventually: Eventually
) -> None:
    process = following("-o", "json", strategy="Stubborn")
    process.send_signal(signal.SIGINT)
    eventually(lambda: gateway.played[0].cancels)
    asked = time.monotonic()
    process.send_signal(signal.SIGINT)
    stdout, _ = process.communicate(timeout=20)
    assert time.monotonic() - asked < 2
    document = json.loads(stdout)
    assert (process.returncode, document["state"]) == (130, "CANCELLING")


def test_a_cancel_that_never_ends_is_not_waited_for_without_end(gateway: Gateway, following: Any) -> None:
    process = following(strategy="Stubborn")
    process.send_signal(signal.SIGTERM)
    _, stderr = process.communicate(timeout=20)
    assert process.returncode == 143
    assert "the run is being cancelled" in stderr


def test_a_time_limit_leaves_the_run_by_default(zac: Zac, gateway: Gateway) -> None:
    done = zac("run", "Endless", "--server", gateway.address, "--timeout", "1s", "-o", "json")
    assert done.returncode == 124
    document = json.loads(done.stdout)
    assert (document["state"], document["error"]["code"]) == ("RUNNING", "TIMED_OUT")
    assert gateway.played[0].cancels == []


@pytest.mark.parametrize(("policy", "keeps"), [("cancel", False), ("keep", True)])
def test_a_time_limit_cancels_when_told_to(zac: Zac, gateway: Gateway, policy: str, keeps: bool) -> None:
    done = zac(
        "run", "Endless", "--server", gateway.address, "--timeout", "1s", "--on-interrupt", policy, "-o", "jsonl"
    )
    assert done.returncode == 124
    assert json.loads(done.stdout.splitlines()[-1])["state_changed"]["state"] == "RUN_STATE_CANCELLED"
    assert gateway.played[0].cancels == [keeps]


@pytest.mark.parametrize(
    ("answer", "cancels", "state"),
    [
        ("d\n", [], "RUNNING"),
        ("\n", [], "RUNNING"),
        ("x\nc\n", [False], "CANCELLED"),
        ("k\n", [True], "CANCELLED"),
        ("\x03", [], "RUNNING"),
    ],
)
def test_ctrl_c_on_a_terminal_asks(zac: Zac, gateway: Gateway, answer: str, cancels: list[bool], state: str) -> None:
    with on_terminal(zac, "run", "Endless", "--server", gateway.address, "-o", "json") as terminal:
        terminal.wait_for("12%")
        terminal.type("\x03")
        terminal.wait_for("Backtest still running. [d]etach (default) · [c]ancel · cancel and [k]eep partial results")
        terminal.type(answer)
        exit_code, stdout = terminal.end()
    assert exit_code == 130
    assert json.loads(stdout)["state"] == state
    assert gateway.played[0].cancels == cancels


def test_a_run_that_ends_while_the_question_stands_answers_it(zac: Zac, gateway: Gateway) -> None:
    with on_terminal(zac, "run", "Endless", "--server", gateway.address, "-o", "json") as terminal:
        terminal.wait_for("12%")
        terminal.type("\x03")
        terminal.wait_for("Backtest still running.")
        gateway.played[0].result()
        gateway.played[0].state(5, "Completed")
        exit_code, stdout = terminal.end()
    assert (exit_code, json.loads(stdout)["state"]) == (0, "SUCCEEDED")


def test_sigterm_while_the_question_stands_cancels(zac: Zac, gateway: Gateway) -> None:
    with on_terminal(zac, "run", "Endless", "--server", gateway.address, "-o", "json") as terminal:
        terminal.wait_for("12%")
        terminal.type("\x03")
        terminal.wait_for("Backtest still running.")
        terminal.process.send_signal(signal.SIGTERM)
        exit_code, stdout = terminal.end()
    assert (exit_code, json.loads(stdout)["state"]) == (143, "CANCELLED")


@pytest.mark.parametrize(("answer", "cancels", "state"), [("n\n", [], "RUNNING"), ("y\n", [True], "CANCELLED")])
def test_runs_cancel_asks_on_a_terminal(
    zac: Zac, gateway: Gateway, answer: str, cancels: list[bool], state: str
) -> None:
    zac("run", "Endless", "--server", gateway.address, "--detach")
    command = ("runs", "cancel", "@last", "--keep-partial", "--server", gateway.address, "-o", "json")
    with on_terminal(zac, *command) as terminal:
        terminal.wait_for("Cancel backtest? Partial results will be kept.")
        terminal.type(answer)
        exit_code, stdout = terminal.end()
    assert (exit_code, json.loads(stdout)["state"]) == (0, state)
    assert gateway.played[0].cancels == cancels


def test_a_terminal_gets_bars(zac: Zac, gateway: Gateway) -> None:
    with on_terminal(zac, "run", "Quick", "--server", gateway.address) as terminal:
        assert terminal.end()[0] == 0
        assert "━" in terminal.screen
        assert "\x1b[32m" in terminal.screen
        assert "✓ Checking Data" in terminal.screen
        assert "7 trades" in terminal.screen
        assert "✓ Completed in 2.0 s" in terminal.screen


@pytest.mark.parametrize(("options", "variables"), [((), {"NO_COLOR": "1"}), (("--no-color",), {})])
def test_no_colour_when_not_wanted(
    zac: Zac, gateway: Gateway, options: tuple[str, ...], variables: dict[str, str]
) -> None:
    with on_terminal(zac, "run", "Quick", "--server", gateway.address, *options, **variables) as terminal:
        assert terminal.end()[0] == 0
        assert "━" in terminal.screen
        assert "\x1b[3" not in terminal.screen


def test_a_dumb_terminal_gets_lines(zac: Zac, gateway: Gateway) -> None:
    with on_terminal(zac, "run", "Quick", "--server", gateway.address, TERM="dumb") as terminal:
        assert terminal.end()[0] == 0
        assert "\x1b" not in terminal.screen
        assert "Running 50%" in terminal.screen
