"""Signal exports: Lean sends them in live trading only, so a backtest keeps the providers and sends nothing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from pylean.framework.targets import PortfolioTarget
from pylean.naming import ClosedNames, PascalNames

if TYPE_CHECKING:
    from pylean.algorithm import QCAlgorithm

__all__ = [
    "Collective2SignalExport",
    "CrunchDAOSignalExport",
    "NumeraiSignalExport",
    "SignalExportManager",
    "VBaseSignalExport",
]


class SignalExportManager(ClosedNames):
    """Providers of the algorithm; every request to send succeeds without one being asked."""

    def __init__(self, algorithm: QCAlgorithm) -> None:
        self._algorithm = algorithm
        self._providers: list[Any] = []
        self._told = False
        self.automatic_export_time_span: timedelta | None = timedelta(seconds=5)
        self._close()

    def add_signal_export_provider(self, signal_export: Any) -> None:
        self._providers.append(signal_export)

    def add_signal_export_providers(self, *signal_exports: Any) -> None:
        """Providers, or one list of them."""
        for export in signal_exports:
            self._providers += export if isinstance(export, (list, tuple)) else [export]

    def set_target_portfolio(self, *portfolio_targets: PortfolioTarget | Iterable[PortfolioTarget]) -> bool:
        """True, and one line in the log that a backtest sends nothing."""
        if not self._told:
            self._told = True
            self._algorithm.debug("portfolio targets are sent in live trading only")
        return True

    def set_target_portfolio_from_portfolio(self) -> bool:
        """As ``set_target_portfolio``; false, and an error in the log, when the portfolio is worth nothing."""
        if self._algorithm.portfolio.decimal_total_portfolio_value <= 0:
            self._algorithm.error("no portfolio targets: the portfolio value is 0 or below")
            return False
        return self.set_target_portfolio()


class VBaseSignalExport(PascalNames):
    """Raises ValueError for an empty key or collection name."""

    def __init__(
        self, api_key: str, collection_name: str, store_stamped_file: bool = True, idempotent: bool = False
    ) -> None:
        for name, value in (("api_key", api_key), ("collection_name", collection_name)):
            if not value.strip():
                raise ValueError(f"{name} of VBaseSignalExport is empty")


class Collective2SignalExport(PascalNames):
    def __init__(self, api_key: str, system_id: int, use_white_label_api: bool = False) -> None:
        """Nothing is checked: the account is asked in live trading only."""


class CrunchDAOSignalExport(PascalNames):
    def __init__(self, api_key: str, model: str, submission_name: str = "", comment: str = "") -> None:
        """Nothing is checked: the account is asked in live trading only."""


class NumeraiSignalExport(PascalNames):
    def __init__(self, public_id: str, secret_id: str, model_id: str, file_name: str = "predictions.csv") -> None:
        """Nothing is checked: the account is asked in live trading only."""
