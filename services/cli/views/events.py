"""Each event as one line of JSON: the API's messages, unchanged."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from services.cli.views.base import RunView

if TYPE_CHECKING:
    from zac.gateway.v1.run_pb2 import Run, RunEvent

__all__ = ["BothViews", "EventView", "IdView"]


class EventView(RunView):
    """Writes every event as a JSON object in the proto's field names."""

    def __init__(self, write: Callable[[Any], None]) -> None:
        self._write = write

    def event(self, event: RunEvent) -> None:
        from services.cli.documents import message_document

        self._write(message_document(event))


class IdView(RunView):
    """Writes the run's id as soon as it is known."""

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write = write
        self._written = False

    def created(self, run: Run, *, existing: bool) -> None:
        self._write(run.run_id)
        self._written = True

    def snapshot(self, run: Run) -> None:
        if not self._written:
            self.created(run, existing=True)


class BothViews(RunView):
    """Tells two views the same."""

    def __init__(self, first: RunView, second: RunView) -> None:
        self._views = (first, second)

    def created(self, run: Run, *, existing: bool) -> None:
        for view in self._views:
            view.created(run, existing=existing)

    def snapshot(self, run: Run) -> None:
        for view in self._views:
            view.snapshot(run)

    def event(self, event: RunEvent) -> None:
        for view in self._views:
            view.event(event)

    def pause(self) -> None:
        for view in self._views:
            view.pause()

    def resume(self) -> None:
        for view in self._views:
            view.resume()

    def close(self) -> None:
        for view in self._views:
            view.close()
