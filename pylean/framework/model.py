"""What all framework models share: both naming styles, and classes that only look like models."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from pylean.naming import LeanOverrides, PascalNames, pascal_case

__all__ = ["FrameworkModel", "adopt", "adopt_method"]

_Model = TypeVar("_Model", bound="FrameworkModel")


class FrameworkModel(LeanOverrides, PascalNames):
    """Base of all models.

    State that the base classes need is made when it is first used: a subclass's ``__init__`` need not call theirs.
    """


def adopt(model: Any, kind: type[_Model], *required: str) -> _Model:
    """The model itself; one that is no subclass of ``kind`` is given the names that the framework calls.

    ``required`` are methods it must have in snake_case or PascalCase. Raises TypeError when one is missing.
    """
    if isinstance(model, kind):
        return model
    for name in required:
        setattr(model, name, adopt_method(model, name))
    return cast("_Model", model)


def adopt_method(model: Any, name: str) -> Callable[..., Any]:
    """A method of any object in snake_case or PascalCase. Raises TypeError when it has none."""
    method: Callable[..., Any] | None = getattr(model, name, None) or getattr(model, pascal_case(name), None)
    if method is None:
        raise TypeError(f"{type(model).__name__} has no method {name}(...), which Lean's framework calls")
    return method
