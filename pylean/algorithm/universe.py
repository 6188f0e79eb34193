"""Adding securities."""

from __future__ import annotations

from pylean.algorithm.models import ModelsMixin
from pylean.feed.subscription import DataNormalizationMode, SubscriptionDataConfig, TickType
from pylean.naming import UnsupportedApiError
from pylean.securities.exchange import SecurityExchange
from pylean.securities.security import Security
from pylean.securities.symbol import Symbol
from pylean.storage import InvalidTickerError, Resolution, validate_ticker

__all__ = ["UniverseMixin"]


class UniverseMixin(ModelsMixin):
    """Securities by hand; universe selection is not supported yet."""

    def add_equity(
        self,
        ticker: str,
        resolution: Resolution | None = None,
        market: str | None = None,
        fill_forward: bool | None = None,
        leverage: float = 0,
        extended_market_hours: bool | None = None,
        data_normalization_mode: DataNormalizationMode | None = None,
    ) -> Security:
        """Subscribe to a US equity: trades, and quotes too for minutes and seconds. Leverage 0 keeps the default of 2.

        Raises ValueError for text that cannot be a ticker, UnsupportedApiError for other markets, ticks, and
        securities added after ``initialize``.
        """
        if market not in (None, "usa"):
            raise UnsupportedApiError("QCAlgorithm", f"add_equity(market={market!r})")
        if self._lean.is_initialized:
            raise UnsupportedApiError("QCAlgorithm", "add_equity after initialize")
        defaults = self.universe_settings
        chosen = Resolution(defaults.resolution if resolution is None else resolution)
        if chosen is Resolution.TICK:
            raise UnsupportedApiError("QCAlgorithm", "add_equity(resolution=Resolution.TICK)")
        mode = defaults.data_normalization_mode if data_normalization_mode is None else data_normalization_mode
        ticker = _checked_ticker(ticker)
        security = self._find_or_create(ticker)
        kinds = [TickType.TRADE] if chosen >= Resolution.HOUR else [TickType.TRADE, TickType.QUOTE]
        security.subscriptions = [
            SubscriptionDataConfig(
                security.symbol,
                chosen,
                kind,
                fill_forward=defaults.fill_forward if fill_forward is None else fill_forward,
                extended_market_hours=(
                    defaults.extended_market_hours if extended_market_hours is None else extended_market_hours
                ),
                data_normalization_mode=mode,
            )
            for kind in kinds
        ]
        self._initialize_security(security, leverage)
        return security

    def symbol(self, ticker: str) -> Symbol:
        """The symbol of a ticker that was added."""
        return self.securities.symbol(ticker)

    def _find_or_create(self, ticker: str) -> Security:
        """Two tickers of one company, an old and a new one, are the same security."""
        if ticker in self.securities:
            return self.securities[ticker]
        market = self._lean.market
        symbol = market.symbol(ticker)
        known = self.securities.adopt_ticker(ticker, symbol.id)
        if known is not None:
            return known
        exchange = SecurityExchange(market.hours(ticker), self._lean.clock)
        security = Security(symbol, exchange, market.properties(ticker), self._lean.clock)
        self.securities.add(security)
        return security


def _checked_ticker(ticker: str) -> str:
    try:
        return validate_ticker(ticker).upper()
    except InvalidTickerError as error:
        # The algorithm's mistake, not a defect of stored data.
        raise ValueError(str(error)) from error
