"""Statistics of closed trades, gross of fees, as Lean prints them under ``tradeStatistics``."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal

from pylean.numbers import ONE, ZERO, double_to_decimal, to_float
from pylean.results.lean_version import LeanVersion
from pylean.results.text import TICKS_PER_SECOND, rounded_text, time_span_text, utc_text
from pylean.results.trades import Trade, duration_ticks

__all__ = ["TradeStatistics"]

_NO_LOSS_RATIO = Decimal(10)
_UPPER_CASE_WORDS = ("mae", "mfe")


@dataclass(frozen=True, slots=True)
class TradeStatistics:
    """Money in USD, durations in 100 ns ticks, rates and ratios as fractions; all zero without a trade."""

    start_date_time: datetime | None = None
    end_date_time: datetime | None = None
    total_number_of_trades: int = 0
    number_of_winning_trades: int = 0
    number_of_losing_trades: int = 0
    total_profit_loss: Decimal = ZERO
    total_profit: Decimal = ZERO
    total_loss: Decimal = ZERO
    largest_profit: Decimal = ZERO
    largest_loss: Decimal = ZERO
    average_profit_loss: Decimal = ZERO
    average_profit: Decimal = ZERO
    average_loss: Decimal = ZERO
    average_trade_duration: int = 0
    average_winning_trade_duration: int = 0
    average_losing_trade_duration: int = 0
    median_trade_duration: int = 0
    median_winning_trade_duration: int = 0
    median_losing_trade_duration: int = 0
    max_consecutive_winning_trades: int = 0
    max_consecutive_losing_trades: int = 0
    profit_loss_ratio: Decimal = ZERO
    win_loss_ratio: Decimal = ZERO
    win_rate: Decimal = ZERO
    loss_rate: Decimal = ZERO
    average_mae: Decimal = ZERO
    average_mfe: Decimal = ZERO
    largest_mae: Decimal = ZERO
    largest_mfe: Decimal = ZERO
    maximum_closed_trade_drawdown: Decimal = ZERO
    maximum_intra_trade_drawdown: Decimal = ZERO
    profit_loss_standard_deviation: Decimal = ZERO
    profit_loss_downside_deviation: Decimal = ZERO
    profit_factor: Decimal = ZERO
    sharpe_ratio: Decimal = ZERO
    sortino_ratio: Decimal = ZERO
    profit_to_max_drawdown_ratio: Decimal = ZERO
    maximum_end_trade_drawdown: Decimal = ZERO
    average_end_trade_drawdown: Decimal = ZERO
    maximum_drawdown_duration: int = 0
    total_fees: Decimal = ZERO

    @classmethod
    def from_trades(cls, trades: Sequence[Trade], lean_version: LeanVersion) -> TradeStatistics:
        """Statistics of trades in the order in which they were closed."""
        if not trades:
            return cls()
        wins = [trade for trade in trades if trade.profit_loss > 0]
        losses = [trade for trade in trades if trade.profit_loss <= 0]
        profits = [trade.profit_loss for trade in trades]
        loss_amounts = [trade.profit_loss for trade in losses]
        total_profit, total_loss = _total(wins), _total(losses)
        average, average_mfe = _mean(profits), _mean([trade.mfe for trade in trades])
        average_profit, average_loss = _mean([trade.profit_loss for trade in wins]), _mean(loss_amounts)
        deviation, downside = _standard_deviation(profits), _standard_deviation(loss_amounts)
        drawdown = _Drawdowns.of(trades)
        total = total_profit + total_loss
        win_rate = Decimal(len(wins)) / len(trades)
        return cls(
            start_date_time=min(trade.entry_time for trade in trades),
            end_date_time=max(trade.exit_time for trade in trades),
            total_number_of_trades=len(trades),
            number_of_winning_trades=len(wins),
            number_of_losing_trades=len(losses),
            total_profit_loss=total,
            total_profit=total_profit,
            total_loss=total_loss,
            largest_profit=max(ZERO, *profits),
            largest_loss=min(ZERO, *profits),
            average_profit_loss=average,
            average_profit=average_profit,
            average_loss=average_loss,
            average_trade_duration=_mean_duration(trades),
            average_winning_trade_duration=_mean_duration(wins),
            average_losing_trade_duration=_mean_duration(losses),
            median_trade_duration=_median_duration(trades),
            median_winning_trade_duration=_median_duration(wins),
            median_losing_trade_duration=_median_duration(losses),
            max_consecutive_winning_trades=_longest_run(profits, winning=True),
            max_consecutive_losing_trades=_longest_run(profits, winning=False),
            profit_loss_ratio=average_profit / abs(average_loss) if average_loss else ZERO,
            win_loss_ratio=Decimal(len(wins)) / len(losses) if losses else _NO_LOSS_RATIO,
            win_rate=win_rate,
            loss_rate=ONE - win_rate,
            average_mae=_mean([trade.mae for trade in trades]),
            average_mfe=average_mfe,
            largest_mae=min(ZERO, *(trade.mae for trade in trades)),
            largest_mfe=max(ZERO, *(trade.mfe for trade in trades)),
            maximum_closed_trade_drawdown=drawdown.closed,
            maximum_intra_trade_drawdown=drawdown.intra_trade,
            profit_loss_standard_deviation=deviation,
            profit_loss_downside_deviation=downside,
            profit_factor=_ratio_to_loss(total_profit, total_loss),
            sharpe_ratio=average / deviation if deviation > 0 else ZERO,
            sortino_ratio=average / downside if downside > 0 else ZERO,
            profit_to_max_drawdown_ratio=_ratio_to_loss(total, drawdown.closed),
            maximum_end_trade_drawdown=_end_trade_drawdown(trades, lean_version),
            average_end_trade_drawdown=average - average_mfe,
            maximum_drawdown_duration=drawdown.duration,
            total_fees=sum((trade.total_fees for trade in trades), ZERO),
        )

    def to_json(self) -> dict[str, str | int | None]:
        """Lean's names and texts: money to 4 places with its scale, durations as ``[d.]hh:mm:ss[.fffffff]``."""
        return {_json_name(item.name): _json_value(item.name, getattr(self, item.name)) for item in fields(self)}


@dataclass(slots=True)
class _Drawdowns:
    """Falls of the summed profit from its peak: at closes (USD ≤ 0), inside trades, and the longest in ticks."""

    closed: Decimal = ZERO
    intra_trade: Decimal = ZERO
    duration: int = 0

    @classmethod
    def of(cls, trades: Sequence[Trade]) -> _Drawdowns:
        result = cls()
        total = peak = peak_with_mfe = ZERO
        peak_time, is_fallen = trades[0].entry_time, False
        for trade in trades:
            peak_with_mfe = max(peak_with_mfe, total + trade.mfe)
            result.intra_trade = min(result.intra_trade, total + trade.mae - peak_with_mfe)
            total += trade.profit_loss
            if trade.profit_loss <= 0:
                result.closed = min(result.closed, total - peak)
                is_fallen = True
            elif total > peak:
                if is_fallen:
                    result.duration = max(result.duration, duration_ticks(trade.exit_time - peak_time))
                peak, peak_time, is_fallen = total, trade.exit_time, False
        return result


def _total(trades: Sequence[Trade]) -> Decimal:
    return sum((trade.profit_loss for trade in trades), ZERO)


def _mean(values: Sequence[Decimal]) -> Decimal:
    """A running mean, as Lean takes it: its scale shows in the printed text."""
    mean = ZERO
    for count, value in enumerate(values, 1):
        mean += (value - mean) / count
    return mean


def _standard_deviation(values: Sequence[Decimal]) -> Decimal:
    """Sample standard deviation by running updates; 0 for fewer than two values."""
    mean = squares = ZERO
    for count, value in enumerate(values, 1):
        previous, mean = mean, mean + (value - mean) / count
        squares += (value - previous) * (value - mean)
    if len(values) < 2:
        return ZERO
    return double_to_decimal(math.sqrt(to_float(squares / (len(values) - 1))))


def _mean_duration(trades: Sequence[Trade]) -> int:
    mean = 0
    for count, trade in enumerate(trades, 1):
        seconds = duration_ticks(trade.duration) / TICKS_PER_SECOND
        mean += int((seconds - mean / TICKS_PER_SECOND) / count * TICKS_PER_SECOND)
    return mean


def _median_duration(trades: Sequence[Trade]) -> int:
    """The upper of the two middle values of an even number of trades."""
    return duration_ticks(sorted(trade.duration for trade in trades)[len(trades) // 2]) if trades else 0


def _longest_run(profits: Sequence[Decimal], *, winning: bool) -> int:
    longest = run = 0
    for profit in profits:
        run = run + 1 if (profit > 0) is winning else 0
        longest = max(longest, run)
    return longest


def _ratio_to_loss(profit: Decimal, loss: Decimal) -> Decimal:
    if not profit:
        return ZERO
    return profit / abs(loss) if loss < 0 else _NO_LOSS_RATIO


def _end_trade_drawdown(trades: Sequence[Trade], lean_version: LeanVersion) -> Decimal:
    worst = max if lean_version.end_trade_drawdown_is_largest_fall else min
    return worst(ZERO, *(trade.end_trade_drawdown(lean_version) for trade in trades))


def _json_name(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(word.upper() if word in _UPPER_CASE_WORDS else word.title() for word in others)


def _json_value(name: str, value: datetime | Decimal | int | None) -> str | int | None:
    if isinstance(value, datetime):
        return utc_text(value)
    if isinstance(value, Decimal):
        return rounded_text(value)
    if name.endswith("_duration"):
        return time_span_text(value or 0)
    return value
