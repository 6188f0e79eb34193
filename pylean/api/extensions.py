"""Helpers that Lean's Python algorithms reach through ``Extensions``."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from pylean.feed.subscription import TickType
from pylean.naming import PascalType
from pylean.numbers import round_significant, to_decimal, to_float
from pylean.orders.enums import OrderDirection
from pylean.securities.security_type import SecurityType
from pylean.storage import Resolution

__all__ = ["Extensions"]


class Extensions(metaclass=PascalType):
    """Conversions of naive times, a zone being its IANA name, resolutions and roundings."""

    @staticmethod
    def to_time_span(resolution: Resolution) -> timedelta:
        """Length of a bar."""
        return Resolution(resolution).period

    @staticmethod
    def normalize_to_str(value: float) -> str:
        """A number without zeros at the end of its fraction."""
        return f"{to_decimal(value).normalize():f}"

    @staticmethod
    def convert_to_utc(time: datetime, time_zone: str) -> datetime:
        return time.replace(tzinfo=ZoneInfo(time_zone)).astimezone(UTC).replace(tzinfo=None)

    @staticmethod
    def read_lines(data_provider: object, path: str) -> list[str]:
        """Lines of a text file; none if it is not there. The provider is taken for Lean's sake: files are read here."""
        try:
            return Path(path).read_text("utf-8").splitlines()
        except FileNotFoundError:
            return []

    @staticmethod
    def convert_to(time: datetime, source: str, target: str) -> datetime:
        """A time of one zone as another's."""
        return time.replace(tzinfo=ZoneInfo(source)).astimezone(ZoneInfo(target)).replace(tzinfo=None)

    @staticmethod
    def is_option(kind: SecurityType) -> bool:
        """Options of stocks, futures and indices are."""
        return kind in (SecurityType.OPTION, SecurityType.FUTURE_OPTION, SecurityType.INDEX_OPTION)

    @staticmethod
    def get_order_direction(quantity: float) -> OrderDirection:
        """Of a signed quantity."""
        if quantity == 0:
            return OrderDirection.HOLD
        return OrderDirection.BUY if quantity > 0 else OrderDirection.SELL

    @staticmethod
    def tick_type_to_lower(tick_type: TickType) -> str:
        """As in the names of files: ``trade``, ``quote``."""
        return TickType(tick_type).name.lower().replace("_", "")

    @staticmethod
    def convert_from_utc(time: datetime, time_zone: str) -> datetime:
        return time.replace(tzinfo=UTC).astimezone(ZoneInfo(time_zone)).replace(tzinfo=None)

    @staticmethod
    def round_to_significant_digits(number: float, digits: int) -> float:
        """Half to even."""
        return to_float(round_significant(to_decimal(number), digits))
