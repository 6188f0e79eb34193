"""What every strategy says about itself, asked once for each state of its source."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc

from services.common.errors import Precondition, ServiceError
from services.common.logging import get_logger
from services.runner.environment import child_environment
from services.runner.strategies import StrategyFolder, StrategyPath

DESCRIBE_MODULE = "services.runner.describe"
DESCRIBE_TIMEOUT_S = 20.0
MAX_CONCURRENT_DESCRIPTIONS = 2  # each is a process that loads the engine
MAX_REMEMBERED = 256
FORMAT = 1  # of the files in the cache; another format is made again

_log = get_logger()
_Said = dict[str, Any]  # the line of the describing process


@dataclass(frozen=True, slots=True)
class StrategyDescription:
    """A strategy's own words: title, parameters (JSON Schema), data requirements (`resolution`, `history_bars`)."""

    name: str
    source_digest: str
    title: str
    schema: Mapping[str, Any]
    data_requirements: tuple[Mapping[str, Any], ...]


class EngineError(Exception):
    """The engine itself cannot be loaded, whatever the strategy."""


class StrategyCatalog:
    """Descriptions by source digest: in memory, on disk, else from a process that loads the strategy."""

    def __init__(self, strategies: StrategyPath, cache_dir: Path, engine_name: str) -> None:
        self._strategies = strategies
        # An engine's release may load a strategy differently, so each has descriptions of its own.
        self._cache_dir = cache_dir / "strategies" / engine_name.replace(" ", "-")
        self._known: dict[str, _Said] = {}
        self._under_way: dict[str, asyncio.Task[_Said]] = {}
        self._slots = asyncio.Semaphore(MAX_CONCURRENT_DESCRIPTIONS)

    def names(self) -> list[str]:
        return [strategy.name for strategy in self._strategies.list()]

    def find(self, name: str) -> StrategyFolder:
        """The strategy's folder. Raises NOT_FOUND STRATEGY_NOT_FOUND with the known names."""
        strategy = self._strategies.find(name)
        if strategy is None:
            known = ", ".join(self.names()) or "none; set ZAC_STRATEGY_PATH"
            shown = name if len(name) <= 80 else f"{name[:79]}…"
            raise ServiceError.not_found(
                "STRATEGY_NOT_FOUND",
                f"There is no strategy {shown!r}. Known strategies: {known}.",
                resource=("strategy", shown),
                metadata={"strategy": shown, "known_strategies": known},
            )
        return strategy

    async def describe(self, name: str) -> StrategyDescription:
        """Describe the strategy as its source is now; equal questions at one time share one answer.

        Raises STRATEGY_NOT_FOUND, and FAILED_PRECONDITION STRATEGY_INVALID when it cannot be loaded.
        """
        strategy = self.find(name)
        digest = self._digest(strategy)
        said = self._known.get(digest)
        if said is None:
            task = self._under_way.get(digest)
            if task is None:
                task = asyncio.create_task(self._load(strategy, digest))
                self._under_way[digest] = task
                task.add_done_callback(lambda _done: self._under_way.pop(digest, None))
            # Whoever leaves first must not take the answer away from the others.
            said = await asyncio.shield(task)
        return StrategyDescription(name, digest, said["title"], said["schema"], tuple(said["data_requirements"]))

    async def describe_all(self) -> list[StrategyDescription]:
        """Describe every strategy; one that cannot be loaded is there without title and schema."""
        return list(await asyncio.gather(*map(self._describe_or_name, self.names())))

    async def close(self) -> None:
        """End the descriptions under way."""
        tasks = list(self._under_way.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _describe_or_name(self, name: str) -> StrategyDescription:
        try:
            return await self.describe(name)
        except ServiceError as error:
            _log.info("strategy is listed without a description", strategy=name, reason=error.reason)
            return StrategyDescription(name, "", "", {}, ())

    def _digest(self, strategy: StrategyFolder) -> str:
        try:
            return strategy.source_digest()
        except OSError as error:
            raise _invalid(strategy.name, f"{error.filename or strategy.path}: {error.strerror}") from error

    async def _load(self, strategy: StrategyFolder, digest: str) -> _Said:
        path = self._cache_dir / f"{digest}.json"
        said = _read_cache(path)
        if said is None:
            async with self._slots:
                said = await _ask(strategy)
            if self._digest(strategy) != digest:
                return said  # it was changed meanwhile: nobody knows which source this describes
            _write_cache(path, said)
        if len(self._known) >= MAX_REMEMBERED:
            self._known.pop(next(iter(self._known)))
        self._known[digest] = said
        return said


async def _ask(strategy: StrategyFolder) -> _Said:
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-P",
        "-m",
        DESCRIBE_MODULE,
        str(strategy.path),
        env=child_environment(),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(DESCRIBE_TIMEOUT_S):
            output, _ = await child.communicate()
    except TimeoutError:
        raise _invalid(strategy.name, f"loading it took longer than {DESCRIBE_TIMEOUT_S:g} s") from None
    finally:
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        await child.wait()
    try:
        said: _Said = json.loads(output)
    except ValueError:
        raise _invalid(strategy.name, f"loading it ended the process with exit code {child.returncode}") from None
    if "engine_error" in said:
        raise EngineError(said["engine_error"])
    if "error" in said:
        _log.warning("strategy cannot be loaded", strategy=strategy.name, detail=said["detail"])
        raise _invalid(strategy.name, said["error"])
    return said


def _invalid(name: str, why: str) -> ServiceError:
    return ServiceError(
        grpc.StatusCode.FAILED_PRECONDITION,
        "STRATEGY_INVALID",
        f"The strategy {name} cannot be loaded: {why}",
        preconditions=[Precondition("STRATEGY_INVALID", name, why)],
        metadata={"strategy": name},
    )


def _read_cache(path: Path) -> _Said | None:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        _log.warning("cached description is unreadable and made again", path=str(path), problem=str(error))
        return None
    return content["description"] if content.get("format") == FORMAT else None


def _write_cache(path: Path, said: _Said) -> None:
    content = json.dumps({"format": FORMAT, "description": said}, ensure_ascii=False, indent=1)
    temporary = path.with_suffix(f".{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_text(content, encoding="utf-8")
        temporary.replace(path)
    except OSError as error:
        _log.warning("description cannot be cached", path=str(path), problem=str(error))
