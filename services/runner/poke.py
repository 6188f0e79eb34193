"""The pipe by which a worker says that its journal grew."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable


class Poke:
    """Reading end of the pipe; the bytes mean nothing, only that there are some."""

    def __init__(self) -> None:
        self._descriptor, self.write_descriptor = os.pipe()
        os.set_blocking(self._descriptor, False)
        self._watched = False

    def handed_over(self) -> None:
        """Close the writing end here once the worker has inherited it, so that its death is the end of the pipe."""
        os.close(self.write_descriptor)

    def watch(self, on_poke: Callable[[], None]) -> None:
        """Call `on_poke` with each poke and at the end of the pipe."""
        asyncio.get_running_loop().add_reader(self._descriptor, self._drain, on_poke)
        self._watched = True

    def close(self) -> None:
        if self._descriptor < 0:
            return
        if self._watched:
            asyncio.get_running_loop().remove_reader(self._descriptor)
        os.close(self._descriptor)
        self._descriptor = -1

    def _drain(self, on_poke: Callable[[], None]) -> None:
        ended = not os.read(self._descriptor, 65536)
        if ended:
            self.close()
        on_poke()
