"""Numbers and times as people read them."""

from __future__ import annotations

import re

__all__ = ["bytes_text", "duration_text", "parse_duration", "remaining_text", "short_id"]

_UNITS_S = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0}
_SHORT_ID_CHARS = 18  # of a UUIDv7: the time of creation and twelve random bits


def duration_text(seconds: float) -> str:
    """`0.42 s`, `12.3 s`, `2m 11s`, `1h 04m`."""
    if seconds < 1:
        return f"{seconds:.2f} s"
    if seconds < 60:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 3600:
        return f"{whole // 60}m {whole % 60:02d}s"
    return f"{whole // 3600}h {whole % 3600 // 60:02d}m"


def remaining_text(seconds: float) -> str:
    """An estimate: `~6s`, `~1m 20s` below an hour, `~2h 5m` above it."""
    whole = max(round(seconds), 0)
    if whole < 60:
        return f"~{whole}s"
    if whole < 3600:
        return f"~{whole // 60}m {whole % 60}s"
    return f"~{whole // 3600}h {whole % 3600 // 60}m"


def bytes_text(size_bytes: int) -> str:
    """`512 B`, `1.5 kB`, `12.3 MB`, `4.0 GB` (powers of 1000)."""
    size = float(size_bytes)
    for unit in ("B", "kB", "MB"):
        if size < 1000:
            return f"{size:.0f} B" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} GB"


def parse_duration(text: str) -> float:
    """Seconds of `90`, `90s`, `30m`, `1h30m`. Raises ValueError for anything else, also for no time at all."""
    parts = re.findall(r"(\d+(?:\.\d+)?)([smhd])", text)
    if parts and "".join(number + unit for number, unit in parts) == text:
        seconds = sum(float(number) * _UNITS_S[unit] for number, unit in parts)
    elif re.fullmatch(r"\d+(\.\d+)?", text):
        seconds = float(text)
    else:
        raise ValueError(f"{text!r} is no duration; write 90s, 30m or 1h30m")
    if seconds == 0:
        raise ValueError("a duration above 0 is needed")
    return seconds


def short_id(run_id: str) -> str:
    """A beginning of a run id that nearly always names one run; commands take any unique beginning."""
    return run_id[:_SHORT_ID_CHARS]
