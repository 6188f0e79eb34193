"""The journal of one execution: an append-only file of `ExecutionEvent` records, each preceded by its length (varint).

The position of a record, from 1, is the sequence of its event. A record is there when all of its bytes are: whatever
follows the last whole record was cut off by the death of the writer and does not exist for readers.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from google.protobuf.message import DecodeError

from zac.run.v1 import execution_pb2

ExecutionEvent = execution_pb2.ExecutionEvent

MAX_RECORD_BYTES = 1 << 17  # eight times the largest event a worker writes; a larger length is not one of ours
READ_BYTES = 1 << 18  # one read: more than any record, and little enough not to hold up others
_MAX_VARINT_BYTES = 5


class JournalError(Exception):
    """A journal holds bytes that no worker wrote; `path` names it."""

    def __init__(self, path: Path, problem: str) -> None:
        super().__init__(f"{path}: {problem}")
        self.path = path


def frame(record: bytes) -> bytes:
    """A serialized record preceded by its length."""
    length = len(record)
    prefix = bytearray()
    while length > 0x7F:
        prefix.append(length & 0x7F | 0x80)
        length >>= 7
    prefix.append(length)
    return bytes(prefix) + record


class JournalWriter:
    """Appends records; each `append` is one write, seen by readers at once."""

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o644)

    def append(self, framed: bytes) -> None:
        """Append framed records. Raises `OSError`, for example when the disk is full."""
        rest = memoryview(framed)
        while rest:
            rest = rest[os.write(self._descriptor, rest) :]

    def sync(self) -> None:
        """Wait until the records are on the disk."""
        os.fsync(self._descriptor)

    def close(self) -> None:
        os.close(self._descriptor)


class JournalReader:
    """Reads whole records from the beginning on.

    What is not a whole record yet is read again the next time, so a torn one may be cut off in between.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        self.sequence = 0  # of the last record read
        self.size_bytes = 0  # of all records read: where the next one begins

    def read(self) -> list[ExecutionEvent]:
        """The next whole records, `READ_BYTES` of them at most; empty when there is none.

        Raises `JournalError` when bytes follow that are no record, after all records before them were read.
        """
        buffer = os.pread(self._descriptor, READ_BYTES, self.size_bytes)
        events: list[ExecutionEvent] = []
        position = 0
        try:
            while span := _span(buffer, position):
                events.append(_event(buffer[span[0] : span[1]], self.sequence + len(events) + 1))
                position = span[1]
        except ValueError as error:
            if not events:
                raise JournalError(self._path, f"no record begins at byte {self.size_bytes}") from error
        self.sequence += len(events)
        self.size_bytes += position
        return events

    def close(self) -> None:
        os.close(self._descriptor)

    def __enter__(self) -> JournalReader:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()


def _event(record: bytes, sequence: int) -> ExecutionEvent:
    try:
        event = ExecutionEvent.FromString(record)
    except DecodeError as error:
        raise ValueError(sequence) from error
    if event.sequence != sequence:
        raise ValueError(sequence)
    return event


def _span(buffer: bytes, position: int) -> tuple[int, int] | None:
    """Start and end of the record whose length stands at `position`; `None` when some of its bytes are missing."""
    length = 0
    for index, byte in enumerate(buffer[position : position + _MAX_VARINT_BYTES]):
        length |= (byte & 0x7F) << 7 * index
        if byte <= 0x7F:
            start = position + index + 1
            if not 0 < length <= MAX_RECORD_BYTES:
                raise ValueError(length)
            return (start, start + length) if start + length <= len(buffer) else None
    if len(buffer) - position >= _MAX_VARINT_BYTES:
        raise ValueError(length)
    return None


@dataclass(frozen=True, slots=True)
class JournalEnd:
    """Where a journal ends: sequence of the last whole record (0: empty), bytes up to there, terminal event if any."""

    sequence: int
    size_bytes: int
    terminal: execution_pb2.ExecutionFinished | None


def read_end(path: Path) -> JournalEnd:
    """Read a journal to the end of its last whole record; a missing file is an empty journal."""
    last = ExecutionEvent()
    if not path.exists():
        return JournalEnd(0, 0, None)
    with JournalReader(path) as reader:
        try:
            while events := reader.read():
                last = events[-1]
        except JournalError:
            pass  # nobody wrote this as a record, so the journal ends before it
        return JournalEnd(reader.sequence, reader.size_bytes, last.finished if last.HasField("finished") else None)


def append_terminal(path: Path, event: ExecutionEvent) -> None:
    """Cut off what follows the last whole record and append the terminal event, setting its sequence.

    Only for a journal without a living writer. Raises `OSError`, for example when the disk is full.
    """
    end = read_end(path)
    writer = JournalWriter(path)
    try:
        os.truncate(path, end.size_bytes)
        event.sequence = end.sequence + 1
        writer.append(frame(event.SerializeToString()))
        writer.sync()
    finally:
        writer.close()
