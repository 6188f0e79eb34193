"""The default brokerage model, which others and algorithms derive from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pylean.benchmarks import SecurityBenchmark
from pylean.brokerages.names import AccountType
from pylean.brokerages.rules import TAKEN, Answer
from pylean.naming import LeanOverrides, PascalNames
from pylean.orders.fees import InteractiveBrokersFeeModel
from pylean.orders.fills import EquityFillModel
from pylean.orders.slippage import NullSlippageModel
from pylean.securities.buying_power import SecurityMarginModel
from pylean.securities.interest import MarginInterestRateModel
from pylean.securities.security_type import Market, SecurityType
from pylean.securities.settlement import (
    DEFAULT_SETTLEMENT_DAYS,
    DEFAULT_SETTLEMENT_TIME,
    DelayedSettlementModel,
    ImmediateSettlementModel,
)
from pylean.securities.shortable import NullShortableProvider
from pylean.securities.symbol import Symbol

if TYPE_CHECKING:
    from pylean.orders.order import Order
    from pylean.orders.requests import UpdateOrderRequest
    from pylean.securities.manager import SecurityManager
    from pylean.securities.security import Security

__all__ = ["DEFAULT_MARKETS", "DefaultBrokerageModel"]

DEFAULT_MARKETS: dict[SecurityType, str] = {
    SecurityType.BASE: Market.USA,
    SecurityType.EQUITY: Market.USA,
    SecurityType.OPTION: Market.USA,
    SecurityType.FUTURE: Market.CME,
    SecurityType.FUTURE_OPTION: Market.CME,
    SecurityType.FOREX: Market.OANDA,
    SecurityType.CFD: Market.OANDA,
    SecurityType.CRYPTO: Market.COINBASE,
    SecurityType.CRYPTO_FUTURE: Market.BINANCE,
    SecurityType.INDEX: Market.USA,
    SecurityType.INDEX_OPTION: Market.USA,
}


class DefaultBrokerageModel(LeanOverrides, PascalNames):
    """Takes every order; leverage 2 on a margin account and 1 on a cash account; Interactive Brokers' fees.

    Algorithms override its methods. As in Lean the methods here do not call each other's overrides.
    """

    default_markets: dict[SecurityType, str] = DEFAULT_MARKETS
    required_free_buying_power_percent: float = 0.0

    def __init__(self, account_type: AccountType = AccountType.MARGIN) -> None:
        self.account_type = account_type

    def can_submit_order(self, security: Security, order: Order, message: Any = None) -> Answer:
        """Whether the broker takes a new order."""
        return TAKEN

    def can_update_order(
        self, security: Security, order: Order, request: UpdateOrderRequest, message: Any = None
    ) -> Answer:
        """Whether the broker takes a change of an order."""
        return TAKEN

    def can_execute_order(self, security: Security, order: Order) -> bool:
        """Whether the order can fill now."""
        return True

    def get_leverage(self, security: Security) -> float:
        return self._leverage()

    def get_benchmark(self, securities: SecurityManager) -> Any:
        return SecurityBenchmark(Symbol.create("SPY", SecurityType.EQUITY, Market.USA))

    def get_fill_model(self, security: Security) -> Any:
        return EquityFillModel()

    def get_fee_model(self, security: Security) -> Any:
        return InteractiveBrokersFeeModel()

    def get_slippage_model(self, security: Security) -> Any:
        return NullSlippageModel()

    def get_settlement_model(self, security: Security) -> Any:
        if self.account_type is AccountType.CASH:
            return DelayedSettlementModel(DEFAULT_SETTLEMENT_DAYS, DEFAULT_SETTLEMENT_TIME)
        return ImmediateSettlementModel()

    def get_buying_power_model(self, security: Security) -> Any:
        return SecurityMarginModel(self._leverage(), self.required_free_buying_power_percent)

    def get_margin_interest_rate_model(self, security: Security) -> Any:
        return MarginInterestRateModel.NULL

    def get_shortable_provider(self, security: Security) -> Any:
        return NullShortableProvider()

    def _leverage(self) -> float:
        return 1.0 if self.account_type is AccountType.CASH else 2.0
