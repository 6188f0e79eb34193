"""The seeded random numbers of .NET, so that an algorithm written for Lean draws the same ones."""

from __future__ import annotations

from pylean.naming import PascalNames

__all__ = ["Random"]

_BIG = 2**31 - 1
_SEED = 161803398
_LENGTH = 55
_LAG = 21


class Random(PascalNames):
    """Knuth's subtractive generator as .NET has it (The Art of Computer Programming 2, 3.2.2).

    The same seed gives the same numbers for ever; a seed has to be given.
    """

    def __init__(self, seed: int) -> None:
        current = _int32(_SEED - min(abs(seed), _BIG))
        numbers = [0] * (_LENGTH + 1)
        numbers[_LENGTH] = current
        following, place = 1, 0
        for _ in range(1, _LENGTH):
            place += _LAG
            if place >= _LENGTH:
                place -= _LENGTH
            numbers[place] = following
            following = _int32(current - following)
            if following < 0:
                following += _BIG
            current = numbers[place]
        for _ in range(4):
            for index in range(1, _LENGTH + 1):
                other = index + 30
                if other >= _LENGTH:
                    other -= _LENGTH
                number = _int32(numbers[index] - numbers[1 + other])
                numbers[index] = number + _BIG if number < 0 else number
        self._numbers = numbers
        self._next = 0
        self._behind = _LAG

    def next(self, *bounds: int) -> int:
        """Any integer from 0; below ``next(end)``; or from a start to below an end, ``next(start, end)``."""
        if not bounds:
            return self._sample()
        start, end = (0, *bounds) if len(bounds) == 1 else bounds
        if end < start:
            raise ValueError(f"the bounds are {start} and {end}: the end must not lie below the start")
        return int(self.next_double() * (end - start)) + start

    def next_double(self) -> float:
        """From 0 to below 1."""
        return self._sample() * (1.0 / _BIG)

    def _sample(self) -> int:
        self._next = self._next % _LENGTH + 1
        self._behind = self._behind % _LENGTH + 1
        number = self._numbers[self._next] - self._numbers[self._behind]
        if number == _BIG:
            number -= 1
        if number < 0:
            number += _BIG
        self._numbers[self._next] = number
        return number


def _int32(number: int) -> int:
    """A difference as .NET's integer of 32 bits keeps it."""
    return (number + 2**31) % 2**32 - 2**31
