"""The stream of a run, from the data folder to stretches laid out slice by slice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from pylean.clock import from_ms, local_to_utc_ms, offset_ms_at, to_ms
from pylean.feed.actions_reader import ActionsReader
from pylean.feed.reader import SubscriptionReader, day_start_ms
from pylean.feed.subscription import TickType
from pylean.feed.timeline import OffsetTable, Timeline, lay_out
from pylean.storage import Resolution

if TYPE_CHECKING:
    from pylean.feed.base_data import BaseData
    from pylean.feed.corporate_actions import CorporateAction
    from pylean.feed.market_data import MarketData
    from pylean.feed.series import Series
    from pylean.feed.subscription import SubscriptionDataConfig
    from pylean.storage.market_hours import MarketHours, Session
    from pylean.universes.base import Universe

__all__ = ["DataStream"]

_FIRST_SPAN = 4
_LONGEST_SPAN = 256
_DEFAULT_STEP_MS = 60_000
_DAY = timedelta(days=1)


@dataclass(slots=True, eq=False)
class _Feed:
    """One subscription: its readers, and what they gave for the stretch at hand."""

    config: SubscriptionDataConfig
    reader: SubscriptionReader
    actions: ActionsReader | None
    series: Series | None = None
    happened: list[tuple[int, CorporateAction]] = field(default_factory=list)
    is_read: bool = False
    #: The last day of a feed that is there for warm-up only.
    last: date = date.max
    #: The day before the first one, read once for what is repeated on the first.
    eve: date | None = None
    #: The readers as they were before the stretch at hand.
    before: tuple[SubscriptionReader, ActionsReader | None] | None = None

    def keep_state(self) -> None:
        reader = self.reader.copy()
        self.before = reader, None if self.actions is None else self.actions.copy(reader)
        self.series, self.happened, self.is_read = None, [], False

    def go_back(self) -> None:
        """To the start of the stretch."""
        if self.before is not None:
            self.reader, self.actions = self.before
            self.keep_state()


@dataclass(slots=True, eq=False)
class _Selector:
    """A universe and the moments of its selections still to come."""

    universe: Universe
    moments: Iterator[int]
    next_ms: int | None

    def step(self) -> None:
        self.next_ms = next(self.moments, None)


class DataStream:
    """Every subscription and universe, stretch by stretch. Subscriptions may come and go while a stretch runs.

    A stretch is a trading day, with the days without trading before it. Where all bars are hours and days, it is a
    growing number of days, as long as nothing comes or goes: laying out costs the same for one day as for many.
    """

    def __init__(
        self,
        market: MarketData,
        hours: MarketHours,
        start_ms: int,
        start: date,
        end: date,
        warm_up_resolution: Resolution | None = None,
    ) -> None:
        """``start_ms`` (UTC) lies before the first moment of ``start`` by the warm-up."""
        self._market = market
        self._hours = hours
        self._start_ms = start_ms
        self._start = start
        self._end = end
        self._warm_up_resolution = warm_up_resolution
        self._feeds: dict[SubscriptionDataConfig, _Feed] = {}
        self._selectors: dict[int, _Selector] = {}
        self._planned: dict[int, list[Universe]] = {}
        self._step_ms = _DEFAULT_STEP_MS
        #: What was subscribed to when the finest resolution was last looked at.
        self._settled: set[SubscriptionDataConfig] = set()
        self._first = self._last = self._date_of(start_ms) - _DAY
        self._span = _FIRST_SPAN
        #: What keeps or drops the points of a subscription; ``None`` keeps all.
        self.filter_of: Callable[[SubscriptionDataConfig], Callable[[BaseData], bool] | None] = lambda config: None
        #: Points of the stretch at hand that belong to the time before the start: the benchmark's day before.
        self.opening_points = 0

    def add(self, config: SubscriptionDataConfig, begin_utc_ms: int) -> None:
        """Subscribe: points that end before an instant are not part of it."""
        if config in self._feeds:
            return
        begin_ms = self._to_local_ms(begin_utc_ms)
        self._span = _FIRST_SPAN
        resolution = self._warm_up_resolution
        if resolution in (None, config.resolution) or begin_ms >= day_start_ms(self._start):
            self._feeds[config] = self._new_feed(config, begin_ms)
            return
        if config.tick_type is TickType.TRADE or resolution < Resolution.HOUR:
            # Daily and hourly quotes do not exist.
            warming = replace(config, resolution=resolution)
            self._feeds[warming] = self._new_feed(warming, begin_ms, last=self._start - _DAY)
        eve = self._hours.previous_trading_day(self._start)
        begin_ms = max(begin_ms, day_start_ms(eve))
        self._feeds[config] = self._new_feed(config, begin_ms, eve=eve)

    def add_benchmark(self, config: SubscriptionDataConfig) -> None:
        """Subscribe from the trading day before the first selection, whose bars are there from that moment on.

        Until a universe selects, and a security added by hand is in one too, there is nothing in the stream.
        """
        first = min((selector.next_ms for selector in self._selectors.values() if selector.next_ms), default=None)
        self._start_ms = max(self._start_ms, first or self._start_ms)
        eve = self._hours.previous_trading_day(self._date_of(self._start_ms))
        self._feeds[config] = self._new_feed(config, day_start_ms(eve))

    def remove(self, config: SubscriptionDataConfig) -> None:
        if self._feeds.pop(config, None) is not None:
            self._span = _FIRST_SPAN

    def __contains__(self, config: SubscriptionDataConfig) -> bool:
        return config in self._feeds

    def add_universe(self, universe: Universe, begin_utc_ms: int) -> None:
        """Ask a universe from an instant on."""
        selector = _Selector(universe, universe.moments(begin_utc_ms, self._end), None)
        selector.step()
        self._selectors[id(universe)] = selector

    def remove_universe(self, universe: Universe) -> None:
        self._selectors.pop(id(universe), None)

    def restart_filled(self, begin_utc_ms: int) -> bool:
        """Begin subscriptions with fill-forward anew when the finest resolution changed, as Lean does; True if so.

        Lean looks only when one of another resolution comes or the last one of the finest goes; by then it has dropped
        subscriptions that have no data at all.
        """
        configs = [config for config in self._feeds if not config.is_internal_feed]
        new = [config for config in configs if config not in self._settled]
        has_come = any(config.period_ms != self._step_ms for config in new)
        has_gone = self._settled and all(config.period_ms != self._step_ms for config in configs)
        if not has_come and not has_gone:
            self._settled.update(new)
            return False
        alive = [config for config in configs if config in new or self._has_data(config)]
        self._settled = set(configs)
        step_ms = min((config.period_ms for config in alive), default=_DEFAULT_STEP_MS)
        if step_ms == self._step_ms:
            return False
        self._step_ms = step_ms
        begin_ms = self._to_local_ms(begin_utc_ms)
        for config, feed in self._feeds.items():
            if config.fill_forward and not config.is_internal_feed and feed.is_read:
                self._feeds[config] = self._new_feed(config, begin_ms)
        return True

    def _has_data(self, config: SubscriptionDataConfig) -> bool:
        kind = config.tick_type is TickType.QUOTE
        return self._market.has_bars(config.symbol, config.resolution, kind, self._start, self._end)

    def advance(self) -> Timeline | None:
        """The next stretch; ``None`` after the last one."""
        while self._last < self._end:
            self._first = self._last + _DAY
            self._last = self._end_of_stretch()
            for feed in self._feeds.values():
                feed.keep_state()
            self._planned.clear()
            timeline = self._lay_out(max(self._start_ms, self._midnight_ms(self._first)))
            self._span = min(self._span * 2, _LONGEST_SPAN)
            if len(timeline):
                return timeline
        return None

    def lay_out_rest(self, begin_utc_ms: int) -> Timeline:
        """The rest of the stretch at hand again, from an instant on, with the subscriptions of now."""
        today = self._date_of(begin_utc_ms)
        if self._has_day_files() and self._last > max(today, self._hours.next_trading_day(self._first - _DAY)):
            self._last = today if self._hours.is_trading_day(today) else self._hours.next_trading_day(today)
            for feed in self._feeds.values():
                feed.go_back()
        return self._lay_out(begin_utc_ms)

    def expected_points(self) -> int:
        """Points of a run whose bars are complete, for progress only."""
        sessions = self._hours.sessions(self._date_of(self._start_ms), self._end)
        if not sessions:
            return 0
        total = 0
        for config in self._feeds:
            ticker, day = config.symbol.value.lower(), sessions[0].day
            if config.tick_type is TickType.QUOTE and not self._market.has_quotes(ticker, config.resolution, day):
                continue
            first, last = sessions[0].span(config.extended_market_hours)
            total += len(sessions) * max(1, (last - first) * 1000 // config.period_ms)
        return total

    def _lay_out(self, begin_utc_ms: int) -> Timeline:
        sessions = self._sessions(self._first, self._last)
        for feed in self._feeds.values():
            if not feed.is_read:
                self._read(feed, sessions)
        ordered = sorted(self._feeds.values(), key=lambda feed: feed.config.sort_key)
        series = [feed.series for feed in ordered if feed.series is not None]
        happened = [entry for feed in ordered for entry in feed.happened if entry[0] >= begin_utc_ms]
        offsets = self._offsets()
        timeline = lay_out(sessions, offsets, series, happened, self._selections(begin_utc_ms), begin_utc_ms)
        self.opening_points = sum(
            int((offsets.to_utc(one.end_ms) < self._start_ms).sum()) for one in series if one.config.is_internal_feed
        )
        return timeline

    def _read(self, feed: _Feed, sessions: list[Session]) -> None:
        config, reader = feed.config, feed.reader
        feed.is_read = True
        began = self._date_of_local(reader.begin_ms)
        own = [session for session in sessions if began <= session.day <= feed.last]
        step_ms = self._step_ms
        if feed.last < date.max:
            step_ms = config.period_ms
        elif feed.eve is not None:
            own = [session for session in own if session.day > feed.eve]
            if own:
                reader.read(self._sessions(feed.eve, feed.eve), step_ms)
                reader.begin_ms, feed.eve = day_start_ms(own[0].day), None
        if config.is_internal_feed and began < self._first:
            own = [*self._sessions(began, self._first - _DAY), *own]
        if not own:
            return
        if feed.actions is not None:
            for action in feed.actions.read(own):
                instant = local_to_utc_ms(to_ms(action.time), self._hours.time_zone)
                feed.happened.append((max(instant, self._start_ms), action))
        reader.point_filter = self.filter_of(feed.config)
        feed.series = reader.read(own, step_ms)
        reader.begin_ms = max(reader.begin_ms, day_start_ms(self._first))
        for _, action in feed.happened:
            if action.takes_last_close:
                action.set_price(reader.close_before(to_ms(action.time) + 1))

    def selection_done(self, utc_ms: int) -> None:
        """The universes of an instant have selected; laying out the rest of the stretch must not ask them again."""
        self._planned[utc_ms] = []

    def _selections(self, begin_utc_ms: int) -> dict[int, list[Universe]]:
        """Selections of the stretch, by instant; at one instant by resolution, then by the universe's symbol."""
        end_ms = self._midnight_ms(self._last + _DAY)
        if self._last >= self._end:
            end_ms += 1  # the midnight after the last day has a slice, though nothing is selected any more
        for selector in self._selectors.values():
            while selector.next_ms is not None and selector.next_ms < end_ms:
                self._planned.setdefault(max(selector.next_ms, begin_utc_ms), []).append(selector.universe)
                selector.step()
        found = {moment: universes for moment, universes in self._planned.items() if begin_utc_ms <= moment < end_ms}
        for universes in found.values():
            universes.sort(key=lambda universe: (int(universe.resolution), str(universe.symbol.id)))
        return found

    def _new_feed(
        self, config: SubscriptionDataConfig, begin_ms: int, last: date = date.max, eve: date | None = None
    ) -> _Feed:
        reader = SubscriptionReader(config, self._market, begin_ms)
        wants_actions = config.tick_type is TickType.TRADE and not config.is_internal_feed
        actions = ActionsReader(reader, self._market, self._hours) if wants_actions else None
        return _Feed(config, reader, actions, last=last, eve=eve)

    def _end_of_stretch(self) -> date:
        selects = any(selector.next_ms is not None for selector in self._selectors.values())
        wanted = 1 if selects or self._has_day_files() else self._span
        day = self._first - _DAY
        for _ in range(wanted):
            day = self._hours.next_trading_day(day)
            if day >= self._end:
                return self._end
        return day

    def _has_day_files(self) -> bool:
        return any(config.resolution < Resolution.HOUR for config in self._feeds)

    def _sessions(self, first: date, last: date) -> list[Session]:
        return self._hours.sessions(first, last)

    def _offsets(self) -> OffsetTable:
        days = [self._first + timedelta(days=count) for count in range(-4, (self._last - self._first).days + 3)]
        return OffsetTable(
            [day_start_ms(day) for day in days], [self._hours.utc_offset_seconds(day) * 1000 for day in days]
        )

    def _midnight_ms(self, day: date) -> int:
        return local_to_utc_ms(day_start_ms(day), self._hours.time_zone)

    def _to_local_ms(self, utc_ms: int) -> int:
        return utc_ms + offset_ms_at(utc_ms, self._hours.time_zone)

    def _date_of(self, utc_ms: int) -> date:
        return self._date_of_local(self._to_local_ms(utc_ms))

    def _date_of_local(self, local_ms: int) -> date:
        return from_ms(local_ms).date()
