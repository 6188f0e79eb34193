"""Names that Lean's ``AlgorithmImports`` brings and pylean's does not: using one is more than an unknown name."""

from __future__ import annotations

import functools
from pathlib import Path

from pylean.naming import UnsupportedApiError

__all__ = ["UnsupportedNameError", "explained", "lean_names"]

_NAMES = Path(__file__).parent / "api" / "lean_names.txt"


class UnsupportedNameError(UnsupportedApiError):
    """The algorithm used a class or enumeration of Lean's that pylean has not."""

    def __init__(self, name: str) -> None:
        AttributeError.__init__(
            self,
            f"Lean has '{name}', pylean has not. Supported names are listed in docs/supported-api.md; run the "
            "algorithm on Lean itself if it needs this one.",
        )


@functools.cache
def lean_names() -> frozenset[str]:
    """Lean's public classes, enumerations, interfaces and structures."""
    return frozenset(_NAMES.read_text(encoding="ascii").split())


def explained(error: Exception) -> Exception:
    """The error itself; of a NameError for a name of Lean's an UnsupportedNameError from the same place."""
    if type(error) is NameError and error.name in lean_names():
        return UnsupportedNameError(error.name).with_traceback(error.__traceback__)
    return error
