"""``from AlgorithmImports import *``: Lean's names for algorithms, and the modules that Lean's file brings along."""

# ruff: noqa: N999 - the module's name is Lean's

import json
import math
import sys
from collections import deque
from datetime import date, datetime, time, timedelta
from decimal import Decimal

import numpy as np

from pylean.algorithm import QCAlgorithm
from pylean.api.extensions import Extensions
from pylean.api.lazy import LazyModule
from pylean.api.values import Market, Resolution, SecurityType
from pylean.consolidators import DataConsolidator, MarketHourAwareConsolidator, TradeBarConsolidator
from pylean.feed.bars import QuoteBar, TradeBar
from pylean.feed.slice import Slice
from pylean.feed.subscription import DataNormalizationMode, TickType
from pylean.indicators import ExponentialMovingAverage, IndicatorDataPoint, SimpleMovingAverage
from pylean.orders.enums import OrderDirection, OrderStatus, OrderType
from pylean.orders.events import Fill, OrderEvent
from pylean.orders.fees import CashAmount, ConstantFeeModel, FeeModel, InteractiveBrokersFeeModel, OrderFee
from pylean.orders.fills import EquityFillModel, FillModel
from pylean.orders.order import (
    LimitOrder,
    MarketOnCloseOrder,
    MarketOnOpenOrder,
    MarketOrder,
    Order,
    StopMarketOrder,
)
from pylean.orders.requests import OrderResponse, UpdateOrderFields
from pylean.orders.slippage import ConstantSlippageModel
from pylean.orders.ticket import OrderField, OrderTicket
from pylean.scheduling.rules import DayOfWeek
from pylean.securities.buying_power import SecurityMarginModel
from pylean.securities.security import Security
from pylean.securities.symbol import Symbol

pd = LazyModule("pandas")

__all__ = [
    "CashAmount",
    "ConstantFeeModel",
    "ConstantSlippageModel",
    "DataConsolidator",
    "DataNormalizationMode",
    "DayOfWeek",
    "Decimal",
    "EquityFillModel",
    "ExponentialMovingAverage",
    "Extensions",
    "FeeModel",
    "Fill",
    "FillModel",
    "IndicatorDataPoint",
    "InteractiveBrokersFeeModel",
    "LimitOrder",
    "Market",
    "MarketHourAwareConsolidator",
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
    "QCAlgorithm",
    "QuoteBar",
    "Resolution",
    "Security",
    "SecurityMarginModel",
    "SecurityType",
    "SimpleMovingAverage",
    "Slice",
    "StopMarketOrder",
    "Symbol",
    "TickType",
    "TradeBar",
    "TradeBarConsolidator",
    "UpdateOrderFields",
    "date",
    "datetime",
    "deque",
    "json",
    "math",
    "np",
    "pd",
    "sys",
    "time",
    "timedelta",
]
