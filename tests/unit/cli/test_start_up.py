"""`zac --help` imports little."""

from __future__ import annotations

import subprocess
import sys

HEAVY = "google grpc numpy pandas psutil pydantic pygments rich services.common structlog zac"


def test_help_loads_nothing_heavy() -> None:
    program = (
        "import sys; from services.cli.app import run_command; run_command(['--help']);"
        f"print([name for name in {HEAVY!r}.split() if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "Run backtests" in done.stdout
    assert done.stderr.strip() == "[]"
