"""Order properties: the time in force, and what a brokerage wants to be told with an order.

Only the time in force has an effect in a backtest; everything is in the order hash, as in Lean.
"""

from __future__ import annotations

from copy import copy
from typing import Any, ClassVar

from pylean.naming import ClosedNames, pascal_case
from pylean.orders.time_in_force import TimeInForce

__all__ = [
    "AlpacaOrderProperties",
    "CharlesSchwabOrderProperties",
    "EzeOrderProperties",
    "FixOrderProperties",
    "InteractiveBrokersFixOrderProperties",
    "InteractiveBrokersOrderProperties",
    "OrderProperties",
    "PublicOrderProperties",
    "RBIOrderProperties",
    "TDAmeritradeOrderProperties",
    "TastytradeOrderProperties",
    "TradeStationOrderProperties",
    "TradierOrderProperties",
    "TradingTechnologiesOrderProperties",
    "WebullOrderProperties",
]


class OrderProperties(ClosedNames):
    """Common to all brokerages. Subclasses list their own fields in ``_fields``, with Lean's defaults and order."""

    _fields: ClassVar[dict[str, Any]] = {}

    def __init__(self, exchange: Any = None) -> None:
        for base in reversed(type(self).__mro__):
            for name, default in vars(base).get("_fields", {}).items():
                setattr(self, name, copy(default))
        self.time_in_force: TimeInForce = TimeInForce.GOOD_TIL_CANCELED
        self.exchange = exchange
        self._close()

    def clone(self) -> OrderProperties:
        """A copy that later changes of this one do not reach."""
        clone = copy(self)
        for name, value in vars(self).items():
            if isinstance(value, dict):
                setattr(clone, name, dict(value))
        return clone

    def json_fields(self) -> dict[str, object]:
        """The fields under .NET's names: those of the most derived class first."""
        names = [name for base in type(self).__mro__ for name in vars(base).get("_fields", {})]
        fields: dict[str, object] = {pascal_case(name): getattr(self, name) for name in names}
        fields["timeInForce"] = self.time_in_force.json_fields()
        if self.exchange is not None:
            fields["Exchange"] = self.exchange
        return fields


class AlpacaOrderProperties(OrderProperties):
    _fields: ClassVar = {"outside_regular_trading_hours": False}


class CharlesSchwabOrderProperties(OrderProperties):
    _fields: ClassVar = {"extended_regular_trading_hours": False}


class EzeOrderProperties(OrderProperties):
    _fields: ClassVar = {"route": None, "account": None, "notes": None, "account_type": None}

    def __init__(
        self,
        route: str | None = None,
        account: str | None = None,
        notes: str | None = None,
        account_type: str | None = None,
    ) -> None:
        super().__init__()
        self.route, self.account, self.notes, self.account_type = route, account, notes, account_type


class FixOrderProperties(OrderProperties):
    """``additional_properties`` maps FIX tags to texts."""

    AUTOMATED_EXECUTION_ORDER_PRIVATE = "1"
    AUTOMATED_EXECUTION_ORDER_PUBLIC = "2"
    MANUAL_ORDER = "3"
    _fields: ClassVar = {"additional_properties": {}, "handle_instruction": None, "notes": None}


class InteractiveBrokersFixOrderProperties(OrderProperties):
    _fields: ClassVar = {"account": None}


class InteractiveBrokersOrderProperties(OrderProperties):
    """Accounts of financial advisors: group, method, percentage and profile."""

    _fields: ClassVar = {
        "account": None,
        "fa_group": None,
        "fa_method": None,
        "fa_percentage": 0,
        "fa_profile": None,
        "outside_regular_trading_hours": False,
    }


class PublicOrderProperties(OrderProperties):
    _fields: ClassVar = {"outside_regular_trading_hours": False, "use_margin": None}


class RBIOrderProperties(OrderProperties):
    pass


class TDAmeritradeOrderProperties(OrderProperties):
    pass


class TastytradeOrderProperties(OrderProperties):
    pass


class TradeStationOrderProperties(OrderProperties):
    _fields: ClassVar = {"all_or_none": False, "outside_regular_trading_hours": False, "post_only": False}


class TradierOrderProperties(OrderProperties):
    _fields: ClassVar = {"outside_regular_trading_hours": False}


class TradingTechnologiesOrderProperties(FixOrderProperties):
    pass


class WebullOrderProperties(OrderProperties):
    _fields: ClassVar = {"outside_regular_trading_hours": False}
