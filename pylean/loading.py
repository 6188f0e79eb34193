"""Loading an algorithm from its folder, unmodified."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

from pylean import api
from pylean.algorithm import QCAlgorithm

__all__ = ["AlgorithmLoadError", "load_algorithm_class"]


class AlgorithmLoadError(Exception):
    """The file holds no algorithm, or several. ``path`` is the file."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path


def load_algorithm_class(path: Path) -> type[QCAlgorithm]:
    """The one QCAlgorithm subclass defined in a file.

    Its folder goes to the front of the module path, as in Lean, so that modules beside it can be imported by name, and
    ``AlgorithmImports`` is pylean's. Raises AlgorithmLoadError; whatever the file itself raises passes through.
    """
    if not path.is_file():
        raise AlgorithmLoadError(path, "there is no such file; an algorithm is a folder with a main.py")
    for folder in (str(Path(api.__file__).parent), str(path.parent)):
        if folder not in sys.path:
            sys.path.insert(0, folder)
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise AlgorithmLoadError(path, "it is not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    classes = [
        member
        for member in vars(module).values()
        if isinstance(member, type) and issubclass(member, QCAlgorithm) and member.__module__ == module.__name__
    ]
    if len(classes) != 1:
        found = ", ".join(member.__name__ for member in classes) or "none"
        raise AlgorithmLoadError(path, f"it must define exactly one subclass of QCAlgorithm; found {found}")
    return classes[0]
