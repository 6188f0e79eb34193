"""A security's name: what it is called today, and the identifier that never changes."""

from __future__ import annotations

from pylean.naming import PascalNames

__all__ = ["Symbol"]


class Symbol(PascalNames):
    """One security, interned by the algorithm: the same security is always the same object.

    Dictionaries find it by identity, which is why the hash is the object's own; ``==`` also accepts the ticker
    or the identifier as text, as Lean does in Python.
    """

    __slots__ = ("id", "permtick", "value")

    def __init__(self, value: str, identifier: str, permtick: str | None = None) -> None:
        self.value = value
        self.id = identifier
        self.permtick = permtick or value

    __hash__ = object.__hash__

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if isinstance(other, Symbol):
            return self.id == other.id
        return isinstance(other, str) and (other.upper() == self.value or other == self.id)

    def __lt__(self, other: Symbol) -> bool:
        return self.value < other.value

    def __str__(self) -> str:
        return self.value

    def __repr__(self) -> str:
        return self.value
