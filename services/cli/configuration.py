"""A run's configuration from the command's options."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from services.common.dates import to_date
from zac.run.v1.strategy_pb2 import RunConfiguration

__all__ = ["make_configuration"]


def make_configuration(
    strategy: str,
    parameters: Mapping[str, str],
    *,
    symbols: str | None = None,
    first_day: date | None = None,
    last_day: date | None = None,
    cash: str | None = None,
    data_root: Path | None = None,
    lean_version: str = "",
    allow_missing_data: bool = False,
    no_download: bool = False,
) -> RunConfiguration:
    """What is None or empty stays unset and means the strategy's own default; `symbols` are divided by commas.

    Values are checked by the gateway, which knows what the strategy allows.
    """
    return RunConfiguration(
        strategy=strategy,
        parameters=parameters,
        symbols=[] if symbols is None else [symbol.strip() for symbol in symbols.split(",")],
        start_date=None if first_day is None else to_date(first_day),
        end_date=None if last_day is None else to_date(last_day),
        cash=cash or "",
        # The services have working folders of their own.
        data_root="" if data_root is None else str(data_root.expanduser().absolute()),
        lean_version=lean_version,
        allow_missing_data=allow_missing_data,
        no_download=no_download,
    )
