"""What is shown of a run while it goes on."""

from __future__ import annotations

import io
from typing import Any

import pytest
from rich.console import Console

from services.cli.views.bars import BarView
from services.cli.views.lines import LineView, Pace, download_details
from services.cli.views.logs import LogLines
from zac.data.v1 import coverage_pb2, download_pb2
from zac.gateway.v1 import run_pb2
from zac.run.v1 import execution_pb2

INFO, WARNING = execution_pb2.LOG_LEVEL_INFO, execution_pb2.LOG_LEVEL_WARNING


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def log(text: str, level: Any = INFO, phase: str = "data_download") -> execution_pb2.LogLine:
    return execution_pb2.LogLine(text=text, level=level, phase=phase)


def state(phase: Any, text: str, state: Any = run_pb2.RUN_STATE_RUNNING) -> run_pb2.RunEvent:
    return run_pb2.RunEvent(state_changed=run_pb2.RunStateChanged(state=state, phase=phase, status_text=text))


def progress(percent: float, **fields: Any) -> run_pb2.RunEvent:
    message = execution_pb2.Progress(percent=percent, **fields)
    message.simulated_time.FromJsonString("2025-10-07T14:00:00Z")
    return run_pb2.RunEvent(progress=message)


def test_a_line_is_due_after_ten_percent_or_ten_seconds(clock: Clock) -> None:
    pace = Pace(clock)
    assert [percent for percent in range(101) if pace.is_due(percent)] == list(range(10, 101, 10))
    pace = Pace(clock)
    due = []
    for clock.now in range(1, 61):
        if pace.is_due(clock.now / 60):
            due.append(clock.now)
    assert due == [10, 20, 30, 40, 50, 60]


def test_lines_of_a_run(clock: Clock) -> None:
    written: list[str] = []
    view = LineView(written.append, clock)
    run = run_pb2.Run(run_id="r1", name="mine", simulated_data=True)
    run.configuration.strategy = "ZacQC"
    view.created(run, existing=False)
    view.snapshot(run)
    view.event(state(run_pb2.RUN_PHASE_CHECKING_DATA, "Checking Data"))
    view.event(run_pb2.RunEvent(log=log("All required Seconds data is available")))
    view.event(run_pb2.RunEvent(log=log("said by the strategy", phase="backtest_execution")))
    view.event(run_pb2.RunEvent(log=log("stopped out", WARNING, "backtest_execution")))
    view.event(state(run_pb2.RUN_PHASE_SIMULATING, "Running"))
    view.event(progress(5))
    view.event(progress(62.4, trades=128, remaining={"seconds": 80}))
    view.event(state(run_pb2.RUN_PHASE_COLLECTING, "Completing"))
    view.event(progress(100))
    view.event(state(run_pb2.RUN_PHASE_UNSPECIFIED, "Completed", run_pb2.RUN_STATE_SUCCEEDED))
    assert written == [
        "run r1  ZacQC  mine  (simulated data)",
        "Checking Data",
        "All required Seconds data is available",
        "warning: stopped out",
        "Running",
        "Running 62%  2025-10-07  128 trades  ~1m 20s",
        "Completing",
    ]


@pytest.mark.parametrize(
    ("run_state", "expected"),
    [
        (run_pb2.RUN_STATE_SUCCEEDED, "run r1    (result of an equal run; --again runs it anew)"),
        (run_pb2.RUN_STATE_RUNNING, "run r1    (an equal run is under way)"),
    ],
)
def test_an_equal_run_is_told(clock: Clock, run_state: Any, expected: str) -> None:
    written: list[str] = []
    LineView(written.append, clock).created(run_pb2.Run(run_id="r1", state=run_state), existing=True)
    assert written == [expected]


def test_many_lines_that_begin_alike_are_counted() -> None:
    lines = LogLines()
    shown = [
        text for symbol in "ABCDEFG" for text in lines.show(log(f"Missing data for {symbol}: 2025-10-03", WARNING))
    ]
    assert shown == [f"warning: Missing data for {symbol}: 2025-10-03" for symbol in "ABC"]
    assert lines.show(log("Download completed in 4.2 s")) == [
        "… 4 more lines: Missing data for …",
        "Download completed in 4.2 s",
    ]
    assert lines.flush() == []


def test_a_long_line_is_cut() -> None:
    (shown,) = LogLines().show(log("x" * 5000))
    assert (len(shown), shown[-1]) == (300, "…")


def test_of_a_long_traceback_the_end_is_shown() -> None:
    (shown,) = LogLines().show(
        log("Traceback:\n" + "  line\n" * 100 + "ZeroDivisionError", execution_pb2.LOG_LEVEL_ERROR)
    )
    assert shown.startswith("error: …")
    assert shown.endswith("ZeroDivisionError")


def test_download_details() -> None:
    message = download_pb2.DownloadProgress(
        days_done=40, days_needed=120, bytes_received=12_300_000, requests=1, retries=2, remaining={"seconds": 6}
    )
    assert download_details(message) == "40/120 d  12.3 MB  1 request  2 retries  ~6s"


def unit(symbol: str, done: int, needed: int = 8) -> download_pb2.UnitProgress:
    second = coverage_pb2.RESOLUTION_SECOND
    return download_pb2.UnitProgress(symbol=symbol, resolution=second, days_done=done, days_needed=needed)


def test_bars_of_a_run() -> None:
    written = io.StringIO()
    view = BarView(Console(file=written, force_terminal=True, width=100, color_system=None))
    run = run_pb2.Run(run_id="r1")
    view.created(run, existing=False)
    view.event(state(run_pb2.RUN_PHASE_CHECKING_DATA, "Checking Data"))
    view.event(state(run_pb2.RUN_PHASE_DOWNLOADING_DATA, "Downloading Data"))
    units = [unit(symbol, 0) for symbol in ("AAPL", "MSFT")]
    view.event(run_pb2.RunEvent(download_progress=download_pb2.DownloadProgress(units=units, days_needed=16)))
    moved = download_pb2.DownloadProgress(units=[unit("MSFT", 4)], days_done=4, days_needed=16, requests=3)
    view.event(run_pb2.RunEvent(download_progress=moved))
    view.pause()
    under_way = written.getvalue()
    view.resume()
    view.event(state(run_pb2.RUN_PHASE_SIMULATING, "Running"))
    view.event(progress(62, trades=128))
    view.close()
    view.close()
    last = written.getvalue().rsplit("Downloading", 1)[1]
    assert "✓ Checking Data" in under_way
    assert "MSFT second" in under_way
    assert "4/8 d" in under_way
    assert "AAPL" not in under_way
    assert "4/16 d" in last
    assert "62%" in last
    assert "128 trades" in last
    assert "MSFT" not in last


def test_bars_take_no_markup_from_data() -> None:
    written = io.StringIO()
    view = BarView(Console(file=written, force_terminal=True, width=100, color_system=None))
    view.event(run_pb2.RunEvent(log=log("[bold]not bold[/nothing]")))
    view.event(run_pb2.RunEvent(download_progress=download_pb2.DownloadProgress(units=[unit("[red]", 1)])))
    view.close()
    assert "[bold]not bold[/nothing]" in written.getvalue()
    assert "[red] second" in written.getvalue()
