"""Quote bars made of shorter quote bars."""

from __future__ import annotations

from pylean.consolidators.period_bars import PeriodConsolidator
from pylean.feed.bars import Bar, QuoteBar

__all__ = ["QuoteBarConsolidator"]


class QuoteBarConsolidator(PeriodConsolidator):
    """Quote bars of a period; see ``PeriodConsolidator``. A bar begins with the closes of the one before."""

    input_type = QuoteBar
    output_type = QuoteBar

    def _begin(self, data: QuoteBar, start_ms: int, length_ms: int) -> QuoteBar:
        working = QuoteBar.of_sides(data.symbol, None, 0.0, None, 0.0, start_ms + length_ms, length_ms)
        before = self.consolidated
        if isinstance(before, QuoteBar):
            working.bid, working.last_bid_size = _closed(before.bid), max(before.last_bid_size, 0.0)
            working.ask, working.last_ask_size = _closed(before.ask), max(before.last_ask_size, 0.0)
        self._absorb(working, data)
        return working

    def _absorb(self, working: QuoteBar, data: QuoteBar) -> None:
        if data.bid is not None:
            working.last_bid_size = data.last_bid_size
            working.bid = _with(working.bid, data.bid)
        if data.ask is not None:
            working.last_ask_size = data.last_ask_size
            working.ask = _with(working.ask, data.ask)
        working.decimal_value = data.decimal_value


def _closed(side: Bar | None) -> Bar | None:
    """A side that stands at the close of another."""
    if side is None or not side.close_scaled:
        return None
    return Bar(side.scale, *(side.close_scaled,) * 4)


def _with(side: Bar | None, later: Bar) -> Bar:
    if side is None:
        return later.copy()
    side.absorb(later)
    return side
