"""Dates as Lean's files write them."""

from __future__ import annotations

from datetime import date


def compact_date(text: str) -> date:
    """Date of ``yyyyMMdd``.

    Raises:
        ValueError: any other text, or no such day.
    """
    if len(text) != 8 or not text.isdecimal():
        raise ValueError(f"{text[:20]!r} is not a date yyyyMMdd")
    return date(int(text[:4]), int(text[4:6]), int(text[6:]))
