"""Where a run reads, by Lean's name for it."""

from __future__ import annotations

from pylean.naming import PascalType
from pylean.securities.shortable import DATA_ROOT

__all__ = ["Globals"]


class _DataFolder(PascalType):
    @property
    def data_folder(self) -> str:
        """The root of the run's data folder."""
        return str(DATA_ROOT.get())


class Globals(metaclass=_DataFolder):
    """What is common to all algorithms of a process."""
