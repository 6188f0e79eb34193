"""Which data of a security an algorithm gets to see."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from pylean.naming import LeanOverrides, PascalNames

if TYPE_CHECKING:
    from pylean.feed.base_data import BaseData
    from pylean.feed.subscription import SubscriptionDataConfig
    from pylean.securities.manager import SecurityManager
    from pylean.securities.security import Security

__all__ = ["SecurityDataFilter", "data_filter_of"]


class SecurityDataFilter(LeanOverrides, PascalNames):
    """Keeps all data. Subclasses override ``filter``."""

    def filter(self, vehicle: Security, data: BaseData) -> bool:
        """True keeps the point, False drops it as if it had never been."""
        return True


def data_filter_of(securities: SecurityManager, config: SubscriptionDataConfig) -> Callable[[BaseData], bool] | None:
    """What keeps or drops the data of a subscription; ``None`` where all are kept."""
    security = None if config.is_internal_feed else securities.find(config.symbol)
    if security is None or type(security.data_filter) is SecurityDataFilter:
        return None
    keep: Callable[[BaseData], bool] = partial(security.data_filter.filter, security)
    return keep
