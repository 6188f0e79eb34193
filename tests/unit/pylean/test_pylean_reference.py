"""Reading what classes offer, for the page of what is supported."""

from __future__ import annotations

import pytest

from pylean.api.members import first_sentence, members_of, own_members, summary, written
from pylean.orders.enums import OrderDirection


class Parent:
    """What the parent is. More of it."""

    def __init__(self) -> None:
        self.kept = 1
        self._hidden = 2

    def do(self, what: int, *others: int, how: str = "well") -> None:
        """Do ``what``: at once."""

    @staticmethod
    def make(size: int) -> None:
        """Make one."""

    Do = do


def test_a_class_s_members_are_its_public_ones() -> None:
    members = own_members(Parent)
    assert sorted(members) == ["do", "kept", "make"]
    assert members["kept"] is None
    assert [written(name, members[name]) for name in ("do", "make")] == ["do(what, *others, how)", "make(size)"]
    assert members_of(Parent) == {}, "only classes of pylean's own count as bases"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (None, ""),
        ("One. Two.", "One"),
        ("Gives ``a | b``\n    over lines: and more.", "Gives `a \\| b` over lines"),
        ("Version 3.5 of it.", "Version 3.5 of it"),
    ],
)
def test_first_sentences(text: str | None, expected: str) -> None:
    assert first_sentence(text) == expected


def test_a_name_is_summed_up_by_its_docstring_or_its_members() -> None:
    assert summary(Parent) == "What the parent is"
    assert summary(OrderDirection) == "`BUY`, `SELL`, `HOLD`"
    assert summary(type("Child", (Parent,), {})) == "a `Parent`"
