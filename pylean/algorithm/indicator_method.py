"""How one of the algorithm's short names makes, names and feeds an indicator."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from inspect import Parameter, Signature, signature
from types import MethodType
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

from pylean.indicators import IndicatorBase
from pylean.indicators.fields import FieldSelector
from pylean.indicators.names import text_of
from pylean.storage import Resolution

if TYPE_CHECKING:
    from pylean.algorithm.indicators import IndicatorsMixin

__all__ = ["IndicatorMethod", "SameAs", "SymbolsMethod", "feeding"]

_Made = TypeVar("_Made", bound=IndicatorBase)
_Selector = Callable[[Any], Any]
Feeding = tuple[list[Any], Resolution | timedelta | None, _Selector | None]


def feeding(
    arguments: Iterable[Any], options: dict[str, Any], periods: tuple[type, ...] = (Resolution, timedelta)
) -> Feeding:
    """Takes the resolution, one of ``periods``, and the selector, the last arguments or named ones, off a call."""
    rest = list(arguments)
    resolution, selector = options.pop("resolution", None), options.pop("selector", None)
    while rest and rest[-1] is None:
        rest.pop()
    if rest and callable(rest[-1]):
        selector = rest.pop()
        if rest and (rest[-1] is None or isinstance(rest[-1], periods)):
            resolution = rest.pop()
    elif rest and isinstance(rest[-1], periods):
        resolution = rest.pop()
    return rest, resolution, selector


@dataclass(frozen=True)
class SameAs:
    """A default that is another parameter's value."""

    name: str


class IndicatorMethod(Generic[_Made]):
    """``algorithm.name(symbol, *parameters, resolution=None, selector=None)``: makes, names and feeds an indicator.

    The parameters are those of the indicator's constructor, under the names of ``renamed`` (ours by Lean's) and with
    the ``defaults`` of Lean's method where they differ.
    ``pattern`` is the indicator's name before symbol and
    resolution. ``resolution`` and ``field`` hold where the call names none; the field only for trade bars.
    """

    def __init__(
        self,
        kind: Callable[..., _Made],
        pattern: str,
        *,
        renamed: dict[str, str] | None = None,
        defaults: dict[str, Any] | None = None,
        resolution: Resolution | None = None,
        field: FieldSelector | None = None,
    ) -> None:
        self._kind = kind
        self._pattern = pattern
        self._renamed = renamed or {}
        self._defaults = defaults or {}
        self._resolution = resolution
        self._field = field
        self.__doc__ = f"``{pattern}``: {getattr(kind, '__doc__', '')}"

    def __set_name__(self, owner: type, name: str) -> None:
        self.__name__ = name

    @overload
    def __get__(self, algorithm: None, owner: type) -> IndicatorMethod[_Made]: ...
    @overload
    def __get__(self, algorithm: Any, owner: type) -> Callable[..., _Made]: ...
    def __get__(self, algorithm: Any, owner: type) -> Any:
        return self if algorithm is None else MethodType(self, algorithm)

    def __call__(self, algorithm: IndicatorsMixin, symbol: Any, *arguments: Any, **options: Any) -> _Made:
        values, resolution, selector = self._read(arguments, options)
        name = algorithm.create_indicator_name(symbol, self._name(values), resolution)
        indicator = self._kind(name, **values)
        algorithm.feed_indicator(indicator, [symbol], resolution, selector or self._default_field(algorithm, symbol))
        return indicator

    @cached_property
    def parameters(self) -> dict[str, Parameter]:
        """The indicator's own parameters: Lean's names to ours."""
        own = list(signature(self._kind).parameters.values())[1:]
        changed = (one.replace(default=self._defaults.get(one.name, one.default)) for one in own)
        return {self._renamed.get(one.name, one.name): one for one in changed}

    @cached_property
    def __signature__(self) -> Signature:
        first = [Parameter(name, Parameter.POSITIONAL_OR_KEYWORD) for name in ("algorithm", "symbol")]
        last = [Parameter(name, Parameter.KEYWORD_ONLY, default=None) for name in ("resolution", "selector")]
        return Signature([*first, *self._own_signature.parameters.values(), *last])

    def _read(
        self, arguments: tuple[Any, ...], options: dict[str, Any]
    ) -> tuple[dict[str, Any], Resolution | timedelta | None, _Selector | None]:
        """Values by the constructor's names, resolution and selector. Raises TypeError for a call that does not fit."""
        rest, resolution, selector = feeding(arguments, options)
        given = self._own_signature.bind(*rest, **options)
        given.apply_defaults()
        values = {self.parameters[name].name: value for name, value in given.arguments.items()}
        for name, value in values.items():
            if isinstance(value, SameAs):
                values[name] = values[value.name]
        return values, self._resolution if resolution is None else resolution, selector

    @cached_property
    def _own_signature(self) -> Signature:
        kind = Parameter.POSITIONAL_OR_KEYWORD
        return Signature([one.replace(name=name, kind=kind) for name, one in self.parameters.items()])

    def _name(self, values: dict[str, Any]) -> str:
        return self._pattern.format(**{key: text_of(value) for key, value in values.items()})

    def _default_field(self, algorithm: IndicatorsMixin, symbol: Any) -> FieldSelector | None:
        return self._field if self._field is not None and algorithm.has_trade_bars(symbol) else None


class SymbolsMethod(IndicatorMethod[_Made]):
    """The same for indicators of several symbols: ``algorithm.name(symbols, *parameters, …)``."""

    def __call__(self, algorithm: IndicatorsMixin, symbol: Any, *arguments: Any, **options: Any) -> _Made:
        values, resolution, selector = self._read(arguments, options)
        several = list(symbol)
        named_by = algorithm.subscribed_resolution(several[0]) if resolution is None else resolution
        indicator = self._kind(algorithm.create_indicator_name(None, self._name(values), named_by), **values)
        for one in several:
            indicator.add(algorithm.securities.symbol(getattr(one, "symbol", one)))
        algorithm.feed_indicator(indicator, several, resolution, selector)
        return indicator
