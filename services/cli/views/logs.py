"""Which lines of a run's log are shown beside its progress."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zac.run.v1.execution_pb2 import LogLine

__all__ = ["LogLines"]

DOWNLOAD_PHASE = "data_download"
MAX_ALIKE = 3
MAX_CHARS = 300
# Lines whose first words are the same say the same of different things: "Missing data for AAPL", "... for MSFT".
ALIKE_WORDS = 3


class LogLines:
    """Lines of the data phase, warnings and errors; of many that begin alike only the first few, then their number."""

    def __init__(self) -> None:
        self._kind: list[str] = []
        self._alike = 0

    def show(self, line: LogLine) -> list[str]:
        """The lines to print for the next line of the log."""
        from zac.run.v1.execution_pb2 import LogLevel

        name = {LogLevel.LOG_LEVEL_WARNING: "warning: ", LogLevel.LOG_LEVEL_ERROR: "error: "}.get(line.level, "")
        if not name and line.phase != DOWNLOAD_PHASE:
            return []
        kind, shown = line.text.split()[:ALIKE_WORDS], []
        if kind != self._kind:
            shown = self.flush()
            self._kind = kind
        self._alike += 1
        if self._alike <= MAX_ALIKE:
            shown.append(name + _shortened(line.text))
        return shown

    def flush(self) -> list[str]:
        """What is left to say when something else happens."""
        hidden = self._alike - MAX_ALIKE
        kind, self._kind, self._alike = " ".join(self._kind), [], 0
        return [f"… {hidden} more lines: {kind} …"] if hidden > 0 else []


def _shortened(text: str) -> str:
    if len(text) <= MAX_CHARS:
        return text
    # What a traceback has to say stands at its end.
    return "…" + text[1 - MAX_CHARS :] if "\n" in text else text[: MAX_CHARS - 1] + "…"
