"""A tradable security: its market, its position and the models that decide how it trades."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pylean.feed.subscription import DataNormalizationMode
from pylean.naming import PascalNames, UnsupportedApiError, snake_case
from pylean.numbers import to_float
from pylean.orders.enums import OrderType
from pylean.orders.fees import FeeModel, InteractiveBrokersFeeModel
from pylean.orders.fills import EquityFillModel
from pylean.orders.order import Order
from pylean.orders.slippage import NullSlippageModel, SlippageModel
from pylean.securities.buying_power import BuyingPowerModel, SecurityMarginModel
from pylean.securities.cache import SecurityCache
from pylean.securities.cash import Cash
from pylean.securities.custom_properties import CustomProperties
from pylean.securities.data_filter import SecurityDataFilter
from pylean.securities.foreign_model import adopt_model
from pylean.securities.holdings import SecurityHolding
from pylean.securities.interest import MarginInterestRateModel
from pylean.securities.margin_overrides import LEAN_METHODS
from pylean.securities.session import Session
from pylean.securities.settlement import ImmediateSettlementModel, SettlementModel
from pylean.securities.shortable import NullShortableProvider, ShortableProvider
from pylean.securities.symbol import FUNDAMENTALS
from pylean.securities.volatility import VolatilityModel
from pylean.storage import Resolution

if TYPE_CHECKING:
    from pylean.clock import AlgorithmClock
    from pylean.feed.bars import TradeBar
    from pylean.feed.base_data import BaseData
    from pylean.feed.subscription import SubscriptionDataConfig
    from pylean.securities.exchange import SecurityExchange
    from pylean.securities.security_type import SecurityType
    from pylean.securities.symbol import Symbol
    from pylean.storage.symbol_properties import SymbolProperties
    from pylean.universes.fundamental import Fundamental

__all__ = ["Security"]

#: Lean's default for an equity on a margin account.
EQUITY_LEVERAGE = Decimal(2)

#: Attributes that take a model: its base, and what a class without that base has to have.
_MODELS: dict[str, tuple[type[Any], tuple[str, ...]]] = {
    "buying_power_model": (BuyingPowerModel, LEAN_METHODS),
    "data_filter": (SecurityDataFilter, ("filter",)),
    "fee_model": (FeeModel, ("get_order_fee",)),
    "margin_interest_rate_model": (MarginInterestRateModel, ("apply_margin_interest_rate",)),
    "settlement_model": (SettlementModel, ("apply_funds", "scan", "get_unsettled_cash")),
    "shortable_provider": (ShortableProvider, ("fee_rate", "rebate_rate", "shortable_quantity")),
    "slippage_model": (SlippageModel, ("get_slippage_approximation",)),
    "volatility_model": (VolatilityModel, ("update", "get_history_requirements")),
}
#: What Lean lets an algorithm replace and pylean does not read: kept as custom properties they would be lost silently.
_REFUSED = frozenset({"portfolio_model", "price_variation_model"})


class Security(CustomProperties, PascalNames):
    """One US equity. Prices read as floats in USD; 0 until the first bar.

    A name that Lean does not know becomes a custom property when it is set.
    """

    def __init__(
        self, symbol: Symbol, exchange: SecurityExchange, properties: SymbolProperties, clock: AlgorithmClock
    ) -> None:
        self.symbol = symbol
        self.exchange = exchange
        self.symbol_properties = properties
        self.clock = clock
        self.subscriptions: list[SubscriptionDataConfig] = []
        self.cache = SecurityCache()
        self.session = self.cache.session = Session(symbol, exchange, clock, self.cache)
        self.holdings = SecurityHolding(self)
        self.quote_currency = Cash(properties.quote_currency)
        self.properties: dict[str, Any] = {}
        self.is_tradable = True
        self.is_delisted = False
        self.fill_model: Any = EquityFillModel()
        self.fee_model: Any = InteractiveBrokersFeeModel()
        self.slippage_model: Any = NullSlippageModel()
        self.settlement_model: Any = ImmediateSettlementModel()
        self.buying_power_model: Any = SecurityMarginModel(EQUITY_LEVERAGE)
        self.margin_interest_rate_model: Any = MarginInterestRateModel.NULL
        self.shortable_provider: Any = NullShortableProvider()
        self.volatility_model: Any = VolatilityModel.NULL
        self.data_filter: Any = SecurityDataFilter()
        self._is_complete = True

    _is_complete = False

    def __setattr__(self, name: str, value: Any) -> None:
        alias = snake_case(name) if name[:1].isupper() else name
        if alias in _MODELS:
            value = adopt_model(value, *_MODELS[alias])
        if not self._is_complete or alias in self.__dict__ or hasattr(type(self), alias):
            super().__setattr__(alias, value)
        elif alias in _REFUSED:
            raise UnsupportedApiError("Security", name)
        else:
            self.properties[name] = value

    def __getattr__(self, name: str) -> Any:
        custom = self.__dict__.get("properties")
        if custom and name in custom:
            return custom[name]
        return super().__getattr__(name)

    @property
    def type(self) -> SecurityType:
        return self.symbol.security_type

    @property
    def resolution(self) -> Resolution:
        """The finest resolution subscribed."""
        return min((config.resolution for config in self.subscriptions), default=Resolution.DAILY)

    @property
    def subscription_data_config(self) -> SubscriptionDataConfig | None:
        """The first subscription."""
        return self.subscriptions[0] if self.subscriptions else None

    @property
    def data_normalization_mode(self) -> DataNormalizationMode:
        modes = [config.data_normalization_mode for config in self.subscriptions]
        return modes[0] if modes else DataNormalizationMode.ADJUSTED

    @property
    def is_fill_data_forward(self) -> bool:
        return any(config.fill_forward for config in self.subscriptions)

    @property
    def margin_model(self) -> Any:
        """Lean's older name of the buying power model."""
        return self.buying_power_model

    @margin_model.setter
    def margin_model(self, model: Any) -> None:
        self.buying_power_model = model

    @property
    def price(self) -> float:
        """Last trade."""
        return self.cache.price_float

    @property
    def close(self) -> float:
        return self.cache.price_float

    @property
    def open(self) -> float:
        return self._field("open")

    @property
    def high(self) -> float:
        return self._field("high")

    @property
    def low(self) -> float:
        return self._field("low")

    def _field(self, name: str) -> float:
        """Of the latest real trade bar; the price where it has none."""
        bar = self.cache.last_trade_bar()
        value = 0.0 if bar is None else getattr(bar, name)
        return value or self.cache.price_float

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
    def bid_size(self) -> float:
        bar = self.cache.last_quote_bar()
        return 0.0 if bar is None else bar.last_bid_size

    @property
    def ask_size(self) -> float:
        bar = self.cache.last_quote_bar()
        return 0.0 if bar is None else bar.last_ask_size

    @property
    def open_interest(self) -> int:
        """Stocks have none."""
        return 0

    @property
    def has_data(self) -> bool:
        return self.cache.has_data()

    @property
    def local_time(self) -> datetime:
        return self.clock.local

    @property
    def fundamentals(self) -> Fundamental:
        """What the data of the day before say of the stock."""
        return FUNDAMENTALS.get()(self.symbol, self.local_time)

    @property
    def invested(self) -> bool:
        return self.holdings.invested

    @property
    def hold_stock(self) -> bool:
        return self.holdings.invested

    @property
    def leverage(self) -> float:
        return to_float(self.buying_power_model.leverage_of(self))

    @property
    def is_extended_market_hours(self) -> bool:
        return any(config.extended_market_hours for config in self.subscriptions)

    @property
    def total_shortable_quantity(self) -> int | None:
        """Shares that may be short altogether now; ``None`` is no limit."""
        quantity: int | None = self.shortable_provider.shortable_quantity(self.symbol, self.local_time)
        return quantity

    @property
    def shortable(self) -> bool:
        """Some shares can be borrowed."""
        quantity = self.total_shortable_quantity
        return quantity is None or quantity > 0

    def reset(self) -> None:
        """No subscription, no trading; the last prices stay."""
        self.is_tradable = False
        self.subscriptions = []

    def get_last_data(self) -> TradeBar | None:
        """The latest real trade bar."""
        return self.cache.last_trade_bar()

    def set_market_price(self, data: BaseData | None) -> None:
        """Take a bar as the latest one, as a seeder does before the first of the run; ``None`` is ignored."""
        if data is None:
            return
        self.cache.add_data(data)
        if data.decimal_value:
            self.volatility_model.update(self, data)

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

    def set_settlement_model(self, model: Any) -> None:
        self.settlement_model = model

    def set_buying_power_model(self, model: Any) -> None:
        self.buying_power_model = model

    def set_margin_model(self, model: Any) -> None:
        self.buying_power_model = model

    def set_margin_interest_rate_model(self, model: Any) -> None:
        self.margin_interest_rate_model = model

    def set_shortable_provider(self, provider: Any) -> None:
        self.shortable_provider = provider

    def set_volatility_model(self, model: Any) -> None:
        self.volatility_model = model

    def set_data_filter(self, data_filter: Any) -> None:
        self.data_filter = data_filter

    def set_leverage(self, leverage: float | Decimal) -> None:
        """Raises ValueError below 1."""
        self.buying_power_model.set_leverage(self, leverage)

    def set_data_normalization_mode(self, mode: DataNormalizationMode) -> None:
        """How prices are adjusted; to be set before the run starts."""
        for config in self.subscriptions:
            config.data_normalization_mode = mode

    def __str__(self) -> str:
        return str(self.symbol)

    __repr__ = __str__
