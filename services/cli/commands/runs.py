"""`zac runs`: the runs a gateway remembers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from services.cli import options
from services.cli.console import OutputFormat, Screen
from services.cli.exits import ExitCode
from services.cli.interruption import OnInterrupt

if TYPE_CHECKING:
    from services.cli.client import Client
    from zac.gateway.v1.run_pb2 import Run, RunState

__all__ = ["app"]

app = typer.Typer(help="List, show, watch and cancel runs.", no_args_is_help=True)

_State = Annotated[
    list[str] | None,
    typer.Option(
        "--state", metavar="STATE", help="Only runs in this state, for example failed; repeatable.", show_default=False
    ),
]


@app.command("list")
def list_runs(
    state: _State = None,
    strategy: Annotated[str, typer.Option(help="Only runs of this strategy.", show_default=False)] = "",
    limit: options.Limit = 50,
    server: options.Server = None,
    output: options.Output = OutputFormat.table,
) -> int:
    """List runs, newest first."""
    screen = Screen(output)
    with _client(server) as client:
        runs = list(client.list_runs(states=_states(state or []), strategy=strategy, limit=limit))
    _print_runs(runs, screen)
    return ExitCode.DONE


@app.command("show")
def show(run: options.RunId, server: options.Server = None, output: options.Output = OutputFormat.table) -> int:
    """Show a run as it is now: its state, and its result when there is one."""
    from services.cli.documents import run_facts, run_pairs, stored_run_document
    from services.cli.run_ids import find_run

    screen = Screen(output)
    with _client(server) as client:
        found = find_run(client, run)
    if output is OutputFormat.json:
        screen.document(stored_run_document(found))
    elif output is OutputFormat.jsonl:
        screen.json_line(stored_run_document(found))
    elif output is OutputFormat.id:
        screen.line(found.run_id)
    else:
        screen.pairs(run_facts(found) + (run_pairs(found) if found.HasField("result") else []))
    return ExitCode.DONE


@app.command("watch")
def watch(
    run: options.RunId = "@last",
    timeout: options.Timeout = None,
    on_interrupt: options.OnInterruptOption = OnInterrupt.ask,
    server: options.Server = None,
    output: options.Output = OutputFormat.table,
    quiet: options.Quiet = False,
    progress: options.Progress = True,
    color: options.Color = True,
) -> int:
    """Follow a run from its first event to its end; exit code 0, 5 or 6 tells which end."""
    from services.cli.follow import FollowOptions
    from services.cli.following import follow_and_report
    from services.cli.run_ids import find_run

    with _client(server) as client:
        run_id, address = find_run(client, run).run_id, client.address
    follow_options = FollowOptions(on_interrupt, timeout_s=timeout)
    return follow_and_report(address, run_id, Screen(output, quiet, progress, color), follow_options)


@app.command("cancel")
def cancel(
    run: options.RunId,
    keep_partial: options.KeepPartial = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    server: options.Server = None,
    output: options.Output = OutputFormat.table,
) -> int:
    """Cancel a run and wait until it has ended; one that had ended before stays as it is."""
    from services.cli.run_ids import find_run

    screen = Screen(output)
    with _client(server) as client:
        found = find_run(client, run)
        if screen.is_interactive and not yes:
            rest = "Partial results will be kept." if keep_partial else "Partial results will be discarded."
            if not typer.confirm(f"Cancel backtest? {rest}", err=True):
                _print_runs([found], screen, single=True)
                return ExitCode.DONE
        answer = client.cancel(found.run_id, keep_partial_results=keep_partial)
        ended = answer.run if answer.already_ended else client.wait(found.run_id)
    if answer.already_ended:
        screen.note("the run had ended before; nothing was changed")
    _print_runs([ended], screen, single=True)
    return ExitCode.DONE


def _client(server: str | None) -> Client:
    from services.cli.connection import running_gateway
    from services.cli.settings import load_settings

    return running_gateway(load_settings(), server)


def _states(names: list[str]) -> list[RunState.ValueType]:
    from zac.gateway.v1.run_pb2 import RunState

    known = {name.removeprefix("RUN_STATE_").lower(): state for name, state in RunState.items() if state}
    unknown = [name for name in names if name.lower() not in known]
    if unknown:
        raise typer.BadParameter(f"{unknown[0]!r} is no state; known are {', '.join(known)}", param_hint="--state")
    return [known[name.lower()] for name in names]


def _print_runs(runs: list[Run], screen: Screen, *, single: bool = False) -> None:
    from services.cli.documents import RUN_COLUMNS, run_row, stored_run_document

    documents = (
        [stored_run_document(run) for run in runs] if screen.output in (OutputFormat.json, OutputFormat.jsonl) else []
    )
    if screen.output is OutputFormat.json:
        screen.document(documents[0] if single else documents)
    elif screen.output is OutputFormat.jsonl:
        for document in documents:
            screen.json_line(document)
    elif screen.output is OutputFormat.id:
        for run in runs:
            screen.line(run.run_id)
    else:
        screen.rows([run_row(run) for run in runs], RUN_COLUMNS)
