"""Constructors that may be called without a name, as Lean's overloads allow."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from inspect import signature
from typing import Any

from pylean.naming import LeanEnum, pascal_case

__all__ = ["checked_period", "named", "text_of"]


def named(pattern: str | Callable[..., str]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Decorator of ``__init__(self, name, …)``: without a name it follows from the other parameters.

    ``@named("SMA({period})")`` makes ``SimpleMovingAverage(14)`` and ``SimpleMovingAverage("mine", 14)`` both work; a
    function of those parameters may stand for the pattern.
    """

    def decorate(construct: Callable[..., None]) -> Callable[..., None]:
        @wraps(construct)
        def with_name(self: Any, *arguments: Any, **options: Any) -> None:
            if "name" not in options and not (arguments and isinstance(arguments[0], str)):
                bound = signature(construct).bind(self, "", *arguments, **options)
                bound.apply_defaults()
                values = {key: text_of(value) for key, value in list(bound.arguments.items())[2:]}
                name = pattern.format(**values) if isinstance(pattern, str) else pattern(**values)
                arguments = (name, *arguments)
            construct(self, *arguments, **options)

        return with_name

    return decorate


def checked_period(owner: str, period: int, lowest: int = 1) -> int:
    """The period, if it is at least ``lowest``; ValueError if not."""
    if period < lowest:
        raise ValueError(f"period of {owner} is {period}: it must be at least {lowest}")
    return int(period)


def text_of(value: Any) -> Any:
    """What Lean writes for a parameter: whole floats without a fraction, members by name, nothing for None."""
    if isinstance(value, LeanEnum):
        return pascal_case(value.name.lower())
    if value is None:
        return ""
    return int(value) if isinstance(value, float) and value.is_integer() else value
