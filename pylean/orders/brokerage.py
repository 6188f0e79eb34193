"""The backtest's brokerage: it keeps working orders and offers them the market (Lean's BacktestingBrokerage)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from pylean.brokerages.model import DefaultBrokerageModel
from pylean.job import AlgorithmError
from pylean.naming import UnsupportedApiError
from pylean.orders import market_state, messages
from pylean.orders.enums import OrderStatus, OrderType
from pylean.orders.events import OrderEvent
from pylean.orders.fees import CashAmount, OrderFee
from pylean.orders.fill_model import FillModelParameters
from pylean.orders.time_in_force import TimeInForce
from pylean.orders.valuation import order_value
from pylean.storage import StorageError

if TYPE_CHECKING:
    from pylean.orders.order import Order
    from pylean.orders.ticket import OrderTicket
    from pylean.orders.transactions import TradingAlgorithm
    from pylean.securities.security import Security

__all__ = ["BacktestingBrokerage"]

#: These fill at the time they are submitted; all others wait for the next scan at a later time.
_IMMEDIATE = (OrderType.MARKET, OrderType.COMBO_MARKET)
#: These are not the algorithm's: broken data, and names of Lean that pylean has not.
_OWN_ERRORS = (AlgorithmError, NameError, StorageError, UnsupportedApiError)
_ID = attrgetter("id")
# Orders rest for many slices: what the defaults answer in any case is not asked.
_ALWAYS = DefaultBrokerageModel.can_execute_order
_NEVER_EXPIRES = TimeInForce.GOOD_TIL_CANCELED


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
        if not self.pending:
            return
        algorithm = self._algorithm
        now, securities = algorithm.utc_time, algorithm.securities
        for order in sorted(self.pending.values(), key=_ID):
            if order.status.is_closed:
                self.pending.pop(order.id, None)
                continue
            if order.time == now and order.type not in _IMMEDIATE:
                continue
            if order.group_order_manager is None:
                self._offer(order, {order: securities[order.symbol]})
                continue
            group = self._group(order)
            if group is not None:
                self._offer(order, {leg: securities[leg.symbol] for leg in group})

    def _offer(self, order: Order, legs: dict[Order, Security]) -> None:
        """Offer the data to an order; ``legs`` are those of its group, the order alone without one."""
        if not self._may_fill(legs):
            return
        try:
            failed = self.insufficient_buying_power(legs)
        except _OWN_ERRORS:
            raise
        except Exception as error:  # noqa: BLE001 - a model that fails costs the order, not the run, as in Lean
            ids = ",".join(str(leg.id) for leg in legs)
            self._remove(legs, OrderStatus.INVALID, str(error))
            self.on_error(f"Order Error: ids: [{ids}], Error executing margin models: {error}")
            return
        if failed is None:
            fills = self._fill(order, legs)
            # Nearly always the model says of an order that rests: still as it was.
            if len(fills) != 1 or fills[0].status is not order.status or fills[0].decimal_fill_quantity:
                self._settle(legs, fills)
        elif order.status is not OrderStatus.CANCEL_PENDING:
            text = self.buying_power_text(legs, failed)
            self._remove(legs, OrderStatus.INVALID, text)
            self.on_error(text)

    def _may_fill(self, legs: dict[Order, Security]) -> bool:
        """Nothing forbids a fill: a market-on-open order has a newer bar, nothing has expired, the broker agrees."""
        model = self._algorithm.brokerage_model
        asks_broker = type(model).can_execute_order is not _ALWAYS
        for order, security in legs.items():
            if order.type is OrderType.MARKET_ON_OPEN:
                bar = security.get_last_data()
                if bar is None or market_state.local_ms(security, order.time) >= bar.end_ms:
                    return False
            in_force = order.properties.time_in_force
            if in_force is not _NEVER_EXPIRES and in_force.is_order_expired(security, order):
                self._remove(legs, OrderStatus.CANCELED, messages.EXPIRED)
                return False
            if asks_broker and not model.can_execute_order(security, order):
                return False
        return True

    def _fill(self, order: Order, legs: dict[Order, Security]) -> list[OrderEvent]:
        """What the fill model makes of the data, with fees; nothing where a model raises."""
        security = legs[order]
        fills: list[OrderEvent] = []
        try:
            span = self._algorithm.settings.stale_price_time_span
            events = security.fill_model.fill(FillModelParameters(security, order, span, legs))
            in_force = order.properties.time_in_force
            if in_force is _NEVER_EXPIRES or all(in_force.is_fill_valid(security, order, event) for event in events):
                fills += events
            for event in fills:
                if event.status is OrderStatus.FILLED and event.order_fee.value.decimal_amount == 0:
                    leg, its = next(entry for entry in legs.items() if entry[0].id == event.order_id)
                    event.order_fee = OrderFee(CashAmount(its.fee_model.order_fee_amount(its, leg)))
        except _OWN_ERRORS:
            raise
        except Exception as error:  # noqa: BLE001 - as in Lean the order stays, and may fill on other data
            self.on_error(
                f"Order Error: id: {order.id}, Transaction model failed to fill for order type: {order.type} "
                f"with error: {error}"
            )
        return fills

    def _settle(self, legs: dict[Order, Security], fills: list[OrderEvent]) -> None:
        if not fills:
            return
        news = []
        for leg in legs:
            for event in fills:
                if event.order_id == leg.id and (event.status is not leg.status or event.decimal_fill_quantity):
                    # Set here already, so that a scan from within an event handler does not fill it again.
                    leg.status = event.status
                    news.append(event)
        if news:
            self.publish(news)
        if all(event.status.is_closed for event in fills):
            for leg in legs:
                self.pending.pop(leg.id, None)

    def insufficient_buying_power(self, group: Iterable[Order]) -> Any:
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

    def buying_power_text(self, group: Iterable[Order], check: Any) -> str:
        orders = list(group)
        values = [order_value(order, self._algorithm.securities[order.symbol].cache.price) for order in orders]
        return messages.insufficient_buying_power(orders, values, check.reason)

    def _group(self, order: Order) -> list[Order] | None:
        """All legs of the order's group by id, the order alone without one; ``None`` while a leg is missing."""
        manager = order.group_order_manager
        if manager is None:
            return [order]
        legs = [self.pending.get(leg_id) for leg_id in sorted(manager.order_ids)]
        found = [leg for leg in legs if leg is not None]
        return found if len(found) == manager.count else None

    def _remove(self, group: Iterable[Order], status: OrderStatus, message: str) -> None:
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
