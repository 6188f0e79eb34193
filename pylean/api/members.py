"""What classes offer to algorithms, read from the classes themselves."""

from __future__ import annotations

import ast
import functools
import inspect
import re
import textwrap
from collections.abc import Iterator
from enum import Enum
from typing import Any

__all__ = ["first_sentence", "members_of", "own_members", "summary", "written"]

_LINK = re.compile(r"``([^`]+)``")
_END = re.compile(r"(?<=[.;:])\s")


def first_sentence(text: str | None) -> str:
    """The first sentence of a docstring as Markdown, without its full stop; empty for none."""
    if not text:
        return ""
    paragraph = " ".join(textwrap.dedent(text).strip().split("\n\n")[0].split())
    sentence = _END.split(paragraph)[0].rstrip(".:;")
    return _LINK.sub(r"`\1`", sentence).replace("|", "\\|")


def summary(thing: Any) -> str:
    """What a name stands for: its docstring's first sentence, or an enumeration's members."""
    if isinstance(thing, type) and issubclass(thing, Enum):
        return ", ".join(f"`{member.name}`" for member in thing)
    own = vars(thing).get("__doc__") if isinstance(thing, type) else getattr(thing, "__doc__", None)
    if own or not isinstance(thing, type):
        return first_sentence(own)
    bases = [base.__name__ for base in thing.__bases__ if base.__name__ not in ("object", "PascalNames")]
    return f"a `{bases[0]}`" if bases else ""


def written(name: str, member: Any) -> str:
    """How a member is used: its name, with its parameters when it is a method."""
    function = member.__func__ if isinstance(member, staticmethod | classmethod) else member
    if not inspect.isfunction(function):
        return name
    parameters = list(inspect.signature(function).parameters.values())
    if not isinstance(member, staticmethod):
        parameters = parameters[1:]
    return f"{name}({', '.join(map(_parameter, parameters))})"


def own_members(kind: type) -> dict[str, Any]:
    """Public snake_case members that a class itself defines; of attributes that ``__init__`` sets, ``None``."""
    defined = {name: member for name, member in vars(kind).items() if _is_public(name)}
    return dict.fromkeys(_set_in_init(kind)) | defined


def members_of(kind: type) -> dict[str, Any]:
    """Members of a class and of its bases in pylean, the class's own first."""
    found: dict[str, Any] = {}
    for base in kind.__mro__:
        if base.__module__.startswith("pylean.") and base.__module__ != "pylean.naming":
            found = found | {name: member for name, member in own_members(base).items() if name not in found}
    return found


def _is_public(name: str) -> bool:
    return not name.startswith("_") and not name[:1].isupper()


def _parameter(parameter: inspect.Parameter) -> str:
    stars: dict[Any, str] = {inspect.Parameter.VAR_POSITIONAL: "*", inspect.Parameter.VAR_KEYWORD: "**"}
    return stars.get(parameter.kind, "") + parameter.name


@functools.cache
def _set_in_init(kind: type) -> tuple[str, ...]:
    init = vars(kind).get("__init__")
    declared = [name for name in vars(kind).get("__annotations__", {}) if _is_public(name)]
    if not inspect.isfunction(init) or init.__code__.co_filename == "<string>":
        return tuple(declared)
    tree = ast.parse(textwrap.dedent(inspect.getsource(init)))
    return tuple(dict.fromkeys([*declared, *filter(_is_public, _attributes(tree))]))


def _attributes(tree: ast.AST) -> Iterator[str]:
    """Names that are assigned on ``self``, in the order of the source."""
    for node in ast.walk(tree):
        stored = isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)
        if stored and isinstance(node.value, ast.Name) and node.value.id == "self":  # type: ignore[attr-defined]
            yield node.attr  # type: ignore[attr-defined]
