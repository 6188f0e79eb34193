"""Collections of .NET that algorithms name in annotations or make: ``List[Symbol]()``, ``Dictionary[str, str]()``."""

# ruff: noqa: N999 - the module's name is .NET's

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from pylean.keyed import KeyValuePair
from pylean.naming import PascalNames

__all__ = ["Dictionary", "HashSet", "KeyValuePair", "List"]

_Item = TypeVar("_Item")
_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


class List(PascalNames, list[_Item]):
    """A list to which items are added by .NET's names too."""

    def add(self, item: _Item) -> None:
        self.append(item)

    def add_range(self, items: Iterable[_Item]) -> None:
        self.extend(items)

    def contains(self, item: object) -> bool:
        return item in self

    @property
    def count(self) -> int:  # type: ignore[override]
        return len(self)


class HashSet(PascalNames, set[_Item]):
    """A set by .NET's names."""

    def contains(self, item: object) -> bool:
        return item in self

    @property
    def count(self) -> int:
        return len(self)


class Dictionary(PascalNames, dict[_Key, _Value]):
    """A dictionary by .NET's names; ``add`` refuses a key that is there."""

    def add(self, key: _Key, value: _Value) -> None:
        """Raises KeyError for a key that is there."""
        if key in self:
            raise KeyError(f"there is an entry of '{key}' already")
        self[key] = value

    def contains_key(self, key: Any) -> bool:
        return key in self

    @property
    def count(self) -> int:
        return len(self)
