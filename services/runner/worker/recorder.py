"""What the engine tells while it runs, written to the journal in batches by a thread of its own."""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from contextlib import closing, suppress
from datetime import datetime
from typing import TYPE_CHECKING

from services.runner.journal import ExecutionEvent, JournalWriter, frame
from services.runner.layout import ExecutionFolder
from services.runner.progress import ProgressMeter
from services.runner.worker.messages import LEVEL_NAMES, to_log_event, to_order_event, to_progress
from zac.run.v1 import execution_pb2

if TYPE_CHECKING:
    from pylean import ProgressReport
    from pylean.results import OrderEventRecord

FLUSH_INTERVAL_S = 0.05
MAX_TEXT_BYTES = 12_000  # no event above 16 kB; log.txt has the whole line
MAX_LOG_CHARS = 256 * 1024 * 1024  # of one run; a strategy that logs without end must not fill the disk

_UTF8_BYTES = 4  # of one character at most


class Recorder:
    """The engine's observer. Its methods only take note; the thread numbers, writes and pokes the runner.

    `stop_requested` is read by the engine at each slice.
    """

    def __init__(self, folder: ExecutionFolder, poke_descriptor: int) -> None:
        self.stop_requested = False
        self._journal = JournalWriter(folder.journal)
        self._log = folder.log.open("a", encoding="utf-8", errors="replace")
        self._log_room_chars = MAX_LOG_CHARS
        self._unlogged_lines = 0
        self._stamped = (0, "")  # the last simulated second of a line, and its text
        self._poke_descriptor = poke_descriptor
        os.set_blocking(poke_descriptor, False)  # a full pipe means that the runner has been poked already
        self._waiting: deque[ExecutionEvent] = deque()
        self._sequence = 0
        self._meter = ProgressMeter()
        self._report: ProgressReport | None = None
        self._told_report: ProgressReport | None = None
        self._failure: OSError | None = None
        self._is_closing = False
        self._wake = threading.Event()
        self._thread = threading.Thread(target=self._write_in_batches, name="recorder", daemon=True)
        self._thread.start()

    # What the engine calls

    def started(self) -> None:
        """The strategy is loaded, the simulation begins: told at once."""
        self._note(ExecutionEvent(started=execution_pb2.ExecutionStarted(worker_pid=os.getpid())))
        self._wake.set()

    def progress(self, report: ProgressReport) -> None:
        """Told at the next occasion; a newer report replaces one that was not told yet."""
        self._report = report

    def log(self, level: str, text: str, utc: datetime | None) -> None:
        """A line of the strategy or the engine; `utc` is the simulated time."""
        self._note(to_log_event(level, text, utc))

    def order_event(self, record: OrderEventRecord) -> None:
        """A step in the life of an order."""
        self._note(ExecutionEvent(order_event=to_order_event(record)))

    # What the worker calls

    def raise_failure(self) -> None:
        """Raise the `OSError` that kept the thread from writing, for example a full disk."""
        if self._failure is not None:
            raise self._failure

    def finish(self, finished: execution_pb2.ExecutionFinished, log_text: str = "") -> None:
        """Write everything that waits and then the terminal event, last; `log_text` goes to log.txt only.

        Raises `OSError`.
        """
        self._is_closing = True
        self._wake.set()
        self._thread.join()
        with closing(self._journal), self._log:
            self.raise_failure()
            self._tell_what_is_left(finished)
            self._flush()
            if log_text:
                self._log.write(f"{log_text}\n")
            self._note(ExecutionEvent(finished=finished))
            self._flush()
            self._journal.sync()

    def _tell_what_is_left(self, finished: execution_pb2.ExecutionFinished) -> None:
        self._flush()
        if self._unlogged_lines:
            self._log_room_chars = MAX_LOG_CHARS
            self.log("warning", f"{self._unlogged_lines} log lines above the limit of the log were not kept", None)
        if finished.state == execution_pb2.EXECUTION_STATE_SUCCEEDED and self._report is not None:
            self._tell_progress(self._report, is_end=True)

    def _note(self, event: ExecutionEvent) -> None:
        now_ns = time.time_ns()
        event.event_time.seconds, event.event_time.nanos = divmod(now_ns, 1_000_000_000)
        self._waiting.append(event)  # atomic, so the engine's thread never waits for the writer's

    def _write_in_batches(self) -> None:
        try:
            while not self._is_closing:
                self._wake.wait(FLUSH_INTERVAL_S)
                self._wake.clear()
                self._tell_progress_if_due()
                self._flush()
        except OSError as error:
            self._failure = error
            self.stop_requested = True  # no use in simulating what cannot be recorded

    def _tell_progress_if_due(self) -> None:
        report = self._report
        if report is not None and self._meter.is_due(time.monotonic(), is_new=report is not self._told_report):
            self._tell_progress(report)

    def _tell_progress(self, report: ProgressReport, *, is_end: bool = False) -> None:
        self._told_report = report
        pace = self._meter.tell(time.monotonic(), report.percent, report.processed_data_points, is_end=is_end)
        self._note(ExecutionEvent(progress=to_progress(report, pace)))

    def _flush(self) -> None:
        framed = []
        for _ in range(len(self._waiting)):
            event = self._waiting.popleft()
            if event.HasField("log") and not self._keep(event.log):
                continue
            self._sequence += 1
            event.sequence = self._sequence
            framed.append(frame(event.SerializeToString()))
        if framed:
            self._log.flush()
            self._journal.append(b"".join(framed))
            self._poke()

    def _keep(self, line: execution_pb2.LogLine) -> bool:
        """Write a line to the log file and shorten it for the journal; false when the log is full."""
        if len(line.text) > self._log_room_chars:
            self._unlogged_lines += 1
            return False
        self._log_room_chars -= len(line.text)
        self._log.write(f"{self._stamp(line)}{LEVEL_NAMES[line.level]} {line.text}\n")
        if len(line.text) > MAX_TEXT_BYTES // _UTF8_BYTES and len(encoded := line.text.encode()) > MAX_TEXT_BYTES:
            line.text = encoded[:MAX_TEXT_BYTES].decode(errors="ignore") + " … (cut; whole in log.txt)"
        return True

    def _stamp(self, line: execution_pb2.LogLine) -> str:
        if not line.HasField("simulated_time"):
            return ""
        seconds = line.simulated_time.seconds
        if seconds != self._stamped[0]:  # most lines share their second with the line before
            self._stamped = seconds, f"{line.simulated_time.ToDatetime():%Y-%m-%d %H:%M:%S} "
        return self._stamped[1]

    def _poke(self) -> None:
        # A full pipe: the runner has been poked already. A broken one: it is gone, and the next looks by itself.
        with suppress(BlockingIOError, BrokenPipeError):
            os.write(self._poke_descriptor, b"\0")
