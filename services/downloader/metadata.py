"""Metadata that Lean needs beside the bars: market hours and symbol properties of US equities."""

from __future__ import annotations

from datetime import date, time, timedelta
from pathlib import Path
from typing import Final

import msgspec

from pylean.storage import LeanPaths, write_atomically

from .exchange import FIRST_DAY, LAST_DAY, REGULAR_CLOSE, REGULAR_OPEN, new_york_sessions

_PRE_OPEN: Final = time(4)
_POST_CLOSE: Final = time(20)
_WORKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday")
_SYMBOL_PROPERTIES: Final = (
    b"market,symbol,type,description,quote_currency,contract_multiplier,minimum_price_variation,lot_size,market_ticker,"
    b"minimum_order_size,price_magnifier,strike_multiplier\n"
    b"usa,[*],equity,,USD,1,0.01,1\n"
)


def seed_metadata(root: Path) -> list[Path]:
    """Write what a data folder lacks; never touches a file that is there. Returns what was written.

    Raises:
        OSError: the folder cannot be written.
    """
    paths = LeanPaths(root)
    written = []
    if not paths.market_hours.exists():
        write_atomically(paths.market_hours, market_hours_json(), root / ".staging")
        written.append(paths.market_hours)
    if not paths.symbol_properties.exists():
        write_atomically(paths.symbol_properties, _SYMBOL_PROPERTIES, root / ".staging")
        written.append(paths.symbol_properties)
    return written


def market_hours_json() -> bytes:
    """A market-hours database in Lean's form, for US equities from 1998 to 2027."""
    sessions = new_york_sessions()
    open_days = frozenset(sessions.days)
    span = (FIRST_DAY + timedelta(days=offset) for offset in range((LAST_DAY - FIRST_DAY).days + 1))
    holidays = [_lean_date(day) for day in span if day.weekday() < len(_WORKDAYS) and day not in open_days]
    hours = [
        {"start": f"{_PRE_OPEN}", "end": f"{REGULAR_OPEN}", "state": "premarket"},
        {"start": f"{REGULAR_OPEN}", "end": f"{REGULAR_CLOSE}", "state": "market"},
        {"start": f"{REGULAR_CLOSE}", "end": f"{_POST_CLOSE}", "state": "postmarket"},
    ]
    entry = {
        "dataTimeZone": "America/New_York",
        "exchangeTimeZone": "America/New_York",
        "sunday": [],
        **dict.fromkeys(_WORKDAYS, hours),
        "saturday": [],
        "holidays": holidays,
        "earlyCloses": {_lean_date(day): f"{close}" for day, close in sessions.early_closes.items()},
    }
    return msgspec.json.format(msgspec.json.encode({"entries": {"Equity-usa-[*]": entry}}), indent=2)


def _lean_date(day: date) -> str:
    return f"{day.month}/{day.day}/{day.year}"
