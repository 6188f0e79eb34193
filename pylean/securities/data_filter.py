"""Which data of a security an algorithm gets to see."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pylean.naming import LeanOverrides, PascalNames

if TYPE_CHECKING:
    from pylean.feed.base_data import BaseData
    from pylean.securities.security import Security

__all__ = ["SecurityDataFilter"]


class SecurityDataFilter(LeanOverrides, PascalNames):
    """Keeps all data. Subclasses override ``filter``."""

    def filter(self, vehicle: Security, data: BaseData) -> bool:
        """True keeps the point, False drops it as if it had never been."""
        return True
