"""`zac run`: one backtest, on a running stack or on one started for it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from services.cli import options
from services.cli.console import OutputFormat, Screen
from services.cli.exits import ExitCode
from services.cli.failures import CliError
from services.cli.interruption import OnInterrupt

if TYPE_CHECKING:
    from services.cli.client import Client
    from zac.gateway.v1.backtest_service_pb2 import CreateRunResponse

__all__ = ["run"]


def run(
    strategy: Annotated[
        str, typer.Argument(metavar="STRATEGY", help="A strategy's name, or the path of a folder that holds a main.py.")
    ],
    from_: options.FirstDay = None,
    to: options.LastDay = None,
    symbols: options.Symbols = None,
    cash: options.Cash = None,
    parameter: options.Parameter = None,
    data_root: options.DataRoot = None,
    lean_version: options.LeanVersion = "",
    no_download: options.NoDownload = False,
    allow_missing_data: options.AllowMissingData = False,
    again: options.Again = False,
    detach: options.Detach = False,
    keep_partial: options.KeepPartial = False,
    name: options.Name = "",
    timeout: options.Timeout = None,
    on_interrupt: options.OnInterruptOption = OnInterrupt.ask,
    server: options.Server = None,
    output: options.Output = OutputFormat.table,
    quiet: options.Quiet = False,
    progress: options.Progress = True,
    color: options.Color = True,
) -> int:
    """Run a backtest and follow it to its end.

    Uses the running stack, or starts one for this run and ends it again when none answers.
    """
    screen = Screen(output, quiet, progress, color)
    folder = strategy_folder(strategy)
    parameters = options.parse_parameters(parameter or [])

    from services.cli.connection import find_gateway
    from services.cli.settings import load_settings

    with find_gateway(load_settings(), server, screen, strategy_folder=folder, needs_running=detach) as gateway:
        from services.cli.configuration import make_configuration
        from services.cli.follow import FollowOptions
        from services.cli.following import follow_and_report, start_detached
        from services.common.errors import ServiceError

        configuration = make_configuration(
            folder.name if folder else strategy,
            parameters,
            symbols=symbols,
            first_day=from_.date() if from_ else None,
            last_day=to.date() if to else None,
            cash=cash,
            data_root=data_root,
            lean_version=lean_version,
            allow_missing_data=allow_missing_data,
            no_download=no_download,
        )

        def start(client: Client) -> CreateRunResponse:
            try:
                return client.create_run(configuration, name=name, again=again, keep_partial_results=keep_partial)
            except ServiceError as error:
                error.metadata.setdefault("strategy", configuration.strategy)
                raise

        if detach:
            return start_detached(gateway.address, start, screen)
        follow_options = FollowOptions(on_interrupt, can_detach=not gateway.is_own, timeout_s=timeout)
        return follow_and_report(gateway.address, start, screen, follow_options)


def strategy_folder(strategy: str) -> Path | None:
    """The folder when a strategy is given as a path, None when it is a name. Raises CliError without a main.py."""
    if os.sep not in strategy and strategy not in (".", ".."):
        return None
    folder = Path(strategy).expanduser().resolve()
    if not (folder / "main.py").is_file():
        text = f"{folder} holds no main.py, so it is no strategy"
        raise CliError("STRATEGY_NOT_FOUND", text, ExitCode.NOT_FOUND, hint="zac strategy list names the known ones")
    return folder
