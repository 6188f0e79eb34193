"""Slippage: how much worse than the model's price an order fills, in USD per share."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pylean.feed.bars import QuoteBar
from pylean.naming import LeanOverrides, PascalNames
from pylean.numbers import ZERO, to_decimal, to_float
from pylean.orders.enums import OrderDirection

if TYPE_CHECKING:
    from pylean.orders.order import Order
    from pylean.securities.security import Security

__all__ = [
    "AlphaStreamsSlippageModel",
    "ConstantSlippageModel",
    "NullSlippageModel",
    "SlippageModel",
    "VolumeShareSlippageModel",
]


class SlippageModel(LeanOverrides, PascalNames):
    """Base of slippage models: none. Subclasses override ``get_slippage_approximation``.

    Fills ask ``slippage_amount``, which is exact.
    """

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "get_slippage_approximation" in vars(cls):
            # The exact figure of a base class would pass over the override.
            setattr(cls, "slippage_amount", _ask)  # noqa: B010 - mypy takes no other form

    def get_slippage_approximation(self, asset: Security, order: Order) -> float:
        return to_float(self.slippage_amount(asset, order))

    def slippage_amount(self, asset: Security, order: Order) -> Decimal:
        """The slippage as a decimal."""
        return ZERO


def _ask(model: Any, asset: Security, order: Order) -> Decimal:
    return to_decimal(model.get_slippage_approximation(asset, order))


class NullSlippageModel(SlippageModel):
    """No slippage."""


class ConstantSlippageModel(SlippageModel):
    """A fixed share of the latest bar's price."""

    def __init__(self, slippage_percent: float | Decimal) -> None:
        self._share = to_decimal(slippage_percent)

    def slippage_amount(self, asset: Security, order: Order) -> Decimal:
        bar = asset.get_last_data()
        return ZERO if bar is None else bar.decimal_value * self._share


class AlphaStreamsSlippageModel(ConstantSlippageModel):
    """A ten-thousandth of the latest bar's price."""

    def __init__(self) -> None:
        super().__init__(Decimal("0.0001"))


class VolumeShareSlippageModel(SlippageModel):
    """``price_impact`` × the square of the order's share of the latest bar's volume, of the bar's price.

    The share counts up to ``volume_limit``. A bar without volume counts as one that the order takes up to the limit.
    """

    def __init__(
        self, volume_limit: float | Decimal = Decimal("0.025"), price_impact: float | Decimal = Decimal("0.1")
    ):
        self._limit = to_decimal(volume_limit)
        self._impact = to_decimal(price_impact)

    def slippage_amount(self, asset: Security, order: Order) -> Decimal:
        bar = asset.get_last_data()
        if bar is None:
            return ZERO
        volume = to_decimal(_volume(bar, order))
        share = self._limit if volume <= 0 else min(abs(order.decimal_quantity) / volume, self._limit)
        return share * share * self._impact * bar.decimal_value


def _volume(bar: Any, order: Order) -> float:
    """Of trades; of quotes the size on the side that Lean takes: the bid to buy, the ask to sell."""
    if isinstance(bar, QuoteBar):
        return bar.last_bid_size if order.direction is OrderDirection.BUY else bar.last_ask_size
    volume: float = bar.volume
    return volume
