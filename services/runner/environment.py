"""The environment a child process gets: nothing secret, nothing that differs from one run to the next."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping

_KEPT = ("PATH", "HOME", "LANG", "TZ")
_SECRET = re.compile(r"KEY|TOKEN|SECRET|PASSWORD|CREDENTIAL|DATABASE_URL")


def child_environment(environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """What of `environment` a strategy may see, with a fixed hash seed and one thread for each linear-algebra library.

    Runs side by side share the cores, and starting a pool of threads takes longer than a backtest needs them.
    """
    kept = {name: environment[name] for name in _KEPT if name in environment}
    kept |= {name: text for name, text in environment.items() if name.startswith("ZAC_") and not _SECRET.search(name)}
    kept |= {"PYTHONHASHSEED": "0", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    if paths := _own_import_paths():
        kept["PYTHONPATH"] = os.pathsep.join(paths)
    return kept


def _own_import_paths() -> list[str]:
    # What this process can import beyond its installation, a checkout above all, its children must import as well.
    installed = tuple({sys.prefix, sys.base_prefix, sys.exec_prefix})
    return [os.path.abspath(path) for path in sys.path if not os.path.abspath(path).startswith(installed)]  # noqa: PTH100
