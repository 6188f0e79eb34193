"""The journal: whole records in order, whatever happened to its end."""

from __future__ import annotations

import bisect
import itertools
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.runner.journal import (
    MAX_RECORD_BYTES,
    ExecutionEvent,
    JournalError,
    JournalReader,
    JournalWriter,
    append_terminal,
    frame,
    read_end,
)
from zac.run.v1 import execution_pb2

FAILED = execution_pb2.EXECUTION_STATE_FAILED


def log_event(sequence: int, text: str) -> ExecutionEvent:
    return ExecutionEvent(sequence=sequence, log=execution_pb2.LogLine(text=text))


def terminal_event() -> ExecutionEvent:
    return ExecutionEvent(finished=execution_pb2.ExecutionFinished(state=FAILED))


def write(path: Path, content: bytes) -> None:
    writer = JournalWriter(path)
    writer.append(content)
    writer.close()


def read_all(path: Path) -> list[ExecutionEvent]:
    with JournalReader(path) as reader:
        records: list[ExecutionEvent] = []
        while found := reader.read():
            records += found
        assert reader.sequence == len(records)
        return records


@given(
    texts=st.lists(st.text(st.characters(codec="utf-8"), max_size=300), max_size=8),
    data=st.data(),
)
def test_a_torn_end_takes_nothing_but_the_torn_record(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str], data: st.DataObject
) -> None:
    path = tmp_path_factory.mktemp("journal") / "journal"
    events = [log_event(number, text) for number, text in enumerate(texts, 1)]
    records = [frame(event.SerializeToString()) for event in events]
    ends = list(itertools.accumulate(map(len, records)))
    length = data.draw(st.integers(0, ends[-1] if ends else 0))
    write(path, b"".join(records)[:length])
    whole = events[: bisect.bisect_right(ends, length)]
    assert read_all(path) == whole
    append_terminal(path, terminal_event())
    end = read_end(path)
    assert end.sequence == len(whole) + 1
    assert end.terminal is not None
    assert end.size_bytes == path.stat().st_size
    assert read_all(path)[:-1] == whole


def test_a_reader_sees_what_is_appended_later_and_in_pieces(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    first, second = (frame(log_event(number, "x" * 500).SerializeToString()) for number in (1, 2))
    writer = JournalWriter(path)
    with JournalReader(path) as reader:
        assert reader.read() == []
        writer.append(first + second[:100])
        assert len(reader.read()) == 1
        assert reader.read() == []
        writer.append(second[100:])
        assert [event.sequence for event in reader.read()] == [2]
    writer.close()


def test_a_reader_goes_on_after_a_torn_record_was_cut_off(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    first, torn = (frame(log_event(number, "x" * 500).SerializeToString()) for number in (1, 2))
    write(path, first + torn[:300])
    with JournalReader(path) as reader:
        assert len(reader.read()) == 1
        append_terminal(path, terminal_event())
        (event,) = reader.read()
    assert (event.sequence, event.finished.state) == (2, FAILED)


@pytest.mark.parametrize(
    "damage",
    [
        b"\xff" * 9,
        b"\x00" * 9,
        frame(b"x" * (MAX_RECORD_BYTES + 1)),
        frame(b"no protocol buffer"),
        frame(log_event(3, "not the next").SerializeToString()),
    ],
)
def test_bytes_that_are_no_record_are_named_and_never_read_past(tmp_path: Path, damage: bytes) -> None:
    path = tmp_path / "journal"
    good = log_event(1, "good")
    record = frame(good.SerializeToString())
    write(path, record + damage)
    with JournalReader(path) as reader:
        assert reader.read() == [good]
        with pytest.raises(JournalError, match=f"byte {len(record)}"):
            reader.read()
    assert read_end(path).sequence == 1
    append_terminal(path, terminal_event())
    assert read_all(path)[0] == good
    assert read_end(path).sequence == 2


def test_a_missing_journal_is_an_empty_one(tmp_path: Path) -> None:
    end = read_end(tmp_path / "journal")
    assert (end.sequence, end.size_bytes, end.terminal) == (0, 0, None)


def test_a_long_journal_is_read_in_bounded_pieces(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    write(path, b"".join(frame(log_event(number, "x" * 12_000).SerializeToString()) for number in range(1, 301)))
    with JournalReader(path) as reader:
        pieces = []
        while found := reader.read():
            pieces.append(len(found))
    assert sum(pieces) == 300
    assert len(pieces) > 2
