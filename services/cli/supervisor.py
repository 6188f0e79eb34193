"""Child processes that are started together, kept running, and ended together."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["ServiceSpec", "Supervisor", "SupervisorError"]

MAX_RESTARTS = 5
RESTART_WINDOW_S = 60.0
FIRST_RESTART_DELAY_S = 0.2
MAX_RESTART_DELAY_S = 5.0
# A service drains calls for five seconds before it lets go.
STOP_TIMEOUT_S = 8.0
MAX_LOG_BYTES = 10_000_000
LOG_TAIL_BYTES = 2_000


class SupervisorError(Exception):
    """A service that cannot be started, or that keeps ending."""


@dataclass(frozen=True, slots=True)
class ServiceSpec:
    """One process: its whole environment, and the file that takes what it writes to standard error."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    log_file: Path


class Supervisor:
    """Starts every service at once; each tells by one line of JSON on standard output that it is ready.

    `notice` is told, from other threads, what happens to a service later.
    """

    def __init__(self, specs: Sequence[ServiceSpec], notice: Callable[[str], None]) -> None:
        self._changed = threading.Condition()
        self._services = [_Service(spec, notice, self._changed) for spec in specs]

    def start(self) -> None:
        """Start all processes and return at once."""
        for service in self._services:
            service.start()

    def wait_ready(self, timeout_s: float) -> dict[str, dict[str, Any]]:
        """Wait for every service's line and give them by service name. Raises SupervisorError."""
        deadline = time.monotonic() + timeout_s
        with self._changed:
            while True:
                self._raise_failure()
                waiting = [service.name for service in self._services if service.announcement is None]
                if not waiting:
                    return {service.name: service.announcement or {} for service in self._services}
                left_s = deadline - time.monotonic()
                if left_s <= 0:
                    raise SupervisorError(f"not ready within {timeout_s:g} s: {', '.join(waiting)}")
                self._changed.wait(left_s)

    def check(self) -> None:
        """Raises SupervisorError when a service was given up."""
        with self._changed:
            self._raise_failure()

    def pids(self) -> dict[str, int | None]:
        """Process ids by service; None while a service is down."""
        return {service.name: service.pid for service in self._services}

    def stop(self, order: Sequence[Sequence[str]] = ()) -> None:
        """End every process: SIGTERM, then SIGKILL to those that stay.

        Services named in `order` are ended group after group, all others together after them.
        """
        by_name = {service.name: service for service in self._services}
        groups = [[by_name[name] for name in names if name in by_name] for names in order]
        named = {name for names in order for name in names}
        groups.append([service for service in self._services if service.name not in named])
        # No service may come back while another one is being ended.
        for service in self._services:
            service.give_up_restarting()
        for group in groups:
            for service in group:
                service.terminate()
            deadline = time.monotonic() + STOP_TIMEOUT_S
            for service in group:
                service.join(deadline)

    def _raise_failure(self) -> None:
        for service in self._services:
            if service.failure:
                raise SupervisorError(service.failure)


class _Service:
    """One service: the thread that starts it, reads its output, and starts it again when it ends unasked."""

    def __init__(self, spec: ServiceSpec, notice: Callable[[str], None], changed: threading.Condition) -> None:
        self.name = spec.name
        self.announcement: dict[str, Any] | None = None
        self.failure = ""
        self._spec = spec
        self._notice = notice
        self._changed = changed
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._keep_running, name=spec.name, daemon=True)

    @property
    def pid(self) -> int | None:
        process = self._process
        return process.pid if process is not None and process.returncode is None else None

    def start(self) -> None:
        self._spec.log_file.parent.mkdir(parents=True, exist_ok=True)
        _rotate(self._spec.log_file)
        self._spawn()
        self._thread.start()

    def give_up_restarting(self) -> None:
        with self._lock:
            self._stopping.set()

    def terminate(self) -> None:
        self._signal(signal.SIGTERM)

    def join(self, deadline: float) -> None:
        """Wait for the process until `deadline` (monotonic), then kill it."""
        process = self._process
        if process is not None:
            try:
                process.wait(max(deadline - time.monotonic(), 0))
            except subprocess.TimeoutExpired:
                self._notice(f"{self.name} does not end within {STOP_TIMEOUT_S:g} s and is killed")
                self._signal(signal.SIGKILL)
                process.wait()
        if self._thread.ident is not None:
            self._thread.join()

    def _signal(self, number: signal.Signals) -> None:
        process = self._process
        if process is not None and process.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, number)

    def _spawn(self) -> bool:
        with self._lock:
            if self._stopping.is_set():
                return False
            with self._spec.log_file.open("ab") as log:
                self._log_start = log.tell()
                # A session of its own: Ctrl-C in the terminal is for the supervisor, which ends its services in order.
                self._process = subprocess.Popen(
                    self._spec.command,
                    env=dict(self._spec.environment),
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=log,
                    start_new_session=True,
                )
            return True

    def _keep_running(self) -> None:
        ends: list[float] = []
        while True:
            code = self._watch()
            if self._stopping.is_set():
                return
            if self.announcement is None:
                self._fail(f"{self.name} cannot be started ({_ending(code)}): {self._last_words()}")
                return
            now = time.monotonic()
            ends = [moment for moment in ends if moment > now - RESTART_WINDOW_S] + [now]
            if len(ends) > MAX_RESTARTS:
                text = (
                    f"{self.name} ended {len(ends)} times within {RESTART_WINDOW_S:g} s, the last time {_ending(code)}"
                )
                self._fail(f"{text}; see {self._spec.log_file}")
                return
            delay_s = min(FIRST_RESTART_DELAY_S * 2 ** (len(ends) - 1), MAX_RESTART_DELAY_S)
            self._notice(f"{self.name} has ended ({_ending(code)}) and is started again in {delay_s:.1f} s")
            if self._stopping.wait(delay_s) or not self._spawn():
                return

    def _watch(self) -> int:
        """Read the process's output to its end; gives its exit code."""
        process = self._process
        if process is None or process.stdout is None:
            raise RuntimeError(f"{self.name} was never started")
        with process.stdout as output:
            for line in output:
                announcement = _announcement(line)
                if announcement is not None:
                    with self._changed:
                        self.announcement = announcement
                        self._changed.notify_all()
        return process.wait()

    def _fail(self, text: str) -> None:
        with self._changed:
            self.failure = text
            self._changed.notify_all()

    def _last_words(self) -> str:
        with self._spec.log_file.open("rb") as log:
            log.seek(self._log_start)
            words = log.read()[-LOG_TAIL_BYTES:].decode(errors="replace").strip()
        return words or f"no reason given; see {self._spec.log_file}"


def _announcement(line: bytes) -> dict[str, Any] | None:
    try:
        value = json.loads(line)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def _ending(code: int) -> str:
    return f"exit code {code}" if code >= 0 else signal.Signals(-code).name


def _rotate(log_file: Path) -> None:
    if log_file.exists() and log_file.stat().st_size > MAX_LOG_BYTES:
        log_file.replace(log_file.with_suffix(".old.log"))
