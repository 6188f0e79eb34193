"""DownloaderService: requests checked, work handed on, answers streamed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final, ParamSpec, TypeVar
from weakref import WeakValueDictionary

import grpc.aio

from pylean.storage import LeanPaths, MetadataError, StorageError, remove_abandoned
from services.common.clock import Clock
from services.common.dates import to_duration
from services.common.errors import ServiceError
from zac.data.v1 import coverage_pb2, downloader_service_pb2, downloader_service_pb2_grpc

from . import failures, messages
from .calendar import TradingCalendar
from .config import DownloaderSettings
from .coverage import Coverage, Gap, check_coverage
from .download import DownloadJob, DownloadOutcome, Workshop
from .exchange import new_york_day
from .inventory import Inventory
from .metadata import seed_metadata
from .planner import UnitPlan, estimate, plan_unit
from .progress import completion_line
from .provider import Polygon, ProviderError, RetryPolicy, Transport
from .requirements import needed_days, read_data_root, read_requirements
from .units import Need, Unit
from .writer import StoreWriter

PROGRESS_INTERVAL_S: Final = 0.2
_STORE_THREADS: Final = 4

ResultT = TypeVar("ResultT")
Parameters = ParamSpec("Parameters")


@dataclass(frozen=True, slots=True)
class _Question:
    """A checked request."""

    root: Path
    calendar: TradingCalendar
    needs: list[Need]


class DownloaderServicer(downloader_service_pb2_grpc.DownloaderServiceServicer):
    """Serves one process; lives in one event loop.

    All looks at the store go through one thread, which owns the inventory.
    """

    def __init__(self, settings: DownloaderSettings, clock: Clock, retries: RetryPolicy | None = None) -> None:
        self._settings = settings
        self._clock = clock
        self._retries = retries
        self._inventory = Inventory()
        self._looking = ThreadPoolExecutor(1, thread_name_prefix="look")
        self._threads = ThreadPoolExecutor(_STORE_THREADS, thread_name_prefix="store")
        self._provider: Polygon | None = None
        self._locks: WeakValueDictionary[tuple[Path, Unit], asyncio.Lock] = WeakValueDictionary()
        self._draining = False

    async def CheckCoverage(
        self,
        request: downloader_service_pb2.CheckCoverageRequest,
        context: grpc.aio.ServicerContext[object, object],
    ) -> downloader_service_pb2.CheckCoverageResponse:
        """See the contract."""
        question = await self._question(request.requirements, request.data_root)
        coverage = await self._coverage(question)
        return downloader_service_pb2.CheckCoverageResponse(
            uncovered=map(messages.symbol_day, coverage.gaps),
            days_covered=coverage.days_covered,
            days_needed=coverage.days_needed,
            data_manifest_digest=coverage.manifest_digest,
            simulated_data=coverage.is_simulated,
            data_root=str(question.root),
            can_download=self._settings.can_download,
        )

    async def PlanDownload(
        self,
        request: downloader_service_pb2.PlanDownloadRequest,
        context: grpc.aio.ServicerContext[object, object],
    ) -> downloader_service_pb2.PlanDownloadResponse:
        """See the contract."""
        question = await self._question(request.requirements, request.data_root)
        plans = [await self._plan(question, need) for need in question.needs]
        cost = estimate(plans, self._settings.max_requests_in_flight)
        coverage = await self._coverage(question)
        return downloader_service_pb2.PlanDownloadResponse(
            missing=map(messages.symbol_day, (*coverage.gaps, *coverage.stale)),
            requests=cost.requests,
            estimated_bytes=cost.size_bytes,
            estimated_time=to_duration(cost.elapsed_s),
        )

    async def Download(
        self,
        request: downloader_service_pb2.DownloadRequest,
        context: grpc.aio.ServicerContext[object, object],
    ) -> AsyncIterator[downloader_service_pb2.DownloadResponse]:
        """See the contract."""
        started_at = self._clock.monotonic()
        question = await self._question(request.requirements, request.data_root)
        provider = self._open_provider()
        job = DownloadJob(question.needs, self._workshop(question, provider))
        await job.look()
        if job.asks_the_provider and not self._settings.can_download:
            raise failures.key_missing()
        await self._prepare_folder(question.root)
        yield messages.progress(job.tally, job.tally.units, self._clock.monotonic())
        job.tally.changed.clear()
        work = asyncio.create_task(job.run())
        try:
            while not work.done():
                await asyncio.wait({work}, timeout=PROGRESS_INTERVAL_S)
                for message in self._news(job):
                    yield message
                self._refuse_when_draining()
            outcome = self._finished(work, provider, question.root)
        finally:
            # However the call ends: nothing goes on without it. Days that are being renamed into place get there.
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)
        elapsed_s = self._clock.monotonic() - started_at
        coverage = await self._coverage(question)
        yield messages.log_line(completion_line(job.tally, elapsed_s))
        yield messages.summary(job.tally, elapsed_s, _explained(coverage, outcome), coverage)

    async def drain(self) -> None:
        """End running downloads; their callers are told to come back."""
        self._draining = True
        if self._provider is not None:
            await asyncio.sleep(2 * PROGRESS_INTERVAL_S)
            await self._provider.aclose()

    async def _question(self, requirements: Sequence[coverage_pb2.DataRequirement], data_root: str) -> _Question:
        checked = read_requirements(requirements, new_york_day(self._clock.now_utc()))
        root = read_data_root(data_root, self._settings.data_root)
        try:
            calendar = await self._look(TradingCalendar.of, root, self._settings.state_dir)
            needs = await self._look(needed_days, checked, calendar)
        except MetadataError as error:
            raise failures.of_store(error) from error
        return _Question(root, calendar, needs)

    async def _coverage(self, question: _Question) -> Coverage:
        now = self._clock.now_utc()
        return await self._look(check_coverage, question.root, question.needs, self._inventory, question.calendar, now)

    async def _plan(self, question: _Question, need: Need) -> UnitPlan:
        now = self._clock.now_utc()
        return await self._look(plan_unit, LeanPaths(question.root), need, self._inventory, question.calendar, now)

    async def _look(
        self, look: Callable[Parameters, ResultT], *arguments: Parameters.args, **options: Parameters.kwargs
    ) -> ResultT:
        return await asyncio.get_running_loop().run_in_executor(self._looking, lambda: look(*arguments, **options))

    async def _prepare_folder(self, root: Path) -> None:
        try:
            await asyncio.to_thread(_prepare_folder, root)
        except OSError as error:
            raise failures.of_folder(error, root) from error

    def _workshop(self, question: _Question, provider: Polygon) -> Workshop:
        return Workshop(
            provider=provider,
            writer=StoreWriter(question.root, provider.host, question.calendar),
            clock=self._clock,
            threads=self._threads,
            plan=lambda need: self._plan(question, need),
            unit_lock=lambda unit: self._locks.setdefault((question.root, unit), asyncio.Lock()),
            # One more than can be asked for at once: while a pack is decoded and stored, the line stays busy.
            max_packs=self._settings.max_requests_in_flight + 2,
        )

    def _open_provider(self) -> Polygon:
        if self._provider is None:
            settings = self._settings
            is_simulator = settings.provider == "simulator"
            transport = Transport(
                settings.url,
                # The simulator is none of the key's business.
                "simulator" if is_simulator else settings.polygon_api_key.get_secret_value(),
                max_in_flight=settings.max_requests_in_flight,
                requests_per_minute=settings.requests_per_minute,
                read_timeout_s=settings.read_timeout_s,
                retries=self._retries,
            )
            self._provider = Polygon(transport, self._threads)
        return self._provider

    def _news(self, job: DownloadJob) -> list[downloader_service_pb2.DownloadResponse]:
        news = [messages.log_line(text) for text in _drained(job)]
        changed, job.tally.changed = job.tally.changed, set()
        if changed:
            news.append(messages.progress(job.tally, sorted(changed), self._clock.monotonic()))
        return news

    def _refuse_when_draining(self) -> None:
        if self._draining:
            raise ServiceError.unavailable(
                "SERVER_DRAINING", "the downloader is stopping; start the download again", retry_delay_s=5.0
            )

    def _finished(self, work: asyncio.Task[DownloadOutcome], provider: Polygon, root: Path) -> DownloadOutcome:
        try:
            outcome = work.result()
        except ProviderError as error:
            raise failures.of_provider(error, provider.host) from error
        except OSError as error:
            raise failures.of_folder(error, root) from error
        except StorageError as error:
            raise failures.of_store(error) from error
        if outcome.damaged:
            raise failures.of_damage(outcome.damaged, provider.host)
        return outcome


def _prepare_folder(root: Path) -> None:
    root.mkdir(parents=True, exist_ok=True)
    remove_abandoned(root / ".staging")
    seed_metadata(root)


def _drained(job: DownloadJob) -> list[str]:
    lines = list(job.log_lines)
    job.log_lines.clear()
    return lines


def _explained(coverage: Coverage, outcome: DownloadOutcome) -> list[Gap]:
    """What is still not covered, with the provider's reason where there is one."""
    reasons = {(gap.unit, gap.day): gap for gap in outcome.refused}
    return [reasons.get((gap.unit, gap.day), gap) for gap in coverage.gaps]
