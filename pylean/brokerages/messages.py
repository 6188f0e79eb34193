"""What a broker says about an order or about its connection."""

from __future__ import annotations

from typing import Any

from pylean.naming import LeanEnum, PascalNames, pascal_case

__all__ = ["BrokerageMessageEvent", "BrokerageMessageType", "refusal"]


class BrokerageMessageType(LeanEnum):
    INFORMATION = 0
    WARNING = 1
    ERROR = 2
    RECONNECT = 3
    DISCONNECT = 4
    ACTION_REQUIRED = 5


class BrokerageMessageEvent(PascalNames):
    """A message with a code; its text form is part of what an algorithm sees when an order is refused."""

    def __init__(self, type: BrokerageMessageType, code: str | int, message: str) -> None:
        self.type = type
        self.code = str(code)
        self.message = message

    def __str__(self) -> str:
        return f"{pascal_case(self.type.name.lower())} - Code: {self.code} - {self.message}"


def refusal(answer: Any) -> tuple[bool, BrokerageMessageEvent | None]:
    """Whether a broker refused, and its message, from what ``can_submit_order`` or ``can_update_order`` answered.

    Lean's methods give a message through an ``out`` parameter, which Python writes as a second value.
    """
    allowed, message = answer if isinstance(answer, tuple) else (answer, None)
    return not allowed, message
