"""The gateway put together: database, peers, scheduler, services; opened before it serves, closed after."""

from __future__ import annotations

import grpc.aio

from services.common.clock import Clock
from services.gateway.config import GatewaySettings
from services.gateway.creation import RunCreator
from services.gateway.driven import DrivenRun
from services.gateway.driver import Driver
from services.gateway.peers import Downloader, Runner
from services.gateway.recovery import adopt_unsettled
from services.gateway.scheduler import Scheduler
from services.gateway.service import BacktestService, StrategyService
from services.gateway.signals import Signals
from services.gateway.store import Database, Lease
from services.gateway.watch import Watches
from zac.gateway.v1 import backtest_service_pb2_grpc, strategy_service_pb2_grpc

__all__ = ["Gateway"]


class Gateway:
    """One gateway. Needs a running event loop."""

    def __init__(self, settings: GatewaySettings, clock: Clock) -> None:
        """Raises StartupError when the database cannot be had."""
        signals = Signals()
        self._database = Database(settings.effective_database_url, clock, signals.notify)
        self._downloader = Downloader(settings.downloader_address)
        self._runner = Runner(settings.runner_address)
        self._watches = Watches(self._database, signals)

        def make_driver(lease: Lease) -> Driver:
            return Driver(DrivenRun(lease, self._database, clock), self._downloader, self._runner)

        self._scheduler = Scheduler(self._database, make_driver, settings.max_concurrent_runs)
        creator = RunCreator(self._database, self._downloader, self._runner, clock, settings.max_queued_runs)
        self._backtests = BacktestService(self._database, creator, self._scheduler, self._watches)

    async def open(self) -> None:
        """Makes the database ready and goes on with the runs in it; raises StartupError."""
        await self._database.open()
        await adopt_unsettled(self._database, self._scheduler)
        self._scheduler.start()

    def add_services(self, server: grpc.aio.Server) -> None:
        backtest_service_pb2_grpc.add_BacktestServiceServicer_to_server(self._backtests, server)
        strategy_service_pb2_grpc.add_StrategyServiceServicer_to_server(StrategyService(self._runner), server)

    async def drain(self) -> None:
        """Takes no new runs and ends every watch; runs go on."""
        self._backtests.drain()
        self._watches.close()

    async def close(self) -> None:
        """Lets go of everything; executions go on in the runner, to be adopted at the next start."""
        await self._scheduler.close()
        await self._backtests.close()
        await self._downloader.close()
        await self._runner.close()
        await self._database.close()
