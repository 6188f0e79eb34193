"""`zac sim`: the market simulator alone."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

__all__ = ["sim"]


def sim(
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port on 127.0.0.1; 0 takes a free one.")] = 0,
    config: Annotated[str, typer.Option(metavar="JSON", help="Settings such as seed and faults, as JSON.")] = "{}",
) -> None:
    """Serve simulated market data.

    One line of JSON on standard output tells the address; use it with ZAC_PROVIDER=simulator and ZAC_PROVIDER_URL.
    """
    module = ("services.downloader.sim", "--port", str(port), "--config", config)
    # In the place of this process, so that its signals and exit code need no passing on.
    os.execv(sys.executable, [sys.executable, "-P", "-m", *module])  # noqa: S606 # a fixed program
