"""Decimal digits of whole columns at once, eight per 64-bit word (SIMD within a register).

A word holds eight characters, the first in its lowest byte. Reading: characters that belong to the field before are
shifted out, then pairs, fours and eights of digits are combined by three multiplications. Writing goes the same way
back; bytes that shall not appear are NUL, and the caller drops them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .bars import Int64s

Bytes = NDArray[np.uint8]
Words = NDArray[np.uint64]

WORD = 8
#: Most digits read into one field: two words.
MAX_DIGITS = 2 * WORD
_MAX_WIDTH = 19
_POWERS = np.array([10**exponent for exponent in range(1, _MAX_WIDTH)], dtype=np.int64)
_ZEROS = np.uint64(0x3030303030303030)
_EIGHT_DIGITS = 10**WORD


def read_numbers(buffer: bytes, starts: Int64s, ends: Int64s) -> Int64s:
    """Numbers written in ``buffer[start:end]``; an empty range is 0.

    ``buffer`` has :data:`MAX_DIGITS` bytes of padding in front, which ``starts`` and ``ends`` do not count. Every
    range holds digits only, at most :data:`MAX_DIGITS` of them; the caller has made sure of both.
    """
    # An array of 8-byte items one byte apart: indexing it loads an unaligned word per number. The void type keeps
    # numpy from taking the slow path for misaligned integers.
    windows = np.ndarray((len(buffer) - WORD + 1,), dtype="V8", buffer=buffer, strides=(1,))
    lengths = ends - starts
    low: Words = windows[ends + (MAX_DIGITS - WORD)].view(np.uint64)
    numbers = _read_words(low, lengths)
    long = np.flatnonzero(lengths > WORD)
    if len(long):
        high: Words = windows[ends[long]].view(np.uint64)
        numbers[long] += _read_words(high, lengths[long] - WORD) * np.uint64(_EIGHT_DIGITS)
    return numbers.view(np.int64)


def _read_words(words: Words, lengths: Int64s) -> Words:
    """Values of the last ``lengths`` characters of each word; ``words`` is overwritten."""
    # In place throughout: fresh megabytes cost more in page faults than the arithmetic.
    unused_bits = np.minimum(lengths, WORD).view(np.uint64)
    unused_bits *= np.uint64(8)
    np.subtract(np.uint64(8 * WORD), unused_bits, out=unused_bits)
    x = words
    x >>= unused_bits
    x <<= unused_bits
    x &= np.uint64(0x0F0F0F0F0F0F0F0F)
    x *= np.uint64(10 * 2**8 + 1)
    x >>= np.uint64(8)
    x &= np.uint64(0x00FF00FF00FF00FF)
    x *= np.uint64(100 * 2**16 + 1)
    x >>= np.uint64(16)
    x &= np.uint64(0x0000FFFF0000FFFF)
    x *= np.uint64(10_000 * 2**32 + 1)
    x >>= np.uint64(32)
    return x


def write_numbers(numbers: Int64s) -> Bytes:
    """Characters of non-negative numbers without leading zeros: shape (n, 8·words), NUL where a row has no digit."""
    width = len(str(int(numbers.max(initial=0))))
    digits = np.ones(len(numbers), dtype=np.int64)
    for power in _POWERS[: width - 1]:
        digits += numbers >= power
    words = -(-width // WORD)
    out = np.empty((len(numbers), words), dtype=np.uint64)
    rest = numbers.astype(np.uint64)
    for place in range(words):
        rest, part = _split_eight(rest) if place < words - 1 else (rest, rest)
        unused_bits = ((WORD - np.clip(digits - WORD * place, 0, WORD)) * 8).astype(np.uint64)
        out[:, words - 1 - place] = (_write_words(part) >> unused_bits) << unused_bits
    return out.view(np.uint8)


def write_fractions(numbers: Int64s, places: int) -> Bytes:
    """Characters after a decimal point of ``numbers`` / 10**``places``, trailing zeros NUL; shape (n, 16)."""
    padded = numbers * 10 ** (MAX_DIGITS - places)
    digits = np.full(len(numbers), MAX_DIGITS, dtype=np.int64)
    for power in _POWERS[: MAX_DIGITS - 1]:
        digits -= padded % power == 0
    digits[padded == 0] = 0
    out = np.empty((len(numbers), 2), dtype=np.uint64)
    for place, part in enumerate(_split_eight(padded.astype(np.uint64))):
        unused_bits = ((WORD - np.clip(digits - WORD * place, 0, WORD)) * 8).astype(np.uint64)
        out[:, place] = (_write_words(part) << unused_bits) >> unused_bits
    return out.view(np.uint8)


def write_fixed(numbers: Int64s) -> Bytes:
    """Eight characters of each number below 10**8, leading zeros included; shape (n, 8)."""
    return _write_words(numbers.astype(np.uint64)).view(np.uint8).reshape(-1, WORD)


def _split_eight(numbers: Words) -> tuple[Words, Words]:
    high = numbers // np.uint64(_EIGHT_DIGITS)
    return high, numbers - high * np.uint64(_EIGHT_DIGITS)


def _write_words(numbers: Words) -> Words:
    # Division by 10_000, by 100 (two lanes) and by 10 (four lanes); the reciprocals are exact on the lanes' ranges.
    high: Words = numbers // np.uint64(10_000)
    x: Words = high | ((numbers - high * np.uint64(10_000)) << np.uint64(32))
    high = (x * np.uint64(10_486) >> np.uint64(20)) & np.uint64(0x0000007F0000007F)
    x = high | ((x - high * np.uint64(100)) << np.uint64(16))
    high = (x * np.uint64(103) >> np.uint64(10)) & np.uint64(0x000F000F000F000F)
    x = high | ((x - high * np.uint64(10)) << np.uint64(8))
    return x | _ZEROS
