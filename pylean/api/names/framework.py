"""Names of the algorithm framework: insights, targets and models."""

from pylean.algorithm import QCAlgorithm
from pylean.framework.alphas.base import AlphaModel, CompositeAlphaModel, NullAlphaModel
from pylean.framework.alphas.constant import ConstantAlphaModel
from pylean.framework.alphas.ema_cross import EmaCrossAlphaModel
from pylean.framework.alphas.historical_returns import HistoricalReturnsAlphaModel
from pylean.framework.alphas.macd import MacdAlphaModel
from pylean.framework.alphas.pairs import BasePairsTradingAlphaModel
from pylean.framework.alphas.pearson_pairs import PearsonCorrelationPairsTradingAlphaModel
from pylean.framework.alphas.rsi import RsiAlphaModel
from pylean.framework.execution.base import ExecutionModel, NullExecutionModel
from pylean.framework.execution.immediate import ImmediateExecutionModel
from pylean.framework.execution.spread import SpreadExecutionModel
from pylean.framework.execution.standard_deviation import StandardDeviationExecutionModel
from pylean.framework.execution.vwap import VolumeWeightedAveragePriceExecutionModel
from pylean.framework.insight import Insight
from pylean.framework.insight_enums import InsightDirection, InsightScoreType, InsightType, PortfolioBias
from pylean.framework.insight_score import InsightScore
from pylean.framework.insights import GeneratedInsightsCollection, InsightCollection, InsightManager
from pylean.framework.portfolio.accumulative import AccumulativeInsightPortfolioConstructionModel
from pylean.framework.portfolio.base import NullPortfolioConstructionModel, PortfolioConstructionModel
from pylean.framework.portfolio.black_litterman import BlackLittermanOptimizationPortfolioConstructionModel
from pylean.framework.portfolio.equal_weighting import (
    EqualWeightingPortfolioConstructionModel,
    SectorWeightingPortfolioConstructionModel,
)
from pylean.framework.portfolio.insight_weighting import (
    ConfidenceWeightedPortfolioConstructionModel,
    InsightWeightingPortfolioConstructionModel,
)
from pylean.framework.portfolio.mean_reversion import MeanReversionPortfolioConstructionModel
from pylean.framework.portfolio.mean_variance import MeanVarianceOptimizationPortfolioConstructionModel
from pylean.framework.portfolio.optimizers import (
    MaximumSharpeRatioPortfolioOptimizer,
    MinimumVariancePortfolioOptimizer,
    UnconstrainedMeanVariancePortfolioOptimizer,
)
from pylean.framework.portfolio.risk_parity import RiskParityPortfolioConstructionModel, RiskParityPortfolioOptimizer
from pylean.framework.risk.base import CompositeRiskManagementModel, NullRiskManagementModel, RiskManagementModel
from pylean.framework.risk.limits import (
    MaximumDrawdownPercentPerSecurity,
    MaximumDrawdownPercentPortfolio,
    MaximumUnrealizedProfitPercentPerSecurity,
    TrailingStopRiskManagementModel,
)
from pylean.framework.risk.sector_exposure import MaximumSectorExposureRiskManagementModel
from pylean.framework.selection import (
    CompositeUniverseSelectionModel,
    NullUniverseSelectionModel,
    UniverseSelectionModel,
)
from pylean.framework.signal_export import (
    Collective2SignalExport,
    CrunchDAOSignalExport,
    NumeraiSignalExport,
    SignalExportManager,
    VBaseSignalExport,
)
from pylean.framework.sizing import BuyingPowerModelExtensions, OrderSizing
from pylean.framework.targets import PortfolioTarget, PortfolioTargetCollection

# Lean's interfaces, for annotations.
IAlgorithm = QCAlgorithm
IPortfolioTarget = PortfolioTarget

__all__ = [
    "AccumulativeInsightPortfolioConstructionModel",
    "AlphaModel",
    "BasePairsTradingAlphaModel",
    "BlackLittermanOptimizationPortfolioConstructionModel",
    "BuyingPowerModelExtensions",
    "Collective2SignalExport",
    "CompositeAlphaModel",
    "CompositeRiskManagementModel",
    "CompositeUniverseSelectionModel",
    "ConfidenceWeightedPortfolioConstructionModel",
    "ConstantAlphaModel",
    "CrunchDAOSignalExport",
    "EmaCrossAlphaModel",
    "EqualWeightingPortfolioConstructionModel",
    "ExecutionModel",
    "GeneratedInsightsCollection",
    "HistoricalReturnsAlphaModel",
    "IAlgorithm",
    "IPortfolioTarget",
    "ImmediateExecutionModel",
    "Insight",
    "InsightCollection",
    "InsightDirection",
    "InsightManager",
    "InsightScore",
    "InsightScoreType",
    "InsightType",
    "InsightWeightingPortfolioConstructionModel",
    "MacdAlphaModel",
    "MaximumDrawdownPercentPerSecurity",
    "MaximumDrawdownPercentPortfolio",
    "MaximumSectorExposureRiskManagementModel",
    "MaximumSharpeRatioPortfolioOptimizer",
    "MaximumUnrealizedProfitPercentPerSecurity",
    "MeanReversionPortfolioConstructionModel",
    "MeanVarianceOptimizationPortfolioConstructionModel",
    "MinimumVariancePortfolioOptimizer",
    "NullAlphaModel",
    "NullExecutionModel",
    "NullPortfolioConstructionModel",
    "NullRiskManagementModel",
    "NullUniverseSelectionModel",
    "NumeraiSignalExport",
    "OrderSizing",
    "PearsonCorrelationPairsTradingAlphaModel",
    "PortfolioBias",
    "PortfolioConstructionModel",
    "PortfolioTarget",
    "PortfolioTargetCollection",
    "RiskManagementModel",
    "RiskParityPortfolioConstructionModel",
    "RiskParityPortfolioOptimizer",
    "RsiAlphaModel",
    "SectorWeightingPortfolioConstructionModel",
    "SignalExportManager",
    "SpreadExecutionModel",
    "StandardDeviationExecutionModel",
    "TrailingStopRiskManagementModel",
    "UnconstrainedMeanVariancePortfolioOptimizer",
    "UniverseSelectionModel",
    "VBaseSignalExport",
    "VolumeWeightedAveragePriceExecutionModel",
]
