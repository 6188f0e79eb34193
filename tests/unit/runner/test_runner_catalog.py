"""The catalog: each state of a strategy's source is described once."""

from __future__ import annotations

import asyncio
import textwrap
from pathlib import Path

import pytest

from services.common.errors import ServiceError
from services.runner.catalog import StrategyCatalog
from services.runner.strategies import StrategyPath


def write(folder: Path, body: str = "") -> Path:
    """A strategy that notes each time it is loaded, and then runs `body`."""
    folder.mkdir(parents=True, exist_ok=True)
    source = """
        from pathlib import Path

        from AlgorithmImports import QCAlgorithm

        with (Path(__file__).parent / "loads.txt").open("a") as file:
            file.write("x")
    """
    algorithm = "\nclass Algorithm(QCAlgorithm):\n    '''Title.'''\n"
    (folder / "main.py").write_text(textwrap.dedent(source) + textwrap.dedent(body) + algorithm)
    return folder


def catalog(tmp_path: Path, engine: str = "pylean 1") -> StrategyCatalog:
    return StrategyCatalog(StrategyPath([tmp_path / "strategies"]), tmp_path / "cache", engine)


def loads(folder: Path) -> int:
    return len((folder / "loads.txt").read_text())


async def test_equal_questions_at_one_time_load_the_strategy_once(tmp_path: Path) -> None:
    folder = write(tmp_path / "strategies" / "mine")
    asked = catalog(tmp_path)
    answers = await asyncio.gather(*(asked.describe("mine") for _ in range(10)))
    assert {answer.title for answer in answers} == {"Title."}
    assert loads(folder) == 1
    await asked.describe("mine")
    await catalog(tmp_path).describe("mine")
    assert loads(folder) == 1, "nor again in another runner: it is on the disk"
    await catalog(tmp_path, "pylean 2").describe("mine")
    assert loads(folder) == 2, "another engine loads it anew"


async def test_who_leaves_first_does_not_take_the_answer_away(tmp_path: Path) -> None:
    write(tmp_path / "strategies" / "mine")
    asked = catalog(tmp_path)
    first = asyncio.create_task(asked.describe("mine"))
    second = asyncio.create_task(asked.describe("mine"))
    await asyncio.sleep(0)
    first.cancel()
    assert (await second).title == "Title."


async def test_a_source_that_changes_while_it_is_loaded_is_not_remembered(tmp_path: Path) -> None:
    folder = write(tmp_path / "strategies" / "mine", "(Path(__file__).parent / 'new.py').write_text('')\n")
    asked = catalog(tmp_path)
    before = await asked.describe("mine")
    after = await asked.describe("mine")
    assert before.source_digest != after.source_digest
    assert loads(folder) == 2


async def test_a_strategy_that_takes_for_ever_to_load_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.runner.catalog.DESCRIBE_TIMEOUT_S", 1.5)
    write(tmp_path / "strategies" / "mine", "import time\ntime.sleep(60)\n")
    with pytest.raises(ServiceError, match=r"longer than 1\.5 s"):
        await catalog(tmp_path).describe("mine")


async def test_closing_ends_what_is_under_way(tmp_path: Path) -> None:
    write(tmp_path / "strategies" / "mine", "import time\ntime.sleep(60)\n")
    asked = catalog(tmp_path)
    task = asyncio.create_task(asked.describe("mine"))
    await asyncio.sleep(0.2)
    await asked.close()
    with pytest.raises(asyncio.CancelledError):
        await task
