"""Lean bar text as a table of numbers: the reader's and the writer's common part."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from ._digits import MAX_DIGITS, Bytes, read_numbers, write_fractions, write_numbers
from .bars import Bools, Int64s
from .errors import InvalidBarsError, MalformedBarsError

Counts = NDArray[np.int8]
IntT = TypeVar("IntT", np.int8, np.int64)

_NUL = b"\0"
_DOT = ord(".")
_MAX_SCALED_DIGITS = 18
_BLOCK_BYTES = 1 << 16
_PLAIN = re.compile(rb"[0-9]+(?:\.[0-9]+)?")


@dataclass(frozen=True, slots=True)
class Layout:
    """Form of one row.

    ``separators`` are the characters that end its fields, the last one a newline. ``whole`` are the indexes of fields
    without decimal point (the time), ``optional`` of those that may be empty.
    """

    separators: bytes
    whole: frozenset[int]
    optional: frozenset[int] = frozenset()

    @property
    def width(self) -> int:
        return len(self.separators)


@dataclass(frozen=True, slots=True)
class FieldTable:
    """Fields of a text, shape (columns, rows): digits before the point, digits after it, and how many those are."""

    whole: Int64s
    whole_digits: Counts
    fraction: Int64s | None = None
    fraction_digits: Counts | None = None

    def plain(self, column: int) -> Int64s:
        """A column that holds whole numbers only."""
        values: Int64s = self.whole[column]
        return values

    def digits(self, column: int) -> Counts:
        """How many digits each field of a column of whole numbers has."""
        counts: Counts = self.whole_digits[column]
        return counts

    def scaled(self, columns: slice | list[int]) -> tuple[Int64s, int]:
        """Columns × 10**places, and ``places``: the fewest decimal places that keep every value of them.

        Raises:
            InvalidBarsError: a value needs more than 18 digits that way.
        """
        whole = self.whole[columns]
        if self.fraction is None or self.fraction_digits is None:
            return whole, 0
        places = int(self.fraction_digits[columns].max(initial=0))
        if int(self.whole_digits[columns].max(initial=0)) + places > _MAX_SCALED_DIGITS:
            raise InvalidBarsError(
                -1, f"a number needs over {_MAX_SCALED_DIGITS} digits with all its column's decimals"
            )
        missing_zeros = places - self.fraction_digits[columns].astype(np.int64)
        scaled = whole * 10**places + self.fraction[columns] * 10**missing_zeros
        while places and not (scaled % 10).any():
            scaled //= 10
            places -= 1
        return scaled, places


class _MalformedError(Exception):
    """Some line of a block is not as it should be."""


def read_fields(text: bytes, layout: Layout, path: Path) -> FieldTable:
    """Split ``text`` into numbers. One final newline is accepted; no text is no rows.

    Raises:
        MalformedBarsError: any deviation from ``layout``, naming path and line.
    """
    body = text.removesuffix(b"\n")
    if not body:
        if text:
            raise MalformedBarsError(path, 1, "line is empty")
        nothing = np.empty((layout.width, 0), dtype=np.int64)
        return FieldTable(nothing, nothing.astype(np.int8))
    try:
        return _joined([_read_block(block, layout) for block in _blocks(body)])
    except _MalformedError as error:
        raise _first_fault(body, layout, path) from error


def _blocks(body: bytes) -> Iterator[bytes]:
    """Whole lines, a few thousand at a time: the arrays of a block are reused by the next one while still cached."""
    start = 0
    while start <= len(body):
        end = body.find(b"\n", start + _BLOCK_BYTES)
        stop = len(body) if end < 0 else end
        yield body[start:stop]
        start = stop + 1


def _joined(tables: list[FieldTable]) -> FieldTable:
    whole = np.concatenate([table.whole for table in tables], axis=1)
    whole_digits = np.concatenate([table.whole_digits for table in tables], axis=1)
    if all(table.fraction is None for table in tables):
        return FieldTable(whole, whole_digits)
    fraction, fraction_digits = np.zeros_like(whole), np.zeros_like(whole_digits)
    start = 0
    for table in tables:
        stop = start + table.whole.shape[1]
        if table.fraction is not None and table.fraction_digits is not None:
            fraction[:, start:stop] = table.fraction
            fraction_digits[:, start:stop] = table.fraction_digits
        start = stop
    return FieldTable(whole, whole_digits, fraction, fraction_digits)


def _read_block(block: bytes, layout: Layout) -> FieldTable:
    buffer = _NUL * MAX_DIGITS + block + b"\n"
    characters = np.frombuffer(buffer, dtype=np.uint8, offset=MAX_DIGITS)
    ends = np.flatnonzero((characters - np.uint8(ord("0"))) > 9)
    marks = characters[ends]
    is_dot = marks == _DOT
    dots = ends[is_dot] if is_dot.any() else None
    if dots is not None:
        ends, marks = ends[~is_dot], marks[~is_dot]
    pattern = np.frombuffer(layout.separators, dtype=np.uint8)
    if len(ends) % layout.width or not (marks.reshape(-1, layout.width) == pattern).all():
        raise _MalformedError
    starts = np.empty_like(ends)
    starts[0] = 0
    np.add(ends[:-1], 1, out=starts[1:])
    if dots is not None:
        return _read_with_fractions(buffer, layout, starts, ends, dots)
    digits = ends - starts
    _check_digits(digits, layout)
    return FieldTable(
        _by_column(read_numbers(buffer, starts, ends), layout), _by_column(digits.astype(np.int8), layout)
    )


def _read_with_fractions(buffer: bytes, layout: Layout, starts: Int64s, ends: Int64s, dots: Int64s) -> FieldTable:
    owners = np.searchsorted(ends, dots)
    whole_ends = ends.copy()
    whole_ends[owners] = dots
    fraction_starts = ends.copy()
    fraction_starts[owners] = dots + 1
    whole_digits, fraction_digits = whole_ends - starts, ends - fraction_starts
    if len(np.unique(owners)) < len(owners) or np.isin(owners % layout.width, list(layout.whole)).any():
        raise _MalformedError
    if (whole_digits[owners] == 0).any() or (fraction_digits[owners] == 0).any():
        raise _MalformedError
    _check_digits(whole_digits + fraction_digits, layout)
    return FieldTable(
        _by_column(read_numbers(buffer, starts, whole_ends), layout),
        _by_column(whole_digits.astype(np.int8), layout),
        _by_column(read_numbers(buffer, fraction_starts, ends), layout),
        _by_column(fraction_digits.astype(np.int8), layout),
    )


def _check_digits(digits: Int64s, layout: Layout) -> None:
    if digits.max() > MAX_DIGITS:
        raise _MalformedError
    if digits.min() == 0:
        required = [column for column in range(layout.width) if column not in layout.optional]
        if (digits.reshape(-1, layout.width)[:, required] == 0).any():
            raise _MalformedError


def _by_column(values: NDArray[IntT], layout: Layout) -> NDArray[IntT]:
    return values.reshape(-1, layout.width).T


def _first_fault(body: bytes, layout: Layout, path: Path) -> MalformedBarsError:
    """Look for the line that made the fast reader give up; slow, but only ever run once per bad file."""
    marks = layout.separators
    splitter = re.compile(b"[" + re.escape(bytes(sorted(set(marks[:-1])))) + b"]")
    for number, line in enumerate(body.split(b"\n"), start=1):
        found = splitter.findall(line)
        if b"".join(found) != marks[:-1]:
            return MalformedBarsError(path, number, f"wrong columns or separators in {line[:60]!r}")
        for column, field in enumerate(splitter.split(line)):
            reason = _field_fault(field, column, layout)
            if reason:
                return MalformedBarsError(path, number, f"field {column + 1} {field[:30]!r} {reason}")
    return MalformedBarsError(path, 0, "text does not follow the layout of bars")


def _field_fault(field: bytes, column: int, layout: Layout) -> str:
    if not field:
        return "" if column in layout.optional else "is empty"
    if _PLAIN.fullmatch(field) is None:
        return "is not a plain decimal number"
    if column in layout.whole and b"." in field:
        return "has a decimal point where a whole number belongs"
    if len(field.replace(b".", b"")) > MAX_DIGITS:
        return f"has over {MAX_DIGITS} digits"
    return ""


def number_characters(values: Int64s, places: int) -> list[Bytes]:
    """Characters of ``values`` / 10**``places`` as Lean prints decimals, in blocks of columns to be joined.

    Whole values have no point; others as few decimals as needed, never an exponent.
    """
    if places == 0:
        return [write_numbers(values)]
    whole, fraction = np.divmod(values, 10**places)
    point = np.where(fraction > 0, _DOT, 0).astype(np.uint8).reshape(-1, 1)
    return [write_numbers(whole), point, write_fractions(fraction, places)]


def lean_scaled(values: Int64s, scale: int, lean_scale: int) -> tuple[Int64s, int]:
    """Values counted in Lean's unit 10**-``lean_scale``, as (values, decimal places).

    Raises:
        InvalidBarsError: the scale cannot be written without loss.
    """
    if scale >= lean_scale:
        places = scale - lean_scale
        if places > MAX_DIGITS - 1:
            raise InvalidBarsError(-1, f"scale {scale} is beyond {MAX_DIGITS - 1 + lean_scale}, the finest one")
        return values, places
    factor = 10 ** (lean_scale - scale)
    if len(values) and int(values.max()) > np.iinfo(np.int64).max // factor:
        raise InvalidBarsError(int(values.argmax()), f"value {values.max()} in scale {scale} is too large")
    return values * factor, 0


def join_rows(blocks: Sequence[Bytes], rows: int) -> bytes:
    """Text of rows whose characters lie side by side in ``blocks``, NUL meaning nothing; no final newline."""
    if not rows:
        return b""
    grid = np.concatenate(blocks, axis=1)
    return grid.tobytes().translate(None, _NUL)[:-1]


def separator(character: str, rows: int) -> Bytes:
    return np.full((rows, 1), ord(character), dtype=np.uint8)


def blank(characters: Bytes, keep: Bools) -> Bytes:
    """``characters`` with NUL in rows not kept."""
    return np.where(keep[:, None], characters, np.uint8(0))
