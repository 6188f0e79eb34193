"""Following a run with everything around it: the view, the result, the exit code."""

from __future__ import annotations

from services.cli.client import Client
from services.cli.console import OutputFormat, Screen
from services.cli.documents import run_document
from services.cli.exits import ExitCode
from services.cli.follow import FollowOptions, Start, follow
from services.cli.outcome import report_followed
from services.cli.views import make_view

__all__ = ["follow_and_report", "start_detached"]


def follow_and_report(address: str, start: Start | str, screen: Screen, options: FollowOptions) -> ExitCode:
    """Follow a run, print its result and give the exit code. Raises ServiceError."""
    view = make_view(screen)
    try:
        followed = follow(address, start, view, screen, options)
    finally:
        view.close()
    with Client(address) as client:
        return report_followed(followed, client, screen)


def start_detached(address: str, start: Start, screen: Screen) -> ExitCode:
    """Create a run and leave it to the gateway."""
    with Client(address) as client:
        run = start(client).run
    if screen.output is OutputFormat.json:
        screen.document(run_document(run))
    elif screen.output is OutputFormat.jsonl:
        screen.json_line(run_document(run))
    else:
        screen.line(run.run_id)
    screen.note(f"zac runs watch {run.run_id}")
    return ExitCode.DONE
