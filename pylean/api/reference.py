"""The page of what is supported: ``python -m pylean.api.reference > docs/supported-api.md``."""

from __future__ import annotations

import importlib
import pkgutil
import sys
from collections.abc import Iterable, Iterator
from typing import Any

from pylean.algorithm import QCAlgorithm
from pylean.algorithm.settings import AlgorithmSettings
from pylean.api import names
from pylean.api.members import first_sentence, members_of, own_members, summary, written
from pylean.consolidators.base import DataConsolidator
from pylean.feed.bars import QuoteBar, TradeBar
from pylean.feed.slice import DataView, Slice
from pylean.framework.insight import Insight
from pylean.indicators.base import IndicatorBase
from pylean.indicators.rolling_window import RollingWindow
from pylean.object_store import ObjectStore
from pylean.orders.events import OrderEvent
from pylean.orders.manager import SecurityTransactionManager
from pylean.orders.order import Order
from pylean.orders.ticket import OrderTicket
from pylean.scheduling.events import ScheduleManager
from pylean.scheduling.rules import DateRules, TimeRules
from pylean.securities.exchange import SecurityExchange
from pylean.securities.holdings import SecurityHolding
from pylean.securities.manager import SecurityManager
from pylean.securities.portfolio import SecurityPortfolioManager
from pylean.securities.security import Security
from pylean.securities.symbol import Symbol
from pylean.universes.settings import UniverseSettings

__all__ = ["reference_page"]

_HEAD = """\
# Supported API

What of Lean's Python API an algorithm can use under pylean. Every name works in both styles: `set_cash` and `SetCash`,
`Resolution.DAILY` and `Resolution.Daily`, `OnData` and `on_data`. What is missing raises `UnsupportedApiError`, which
says so; such an algorithm needs Lean itself.

US equities, in US dollars and New York time, from a Lean data folder with second, minute, hour or daily bars. How equal
the results are is measured in [conformance.md](conformance.md).

This page is written by `python -m pylean.api.reference > docs/supported-api.md`; a test compares it with the code.
"""

_NOT_SUPPORTED = """\
## Not supported

| what | instead |
|---|---|
| options, futures, forex, crypto, indices, CFDs, and the chains and universes of them | Lean |
| currencies other than US dollars, and time zones other than New York for the algorithm | Lean |
| ticks, and tick resolution | second bars |
| live trading, and what only it has: brokerages' connections, commands, messages (accepted, never sent) | Lean |
| `download`: a run must not depend on what an address holds today | a file beside the algorithm, or the object store |
| alternative data sets | data of the algorithm's own, read by the algorithm |
| optimization and research notebooks | one run for each set of parameters |

Without `set_end_date` a run needs an end date from its configuration: "yesterday", Lean's default, would make it depend
on the day it is run.
"""

_OBJECTS: tuple[tuple[str, type], ...] = (
    ("slice (`on_data`)", Slice),
    ("`slice.bars`, `slice.dividends` and so on", DataView),
    ("trade bar", TradeBar),
    ("quote bar", QuoteBar),
    ("symbol", Symbol),
    ("security", Security),
    ("`security.exchange`", SecurityExchange),
    ("`security.holdings`, `portfolio[symbol]`", SecurityHolding),
    ("`securities`", SecurityManager),
    ("`portfolio`", SecurityPortfolioManager),
    ("`transactions`", SecurityTransactionManager),
    ("order", Order),
    ("order ticket", OrderTicket),
    ("order event", OrderEvent),
    ("`schedule`", ScheduleManager),
    ("`date_rules`", DateRules),
    ("`time_rules`", TimeRules),
    ("indicator", IndicatorBase),
    ("rolling window", RollingWindow),
    ("consolidator", DataConsolidator),
    ("insight", Insight),
    ("`object_store`", ObjectStore),
    ("`settings`", AlgorithmSettings),
    ("`universe_settings`", UniverseSettings),
)

#: Public for the engine's sake; Lean has no such names.
_OURS = frozenset(
    """
    absorb add_dividend add_event added_by_hand adopt_ticker attach book brokerage_ids clock close_scaled compute copy
    day_plan deliver end_ms estimate_market_order_fee exact feed_indicator find follow has_trade_bars held high_scaled
    is_open_at last_event_id low_scaled of_integers of_prices of_sides on_framework_order_event on_profit open_quantity
    open_scaled overlaps_open_hours own_price parts period_ms plan refused relays scan_at securities_by_hand show_order
    submission subscribed_resolution take take_value target_quantity text_of trailing trigger working_end_ms
    """.split()
)


def reference_page() -> str:
    """The whole page."""
    parts = [_HEAD, "## The algorithm", *_algorithm(), "## Objects", *_objects(), "## Names of `AlgorithmImports`"]
    return "\n".join([*parts, *_names(), _NOT_SUPPORTED])


def _algorithm() -> Iterator[str]:
    for kind in QCAlgorithm.__mro__:
        members = {name: member for name, member in own_members(kind).items() if _is_leans(name)}
        if not kind.__module__.startswith("pylean.algorithm") or not members:
            continue
        yield f"\n### {_title(kind)}\n\n{first_sentence(kind.__doc__)}.\n"
        rows = ((written(name, member), _doc(member)) for name, member in members.items() if member is not None)
        yield from _table(("member", "what it does or gives"), rows)
        attributes = [f"`{name}`" for name, member in members.items() if member is None]
        if attributes:
            yield f"\nAttributes: {', '.join(attributes)}."
    yield ""


def _objects() -> Iterator[str]:
    yield ""
    rows = (
        (title, ", ".join(f"`{name}`" for name in sorted(filter(_is_leans, members_of(kind)))))
        for title, kind in _OBJECTS
    )
    yield from _table(("object", "members"), rows, is_code=False)
    yield ""


def _names() -> Iterator[str]:
    for found in pkgutil.iter_modules(names.__path__):
        module = importlib.import_module(f"{names.__name__}.{found.name}")
        yield f"\n### {found.name.replace('_', ' ').capitalize()}\n\n{first_sentence(module.__doc__)}.\n"
        yield from _table(("name", "what it is"), ((name, summary(getattr(module, name))) for name in module.__all__))
    yield "\n### Python\n"
    yield (
        "`date`, `time`, `datetime`, `timedelta`, `Decimal`, `deque`, `json`, `math`, `os`, `sys`, all of `typing`, "
        "`np`; `pd` and `plt`, which are imported when they are first used.\n"
    )


def _table(heads: tuple[str, str], rows: Iterable[tuple[str, str]], *, is_code: bool = True) -> Iterator[str]:
    yield f"| {heads[0]} | {heads[1]} |"
    yield "|---|---|"
    for first, second in rows:
        yield f"| `{first}` | {second} |" if is_code else f"| {first} | {second} |"


def _title(kind: type) -> str:
    """``OrderMethodsMixin`` is headed ``Order methods``."""
    if kind is QCAlgorithm:
        return "Events"
    return kind.__module__.rpartition(".")[2].replace("_", " ").capitalize()


def _doc(member: Any) -> str:
    return "" if isinstance(member, int | str) else first_sentence(member.__doc__)


def _is_leans(name: str) -> bool:
    return name not in _OURS and not name.startswith("decimal_")


if __name__ == "__main__":
    sys.stdout.write(reference_page())
