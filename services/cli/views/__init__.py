"""How a run is shown while it goes on: bars on a terminal, lines elsewhere, events as JSON, or nothing."""

from __future__ import annotations

from services.cli.views.base import RunView
from services.cli.views.choice import make_view

__all__ = ["RunView", "make_view"]
