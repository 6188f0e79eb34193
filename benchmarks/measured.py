"""One process from its start to its end: wall time, processor time, peak memory, and what it printed."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["Measured", "measured"]


@dataclass(frozen=True)
class Measured:
    """``document`` is the JSON of the last line; ``failure`` says why there is none."""

    wall_s: float
    cpu_s: float
    peak_mb: float
    document: dict[str, Any]
    failure: str = ""


def measured(command: Sequence[str | Path], env: Mapping[str, str], timeout_s: float) -> Measured:
    """Run a command to its end, or kill it after ``timeout_s``."""
    with tempfile.TemporaryFile("w+") as output:
        started = time.perf_counter()
        process = subprocess.Popen([str(part) for part in command], env=dict(env), stdout=output, stderr=output)
        killer = threading.Timer(timeout_s, process.kill)
        killer.start()
        _, status, usage = os.wait4(process.pid, 0)
        wall_s = time.perf_counter() - started
        was_killed = not killer.is_alive()
        killer.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        lines = output.read().splitlines()
    peak_mb = usage.ru_maxrss / 1024
    cpu_s = usage.ru_utime + usage.ru_stime
    if was_killed:
        return Measured(wall_s, cpu_s, peak_mb, {}, f"not finished after {timeout_s:g} s")
    if process.returncode or not lines:
        return Measured(wall_s, cpu_s, peak_mb, {}, f"exit code {process.returncode}: {' '.join(lines[-3:])[-400:]}")
    return Measured(wall_s, cpu_s, peak_mb, json.loads(lines[-1]))
