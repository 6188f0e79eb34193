"""`zac help`: topics that belong to no single command."""

from __future__ import annotations

import typer

from services.cli import options
from services.cli.console import OutputFormat, Screen
from services.cli.exits import EXIT_CODE_TABLE, ExitCode

__all__ = ["app"]

app = typer.Typer(help="Show a help topic.", no_args_is_help=True)


@app.callback()
def topics() -> None:
    """Show a help topic."""


@app.command("exit-codes")
def exit_codes(output: options.Output = OutputFormat.table) -> int:
    """Print what each exit code means."""
    screen = Screen(output)
    if output in (OutputFormat.json, OutputFormat.jsonl):
        write = screen.document if output is OutputFormat.json else screen.json_line
        write([{"code": int(code), "meaning": meaning} for code, meaning in EXIT_CODE_TABLE])
    else:
        screen.pairs([(str(int(code)), meaning) for code, meaning in EXIT_CODE_TABLE])
    return ExitCode.DONE
