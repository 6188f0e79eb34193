"""Indicators that an algorithm makes, feeds, warms up and records in one call."""

from __future__ import annotations

import inspect
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from pylean.algorithm import QCAlgorithm
from pylean.algorithm.indicator_method import IndicatorMethod, SymbolsMethod
from pylean.algorithm.indicator_methods import IndicatorMethods
from pylean.consolidators import QuoteBarConsolidator, TradeBarConsolidator
from pylean.feed.bars import QuoteBar
from pylean.indicators import (
    AverageTrueRange,
    BollingerBands,
    Field,
    Identity,
    MovingAverageType,
    OnBalanceVolume,
    PythonIndicator,
    SimpleMovingAverage,
    ValueAtRisk,
    Variance,
)
from pylean.storage import Resolution

DAY = date(2025, 6, 3)
DAY_BEFORE = date(2025, 6, 2)
BARS = {"09:30": (10, 14, 9, 11, 100), "09:31": (11, 15, 10, 12, 300), "09:32": (12, 13, 8, 10, 200)}

#: The method, its arguments after the symbol, and Lean's name for what it makes, by the minute.
CALLS: list[tuple[str, tuple[Any, ...], str]] = [
    ("sma", (14,), "SMA(14,AAA_min)"),
    ("SMA", (14, Resolution.DAILY), "SMA(14,AAA_day)"),
    ("ema", (14, 0.5, Resolution.HOUR), "EMA(14,AAA_hr)"),
    ("rsi", (14,), "RSI(14,Wilders,AAA_min)"),
    ("rsi", (14, MovingAverageType.SIMPLE, Resolution.DAILY), "RSI(14,Simple,AAA_day)"),
    ("bb", (20, 2), "BB(20,2,AAA_min)"),
    ("bb", (20, 2.0, MovingAverageType.SIMPLE, Resolution.DAILY, Field.LOW), "BB(20,2,AAA_day)"),
    ("macd", (12, 26, 9, MovingAverageType.WILDERS, Resolution.DAILY, Field.CLOSE), "MACD(12,26,9,AAA_day)"),
    ("atr", (10,), "ATR(10,AAA_min)"),
    ("aroon", (20, Resolution.DAILY), "AROON(20,20,AAA_day)"),
    ("aroon", (20, 10), "AROON(20,10,AAA_min)"),
    ("bop", (), "BOP(AAA_min)"),
    ("bop", (Resolution.DAILY,), "BOP(AAA_day)"),
    ("sto", (14,), "STO(14,14,3,AAA_min)"),
    ("sto", (14, 3, 5), "STO(14,3,5,AAA_min)"),
    ("dch", (20,), "DCH(20,20,AAA_min)"),
    ("kama", (10, Resolution.DAILY), "KAMA(10,2,30,AAA_day)"),
    ("frama", (16,), "FRAMA(16,198,AAA_min)"),
    ("momersion", (None, 10), "MOMERSION(,10,AAA_min)"),
    ("si", (5,), "SI(AAA_day)"),
    ("emv", (), "EMV(1, 10000,AAA_min)"),
    ("sm", (), "SM(20, 2, 20, 1.5,AAA_min)"),
    ("var", (10,), "V(10,AAA_min)"),
    ("identity", (Resolution.DAILY, Field.HIGH, "High."), "High.(AAA_day)"),
    ("identity", (timedelta(days=1, minutes=5),), "AAA(close,1.00:05:00)"),
    ("vwap", (), "VWAP(AAA_min)"),
    ("vwap", (20,), "VWAP(20,AAA_min)"),
]


class Base(QCAlgorithm):
    """One day of minute bars."""

    def initialize(self) -> None:
        self.set_start_date(DAY)
        self.set_end_date(DAY)
        self.add_equity("AAA")
        self.begin()

    def begin(self) -> None:
        """Further preparation."""


class TestNames:
    @pytest.mark.parametrize(("method", "arguments", "name"), CALLS)
    def test_are_lean_s(self, bench: Any, method: str, arguments: tuple[Any, ...], name: str) -> None:
        assert getattr(bench.algorithm, method)("AAA", *arguments).name == name

    def test_a_security_or_symbol_names_it_too(self, bench: Any) -> None:
        assert bench.algorithm.sma(bench.security, 3).name == bench.algorithm.sma(bench.symbol, 3).name

    def test_parameters_go_by_lean_s_names(self, bench: Any) -> None:
        average = bench.algorithm.atr("AAA", period=5, type=MovingAverageType.WILDERS, resolution=Resolution.DAILY)
        assert (average.warm_up_period, average.name) == (5, "ATR(5,AAA_day)")
        assert isinstance(bench.algorithm.var("AAA", 10, 0.95), ValueAtRisk)
        assert isinstance(bench.algorithm.v("AAA", 10), Variance)
        with pytest.raises(TypeError, match="period"):
            bench.algorithm.sma("AAA", periods=5)

    def test_every_method_has_a_signature(self) -> None:
        methods = {name: one for name, one in vars(IndicatorMethods).items() if isinstance(one, IndicatorMethod)}
        assert len(methods) > 100
        for name, method in methods.items():
            first = list(inspect.signature(getattr(QCAlgorithm, name)).parameters)[:2]
            assert first == ["algorithm", "symbol"]
            assert method.__doc__
        assert str(inspect.signature(QCAlgorithm.sma)).startswith(
            "(algorithm, symbol, period: 'int', *, resolution=None"
        )

    def test_indicators_of_groups(self, bench: Any) -> None:
        other = bench.algorithm.add_equity("BBB").symbol
        assert isinstance(QCAlgorithm.__dict__.get("trin", IndicatorMethods.trin), SymbolsMethod)
        index = bench.algorithm.trin([bench.symbol, other])
        assert index.name == "TRIN(min)"
        assert len(index.consolidators) == 2


class TestFeeding:
    def test_selectors_take_what_they_say(self, market: Any, run_algorithm: Any) -> None:
        market.trades("AAA", DAY, BARS)

        class Selecting(Base):
            def begin(self) -> None:
                self.high = self.identity("AAA", Resolution.MINUTE, Field.HIGH)
                self.volume = self.sma("AAA", 3, selector=Field.VOLUME)
                self.range = self.sma("AAA", 3, Resolution.MINUTE, lambda bar: bar.high - bar.low)
                self.highest, self.lowest = self.max("AAA", 3), self.min("AAA", 3)
                self.closing = self.max("AAA", 3, Resolution.MINUTE, Field.CLOSE)
                self.doubled = self.atr("AAA", 1, MovingAverageType.SIMPLE, None, lambda bar: bar)

            def on_data(self, data: Any) -> None:
                if (self.time.hour, self.time.minute) == (9, 33):
                    names = ("high", "volume", "range", "highest", "lowest", "closing", "doubled")
                    self.seen = {name: getattr(self, name).current.value for name in names}

        seen = run_algorithm(Selecting).algorithm.seen
        assert seen == {
            "high": 13,
            "volume": 200,
            "range": 5,
            "highest": 15,
            "lowest": 8,
            "closing": 12,
            "doubled": 5,
        }

    def test_quotes_feed_what_needs_them(self, market: Any, run_algorithm: Any) -> None:
        market.trades("AAA", DAY, BARS)
        market.quotes("AAA", DAY, {"09:30": (10, 12), "09:31": (11, 14)})

        class Quoted(Base):
            def begin(self) -> None:
                self.bid = self.identity("AAA", Resolution.MINUTE, Field.BID_CLOSE)
                self.spread = SimpleMovingAverage(2)
                consolidator = self.resolve_consolidator("AAA", Resolution.MINUTE, QuoteBar)
                self.register_indicator("AAA", self.spread, consolidator, lambda bar: bar.ask.close - bar.bid.close)

        algorithm = run_algorithm(Quoted).algorithm
        assert algorithm.bid.current.value == 11
        assert algorithm.spread.current.value == 3

    def test_bars_of_the_wrong_kind_are_refused(self, bench: Any) -> None:
        consolidator = QuoteBarConsolidator(timedelta(minutes=5))
        with pytest.raises(ValueError, match="OBV takes trade bars: QuoteBar cannot feed it"):
            bench.algorithm.register_indicator("AAA", OnBalanceVolume(), consolidator)

    def test_unregistered_ones_get_nothing_more(self, market: Any, run_algorithm: Any) -> None:
        market.trades("AAA", DAY, BARS)

        class Leaving(Base):
            def begin(self) -> None:
                self.average = self.sma("AAA", 2)
                self.own = Own()
                self.register_indicator("AAA", self.own, TradeBarConsolidator(1))

            def on_data(self, data: Any) -> None:
                if (self.time.hour, self.time.minute) == (9, 32):
                    self.unregister_indicator(self.average)
                    self.deregister_indicator(self.own)

        algorithm = run_algorithm(Leaving).algorithm
        assert (algorithm.average.samples, algorithm.average.consolidators) == (2, [])
        assert algorithm.own.seen == 2

    def test_filters_see_the_bars(self, market: Any, run_algorithm: Any) -> None:
        market.trades("AAA", DAY, BARS)

        class Filtering(Base):
            def begin(self) -> None:
                self.big = self.filtered_identity("AAA", filter=lambda bar: bar.volume > 200)

        algorithm = run_algorithm(Filtering).algorithm
        assert algorithm.big.name == "close(AAA_min)"
        assert algorithm.big.current.value == 12


class Own:
    """An algorithm's own indicator that inherits nothing."""

    def __init__(self) -> None:
        self.name = "own"
        self.value = 0.0
        self.warm_up_period = 3
        self.is_ready = False
        self.seen = 0

    def update(self, data: Any) -> bool:
        self.seen += 1
        self.value = data.close
        self.is_ready = self.seen >= 3
        return self.is_ready


class TestWarmUp:
    def test_takes_the_bars_before_now_and_counts_them(self, market: Any, run_algorithm: Any) -> None:
        market.trades("AAA", DAY_BEFORE, {"15:57": 20, "15:58": 30, "15:59": 40})

        class Warming(Base):
            def begin(self) -> None:
                self.average = SimpleMovingAverage(2)
                self.warm_up_indicator("AAA", self.average)
                self.typical = SimpleMovingAverage(2)
                self.warm_up_indicator("AAA", self.typical, Resolution.MINUTE, lambda bar: bar.close * 2)
                self.own = Own()
                self.warm_up_indicator("AAA", self.own)
                self.range = AverageTrueRange(2)
                self.warm_up_indicator(["AAA"], self.range)
                self.unnamed = Nameless()
                self.unnamed.take(_point())
                self.warm_up_indicator("AAA", self.unnamed)

        ran = run_algorithm(Warming)
        algorithm = ran.algorithm
        assert (algorithm.average.current.value, algorithm.average.samples) == (35, 2)
        assert algorithm.average.current.end_time == datetime(2025, 6, 2, 16)
        assert algorithm.typical.current.value == 70
        assert (algorithm.own.seen, algorithm.own.value) == (3, 40)
        assert algorithm.range.is_ready
        assert algorithm.unnamed.samples == 0
        assert ran.outcome.history_data_points == 2 + 2 + 3 + 2

    def test_of_a_period_consolidates(self, market: Any, run_algorithm: Any) -> None:
        market.trades("AAA", DAY_BEFORE, {f"15:{minute}": float(minute) for minute in range(50, 60)})

        class Consolidating(Base):
            def begin(self) -> None:
                self.average = SimpleMovingAverage(2)
                self.warm_up_indicator("AAA", self.average, timedelta(minutes=5))

        average = run_algorithm(Consolidating).algorithm.average
        assert (average.samples, average.current.value) == (2, (54 + 59) / 2)

    def test_can_be_automatic(self, market: Any, run_algorithm: Any) -> None:
        market.trades("AAA", DAY_BEFORE, {"15:57": 20, "15:58": 30, "15:59": 40})

        class Automatic(Base):
            def begin(self) -> None:
                self.EnableAutomaticIndicatorWarmUp = True
                assert self.settings.automatic_indicator_warm_up
                self.average = self.sma("AAA", 3)
                self.seen = self.average.current.value

        assert run_algorithm(Automatic).algorithm.seen == 30

    def test_without_a_period_says_so(self, bench: Any) -> None:
        lines: list[str] = []
        bench.run.log = lambda level, text: lines.append(text)
        nameless = Identity("x")
        nameless.warm_up_period = 0
        bench.algorithm.warm_up_indicator("AAA", nameless)
        assert lines == ["x names no warm_up_period: it is not warmed up."]


class Nameless(PythonIndicator):
    def update(self, data: Any) -> bool:
        return True


def _point() -> Any:
    from pylean.indicators import IndicatorDataPoint

    return IndicatorDataPoint(datetime(2025, 6, 2), 1)


class TestHistory:
    def test_records_the_lines_from_the_first_that_is_ready(self, market: Any, run_algorithm: Any) -> None:
        market.trades("AAA", DAY_BEFORE, {f"15:{minute}": float(minute) for minute in range(50, 60)})

        class Recording(Base):
            def begin(self) -> None:
                bands = BollingerBands(3, 2)
                self.by_count = self.indicator_history(bands, "AAA", 4)
                start, end = datetime(2025, 6, 2, 15, 55), datetime(2025, 6, 2, 15, 58)
                self.by_time = self.indicator_history(SimpleMovingAverage(3), "AAA", start, end, Resolution.MINUTE)
                self.by_span = self.indicator_history(SimpleMovingAverage(1), ["AAA"], timedelta(hours=8, minutes=3))
                self.selected = self.indicator_history(SimpleMovingAverage(1), "AAA", 2, selector=Field.VOLUME)

        algorithm = run_algorithm(Recording).algorithm
        history = algorithm.by_count
        assert history.count == len(history) == 4
        assert [point.value for point in history.current] == [56, 57, 58, 59]
        assert [point.value for point in history["middle_band"]] == [55, 56, 57, 58]
        assert [point.value for point in history["UpperBand"]] == [one.upper_band.value for one in history]
        assert history["unknown"] is None
        assert next(iter(history)).end_time == datetime(2025, 6, 2, 15, 57)
        frame = history.data_frame
        assert list(frame.columns) == sorted(frame.columns)
        assert list(frame["middleband"]) == [55, 56, 57, 58]
        assert list(frame["movingaveragetype"]) == ["Simple"] * 4
        assert list(frame.index) == [point.end_time for point in history.current]
        assert [point.value for point in algorithm.by_time.current] == [54, 55, 56]
        assert [point.value for point in algorithm.by_span.current] == [57, 58, 59]
        assert [point.value for point in algorithm.selected.current] == [100, 100]
