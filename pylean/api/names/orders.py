"""Names of orders and the models that fill them."""

from pylean.orders.enums import OrderDirection, OrderStatus, OrderType
from pylean.orders.events import Fill, OrderEvent
from pylean.orders.fees import CashAmount, ConstantFeeModel, FeeModel, InteractiveBrokersFeeModel, OrderFee
from pylean.orders.fills import EquityFillModel, FillModel
from pylean.orders.order import LimitOrder, MarketOnCloseOrder, MarketOnOpenOrder, MarketOrder, Order, StopMarketOrder
from pylean.orders.requests import OrderResponse, UpdateOrderFields
from pylean.orders.slippage import ConstantSlippageModel
from pylean.orders.ticket import OrderField, OrderTicket

__all__ = [
    "CashAmount",
    "ConstantFeeModel",
    "ConstantSlippageModel",
    "EquityFillModel",
    "FeeModel",
    "Fill",
    "FillModel",
    "InteractiveBrokersFeeModel",
    "LimitOrder",
    "MarketOnCloseOrder",
    "MarketOnOpenOrder",
    "MarketOrder",
    "Order",
    "OrderDirection",
    "OrderEvent",
    "OrderFee",
    "OrderField",
    "OrderResponse",
    "OrderStatus",
    "OrderTicket",
    "OrderType",
    "StopMarketOrder",
    "UpdateOrderFields",
]
