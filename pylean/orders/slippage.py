"""Slippage: how much worse than the model's price an order fills, in USD per share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pylean.naming import LeanOverrides, PascalNames

if TYPE_CHECKING:
    from pylean.orders.order import Order
    from pylean.securities.security import Security

__all__ = ["ConstantSlippageModel", "NullSlippageModel", "SlippageModel"]


class SlippageModel(LeanOverrides, PascalNames):
    """Base of slippage models: none. Subclasses override ``get_slippage_approximation``."""

    def get_slippage_approximation(self, asset: Security, order: Order) -> float:
        return 0.0


class NullSlippageModel(SlippageModel):
    """No slippage."""


class ConstantSlippageModel(SlippageModel):
    """A fixed share of the last price."""

    def __init__(self, slippage_percent: float) -> None:
        self._slippage_percent = slippage_percent

    def get_slippage_approximation(self, asset: Security, order: Order) -> float:
        return asset.price * self._slippage_percent
