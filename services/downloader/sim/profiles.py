"""How each simulated security trades."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

_DAY_START_S: Final = 0
_EXTENDED_OPEN_S: Final = 4 * 3600
_EXTENDED_CLOSE_S: Final = 20 * 3600
_DAY_END_S: Final = 24 * 3600


@dataclass(frozen=True, slots=True)
class Split:
    """``split_to`` new shares for ``split_from`` old ones, from the open of ``day`` on."""

    day: date
    split_from: int
    split_to: int


@dataclass(frozen=True, slots=True)
class Profile:
    """A security's typical behaviour.

    ``price`` (USD) is the close before 2025-10-01; ``daily_volume`` is shares; ``daily_range`` is (high - low) / open.
    The densities are the shares of regular and extended seconds that have a trade. ``listed`` is the first session,
    ``delisted`` the last one.
    """

    symbol: str
    price: float
    daily_volume: float
    daily_range: float = 0.022
    regular_density: float = 0.93
    extended_density: float = 0.02
    price_decimals: int = 4
    volume_decimals: int = 0
    extended_open_s: int = _EXTENDED_OPEN_S
    extended_close_s: int = _EXTENDED_CLOSE_S
    listed: date | None = None
    delisted: date | None = None
    split: Split | None = None

    def lists(self, day: date) -> bool:
        """Whether the security is listed on ``day``."""
        return (self.listed is None or day >= self.listed) and (self.delisted is None or day <= self.delisted)


_NAMED: Final = (
    Profile("AAPL", 255.0, 45e6, 0.018),
    Profile("ABBV", 233.0, 7e6, 0.021),
    Profile("AMD", 162.0, 55e6, 0.038),
    Profile("AMZN", 219.0, 42e6, 0.022),
    Profile("GS", 796.0, 2.4e6, 0.022),
    Profile("HAL", 24.6, 14e6, 0.030),
    Profile("JNJ", 185.0, 9e6, 0.016),
    Profile("MCD", 303.0, 3.6e6, 0.015),
    Profile("META", 734.0, 13e6, 0.021, listed=date(2022, 6, 9)),
    Profile("NVDA", 187.0, 170e6, 0.026, extended_density=0.08),
    Profile("OXY", 47.2, 11e6, 0.024),
    Profile("SHOP", 148.0, 9e6, 0.038),
    Profile("TSLA", 440.0, 85e6, 0.039, extended_density=0.08),
    Profile("UBER", 98.0, 18e6, 0.026),
    Profile("V", 341.0, 6e6, 0.015),
    Profile("GOOG", 243.0, 22e6, 0.021),
    Profile("GOOGL", 243.0, 33e6, 0.021),
    Profile("IBM", 282.0, 4.5e6, 0.021),
    Profile("IWM", 242.0, 32e6, 0.015),
    Profile("MSFT", 518.0, 21e6, 0.016),
    Profile("NFLX", 1198.0, 3.5e6, 0.021),
    Profile("QQQ", 600.0, 50e6, 0.015, extended_density=0.10),
    Profile("SPY", 666.0, 70e6, 0.015, extended_density=0.10),
    # One oddity each, for tests.
    Profile("BACpL", 1250.0, 9e3, 0.015, regular_density=0.002, extended_density=0.0),
    Profile("BRK.B", 500.0, 4e6, 0.015),
    Profile("DIVD", 60.0, 2e6, regular_density=0.2),
    Profile("DLST", 12.0, 1e6, regular_density=0.2, delisted=date(2025, 11, 5)),
    Profile("EMPTY", 10.0, 0, regular_density=0.0, extended_density=0.0),
    Profile("FB", 330.0, 20e6, 0.025, listed=date(2012, 5, 18), delisted=date(2022, 6, 8)),
    Profile("FRAC", 80.0, 3e6, regular_density=0.2, volume_decimals=6),
    Profile("NIGHT", 75.0, 2e6, regular_density=0.2, extended_open_s=_DAY_START_S, extended_close_s=_DAY_END_S),
    Profile("SPLT", 150.0, 5e6, regular_density=0.2, split=Split(date(2025, 11, 6), 1, 4)),
    Profile("SUBP", 0.47, 6e6, 0.04, regular_density=0.2, price_decimals=5),
    Profile("THIN", 31.0, 4e3, 0.015, regular_density=10 / 23_400, extended_density=0.0),
)
NAMED: Final = {profile.symbol: profile for profile in _NAMED}

#: Symbols the simulated vendor does not know.
UNKNOWN: Final = frozenset({"NOPE"})


def profile_of(symbol: str) -> Profile | None:
    """The profile of a ticker, made up from its name if it is not a named one; None for a ticker nobody knows."""
    if symbol in UNKNOWN:
        return None
    named = NAMED.get(symbol)
    if named is not None:
        return named
    draw = hashlib.sha256(symbol.encode()).digest()
    return Profile(
        symbol, price=20 + draw[0] * 1.5, daily_volume=2e6 + draw[1] * 1e5, daily_range=0.015 + draw[2] / 1e4
    )


def with_density(profile: Profile, regular: float, extended: float) -> Profile:
    """The same security, trading in other shares of the seconds; 1.0 and 1.0 give a day of 57,600 rows."""
    return replace(profile, regular_density=regular, extended_density=extended)
