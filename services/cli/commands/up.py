"""`zac up`: the platform on this machine, until Ctrl-C."""

from __future__ import annotations

from pathlib import Path

from services.cli import options
from services.cli.console import OutputFormat, Screen
from services.cli.settings import load_settings
from services.cli.stack import DEFAULT_PORT, Stack, StackOptions
from services.cli.staying import stay_up

__all__ = ["up"]


def up(
    data_root: options.DataRoot = None,
    port: options.Port = DEFAULT_PORT,
    simulate: options.Simulate = False,
    output: options.Output = OutputFormat.table,
    quiet: options.Quiet = False,
) -> int:
    """Start the platform on this machine.

    Gateway, downloader and runner run until Ctrl-C; one that crashes is started again.
    """
    screen = Screen(output, quiet)
    settings = load_settings()
    folder: Path | None = None if data_root is None else data_root.expanduser().absolute()
    with Stack(StackOptions(settings.state_dir, port, folder, simulate), screen.complain) as stack:
        addresses = stack.wait_ready()
        if output in (OutputFormat.json, OutputFormat.jsonl):
            write = screen.document if output is OutputFormat.json else screen.json_line
            write(dict(addresses.pairs()) | {"state_dir": str(settings.state_dir), "pids": stack.pids()})
        else:
            screen.pairs(addresses.pairs())
        if simulate:
            screen.note("all bars come from the market simulator: SIMULATED, not market data")
        screen.note(f"logs are in {settings.state_dir / 'logs'}; Ctrl-C ends the stack")
        return stay_up(stack, screen)
