"""Securities that came and went."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pylean.naming import PascalNames

if TYPE_CHECKING:
    from pylean.securities.security import Security

__all__ = ["SecurityChanges"]


@dataclass(frozen=True)
class SecurityChanges(PascalNames):
    """What ``on_securities_changed`` is told."""

    added_securities: list[Security]
    removed_securities: list[Security]
