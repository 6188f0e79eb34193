"""Brokers of US stocks: what each takes and charges."""

from __future__ import annotations

from datetime import time, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from pylean.benchmarks import FuncBenchmark
from pylean.brokerages import fees
from pylean.brokerages.model import DefaultBrokerageModel
from pylean.brokerages.names import AccountType
from pylean.brokerages.rules import (
    TAKEN,
    Answer,
    check_market_on_open,
    check_order_type,
    check_time_in_force,
    check_whole_shares,
    check_zero_crossing,
    crosses_zero,
    refuse,
)
from pylean.orders.enums import OrderType
from pylean.orders.fees import ConstantFeeModel, InteractiveBrokersFeeModel
from pylean.orders.slippage import AlphaStreamsSlippageModel
from pylean.securities.security_type import Market, SecurityType
from pylean.securities.settlement import ImmediateSettlementModel
from pylean.securities.shortable import LocalDiskShortableProvider

if TYPE_CHECKING:
    from pylean.orders.order import Order
    from pylean.orders.requests import UpdateOrderRequest
    from pylean.securities.manager import SecurityManager
    from pylean.securities.security import Security

__all__ = [
    "AlpacaBrokerageModel",
    "AlphaStreamsBrokerageModel",
    "AxosClearingBrokerageModel",
    "BloombergFixBrokerageModel",
    "CharlesSchwabBrokerageModel",
    "EzeBrokerageModel",
    "InteractiveBrokersBrokerageModel",
    "InteractiveBrokersFixModel",
    "PublicBrokerageModel",
    "RBIBrokerageModel",
    "TDAmeritradeBrokerageModel",
    "TastytradeBrokerageModel",
    "TerminalLinkBrokerageModel",
    "TradeStationBrokerageModel",
    "TradierBrokerageModel",
    "WebullBrokerageModel",
    "WolverineBrokerageModel",
]

_BASIC = (OrderType.MARKET, OrderType.LIMIT, OrderType.STOP_MARKET, OrderType.STOP_LIMIT)
_AT_AUCTIONS = (OrderType.MARKET_ON_OPEN, OrderType.MARKET_ON_CLOSE)
_STOCKS_ONLY = {SecurityType.EQUITY: Market.USA}
_INTERACTIVE_BROKERS_MARKETS = {
    SecurityType.BASE: Market.USA,
    SecurityType.EQUITY: Market.USA,
    SecurityType.INDEX: Market.USA,
    SecurityType.OPTION: Market.USA,
    SecurityType.INDEX_OPTION: Market.USA,
    SecurityType.FUTURE: Market.CME,
    SecurityType.FUTURE_OPTION: Market.CME,
    SecurityType.FOREX: Market.OANDA,
    SecurityType.CFD: Market.INTERACTIVE_BROKERS,
}
_NO_UPDATES = "Brokerage does not support update. You must cancel and re-create instead."


def _no_benchmark() -> FuncBenchmark:
    return FuncBenchmark(lambda time: 0)


def _outside_regular_hours(order: Order) -> bool:
    return bool(getattr(order.properties, "outside_regular_trading_hours", False))


class _ListedOrdersModel(DefaultBrokerageModel):
    """A broker that takes the order types of a list."""

    order_types: ClassVar[tuple[OrderType, ...]]
    fee_model: ClassVar[type[Any]] = InteractiveBrokersFeeModel

    def can_submit_order(self, security: Security, order: Order, message: Any = None) -> Answer:
        answer = check_order_type(self, order, self.order_types)
        return self._check(security, order) if answer[0] else answer

    def _check(self, security: Security, order: Order) -> Answer:
        """What a broker wants beyond the order's type."""
        return TAKEN

    def get_fee_model(self, security: Security) -> Any:
        return self.fee_model()


class InteractiveBrokersBrokerageModel(_ListedOrdersModel):
    """Orders of most types; no benchmark of its own."""

    order_types: ClassVar[tuple[OrderType, ...]] = (
        OrderType.MARKET,
        OrderType.MARKET_ON_OPEN,
        OrderType.MARKET_ON_CLOSE,
        OrderType.LIMIT,
        OrderType.STOP_MARKET,
        OrderType.STOP_LIMIT,
        OrderType.TRAILING_STOP,
        OrderType.LIMIT_IF_TOUCHED,
        OrderType.COMBO_MARKET,
        OrderType.COMBO_LIMIT,
        OrderType.COMBO_LEG_LIMIT,
        OrderType.OPTION_EXERCISE,
    )
    times_in_force: ClassVar[tuple[str, ...]] = (
        "GoodTilCanceledTimeInForce",
        "DayTimeInForce",
        "GoodTilDateTimeInForce",
    )
    default_markets = _INTERACTIVE_BROKERS_MARKETS

    def get_benchmark(self, securities: SecurityManager) -> Any:
        return _no_benchmark()

    def _check(self, security: Security, order: Order) -> Answer:
        answer = check_market_on_open(security, order, None, 2)
        return check_time_in_force(self, order, self.times_in_force) if answer[0] else answer


class InteractiveBrokersFixModel(InteractiveBrokersBrokerageModel):
    """Fewer order types, and no date to expire on."""

    order_types = tuple(
        kind
        for kind in InteractiveBrokersBrokerageModel.order_types
        if kind not in (OrderType.LIMIT_IF_TOUCHED, OrderType.COMBO_LEG_LIMIT, OrderType.OPTION_EXERCISE)
    )
    times_in_force = ("GoodTilCanceledTimeInForce", "DayTimeInForce")


class AxosClearingBrokerageModel(_ListedOrdersModel):
    """Whole shares only; shorts from the broker's list; no benchmark of its own."""

    order_types = (OrderType.LIMIT, OrderType.MARKET, OrderType.MARKET_ON_CLOSE)
    fee_model = fees.AxosFeeModel
    default_markets = _STOCKS_ONLY

    def get_benchmark(self, securities: SecurityManager) -> Any:
        return _no_benchmark()

    def get_shortable_provider(self, security: Security) -> Any:
        return LocalDiskShortableProvider("axos")

    def _check(self, security: Security, order: Order) -> Answer:
        return check_whole_shares(order)


class AlpacaBrokerageModel(_ListedOrdersModel):
    """Margin accounts only; outside regular hours only limit orders of the day."""

    order_types = (*_BASIC, OrderType.TRAILING_STOP, *_AT_AUCTIONS)
    fee_model = fees.AlpacaFeeModel

    def __init__(self) -> None:
        super().__init__(AccountType.MARGIN)

    def _check(self, security: Security, order: Order) -> Answer:
        is_day_limit = order.type is OrderType.LIMIT and type(order.time_in_force).__name__ == "DayTimeInForce"
        if _outside_regular_hours(order) and not is_day_limit:
            return refuse("Outside regular trading hours Alpaca takes only limit orders with day time in force.")
        answer = check_zero_crossing(self, security, order, _AT_AUCTIONS)
        return check_market_on_open(security, order, timedelta(hours=19), 2) if answer[0] else answer


class TradierBrokerageModel(_ListedOrdersModel):
    """Short sales only as day orders and above 5 USD; no change of quantities; fills at regular hours."""

    order_types = (OrderType.LIMIT, OrderType.MARKET, OrderType.STOP_MARKET, OrderType.STOP_LIMIT)
    _lowest_short_price_usd = 5
    _largest_quantity = 10_000_000
    _extended_sessions = ((time(4), time(9, 24)), (time(16), time(19, 55)))

    def get_fee_model(self, security: Security) -> Any:
        return ConstantFeeModel(0)

    def _check(self, security: Security, order: Order) -> Answer:
        name = type(order.time_in_force).__name__
        if name not in ("GoodTilCanceledTimeInForce", "DayTimeInForce"):
            return refuse("Tradier takes only DayTimeInForce and GoodTilCanceledTimeInForce.")
        if security.holdings.decimal_quantity + order.decimal_quantity < 0:
            if name == "GoodTilCanceledTimeInForce":
                text = "You cannot place short stock orders with GTC, only day orders are allowed"
                return refuse(text, "ShortOrderIsGtc")
            if security.price < self._lowest_short_price_usd:
                text = "Sell Short order cannot be placed for stock priced below $5"
                return refuse(text, "SellShortOrderLastPriceBelow5")
        if not 1 <= order.absolute_quantity <= self._largest_quantity:
            return refuse("Quantity should be between 1 and 10,000,000", "IncorrectOrderQuantity")
        if _outside_regular_hours(order) and not self.can_execute_order(security, order):
            return refuse("Tradier takes orders for outside regular hours only during its sessions.", "ExtendedMarket")
        return check_zero_crossing(self, security, order, _AT_AUCTIONS)

    def can_update_order(
        self, security: Security, order: Order, request: UpdateOrderRequest, message: Any = None
    ) -> Answer:
        if request.quantity is not None and request.quantity != order.decimal_quantity:
            return refuse("Tradier does not support updating order quantities.", "UpdateRejected")
        return TAKEN

    def can_execute_order(self, security: Security, order: Order) -> bool:
        if security.exchange.exchange_open:
            return True
        now = security.local_time.time()
        is_within = any(start <= now < end for start, end in self._extended_sessions)
        return _outside_regular_hours(order) and order.type is OrderType.LIMIT and is_within


class CharlesSchwabBrokerageModel(_ListedOrdersModel):
    order_types = (
        OrderType.MARKET,
        OrderType.LIMIT,
        OrderType.STOP_MARKET,
        OrderType.COMBO_MARKET,
        OrderType.COMBO_LIMIT,
        OrderType.MARKET_ON_CLOSE,
        OrderType.MARKET_ON_OPEN,
        OrderType.STOP_LIMIT,
    )
    fee_model = fees.CharlesSchwabFeeModel


class TradeStationBrokerageModel(_ListedOrdersModel):
    """Orders at the open only from 06:00 to a minute before it; no change of what would cross zero."""

    order_types = (*_BASIC, OrderType.COMBO_MARKET, OrderType.COMBO_LIMIT, *_AT_AUCTIONS, OrderType.TRAILING_STOP)
    fee_model = fees.TradeStationFeeModel

    def _check(self, security: Security, order: Order) -> Answer:
        combos = (OrderType.COMBO_MARKET, OrderType.COMBO_LIMIT)
        answer = check_zero_crossing(self, security, order, (*combos, *_AT_AUCTIONS))
        return check_market_on_open(security, order, timedelta(hours=6), 1) if answer[0] else answer

    def can_submit_order(self, security: Security, order: Order, message: Any = None) -> Answer:
        if _outside_regular_hours(order) and order.type is not OrderType.LIMIT:
            return refuse(
                "To place an order outside regular trading hours, please use a limit order and ensure the security is "
                "an equity.",
                "NotSupportedOutsideRegularMarketHours",
            )
        return super().can_submit_order(security, order, message)

    def can_update_order(
        self, security: Security, order: Order, request: UpdateOrderRequest, message: Any = None
    ) -> Answer:
        changes = request.quantity is not None and request.quantity != order.decimal_quantity
        if changes and crosses_zero(security.holdings.decimal_quantity, order.decimal_quantity):
            text = "TradeStation does not change the quantity of orders that cross zero."
            return refuse(text, "UpdateRejected")
        if changes and order.type in (OrderType.COMBO_MARKET, OrderType.COMBO_LIMIT):
            return refuse("TradeStation does not change the quantity of combo orders.")
        return TAKEN


class RBIBrokerageModel(_ListedOrdersModel):
    order_types = _BASIC
    fee_model = fees.RBIFeeModel


class TDAmeritradeBrokerageModel(_ListedOrdersModel):
    order_types = _BASIC
    fee_model = fees.TDAmeritradeFeeModel


class TastytradeBrokerageModel(_ListedOrdersModel):
    order_types = (*_BASIC, OrderType.COMBO_LIMIT)
    fee_model = fees.TastytradeFeeModel

    def _check(self, security: Security, order: Order) -> Answer:
        return check_zero_crossing(self, security, order, (OrderType.COMBO_LIMIT,))


class _MarginOnlyModel(_ListedOrdersModel):
    def __init__(self, account_type: AccountType = AccountType.MARGIN) -> None:
        if account_type is AccountType.CASH:
            raise ValueError(f"{type(self).__name__} has no cash accounts: use AccountType.MARGIN")
        super().__init__(account_type)


class EzeBrokerageModel(_MarginOnlyModel):
    """Whole shares, margin accounts only."""

    order_types = (*_BASIC, *_AT_AUCTIONS)
    fee_model = fees.EzeFeeModel

    def _check(self, security: Security, order: Order) -> Answer:
        return check_whole_shares(order)


class BloombergFixBrokerageModel(_MarginOnlyModel):
    order_types = (OrderType.MARKET, *_AT_AUCTIONS, OrderType.LIMIT, OrderType.STOP_MARKET, OrderType.STOP_LIMIT)


class TerminalLinkBrokerageModel(_ListedOrdersModel):
    """Takes no updates."""

    order_types = (
        OrderType.MARKET,
        OrderType.MARKET_ON_OPEN,
        OrderType.LIMIT,
        OrderType.STOP_MARKET,
        OrderType.STOP_LIMIT,
    )

    def can_update_order(
        self, security: Security, order: Order, request: UpdateOrderRequest, message: Any = None
    ) -> Answer:
        return refuse(_NO_UPDATES)


class WolverineBrokerageModel(_ListedOrdersModel):
    """Takes no updates."""

    order_types = (
        OrderType.MARKET,
        OrderType.MARKET_ON_CLOSE,
        OrderType.LIMIT,
        OrderType.STOP_MARKET,
        OrderType.STOP_LIMIT,
    )
    fee_model = fees.WolverineFeeModel

    def can_update_order(
        self, security: Security, order: Order, request: UpdateOrderRequest, message: Any = None
    ) -> Answer:
        return refuse(_NO_UPDATES, "0")


class WebullBrokerageModel(_ListedOrdersModel):
    order_types = (*_BASIC, OrderType.TRAILING_STOP)
    fee_model = fees.WebullFeeModel

    def _check(self, security: Security, order: Order) -> Answer:
        if _outside_regular_hours(order) and order.type is OrderType.MARKET:
            return refuse("Webull takes no market orders outside regular trading hours.")
        return TAKEN


class PublicBrokerageModel(_ListedOrdersModel):
    order_types = (*_BASIC, OrderType.COMBO_LIMIT)
    fee_model = fees.PublicFeeModel

    def _check(self, security: Security, order: Order) -> Answer:
        if _outside_regular_hours(order) and order.type is not OrderType.LIMIT:
            return refuse("Outside regular trading hours Public takes only limit orders.")
        return TAKEN


class AlphaStreamsBrokerageModel(DefaultBrokerageModel):
    """Takes every order; no leverage, a ten-thousandth of slippage, margin accounts only."""

    def __init__(self, account_type: AccountType = AccountType.MARGIN) -> None:
        if account_type is AccountType.CASH:
            raise ValueError("AlphaStreamsBrokerageModel has no cash accounts: use AccountType.MARGIN")
        super().__init__(account_type)

    def get_fee_model(self, security: Security) -> Any:
        return fees.AlphaStreamsFeeModel()

    def get_slippage_model(self, security: Security) -> Any:
        return AlphaStreamsSlippageModel()

    def get_settlement_model(self, security: Security) -> Any:
        return ImmediateSettlementModel()

    def _leverage(self) -> float:
        return 1.0
