"""``python -m services.downloader.sim``: the simulator as a process of its own."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys

import msgspec

from services.common.parent import watch_parent
from services.downloader.exchange import new_york_sessions

from . import MarketSimulator, SimConfig


def main() -> None:
    """Serve until SIGTERM or SIGINT; one line of JSON on stdout tells the address."""
    parser = argparse.ArgumentParser(prog="python -m services.downloader.sim", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1; 0 takes a free one")
    parser.add_argument("--config", default="{}", help="settings as a JSON object, the fields of SimConfig")
    arguments = parser.parse_args()
    try:
        config = msgspec.json.decode(arguments.config, type=SimConfig)
    except msgspec.DecodeError as error:
        parser.error(f"--config: {error}")
    asyncio.run(_serve(config, arguments.port))


async def _serve(config: SimConfig, port: int) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    parent = os.environ.get("ZAC_PARENT_PID")
    watch_parent(int(parent) if parent else None, stop)
    async with MarketSimulator(config, port=port) as simulator:
        line = {"service": "simulator", "url": simulator.url, "pid": os.getpid()}
        sys.stdout.write(msgspec.json.encode(line).decode() + "\n")
        sys.stdout.flush()
        # The calendar takes a second to load; the first request should not wait for it.
        warm_up = asyncio.create_task(asyncio.to_thread(new_york_sessions))
        await stop.wait()
        await warm_up


if __name__ == "__main__":
    main()
