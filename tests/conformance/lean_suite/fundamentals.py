"""The few fundamental values that Lean's regression tests know, read from the tests' own provider in a checkout."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

from pylean.naming import snake_case

__all__ = ["LeanTestFundamentals"]

_SOURCE = Path("Tests/Common/Data/Fundamental/TestFundamentalDataProvider.cs")
_TABLE = re.compile(r"Dictionary<string, \w+> (_\w+) = new\(\)\s*\{(.*?)\};", re.DOTALL)
_ENTRY = re.compile(r'\{\s*"([^"]+)",\s*([^}]+?)\s*\}')
_CASE = re.compile(r'case "(\w+)":(.*?)(?=case |return null)', re.DOTALL)
_LOOK_UP = re.compile(r"(_\w+)\.TryGetValue")
_OF_TICKER = re.compile(r'Symbol == "(\w+)"\)\s*\{\s*return (".*?");')
_DEFAULT = re.compile(r"return ([^;\s]+);\s*$")


class LeanTestFundamentals:
    """Every stock has fundamental data; of each property a table by identifier, and what the others have."""

    def __init__(self, lean: Path) -> None:
        text = (lean / _SOURCE).read_text(encoding="utf-8-sig")
        tables = {
            name: {identifier: _value(value) for identifier, value in _ENTRY.findall(body)}
            for name, body in _TABLE.findall(text)
        }
        self._properties: dict[str, tuple[dict[str, Any], Any]] = {}
        for name, body in _CASE.findall(text):
            default = _DEFAULT.search(body.rstrip("} \n\r"))
            if default is None:
                continue
            look_up, of_ticker = _LOOK_UP.search(body), _OF_TICKER.search(body)
            known = tables[look_up[1]] if look_up else {}
            if of_ticker:
                known = {of_ticker[1]: _value(of_ticker[2])}
            self._properties[".".join(map(snake_case, name.split("_")))] = (known, _value(default[1]))

    @property
    def paths(self) -> frozenset[str]:
        return frozenset(self._properties)

    def value(self, day: date, identifier: str, path: str) -> Any:
        known, default = self._properties[path]
        return known.get(identifier, known.get(identifier.partition(" ")[0], default))

    def has_fundamental_data(self, day: date, identifier: str) -> bool:
        return True


def _value(literal: str) -> Any:
    """A number or text as C# writes it."""
    if literal.startswith('"'):
        return literal.strip('"')
    if literal == "string.Empty":
        return ""
    return float(literal[:-1]) if literal.endswith("d") else int(literal.rstrip("L"))
