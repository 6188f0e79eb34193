"""The one object the engine talks to: it keeps everything a run's results are made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, localcontext
from types import MappingProxyType

from pylean.numbers import DECIMAL_CONTEXT, ZERO
from pylean.orders.order import Order
from pylean.results.additions import ResultAdditions
from pylean.results.capacity import StrategyCapacity
from pylean.results.charts import ChartBook
from pylean.results.order_events import OrderEventRecord
from pylean.results.order_hash import order_list_hash
from pylean.results.portfolio_view import CapacityBar, PortfolioView
from pylean.results.sampling import ResultSampler
from pylean.results.settings import ResultSettings
from pylean.results.statistics import RunSamples, StatisticsResults, compute_statistics
from pylean.results.summary import runtime_statistics
from pylean.results.trades import Trade, TradeBuilder
from pylean.results.transactions import TransactionRecord
from pylean.securities.symbol import Symbol

__all__ = ["ResultCollector", "RunResults"]


@dataclass(frozen=True, slots=True)
class RunResults:
    """A run's results, complete or up to now; collections are the collector's own, so do not change them."""

    statistics: StatisticsResults
    runtime_statistics: dict[str, str]
    order_list_hash: str
    orders: list[Order]
    order_events: list[OrderEventRecord]
    closed_trades: list[Trade]
    profit_loss: dict[datetime, Decimal]
    charts: ChartBook
    samples: RunSamples


class ResultCollector:
    """Takes samples, fills and order events while a run goes on, and computes its results at any time.

    All times are naive UTC, all money is in USD. ``trades``, ``transactions`` and ``charts`` are for the engine to
    feed and for the algorithm to read; ``additions`` are the charts and statistics of the algorithm's own.
    """

    def __init__(
        self,
        settings: ResultSettings,
        portfolio: PortfolioView,
        *,
        warming_up: bool = False,
        additions: ResultAdditions | None = None,
    ) -> None:
        self.trades = TradeBuilder()
        self.transactions = TransactionRecord()
        self.additions = additions or ResultAdditions()
        self.charts = self.additions.charts
        self.order_events: list[OrderEventRecord] = []
        self._settings = settings
        self._portfolio = portfolio
        self._sampler = ResultSampler(settings, self.charts, portfolio.equity())
        self._sampler.warming_up = warming_up
        self._capacity = StrategyCapacity(settings.start_date, settings.end_date, portfolio)
        self.watched = self._capacity.watched
        self.next_due_utc = datetime.min

    def on_slice(self, utc: datetime) -> None:
        """End of a time slice; needed once ``next_due_utc`` is reached."""
        self._process(utc, force=False)

    def take_equities(self, equities: Iterable[Decimal]) -> None:
        """Equity of slices that were not told one by one: the first, highest, lowest and last are enough."""
        self._sampler.take_equities(equities)

    def take_volumes(self, symbol: Symbol, bars: Iterable[CapacityBar]) -> None:
        """Real bars of a ``watched`` symbol since the last ones, in order; those of a slice before ``on_slice``."""
        self._capacity.take_bars(symbol, bars)

    def sample_day(self, utc: datetime, benchmark: Decimal) -> None:
        """Midnight in the algorithm's time zone, every day, in warm-up too; ``benchmark`` is a price."""
        self._sampler.sample_day(utc, benchmark, self._portfolio, self._capacity.figures.capacity)
        self._set_next_due()

    def on_warmup_finished(self) -> None:
        """Warm-up has just ended; the user has not been told yet."""
        self._sampler.restart(self._portfolio.equity())

    def on_order_event(self, event: OrderEventRecord) -> None:
        """An order event, after the portfolio has taken it and before the algorithm hears of it."""
        self.order_events.append(event)
        if event.status.is_fill:
            fee = ZERO if event.fee is None else event.fee
            self.trades.on_fill(event.symbol, event.order_id, event.utc, event.fill_price, event.fill_quantity, fee)
            self._capacity.on_fill(event.symbol, event.utc, event.fill_price, event.fill_quantity)
            self._set_next_due()

    def record_profit(self, utc: datetime, profit_loss: Decimal, is_win: bool | None = None) -> None:
        """A fill closed (part of) a position; ``profit_loss`` is gross less twice the fill's fee."""
        self.transactions.add(utc, profit_loss, is_win)

    def finish(
        self, utc: datetime, benchmark: Decimal | None, last_bars: Mapping[Symbol, CapacityBar] = MappingProxyType({})
    ) -> None:
        """The run is over at the last slice's time; ``benchmark`` is ``None`` when it broke off with an error.

        ``last_bars`` are those that ended with the last slice. As in Lean their volumes count again with each of the
        two snapshots at the end.
        """
        if benchmark is not None:
            self._process_end(utc, last_bars)
            self.sample_day(utc, benchmark)
        self._process_end(utc, last_bars)

    def results(self, orders: Iterable[Order]) -> RunResults:
        """The results so far, with all orders the run has made, invalid and cancelled ones included."""
        order_list = list(orders)
        with localcontext(DECIMAL_CONTEXT):
            settings, samples, totals = self._settings, self._samples(), self._portfolio.totals()
            statistics = compute_statistics(
                samples,
                total_orders=len(order_list),
                total_fees=totals.fees,
                capacity=self._capacity.figures,
                currency_symbol=settings.currency_symbol,
            )
            for name, text in self.additions.summary.items():
                statistics.summary.setdefault(name, text)
            runtime = runtime_statistics(
                statistics.summary,
                totals,
                self._portfolio.equity(),
                self._sampler.starting_equity,
                currency_symbol=settings.currency_symbol,
                extra=self.additions.runtime,
            )
            order_hash = order_list_hash(order_list)
        return RunResults(
            statistics=statistics,
            runtime_statistics=runtime,
            order_list_hash=order_hash,
            orders=order_list,
            order_events=self.order_events,
            closed_trades=self.trades.closed_trades,
            profit_loss=self.transactions.profit_loss,
            charts=self.charts,
            samples=samples,
        )

    def _process_end(self, utc: datetime, last_bars: Mapping[Symbol, CapacityBar]) -> None:
        for symbol in self.watched & last_bars.keys():
            self._capacity.take_bars(symbol, [last_bars[symbol]])
        self._process(utc, force=True)

    def _process(self, utc: datetime, *, force: bool) -> None:
        self._capacity.update(utc, force=force)
        self._sampler.track_equity(utc, self._portfolio.equity(), force=force)
        self._set_next_due()

    def _set_next_due(self) -> None:
        self.next_due_utc = min(self._sampler.next_due_utc, self._capacity.next_due_utc)

    def _samples(self) -> RunSamples:
        sampler, settings = self._sampler, self._settings
        return RunSamples(
            equity=sampler.equity,
            performance=sampler.performance,
            benchmark=sampler.benchmark,
            turnover=sampler.turnover,
            trades=self.trades.closed_trades,
            transactions=self.transactions.entries,
            starting_equity=sampler.starting_equity,
            risk_free_rate=settings.risk_free_rate,
            trading_days_per_year=settings.trading_days_per_year,
            lean_version=settings.lean_version,
        )
