"""Structured logs: one JSON object a line, without secrets."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from pathlib import Path
from typing import Any

# structlog imports Rich for its console renderer wherever Rich is installed. Services write JSON only, and Rich would
# be a fifth of the time they take to start.
_hidden = {name: sys.modules.get(name) for name in ("rich", "colorama") if name not in sys.modules}
sys.modules.update(dict.fromkeys(_hidden))  # type: ignore[arg-type] # None makes an import fail; that is documented
import structlog  # noqa: E402

for _name in _hidden:
    del sys.modules[_name]

__all__ = ["bind_call", "configure_logging", "current_request_id", "get_logger", "hide_secret"]

_SECRET_KEY = re.compile(r"key$|token|secret|password|authorization|credential", re.IGNORECASE)
_NOT_SECRET = {"fencing_token", "page_token"}
_HIDDEN_TEXT = "***"
_secrets: set[str] = set()


def get_logger(**initial: object) -> structlog.stdlib.BoundLogger:
    """A logger; the request's id and method are added to what it writes inside a call."""
    logger: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(**initial)
    return logger


def bind_call(request_id: str, method: str) -> None:
    """Adds the two to every log line of the current task from here on."""
    structlog.contextvars.bind_contextvars(request_id=request_id, method=method)


def current_request_id() -> str | None:
    """The request id bound in the current task, if one is."""
    request_id: str | None = structlog.contextvars.get_contextvars().get("request_id")
    return request_id


def hide_secret(value: str) -> None:
    """Makes `value` unreadable wherever it stands in a later log line."""
    if value:
        _secrets.add(value)


def configure_logging(service: str, level: str = "INFO", file: Path | None = None) -> None:
    """Sends the process's logs, also those of libraries, to standard error or appends them to `file`."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        lambda _logger, _method, event: {"service": service, **event},
        structlog.processors.format_exc_info,
        _mask,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        cache_logger_on_first_use=False,
    )
    handler: logging.Handler = logging.StreamHandler(sys.stderr)
    if file is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
        handler = logging.FileHandler(file, encoding="utf-8")
    render: list[structlog.typing.Processor] = [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        structlog.processors.JSONRenderer(),
    ]
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=render))
    root = logging.getLogger()
    for old in root.handlers[:]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level)


def _mask(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {key: _masked(key, value) for key, value in event.items()}


def _masked(key: str, value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _masked(name, item) for name, item in value.items()}
    if value is not None and _SECRET_KEY.search(key) and key not in _NOT_SECRET:
        return _HIDDEN_TEXT
    if isinstance(value, str):
        for secret in _secrets:
            value = value.replace(secret, _HIDDEN_TEXT)
    return value
