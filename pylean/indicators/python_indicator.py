"""Indicators that an algorithm writes itself."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from pylean.indicators.base import IndicatorBase
from pylean.naming import assignable, pascal_case, snake_case
from pylean.numbers import to_decimal

__all__ = ["PythonIndicator", "as_indicator"]


@assignable("name", "value", "is_ready", "warm_up_period")
class PythonIndicator(IndicatorBase):
    """Base of an algorithm's own indicators: ``update(input)`` sets ``value`` and may return whether it is ready.

    The engine feeds it through ``take``, which calls ``update`` and keeps ``current``, ``samples`` and ``window``; an
    algorithm that calls ``update`` itself gets what its method does, no more. ``PythonIndicator(object)`` wraps an
    object of any other class with these names.
    """

    value: Any

    def __new__(cls, *arguments: Any, **options: Any) -> Any:
        if cls is PythonIndicator and arguments:
            return _WrappedIndicator(arguments[0])
        self = super().__new__(cls)
        name = arguments[0] if arguments and isinstance(arguments[0], str) else cls.__name__
        IndicatorBase.__init__(self, name)
        self._said_ready = self._set_ready = False
        self.value = 0
        return self

    def __init__(self, *arguments: Any, **options: Any) -> None:
        """All is done by ``__new__``: in Lean a subclass may leave out this call too."""

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        for name, member in list(vars(cls).items()):
            if name[:1].isupper() and isinstance(member, property) and snake_case(name) not in vars(cls):
                setattr(cls, snake_case(name), member)

    @property
    def is_ready(self) -> bool:
        """What ``update`` said last, or what was assigned."""
        return self._said_ready or self._set_ready

    @is_ready.setter
    def is_ready(self, is_ready: bool) -> None:
        self._set_ready = is_ready

    def update(self, *data: Any) -> Any:
        raise NotImplementedError(f"{type(self).__name__} does not implement update(input)")

    def compute(self, data: Any) -> Decimal:
        said = self.update(data)
        self._said_ready = bool(self.is_ready if said is None else said)
        return to_decimal(self.value)


class _WrappedIndicator(IndicatorBase):
    """Feeds an object that is no indicator by class, but has ``update``, ``value`` and ``is_ready``."""

    def __init__(self, source: Any) -> None:
        kind = type(source).__name__
        for needed in ("is_ready", "update", "value"):
            if not hasattr(source, needed) and not hasattr(source, pascal_case(needed)):
                raise NotImplementedError(f"{kind} does not implement {needed}: an indicator has to")
        super().__init__(str(_read(source, "name", kind)), _read(source, "warm_up_period", 0))
        self.source = source
        self._said_ready = False

    @property
    def is_ready(self) -> bool:
        return self._said_ready or bool(_read(self.source, "is_ready"))

    def compute(self, data: Any) -> Decimal:
        said = _read(self.source, "update")(data)
        self._said_ready = bool(_read(self.source, "is_ready") if said is None else said)
        return to_decimal(_read(self.source, "value"))


def as_indicator(indicator: Any) -> IndicatorBase:
    """The indicator itself, or a wrapped object of the algorithm's own class."""
    return indicator if isinstance(indicator, IndicatorBase) else _WrappedIndicator(indicator)


def _read(source: Any, name: str, default: Any = None) -> Any:
    """An attribute under either of its names."""
    return getattr(source, name) if hasattr(source, name) else getattr(source, pascal_case(name), default)
