"""What an algorithm's selector returned, as symbols."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pylean.securities.symbol import SYMBOL_RESOLVER, Symbol
from pylean.universes.base import Universe

__all__ = ["chosen_symbols"]


def chosen_symbols(answer: Any, universe: Symbol) -> list[Symbol] | None:
    """Symbols, or tickers that stand for them; ``None`` for ``Universe.UNCHANGED``.

    Raises TypeError for anything else. ``universe`` is the universe's symbol, for the error's text.
    """
    if answer is Universe.UNCHANGED:
        return None
    return [_symbol(one, universe) for one in _each(answer, universe)]


def _each(answer: Any, universe: Symbol) -> Iterable[Any]:
    if isinstance(answer, Iterable) and not isinstance(answer, str):
        return answer
    raise TypeError(
        f"the selector of universe {universe} returned {answer!r}; it must return symbols, or Universe.UNCHANGED"
    )


def _symbol(one: Any, universe: Symbol) -> Symbol:
    if isinstance(one, Symbol):
        return one
    if isinstance(one, str):
        return SYMBOL_RESOLVER.get()(one)
    raise TypeError(f"the selector of universe {universe} returned {one!r} among its symbols")
