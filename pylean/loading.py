"""Loading an algorithm from its folder, unmodified."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

from pylean import api
from pylean.algorithm import QCAlgorithm
from pylean.api.model_paths import forget_model_modules, install_model_paths
from pylean.missing_names import explained

__all__ = ["AlgorithmLoadError", "load_algorithm_class"]


class AlgorithmLoadError(Exception):
    """The file holds no algorithm, or several. ``path`` is the file."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path


#: Modules of algorithms loaded before. Kept, they would carry one run's state into the next, or one strategy's
#: ``config`` into another's.
_own_modules: set[str] = set()


def load_algorithm_class(path: Path) -> type[QCAlgorithm]:
    """The one QCAlgorithm subclass defined in a file.

    Its folder goes to the front of the module path, as in Lean, so that modules beside it can be imported by name, and
    ``AlgorithmImports`` is pylean's. Raises AlgorithmLoadError, and UnsupportedNameError for a name that Lean has and
    pylean has not; whatever else the file itself raises passes through.
    """
    path = path.absolute()
    if not path.is_file():
        raise AlgorithmLoadError(path, "there is no such file; an algorithm is a folder with a main.py")
    for folder in (str(Path(api.__file__).parent), str(path.parent)):
        if folder in sys.path:
            sys.path.remove(folder)
        sys.path.insert(0, folder)
    install_model_paths()
    _forget_earlier_modules()
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise AlgorithmLoadError(path, "it is not a Python file")
    module = importlib.util.module_from_spec(spec)
    before = set(sys.modules)
    sys.modules[path.stem] = module
    try:
        spec.loader.exec_module(module)
    except NameError as error:
        raise explained(error) from None
    finally:
        _own_modules.update(name for name in set(sys.modules) - before if _lies_in(sys.modules[name], path.parent))
    classes = [
        member
        for member in vars(module).values()
        if isinstance(member, type) and issubclass(member, QCAlgorithm) and member.__module__ == module.__name__
    ]
    if len(classes) != 1:
        found = ", ".join(member.__name__ for member in classes) or "none"
        raise AlgorithmLoadError(path, f"it must define exactly one subclass of QCAlgorithm; found {found}")
    return classes[0]


def _forget_earlier_modules() -> None:
    for name in _own_modules:
        sys.modules.pop(name, None)
    _own_modules.clear()
    forget_model_modules()


def _lies_in(module: ModuleType, folder: Path) -> bool:
    place = getattr(module, "__file__", None)
    ours = module.__name__.partition(".")[0] in ("AlgorithmImports", "pylean")
    return place is not None and not ours and Path(place).is_relative_to(folder)
