"""History for volatility models: at the start, and anew where raw prices jump."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pylean.feed.bars import TradeBar
from pylean.feed.subscription import ConsolidatorSet, DataNormalizationMode
from pylean.history.requests import HistoryRequests
from pylean.naming import UnsupportedApiError
from pylean.storage import Resolution

if TYPE_CHECKING:
    from decimal import Decimal

    from pylean.algorithm import QCAlgorithm
    from pylean.securities.security import Security

__all__ = ["VolatilityModelExtensions", "warm_up_volatility"]


class VolatilityModelExtensions:
    """What Lean calls on volatility models from outside."""

    @staticmethod
    def warm_up(
        volatility_model: Any,
        algorithm: QCAlgorithm,
        security: Security,
        resolution: Resolution | None,
        bar_count: int,
        data_normalization_mode: DataNormalizationMode | None = None,
    ) -> None:
        """Feed a model with so many bars before now, of a resolution (``None``: daily).

        Raw prices are read scaled to the newest one, so that they do not jump.
        """
        config = min(security.subscriptions, key=lambda one: one.tick_type)
        chosen = Resolution.DAILY if resolution is None else Resolution(resolution)
        extended = chosen < Resolution.HOUR and security.is_extended_market_hours
        config = replace(config, resolution=chosen, extended_market_hours=extended, consolidators=ConsolidatorSet())
        is_raw = data_normalization_mode is DataNormalizationMode.RAW
        if is_raw:
            config = replace(config, data_normalization_mode=DataNormalizationMode.ADJUSTED)
        run = algorithm._lean  # noqa: SLF001
        requests = HistoryRequests(run, algorithm.securities, algorithm.universe_settings)
        permtick = run.market.map_file(config.symbol).permtick
        today = run.market.factor(permtick, algorithm.time.date(), config.data_normalization_mode)
        for bar in requests.latest_bars(config, bar_count):
            volatility_model.update(security, _scaled(bar, today) if is_raw else bar)

    WarmUp = warm_up


def _scaled(bar: TradeBar, factor: Decimal) -> TradeBar:
    """An adjusted bar in today's money: as if only what happened until now had changed its prices."""
    opened, high, low, close = (bar.decimal(name) / factor for name in ("open", "high", "low", "close"))
    return TradeBar(bar.time, bar.symbol, opened, high, low, close, bar.volume, bar.period)


def warm_up_volatility(
    algorithm: QCAlgorithm, security: Security, data_normalization_mode: DataNormalizationMode | None = None
) -> None:
    """Begin a security's model anew with the bars that it wants before now; most models want none.

    Raises UnsupportedApiError for a model of the algorithm's own that asks for history by requests.
    """
    model = security.volatility_model
    if list(model.get_history_requirements(security, algorithm.utc_time)):
        raise UnsupportedApiError(type(model).__name__, "get_history_requirements with requests")
    count, resolution = model.warm_up_bars
    if not count or not security.subscriptions:
        return
    model.reset()
    finest = security.resolution if resolution is None else resolution
    VolatilityModelExtensions.warm_up(model, algorithm, security, finest, count, data_normalization_mode)
