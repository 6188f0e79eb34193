"""Memory of this process."""

from __future__ import annotations

import resource
from pathlib import Path

_STATUS = Path("/proc/self/status")


def peak_memory_bytes() -> int:
    """Highest resident memory since the process began to run this program.

    `ru_maxrss` would also count the moment before exec, when the new process was still an image of its parent.
    """
    for line in _STATUS.read_text(encoding="ascii", errors="replace").splitlines() if _STATUS.exists() else ():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
