"""`zac demo`: the whole platform with simulated data, and a first backtest on it."""

from __future__ import annotations

import socket
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from services.cli import options
from services.cli.console import OutputFormat, Screen
from services.cli.exits import ExitCode
from services.cli.settings import DEFAULT_SERVER, load_settings
from services.cli.stack import DEFAULT_PORT, Addresses, Stack, StackOptions
from services.cli.staying import stay_up

if TYPE_CHECKING:
    from services.cli.client import Client
    from zac.gateway.v1.backtest_service_pb2 import CreateRunResponse

__all__ = ["demo"]

STRATEGY = "ZacQC"
FIRST_DAY = date(2025, 10, 1)
LAST_DAY = date(2025, 10, 10)


def demo(
    once: Annotated[bool, typer.Option("--once", help="End when the backtest has ended.")] = False,
    folder: Annotated[
        Path | None, typer.Option("--dir", metavar="DIR", help="Folder for data, runs and logs.", show_default=False)
    ] = None,
    quiet: options.Quiet = False,
    progress: options.Progress = True,
    color: options.Color = True,
) -> int:
    """Try the platform with simulated data.

    Starts everything with the market simulator, downloads, and runs ZacQC; no key, no account.
    """
    screen = Screen(OutputFormat.table, quiet, progress, color)
    state_dir = folder.expanduser().absolute() if folder else load_settings().state_dir / "demo"
    data_root = state_dir / "data"
    port = 0 if once else _default_port_if_free()
    screen.note("Demo with SIMULATED data: prices are made up, results mean nothing.")
    with Stack(StackOptions(state_dir, port, data_root, simulate=True), screen.complain) as stack:
        from services.cli.follow import FollowOptions
        from services.cli.following import follow_and_report

        addresses = stack.wait_ready()
        code = follow_and_report(addresses.gateway, _start, screen, FollowOptions(can_detach=False))
        if code != ExitCode.DONE or once:
            return code
        for line in _directions(addresses, state_dir):
            screen.note(line)
        return stay_up(stack, screen)


def _start(client: Client) -> CreateRunResponse:
    from services.cli.configuration import make_configuration

    configuration = make_configuration(STRATEGY, {}, first_day=FIRST_DAY, last_day=LAST_DAY)
    return client.create_run(configuration, name="demo", again=True)


def _default_port_if_free() -> int:
    for port in range(DEFAULT_PORT, DEFAULT_PORT + 3):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                return 0
    return DEFAULT_PORT


def _directions(addresses: Addresses, state_dir: Path) -> list[str]:
    server = "" if addresses.gateway == DEFAULT_SERVER else f" --server {addresses.gateway}"
    services = ", ".join(f"{name} {address}" for name, address in addresses.pairs())
    request = '{"run": {"configuration": {"strategy": "ZacQC", "symbols": ["AAPL"]}}}'
    return [
        "",
        f"The stack stays up until Ctrl-C: {services}",
        f"Data, runs and logs are in {state_dir}. All of it is simulated.",
        "",
        f"  zac run ZacQC --symbols AAPL,MSFT{server}",
        f"  zac runs list{server}",
        f"  buf curl --schema protos --protocol grpc --http2-prior-knowledge -d '{request}' \\",
        f"    http://{addresses.gateway}/zac.gateway.v1.BacktestService/RunBacktest",
    ]
