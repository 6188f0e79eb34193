"""Equity candles on a coarser grid, for the chart of the summary file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from pylean.numbers import smart_round
from pylean.results.charts import Candlestick

__all__ = ["resample"]

_MICROSECOND = timedelta(microseconds=1)


def resample(candles: Sequence[Candlestick], step: timedelta) -> list[Candlestick]:
    """Candles every ``step`` from the first one's time; closes between two candles are interpolated.

    As in Lean's summary, open, high and low lose their cents, and what follows the last full step is left out.
    """
    if len(candles) < 2:
        return list(candles)
    result, due, start = [candles[0]], candles[0].utc + step, 1
    for index in range(1, len(candles)):
        current = candles[index]
        if due > current.utc:
            continue
        group = candles[start : index + 1]
        template = _merged(group)
        opened = (candles[start - 1].utc, group[0].open)
        is_first = True
        while due <= current.utc:
            close = smart_round(_interpolated(opened, (current.utc, current.close), due))
            open_ = template.open if is_first else result[-1].close
            high, low = template.high, template.low
            if len(group) == 1:
                high, low = max(open_, close), min(open_, close)
            result.append(Candlestick(due, open_, high, low, close))
            due, is_first = due + step, False
        start = index + 1
    return result


def _merged(candles: Sequence[Candlestick]) -> Candlestick:
    high = max(candle.high for candle in candles)
    low = min(candle.low for candle in candles)
    last = candles[-1]
    return Candlestick(
        last.utc, *(value.quantize(Decimal(1), "ROUND_DOWN") for value in (candles[0].open, high, low, last.close))
    )


def _interpolated(start: tuple[datetime, Decimal], end: tuple[datetime, Decimal], utc: datetime) -> Decimal:
    done, span = (utc - start[0]) // _MICROSECOND, (end[0] - start[0]) // _MICROSECOND
    return (end[1] - start[1]) * done / span + start[1]
