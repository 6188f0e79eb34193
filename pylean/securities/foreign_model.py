"""Models that an algorithm writes as plain classes, without one of ours as base."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from pylean.naming import pascal_case

__all__ = ["adopt_model"]

_Base = TypeVar("_Base")


def adopt_model(model: Any, base: type[_Base], methods: tuple[str, ...]) -> _Base:
    """The model itself if it is of ``base``; else a model of ``base`` whose ``methods`` are the given object's own.

    The methods may be named in either style. Raises TypeError for an object that lacks one.
    """
    if isinstance(model, base):
        return model
    found = {name: getattr(model, name, None) or getattr(model, pascal_case(name), None) for name in methods}
    missing = [name for name, method in found.items() if not callable(method)]
    if missing:
        raise TypeError(
            f"{type(model).__name__} is no {base.__name__}: it has no {', '.join(missing)}; "
            f"add the method or derive the class from {base.__name__}"
        )
    members: dict[str, Any] = {name: _forward(method) for name, method in found.items() if method is not None}
    members["__getattr__"] = lambda self, name: getattr(model, name)
    members["__module__"] = type(model).__module__
    adopted: type[_Base] = type(type(model).__name__, (base,), members)
    return object.__new__(adopted)  # the state of the base is not used: every method is the model's


def _forward(method: Callable[..., Any]) -> Callable[..., Any]:
    return lambda self, *arguments: method(*arguments)
