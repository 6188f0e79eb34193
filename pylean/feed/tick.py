"""Single trades and quotes by name only: pylean reads no tick data."""

from __future__ import annotations

from typing import Any

from pylean.feed.base_data import BaseData
from pylean.naming import UnsupportedApiError

__all__ = ["Tick"]


class Tick(BaseData):
    """A type that algorithms ask for; no security ever has one, and none can be made."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        raise UnsupportedApiError("AlgorithmImports", "Tick(...)")
