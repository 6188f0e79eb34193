"""One case in a process of its own: ``python -m tests.conformance.lean_suite.child ALGORITHM DATA LEAN``.

The last line of standard output is the outcome as JSON; a failure is a traceback and exit code 1.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path

from pylean import BacktestJob, SilentObserver, run_backtest
from tests.conformance.lean_suite.fundamentals import LeanTestFundamentals

__all__: list[str] = []

#: Parameters of Lean's own configuration file, which its regression tests run with.
_PARAMETERS = {"ema-fast": "10", "ema-slow": "20"}


def _main(algorithm: Path, data: Path, lean: Path) -> None:
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as output:
        fundamentals = LeanTestFundamentals(lean)
        job = BacktestJob(
            algorithm, data, Path(output), algorithm.stem, parameters=_PARAMETERS, fundamental_data=fundamentals
        )
        outcome = run_backtest(job, SilentObserver())
    print(
        json.dumps(
            {
                "statistics": outcome.statistics,
                "order_list_hash": outcome.order_list_hash,
                "data_points": outcome.data_points,
                "history_data_points": outcome.history_data_points,
                "warnings": [warning.code for warning in outcome.warnings],
                "seconds": round(time.monotonic() - started, 3),
            }
        )
    )


if __name__ == "__main__":
    _main(*map(Path, sys.argv[1:]))
