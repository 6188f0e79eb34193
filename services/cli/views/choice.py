"""Which view a command's options and streams call for."""

from __future__ import annotations

import time

from services.cli.console import OutputFormat, Screen
from services.cli.views.base import RunView
from services.cli.views.events import BothViews, EventView, IdView
from services.cli.views.lines import LineView

__all__ = ["make_view"]


def make_view(screen: Screen) -> RunView:
    """What people see on stderr, together with what -o writes to stdout while the run goes on."""
    people = _people_view(screen)
    if screen.output is OutputFormat.jsonl:
        return BothViews(people, EventView(screen.json_line))
    if screen.output is OutputFormat.id:
        return BothViews(people, IdView(screen.line))
    return people


def _people_view(screen: Screen) -> RunView:
    if screen.quiet:
        return RunView()
    if screen.progress and screen.is_live:
        from services.cli.views.bars import BarView

        return BarView(screen.console(stderr=True))
    return LineView(screen.note, time.monotonic, progress=screen.progress)
