"""Names of orders, their requests and the models that fill them."""

from pylean.margin_call import DefaultMarginCallModel, MarginCallModel
from pylean.orders.combo import (
    ComboLegLimitOrder,
    ComboLimitOrder,
    ComboMarketOrder,
    ComboOrder,
    GroupOrderManager,
    Leg,
)
from pylean.orders.enums import (
    OrderDirection,
    OrderRequestStatus,
    OrderRequestType,
    OrderResponseErrorCode,
    OrderStatus,
    OrderType,
)
from pylean.orders.events import Fill, OrderEvent
from pylean.orders.fees import CashAmount, ConstantFeeModel, FeeModel, InteractiveBrokersFeeModel, OrderFee
from pylean.orders.fill_model import FillModel, FillModelParameters, ImmediateFillModel, LatestPriceFillModel
from pylean.orders.fills import EquityFillModel
from pylean.orders.manager import ProjectedHoldings, SecurityTransactionManager
from pylean.orders.order import Order, OrderSubmissionData
from pylean.orders.order_types import (
    LimitIfTouchedOrder,
    LimitOrder,
    MarketOnCloseOrder,
    MarketOnOpenOrder,
    MarketOrder,
    StopLimitOrder,
    StopMarketOrder,
    TrailingStopOrder,
)
from pylean.orders.prices import Prices
from pylean.orders.properties import (
    AlpacaOrderProperties,
    CharlesSchwabOrderProperties,
    EzeOrderProperties,
    FixOrderProperties,
    InteractiveBrokersFixOrderProperties,
    InteractiveBrokersOrderProperties,
    OrderProperties,
    PublicOrderProperties,
    RBIOrderProperties,
    TastytradeOrderProperties,
    TDAmeritradeOrderProperties,
    TradeStationOrderProperties,
    TradierOrderProperties,
    TradingTechnologiesOrderProperties,
    WebullOrderProperties,
)
from pylean.orders.requests import (
    CancelOrderRequest,
    OrderRequest,
    SubmitOrderRequest,
    UpdateOrderFields,
    UpdateOrderRequest,
)
from pylean.orders.responses import OrderResponse
from pylean.orders.slippage import ConstantSlippageModel
from pylean.orders.ticket import OrderField, OrderTicket
from pylean.orders.time_in_force import (
    DayTimeInForce,
    GoodTilCanceledTimeInForce,
    GoodTilDateTimeInForce,
    TimeInForce,
)

__all__ = [
    "AlpacaOrderProperties",
    "CancelOrderRequest",
    "CashAmount",
    "CharlesSchwabOrderProperties",
    "ComboLegLimitOrder",
    "ComboLimitOrder",
    "ComboMarketOrder",
    "ComboOrder",
    "ConstantFeeModel",
    "ConstantSlippageModel",
    "DayTimeInForce",
    "DefaultMarginCallModel",
    "EquityFillModel",
    "EzeOrderProperties",
    "FeeModel",
    "Fill",
    "FillModel",
    "FillModelParameters",
    "FixOrderProperties",
    "GoodTilCanceledTimeInForce",
    "GoodTilDateTimeInForce",
    "GroupOrderManager",
    "ImmediateFillModel",
    "InteractiveBrokersFeeModel",
    "InteractiveBrokersFixOrderProperties",
    "InteractiveBrokersOrderProperties",
    "LatestPriceFillModel",
    "Leg",
    "LimitIfTouchedOrder",
    "LimitOrder",
    "MarginCallModel",
    "MarketOnCloseOrder",
    "MarketOnOpenOrder",
    "MarketOrder",
    "Order",
    "OrderDirection",
    "OrderEvent",
    "OrderFee",
    "OrderField",
    "OrderProperties",
    "OrderRequest",
    "OrderRequestStatus",
    "OrderRequestType",
    "OrderResponse",
    "OrderResponseErrorCode",
    "OrderStatus",
    "OrderSubmissionData",
    "OrderTicket",
    "OrderType",
    "Prices",
    "ProjectedHoldings",
    "PublicOrderProperties",
    "RBIOrderProperties",
    "SecurityTransactionManager",
    "StopLimitOrder",
    "StopMarketOrder",
    "SubmitOrderRequest",
    "TDAmeritradeOrderProperties",
    "TastytradeOrderProperties",
    "TimeInForce",
    "TradeStationOrderProperties",
    "TradierOrderProperties",
    "TradingTechnologiesOrderProperties",
    "TrailingStopOrder",
    "UpdateOrderFields",
    "UpdateOrderRequest",
    "WebullOrderProperties",
]
