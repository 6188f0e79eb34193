"""`python -m services.runner`: the runner's server."""

from __future__ import annotations

import asyncio
import sys

import grpc.aio

from services.common.clock import SystemClock
from services.common.logging import configure_logging, get_logger
from services.common.server import run_service, serve
from services.common.settings import StartupError, load_settings
from services.runner.catalog import EngineError, StrategyCatalog
from services.runner.config import RunnerSettings
from services.runner.defaults import read_defaults
from services.runner.engines import EmbeddedEngine
from services.runner.executions import Executions
from services.runner.rules import load_validator
from services.runner.service import RunnerService
from services.runner.strategies import StrategyPath
from services.runner.workers import Workers
from zac.run.v1 import runner_service_pb2_grpc


async def main() -> None:
    settings = load_settings(RunnerSettings)
    configure_logging("runner", settings.log_level, settings.log_file)
    defaults = read_defaults(settings.default_symbols, settings.default_parameters)
    clock = SystemClock()
    engine = EmbeddedEngine()
    catalog = StrategyCatalog(StrategyPath(settings.strategy_path), settings.cache_dir, engine.name)
    workers = Workers(engine, settings.runs_dir)
    executions = Executions(settings.runs_dir, settings.cache_dir, workers, clock)
    warm_up: asyncio.Task[None] | None = None

    def add_services(server: grpc.aio.Server) -> None:
        nonlocal warm_up
        try:
            executions.recover()
        except OSError as error:
            raise StartupError(f"the runs folder cannot be used: {error}") from error
        service = RunnerService(catalog, executions, engine.name, clock, defaults)
        runner_service_pb2_grpc.add_RunnerServiceServicer_to_server(service, server)
        warm_up = asyncio.create_task(_warm_up(catalog, workers))

    async def drain() -> None:
        if warm_up is not None:
            warm_up.cancel()
        await catalog.close()
        await executions.close()

    await serve("runner", settings.runner_address, add_services, settings=settings, on_drain=drain)


async def _warm_up(catalog: StrategyCatalog, workers: Workers) -> None:
    """Do before anybody asks what takes long: descriptions that are not cached, the load of an engine."""
    try:
        described = await catalog.describe_all()
    except EngineError as error:
        get_logger().error("the engine cannot be loaded", detail=str(error))
        return
    get_logger().info("strategies described", count=len(described))
    workers.start_spare()
    await asyncio.to_thread(load_validator)


if __name__ == "__main__":
    sys.exit(run_service(main))
