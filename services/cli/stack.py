"""The platform on this machine: gateway, downloader and runner, with the market simulator when wanted."""

from __future__ import annotations

import fcntl
import json
import os
import socket
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from services.cli.exits import ExitCode
from services.cli.failures import CliError
from services.cli.supervisor import ServiceSpec, Supervisor, SupervisorError

__all__ = ["DATA_ROOT_VARIABLES", "DEFAULT_PORT", "STATE_IN_USE", "Addresses", "Stack", "StackOptions"]

DEFAULT_PORT = 50050
STATE_IN_USE = "STATE_IN_USE"
DATA_ROOT_VARIABLES = ("ZAC_DATA_ROOT", "BACKTEST_DATA_ROOT")
READY_TIMEOUT_S = 30.0
LOOPBACK = "127.0.0.1"
# A watched run must not see its runner vanish: the gateway goes first and leaves its runs as they are.
STOP_ORDER = (("gateway",), ("runner", "downloader", "simulator"))


@dataclass(frozen=True, slots=True)
class StackOptions:
    """`port` is the gateway's; downloader and runner take the next two, and 0 means free ones.

    `strategy_folder` is the only strategy then. `is_brief` saves what a stack for a single command has no use for.
    `environment` is what the services inherit.
    """

    state_dir: Path
    port: int = DEFAULT_PORT
    data_root: Path | None = None
    simulate: bool = False
    strategy_folder: Path | None = None
    cache_dir: Path | None = None
    is_brief: bool = False
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the services listen; `simulator` is a URL, empty without one."""

    gateway: str
    downloader: str
    runner: str
    simulator: str = ""

    def pairs(self) -> list[tuple[str, str]]:
        """Service names and addresses."""
        named = [("gateway", self.gateway), ("downloader", self.downloader), ("runner", self.runner)]
        return named + ([("simulator", self.simulator)] if self.simulator else [])


class Stack:
    """The services as supervised child processes; entering starts them, leaving ends them.

    They start at the same time, so that each must know the others' ports beforehand: the ports are reserved by sockets
    that are bound and never listen, which also keeps them for a service that is started again.
    """

    def __init__(self, options: StackOptions, notice: Callable[[str], None]) -> None:
        self._options = options
        self._notice = notice
        self._reservations: list[socket.socket] = []
        self._lock: IO[str] | None = None
        self._supervisor: Supervisor | None = None
        self._addresses: Addresses | None = None

    def __enter__(self) -> Self:
        try:
            self._lock = _lock_state(self._options.state_dir)
            self._make_data_root()
            self._addresses = self._reserve_addresses()
            _write_owner(self._lock, self._addresses)
            self._supervisor = Supervisor(self._specs(self._addresses), self._notice)
            self._supervisor.start()
        except BaseException:
            self._leave()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._leave()

    def wait_ready(self, timeout_s: float = READY_TIMEOUT_S) -> Addresses:
        """Wait until every service listens. Raises CliError with the reason of one that does not start."""
        supervisor, addresses = self._started()
        try:
            supervisor.wait_ready(timeout_s)
        except SupervisorError as error:
            raise _stack_error(error) from error
        return addresses

    def check(self) -> None:
        """Raises CliError when a service was given up."""
        supervisor, _ = self._started()
        try:
            supervisor.check()
        except SupervisorError as error:
            raise _stack_error(error) from error

    def pids(self) -> dict[str, int | None]:
        """Process ids by service; None while one is down."""
        return self._started()[0].pids()

    def _started(self) -> tuple[Supervisor, Addresses]:
        if self._supervisor is None or self._addresses is None:
            raise RuntimeError("the stack was not entered")
        return self._supervisor, self._addresses

    def _leave(self) -> None:
        if self._supervisor is not None:
            self._supervisor.stop(() if self._options.is_brief else STOP_ORDER)
        for reservation in self._reservations:
            reservation.close()
        self._reservations.clear()
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def _make_data_root(self) -> None:
        """A run checks that its data root is there, also one that needs no data and so downloads none."""
        options = self._options
        named = [options.environment.get(name) for name in DATA_ROOT_VARIABLES]
        if options.data_root is not None or not any(named):
            folder = options.data_root or options.state_dir / "data"
            try:
                folder.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                text = f"the data folder cannot be used: {error}"
                raise CliError("DATA_ROOT_UNUSABLE", text, ExitCode.UNEXPECTED) from error

    def _reserve_addresses(self) -> Addresses:
        port = self._options.port
        gateway, downloader, runner = (self._reserve(port + offset if port else 0) for offset in range(3))
        simulator = f"http://{self._reserve(0)}" if self._options.simulate else ""
        return Addresses(gateway, downloader, runner, simulator)

    def _reserve(self, port: int) -> str:
        reservation = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._reservations.append(reservation)
        reservation.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            reservation.bind((LOOPBACK, port))
        except (OSError, OverflowError) as error:
            hint = "choose other ports with --port; --port 0 takes free ones"
            text = f"{LOOPBACK}:{port} cannot be had: {error}"
            raise CliError("ADDRESS_IN_USE", text, ExitCode.UNEXPECTED, hint=hint) from error
        return f"{LOOPBACK}:{reservation.getsockname()[1]}"

    def _specs(self, addresses: Addresses) -> list[ServiceSpec]:
        options = self._options
        environment = dict(options.environment)
        environment.pop("ZAC_LOG_FILE", None)  # one file for all would mix their lines
        environment |= {
            "ZAC_STATE_DIR": str(options.state_dir),
            "ZAC_PARENT_PID": str(os.getpid()),
            "ZAC_GATEWAY_GRPC_ADDRESS": addresses.gateway,
            "ZAC_DOWNLOADER_ADDRESS": addresses.downloader,
            "ZAC_RUNNER_ADDRESS": addresses.runner,
        }
        if options.data_root is not None:
            environment["ZAC_DATA_ROOT"] = str(options.data_root)
        if options.cache_dir is not None:
            environment.setdefault("ZAC_CACHE_DIR", str(options.cache_dir))
        if options.strategy_folder is not None:
            environment["ZAC_STRATEGY_PATH"] = str(options.strategy_folder)
        if options.is_brief:
            environment.setdefault("ZAC_REFLECTION", "false")
        if addresses.simulator:
            environment |= {"ZAC_PROVIDER": "simulator", "ZAC_PROVIDER_URL": addresses.simulator}
        modules: dict[str, tuple[str, ...]] = {
            name: (f"services.{name}",) for name in ("gateway", "downloader", "runner")
        }
        if addresses.simulator:
            modules["simulator"] = ("services.downloader.sim", "--port", addresses.simulator.rpartition(":")[2])
        logs = options.state_dir / "logs"
        # -P: a folder named `services` where the command was called must not be taken for ours.
        return [
            ServiceSpec(name, (sys.executable, "-P", "-m", *module), environment, logs / f"{name}.log")
            for name, module in modules.items()
        ]


def _lock_state(state_dir: Path) -> IO[str]:
    """Two gateways on one database would take each other's runs for lost ones; so a state folder has one stack."""
    try:
        state_dir.mkdir(parents=True, exist_ok=True)
        lock = (state_dir / "stack.lock").open("a+", encoding="utf-8")
    except OSError as error:
        text = f"the state folder cannot be used: {error}"
        raise CliError("STATE_UNUSABLE", text, ExitCode.UNEXPECTED, hint="set ZAC_STATE_DIR") from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.seek(0)
        owner = lock.read().strip() or "unknown"
        lock.close()
        raise CliError(
            STATE_IN_USE,
            f"a stack with the state folder {state_dir} is running: {owner}",
            ExitCode.UNEXPECTED,
            hint="use it with --server ADDRESS, end it, or set ZAC_STATE_DIR for another one",
        ) from None
    return lock


def _write_owner(lock: IO[str], addresses: Addresses) -> None:
    lock.truncate(0)
    lock.write(json.dumps({"pid": os.getpid(), "gateway": addresses.gateway}))
    lock.flush()


def _stack_error(error: SupervisorError) -> CliError:
    return CliError("STACK_FAILED", str(error), ExitCode.UNEXPECTED)
