"""The paths under which Lean ships models in Python: ``from Alphas.RsiAlphaModel import *`` and its like.

Lean's files import ``AlgorithmImports`` themselves, so a star import from one of them brings all its names again. A
class of another such file, imported before, is thereby replaced by the C# class of the same name. The modules made
here do that too.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

__all__ = ["forget_model_modules", "install_model_paths"]

_MODELS = {
    "Alphas": "BasePairsTrading Constant EmaCross HistoricalReturns Macd Null PearsonCorrelationPairsTrading Rsi",
    "Execution": "Immediate Null Spread StandardDeviation VolumeWeightedAveragePrice",
    "Portfolio": """AccumulativeInsight BlackLittermanOptimization ConfidenceWeighted EqualWeighting InsightWeighting
        MeanReversion MeanVarianceOptimization Null RiskParity SectorWeighting""",
    "Risk": """CompositeRiskManagementModel MaximumDrawdownPercentPerSecurity MaximumDrawdownPercentPortfolio
        MaximumSectorExposureRiskManagementModel MaximumUnrealizedProfitPercentPerSecurity NullRiskManagementModel
        TrailingStopRiskManagementModel""",
    "Selection": "ETFConstituents EmaCross Fundamental Manual QC500",
}
_ENDINGS = {
    "Alphas": "AlphaModel",
    "Execution": "ExecutionModel",
    "Portfolio": "PortfolioConstructionModel",
    "Risk": "",
    "Selection": "UniverseSelectionModel",
}
_OTHERS = (
    "Orders.Slippage.VolumeShareSlippageModel",
    "Portfolio.MaximumSharpeRatioPortfolioOptimizer",
    "Portfolio.MinimumVariancePortfolioOptimizer",
    "Portfolio.RiskParityPortfolioOptimizer",
    "Portfolio.UnconstrainedMeanVariancePortfolioOptimizer",
    "Selection.UniverseSelectionModel",
)
_MODULES = frozenset(_OTHERS).union(
    f"{package}.{name}{_ENDINGS[package]}" for package, names in _MODELS.items() for name in names.split()
)
#: Where the models are that differ from those of AlgorithmImports.
_VARIANTS = ("pylean.framework.lean_python", "pylean.framework.lean_python_portfolio")
_PACKAGES = frozenset(_MODELS) | {"Orders", "Orders.Slippage"}

#: Lean's namespaces in .NET, from which algorithms import too; each gives all names.
_NAMESPACES = frozenset({"QuantConnect"}).union(
    f"QuantConnect.{name}"
    for name in """
    Algorithm Algorithm.Framework Algorithm.Framework.Alphas Algorithm.Framework.Execution
    Algorithm.Framework.Portfolio Algorithm.Framework.Portfolio.SignalExports Algorithm.Framework.Risk
    Algorithm.Framework.Selection Algorithm.Selection Api Benchmarks Brokerages Commands Configuration Data
    Data.Auxiliary Data.Consolidators Data.Custom Data.Custom.IconicTypes Data.Fundamental Data.Market
    Data.Shortable Data.UniverseSelection DataSource Indicators Indicators.CandlestickPatterns Interfaces Lean
    Lean.Engine Lean.Engine.DataFeeds Notifications Orders Orders.Fees Orders.Fills Orders.OptionExercise
    Orders.Slippage Orders.TimeInForces Parameters Python Research Scheduling Securities Securities.Crypto
    Securities.CryptoFuture Securities.Equity Securities.Forex Securities.Future Securities.IndexOption
    Securities.Interfaces Securities.Option Securities.Positions Securities.Volatility Statistics Storage Util
    """.split()
)


class _ModelPaths(MetaPathFinder, Loader):
    """Comes last, so that an algorithm's own modules of these names win."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        is_package = fullname in _PACKAGES or fullname in _NAMESPACES
        if not is_package and fullname not in _MODULES:
            return None
        return ModuleSpec(fullname, self, is_package=is_package)

    def exec_module(self, module: ModuleType) -> None:
        if module.__name__ in _PACKAGES:
            return
        name = module.__name__.rpartition(".")[2]
        imports = vars(importlib.import_module("AlgorithmImports"))
        names: dict[str, Any] = {key: value for key, value in imports.items() if not key.startswith("_")}
        if module.__name__ in _NAMESPACES:
            vars(module).update(names)
            return
        for place in _VARIANTS:
            variants = importlib.import_module(place)
            if name in variants.__all__:
                names[name] = getattr(variants, name)
        if name not in names:
            raise ImportError(f"pylean has no {name}; run the algorithm on Lean itself if it needs this one")
        vars(module).update(names)


_finder = _ModelPaths()


def install_model_paths() -> None:
    """Make the paths importable in this process."""
    if _finder not in sys.meta_path:
        sys.meta_path.append(_finder)


def forget_model_modules() -> None:
    """Let the next algorithm find its own modules of these names first."""
    for name in [name for name, module in sys.modules.items() if getattr(module, "__loader__", None) is _finder]:
        del sys.modules[name]
