"""Samples of a run: equity in the loop, and once a day everything else that Lean's charts and statistics show."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal

from pylean.numbers import ZERO, round_half_even, round_significant, smart_round
from pylean.results.charts import Candlestick, CandlestickSeries, ChartBook, Series, SeriesType
from pylean.results.portfolio_statistics import SampledValues
from pylean.results.portfolio_view import Holding, PortfolioView
from pylean.results.settings import ResultSettings
from pylean.results.text import TICKS_PER_SECOND

__all__ = ["ResultSampler", "sample_period"]

_SAMPLES = 4000
_LEAST_PERIOD_MIN = 4
_TICKS_PER_MINUTE = 60 * TICKS_PER_SECOND
_TICKS_PER_DAY = 1440 * _TICKS_PER_MINUTE
_PERFORMANCE_PLACES = 10
_EQUITY_PLACES = 4
_TREEMAP_SYMBOLS = 30


def sample_period(start: date, end: date) -> timedelta:
    """Time between equity samples in the loop: a 4000th of the run, at least 4 minutes.

    .NET's 100 ns are cut off to microseconds, which compares the same with times in whole microseconds.
    """
    minutes = (((end - start).days + 1) * _TICKS_PER_DAY - 1) / _TICKS_PER_MINUTE
    period_min = _LEAST_PERIOD_MIN if minutes < _LEAST_PERIOD_MIN * _SAMPLES else minutes / _SAMPLES
    return timedelta(microseconds=int(period_min * _TICKS_PER_MINUTE) // 10)


class _EquityBar:
    """Open, high, low and close of the equity since the last sample."""

    def __init__(self) -> None:
        self._is_empty = True
        self._open = self._high = self._low = self._close = ZERO

    def update(self, equity: Decimal) -> None:
        equity = round_half_even(equity, _EQUITY_PLACES)
        if self._is_empty:
            self._open = self._high = self._low = equity
            self._is_empty = False
        elif equity > self._high:
            self._high = equity
        elif equity < self._low:
            self._low = equity
        self._close = equity

    def take(self, utc: datetime) -> Candlestick:
        """The bar as a candle; the next update starts a new one."""
        self._is_empty = True
        prices = (smart_round(price) for price in (self._open, self._high, self._low, self._close))
        return Candlestick(utc, *prices)


class ResultSampler:
    """Keeps the sampled series in a run's charts. Nothing is added in warm-up.

    After a sample the next slice is due at once, because it opens the next equity candle.
    """

    def __init__(self, settings: ResultSettings, charts: ChartBook, starting_equity: Decimal) -> None:
        self.starting_equity = starting_equity
        self.warming_up = False
        self.next_due_utc = datetime.min
        self._charts = charts
        self._start_utc = settings.start_utc
        self._unit = settings.currency_symbol
        self._period = sample_period(settings.start_date, settings.end_date)
        self._next_sample_utc = datetime.min
        self._bar = _EquityBar()
        self._previous_equity = self._highest_equity = starting_equity
        self._sale_volumes = (ZERO, ZERO)
        self._turnover_utc = datetime.min
        self._equity = CandlestickSeries("Equity", self._unit)
        self._return = Series("Return", SeriesType.BAR, 1, "%")
        charts.chart("Strategy Equity").series |= {"Equity": self._equity, "Return": self._return}
        self._benchmark = charts.series("Benchmark", "Benchmark")
        self._turnover = charts.series("Portfolio Turnover", "Portfolio Turnover", unit="%")

    @property
    def equity(self) -> SampledValues:
        """Closing equity in USD by UTC time."""
        return [(candle.utc, candle.close) for candle in self._equity.points]

    @property
    def performance(self) -> SampledValues:
        """Daily returns in percent by UTC time."""
        return _values(self._return)

    @property
    def benchmark(self) -> SampledValues:
        """Benchmark prices by UTC time."""
        return _values(self._benchmark)

    @property
    def turnover(self) -> SampledValues:
        """Daily turnover as fractions of the equity by UTC time."""
        return _values(self._turnover)

    def restart(self, equity: Decimal) -> None:
        """Warm-up is over: the run starts with this equity. Values that are equal keep their scale."""
        self.warming_up = False
        if self._highest_equity != equity:
            self._highest_equity = equity
        if self._previous_equity != equity:
            self._previous_equity = equity
        if self.starting_equity != equity:
            self.starting_equity = equity
            self._bar = _EquityBar()

    def track_equity(self, utc: datetime, equity: Decimal, *, force: bool = False) -> None:
        """Take a slice's equity into the candle, and sample it when the time has come or it is forced."""
        self._bar.update(equity)
        if utc > self._next_sample_utc or force:
            self._next_sample_utc = utc + self._period
            self._sample_equity(utc)
        else:
            self.next_due_utc = self._next_sample_utc

    def take_equities(self, equities: Iterable[Decimal]) -> None:
        """Take the equities of several slices into the candle."""
        for equity in equities:
            self._bar.update(equity)

    def sample_day(self, utc: datetime, benchmark: Decimal, portfolio: PortfolioView, capacity: Decimal) -> None:
        """Take the daily sample of every series; ``benchmark`` is a price, ``capacity`` in USD."""
        equity = portfolio.equity()
        previous = self._previous_equity
        performance = (equity - previous) * 100 / previous if previous else ZERO
        self._highest_equity = max(self._highest_equity, equity)
        self._bar.update(equity)
        self._sample_equity(utc)
        if not self.warming_up:
            self._benchmark.add_later(utc, benchmark)
            self._return.add_later(utc, round_half_even(performance, _PERFORMANCE_PLACES))
        if self._highest_equity:
            drawdown = round_half_even((equity / self._highest_equity - 1) * 100, 2)
            self._sample("Drawdown", "Equity Drawdown", utc, drawdown, "%")
        holdings = list(portfolio.holdings())
        self._sample_sale_volumes(utc, holdings)
        if equity:
            self._sample_exposure(utc, equity, holdings)
        self._sample("Capacity", "Strategy Capacity", utc, capacity, self._unit)
        if equity:
            self._sample_turnover(utc, equity, portfolio.totals().sale_volume)
            self._sample_margin(utc, equity, holdings)
        self._previous_equity = equity

    def _sample_equity(self, utc: datetime) -> None:
        candle = self._bar.take(utc)
        self.next_due_utc = utc
        points = self._equity.points
        if not self.warming_up and (not points or utc > points[-1].utc):
            points.append(candle)

    def _sample(
        self, chart: str, name: str, utc: datetime, value: Decimal, unit: str, kind: SeriesType = SeriesType.LINE
    ) -> None:
        if not self.warming_up:
            self._charts.series(chart, name, series_type=kind, unit=unit).add_later(utc, value)

    def _sample_sale_volumes(self, utc: datetime, holdings: list[Holding]) -> None:
        traded = sorted((item for item in holdings if item.sale_volume), key=lambda item: -item.sale_volume)
        for item in traded[:_TREEMAP_SYMBOLS]:
            name, volume = item.symbol.value, item.sale_volume
            self._sample("Assets Sales Volume", name, utc, volume, self._unit, SeriesType.TREEMAP)

    def _sample_exposure(self, utc: datetime, equity: Decimal, holdings: list[Holding]) -> None:
        if not holdings:
            return
        long_value = sum((item.value for item in holdings if item.value > 0), ZERO)
        short_value = sum((item.value for item in holdings if item.value < 0), ZERO)
        for side, value in (("Long", long_value), ("Short", short_value)):
            self._sample("Exposure", f"Equity - {side} Ratio", utc, round_half_even(value / equity, 4), "")

    def _sample_turnover(self, utc: datetime, equity: Decimal, sale_volume: Decimal) -> None:
        """A second sample at one time replaces the first and so counts from the sample before that."""
        if utc == self._start_utc:
            return
        previous, before = self._sale_volumes
        base = before if self._turnover_utc == utc else previous
        self._sale_volumes = (sale_volume, previous)
        self._turnover_utc = utc
        if not self.warming_up:
            self._turnover.add(utc, (sale_volume - base) / equity)

    def _sample_margin(self, utc: datetime, equity: Decimal, holdings: list[Holding]) -> None:
        """Margin use of every position in percent; a position that ended gets one empty point."""
        chart = self._charts.chart("Portfolio Margin")
        chart.legend_disabled = True
        for item in holdings:
            if item.value:
                series = self._charts.series(chart.name, item.symbol.value, series_type=SeriesType.BAR, unit="%")
                series.tooltip, series.index_name = "{SERIES_NAME}: {VALUE}%", "Margin Used (%)"
                series.add(utc, round_significant(item.margin_used / equity, 4) * 100)
        for other in chart.series.values():
            if isinstance(other, Series) and other.points[-1].utc != utc and other.points[-1].value is not None:
                other.add(utc, None)


def _values(series: Series) -> SampledValues:
    return [(point.utc, point.value) for point in series.points if point.value is not None]
