"""Time zones by city."""

from __future__ import annotations

from pylean.naming import PascalType

__all__ = ["TimeZones"]


class TimeZones(metaclass=PascalType):
    """IANA names, which is how pylean names time zones."""

    AMSTERDAM = "Europe/Amsterdam"
    ANCHORAGE = "America/Anchorage"
    ATHENS = "Europe/Athens"
    AUCKLAND = "Pacific/Auckland"
    BERLIN = "Europe/Berlin"
    BRISBANE = "Australia/Brisbane"
    BUCHAREST = "Europe/Bucharest"
    BUENOS_AIRES = "America/Argentina/Buenos_Aires"
    CAIRO = "Africa/Cairo"
    CHICAGO = "America/Chicago"
    DENVER = "America/Denver"
    DETROIT = "America/Detroit"
    DUBLIN = "Europe/Dublin"
    EASTERN_STANDARD = "Etc/GMT+5"
    HELSINKI = "Europe/Helsinki"
    HONG_KONG = "Asia/Hong_Kong"
    HONOLULU = "Pacific/Honolulu"
    ISTANBUL = "Europe/Istanbul"
    JERUSALEM = "Asia/Jerusalem"
    JOHANNESBURG = "Africa/Johannesburg"
    KOLKATA = "Asia/Kolkata"
    LONDON = "Europe/London"
    LOS_ANGELES = "America/Los_Angeles"
    MADRID = "Europe/Madrid"
    MELBOURNE = "Australia/Melbourne"
    MEXICO_CITY = "America/Mexico_City"
    MINSK = "Europe/Minsk"
    MOSCOW = "Europe/Moscow"
    NEW_YORK = "America/New_York"
    PARIS = "Europe/Paris"
    PHOENIX = "America/Phoenix"
    ROME = "Europe/Rome"
    SAO_PAULO = "America/Sao_Paulo"
    SHANGHAI = "Asia/Shanghai"
    SYDNEY = "Australia/Sydney"
    TOKYO = "Asia/Tokyo"
    TORONTO = "America/Toronto"
    UTC = "UTC"
    VANCOUVER = "America/Vancouver"
    ZURICH = "Europe/Zurich"
