"""Replays recorded runs into the result collector, with a small portfolio in place of the engine's."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pytest

from pylean.numbers import to_float, use_lean_decimals
from pylean.orders.enums import OrderDirection, OrderStatus, OrderType
from pylean.orders.order import Order, OrderSubmissionData
from pylean.results import (
    CapacityBar,
    Holding,
    LeanVersion,
    OrderEventRecord,
    PortfolioTotals,
    ResultCollector,
    ResultSettings,
    RunResults,
)
from pylean.securities.symbol import Symbol
from pylean.storage import InterestRates, LeanPaths

_NEW_YORK = ZoneInfo("America/New_York")
_SECOND = timedelta(seconds=1)
_STATUS = {status.name.replace("_", "").lower(): status for status in OrderStatus}
# the entry condition of each filled order's trade, which only the strategy knew
_ENTRY_CONDITIONS = {12: 1, 17: 4, 43: 4, 73: 4, 82: 2, 95: 5, 103: 2, 107: 5, 138: 1, 150: 2}


def to_utc(local: datetime) -> datetime:
    """A New York time as naive UTC."""
    return local.replace(tzinfo=_NEW_YORK).astimezone(ZoneInfo("UTC")).replace(tzinfo=None)


@dataclass
class _Lot:
    quantity: Decimal = Decimal(0)
    average_price: Decimal = Decimal(0)
    sale_volume: Decimal = Decimal(0)


@dataclass
class ReplayPortfolio:
    """Cash and positions at average price; enough of Lean's portfolio for the results."""

    cash: Decimal
    prices: dict[Symbol, Decimal] = field(default_factory=dict)
    lots: dict[Symbol, _Lot] = field(default_factory=dict)
    fees: Decimal = Decimal(0)
    profit: Decimal = Decimal(0)

    def apply(self, symbol: Symbol, price: Decimal, quantity: Decimal, fee: Decimal) -> Decimal | None:
        """Apply a fill that opens or closes a whole position; the gross profit of one that closes."""
        lot = self.lots.setdefault(symbol, _Lot())
        profit = (price - lot.average_price) * lot.quantity if lot.quantity else None
        self.cash -= price * quantity + fee
        self.fees += fee
        self.profit += profit or 0
        lot.sale_volume += price * abs(quantity)
        lot.quantity += quantity
        lot.average_price = price
        return profit

    @property
    def invested(self) -> bool:
        return any(lot.quantity for lot in self.lots.values())

    def equity(self) -> Decimal:
        return self.cash + sum((item.value for item in self.holdings()), Decimal(0))

    def holding(self, symbol: Symbol) -> Holding:
        lot = self.lots.get(symbol, _Lot())
        value = lot.quantity * self.prices.get(symbol, Decimal(0)) if lot.quantity else Decimal(0)
        return Holding(symbol, value, lot.sale_volume, abs(value) / 2)

    def leveraged_margin(self, symbol: Symbol) -> Decimal:
        return abs(self.holding(symbol).value)

    def holdings(self) -> Iterator[Holding]:
        return (self.holding(symbol) for symbol in self.lots)

    def totals(self) -> PortfolioTotals:
        sale_volume = sum((lot.sale_volume for lot in self.lots.values()), Decimal(0))
        value = sum((abs(item.value) for item in self.holdings()), Decimal(0))
        return PortfolioTotals(self.fees, self.profit - self.fees, Decimal(0), value, sale_volume)


class SecondBars:
    """Closing prices and volumes of one symbol's second bars, day by day, in regular hours."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._days: dict[date, dict[int, tuple[int, int]]] = {}

    def at(self, local: datetime) -> tuple[Decimal, Decimal] | None:
        """Close and volume of the bar that ends at a local time, if there was a trade."""
        bar = self._day(local.date()).get(local.hour * 3600 + local.minute * 60 + local.second)
        return bar and (Decimal(bar[0]) * Decimal("0.0001"), Decimal(bar[1]))

    def last_price(self, local: datetime) -> Decimal:
        """Close of the day's last bar that ends at or before a local time."""
        second = local.hour * 3600 + local.minute * 60 + local.second
        ends = [end for end in self._day(local.date()) if end <= second]
        return Decimal(self._day(local.date())[max(ends)][0]) * Decimal("0.0001")

    def _day(self, day: date) -> dict[int, tuple[int, int]]:
        if day not in self._days:
            with zipfile.ZipFile(self._folder / f"{day:%Y%m%d}_trade.zip") as archive:
                text = archive.read(archive.namelist()[0]).replace(b"\n", b",")
            rows: npt.NDArray[np.int64] = np.array(text.rstrip(b",").split(b","), dtype=np.int64).reshape(-1, 6)
            ends = rows[:, 0] // 1000 + 1
            regular = (ends > 9.5 * 3600) & (ends <= 16 * 3600)
            closes, volumes = rows[regular, 4].tolist(), rows[regular, 5].tolist()
            bars = zip(closes, volumes, strict=True)
            self._days[day] = dict(zip(ends[regular].tolist(), bars, strict=True))
        return self._days[day]


def read_events(path: Path, symbols: dict[str, Symbol]) -> list[OrderEventRecord]:
    """Recorded order events; numbers with all their digits."""
    records: list[dict[str, Any]] = json.loads(path.read_text(), parse_float=Decimal)
    return [
        OrderEventRecord(
            order_id=item["orderId"],
            event_id=item["orderEventId"],
            symbol=symbols.setdefault(item["symbol"], Symbol(item["symbolValue"], item["symbol"])),
            utc=datetime(1970, 1, 1) + timedelta(seconds=float(item["time"])),
            status=_STATUS[item["status"].lower()],
            direction=OrderDirection[item["direction"].upper()],
            quantity=item["quantity"],
            fill_price=item["fillPrice"],
            fill_quantity=item["fillQuantity"],
            fee=item.get("orderFeeAmount"),
            stop_price=item.get("stopPrice"),
            limit_price=item.get("limitPrice"),
        )
        for item in records
    ]


@dataclass
class GoldenRun:
    """The golden run's inputs, replayed: order events from the record, everything else from the bars."""

    collector: ResultCollector
    portfolio: ReplayPortfolio
    events: list[OrderEventRecord]
    orders: list[Order]


class _GoldenReplay:
    def __init__(self, shared: Path, lean_version: LeanVersion) -> None:
        self.symbols: dict[str, Symbol] = {}
        self.events = read_events(shared / "zacqc/golden/order-events.json", self.symbols)
        folder = shared / "market-data/equity/usa/second"
        self.bars = {symbol: SecondBars(folder / symbol.value.lower()) for symbol in self.symbols.values()}
        self.portfolio = ReplayPortfolio(Decimal(500000))
        self.local = datetime(2025, 10, 1)
        settings = ResultSettings(
            start_date=date(2025, 10, 1),
            end_date=date(2025, 10, 10),
            start_utc=to_utc(self.local),
            risk_free_rate=InterestRates.read(LeanPaths(shared / "market-data")).rate_on,
            lean_version=lean_version,
        )
        self.collector = ResultCollector(settings, self.portfolio)

    def run(self) -> GoldenRun:
        by_time: dict[datetime, list[OrderEventRecord]] = {}
        for event in self.events:
            by_time.setdefault(event.utc, []).append(event)
        self.collector.sample_day(to_utc(self.local), Decimal(0))
        self.collector.on_slice(to_utc(self.local))
        for number in range(10):
            midnight = datetime(2025, 10, 1) + timedelta(days=number)
            if number:
                self.collector.sample_day(to_utc(midnight), Decimal(0))
            if midnight.weekday() < 5:
                self._run_day(midnight.date(), by_time)
        self.collector.finish(to_utc(self.local), Decimal(0))
        return GoldenRun(self.collector, self.portfolio, self.events, list(self._orders()))

    def _run_day(self, day: date, by_time: dict[datetime, list[OrderEventRecord]]) -> None:
        local = datetime.combine(day, time(9, 30))
        utc = to_utc(local)
        collector, portfolio = self.collector, self.portfolio
        for _ in range(23_400):
            local, utc = local + _SECOND, utc + _SECOND
            self.local = local
            self._update_prices()
            for event in by_time.get(utc, ()):
                self._apply(event)
            for symbol in list(collector.watched):
                bar = self.bars[symbol].at(local)
                if bar is not None:
                    collector.take_volumes(symbol, [CapacityBar(utc, *bar, _SECOND)])
            if utc >= collector.next_due_utc:
                collector.on_slice(utc)
            elif portfolio.invested:
                collector.take_equities([portfolio.equity()])

    def _update_prices(self) -> None:
        for symbol in self.collector.trades.open_symbols:
            bar = self.bars[symbol].at(self.local)
            if bar is not None:
                self.portfolio.prices[symbol] = bar[0]
            self.collector.trades.set_market_price(symbol, self.portfolio.prices[symbol])

    def _apply(self, event: OrderEventRecord) -> None:
        if event.status is OrderStatus.FILLED:
            fee = event.fee or Decimal(0)
            self.portfolio.prices[event.symbol] = self.bars[event.symbol].last_price(self.local)
            profit = self.portfolio.apply(event.symbol, event.fill_price, event.fill_quantity, fee)
            if profit is not None:
                self.collector.record_profit(event.utc, profit - 2 * fee)
        self.collector.on_order_event(event)

    def _orders(self) -> Iterator[Order]:
        histories: dict[int, list[OrderEventRecord]] = {}
        for event in self.events:
            histories.setdefault(event.order_id, []).append(event)
        exits = {event.utc for event in self.events if event.fill_quantity}
        entry: Order | None = None
        for order_id, history in sorted(histories.items()):
            order = _order_of(history)
            local = order.created_time.replace(tzinfo=ZoneInfo("UTC")).astimezone(_NEW_YORK)
            last = self.bars[order.symbol].last_price(local)
            order.submission = OrderSubmissionData(last, last, last)
            # cancelling by id leaves no tag, cancelling all of a symbol's orders after an exit keeps it
            if order.status is OrderStatus.FILLED or order.canceled_time in exits:
                entry = order if order_id in _ENTRY_CONDITIONS else entry
                order.tag = _tag(order, entry or order)
            yield order


def _order_of(history: list[OrderEventRecord]) -> Order:
    first, last = history[0], history[-1]
    order = Order(
        id=first.order_id,
        type=OrderType.LIMIT if first.limit_price is not None else OrderType.STOP_MARKET,
        symbol=first.symbol,
        decimal_quantity=first.quantity,
        created_time=first.utc,
        time=first.utc,
        status=last.status,
        decimal_price=last.fill_price,
        limit=last.limit_price,
        stop=last.stop_price,
        brokerage_ids=[str(first.order_id)],
    )
    for event in history:
        if event.status is OrderStatus.UPDATE_SUBMITTED:
            order.last_update_time = event.utc
        elif event.status is OrderStatus.FILLED:
            order.last_fill_time = event.utc
        elif event.status is OrderStatus.CANCELED:
            order.canceled_time = event.utc
    return order


def _tag(order: Order, entry: Order) -> str:
    """The strategy's tags; exits of trailed entries always name condition 2."""
    symbol, condition, is_long = order.symbol.value, _ENTRY_CONDITIONS[entry.id], entry.decimal_quantity > 0
    if order is entry:
        return f"Trail-Update-cond{condition}-{symbol}" if is_long else f"Short-cond{condition}-Trail-{symbol}"
    kind = "TP" if order.type is OrderType.LIMIT else "SL"
    is_first = order.created_time == entry.last_fill_time
    detail = to_float(entry.decimal_price) if is_first else "Updated"
    return f"{kind}-cond{2 if is_long else condition}-{symbol}-{detail}"


class _BuyAndHoldReplay:
    """Lean's BasicTemplateAlgorithm: SPY bought in the first minute of a week and held, benchmark SPY by the hour."""

    days = tuple(date(2013, 10, number) for number in range(7, 12))

    def __init__(self, shared: Path) -> None:
        self.folder = shared / "lean-sample/equity/usa"
        self.symbol = Symbol("SPY", "SPY R735QTJ8XC9X")
        self.factor = self._factor()
        self.portfolio = ReplayPortfolio(Decimal(100000))
        settings = ResultSettings(
            start_date=self.days[0],
            end_date=self.days[-1],
            start_utc=to_utc(datetime(2013, 10, 7)),
            risk_free_rate=InterestRates.read(LeanPaths(shared / "lean-sample")).rate_on,
        )
        self.collector = ResultCollector(settings, self.portfolio)
        hours = self._rows(self.folder / "hour/spy.zip", "20131004 ", "20131012")
        self.hour_closes = {row[0]: self._price(row[4]) for row in hours}

    def run(self) -> RunResults:
        utc, order = to_utc(datetime(2013, 10, 7)), None
        self.collector.sample_day(utc, self.hour_closes["20131004 15:00"])
        self.collector.on_slice(utc)
        for number, day in enumerate(self.days):
            if number:
                self.collector.sample_day(to_utc(datetime.combine(day, time())), self._previous_close(day))
            quotes = {row[0]: row for row in self._minute_rows(day, "quote")}
            for row in self._minute_rows(day, "trade"):
                utc = to_utc(datetime.combine(day, time())) + timedelta(milliseconds=int(row[0]), minutes=1)
                price = self.portfolio.prices[self.symbol] = self._price(row[4])
                volume = round(Decimal(row[5]) * (1 / self.factor))
                bar = CapacityBar(utc, price, Decimal(volume), timedelta(minutes=1))
                self.collector.trades.set_market_price(self.symbol, price)
                order = order or self._buy(utc, self._price(quotes[row[0]][4]), self._price(quotes[row[0]][9]))
                if self.symbol in self.collector.watched:
                    self.collector.take_volumes(self.symbol, [bar])
                self.collector.on_slice(utc)
        self.collector.finish(utc, self.hour_closes["20131011 15:00"])
        return self.collector.results([order] if order else [])

    def _buy(self, utc: datetime, bid: Decimal, ask: Decimal) -> Order:
        quantity, fee = Decimal(688), Decimal("3.44")
        last = self.portfolio.prices[self.symbol]
        self.portfolio.apply(self.symbol, ask, quantity, fee)
        event = OrderEventRecord(
            1, 2, self.symbol, utc, OrderStatus.FILLED, OrderDirection.BUY, quantity, ask, quantity, fee
        )
        self.collector.on_order_event(event)
        return Order(
            id=1,
            type=OrderType.MARKET,
            symbol=self.symbol,
            decimal_quantity=quantity,
            created_time=utc,
            time=utc,
            status=OrderStatus.FILLED,
            decimal_price=ask,
            last_fill_time=utc,
            submission=OrderSubmissionData(bid, ask, last),
            brokerage_ids=["1"],
        )

    def _minute_rows(self, day: date, kind: str) -> list[list[str]]:
        rows = self._rows(self.folder / f"minute/spy/{day:%Y%m%d}_{kind}.zip", "", "~")
        return [row for row in rows if 34_200_000 <= int(row[0]) < 57_600_000]

    def _rows(self, path: Path, first: str, stop: str) -> list[list[str]]:
        with zipfile.ZipFile(path) as archive:
            lines = archive.read(archive.namelist()[0]).decode().split()
        lines = lines if first == "" else [" ".join(pair) for pair in zip(lines[::2], lines[1::2], strict=True)]
        return [line.split(",") for line in lines if first <= line < stop]

    def _factor(self) -> Decimal:
        rows = (line.split(",") for line in (self.folder / "factor_files/spy.csv").read_text().split())
        row = next(row for row in rows if row[0] >= f"{self.days[0]:%Y%m%d}")
        return Decimal(row[1]) * Decimal(row[2])

    def _previous_close(self, day: date) -> Decimal:
        return self.hour_closes[f"{day - timedelta(days=1):%Y%m%d} 15:00"]

    def _price(self, text: str) -> Decimal:
        return Decimal(text) * Decimal("0.0001") * self.factor


@pytest.fixture(autouse=True)
def lean_decimals() -> None:
    use_lean_decimals()


class PlainPortfolio:
    """A portfolio whose figures a test sets."""

    def __init__(self, equity: int | str) -> None:
        self.value = Decimal(equity)
        self.sale_volume = Decimal(0)
        self._holdings: dict[Symbol, Holding] = {}

    def put(self, symbol: Symbol, value: int | str, sale_volume: int | str = 0) -> None:
        """Hold a symbol at a signed value, half of it as margin."""
        amount = Decimal(value)
        self._holdings[symbol] = Holding(symbol, amount, Decimal(sale_volume), abs(amount) / 2)

    def equity(self) -> Decimal:
        return self.value

    def holding(self, symbol: Symbol) -> Holding:
        return self._holdings.get(symbol, Holding(symbol, Decimal(0), Decimal(0), Decimal(0)))

    def leveraged_margin(self, symbol: Symbol) -> Decimal:
        return abs(self.holding(symbol).value)

    def holdings(self) -> list[Holding]:
        return list(self._holdings.values())

    def totals(self) -> PortfolioTotals:
        held = sum((abs(item.value) for item in self._holdings.values()), Decimal(0))
        return PortfolioTotals(Decimal(0), Decimal(0), Decimal(0), held, self.sale_volume)


@pytest.fixture
def make_portfolio() -> type[PlainPortfolio]:
    """Makes portfolios with an equity and no holdings."""
    return PlainPortfolio


@pytest.fixture(scope="session")
def golden_run(shared: Path) -> GoldenRun:
    """The golden run replayed for the Lean version it was made with."""
    use_lean_decimals()
    return _GoldenReplay(shared, LeanVersion.OCT_2025).run()


@pytest.fixture(scope="session")
def golden_run_newest(shared: Path) -> GoldenRun:
    """The golden run replayed for the newest Lean."""
    use_lean_decimals()
    return _GoldenReplay(shared, LeanVersion.NEWEST).run()


@pytest.fixture(scope="session")
def buy_and_hold(shared: Path) -> RunResults:
    """The results of Lean's BasicTemplateAlgorithm."""
    use_lean_decimals()
    return _BuyAndHoldReplay(shared).run()


@pytest.fixture(scope="session")
def golden_summary(shared: Path) -> dict[str, Any]:
    """What Lean printed for the golden run."""
    summary: dict[str, Any] = json.loads((shared / "zacqc/golden/summary.json").read_text())
    return summary
