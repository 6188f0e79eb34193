"""The models of the whole account: its broker, what new securities get, the risk-free rate."""

from __future__ import annotations

from typing import Any

from pylean.algorithm.core import AlgorithmCore
from pylean.brokerages.by_name import make_brokerage_model
from pylean.brokerages.model import DefaultBrokerageModel
from pylean.brokerages.names import AccountType, BrokerageName
from pylean.history import last_known_bars
from pylean.history.requests import HistoryRequests
from pylean.naming import UnsupportedApiError
from pylean.numbers import to_decimal
from pylean.orders.shorting import is_shortable
from pylean.risk_free_rate import InterestRateProvider, RiskFreeInterestRateModel
from pylean.securities.cash import ACCOUNT_CURRENCY
from pylean.securities.foreign_model import adopt_model
from pylean.securities.initializers import (
    BrokerageModelSecurityInitializer,
    CompositeSecurityInitializer,
    SecurityInitializer,
    initializer_of,
)
from pylean.securities.security import Security
from pylean.securities.symbol import Symbol
from pylean.storage import InterestRates

__all__ = ["ModelsMixin"]

_BROKERAGE_METHODS = (
    "can_submit_order",
    "can_update_order",
    "can_execute_order",
    "get_leverage",
    "get_benchmark",
    "get_fill_model",
    "get_fee_model",
    "get_slippage_model",
    "get_settlement_model",
    "get_buying_power_model",
    "get_margin_interest_rate_model",
    "get_shortable_provider",
)


class ModelsMixin(AlgorithmCore):
    """What is set here holds for securities that are added later; the broker's models for earlier ones too."""

    def __init__(self) -> None:
        super().__init__()
        self.brokerage_model = DefaultBrokerageModel()
        self.security_initializer: SecurityInitializer = BrokerageModelSecurityInitializer(self.brokerage_model)
        self.risk_free_interest_rate_model: RiskFreeInterestRateModel = InterestRateProvider(
            InterestRates.read(self._lean.market.paths)
        )

    @property
    def brokerage_name(self) -> BrokerageName:
        """The broker set by name; the default one for models of the algorithm's own."""
        return self._lean.brokerage_name

    @property
    def account_currency(self) -> str:
        return ACCOUNT_CURRENCY

    def set_account_currency(self, account_currency: str, starting_cash: float | None = None) -> None:
        """Raises UnsupportedApiError for anything but USD."""
        if account_currency.upper() != ACCOUNT_CURRENCY:
            raise UnsupportedApiError("QCAlgorithm", f"set_account_currency({account_currency!r})")
        if starting_cash is not None:
            self.set_cash(starting_cash)

    def set_brokerage_model(
        self, brokerage: BrokerageName | Any, account_type: AccountType = AccountType.MARGIN
    ) -> None:
        """A broker by name, or a model. Securities added before get its models too, but keep their leverage."""
        if isinstance(brokerage, BrokerageName):
            self._lean.brokerage_name = brokerage
            self.brokerage_model = make_brokerage_model(brokerage, account_type)
        else:
            self._lean.brokerage_name = BrokerageName.DEFAULT
            self.brokerage_model = adopt_model(brokerage, DefaultBrokerageModel, _BROKERAGE_METHODS)
        if self._lean.has_own_initializer:
            return
        by_broker = BrokerageModelSecurityInitializer(self.brokerage_model)
        current = self.security_initializer
        if isinstance(current, CompositeSecurityInitializer):
            self.debug("call set_brokerage_model before add_security_initializer")
            others = [one for one in current.initializers if not isinstance(one, BrokerageModelSecurityInitializer)]
            self.security_initializer = CompositeSecurityInitializer(by_broker, *others)
        else:
            self.security_initializer = by_broker
        for security in self.securities.values():
            leverage = security.leverage
            self.security_initializer.initialize(security)
            security.set_leverage(leverage)

    def set_security_initializer(self, security_initializer: Any) -> None:
        """An initializer, or a function of the security, in place of the broker's. Only in ``initialize``."""
        self._refuse_after_initialize("set_security_initializer")
        self._lean.has_own_initializer = True
        self.security_initializer = initializer_of(security_initializer)

    def add_security_initializer(self, security_initializer: Any) -> None:
        """An initializer, or a function of the security, after those there are. Only in ``initialize``."""
        self._refuse_after_initialize("add_security_initializer")
        if isinstance(self.security_initializer, CompositeSecurityInitializer):
            self.security_initializer.add_security_initializer(security_initializer)
        else:
            self.security_initializer = CompositeSecurityInitializer(self.security_initializer, security_initializer)

    def _initialize_security(self, security: Security, leverage: float = 0) -> None:
        """Give a new security its first price, if the settings want it, and its models.

        A leverage above 0 replaces the one that the models bring.
        """
        if self.settings.seed_initial_prices and not security.price:
            requests = HistoryRequests(self._lean, self.securities, self.universe_settings)
            for bar in last_known_bars(requests, [security.symbol]).get(security.symbol, []):
                security.set_market_price(bar)
        self.security_initializer.initialize(security)
        if leverage > 0:
            security.set_leverage(leverage)

    def set_risk_free_interest_rate_model(self, model: Any) -> None:
        """What statistics take as the risk-free rate: a model, or an object with ``get_interest_rate``."""
        self.risk_free_interest_rate_model = adopt_model(model, RiskFreeInterestRateModel, ("get_interest_rate",))

    def set_brokerage_message_handler(self, handler: Any) -> None:
        """Kept, but a backtest's broker has no messages."""
        self.brokerage_message_handler = handler

    def shortable(self, symbol: Symbol | str, short_quantity: float = 0, update_order_id: int | None = None) -> bool:
        """So many shares more can be sold short; an order that is being updated does not count."""
        return is_shortable(self, self.securities[symbol], to_decimal(short_quantity), update_order_id)

    def shortable_quantity(self, symbol: Symbol | str) -> int:
        """Shares that may be short altogether; 0 where there is no limit, as in Lean."""
        return self.securities[symbol].total_shortable_quantity or 0

    def _refuse_after_initialize(self, name: str) -> None:
        if self._lean.is_initialized:
            raise RuntimeError(f"{name} works in initialize only: securities that exist would not get the new models")
