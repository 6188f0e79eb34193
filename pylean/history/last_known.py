"""The last bars before now: prices of securities that have not traded in the run yet."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from pylean.feed.subscription import TickType
from pylean.history.call import HistoryCall
from pylean.storage import Resolution

if TYPE_CHECKING:
    from pylean.feed.base_data import BaseData
    from pylean.feed.subscription import SubscriptionDataConfig
    from pylean.history.requests import HistoryRequests
    from pylean.securities.symbol import Symbol

__all__ = ["last_known_bars"]

_PERIODS = 5
#: Bars that a second attempt goes back, by resolution; a third one reads as many days.
_RETRY_PERIODS = {Resolution.MINUTE: 1440, Resolution.HOUR: 24, Resolution.DAILY: 10}
_LAST_RETRY_DAYS = 50

_Found = dict[tuple["Symbol", TickType], "BaseData"]


def last_known_bars(requests: HistoryRequests, symbols: Iterable[Symbol]) -> dict[Symbol, list[BaseData]]:
    """The latest trade bar and the latest quote bar of each symbol, by their times; symbols without any are left out.

    Nothing is filled forward. Subscriptions finer than a minute are read by minutes. What five bars do not show is
    looked for over a longer time, and at last among daily bars, as in Lean.
    """
    found: _Found = {}
    wanted = [config for symbol in symbols for config in _configs(requests, symbol)]
    missing = _read(requests, wanted, _PERIODS, found)
    for resolution in sorted({config.resolution for config in missing}):
        of_resolution = [config for config in missing if config.resolution is resolution]
        _read(requests, of_resolution, _RETRY_PERIODS[resolution], found)
    still_missing = dict.fromkeys(config.symbol for config in missing if _key(config) not in found)
    days = [config for symbol in still_missing for config in _configs(requests, symbol, Resolution.DAILY)]
    _read(requests, days, _LAST_RETRY_DAYS, found)
    by_symbol: dict[Symbol, list[BaseData]] = {}
    for (symbol, _), bar in sorted(found.items(), key=lambda item: (item[1].time, item[0][1])):
        by_symbol.setdefault(symbol, []).append(bar)
    return by_symbol


def _configs(
    requests: HistoryRequests, symbol: Symbol, resolution: Resolution | None = None
) -> list[SubscriptionDataConfig]:
    configs = requests.configs(symbol, _call(symbol, resolution))
    if any(config.resolution < Resolution.MINUTE for config in configs):
        return requests.configs(symbol, _call(symbol, Resolution.MINUTE))
    return configs


def _call(symbol: Symbol, resolution: Resolution | None) -> HistoryCall:
    return HistoryCall(symbols=symbol, periods=_PERIODS, resolution=resolution, fill_forward=False)


def _read(
    requests: HistoryRequests, configs: list[SubscriptionDataConfig], periods: int, found: _Found
) -> list[SubscriptionDataConfig]:
    """Keep each subscription's last bar; returns the subscriptions that had none."""
    missing = []
    for config in configs:
        last: list[Any] = requests.latest_bars(config, periods).latest(1)
        if last:
            found[_key(config)] = last[0]
        else:
            missing.append(config)
    return missing


def _key(config: SubscriptionDataConfig) -> tuple[Symbol, TickType]:
    return config.symbol, config.tick_type
