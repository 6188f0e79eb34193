"""`python -m services.gateway` starts the gateway."""

from __future__ import annotations

import sys

from services.common.clock import SystemClock
from services.common.logging import configure_logging
from services.common.server import run_service, serve
from services.common.settings import load_settings
from services.gateway.application import Gateway
from services.gateway.config import GatewaySettings


async def main() -> None:
    settings = load_settings(GatewaySettings)
    configure_logging("gateway", settings.log_level, settings.log_file)
    gateway = Gateway(settings, SystemClock())
    try:
        await gateway.open()
        address = settings.gateway_grpc_address
        await serve("gateway", address, gateway.add_services, settings=settings, on_drain=gateway.drain)
    finally:
        await gateway.close()


if __name__ == "__main__":
    sys.exit(run_service(main))
