"""Options that several commands share, with the one place where their texts become values."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from services.cli.console import OutputFormat
from services.cli.interruption import OnInterrupt
from services.cli.words import parse_duration

__all__ = [
    "Again",
    "AllowMissingData",
    "Cash",
    "Color",
    "DataRoot",
    "Detach",
    "FirstDay",
    "KeepPartial",
    "LastDay",
    "LeanVersion",
    "Limit",
    "Name",
    "NoDownload",
    "OnInterruptOption",
    "Output",
    "Parameter",
    "Port",
    "Progress",
    "Quiet",
    "RunId",
    "Server",
    "Simulate",
    "Symbols",
    "Timeout",
    "parse_parameters",
]


def _duration(text: str) -> float:
    try:
        return parse_duration(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


def _name_and_value(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        raise typer.BadParameter(f"{text!r} must read NAME=VALUE")
    return name.strip(), value


def parse_parameters(given: list[str]) -> dict[str, str]:
    """Parameters of -p NAME=VALUE. Raises typer.BadParameter for another form and for a name with two values."""
    parameters: dict[str, str] = {}
    for name, value in map(_name_and_value, given):
        if parameters.setdefault(name, value) != value:
            raise typer.BadParameter(f"{name} is given twice, as {parameters[name]!r} and {value!r}", param_hint="-p")
    return parameters


_DAY_FORMATS = ["%Y-%m-%d"]

Output = Annotated[OutputFormat, typer.Option("-o", "--output", help="Form of the result on standard output.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Only errors on standard error.")]
Progress = Annotated[bool, typer.Option("--progress/--no-progress", help="Show progress on standard error.")]
Color = Annotated[bool, typer.Option("--color/--no-color", help="Colours on a terminal; NO_COLOR is obeyed too.")]
Server = Annotated[
    str | None,
    typer.Option(
        "--server",
        metavar="HOST:PORT",
        help="Gateway to use (else ZAC_SERVER, else 127.0.0.1:50050); `own` makes `zac run` start one.",
        show_default=False,
    ),
]
RunId = Annotated[str, typer.Argument(metavar="RUN", help="A run id, any unique beginning of one, @last or @running.")]
Port = Annotated[
    int,
    typer.Option(min=0, max=65533, help="Port of the gateway; downloader and runner take the next two. 0: free ones."),
]
Simulate = Annotated[bool, typer.Option("--simulate", help="Start the market simulator and take all bars from it.")]
DataRoot = Annotated[
    Path | None, typer.Option(metavar="DIR", help="Folder of the Lean data.", show_default=False, file_okay=False)
]
FirstDay = Annotated[
    datetime | None,
    typer.Option("--from", formats=_DAY_FORMATS, metavar="YYYY-MM-DD", help="First day.", show_default=False),
]
LastDay = Annotated[
    datetime | None,
    typer.Option("--to", formats=_DAY_FORMATS, metavar="YYYY-MM-DD", help="Last day.", show_default=False),
]
Symbols = Annotated[
    str | None, typer.Option(metavar="A,B", help="Symbols instead of the strategy's own.", show_default=False)
]
Parameter = Annotated[
    list[str] | None,
    typer.Option(
        "-p", "--parameter", metavar="NAME=VALUE", help="Value of a parameter; repeatable.", show_default=False
    ),
]
Cash = Annotated[str | None, typer.Option(metavar="USD", help="Cash at the start.", show_default=False)]
LeanVersion = Annotated[
    str, typer.Option(metavar="2025-10|newest", help="Lean release whose statistics are printed.", show_default=False)
]
NoDownload = Annotated[bool, typer.Option("--no-download", help="Never ask the provider for data.")]
AllowMissingData = Annotated[
    bool, typer.Option("--allow-missing-data", help="Run on without data that cannot be had, as Lean does.")
]
Again = Annotated[bool, typer.Option("--again", help="Run even when an equal run has finished.")]
Detach = Annotated[bool, typer.Option("--detach", "-d", help="Leave the run to the running stack.")]
KeepPartial = Annotated[bool, typer.Option("--keep-partial", help="Keep partial results when the run is cancelled.")]
Name = Annotated[str, typer.Option(help="A name for the run.", show_default=False)]
Timeout = Annotated[
    float | None,
    typer.Option(
        parser=_duration,
        metavar="90s|30m|1h30m",
        help="Stop following after this time; exit code 124.",
        show_default=False,
    ),
]
OnInterruptOption = Annotated[
    OnInterrupt,
    typer.Option("--on-interrupt", help="What Ctrl-C means for the run; `ask` cancels where nobody can be asked."),
]
Limit = Annotated[int, typer.Option(min=1, max=100_000, help="Most runs to list.")]
