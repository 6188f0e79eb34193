"""Brokerage models by the names of brokers."""

from __future__ import annotations

from collections.abc import Callable

from pylean.brokerages import equities
from pylean.brokerages.model import DefaultBrokerageModel
from pylean.brokerages.names import AccountType, BrokerageName
from pylean.naming import UnsupportedApiError

__all__ = ["SUPPORTED", "make_brokerage_model"]

_MODELS: dict[BrokerageName, Callable[[AccountType], DefaultBrokerageModel]] = {
    BrokerageName.DEFAULT: DefaultBrokerageModel,
    BrokerageName.ALPACA: lambda account_type: equities.AlpacaBrokerageModel(),
    BrokerageName.ALPHA_STREAMS: equities.AlphaStreamsBrokerageModel,
    BrokerageName.AXOS: equities.AxosClearingBrokerageModel,
    BrokerageName.BLOOMBERG_FIX: equities.BloombergFixBrokerageModel,
    BrokerageName.CHARLES_SCHWAB: equities.CharlesSchwabBrokerageModel,
    BrokerageName.EZE: equities.EzeBrokerageModel,
    BrokerageName.INTERACTIVE_BROKERS_BROKERAGE: equities.InteractiveBrokersBrokerageModel,
    BrokerageName.INTERACTIVE_BROKERS_FIX: equities.InteractiveBrokersFixModel,
    BrokerageName.PUBLIC: equities.PublicBrokerageModel,
    BrokerageName.RBI: equities.RBIBrokerageModel,
    BrokerageName.TASTYTRADE: equities.TastytradeBrokerageModel,
    BrokerageName.TD_AMERITRADE: equities.TDAmeritradeBrokerageModel,
    BrokerageName.TERMINAL_LINK: equities.TerminalLinkBrokerageModel,
    BrokerageName.TRADE_STATION: equities.TradeStationBrokerageModel,
    BrokerageName.TRADIER_BROKERAGE: equities.TradierBrokerageModel,
    BrokerageName.WEBULL: equities.WebullBrokerageModel,
    BrokerageName.WOLVERINE: equities.WolverineBrokerageModel,
}

#: Brokers that an algorithm can choose.
SUPPORTED = tuple(_MODELS)


def make_brokerage_model(name: BrokerageName, account_type: AccountType) -> DefaultBrokerageModel:
    """The model of a broker. Raises UnsupportedApiError for brokers that trade no US stocks in Lean."""
    make = _MODELS.get(BrokerageName(name))
    if make is None:
        raise UnsupportedApiError("BrokerageName", BrokerageName(name).name)
    return make(AccountType(account_type))
