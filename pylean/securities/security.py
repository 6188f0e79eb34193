"""A tradable security: its market, its position and the models that decide how it trades."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pylean.naming import ClosedNames
from pylean.numbers import to_float
from pylean.orders.enums import OrderType
from pylean.orders.fees import InteractiveBrokersFeeModel
from pylean.orders.fills import EquityFillModel
from pylean.orders.order import Order
from pylean.orders.slippage import NullSlippageModel
from pylean.securities.buying_power import SecurityMarginModel
from pylean.securities.cache import SecurityCache
from pylean.securities.holdings import SecurityHolding

if TYPE_CHECKING:
    from pylean.clock import AlgorithmClock
    from pylean.feed.bars import TradeBar
    from pylean.feed.subscription import SubscriptionDataConfig
    from pylean.securities.exchange import SecurityExchange
    from pylean.securities.symbol import Symbol
    from pylean.storage.symbol_properties import SymbolProperties

__all__ = ["Security"]

#: Lean's default for an equity on a margin account.
EQUITY_LEVERAGE = Decimal(2)


class Security(ClosedNames):
    """One US equity. Prices read as floats in USD; 0 until the first bar."""

    def __init__(
        self, symbol: Symbol, exchange: SecurityExchange, properties: SymbolProperties, clock: AlgorithmClock
    ) -> None:
        self.symbol = symbol
        self.exchange = exchange
        self.symbol_properties = properties
        self.clock = clock
        self.subscriptions: list[SubscriptionDataConfig] = []
        self.cache = SecurityCache()
        self.holdings = SecurityHolding(self)
        self.is_tradable = True
        self.fee_model: Any = InteractiveBrokersFeeModel()
        self.fill_model: Any = EquityFillModel()
        self.slippage_model: Any = NullSlippageModel()
        self.buying_power_model: Any = SecurityMarginModel(EQUITY_LEVERAGE)
        self._close()

    @property
    def price(self) -> float:
        """Last trade."""
        return self.cache.price_float

    @property
    def close(self) -> float:
        return self.cache.price_float

    @property
    def open(self) -> float:
        bar = self.cache.last_trade_bar()
        return 0.0 if bar is None else bar.open

    @property
    def high(self) -> float:
        bar = self.cache.last_trade_bar()
        return 0.0 if bar is None else bar.high

    @property
    def low(self) -> float:
        bar = self.cache.last_trade_bar()
        return 0.0 if bar is None else bar.low

    @property
    def volume(self) -> float:
        bar = self.cache.last_trade_bar()
        return 0.0 if bar is None else bar.volume

    @property
    def bid_price(self) -> float:
        return to_float(self.cache.bid)

    @property
    def ask_price(self) -> float:
        return to_float(self.cache.ask)

    @property
    def has_data(self) -> bool:
        return self.cache.has_data

    @property
    def local_time(self) -> datetime:
        return self.clock.local

    @property
    def invested(self) -> bool:
        return self.holdings.invested

    @property
    def hold_stock(self) -> bool:
        return self.holdings.invested

    @property
    def leverage(self) -> float:
        return to_float(self.buying_power_model.decimal_leverage)

    @property
    def is_extended_market_hours(self) -> bool:
        return any(config.extended_market_hours for config in self.subscriptions)

    def get_last_data(self) -> TradeBar | None:
        """The latest real trade bar."""
        return self.cache.last_trade_bar()

    def estimate_market_order_fee(self, quantity: Decimal) -> Decimal:
        """Fee in USD of a market order of so many shares now."""
        order = Order(0, OrderType.MARKET, self.symbol, quantity, self.clock.utc, self.clock.utc)
        fee: Decimal = self.fee_model.order_fee_amount(self, order)
        return fee

    def set_fill_model(self, model: Any) -> None:
        self.fill_model = model

    def set_fee_model(self, model: Any) -> None:
        self.fee_model = model

    def set_slippage_model(self, model: Any) -> None:
        self.slippage_model = model

    def set_buying_power_model(self, model: Any) -> None:
        self.buying_power_model = model

    def set_leverage(self, leverage: float) -> None:
        self.buying_power_model.set_leverage(self, leverage)
