"""The simulated market: plausible, consistent across bar lengths, and a function of seed, symbol and day alone."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.downloader.exchange import midnight_ms, new_york_sessions
from services.downloader.sim.bars import PRICES
from services.downloader.sim.market import BarSpec, Market
from services.downloader.sim.profiles import NAMED, profile_of

NEVER = 10**14
DEMO = "AAPL ABBV AMD AMZN GS HAL JNJ MCD META NVDA OXY SHOP TSLA UBER V".split()
OCTOBER = (date(2025, 10, 1), date(2025, 10, 10))
MARKET = Market(1)


@given(
    symbol=st.sampled_from(sorted(set(NAMED) - {"EMPTY"})) | st.text("ABCDEFGHIJ", min_size=1, max_size=4),
    day=st.sampled_from(new_york_sessions().days[-1_500:-500]),
    seed=st.integers(0, 2**63),
)
@settings(max_examples=40, deadline=None)
def test_seconds_fill_their_day_bar_exactly(symbol: str, day: date, seed: int) -> None:
    market = Market(seed)
    seconds = market.bars(BarSpec(symbol, 1, "second", False), day, NEVER)
    whole = market.bars(BarSpec(symbol, 1, "day", False), day, NEVER)
    assert len(whole) == (1 if len(seconds) else 0)
    if len(seconds) == 0:
        return
    since = seconds.time_ms - midnight_ms(day)
    close_s = 46_800 if day in new_york_sessions().early_closes else 57_600
    regular = seconds.select((since >= 34_200_000) & (since < close_s * 1000))
    assert (int(regular.open[0]), int(regular.close[-1])) == (int(whole.open[0]), int(whole.close[0]))
    assert (int(regular.high.max()), int(regular.low.min())) == (int(whole.high[0]), int(whole.low[0]))
    assert int(seconds.volume.sum()) == int(whole.volume[0])
    assert int(seconds.trades.sum()) <= int(whole.trades[0])
    assert (np.diff(seconds.time_ms) > 0).all()
    assert (seconds.time_ms % 1000 == 0).all()
    assert (seconds.low > 0).all()
    assert (seconds.low <= np.minimum(seconds.open, seconds.close)).all()
    assert (seconds.high >= np.maximum(seconds.open, seconds.close)).all()
    assert (seconds.volume > 0).all()
    assert (seconds.trades > 0).all()


def test_equal_questions_have_equal_answers_in_any_order() -> None:
    days = MARKET.sessions(*OCTOBER)
    spec = BarSpec("AMD", 1, "second", False)
    forwards = [MARKET.bars(spec, day, NEVER) for day in days]
    other = Market(1)
    backwards = [other.bars(spec, day, NEVER) for day in reversed(days)][::-1]
    for one, two in zip(forwards, backwards, strict=True):
        assert all(np.array_equal(getattr(one, name), getattr(two, name)) for name in (*PRICES, "time_ms", "volume"))
    assert not np.array_equal(forwards[0].close, Market(2).bars(spec, days[0], NEVER).close)


@pytest.mark.parametrize("symbol", DEMO)
def test_default_symbols_are_dense_and_move_like_stocks(symbol: str) -> None:
    profile = NAMED[symbol]
    days = MARKET.sessions(date(2025, 7, 22), date(2025, 10, 10))
    bars = [MARKET.bars(BarSpec(symbol, 1, "day", False), day, NEVER) for day in days]
    ranges = np.array([float((bar.high[0] - bar.low[0]) / bar.open[0]) for bar in bars])
    assert 0.6 * profile.daily_range < np.median(ranges) < 1.8 * profile.daily_range
    assert (ranges > 1.3 * ranges.mean()).any()
    before = bars[days.index(date(2025, 9, 30))]
    assert float(before.close[0]) / 1e4 == pytest.approx(profile.price, rel=1e-3)
    seconds = MARKET.bars(BarSpec(symbol, 1, "second", False), date(2025, 10, 6), NEVER)
    assert 21_000 < len(seconds) < 25_000
    sub_penny = (seconds.close % 100 != 0).mean()
    assert 0.15 < sub_penny < 0.25
    steps = np.abs(np.diff(seconds.close)) / seconds.close[1:]
    assert steps.max() < 0.02


def test_named_oddities() -> None:
    def bars(symbol: str, day: date, timespan: str = "second") -> int:
        return len(MARKET.bars(BarSpec(symbol, 1, timespan, False), day, NEVER))

    assert bars("THIN", date(2025, 10, 3)) == 10
    assert bars("EMPTY", date(2025, 10, 3)) == bars("EMPTY", date(2025, 10, 3), "day") == 0
    assert bars("NOPE", date(2025, 10, 3)) == 0
    assert profile_of("NOPE") is None
    assert (bars("DLST", date(2025, 11, 5)) > 0, bars("DLST", date(2025, 11, 6))) == (True, 0)
    assert (bars("FB", date(2022, 6, 8)) > 0, bars("FB", date(2022, 6, 9))) == (True, 0)
    assert (bars("META", date(2022, 6, 8)), bars("META", date(2022, 6, 9)) > 0) == (0, True)
    assert bars("AAPL", date(2025, 11, 27)) == bars("AAPL", date(2025, 10, 4)) == 0
    night = MARKET.bars(BarSpec("NIGHT", 1, "second", False), date(2025, 10, 3), NEVER)
    since = (night.time_ms - midnight_ms(date(2025, 10, 3))) // 1000
    assert (since < 4 * 3600).any()
    assert (since >= 20 * 3600).any()


def test_unsettled_days_lack_some_prints() -> None:
    spec = BarSpec("DIVD", 1, "second", False)
    early = MARKET.bars(spec, date(2025, 10, 3), NEVER, settled=False)
    late = MARKET.bars(spec, date(2025, 10, 3), NEVER)
    assert 0 < len(late) - len(early) < 100
    assert set(early.time_ms.tolist()) < set(late.time_ms.tolist())
