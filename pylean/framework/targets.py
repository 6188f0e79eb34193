"""Portfolio targets: how many shares of a security are wanted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pylean.framework.insight_enums import InsightDirection
from pylean.framework.sizing import order_by_margin_impact
from pylean.naming import PascalNames, PascalType
from pylean.numbers import double_to_decimal, to_decimal, to_float
from pylean.securities.buying_power import MarginConvergenceError
from pylean.securities.symbol import SYMBOL_RESOLVER, Symbol

if TYPE_CHECKING:
    from pylean.algorithm import QCAlgorithm

__all__ = ["PortfolioTarget", "PortfolioTargetCollection"]


class PortfolioTarget(PascalNames, metaclass=PascalType):
    """Wanted position of a symbol in signed shares; a direction stands for 1, 0 or −1.

    In ``set_holdings(targets)`` the quantity is a share of the portfolio instead.
    """

    __slots__ = ("decimal_quantity", "symbol", "tag")

    def __init__(self, symbol: Symbol | str, quantity: float | Decimal | InsightDirection, tag: str = "") -> None:
        self.symbol = symbol if isinstance(symbol, Symbol) else SYMBOL_RESOLVER.get()(symbol)
        self.decimal_quantity = to_decimal(quantity)
        self.tag = tag

    @property
    def quantity(self) -> float:
        return to_float(self.decimal_quantity)

    @staticmethod
    def percent(
        algorithm: QCAlgorithm,
        symbol: Symbol | str,
        percent: float | Decimal,
        return_delta_quantity: bool | str = False,
        tag: str = "",
    ) -> PortfolioTarget | None:
        """Shares that make the position ``percent`` × portfolio value, fees and the free buffer taken off.

        ``return_delta_quantity`` leaves out what is held. ``None``, and a line in the log, when the share is outside
        the limits of the settings, the security is unknown or has no price, or no quantity can be found.
        """
        if isinstance(return_delta_quantity, str):
            tag, return_delta_quantity = return_delta_quantity, False
        share = to_decimal(percent) if isinstance(percent, Decimal | int) else double_to_decimal(float(percent))
        quantity = _quantity_for_share(algorithm, symbol, share)
        if quantity is None:
            return None
        security = algorithm.securities[symbol]
        held = Decimal(0) if return_delta_quantity else security.holdings.decimal_quantity
        return PortfolioTarget(security.symbol, quantity + held, tag)

    def __str__(self) -> str:
        text = f"{self.symbol}: {self.decimal_quantity.normalize():f}"
        return f"{text} ({self.tag})" if self.tag else text

    __repr__ = __str__


def _quantity_for_share(algorithm: QCAlgorithm, symbol: Symbol | str, share: Decimal) -> Decimal | None:
    """Signed shares to order, or ``None`` and a line in the log."""
    low = to_decimal(algorithm.settings.min_absolute_portfolio_target_percentage)
    high = to_decimal(algorithm.settings.max_absolute_portfolio_target_percentage)
    if abs(share) > high or (share and abs(share) < low):
        algorithm.error(f"{symbol}: the target {share} is not between {low} and {high} times the portfolio value")
        return None
    if symbol not in algorithm.securities:
        algorithm.error(f"{symbol}: no target can be made for a security that the algorithm does not have")
        return None
    security = algorithm.securities[symbol]
    if security.cache.price == 0:
        algorithm.error(f"{symbol}: no target can be made before the first bar, the price is 0")
        return None
    try:
        return algorithm.portfolio.target_quantity(security, share)
    except MarginConvergenceError as error:
        algorithm.error(f"{symbol}: {error}")
        return None


class PortfolioTargetCollection(PascalNames):
    """The latest target of each symbol."""

    def __init__(self) -> None:
        self._targets: dict[Symbol, PortfolioTarget] = {}

    @property
    def count(self) -> int:
        return len(self._targets)

    @property
    def is_empty(self) -> bool:
        return not self._targets

    def keys(self) -> list[Symbol]:
        return list(self._targets)

    def values(self) -> list[PortfolioTarget]:
        return list(self._targets.values())

    def __len__(self) -> int:
        return len(self._targets)

    def __iter__(self) -> Iterator[PortfolioTarget]:
        return iter(self.values())

    def __getitem__(self, symbol: Symbol) -> PortfolioTarget:
        return self._targets[symbol]

    def __setitem__(self, symbol: Symbol, target: PortfolioTarget) -> None:
        self._targets[symbol] = target

    def __contains__(self, item: Any) -> bool:
        return self.contains(item) if isinstance(item, PortfolioTarget) else self.contains_key(item)

    def add(self, *items: Any) -> None:
        """``(target)`` or ``(symbol, target)``; ``None`` is left out."""
        target = items[-1]
        if target is not None:
            self._targets[target.symbol] = target

    def add_range(self, targets: Iterable[PortfolioTarget]) -> None:
        for target in targets:
            self._targets[target.symbol] = target

    def clear(self) -> None:
        self._targets.clear()

    def contains(self, target: PortfolioTarget) -> bool:
        """There is a target of the same symbol."""
        return target.symbol in self._targets

    def contains_key(self, symbol: Symbol) -> bool:
        return symbol in self._targets

    def try_get_value(self, symbol: Symbol) -> tuple[bool, PortfolioTarget | None]:
        target = self._targets.get(symbol)
        return target is not None, target

    def remove(self, item: Symbol | PortfolioTarget) -> bool:
        """Take a symbol's target away, or this very target; false if there is none."""
        if not isinstance(item, PortfolioTarget):
            return self._targets.pop(item, None) is not None
        if self._targets.get(item.symbol) is not item:
            return False
        del self._targets[item.symbol]
        return True

    def clear_fulfilled(self, algorithm: QCAlgorithm) -> None:
        """Take away the targets whose position is reached to less than a lot."""
        for target in self.values():
            security = algorithm.securities[target.symbol]
            missing = abs(target.decimal_quantity - security.holdings.decimal_quantity)
            if missing < security.symbol_properties.lot_size:
                del self._targets[target.symbol]

    def order_by_margin_impact(self, algorithm: QCAlgorithm) -> list[PortfolioTarget]:
        """Targets that need an order, reductions first, then by falling order value; none during warm-up."""
        return order_by_margin_impact(self.values(), algorithm)
