"""Messages to people and machines, which a backtest does not send."""

from __future__ import annotations

from typing import Any

from pylean.naming import PascalNames

__all__ = ["NotificationManager"]


class NotificationManager(PascalNames):
    """``False`` from each method: nothing is sent, as in Lean's backtests."""

    def email(self, address: str, subject: str, message: str, *parts: Any, **named: Any) -> bool:
        return False

    def sms(self, phone_number: str, message: str) -> bool:
        return False

    def web(self, address: str, *parts: Any, **named: Any) -> bool:
        return False

    def telegram(self, id: str, message: str, token: str | None = None) -> bool:
        return False

    def ftp(self, hostname: str, username: str, *parts: Any, **named: Any) -> bool:
        return False

    def sftp(self, hostname: str, username: str, *parts: Any, **named: Any) -> bool:
        return False
