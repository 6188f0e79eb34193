"""``python -m services.downloader``: the downloader as a process."""

from __future__ import annotations

import sys

import grpc.aio

from services.common.clock import SystemClock
from services.common.logging import configure_logging, hide_secret
from services.common.server import run_service, serve
from services.common.settings import load_settings
from zac.data.v1 import downloader_service_pb2_grpc

from .config import DownloaderSettings
from .service import DownloaderServicer


async def main() -> None:
    """Serve until told to stop."""
    settings = load_settings(DownloaderSettings)
    configure_logging("downloader", settings.log_level, settings.log_file)
    hide_secret(settings.polygon_api_key.get_secret_value())
    servicer = DownloaderServicer(settings, SystemClock())

    def add_services(server: grpc.aio.Server) -> None:
        downloader_service_pb2_grpc.add_DownloaderServiceServicer_to_server(servicer, server)

    await serve("downloader", settings.downloader_address, add_services, settings=settings, on_drain=servicer.drain)


if __name__ == "__main__":
    sys.exit(run_service(main))
