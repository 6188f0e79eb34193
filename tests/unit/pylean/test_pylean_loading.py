"""Loading an algorithm from its folder, and what is wrong with folders that hold none."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pylean import AlgorithmLoadError, load_algorithm_class

ONE = "from AlgorithmImports import *\n\n\nclass One(QCAlgorithm):\n    pass\n"


@pytest.fixture(autouse=True)
def module_path() -> Iterator[None]:
    """The module path and the loaded modules, put back afterwards."""
    path, modules = list(sys.path), dict(sys.modules)
    yield
    sys.path[:] = path
    for name in set(sys.modules) - set(modules):
        del sys.modules[name]


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """``write("folder", main="…", helper="…")`` makes a strategy folder and gives its main.py."""

    def write(folder: str, **files: str) -> Path:
        (tmp_path / folder).mkdir(exist_ok=True)
        for name, text in files.items():
            (tmp_path / folder / f"{name}.py").write_text(text)
        return tmp_path / folder / "main.py"

    return write


def test_the_one_subclass_is_found(write: Any) -> None:
    assert load_algorithm_class(write("a", main=ONE)).__name__ == "One"


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(AlgorithmLoadError, match="there is no such file") as info:
        load_algorithm_class(tmp_path / "main.py")
    assert info.value.path == tmp_path / "main.py"


def test_a_file_without_an_algorithm(write: Any) -> None:
    with pytest.raises(AlgorithmLoadError, match="exactly one subclass of QCAlgorithm; found none"):
        load_algorithm_class(write("a", main="from AlgorithmImports import *\n"))


def test_a_file_with_two(write: Any) -> None:
    with pytest.raises(AlgorithmLoadError, match="found One, Two"):
        load_algorithm_class(write("a", main=ONE + "\n\nclass Two(QCAlgorithm):\n    pass\n"))


def test_a_base_class_from_another_module_does_not_count(write: Any) -> None:
    main = "from AlgorithmImports import *\nfrom base import One\n\n\nclass Two(One):\n    pass\n"
    assert load_algorithm_class(write("a", main=main, base=ONE)).__name__ == "Two"


@pytest.mark.parametrize(("main", "error"), [("def broken(:\n", SyntaxError), ("import nonsense_xyz\n", ImportError)])
def test_what_the_file_raises_passes_through(write: Any, main: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        load_algorithm_class(write("a", main=main))


def test_each_folder_has_its_own_modules(write: Any) -> None:
    """Two strategies with a module of the same name, loaded in turn."""
    main = ONE + "    import helper\n\n    NAME = helper.NAME\n"
    first, second = (write(name, main=main, helper=f"NAME = {name!r}\n") for name in ("first", "second"))
    names = [load_algorithm_class(path).NAME for path in (first, second, first)]  # type: ignore[attr-defined]
    assert names == ["first", "second", "first"]


def test_a_second_load_starts_with_fresh_modules(write: Any) -> None:
    path = write("a", main=ONE + "    import helper\n\n    HELPER = helper\n", helper="COUNT = []\n")
    first = load_algorithm_class(path)
    first.HELPER.COUNT.append(1)  # type: ignore[attr-defined]
    assert load_algorithm_class(path).HELPER.COUNT == []  # type: ignore[attr-defined]


def test_a_relative_path_is_as_good(write: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write("a", main=ONE + "    import helper\n", helper="")
    monkeypatch.chdir(path.parent)
    assert load_algorithm_class(Path("main.py")).__name__ == "One"


def test_pylean_stays_loaded(write: Any) -> None:
    before = sys.modules.get("pylean.engine")
    load_algorithm_class(write("a", main=ONE))
    load_algorithm_class(write("b", main=ONE))
    assert sys.modules.get("pylean.engine") is before
