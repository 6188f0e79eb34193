"""What the strategy remembers about one symbol's orders and position."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from core.engine import Holding, Security, Symbol


@dataclass(slots=True)
class PendingEntry:
    """A tracked entry order. `order_id` is 0 until it is submitted; `reference` is the price trailing compares with."""

    condition: int
    is_long: bool
    quantity: int
    offset_pct: float
    reference: float
    order_id: int = 0
    being_replaced: bool = False


@dataclass(slots=True)
class ProtectiveStop:
    """A live stop-loss; `quantity` is signed as the order's."""

    order_id: int
    quantity: int
    price: float


@dataclass(slots=True)
class TradeClock:
    """When the position was opened, and which timed actions it has had."""

    started_at: datetime
    action1_done: bool = False
    action2_done: bool = False
    checked_at: datetime | None = None


@dataclass(slots=True)
class SymbolState:
    """One symbol's orders and position.

    `local_position` is the sum of fills, set to 0 when flattened; `quantity` mirrors the portfolio. `exit_time` and
    `condition_exits` are the stamps behind the cool-downs; they outlive the day.
    """

    name: str
    security: Security
    symbol: Symbol = field(init=False)
    holdings: Holding = field(init=False)
    open_orders: set[int] = field(default_factory=set)
    order_sent: bool = False
    pending: dict[int, PendingEntry] = field(default_factory=dict)
    local_position: float = 0.0
    quantity: float = 0.0
    position_condition: int = 0
    clock: TradeClock | None = None
    stops: dict[tuple[int, bool], ProtectiveStop] = field(default_factory=dict)
    exit_time: datetime | None = None
    condition_exits: dict[int, datetime] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.symbol = self.security.symbol
        self.holdings = self.security.holdings

    def forget_day(self) -> None:
        """Drop the tracking of orders and position; the exit stamps stay."""
        self.local_position = 0.0
        self.order_sent = False
        self.pending.clear()
        self.stops.clear()
        self.clock = None
