"""The market-data provider: questions, answers that were checked, and errors."""

from __future__ import annotations

from .errors import (
    DamagedAnswerError,
    KeyRejectedError,
    NotFoundError,
    ProviderError,
    RateLimitedError,
    RefusedError,
    UnreachableError,
)
from .pages import VendorBars, VendorPage, joined, no_bars
from .polygon import BarRange, Listing, Polygon
from .transport import Meter, RetryBudget, RetryPolicy, Transport

__all__ = [
    "BarRange",
    "DamagedAnswerError",
    "KeyRejectedError",
    "Listing",
    "Meter",
    "NotFoundError",
    "Polygon",
    "ProviderError",
    "RateLimitedError",
    "RefusedError",
    "RetryBudget",
    "RetryPolicy",
    "Transport",
    "UnreachableError",
    "VendorBars",
    "VendorPage",
    "joined",
    "no_bars",
]
