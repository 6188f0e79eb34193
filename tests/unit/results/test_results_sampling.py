"""When samples are taken and what they hold: candles, daily series, turnover, warm-up, the end of a run."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from pylean.orders.enums import OrderDirection, OrderStatus
from pylean.results import CapacityBar, LeanVersion, OrderEventRecord, ResultCollector, ResultSettings, Series
from pylean.results.charts import Candlestick
from pylean.results.sampling import sample_period
from pylean.securities.symbol import Symbol

ABC, XYZ = Symbol("ABC", "ABC 2T"), Symbol("XYZ", "XYZ 2T")
START = datetime(2024, 3, 4, 5)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


class Run:
    """A collector over a portfolio of 1000 dollars that a test changes."""

    def __init__(self, portfolio: Any, *, warming_up: bool = False) -> None:
        self.portfolio = portfolio
        settings = ResultSettings(
            date(2024, 3, 4), date(2024, 3, 8), START, lambda _: Decimal("0.02"), LeanVersion.NEWEST
        )
        self.collector = ResultCollector(settings, portfolio, warming_up=warming_up)

    def slices(self, first_min: int, *equities: int | str) -> None:
        """A slice a minute, from so many minutes after the start, with the equities given."""
        for number, equity in enumerate(equities):
            self.portfolio.value = Decimal(equity)
            utc = START + (first_min + number) * MINUTE
            if utc >= self.collector.next_due_utc:
                self.collector.on_slice(utc)

    def day(self, number: int, equity: int | str, benchmark: int | str = 100) -> None:
        self.portfolio.value = Decimal(equity)
        self.collector.sample_day(START + number * DAY, Decimal(benchmark))

    def fill(self, utc: datetime, price: str, quantity: int, status: OrderStatus = OrderStatus.FILLED) -> None:
        """An order event for ABC, of a new order each time."""
        event = OrderEventRecord(
            order_id=len(self.collector.order_events) + 1,
            event_id=1,
            symbol=ABC,
            utc=utc,
            status=status,
            direction=OrderDirection.BUY if quantity > 0 else OrderDirection.SELL,
            quantity=Decimal(quantity),
            fill_price=Decimal(price),
            fill_quantity=Decimal(quantity),
        )
        self.collector.on_order_event(event)

    @property
    def candles(self) -> list[Candlestick]:
        points: list[Candlestick] = self.collector.charts["Strategy Equity"].series["Equity"].points  # type: ignore[assignment]
        return points

    def values(self, chart: str, name: str | None = None) -> list[Decimal | None]:
        series = self.collector.charts[chart].series[name or chart]
        assert isinstance(series, Series)
        return [point.value for point in series.points]

    def times(self) -> list[int]:
        return [(candle.utc - START) // MINUTE for candle in self.candles]


@pytest.fixture
def run(make_portfolio: Any) -> Run:
    return Run(make_portfolio(1000))


@pytest.mark.parametrize(
    ("days", "period"),
    [
        (1, timedelta(minutes=4)),
        (11, timedelta(minutes=4)),
        (4000, timedelta(minutes=1440) - timedelta(microseconds=1)),
        (12, timedelta(microseconds=259_199_999)),
    ],
)
def test_a_run_has_about_4000_samples_at_least_four_minutes_apart(days: int, period: timedelta) -> None:
    first = date(2010, 1, 1)
    assert sample_period(first, first + timedelta(days=days - 1)) == period


def test_equity_is_sampled_at_the_first_slice_over_four_minutes_later(run: Run) -> None:
    run.day(0, 1000)
    run.slices(0, *[1000] * 15)
    assert run.times() == [0, 5, 10]


def test_a_slice_at_the_time_of_a_sample_adds_no_second_one_but_counts_from_it(run: Run) -> None:
    run.day(0, 1000)
    run.slices(0, 1000)
    run.slices(4, 1000)
    assert run.times() == [0]
    run.slices(5, 1000)
    assert run.times() == [0, 5]


def test_candles_open_at_the_slice_after_the_last_sample(run: Run) -> None:
    run.day(0, 1000)
    run.slices(0, 1000, 1001)
    # the engine calls in between while something is held
    for minute, equity in ((2, 1010), (3, 990)):
        run.portfolio.value = Decimal(equity)
        run.collector.on_slice(START + minute * MINUTE)
    run.slices(4, 1002, "1003.00004")
    candle = run.candles[1]
    assert [candle.open, candle.high, candle.low, candle.close] == [1001, 1010, 990, 1003]


def test_daily_returns_are_percent_of_the_day_before(run: Run) -> None:
    run.day(0, 1000)
    run.day(1, 1010, "101.23456789")
    run.day(2, "1007.77")
    assert run.values("Strategy Equity", "Return") == [0, 1, Decimal("-0.2207921")]
    assert run.values("Benchmark") == [100, Decimal("101.2346"), 100]


def test_drawdown_counts_from_the_highest_daily_equity(run: Run) -> None:
    for number, equity in enumerate((1000, 1100, 1045, 1122)):
        run.day(number, equity)
    assert run.values("Drawdown", "Equity Drawdown") == [0, 0, -5, 0]


def test_turnover_starts_a_day_late_and_a_second_sample_replaces_the_first(run: Run) -> None:
    run.portfolio.sale_volume = Decimal(50)
    run.day(0, 1000)
    run.portfolio.sale_volume = Decimal(100)
    run.day(1, 1000)
    run.portfolio.sale_volume = Decimal(400)
    run.day(2, 1000)
    run.portfolio.sale_volume = Decimal(500)
    run.day(2, 1000)
    assert run.values("Portfolio Turnover") == [Decimal("0.1"), Decimal("0.4")]


def test_exposure_sales_and_margin_of_positions(run: Run) -> None:
    run.portfolio.put(ABC, 600, 900)
    run.portfolio.put(XYZ, -200, 0)
    run.day(0, 1000)
    run.portfolio.put(XYZ, 0, 300)
    run.day(1, 1000)
    run.day(2, 1000)
    assert run.values("Exposure", "Equity - Long Ratio") == [Decimal("0.6")] * 3
    assert run.values("Exposure", "Equity - Short Ratio") == [Decimal("-0.2"), 0, 0]
    assert run.values("Assets Sales Volume", "ABC") == [900, 900, 900]
    assert run.values("Assets Sales Volume", "XYZ") == [300, 300]
    assert run.values("Portfolio Margin", "ABC") == [30, 30, 30]
    assert run.values("Portfolio Margin", "XYZ") == [10, None]


def test_a_worthless_portfolio_has_no_ratios(run: Run) -> None:
    run.portfolio.put(ABC, 10)
    run.day(0, 0)
    run.day(1, 5)
    assert run.values("Strategy Equity", "Return") == [-100, 0]
    assert run.values("Exposure", "Equity - Long Ratio") == [2]


def test_nothing_is_sampled_in_warm_up_and_the_run_starts_with_the_equity_after_it(make_portfolio: Any) -> None:
    run = Run(make_portfolio(1000), warming_up=True)
    run.collector.sample_day(START - DAY, Decimal(90))
    run.slices(-10, 1000, 1000)
    run.portfolio.value = Decimal(1200)
    run.collector.on_warmup_finished()
    run.day(0, 1200)
    run.day(1, 1260)
    run.day(2, 1260)
    run.day(3, 1260)
    assert run.values("Strategy Equity", "Return") == [0, 5, 0, 0]
    assert run.candles[0].open == 1200
    assert run.collector.results([]).statistics.portfolio.start_equity == 1200


def test_warm_up_without_effect_keeps_the_starting_equity_s_scale(make_portfolio: Any) -> None:
    run = Run(make_portfolio("1000"), warming_up=True)
    run.portfolio.value = Decimal("1000.0000")
    run.collector.on_warmup_finished()
    for number in range(4):
        run.day(number, "1000.0000")
    assert run.collector.results([]).statistics.summary["Start Equity"] == "1000"


def test_the_end_takes_a_last_daily_sample(run: Run) -> None:
    for number in range(4):
        run.day(number, 1000 + number)
    run.portfolio.value = Decimal(1050)
    run.collector.finish(START + 3 * DAY + 660 * MINUTE, Decimal(105))
    assert run.times()[-1] == 3 * 1440 + 660
    assert run.candles[-1].close == 1050
    assert run.values("Benchmark")[-1] == 105
    assert run.collector.results([]).runtime_statistics["Equity"] == "$1,050.00"


@pytest.mark.parametrize(("benchmark", "capacity"), [(Decimal(100), "$9900000.00"), (None, "$10000000.00")])
def test_the_end_takes_two_snapshots_of_the_capacity(run: Run, benchmark: Decimal | None, capacity: str) -> None:
    for number in range(4):
        run.day(number, 1000)
    end = START + 3 * DAY + MINUTE
    run.fill(end, "10", 10)
    run.collector.take_volumes(ABC, [CapacityBar(end, Decimal(10), Decimal(5_000_000), MINUTE)])
    run.collector.on_slice(end)
    run.collector.finish(end, benchmark)
    # the second one sees no sales any more and so keeps 99 % of the first
    assert run.collector.results([]).statistics.summary["Estimated Strategy Capacity"] == capacity


def test_a_run_that_broke_off_keeps_its_equity_only(run: Run) -> None:
    run.day(0, 1000)
    run.portfolio.value = Decimal(990)
    run.collector.finish(START + 100 * MINUTE, None)
    assert run.times() == [0, 100]
    assert run.values("Benchmark") == [100]


def test_a_run_that_never_started_has_an_empty_table(run: Run) -> None:
    run.collector.additions.summary["Mine"] = "1"
    results = run.collector.results([])
    assert results.statistics.summary == {"Mine": "1"}
    assert results.runtime_statistics["Probabilistic Sharpe Ratio"] == "0%"


def test_an_algorithm_s_own_statistics_come_last_and_replace_nothing(run: Run) -> None:
    for number in range(4):
        run.day(number, 1000)
    run.collector.additions.summary |= {"Total Orders": "-1", "Mine": "42"}
    run.collector.additions.runtime["Mine"] = "43"
    results = run.collector.results([])
    assert list(results.statistics.summary.items())[-1] == ("Mine", "42")
    assert results.statistics.summary["Total Orders"] == "0"
    assert results.runtime_statistics["Mine"] == "43"


def test_only_fills_reach_trades_and_capacity(run: Run) -> None:
    run.fill(START, "0", 10, OrderStatus.SUBMITTED)
    assert not run.collector.watched
    run.fill(START, "10", 10)
    assert run.collector.watched == {ABC}
    run.fill(START, "11", -10)
    assert [trade.profit_loss for trade in run.collector.trades.closed_trades] == [10]
    assert len(run.collector.order_events) == 3


def test_recorded_profits_decide_the_win_rate(run: Run) -> None:
    for number in range(4):
        run.day(number, 1000)
    run.collector.record_profit(START + DAY, Decimal(8))
    run.collector.record_profit(START + DAY, Decimal(-2))
    results = run.collector.results([])
    assert results.statistics.summary["Win Rate"] == "50%"
    assert list(results.profit_loss.values()) == [8, -2]


def test_a_growth_that_no_decimal_holds_is_shown_as_the_largest_one(run: Run) -> None:
    """As Lean's SafeDecimalCast and SafeMultiply100 do: a tenfold gain in three days is 1e121 a year."""
    for number, equity in enumerate((1000, 2000, 10_000)):
        run.day(number, equity)
    run.collector.finish(START + 3 * DAY, Decimal(100))
    summary = run.collector.results([]).statistics.summary
    assert summary["Compounding Annual Return"] == "79228162514264337593543950335%"
