"""How large an event may be: a watcher's newest event must not wait behind megabytes of older ones."""

from __future__ import annotations

from google.rpc import error_details_pb2, status_pb2

from services.common.status import find_error_info
from zac.data.v1 import download_pb2
from zac.run.v1 import execution_pb2

__all__ = ["MAX_EVENT_BYTES", "fit_download_progress", "fit_error", "fit_log", "fit_order_event", "fit_result"]

MAX_EVENT_BYTES = 16_384

_TEXT_BYTES = 8_192
_BODY_BYTES = 15_000  # leaves room for sequence, time and the words around it
_WARNING_TEXT_BYTES = 300
_MAX_WARNINGS = 100
_MAX_UNITS = 250
_CUT_MARK = " … [cut]"


def fit_log(line: execution_pb2.LogLine) -> execution_pb2.LogLine:
    """The line with its text cut at 8 kB; a mark says so."""
    line.text = _cut(line.text, _TEXT_BYTES)
    line.phase = _cut(line.phase, 64)
    return line


def fit_order_event(event: execution_pb2.OrderEvent) -> execution_pb2.OrderEvent:
    """The order event with its message cut at 8 kB."""
    event.message = _cut(event.message, _TEXT_BYTES)
    return event


def fit_result(result: execution_pb2.RunResult) -> execution_pb2.RunResult:
    """The result with at most a hundred warnings, fewer when they or the artifacts are large.

    `warning_count` keeps the count of all; artifacts go last of all, since without them files cannot be verified.
    """
    result.warning_count = max(result.warning_count, len(result.warnings))
    del result.warnings[_MAX_WARNINGS:]
    for warning in result.warnings:
        warning.text = _cut(warning.text, _WARNING_TEXT_BYTES)
    for repeated in (result.warnings, result.artifacts, result.statistics):
        while result.ByteSize() > _BODY_BYTES and repeated:
            repeated.pop()
    return result


def fit_error(status: status_pb2.Status) -> status_pb2.Status:
    """The status; a large one keeps its message, cut, and its reason."""
    if status.ByteSize() <= _TEXT_BYTES:
        return status
    fitted = status_pb2.Status(code=status.code, message=_cut(status.message, 1_000))
    info = find_error_info(status)
    if info is not None:
        fitted.details.add().Pack(error_details_pb2.ErrorInfo(reason=info.reason[:63], domain=info.domain[:63]))
    return fitted


def fit_download_progress(progress: download_pb2.DownloadProgress) -> list[download_pb2.DownloadProgress]:
    """The progress as one message, or as several with some of the units each."""
    if len(progress.units) <= _MAX_UNITS:
        return [progress]
    parts = []
    for start in range(0, len(progress.units), _MAX_UNITS):
        part = download_pb2.DownloadProgress()
        part.CopyFrom(progress)
        del part.units[:]
        part.units.extend(progress.units[start : start + _MAX_UNITS])
        parts.append(part)
    return parts


def _cut(text: str, limit_bytes: int) -> str:
    if len(text) * 4 <= limit_bytes:
        return text
    encoded = text.encode()
    if len(encoded) <= limit_bytes:
        return text
    return encoded[: limit_bytes - len(_CUT_MARK.encode())].decode(errors="ignore") + _CUT_MARK
