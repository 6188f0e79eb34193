"""Entry of the worker process: `python -m services.runner.worker POKE_DESCRIPTOR`.

Loads the engine and waits for an assignment on standard input; ends when there is none. Runs FOLDER/request.binpb and
writes FOLDER/journal, log.txt and artifacts. The terminal event is the last thing it writes; a worker that ends without
one was killed, or could not write: then its exit code is the errno.
"""

from __future__ import annotations

import os
import resource
import signal
import sys
from contextlib import suppress
from pathlib import Path

from services.runner.layout import ExecutionFolder
from services.runner.worker.assignment import Assignment
from services.runner.worker.recorder import Recorder
from services.runner.worker.simulation import simulate

EXIT_UNRECORDED = 1


def main(arguments: list[str]) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    stop_signals: list[int] = []
    signal.signal(signal.SIGUSR1, lambda number, _frame: stop_signals.append(number))
    with suppress(Exception):  # whatever keeps the engine from loading is told when a run needs it
        from pylean import load_algorithm_class, run_backtest  # noqa: F401, PLC0415
    if not (line := sys.stdin.readline()):
        return
    assignment = Assignment.from_line(line)
    _settle_in(assignment.folder)
    recorder = Recorder(assignment.folder, int(arguments[0]))

    def stop(_number: int, _frame: object) -> None:
        recorder.stop_requested = True

    signal.signal(signal.SIGUSR1, stop)
    recorder.stop_requested = bool(stop_signals)
    code = 0
    try:
        ending = simulate(assignment, recorder)
        recorder.finish(ending.finished, ending.log_text)
    except OSError as error:
        code = error.errno or EXIT_UNRECORDED
    sys.stdout.flush()
    sys.stderr.flush()
    # Everything is written. Taking the interpreter apart would only cost time, and threads of the strategy could hold
    # it up for ever.
    os._exit(code)


def _settle_in(folder: ExecutionFolder) -> None:
    """Make the folder the working folder, its output.txt the standard output, and nothing the standard input."""
    os.chdir(folder.path)
    for path, flags, targets in (
        (folder.output, os.O_WRONLY | os.O_CREAT | os.O_APPEND, (1, 2)),
        (Path(os.devnull), os.O_RDONLY, (0,)),
    ):
        descriptor = os.open(path, flags, 0o644)
        for target in targets:
            os.dup2(descriptor, target)
        os.close(descriptor)


if __name__ == "__main__":
    main(sys.argv[1:])
