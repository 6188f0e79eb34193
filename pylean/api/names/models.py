"""Names of the models that decide what an account can afford, pays and is paid."""

from pylean.history.volatility import VolatilityModelExtensions
from pylean.securities.buying_power import BuyingPowerModel, SecurityMarginModel
from pylean.securities.data_filter import SecurityDataFilter
from pylean.securities.interest import (
    MarginInterestRateModel,
    MarginInterestRateParameters,
    ShortMarginInterestRateModel,
)
from pylean.securities.margin_models import (
    CashBuyingPowerModel,
    ConstantBuyingPowerModel,
    NullBuyingPowerModel,
    PatternDayTradingMarginModel,
)
from pylean.securities.margin_values import (
    BuyingPower,
    BuyingPowerParameters,
    GetMaximumOrderQuantityForDeltaBuyingPowerParameters,
    GetMaximumOrderQuantityForTargetBuyingPowerParameters,
    GetMaximumOrderQuantityResult,
    HasSufficientBuyingPowerForOrderParameters,
    HasSufficientBuyingPowerForOrderResult,
    InitialMargin,
    InitialMarginParameters,
    InitialMarginRequiredForOrderParameters,
    MaintenanceMargin,
    MaintenanceMarginParameters,
    ReservedBuyingPowerForPosition,
    ReservedBuyingPowerForPositionParameters,
)
from pylean.securities.settlement import (
    AccountCurrencyImmediateSettlementModel,
    ApplyFundsSettlementModelParameters,
    DelayedSettlementModel,
    ImmediateSettlementModel,
    ScanSettlementModelParameters,
)
from pylean.securities.shortable import (
    InteractiveBrokersShortableProvider,
    LocalDiskShortableProvider,
    NullShortableProvider,
)
from pylean.securities.volatility import (
    BaseVolatilityModel,
    IndicatorVolatilityModel,
    RelativeStandardDeviationVolatilityModel,
    StandardDeviationOfReturnsVolatilityModel,
    VolatilityModel,
)

__all__ = [
    "AccountCurrencyImmediateSettlementModel",
    "ApplyFundsSettlementModelParameters",
    "BaseVolatilityModel",
    "BuyingPower",
    "BuyingPowerModel",
    "BuyingPowerParameters",
    "CashBuyingPowerModel",
    "ConstantBuyingPowerModel",
    "DelayedSettlementModel",
    "GetMaximumOrderQuantityForDeltaBuyingPowerParameters",
    "GetMaximumOrderQuantityForTargetBuyingPowerParameters",
    "GetMaximumOrderQuantityResult",
    "HasSufficientBuyingPowerForOrderParameters",
    "HasSufficientBuyingPowerForOrderResult",
    "ImmediateSettlementModel",
    "IndicatorVolatilityModel",
    "InitialMargin",
    "InitialMarginParameters",
    "InitialMarginRequiredForOrderParameters",
    "InteractiveBrokersShortableProvider",
    "LocalDiskShortableProvider",
    "MaintenanceMargin",
    "MaintenanceMarginParameters",
    "MarginInterestRateModel",
    "MarginInterestRateParameters",
    "NullBuyingPowerModel",
    "NullShortableProvider",
    "PatternDayTradingMarginModel",
    "RelativeStandardDeviationVolatilityModel",
    "ReservedBuyingPowerForPosition",
    "ReservedBuyingPowerForPositionParameters",
    "ScanSettlementModelParameters",
    "SecurityDataFilter",
    "SecurityMarginModel",
    "ShortMarginInterestRateModel",
    "StandardDeviationOfReturnsVolatilityModel",
    "VolatilityModel",
    "VolatilityModelExtensions",
]
