"""The end of a followed run: what is printed and which exit code it gives."""

from __future__ import annotations

from services.cli.client import TERMINAL_STATES, Client
from services.cli.console import OutputFormat, Screen
from services.cli.documents import run_document, run_pairs, settled_line
from services.cli.exits import ExitCode
from services.cli.failures import Failure, failure_of_run
from services.cli.follow import Cause, Followed
from zac.gateway.v1.run_pb2 import Run, RunState

__all__ = ["report_followed"]

MAX_WARNINGS = 10

_CAUSES = {
    Cause.INTERRUPT: ("INTERRUPTED", ExitCode.INTERRUPTED, "interrupted"),
    Cause.TERMINATE: ("TERMINATED", ExitCode.TERMINATED, "terminated"),
    Cause.TIMEOUT: ("TIMED_OUT", ExitCode.TIMED_OUT, "--timeout ran out"),
}


def report_followed(followed: Followed, client: Client, screen: Screen) -> ExitCode:
    """Print the outcome in the form asked for and give the exit code."""
    if not followed.run_id:
        failure = _left(followed, "before the run was created")
        screen.failure(failure)
        return failure.exit_code
    run = client.get_run(followed.run_id)
    problem = _problem(followed, run)
    if screen.output is OutputFormat.json:
        screen.document(run_document(run, problem))
    elif screen.output is OutputFormat.jsonl and problem is not None and not followed.ended:
        screen.json_line({"error": problem.document()})
    elif screen.output is OutputFormat.table and run.HasField("result"):
        screen.pairs(run_pairs(run))
    if run.state in TERMINAL_STATES:
        screen.note(settled_line(run))
        _note_warnings(run, screen)
    if problem is None:
        return ExitCode.DONE
    for line in problem.lines():
        screen.complain(line)
    return problem.exit_code


def _problem(followed: Followed, run: Run) -> Failure | None:
    if run.state == RunState.RUN_STATE_SUCCEEDED:
        return None
    if run.state == RunState.RUN_STATE_FAILED:
        return failure_of_run(run)
    if run.state == RunState.RUN_STATE_CANCELLED:
        kept = "; partial results are kept" if run.HasField("result") else ""
        if followed.cause is None:
            return Failure("CANCELLED", f"the run was cancelled{kept}", ExitCode.RUN_CANCELLED, run_id=run.run_id)
        return _left(followed, f"the run was cancelled{kept}")
    if followed.detached:
        return _left(followed, "the run goes on", hint=f"zac runs watch {run.run_id}")
    return _left(followed, "the run is being cancelled", hint=f"zac runs show {run.run_id}")


def _left(followed: Followed, rest: str, hint: str = "") -> Failure:
    code, exit_code, text = _CAUSES[followed.cause or Cause.INTERRUPT]
    return Failure(code, f"{text}: {rest}", exit_code, hint, followed.run_id)


def _note_warnings(run: Run, screen: Screen) -> None:
    for warning in run.result.warnings[:MAX_WARNINGS]:
        screen.note(f"warning: {warning.text}")
    if (more := run.result.warning_count - MAX_WARNINGS) > 0:
        screen.note(f"... and {more} more; zac runs show {run.run_id} -o json lists the first hundred")
