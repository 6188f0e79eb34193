"""Which gateway a command talks to: a running one, or one that it starts for itself."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from services.cli.console import Screen
from services.cli.exits import ExitCode
from services.cli.failures import CliError
from services.cli.settings import DEFAULT_SERVER, CliSettings
from services.cli.stack import DATA_ROOT_VARIABLES, STATE_IN_USE, Stack, StackOptions

if TYPE_CHECKING:
    from services.cli.client import Client

__all__ = ["OWN_STACK", "Gateway", "find_gateway", "running_gateway"]

OWN_STACK = "own"
CONNECT_TIMEOUT_S = 0.5
HEALTH_TIMEOUT_S = 3.0


@dataclass(frozen=True, slots=True)
class Gateway:
    """A gateway that serves; `is_own` when it ends with this command."""

    address: str
    is_own: bool = False


def running_gateway(settings: CliSettings, server: str | None) -> Client:
    """A client of the running gateway. Raises CliError (exit code 9) when none answers."""
    from services.cli.client import Client

    address = server or settings.server or DEFAULT_SERVER
    if address == OWN_STACK:
        text = f"--server {OWN_STACK} is for zac run; this command needs a running stack"
        raise CliError("USAGE", text, ExitCode.USAGE)
    if not _accepts(address):
        raise _unreachable(address)
    client = Client(address)
    client.check_health(HEALTH_TIMEOUT_S)
    return client


@contextmanager
def find_gateway(
    settings: CliSettings, server: str | None, screen: Screen, *, strategy_folder: Path | None, needs_running: bool
) -> Iterator[Gateway]:
    """The running gateway, else one of an own stack. A gateway named by the user must answer.

    A strategy given as a folder always gets an own stack: a running one does not know it.
    """
    known = server or settings.server
    address = known or DEFAULT_SERVER
    if strategy_folder is not None and known not in (None, OWN_STACK):
        text = f"{strategy_folder} is a folder, and the stack at {address} knows only strategies on its strategy path"
        hint = f"leave --server and ZAC_SERVER away, or say --server {OWN_STACK}"
        raise CliError("USAGE", text, ExitCode.USAGE, hint=hint)
    if known != OWN_STACK and strategy_folder is None and _accepts(address) and _serves(address, known is not None):
        yield Gateway(address)
        return
    if known not in (None, OWN_STACK):
        raise _unreachable(address)
    if needs_running:
        text = "a run can only be detached from a running stack, and none answers"
        raise CliError("SERVICE_UNREACHABLE", text, ExitCode.UNREACHABLE, hint="start one with `zac up`")
    with _own_stack(settings, screen, strategy_folder) as stack:
        # Loading gRPC takes as long as the services take to start; the two go on side by side.
        from services.cli import follow as _  # noqa: F401

        yield Gateway(stack.wait_ready().gateway, is_own=True)


@contextmanager
def _own_stack(settings: CliSettings, screen: Screen, strategy_folder: Path | None) -> Iterator[Stack]:
    options = StackOptions(settings.state_dir, port=0, strategy_folder=strategy_folder, is_brief=True)
    with ExitStack() as exits:
        try:
            stack = exits.enter_context(Stack(options, screen.note))
        except CliError as error:
            if error.failure.code != STATE_IN_USE:
                raise
            options = _beside(options)
            screen.note(f"another stack uses {settings.state_dir}; this run is kept in {options.state_dir}")
            stack = exits.enter_context(Stack(options, screen.note))
        yield stack


def _beside(options: StackOptions) -> StackOptions:
    """A state folder of its own, with the data and the cache of the one that is in use."""
    has_data_root = any(os.environ.get(name) for name in DATA_ROOT_VARIABLES)
    return replace(
        options,
        state_dir=options.state_dir / "side" / str(os.getpid()),
        data_root=None if has_data_root else options.state_dir / "data",
        cache_dir=options.state_dir / "cache",
    )


def _accepts(address: str) -> bool:
    host, colon, port = address.rpartition(":")
    if not colon or not port.isdigit():
        text = f"{address!r} is no address; write host:port, for example {DEFAULT_SERVER}"
        raise CliError("USAGE", text, ExitCode.USAGE)
    try:
        socket.create_connection((host.strip("[]"), int(port)), CONNECT_TIMEOUT_S).close()
    except OSError:
        return False
    return True


def _serves(address: str, is_named: bool) -> bool:
    from services.cli.client import Client
    from services.common.errors import ServiceError

    with Client(address) as client:
        try:
            client.check_health(HEALTH_TIMEOUT_S)
        except ServiceError:
            if is_named:
                raise
            return False  # somebody else's server has the default port
    return True


def _unreachable(address: str) -> CliError:
    text = f"the gateway at {address} cannot be reached. Is it running?"
    return CliError("SERVICE_UNREACHABLE", text, ExitCode.UNREACHABLE)
