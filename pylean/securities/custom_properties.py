"""Values that an algorithm keeps on a security under names of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

__all__ = ["CustomProperties"]


class _Getter:
    """``security.get("name")`` and ``security.get[Type]("name")``."""

    __slots__ = ("_kind", "_values")

    def __init__(self, values: dict[str, Any], kind: type | None = None) -> None:
        self._values = values
        self._kind = kind

    def __getitem__(self, kind: type) -> _Getter:
        return _Getter(self._values, kind)

    def __call__(self, key: str) -> Any:
        """Raises KeyError for an unknown name, TypeError for a value of another type."""
        value = self._values[key]
        if self._kind is not None and not isinstance(value, self._kind):
            raise TypeError(f"the property {key!r} is a {type(value).__name__}, not a {self._kind.__name__}")
        return value


class CustomProperties:
    """A mixin: values by name, in ``properties``."""

    properties: dict[str, Any]

    @property
    def get(self) -> Callable[[str], Any]:
        return _Getter(self.properties)

    def set(self, key: str, value: Any) -> None:
        self.properties[key] = value

    def add(self, key: str, value: Any) -> None:
        """The same as ``set``, as in Lean: a value of that name is replaced."""
        self.properties[key] = value

    def try_get(self, key: str) -> tuple[bool, Any]:
        """Whether there is such a value, and the value or ``None``."""
        return key in self.properties, self.properties.get(key)

    def remove(self, key: str) -> bool:
        """Whether there was such a value."""
        return self.properties.pop(key, self) is not self

    def clear(self) -> None:
        self.properties.clear()

    def __getitem__(self, key: str) -> Any:
        return self.properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.properties[key] = value
