"""Where output goes: results to stdout, everything else to stderr, dressed up only for a terminal that wants it."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from services.cli.failures import Failure

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["OutputFormat", "Screen"]


class OutputFormat(StrEnum):
    table = "table"
    json = "json"
    jsonl = "jsonl"
    id = "id"


@dataclass(frozen=True, slots=True)
class Screen:
    """The two streams of one command and how much the user wants on them."""

    output: OutputFormat = OutputFormat.table
    quiet: bool = False
    progress: bool = True
    color: bool = True

    @property
    def is_live(self) -> bool:
        """Standard error is a terminal on which a line can be drawn over."""
        return sys.stderr.isatty() and os.environ.get("TERM") != "dumb"

    @property
    def is_dressed(self) -> bool:
        """Standard output is a terminal that can show tables with rules and colours."""
        return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"

    @property
    def is_interactive(self) -> bool:
        """Somebody can be asked."""
        return sys.stdin.isatty() and sys.stderr.isatty()

    def console(self, *, stderr: bool = False) -> Console:
        """A Rich console; NO_COLOR is obeyed by Rich itself."""
        from rich.console import Console

        return Console(stderr=stderr, no_color=None if self.color else True, highlight=False)

    def note(self, text: str) -> None:
        """A line for people beside the result."""
        if not self.quiet:
            print(text, file=sys.stderr, flush=True)

    def complain(self, text: str) -> None:
        """A line about something that went wrong, also when quiet."""
        print(text, file=sys.stderr, flush=True)

    def line(self, text: str) -> None:
        """A line of the result."""
        print(text, flush=True)

    def document(self, value: Any) -> None:
        """The JSON document that is the whole result."""
        print(json.dumps(value, indent=2, ensure_ascii=False), flush=True)

    def json_line(self, value: Any) -> None:
        print(json.dumps(value, ensure_ascii=False, separators=(",", ":")), flush=True)

    def rows(self, rows: Sequence[Mapping[str, str]], columns: Sequence[str]) -> None:
        """A table of texts: Rich's on a terminal, columns divided by two blanks elsewhere."""
        if self.is_dressed:
            from rich import box
            from rich.table import Table
            from rich.text import Text

            table = Table(*columns, box=box.SIMPLE_HEAD, header_style="bold")
            for row in rows:
                table.add_row(*(Text(row[column]) for column in columns))
            self.console().print(table)
            return
        widths = {column: max(len(column), *(len(row[column]) for row in rows)) for column in columns} if rows else {}
        for row in ({column: column for column in columns}, *rows):
            self.line("  ".join(row[column].ljust(widths.get(column, 0)) for column in columns).rstrip())

    def pairs(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Names and values, one pair a line."""
        listed = list(pairs)
        width = max((len(name) for name, _ in listed), default=0)
        if self.is_dressed:
            from rich.table import Table
            from rich.text import Text

            table = Table.grid(padding=(0, 2))
            for name, value in listed:
                table.add_row(Text(name, style="dim"), Text(value, style="bold"))
            self.console().print(table)
            return
        for name, value in listed:
            self.line(f"{name.ljust(width)}  {value}")

    def failure(self, failure: Failure) -> None:
        """An error, for people on stderr and, when JSON was asked for, as the document on stdout."""
        if self.output is OutputFormat.json:
            self.document({"error": failure.document()})
        elif self.output is OutputFormat.jsonl:
            self.json_line({"error": failure.document()})
        for line in failure.lines():
            self.complain(line)
