"""What gives a new security its models and its first price."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, ClassVar

from pylean.naming import LeanOverrides, PascalNames
from pylean.securities.foreign_model import adopt_model

if TYPE_CHECKING:
    from pylean.feed.base_data import BaseData
    from pylean.securities.security import Security

__all__ = [
    "BrokerageModelSecurityInitializer",
    "CompositeSecurityInitializer",
    "FuncSecurityInitializer",
    "FuncSecuritySeeder",
    "SecurityInitializer",
    "SecuritySeeder",
    "initializer_of",
]


class SecuritySeeder(LeanOverrides, PascalNames):
    """Gives no price."""

    NULL: ClassVar[SecuritySeeder]

    def seed_security(self, security: Security) -> bool:
        """Whether the security has a price now."""
        return True


SecuritySeeder.NULL = SecuritySeeder()


class FuncSecuritySeeder(SecuritySeeder):
    """The price is the last of the bars, or the bar, that a function of the security gives."""

    def __init__(self, seed_function: Callable[[Security], BaseData | Iterable[BaseData] | None]) -> None:
        self._seed_function = seed_function

    def seed_security(self, security: Security) -> bool:
        given: Any = self._seed_function(security)
        if given is None:
            return False
        bars = list(given) if isinstance(given, Iterable) else [given]
        for bar in bars:
            security.set_market_price(bar)
        return bool(bars)


class SecurityInitializer(LeanOverrides, PascalNames):
    """Leaves a security as it is. Subclasses override ``initialize``."""

    NULL: ClassVar[SecurityInitializer]

    def initialize(self, security: Security) -> None:
        """Prepare a security that is being added."""


SecurityInitializer.NULL = SecurityInitializer()


class FuncSecurityInitializer(SecurityInitializer):
    """Calls a function with the security."""

    def __init__(self, initializer: Callable[[Security], Any]) -> None:
        self._initializer = initializer

    def initialize(self, security: Security) -> None:
        self._initializer(security)


class CompositeSecurityInitializer(SecurityInitializer):
    """Several initializers, one after the other."""

    def __init__(self, *initializers: Any) -> None:
        self.initializers = [initializer_of(initializer) for initializer in initializers]

    def add_security_initializer(self, initializer: Any) -> None:
        self.initializers.append(initializer_of(initializer))

    def initialize(self, security: Security) -> None:
        for initializer in self.initializers:
            initializer.initialize(security)


class BrokerageModelSecurityInitializer(SecurityInitializer):
    """The models that a broker has for a security, then its first price from a seeder."""

    def __init__(self, brokerage_model: Any, security_seeder: Any = SecuritySeeder.NULL) -> None:
        self._brokerage_model = brokerage_model
        self._security_seeder = adopt_model(security_seeder, SecuritySeeder, ("seed_security",))

    def initialize(self, security: Security) -> None:
        model = self._brokerage_model
        security.fill_model = model.get_fill_model(security)
        security.fee_model = model.get_fee_model(security)
        security.slippage_model = model.get_slippage_model(security)
        security.settlement_model = model.get_settlement_model(security)
        security.buying_power_model = model.get_buying_power_model(security)
        security.margin_interest_rate_model = model.get_margin_interest_rate_model(security)
        security.set_leverage(model.get_leverage(security))
        security.shortable_provider = model.get_shortable_provider(security)
        self._security_seeder.seed_security(security)


def initializer_of(given: Any) -> SecurityInitializer:
    """An initializer from what an algorithm gave: one, a function of the security, or an object of its own class."""
    if callable(given) and not isinstance(given, SecurityInitializer):
        return FuncSecurityInitializer(given)
    return adopt_model(given, SecurityInitializer, ("initialize",))
