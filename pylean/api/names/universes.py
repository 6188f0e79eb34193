"""Names of universes, their data and the models that make them."""

from pylean.algorithm.changes import SecurityChanges
from pylean.universes.base import Universe
from pylean.universes.constituents import (
    ConstituentsUniverse,
    ConstituentsUniverseData,
    ETFConstituentsUniverseFactory,
    ETFConstituentUniverse,
)
from pylean.universes.data_models import (
    CoarseFundamentalUniverseSelectionModel,
    ETFConstituentsUniverseSelectionModel,
    FineFundamentalUniverseSelectionModel,
    FundamentalUniverseSelectionModel,
)
from pylean.universes.ema_cross import EmaCrossUniverseSelectionModel
from pylean.universes.fundamental import CoarseFundamental, FineFundamental, Fundamental
from pylean.universes.fundamental_universes import (
    CoarseFundamentalUniverse,
    FineFundamentalFilteredUniverse,
    FundamentalFilteredUniverse,
    FundamentalUniverse,
    FundamentalUniverseFactory,
)
from pylean.universes.models import (
    CustomUniverseSelectionModel,
    InceptionDateUniverseSelectionModel,
    ManualUniverseSelectionModel,
    ScheduledUniverseSelectionModel,
)
from pylean.universes.settings import UniverseSettings
from pylean.universes.triggered import ManualUniverse, ScheduledUniverse, UserDefinedUniverse

#: Names that Lean gave up for others.
ETFConstituentData = ETFConstituentUniverse
Fundamentals = FundamentalUniverse

__all__ = [
    "CoarseFundamental",
    "CoarseFundamentalUniverse",
    "CoarseFundamentalUniverseSelectionModel",
    "ConstituentsUniverse",
    "ConstituentsUniverseData",
    "CustomUniverseSelectionModel",
    "ETFConstituentData",
    "ETFConstituentUniverse",
    "ETFConstituentsUniverseFactory",
    "ETFConstituentsUniverseSelectionModel",
    "EmaCrossUniverseSelectionModel",
    "FineFundamental",
    "FineFundamentalFilteredUniverse",
    "FineFundamentalUniverseSelectionModel",
    "Fundamental",
    "FundamentalFilteredUniverse",
    "FundamentalUniverse",
    "FundamentalUniverseFactory",
    "FundamentalUniverseSelectionModel",
    "Fundamentals",
    "InceptionDateUniverseSelectionModel",
    "ManualUniverse",
    "ManualUniverseSelectionModel",
    "ScheduledUniverse",
    "ScheduledUniverseSelectionModel",
    "SecurityChanges",
    "Universe",
    "UniverseSettings",
    "UserDefinedUniverse",
]
