"""The strategy's parameters: one frozen, typed value per run, and its JSON Schema."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import date, time
from functools import cache
from typing import Any, get_type_hints

from config.fields import FieldSpec, ParameterError, check, from_text, parameter, property_schema

__all__ = ["ENTRY_CONDITIONS", "ParameterError", "Parameters"]

ENTRY_CONDITIONS = ("C1", "C2", "C3", "C4", "C5")

_DEFAULT_SYMBOLS = tuple("AAPL NVDA TSLA V AMZN META ABBV AMD GS HAL JNJ MCD OXY SHOP UBER".split())
_SCHEMA_URI = "https://json-schema.org/draft/2020-12/schema"


def _share(default: float, group: str, help: str, unit: str = "% of R30", **details: Any) -> Any:  # noqa: A002
    """A percentage above 0."""
    bounds: dict[str, Any] = {"exclusive_minimum": 0, "maximum": 10_000, "step": 1}
    return parameter(default, group, help, unit=unit, **(bounds | details))


def _minutes(default: float, group: str, help: str) -> Any:  # noqa: A002
    return parameter(default, group, help, unit="min", minimum=0, maximum=10_000, step=1)


def _take_profit(condition: int) -> Any:
    return _share(20.0, "Profit take", f"Take-profit distance of condition {condition}; also scales its stop ratchet.")


def _ratchet_lock(condition: int) -> Any:
    text = f"Profit locked in when the stop of condition {condition} is ratcheted."
    return _share(10.0, "SL X/Y", text, unit="% of (take-profit × R30)")


def _ratchet_trigger(condition: int) -> Any:
    text = f"Open profit at which the stop of condition {condition} is ratcheted."
    return _share(50.0, "SL X/Y", text, unit="% of (take-profit × R30)")


def _correction(help: str) -> Any:  # noqa: A002
    return parameter(False, "Corrections", help)


@dataclass(frozen=True)
class Parameters:
    """All parameters of a run. R30 is the mean daily range of the last 30 sessions in percent of the day's open.

    Names are the public names of `get_parameter`, the form and the command line. Values are checked on construction;
    a bad one raises `ParameterError`. The metadata of each field holds a `FieldSpec` under `spec`.
    """

    starting_cash: float = parameter(
        500_000.0, "General", "Cash at the start.", unit="USD", exclusive_minimum=0, maximum=1e12, step=1000
    )
    start_date: date = parameter(date(2025, 10, 1), "General", "First day of the run.")
    end_date: date = parameter(date(2025, 10, 10), "General", "Last day of the run.")
    account_id: str = parameter("", "General", "Broker account; the algorithm does not use it.", editable=False)
    guard_time_short_circuit: bool = parameter(
        False,
        "General",
        "Skip a symbol's whole step, its retracement sample included, while the entry window is closed and the symbol "
        "has neither an open order nor a position. Faster, and it changes trades: samples outside the window are "
        "missing.",
    )
    symbols: tuple[str, ...] = parameter(
        _DEFAULT_SYMBOLS, "Symbols", "Traded US equities, in the order in which they are processed."
    )

    Parameter_1: float = _share(120.0, "Core", "C1 and C4 arm when the move from the day's open reaches this.")
    Parameter_2: float = _share(130.0, "Core", "C2 and C5 need a day's range of at least this.")
    Parameter_3: float = _share(300.0, "Core", "C3 needs a 30-minute drop of at least this.")
    Parameter_4: float = _share(
        8.0, "Core", "Distance of the entry stop from the price, C1 C2 C4 C5.", unit="% of the day's dollar range"
    )
    Parameter_5: float = _share(
        0.85, "Core", "Distance of the entry stop from the price, C3.", unit="% of price", step=0.01
    )

    C1: bool = parameter(True, "Condition enablement", "Long after a fall from the day's open.")
    C2: bool = parameter(True, "Condition enablement", "Long after a new low on a wide day.")
    C3: bool = parameter(False, "Condition enablement", "Long after a sharp 30-minute drop.")
    C4: bool = parameter(True, "Condition enablement", "Short after a rise from the day's open.")
    C5: bool = parameter(True, "Condition enablement", "Short after a new high on a wide day.")

    ProfitTakeC1: float = _take_profit(1)
    ProfitTakeC2: float = _take_profit(2)
    ProfitTakeC3: float = _take_profit(3)
    ProfitTakeC4: float = _take_profit(4)
    ProfitTakeC5: float = _take_profit(5)

    StopLoss: float = _share(125.0, "Risk", "Distance of the first stop-loss from the fill.")
    SharesToSell: float = _share(
        100.0, "Risk", "Size of stop-loss and take-profit orders, cut to whole shares.", unit="% of filled", maximum=100
    )
    OffsetPCT: float = parameter(
        0.1, "Risk", "Limit offset of the live predecessor; not used.", unit="%", minimum=0, maximum=100, step=0.01
    )

    SameSymbolTime: float = _minutes(240.0, "Timing", "No new entry in a symbol until this long after its last exit.")
    SameConditionTimeC1: float = _minutes(10.0, "Timing", "Cool-down of condition 1 after an exit.")
    SameConditionTimeC2: float = _minutes(10.0, "Timing", "Cool-down of condition 2 after an exit.")
    SameConditionTimeC3: float = _minutes(30.0, "Timing", "Cool-down of condition 3 after an exit.")
    SameConditionTimeC4: float = _minutes(10.0, "Timing", "Cool-down of condition 4 after an exit.")
    SameConditionTimeC5: float = _minutes(10.0, "Timing", "Cool-down of condition 5 after an exit.")

    StopLossUpdate: int = parameter(
        1,
        "SL update",
        "1: stop-losses are created and ratcheted. 0: there is no stop-loss at all (see fix_stop_loss_switch).",
        unit="flag",
        minimum=0,
        maximum=1,
        step=1,
    )
    StopLossXC1: float = _ratchet_lock(1)
    StopLossXC2: float = _ratchet_lock(2)
    StopLossXC3: float = _ratchet_lock(3)
    StopLossXC4: float = _ratchet_lock(4)
    StopLossXC5: float = _ratchet_lock(5)
    StopLossYC1: float = _ratchet_trigger(1)
    StopLossYC2: float = _ratchet_trigger(2)
    StopLossYC3: float = _ratchet_trigger(3)
    StopLossYC4: float = _ratchet_trigger(4)
    StopLossYC5: float = _ratchet_trigger(5)

    MaxCapitalPCT: float = _share(
        225.0, "Capital", "Cap on the cost of open positions plus the new order.", unit="% of equity"
    )
    cash_pct: float = _share(60.0, "Capital", "Value of each new position.", unit="% of equity")

    VWAP_PCT: float = _share(
        55.0, "VWAP", "Least distance from the day's open for an entry.", exclusive_minimum=None, minimum=0
    )
    Vwap_Margin: float = _share(
        7.0, "VWAP", "Slack: a resting entry is cancelled below VWAP_PCT less this.", exclusive_minimum=None, minimum=0
    )

    Rally_X_Min_PCT: float = _share(
        4.0,
        "Rally",
        "Least retracement X from the extreme.",
        unit="% of the day's range",
        exclusive_minimum=None,
        minimum=0,
        step=0.1,
    )
    Rally_X_Max_PCT: float = _share(
        20.0, "Rally", "Largest retracement X; above it the condition is disarmed.", unit="% of the day's range"
    )
    Rally_Y_PCT: float = _share(
        2.0,
        "Rally",
        "Least pull-back Y from the retracement's far end.",
        unit="% of the day's range",
        exclusive_minimum=None,
        minimum=0,
        step=0.1,
    )
    Rally_Time_Constraint: float = _minutes(7.0, "Rally", "Least time since the extreme, on wide days only.")
    Rally_Time_Constraint_Threshold: float = parameter(
        1.3,
        "Rally",
        "Day's range ÷ R30 above which the time constraint applies.",
        unit="ratio",
        minimum=0,
        maximum=1000,
        step=0.1,
    )

    Allow_Actions: bool = parameter(True, "Actions", "Enables the two timed actions.")
    Action1_Time: float = _minutes(30.0, "Actions", "Time in the position before the break-even adjustment.")
    Action2_Time: float = _minutes(150.0, "Actions", "Time in the position before it is closed.")

    Algo_Off_Before: time = parameter(time(10, 57), "Market hours", "New York time from which entries are allowed.")
    Algo_Off_After: time = parameter(
        time(14, 0), "Market hours", "New York time from which no entry is allowed; resting entries are cancelled then."
    )

    Max_Daily_PNL: float = parameter(
        0.27,
        "Daily limits",
        "Profit of the day at which every position is closed and trading stops; 0 or less disables.",
        unit="% of the day's starting equity",
        minimum=-100,
        maximum=10_000,
        step=0.01,
    )
    Max_Daily_Loss: float = parameter(
        0.0,
        "Daily limits",
        "Loss of the day at which every position is closed and trading stops; 0 disables.",
        unit="% of the day's starting equity",
        minimum=0,
        maximum=100,
        step=0.01,
    )

    New_Range_Order_Cancellation_Margin: float = parameter(
        0.5,
        "Advanced",
        "Distance to a new extreme at which a resting entry is cancelled.",
        unit="USD per share",
        minimum=0,
        maximum=1e6,
        step=0.01,
    )
    RangeMultipleThreshold: float = parameter(
        2.2, "Advanced", "Opening gate on the day's range ÷ R30.", unit="ratio", minimum=0, maximum=1000, step=0.1
    )
    Liquidity_Threshold: float = parameter(
        0.011,
        "Advanced",
        "Least average turnover for an entry; 0 or less disables the check per bar.",
        unit="million USD per second",
        minimum=-1,
        maximum=1e6,
        step=0.001,
    )
    Gap_Threshold: float = _share(90.0, "Advanced", "Opening gap above which a symbol is not traded.")
    SharpMovement_Threshold: float = _share(75.0, "Advanced", "Sharp move above which a symbol is not traded.")
    SharpMovement_Minutes: int = parameter(
        4,
        "Advanced",
        "Look-back of the sharp move. Above 11 the gate never closes, because 45 bars of 15 s are kept.",
        unit="min",
        minimum=1,
        maximum=60,
        step=1,
    )
    Enable_Debug_Logging: bool = parameter(False, "Advanced", "Log every order event.")
    Enable_Performance_Report: bool = parameter(
        True, "Advanced", "Time the stages of each step and log the summary at the end of the run."
    )

    fix_day_reset: bool = _correction(
        "Start the day's open, high and low at the open instead of at 15:59 the day before."
    )
    fix_gap_reference: bool = _correction("Measure the gap from yesterday's close; sensible with fix_day_reset.")
    fix_range_cancellation: bool = _correction(
        "Cancel resting entries only when the previous bar made a new low (longs) or high (shorts) by the margin."
    )
    fix_trail_tracking: bool = _correction("Keep tracking a resting entry after it was replaced by trailing.")
    fix_trail_direction: bool = _correction("Trail buy stops down and sell stops up.")
    fix_vwap_distance: bool = _correction(
        "Measure the distance filter from the volume-weighted average price, against the 7-session mean range."
    )
    fix_gate_latching: bool = _correction("Let the opening and the sharp-move gate disable a symbol for the whole day.")
    fix_rally_bars: bool = _correction("Detect retracements on 15-second bars instead of every fifteenth 1-second bar.")
    fix_session_extremes: bool = _correction("Compare C2 and C5 with the whole session instead of the last 45 bars.")
    fix_latch_on_entry: bool = _correction("Disarm a condition when its entry order is placed.")
    fix_max_drop: bool = _correction("Let C3 measure the largest drop of the last 30 minutes.")
    fix_daily_pnl_reset: bool = _correction("Count a day's profit by calendar day instead of from 15:50 to 15:50.")
    fix_stop_loss_switch: bool = _correction("Let StopLossUpdate = 0 stop only the ratchet, not the stop-loss.")
    fix_action2_exit: bool = _correction("Let the exit of Action 2 stamp the cool-downs and stop the trade clock.")
    fix_failed_entry: bool = _correction("Forget an entry that the last daily-limit check refused.")
    fix_exit_pair: bool = _correction("Never fill a stop-loss or take-profit whose position is already closed.")
    fix_volume_source: bool = _correction("Take the 7-day volume from daily bars only, not from summed seconds.")
    fix_early_close: bool = _correction("Flatten a minute before an early close and place no entry after it.")
    fix_stale_data: bool = _correction("Refuse entries, with an error, in symbols without a trade for 5 minutes.")
    realistic_fills: bool = _correction(
        "Use the engine's own fill model (gaps, strict limits) and round entry stops to the cent."
    )
    swallow_pipeline_errors: bool = _correction(
        "Log and count errors inside a symbol's step, as the predecessor did, instead of failing the run."
    )

    def __post_init__(self) -> None:
        for name, (kind, spec, _) in field_specs().items():
            check(name, kind, spec, getattr(self, name))
        if not any(getattr(self, name) for name in ENTRY_CONDITIONS):
            raise ParameterError("C1…C5", False, "true for at least one entry condition")
        if self.end_date < self.start_date:
            raise ParameterError("end_date", self.end_date.isoformat(), f"on or after start_date {self.start_date}")
        if self.Algo_Off_After <= self.Algo_Off_Before:
            raise ParameterError("Algo_Off_After", f"{self.Algo_Off_After:%H:%M}", "later than Algo_Off_Before")
        if self.Rally_X_Max_PCT < self.Rally_X_Min_PCT:
            raise ParameterError("Rally_X_Max_PCT", self.Rally_X_Max_PCT, "at least Rally_X_Min_PCT")

    @classmethod
    def from_texts(cls, get: Callable[[str], str | None]) -> Parameters:
        """Build from `get(name)`, as `QCAlgorithm.get_parameter` answers; `None` means the default.

        Raises `ParameterError` for the first value that cannot be converted or is out of bounds.
        """
        values: dict[str, Any] = {}
        for name, (kind, spec, _) in field_specs().items():
            text = get(name)
            if text is not None:
                values[name] = from_text(name, kind, spec, text)
        return cls(**values)

    @classmethod
    def json_schema(cls) -> dict[str, Any]:
        """JSON Schema (draft 2020-12) of all parameters; at least one of `x-entry-conditions` must be true."""
        return {
            "$schema": _SCHEMA_URI,
            "title": "ZacQC",
            "type": "object",
            "properties": {
                name: property_schema(kind, spec, default, order)
                for order, (name, (kind, spec, default)) in enumerate(field_specs().items())
            },
            "additionalProperties": False,
            "x-entry-conditions": list(ENTRY_CONDITIONS),
            "x-rules": [
                {"left": "Rally_X_Min_PCT", "operator": "<=", "right": "Rally_X_Max_PCT"},
                {"left": "Algo_Off_Before", "operator": "<", "right": "Algo_Off_After"},
            ],
        }

    def profit_take(self, condition: int) -> float:
        """Take-profit distance of condition 1…5, % of R30."""
        return float(getattr(self, f"ProfitTakeC{condition}"))

    def cool_down_minutes(self, condition: int) -> float:
        """Cool-down of condition 1…5 after an exit, minutes."""
        return float(getattr(self, f"SameConditionTimeC{condition}"))

    def stop_ratchet(self, condition: int) -> tuple[float, float]:
        """Locked-in distance X and trigger distance Y of condition 1…5, % of (take-profit × R30)."""
        return float(getattr(self, f"StopLossXC{condition}")), float(getattr(self, f"StopLossYC{condition}"))


@cache
def field_specs() -> dict[str, tuple[Any, FieldSpec, Any]]:
    """Name → (type, spec, default) of every parameter, in the order of the form."""
    hints = get_type_hints(Parameters)
    return {item.name: (hints[item.name], item.metadata["spec"], item.default) for item in fields(Parameters)}
