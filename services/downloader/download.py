"""One download: units side by side, packs of days within a cap, each day stored as soon as it is complete."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable
from concurrent.futures import Executor
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import date
from typing import Final, TypeVar

from pylean.storage import InvalidBarsError, Resolution
from services.common.clock import Clock
from services.common.logging import get_logger

from .coverage import DayState, Gap
from .days import DayBars, DayCutter
from .emptiness import EmptyDayOracle
from .exchange import new_york_day
from .planner import Pack, UnitPlan
from .progress import Tally, missing_lines
from .provider import BarRange, DamagedAnswerError, Meter, Polygon, RetryBudget
from .units import Need, Unit
from .writer import FetchedDay, StoreWriter

_log = get_logger()
_TIMESPAN: Final = {
    Resolution.SECOND: "second",
    Resolution.MINUTE: "minute",
    Resolution.HOUR: "minute",
    Resolution.DAILY: "day",
}

ResultT = TypeVar("ResultT")
WorkT = TypeVar("WorkT")


@dataclass(frozen=True, slots=True)
class DamagedPack:
    """Days that could not be stored because what came for them cannot be true."""

    pack: Pack
    error: Exception


@dataclass(slots=True)
class DownloadOutcome:
    """Days that the provider does not deliver, and days whose bars were damaged."""

    refused: list[Gap] = field(default_factory=list)
    damaged: list[DamagedPack] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Workshop:
    """What a download works with.

    ``plan`` says what a unit lacks now. ``unit_lock`` is one lock for each unit of the data folder, shared by all
    downloads of the process. ``max_packs`` bounds the packs under way, and with them the memory.
    """

    provider: Polygon
    writer: StoreWriter
    clock: Clock
    threads: Executor
    plan: Callable[[Need], Awaitable[UnitPlan]]
    unit_lock: Callable[[Unit], asyncio.Lock]
    max_packs: int


class DownloadJob:
    """Fetches what is missing of some needs. Cancelling :meth:`run` stops everything; stored days stay."""

    def __init__(self, needs: list[Need], shop: Workshop) -> None:
        self.tally = Tally.of(needs, RetryBudget())
        self.log_lines: deque[str] = deque()
        self._needs = needs
        self._shop = shop
        self._slots = asyncio.Semaphore(shop.max_packs)
        self._oracle = EmptyDayOracle(shop.provider)
        self._outcome = DownloadOutcome()
        self._plans: list[UnitPlan] = []

    async def look(self) -> None:
        """See what is missing; fills the counts and the first log lines."""
        self._plans = [await self._planned(need) for need in self._needs]
        self.log_lines.extend(missing_lines([plan.missing for plan in self._plans if plan.packs]))

    @property
    def asks_the_provider(self) -> bool:
        """Whether anything has to be fetched."""
        return any(plan.packs for plan in self._plans)

    async def run(self) -> DownloadOutcome:
        """Fetch what :meth:`look` has found missing.

        Raises:
            ProviderError: nothing more can be had (key, plan, connection); what was under way is cancelled.
            OSError: the data folder cannot be written.
        """
        try:
            async with asyncio.TaskGroup() as group:
                for plan in self._plans:
                    if plan.packs or plan.blocked:
                        group.create_task(self._fetch_unit(plan.need))
        except BaseExceptionGroup as errors:
            raise _first(errors) from errors
        return self._outcome

    async def _planned(self, need: Need) -> UnitPlan:
        plan = await self._shop.plan(need)
        hits = len(need.days) - len(plan.missing.days) - len(plan.blocked)
        self.tally.found(need.unit, hits, plan.rows_per_day)
        return plan

    async def _fetch_unit(self, need: Need) -> None:
        async with self._shop.unit_lock(need.unit):
            # Another download may have fetched some of it while this one waited.
            plan = await self._planned(need)
            self._outcome.refused += plan.blocked
            async with asyncio.TaskGroup() as group:
                for pack in plan.packs:
                    group.create_task(self._fetch_pack(pack))

    async def _fetch_pack(self, pack: Pack) -> None:
        async with self._slots:
            self.tally.resolutions[pack.unit.resolution].touch(self._shop.clock.monotonic())
            try:
                if pack.unit.resolution.is_intraday_file:
                    await self._fetch_files(pack)
                else:
                    await self._fetch_history(pack)
            except (DamagedAnswerError, InvalidBarsError) as error:
                self._outcome.damaged.append(DamagedPack(pack, error))

    async def _fetch_files(self, pack: Pack) -> None:
        as_of = self._shop.clock.now_utc()
        async with aclosing(self._days(pack.unit, pack.days)) as days:
            async for day in days:
                fetched = await self._believed(pack, FetchedDay(day, as_of))
                if fetched is not None:
                    bars = await self._in_thread(self._shop.writer.write_day, pack.unit, fetched)
                    self.tally.stored(pack.unit, 1, bars, self._shop.clock.monotonic())

    async def _fetch_history(self, pack: Pack) -> None:
        as_of = self._shop.clock.now_utc()
        days = [day async for day in self._days(pack.unit, pack.days)]
        believed = [await self._believed(pack, FetchedDay(day, as_of)) for day in days]
        fetched = [day for day in believed if day is not None]
        if fetched:
            bars = await self._in_thread(self._shop.writer.merge_days, pack.unit, fetched)
            self.tally.stored(pack.unit, len(fetched), bars, self._shop.clock.monotonic())

    async def _believed(self, pack: Pack, fetched: FetchedDay) -> FetchedDay | None:
        """The day if its bars, or their absence, can be stored; None after noting why not."""
        day = fetched.bars.day
        if len(fetched.bars.bars):
            return fetched
        if day >= new_york_day(fetched.as_of):
            self._refuse(pack.unit, day, DayState.ABSENT, "there are no bars yet")
            return None
        looked_alone = len(pack.days) == 1
        verdict = await self._oracle.judge(pack.unit, day, self._meter(pack.unit), looked_alone=looked_alone)
        if verdict.again:
            [again] = [found async for found in self._days(pack.unit, (day,))]
            if len(again.bars):
                return FetchedDay(again, fetched.as_of)
            verdict = await self._oracle.judge(pack.unit, day, self._meter(pack.unit), looked_alone=True)
        if verdict.is_empty:
            return FetchedDay(fetched.bars, fetched.as_of, verdict.reason)
        self._refuse(pack.unit, day, DayState.REFUSED, verdict.reason)
        return None

    async def _days(self, unit: Unit, days: tuple[date, ...]) -> AsyncGenerator[DayBars, None]:
        """Each of some consecutive trading days, as soon as all of it has come."""
        wanted = BarRange(unit.symbol, _TIMESPAN[unit.resolution], days[0], days[-1])
        cutter = DayCutter(days)
        async with aclosing(self._shop.provider.pages(wanted, self._meter(unit))) as pages:
            async for page in pages:
                for day in cutter.feed(page):
                    yield day
        if cutter.stray_bars:
            _log.warning(
                "bars between trading days left out", unit=str(unit), first=str(days[0]), bars=cutter.stray_bars
            )

    def _refuse(self, unit: Unit, day: date, state: DayState, reason: str) -> None:
        self._outcome.refused.append(Gap(unit, day, state, reason))

    def _meter(self, unit: Unit) -> Meter:
        return self.tally.resolutions[unit.resolution].meter

    async def _in_thread(self, work: Callable[[Unit, WorkT], ResultT], unit: Unit, item: WorkT) -> ResultT:
        return await asyncio.get_running_loop().run_in_executor(self._shop.threads, work, unit, item)


def _first(errors: BaseExceptionGroup) -> BaseException:
    error = errors.exceptions[0]
    return _first(error) if isinstance(error, BaseExceptionGroup) else error
