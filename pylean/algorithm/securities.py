"""Adding and removing securities by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pylean.algorithm.models import ModelsMixin
from pylean.algorithm.universes import UniversesMixin
from pylean.feed.subscription import DataNormalizationMode, SubscriptionDataConfig, subscribe
from pylean.naming import UnsupportedApiError
from pylean.securities.exchange import SecurityExchange
from pylean.securities.security import Security
from pylean.securities.security_type import Market, SecurityType
from pylean.securities.symbol import Symbol
from pylean.storage import InvalidTickerError, Resolution, validate_ticker
from pylean.universes.by_hand import SecuritiesByHand

if TYPE_CHECKING:
    from pylean.universes.settings import UniverseSettings

__all__ = ["SecuritiesMixin"]


class SecuritiesMixin(UniversesMixin, ModelsMixin):
    """Securities that the algorithm names itself, in ``initialize`` or later."""

    def __init__(self) -> None:
        super().__init__()
        self.securities_by_hand = SecuritiesByHand(self.universe_manager, self._universe_source)

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

        Data come from the next moment on. Raises ValueError for text that cannot be a ticker and UnsupportedApiError
        for other markets and for ticks.
        """
        if market not in (None, Market.USA):
            raise UnsupportedApiError("QCAlgorithm", f"add_equity(market={market!r})")
        symbol = self._lean.market.symbol(_checked_ticker(str(ticker)))
        return self._add(symbol, resolution, fill_forward, leverage, extended_market_hours, data_normalization_mode)

    def add_security(self, *parts: Any, **named: Any) -> Security:
        """``add_security(symbol, resolution=…)`` or ``add_security(SecurityType.EQUITY, ticker, resolution, …)``.

        Further arguments as for ``add_equity``, by name or in Lean's order: market, fill_forward, leverage,
        extended_market_hours. Raises UnsupportedApiError for anything but US equities.
        """
        kind, *rest = parts or (named.pop("symbol", None) or named.pop("security_type", None),)
        if isinstance(kind, Symbol):
            order = ("resolution", "fill_forward", "leverage", "extended_market_hours")
            options = dict(zip(order, rest, strict=False)) | named
            return self._add(
                kind,
                options.get("resolution"),
                options.get("fill_forward"),
                options.get("leverage", 0),
                options.get("extended_market_hours"),
                options.get("data_normalization_mode"),
            )
        if kind != SecurityType.EQUITY:
            raise UnsupportedApiError("QCAlgorithm", f"add_security({kind!r}, ...)")
        ticker, *rest = rest or (named.pop("ticker"),)
        names: tuple[str, ...] = ("resolution", "market", "fill_forward", "leverage", "extended_market_hours")
        if len(rest) > 1 and isinstance(rest[1], bool):  # the short form has no market
            names = ("resolution", "fill_forward", "extended_market_hours")
            if len(rest) > 3:
                names = ("resolution", "fill_forward", "leverage", "extended_market_hours")
        options = dict(zip(names, rest, strict=False)) | named
        options.pop("data_mapping_mode", None)
        return self.add_equity(ticker, **options)

    def remove_security(self, symbol: Symbol | str, tag: str | None = None) -> bool:
        """Cancel the security's orders, close its position and stop its data; False for one that is not known."""
        security = self.securities.find(symbol)
        if security is None:
            return False
        tag = "Removed" if tag is None else tag
        if not self.is_warming_up:
            self.transactions.cancel_open_orders(security.symbol, tag)
        if security.invested:
            self.liquidate(security.symbol, tag=tag)
        security.reset()
        self.securities_by_hand.remove(security)
        return True

    def symbol(self, ticker: str) -> Symbol:
        """The symbol of a ticker that was added."""
        return self.securities.symbol(ticker)

    def get_or_create_security(self, symbol: Symbol, leverage: float = 0) -> Security:
        """The security of a symbol, tradable and with its models from now on."""
        security, is_new = self._find_or_make(symbol)
        if is_new:
            self._initialize_security(security, leverage)
        return security

    def _find_or_make(self, symbol: Symbol) -> tuple[Security, bool]:
        """The security of a symbol; new if it never was, or comes back."""
        security = self.securities.find(symbol)
        if security is None:
            market, ticker = self._lean.market, symbol.value
            exchange = SecurityExchange(market.hours(ticker), self._lean.clock)
            return Security(symbol, exchange, market.properties(ticker), self._lean.clock), True
        comes_back = not security.is_tradable and not security.is_delisted
        security.is_tradable = security.is_tradable or comes_back
        return security, comes_back

    def _add(
        self,
        symbol: Symbol,
        resolution: Resolution | None,
        fill_forward: bool | None,
        leverage: float,
        extended_market_hours: bool | None,
        data_normalization_mode: DataNormalizationMode | None,
    ) -> Security:
        defaults: UniverseSettings = self.universe_settings
        chosen = Resolution(defaults.resolution if resolution is None else resolution)
        if chosen is Resolution.TICK:
            raise UnsupportedApiError("QCAlgorithm", "add_equity(resolution=Resolution.TICK)")
        known = self.securities.adopt_ticker(symbol.value, symbol)
        security, is_new = self._find_or_make(symbol if known is None else known.symbol)
        configs: list[SubscriptionDataConfig] = subscribe(
            security,
            chosen,
            fill_forward=defaults.fill_forward if fill_forward is None else fill_forward,
            extended_market_hours=(
                defaults.extended_market_hours if extended_market_hours is None else extended_market_hours
            ),
            data_normalization_mode=(
                defaults.data_normalization_mode if data_normalization_mode is None else data_normalization_mode
            ),
        )
        self.securities.add(security)
        self.securities.added_by_hand(security.symbol)
        if is_new:
            self._initialize_security(security, leverage)
        elif leverage > 0:
            security.set_leverage(leverage)
        self.securities_by_hand.add(security, configs)
        return security


def _checked_ticker(ticker: str) -> str:
    try:
        return validate_ticker(ticker).upper()
    except InvalidTickerError as error:
        # The algorithm's mistake, not a defect of stored data.
        raise ValueError(str(error)) from error
