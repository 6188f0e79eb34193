"""The modules that touch the engine, main.py and the fill model, on a stand-in for AlgorithmImports."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from enum import IntEnum
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from config.parameters import Parameters

HOUR = datetime(2025, 10, 6, 12)


class OrderStatus(IntEnum):
    SUBMITTED = 1
    PARTIALLY_FILLED = 2
    FILLED = 3
    CANCELED = 5
    NONE = 6
    INVALID = 7
    CANCEL_PENDING = 8


class OrderEvent:
    def __init__(self, order: Any, time: datetime, _fee: object) -> None:
        self.order, self.time, self.status = order, time, order.status
        self.fill_price, self.fill_quantity = 0.0, 0.0


class Recorder:
    """Remembers calls of any method and answers what `answers` holds."""

    def __init__(self, **answers: Any) -> None:
        self.calls: list[tuple[str, tuple[Any, ...]]] = []
        self._answers = answers

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(*args: Any, **_: Any) -> Any:
            self.calls.append((name, args))
            return self._answers.get(name)

        return call


class Consolidator:
    def __init__(self, period: timedelta) -> None:
        self.period = period
        self.data_consolidated: Any = SimpleHandlers()


class SimpleHandlers(list[Any]):
    def __iadd__(self, handler: Any) -> SimpleHandlers:  # type: ignore[override,misc]
        self.append(handler)
        return self


class History:
    """`history[TradeBar](symbol, count, resolution)`."""

    def __init__(self) -> None:
        self.requests: list[tuple[Any, ...]] = []
        self.failures = 0

    def __getitem__(self, _type: type) -> Callable[..., list[Any]]:
        return self._answer

    def _answer(self, *request: Any) -> list[Any]:
        self.requests.append(request)
        if self.failures:
            self.failures -= 1
            raise RuntimeError("no history yet")
        bar = SimpleNamespace(time=HOUR - timedelta(days=9), open=100.0, high=102.0, low=100.0, close=101.0, volume=1e6)
        return [bar] * int(request[1])


class QCAlgorithm:
    """Just what main.py calls."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}
        self.live_mode = False
        self.time = HOUR
        self.lines: list[str] = []
        self.history = History()
        self.schedule = Recorder()
        self.date_rules = Recorder(every_day="every day")
        self.time_rules = SimpleNamespace(at=lambda h, m: (h, m), before_market_close=lambda s, m: ("close", s, m))
        self.subscription_manager = Recorder()
        self.portfolio = SimpleNamespace(total_portfolio_value=500_000.0, total_profit=0.0)
        self.transactions = Recorder(get_open_orders=[], get_order_by_id=SimpleNamespace(tag="x"))
        self.settings_calls: list[tuple[Any, ...]] = []
        self.daily: list[Any] = []
        self.models: dict[str, Any] = {}

    def get_parameter(self, name: str) -> str | None:
        return self.texts.get(name)

    def set_start_date(self, *date: int) -> None:
        self.settings_calls.append(date)

    set_end_date = set_start_date

    def set_cash(self, cash: float) -> None:
        self.settings_calls.append((cash,))

    def add_equity(self, name: str, _resolution: object) -> Any:
        return SimpleNamespace(
            symbol=name,
            price=100.0,
            holdings=SimpleNamespace(quantity=0.0, average_price=0.0),
            set_fill_model=lambda model: self.models.update({name: model}),
        )

    def consolidate(self, *request: Any) -> None:
        self.daily.append(request)

    def log(self, line: str) -> None:
        self.lines.append(line)

    def error(self, line: str) -> None:
        self.lines.append(f"ERROR {line}")


def _imports() -> ModuleType:
    module = ModuleType("AlgorithmImports")
    names: dict[str, Any] = dict.fromkeys(
        ["LimitOrder", "MarketOnCloseOrder", "MarketOnOpenOrder", "MarketOrder", "Order", "Security", "Slice"], object
    )
    names |= dict.fromkeys(["StopMarketOrder", "Symbol", "TradeBar", "UpdateOrderFields"], object)
    names |= {"FillModel": type("FillModel", (), {}), "QCAlgorithm": QCAlgorithm, "OrderEvent": OrderEvent}
    names |= {"OrderStatus": OrderStatus, "OrderFee": SimpleNamespace(ZERO=0), "TradeBarConsolidator": Consolidator}
    names |= {"OrderDirection": SimpleNamespace(BUY=0, SELL=1), "Resolution": SimpleNamespace(SECOND=1, DAILY=4)}
    names |= {"Extensions": SimpleNamespace(convert_to_utc=lambda local, zone: local + zone)}
    vars(module).update(names)
    return module


@pytest.fixture
def engine_modules(monkeypatch: pytest.MonkeyPatch, strategy_folder: Path) -> Iterator[SimpleNamespace]:
    """main.py and core.fill_model, freshly imported on the stand-in; gone again afterwards."""
    kept = {name: sys.modules.pop(name, None) for name in ("core.fill_model",)}
    monkeypatch.setitem(sys.modules, "AlgorithmImports", _imports())
    spec = importlib.util.spec_from_file_location("zacqc_main_under_test", strategy_folder / "main.py")
    assert spec is not None
    assert spec.loader is not None
    main = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(main)
    yield SimpleNamespace(main=main, fill_model=importlib.import_module("core.fill_model"))
    for name, module in kept.items():
        sys.modules.pop(name, None)
        if module is not None:
            sys.modules[name] = module


# ------------------------------------------------------------------------------------ fill model


def asset(bar: tuple[float, float] | None = (99.0, 101.0), quantity: float = 0.0, is_open: bool = True) -> Any:
    trade_bar = None if bar is None else SimpleNamespace(low=bar[0], high=bar[1])
    return SimpleNamespace(
        price=100.0,
        open=99.5,
        close=100.5,
        local_time=HOUR,
        exchange=SimpleNamespace(time_zone=timedelta(hours=4), exchange_open=is_open),
        cache=SimpleNamespace(get_data=lambda _type: trade_bar),
        holdings=SimpleNamespace(quantity=quantity),
    )


def order(quantity: float, stop: float = 0.0, limit: float = 0.0, status: int = 1, tag: str = "") -> Any:
    return SimpleNamespace(
        quantity=quantity,
        direction=0 if quantity > 0 else 1,
        stop_price=stop,
        limit_price=limit,
        status=OrderStatus(status),
        tag=tag,
        time=HOUR,
    )


@pytest.mark.parametrize(
    ("quantity", "stop", "bar", "price"),
    [
        (10, 101.0, (99.0, 101.0), 101.0),
        (10, 101.01, (99.0, 101.0), None),
        (10, 90.0, (99.0, 101.0), 90.0),
        (-10, 99.0, (99.0, 101.0), 99.0),
        (-10, 98.99, (99.0, 101.0), None),
        (-10, 110.0, (99.0, 101.0), 110.0),
        (10, 100.0, None, 100.0),
        (10, 100.01, None, None),
    ],
)
def test_stops_fill_at_the_stop(
    engine_modules: SimpleNamespace, quantity: float, stop: float, bar: tuple[float, float] | None, price: float | None
) -> None:
    model = engine_modules.fill_model.PreciseFillModel()
    event = model.stop_market_fill(asset(bar), order(quantity, stop=stop))
    assert (event.status == OrderStatus.FILLED) is (price is not None)
    if price is not None:
        assert (event.fill_price, event.fill_quantity, event.time) == (price, quantity, HOUR + timedelta(hours=4))


@pytest.mark.parametrize(
    ("quantity", "limit", "price"), [(-10, 101.0, 101.0), (-10, 101.01, None), (10, 99.0, 99.0), (10, 98.99, None)]
)
def test_limits_fill_on_touch_at_the_limit(
    engine_modules: SimpleNamespace, quantity: float, limit: float, price: float | None
) -> None:
    event = engine_modules.fill_model.PreciseFillModel().limit_fill(asset(), order(quantity, limit=limit))
    assert (event.fill_price if event.status == OrderStatus.FILLED else None) == price


def test_market_orders_fill_at_price_open_and_close(engine_modules: SimpleNamespace) -> None:
    model = engine_modules.fill_model.PreciseFillModel()
    assert model.market_fill(asset(), order(5)).fill_price == 100.0
    assert model.market_on_close_fill(asset(), order(5)).fill_price == 100.5
    assert model.market_on_open_fill(asset(), order(5)).fill_price == 99.5
    assert model.market_on_open_fill(asset(is_open=False), order(5)).status == OrderStatus.SUBMITTED


def test_cancelled_orders_do_not_fill(engine_modules: SimpleNamespace) -> None:
    event = engine_modules.fill_model.PreciseFillModel().market_fill(asset(), order(5, status=5))
    assert (event.status, event.fill_quantity) == (OrderStatus.CANCELED, 0.0)


@pytest.mark.parametrize(
    ("guarded", "held", "tag", "fills"),
    [
        (False, 0.0, "TP-cond1-AAA-1", True),
        (True, 0.0, "TP-cond1-AAA-1", False),
        (True, -10.0, "TP-cond1-AAA-1", False),
        (True, 10.0, "TP-cond1-AAA-1", True),
        (True, 0.0, "Buy-cond1-Trail-AAA", True),
    ],
)
def test_exit_pair_guard(engine_modules: SimpleNamespace, guarded: bool, held: float, tag: str, fills: bool) -> None:
    model = engine_modules.fill_model.PreciseFillModel(guarded)
    event = model.limit_fill(asset(quantity=held), order(-10, limit=100.0, tag=tag))
    assert (event.status == OrderStatus.FILLED) is fills


# ------------------------------------------------------------------------------------ main


def started(modules: SimpleNamespace, **texts: str) -> Any:
    algorithm = modules.main.ZacReferenceAlgorithm()
    algorithm.texts = {"symbols": "BBB,AAA", **texts}
    algorithm.initialize()
    return algorithm


def test_there_is_one_algorithm_and_it_describes_itself(engine_modules: SimpleNamespace) -> None:
    main = engine_modules.main
    found = [item for item in vars(main).values() if isinstance(item, type) and issubclass(item, QCAlgorithm)]
    assert [item for item in found if item is not QCAlgorithm] == [main.ZacReferenceAlgorithm]
    assert main.ZacReferenceAlgorithm.parameters is Parameters
    assert main.ZacReferenceAlgorithm.data_requirements == [
        {"resolution": "second"},
        {"resolution": "daily", "history_bars": 50},
    ]


def test_initialize_wires_the_engine(engine_modules: SimpleNamespace) -> None:
    algorithm = started(engine_modules, start_date="2025-10-06", end_date="2025-10-07", starting_cash="1000")
    assert algorithm.settings_calls == [(2025, 10, 6), (2025, 10, 7), (1000.0,)]
    assert algorithm.history.requests == [("BBB", 50, 4), ("AAA", 50, 4)]
    added = [args for name, args in algorithm.subscription_manager.calls if name == "add_consolidator"]
    assert [(symbol, item.period) for symbol, item in added] == [(s, timedelta(seconds=15)) for s in ("BBB", "AAA")]
    assert [request[:2] for request in algorithm.daily] == [("BBB", 4), ("AAA", 4)]
    assert [args[:2] for _, args in algorithm.schedule.calls] == [("every day", (15, 59)), ("every day", (14, 0))]
    assert set(algorithm.models) == {"AAA", "BBB"}
    assert algorithm.strategy.managers[0].data.mean_range_pct == pytest.approx(2.0)


@pytest.mark.parametrize(("texts", "live"), [({"realistic_fills": "true"}, False), ({}, True)])
def test_the_engine_keeps_its_fill_model_live_or_when_asked(
    engine_modules: SimpleNamespace, texts: dict[str, str], live: bool
) -> None:
    algorithm = engine_modules.main.ZacReferenceAlgorithm()
    algorithm.texts, algorithm.live_mode = texts, live
    algorithm.initialize()
    assert not algorithm.models


def test_failed_history_is_said_and_asked_again_at_the_first_data(engine_modules: SimpleNamespace) -> None:
    algorithm = engine_modules.main.ZacReferenceAlgorithm()
    algorithm.texts = {"symbols": "AAA"}
    algorithm.history.failures = 1
    algorithm.initialize()
    assert algorithm.lines[0].startswith("ERROR daily history failed")
    algorithm.on_data(SimpleNamespace(bars={}))
    assert len(algorithm.history.requests) == 2
    assert algorithm.strategy.managers[0].data.mean_range_pct == pytest.approx(2.0)
    failing = engine_modules.main.ZacReferenceAlgorithm()
    failing.texts = {"symbols": "AAA"}
    failing.history.failures = 2
    failing.initialize()
    with pytest.raises(RuntimeError):
        failing.on_data(SimpleNamespace(bars={}))


def test_fix_volume_source_reloads_daily_volumes_each_day(engine_modules: SimpleNamespace) -> None:
    algorithm = started(engine_modules, fix_volume_source="true")
    algorithm.on_data(SimpleNamespace(bars={}))
    algorithm.strategy.flatten()
    algorithm.time += timedelta(days=1)
    algorithm.on_data(SimpleNamespace(bars={}))
    assert [request[1] for request in algorithm.history.requests] == [50, 50, 7, 7, 7, 7]


def test_fix_early_close_adds_an_event_that_regular_days_ignore(engine_modules: SimpleNamespace) -> None:
    algorithm = started(engine_modules, fix_early_close="true")
    _, (_, rule, callback) = algorithm.schedule.calls[-1]
    assert rule == ("close", "BBB", 1)
    algorithm.time = HOUR.replace(hour=15, minute=59)
    callback()
    assert not algorithm.transactions.calls
    algorithm.time = HOUR.replace(hour=12, minute=59)
    callback()
    assert [name for name, _ in algorithm.transactions.calls] == ["cancel_open_orders"] * 2


@pytest.mark.parametrize(("value", "enabled"), [("1", True), ("Yes", True), ("on", True), ("0", False), ("", False)])
def test_environment_decides_about_debug_logging(
    engine_modules: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, value: str, enabled: bool
) -> None:
    monkeypatch.setenv("ZACQC_ENABLE_DEBUG_LOGS", value)
    algorithm = started(engine_modules, Enable_Debug_Logging="true")
    event = SimpleNamespace(status=OrderStatus.SUBMITTED, symbol="AAA", order_id=1)
    algorithm.on_order_event(event)
    assert bool(algorithm.lines) is enabled


def test_order_events_keep_the_open_orders(engine_modules: SimpleNamespace) -> None:
    algorithm = started(engine_modules)
    state = algorithm.strategy.managers[1].state

    def event(status: OrderStatus, order_id: int = 1) -> None:
        algorithm.on_order_event(
            SimpleNamespace(status=status, symbol="AAA", order_id=order_id, fill_price=1.0, fill_quantity=0.0)
        )

    for order_id in (1, 2, 3):
        event(OrderStatus.SUBMITTED, order_id)
    event(OrderStatus.CANCEL_PENDING)
    event(OrderStatus.PARTIALLY_FILLED)
    assert state.open_orders == {1, 2, 3}
    event(OrderStatus.CANCELED, 1)
    event(OrderStatus.INVALID, 2)
    event(OrderStatus.FILLED, 3)
    assert state.open_orders == set()


def test_end_of_day_and_end_of_run(engine_modules: SimpleNamespace) -> None:
    algorithm = started(engine_modules)
    algorithm.on_data(SimpleNamespace(bars={}))
    algorithm.portfolio.total_profit = 5_000.0
    algorithm.on_end_of_day("AAA")
    algorithm.on_data(SimpleNamespace(bars={}))
    assert algorithm.strategy.risk.day_result_pct() == 0.0
    algorithm.on_end_of_algorithm()
    assert "=== FINAL PERFORMANCE SUMMARY ===" in algorithm.lines
