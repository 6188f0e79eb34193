"""Colors of chart series."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from pylean.naming import PascalType

__all__ = ["Color"]

_LARGEST = 255


@dataclass(frozen=True)
class Color(metaclass=PascalType):
    """Red, green and blue from 0 to 255; as text ``#RRGGBB``. Raises ValueError for other numbers."""

    red: int
    green: int
    blue: int

    BLACK: ClassVar[Color]
    BLUE: ClassVar[Color]
    BROWN: ClassVar[Color]
    CYAN: ClassVar[Color]
    GOLD: ClassVar[Color]
    GRAY: ClassVar[Color]
    GREEN: ClassVar[Color]
    MAGENTA: ClassVar[Color]
    NAVY: ClassVar[Color]
    ORANGE: ClassVar[Color]
    PINK: ClassVar[Color]
    PURPLE: ClassVar[Color]
    RED: ClassVar[Color]
    WHITE: ClassVar[Color]
    YELLOW: ClassVar[Color]

    def __post_init__(self) -> None:
        if not all(0 <= part <= _LARGEST for part in (self.red, self.green, self.blue)):
            raise ValueError(f"color ({self.red}, {self.green}, {self.blue}): each part must be from 0 to {_LARGEST}")

    @staticmethod
    def from_argb(*parts: int) -> Color:
        """Red, green and blue; an opacity may come before them and is left out, as charts have none."""
        return Color(*parts[-3:])

    def __str__(self) -> str:
        return f"#{self.red:02X}{self.green:02X}{self.blue:02X}"


for _name, _code in {
    "BLACK": "000000",
    "BLUE": "0000FF",
    "BROWN": "A52A2A",
    "CYAN": "00FFFF",
    "GOLD": "FFD700",
    "GRAY": "808080",
    "GREEN": "008000",
    "MAGENTA": "FF00FF",
    "NAVY": "000080",
    "ORANGE": "FFA500",
    "PINK": "FFC0CB",
    "PURPLE": "800080",
    "RED": "FF0000",
    "WHITE": "FFFFFF",
    "YELLOW": "FFFF00",
}.items():
    setattr(Color, _name, Color(*bytes.fromhex(_code)))
