"""The worker process of one execution: started by exec in its own session, watched, ended with all it started."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path

from services.runner.engines import Launch

MARKER = "ZAC_WORKER"  # environment variable that says in every process of an execution whose it is

_PROC = Path("/proc")
_BOOT_ID = _PROC / "sys/kernel/random/boot_id"
_KILL_POLL_S = 0.005
_GONE_TIMEOUT_S = 1.0  # after SIGKILL; longer means a process stuck in the kernel, which nobody can end


@dataclass(frozen=True, slots=True)
class ProcessIdentity:
    """A process that can never be mistaken for a later one with the same pid: its start (clock ticks) and the boot."""

    pid: int
    start_ticks: int
    boot_id: str
    marker: str = field(default="", compare=False)  # in the environment of it and of everything it starts

    @classmethod
    def of(cls, pid: int) -> ProcessIdentity | None:
        """Identity of a process that exists; `None` if it is gone, a zombie included."""
        fields = _stat(pid)
        if fields is None or fields.state == "Z":
            return None
        return cls(pid, fields.start_ticks, _boot_id())

    @classmethod
    def from_json(cls, text: str) -> ProcessIdentity:
        """Inverse of `to_json`. Raises `ValueError`, `TypeError` for another text."""
        return cls(**json.loads(text))

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    def is_alive(self) -> bool:
        return ProcessIdentity.of(self.pid) == self


class WorkerProcess:
    """One worker and everything it started. Its session id is its pid."""

    def __init__(self, identity: ProcessIdentity, child: subprocess.Popen[bytes] | None = None) -> None:
        self.identity = identity
        self.returncode: int | None = None  # stays None for a worker that an earlier runner started
        self._child = child
        self._on_exit: Callable[[], None] | None = None
        self._exit = asyncio.Event()
        self._pidfd: int | None = None
        self._watch()

    @classmethod
    def start(cls, launch: Launch, folder: Path, marker: str, pass_fds: Sequence[int]) -> WorkerProcess:
        """Start by exec, never by fork alone: this process holds gRPC threads. Raises `OSError`."""
        child = subprocess.Popen(
            launch.command,
            env={**launch.environment, MARKER: marker},
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=pass_fds,
            start_new_session=True,
        )
        # A child that nobody has waited for keeps its pid and its line in /proc, so the identity is there.
        fields = _stat(child.pid)
        return cls(ProcessIdentity(child.pid, fields.start_ticks if fields else 0, _boot_id(), marker), child)

    def assign(self, line: str) -> None:
        """Write the assignment to the worker's standard input, which ends with it. Raises `BrokenPipeError`."""
        if self._child is None or self._child.stdin is None:
            raise ValueError("only a worker that waits can be assigned")
        with self._child.stdin as stdin:
            stdin.write(line.encode())

    def on_exit(self, call: Callable[[], None]) -> None:
        """Call `call` when the worker ends."""
        self._on_exit = call

    def has_exited(self) -> bool:
        return self._exit.is_set()

    async def wait(self, timeout_s: float | None = None) -> bool:
        """Wait until the worker itself has exited; false when the time is over before."""
        try:
            async with asyncio.timeout(timeout_s):
                await self._exit.wait()
        except TimeoutError:
            return False
        return True

    def stop_politely(self) -> None:
        """Ask the worker to stop at the next slice and to write what it has."""
        self._send(signal.SIGUSR1)

    def terminate(self) -> None:
        """SIGTERM to the process group of the worker."""
        if not self.has_exited():
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.identity.pid, signal.SIGTERM)

    async def kill(self) -> list[int]:
        """SIGKILL to every process of the execution, also those that left the group or the session.

        Returns the pids that are still there after the time limit; empty when all are gone.
        """
        deadline = time.monotonic() + _GONE_TIMEOUT_S
        while True:
            self._send(signal.SIGKILL)
            remaining = await asyncio.to_thread(self._kill_members)
            if not remaining and self.has_exited():
                return []
            if time.monotonic() >= deadline:
                return remaining or [self.identity.pid]
            await asyncio.sleep(_KILL_POLL_S)

    def release(self) -> None:
        """Stop watching; the process itself goes on."""
        if self._pidfd is not None:
            asyncio.get_running_loop().remove_reader(self._pidfd)
            os.close(self._pidfd)
            self._pidfd = None

    def _watch(self) -> None:
        try:
            descriptor = os.pidfd_open(self.identity.pid)
        except ProcessLookupError:
            self._exit.set()
            return
        if self._child is None and not self.identity.is_alive():
            os.close(descriptor)
            self._exit.set()
            return
        self._pidfd = descriptor
        asyncio.get_running_loop().add_reader(descriptor, self._exited)

    def _exited(self) -> None:
        self.release()
        if self._child is not None:
            self.returncode = self._child.wait()
            if self._child.stdin is not None:
                self._child.stdin.close()
        self._exit.set()
        if self._on_exit is not None:
            self._on_exit()

    def _send(self, number: signal.Signals) -> None:
        if self._pidfd is not None:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._pidfd, number)

    def _kill_members(self) -> list[int]:
        members = find_members(self.identity)
        for pid in members:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        return members


def find_members(leader: ProcessIdentity) -> list[int]:
    """Living processes of a leader's session, and those anywhere whose environment carries its marker."""
    marker = f"{MARKER}={leader.marker}".encode()
    session_id = _session_id(leader)
    members = []
    for entry in os.scandir(_PROC):
        if not entry.name.isdecimal():
            continue
        pid = int(entry.name)
        fields = _stat(pid)
        if fields is None or fields.state in "ZX":
            continue
        if fields.session_id == session_id or _carries(pid, marker):
            members.append(pid)
    return members


@dataclass(frozen=True, slots=True)
class _Stat:
    state: str
    session_id: int
    start_ticks: int


def _stat(pid: int) -> _Stat | None:
    try:
        text = (_PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return None
    # The name in parentheses may itself hold spaces and parentheses.
    fields = text.rpartition(")")[2].split()
    return _Stat(state=fields[0], session_id=int(fields[3]), start_ticks=int(fields[19]))


def _session_id(leader: ProcessIdentity) -> int | None:
    # The kernel gives no pid away while it names a session. A pid with another start, or of another boot, therefore
    # names somebody else's session, and ours is empty.
    if leader.boot_id != _boot_id():
        return None
    fields = _stat(leader.pid)
    return leader.pid if fields is None or fields.start_ticks == leader.start_ticks else None


def _carries(pid: int, marker: bytes) -> bool:
    try:
        environment = (_PROC / str(pid) / "environ").read_bytes()
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return False
    return marker in environment.split(b"\0")


@cache
def _boot_id() -> str:
    return _BOOT_ID.read_text(encoding="ascii").strip()
