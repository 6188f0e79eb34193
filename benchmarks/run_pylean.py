"""One backtest by pylean in a process of its own, as `python benchmarks/run_pylean.py JOB.json`; prints its figures."""

import json
import sys
import time
from dataclasses import fields
from datetime import date
from pathlib import Path

from pylean import BacktestJob, SilentObserver, run_backtest

CONVERT = {"Path": Path, "Path | None": Path, "date | None": date.fromisoformat}


def main() -> None:
    values = json.loads(Path(sys.argv[1]).read_text())
    kinds = {field.name: str(field.type) for field in fields(BacktestJob)}
    job = BacktestJob(**{name: CONVERT.get(kinds[name], lambda it: it)(value) for name, value in values.items()})
    started = time.perf_counter()
    outcome = run_backtest(job, SilentObserver())
    run_s = time.perf_counter() - started
    print(
        json.dumps(
            {
                "run_s": run_s,
                "orders": outcome.orders,
                "bars": outcome.data_points,
                "hash": outcome.order_list_hash,
                "warnings": [warning.code for warning in outcome.warnings],
            }
        )
    )


if __name__ == "__main__":
    main()
