"""The backtest's brokerage: it keeps working orders and offers them the market (Lean's BacktestingBrokerage)."""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from pylean.job import AlgorithmError
from pylean.keyed import ExtendedDictionary
from pylean.orders import market_state, messages
from pylean.orders.enums import OrderStatus, OrderType
from pylean.orders.events import OrderEvent
from pylean.orders.fees import CashAmount, OrderFee
from pylean.orders.fill_model import FillModelParameters
from pylean.orders.valuation import order_value
from pylean.storage import StorageError

if TYPE_CHECKING:
    from pylean.orders.order import Order
    from pylean.orders.ticket import OrderTicket
    from pylean.orders.transactions import TradingAlgorithm
    from pylean.securities.security import Security

__all__ = ["BacktestingBrokerage", "can_execute"]

#: These fill at the time they are submitted; all others wait for the next scan at a later time.
_IMMEDIATE = (OrderType.MARKET, OrderType.COMBO_MARKET)
_OWN_ERRORS = (AlgorithmError, StorageError)


class BacktestingBrokerage:
    """Working orders by id. ``publish`` takes events that belong together, ``on_error`` what went wrong."""

    def __init__(self, algorithm: TradingAlgorithm, tickets: dict[int, OrderTicket]) -> None:
        self._algorithm = algorithm
        self._tickets = tickets
        self.pending: dict[int, Order] = {}
        self.publish: Callable[[list[OrderEvent]], None] = lambda events: None
        self.on_error: Callable[[str], None] = lambda text: None

    def place(self, order: Order) -> None:
        """Take a new order to work."""
        self.pending[order.id] = order
        self._confirm(order, OrderStatus.SUBMITTED)

    def update(self, order: Order) -> bool:
        """Confirm a changed order; false when it does not work here."""
        if order.id not in self.pending:
            return False
        self._confirm(order, OrderStatus.UPDATE_SUBMITTED)
        return True

    def cancel(self, order: Order) -> bool:
        """Cancel an order and all legs of its group; false when a leg does not work here."""
        group = self._group(order)
        if group is None:
            return False
        cancelled = True
        for leg in group:
            cancelled &= self.pending.pop(leg.id, None) is not None
            self._confirm(leg, OrderStatus.CANCELED)
        return cancelled

    def scan(self) -> None:
        """Offer the data at hand to every working order, by id."""
        now = self._algorithm.utc_time
        for order in sorted(self.pending.values(), key=attrgetter("id")):
            if order.status.is_closed:
                self.pending.pop(order.id, None)
                continue
            if order.time == now and order.type not in _IMMEDIATE:
                continue
            group = self._group(order)
            if group is not None:
                self._offer(order, group)

    def _offer(self, order: Order, group: list[Order]) -> None:
        securities = {leg: self._algorithm.securities[leg.symbol] for leg in group}
        if not self._may_fill(securities):
            return
        try:
            failed = self.insufficient_buying_power(group)
        except _OWN_ERRORS:
            raise
        except Exception as error:  # noqa: BLE001 - a model that fails costs the order, not the run, as in Lean
            ids = ",".join(str(leg.id) for leg in group)
            self._remove(group, OrderStatus.INVALID, str(error))
            self.on_error(f"Order Error: ids: [{ids}], Error executing margin models: {error}")
            return
        if failed is None:
            self._settle(order, group, self._fill(order, securities))
        elif order.status is not OrderStatus.CANCEL_PENDING:
            text = self.buying_power_text(group, failed)
            self._remove(group, OrderStatus.INVALID, text)
            self.on_error(text)

    def _may_fill(self, securities: dict[Order, Security]) -> bool:
        """Nothing forbids a fill: a market-on-open order has a newer bar, nothing has expired, the broker agrees."""
        for order, security in securities.items():
            if order.type is OrderType.MARKET_ON_OPEN:
                bar = security.get_last_data()
                if bar is None or market_state.local_ms(security, order.time) >= bar.end_ms:
                    return False
            if order.properties.time_in_force.is_order_expired(security, order):
                self._remove(list(securities), OrderStatus.CANCELED, messages.EXPIRED)
                return False
            if not can_execute(self._algorithm, security, order):
                return False
        return True

    def _fill(self, order: Order, securities: dict[Order, Security]) -> list[OrderEvent]:
        """What the fill model makes of the data, with fees; nothing where a model raises."""
        security = securities[order]
        span = self._algorithm.settings.stale_price_time_span
        parameters = FillModelParameters(security, order, span, ExtendedDictionary(securities))
        fills: list[OrderEvent] = []
        try:
            events = security.fill_model.fill(parameters)
            in_force = order.properties.time_in_force
            if all(in_force.is_fill_valid(security, order, event) for event in events):
                fills += events
            for event in fills:
                if event.status is OrderStatus.FILLED and event.order_fee.value.decimal_amount == 0:
                    leg = next(leg for leg in securities if leg.id == event.order_id)
                    event.order_fee = OrderFee(
                        CashAmount(securities[leg].fee_model.order_fee_amount(securities[leg], leg))
                    )
        except _OWN_ERRORS:
            raise
        except Exception as error:  # noqa: BLE001 - as in Lean the order stays, and may fill on other data
            self.on_error(
                f"Order Error: id: {order.id}, Transaction model failed to fill for order type: {order.type} "
                f"with error: {error}"
            )
        return fills

    def _settle(self, order: Order, group: list[Order], fills: list[OrderEvent]) -> None:
        if not fills:
            return
        news = []
        for leg in group:
            for event in fills:
                if event.order_id == leg.id and (event.status is not leg.status or event.decimal_fill_quantity):
                    # Set here already, so that a scan from within an event handler does not fill it again.
                    leg.status = event.status
                    news.append(event)
        if news:
            self.publish(news)
        if all(event.status.is_closed for event in fills):
            for leg in group:
                self.pending.pop(leg.id, None)

    def insufficient_buying_power(self, group: list[Order]) -> Any:
        """The first check among the legs that the account fails; ``None`` when it can carry them all."""
        for order in group:
            check = self.check_buying_power(order)
            if not check.is_sufficient:
                return check
        return None

    def check_buying_power(self, order: Order) -> Any:
        security = self._algorithm.securities[order.symbol]
        filled = self._tickets[order.id].decimal_quantity_filled
        return security.buying_power_model.check(self._algorithm.portfolio, security, order, filled)

    def buying_power_text(self, group: list[Order], check: Any) -> str:
        values = [order_value(order, self._algorithm.securities[order.symbol].cache.price) for order in group]
        return messages.insufficient_buying_power(group, values, check.reason)

    def _group(self, order: Order) -> list[Order] | None:
        """All legs of the order's group by id, the order alone without one; ``None`` while a leg is missing."""
        manager = order.group_order_manager
        if manager is None:
            return [order]
        legs = [self.pending.get(leg_id) for leg_id in sorted(manager.order_ids)]
        found = [leg for leg in legs if leg is not None]
        return found if len(found) == manager.count else None

    def _remove(self, group: list[Order], status: OrderStatus, message: str) -> None:
        events = []
        for order in group:
            event = OrderEvent(order, self._algorithm.utc_time, message=message)
            event.status = status
            events.append(event)
            self.pending.pop(order.id, None)
        self.publish(events)

    def _confirm(self, order: Order, status: OrderStatus) -> None:
        if str(order.id) not in order.brokerage_ids:
            order.brokerage_ids.append(str(order.id))
        event = OrderEvent(order, self._algorithm.utc_time)
        event.status = status
        self.publish([event])


def can_execute(algorithm: TradingAlgorithm, security: Security, order: Order) -> bool:
    """The brokerage model lets a working order fill now."""
    return bool(algorithm.brokerage_model.can_execute_order(security, order))
