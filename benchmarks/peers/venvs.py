"""The peers: which script in which environment, and making the environments."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

__all__ = ["PEERS", "Peer"]

_HERE = Path(__file__).parent
_INSTALL_TIMEOUT_S = 600


@dataclass(frozen=True)
class Peer:
    """A script, and the packages it needs under a Python. ``not_on`` names workloads it is left out of, and why."""

    name: str
    script: str
    python: str
    packages: tuple[str, ...]
    not_on: tuple[tuple[str, str], ...] = ()

    @property
    def path(self) -> Path:
        return _HERE / f"{self.script}.py"

    def interpreter(self, folder: Path) -> Path:
        return folder / self.name / "bin" / "python"

    def missing(self, folder: Path, make: bool) -> str:
        """Why there is no environment; empty if there is one. ``make`` tries to install it first, with uv."""
        target = folder / self.name
        if self.interpreter(folder).is_file():
            return ""
        if not make:
            return "no environment: run once with --peers"
        uv = (sys.executable, "-m", "uv")
        steps = (
            (*uv, "venv", "-q", "--python", self.python, str(target)),
            (*uv, "pip", "install", "-q", "--python", str(self.interpreter(folder)), *self.packages),
        )
        for step in steps:
            done = subprocess.run(step, capture_output=True, text=True, check=False, timeout=_INSTALL_TIMEOUT_S)
            if done.returncode:
                shutil.rmtree(target, ignore_errors=True)
                return f"not available: {done.stderr.strip()[-300:]}"
        return ""


PEERS = (
    Peer("nautilus-rust", "nautilus_rust", "3.13", ("nautilus_trader==1.231.0",)),
    Peer("nautilus-cython", "nautilus_cython", "3.11", ("nautilus_trader==1.221.0",)),
    Peer("vectorbt", "vectorbt_peer", "3.11", ("vectorbt==1.2.0",)),
    Peer("backtesting", "backtesting_peer", "3.11", ("backtesting==0.6.6",)),
    Peer(
        "backtrader",
        "backtrader_peer",
        "3.11",
        ("backtrader==1.9.78.123", "numpy==2.4.6"),
        (("w1", "it would take minutes: two million bars at 27,000 a second"),),
    ),
)
