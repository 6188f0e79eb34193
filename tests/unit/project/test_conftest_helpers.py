"""`eventually` and `shared`, which every other test leans on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytest_plugins = ["pytester"]


def count_to(limit: int) -> Callable[[], int | None]:
    calls = iter(range(1, limit + 1))
    return lambda: limit if next(calls) == limit else None


def test_eventually_returns_the_first_truthy_value(eventually: Any) -> None:
    assert eventually(count_to(3)) == 3


def test_eventually_fails_with_the_last_value(eventually: Any) -> None:
    with pytest.raises(pytest.fail.Exception, match=r"not true within 0.03 s; last value: \[\]"):
        eventually(list, timeout_s=0.03)


async def test_eventually_awaits_coroutine_conditions(eventually: Any) -> None:
    poll = count_to(3)

    async def condition() -> int | None:
        return poll()

    assert await eventually.wait(condition) == 3


async def test_eventually_takes_plain_conditions_in_coroutines(eventually: Any) -> None:
    with pytest.raises(pytest.fail.Exception, match="last value: None"):
        await eventually.wait(lambda: None, timeout_s=0.03)


@pytest.mark.parametrize(("ci", "outcome"), [("", "skipped"), ("1", "errors")])
def test_missing_shared_folder_fails_only_in_ci(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, project: Path, ci: str, outcome: str
) -> None:
    pytester.makeconftest((project / "tests" / "conftest.py").read_text(encoding="utf-8"))
    pytester.makepyfile("def test_needs_data(shared):\n    assert shared.is_dir()\n")
    monkeypatch.setenv("ZAC_SHARED", str(pytester.path / "absent"))
    monkeypatch.setenv("CI", ci)

    result = pytester.runpytest_subprocess("-p", "no:cacheprovider", "-rs")

    result.assert_outcomes(**{outcome: 1})
    result.stdout.fnmatch_lines(["*no data folder at *absent; point ZAC_SHARED at it*"])
