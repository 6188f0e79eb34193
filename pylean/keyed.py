"""Lean's dictionaries as Python sees them: iterating gives pairs with a key and a value."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Generic, TypeVar

from pylean.naming import PascalNames

__all__ = ["ExtendedDictionary", "KeyValuePair"]

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


class KeyValuePair(PascalNames, Generic[_Key, _Value]):
    """An entry of a dictionary."""

    __slots__ = ("key", "value")

    def __init__(self, key: _Key, value: _Value) -> None:
        self.key = key
        self.value = value

    def __iter__(self) -> Iterator[_Key | _Value]:
        """Key, then value, so that ``for key, value in …`` works too."""
        yield self.key
        yield self.value

    def __repr__(self) -> str:
        return f"[{self.key}, {self.value}]"


class ExtendedDictionary(PascalNames, Generic[_Key, _Value]):
    """A dictionary that algorithms only read, in the order of its entries.

    Iterating gives pairs, as in Lean; ``keys`` gives keys. Of a ``dict`` it is a view, other entries are copied.
    """

    def __init__(self, entries: dict[_Key, _Value] | Iterable[tuple[_Key, _Value]] = ()) -> None:
        self._entries = entries if isinstance(entries, dict) else dict(entries)

    def __getitem__(self, key: _Key) -> _Value:
        try:
            return self._entries[key]
        except KeyError:
            known = ", ".join(map(str, self._entries)) or "none"
            raise KeyError(f"no entry of '{key}' (there are: {known}); test with contains_key first") from None

    def __contains__(self, key: object) -> bool:
        return key in self._entries

    def contains_key(self, key: _Key) -> bool:
        return key in self._entries

    def try_get_value(self, key: _Key) -> tuple[bool, _Value | None]:
        """Whether there is an entry, and its value or ``None``."""
        return key in self._entries, self._entries.get(key)

    def get(self, key: _Key, default: _Value | None = None) -> _Value | None:
        return self._entries.get(key, default)

    def __iter__(self) -> Iterator[KeyValuePair[_Key, _Value]]:
        return (KeyValuePair(key, value) for key, value in self._entries.items())

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def count(self) -> int:
        return len(self._entries)

    def keys(self) -> list[_Key]:
        return list(self._entries)

    def values(self) -> list[_Value]:
        return list(self._entries.values())

    def items(self) -> list[tuple[_Key, _Value]]:
        return list(self._entries.items())
