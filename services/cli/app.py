"""The `zac` command: its tree of commands, and the one place where errors become output and exit codes."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence
from typing import Annotated

import typer

from services.cli.commands import help as help_command
from services.cli.commands import runs, strategy
from services.cli.commands.demo import demo
from services.cli.commands.run import run
from services.cli.commands.sim import sim
from services.cli.commands.up import up
from services.cli.console import OutputFormat, Screen
from services.cli.exits import ExitCode
from services.cli.failures import CliError, Failure, failure_of_call
from services.cli.signals import Terminated, raise_on_sigterm

__all__ = ["app", "main", "run_command"]

app = typer.Typer(
    name="zac",
    help="Run backtests of QuantConnect-Lean-style strategies.",
    epilog="Exit codes: zac help exit-codes",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # help drawn by Rich takes longer than all the rest
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        print(f"zac {version('zac')}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Run backtests of QuantConnect-Lean-style strategies."""


app.command()(run)
app.add_typer(runs.app, name="runs")
app.add_typer(strategy.app, name="strategy")
app.command()(up)
app.command()(demo)
app.command()(sim)
app.add_typer(help_command.app, name="help")


def main() -> None:
    """Entry point of the `zac` command."""
    raise_on_sigterm()
    sys.exit(run_command(sys.argv[1:]))


def run_command(arguments: Sequence[str]) -> int:
    """Run one command line and give its exit code; errors are printed in the form the command line asks for."""
    try:
        code = _run_command(arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read standard output has enough; Python must not complain about it when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.UNEXPECTED
    return code


def _run_command(arguments: Sequence[str]) -> int:
    try:
        code = typer.main.get_command(app)(args=list(arguments), prog_name="zac", standalone_mode=False)
    except BrokenPipeError:
        raise
    except (Exception, KeyboardInterrupt, Terminated) as error:  # noqa: BLE001 # the outermost place: all become exit codes
        if _is_help(error):
            print(error, file=sys.stderr)
            return ExitCode.USAGE
        failure = _failure_of(error)
        Screen(_asked_output(arguments)).failure(failure)
        return failure.exit_code
    return code if isinstance(code, int) else ExitCode.DONE


def _failure_of(error: BaseException) -> Failure:
    if isinstance(error, CliError):
        return error.failure
    if isinstance(error, typer.TyperException):
        return _usage_failure(error)
    if isinstance(error, (KeyboardInterrupt, typer.Abort)):
        return Failure("INTERRUPTED", "interrupted", ExitCode.INTERRUPTED)
    if isinstance(error, Terminated):
        return Failure("TERMINATED", "terminated", ExitCode.TERMINATED)

    from services.common.errors import ServiceError

    if isinstance(error, ServiceError):
        return failure_of_call(error)
    traceback.print_exception(error)
    return Failure("INTERNAL", f"{type(error).__name__}: {error}", ExitCode.UNEXPECTED, "this is a bug of zac")


def _is_help(error: BaseException) -> bool:
    """A group called without a command answers with its help, as an error."""
    context = getattr(error, "ctx", None)
    return isinstance(error, typer.TyperException) and context is not None and error.message == context.get_help()


def _usage_failure(error: typer.TyperException) -> Failure:
    context = getattr(error, "ctx", None)
    command = context.command_path if context is not None else "zac"
    return Failure("USAGE", error.format_message(), ExitCode.USAGE, f"{command} --help")


def _asked_output(arguments: Sequence[str]) -> OutputFormat:
    """The value of -o, also on a command line that cannot be parsed."""
    for index, argument in enumerate(arguments):
        value = ""
        if argument in ("-o", "--output"):
            value = arguments[index + 1] if index + 1 < len(arguments) else ""
        elif argument.startswith("--output="):
            value = argument.partition("=")[2]
        elif argument.startswith("-o"):
            value = argument[2:]
        if value in OutputFormat.__members__:
            return OutputFormat(value)
    return OutputFormat.table
