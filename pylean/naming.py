"""Lean's two naming styles: every public name answers to snake_case and to PascalCase."""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import Enum, EnumType, IntEnum
from operator import attrgetter
from typing import Any, TypeVar

_Class = TypeVar("_Class")
_WORD_START = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def snake_case(name: str) -> str:
    """``OnEndOfDay`` becomes ``on_end_of_day``; a name that is already snake_case is returned unchanged."""
    return _WORD_START.sub("_", name).lower()


def pascal_case(name: str) -> str:
    """``on_end_of_day`` becomes ``OnEndOfDay``."""
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))


class UnsupportedApiError(AttributeError):
    """The algorithm used a name that Lean may have and pylean has not."""

    def __init__(self, owner: str, name: str) -> None:
        super().__init__(
            f"{owner} has no '{name}' in pylean. Supported names are listed in docs/supported-api.md; "
            "run the algorithm on Lean itself if it needs this one."
        )


class LeanEnumType(EnumType):
    """Resolves ``Resolution.Daily`` to ``Resolution.DAILY``; only names that are not members come here."""

    def __getattr__(cls, name: str) -> Any:
        member = cls.__dict__.get("_member_map_", {}).get(snake_case(name).upper())
        if member is None:
            raise UnsupportedApiError(cls.__name__, name)
        return member


class LeanEnum(IntEnum, metaclass=LeanEnumType):
    """An integer enumeration with Lean's values, in both naming styles; its text is Lean's name."""

    def __str__(self) -> str:
        return pascal_case(self.name.lower())

    def __format__(self, spec: str) -> str:
        return format(str(self) if not spec or spec[-1] in "s<>^" else int(self), spec)


def add_pascal_names(enumeration: type[Enum]) -> None:
    """Give an enumeration from outside this package its PascalCase names too."""
    for member in enumeration:
        setattr(enumeration, pascal_case(member.name.lower()), member)


class PascalType(type):
    """Gives a class's own attributes their PascalCase names, to read and to assign.

    ``TimeInForce.Day`` is ``TimeInForce.DAY``; ``MarketOnCloseOrder.SubmissionTimeBuffer`` can be set.
    """

    def __getattr__(cls, name: str) -> Any:
        if name[:1].isupper():
            alias = snake_case(name)
            for candidate in (alias, alias.upper()):
                if candidate != name and hasattr(cls, candidate):
                    return getattr(cls, candidate)
        raise UnsupportedApiError(cls.__name__, name)

    def __setattr__(cls, name: str, value: Any) -> None:
        alias = snake_case(name)
        super().__setattr__(alias if name[:1].isupper() and hasattr(cls, alias) else name, value)


class PascalNames:
    """Gives instances their PascalCase names: only misses of normal look-up pay for it."""

    def __getattr__(self, name: str) -> Any:
        if any(name in vars(base) for base in type(self).__mro__):
            # A property failed inside: its own error must come out, not one that says the name is missing.
            return object.__getattribute__(self, name)
        if name[:1].isupper():
            alias = snake_case(name)
            if alias != name:
                return getattr(self, alias)
        raise UnsupportedApiError(type(self).__name__, name)


class ClosedNames(PascalNames):
    """Instances that refuse to be given a name they do not have: a setting that nobody reads would be lost silently.

    Subclasses call ``_close`` at the end of ``__init__``.
    """

    _is_closed = False

    def _close(self) -> None:
        self._is_closed = True

    def __setattr__(self, name: str, value: Any) -> None:
        alias = snake_case(name) if name[:1].isupper() else name
        if self._is_closed and alias not in self.__dict__ and not hasattr(type(self), alias):
            raise UnsupportedApiError(type(self).__name__, name)
        super().__setattr__(alias, value)


def assignable(*names: str) -> Callable[[type[_Class]], type[_Class]]:
    """Class decorator: the PascalCase forms of these attributes can be assigned too.

    ``PascalNames`` covers reading only, because a general ``__setattr__`` would slow down every bar.
    """

    def decorate(cls: type[_Class]) -> type[_Class]:
        for name in names:
            type.__setattr__(cls, pascal_case(name), _alias(name))
        return cls

    return decorate


def _alias(name: str) -> property:
    return property(attrgetter(name), lambda self, value: setattr(self, name, value))


class PascalStatics(type):
    """Gives a class of static methods their PascalCase names."""

    def __getattr__(cls, name: str) -> Any:
        alias = snake_case(name)
        if alias == name or not hasattr(cls, alias):
            raise UnsupportedApiError(cls.__name__, name)
        return getattr(cls, alias)


class LeanOverrides:
    """Base of what algorithms subclass: each method of a class answers to both styles, whichever it was written in.

    So an override is found as ``on_data`` and ``OnData``, and ``super().OnData(…)`` reaches the base's.
    """

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        for name, member in list(vars(cls).items()):
            if name.startswith("_") or not callable(member):
                continue
            alias = snake_case(name) if name[:1].isupper() else pascal_case(name)
            if alias not in vars(cls):
                setattr(cls, alias, member)
