"""Page sizes and page tokens."""

from __future__ import annotations

import base64
import binascii
import json

from services.common.canonical import canonical_json, sha256_hex
from services.common.errors import FieldViolation, ServiceError
from services.gateway.store import RunFilter

__all__ = ["MAX_PAGE_BYTES", "page_size", "page_token", "read_page_token"]

# Below the 4 MB a client takes as one message.
MAX_PAGE_BYTES = 3_000_000

_DEFAULT_SIZE = 50
_MAX_SIZE = 1000


def page_size(asked: int) -> int:
    """The size to use: 0 means 50, above 1000 means 1000. Raises INVALID_ARGUMENT for a negative one."""
    if asked < 0:
        raise _invalid("page_size", f"must be 0 to {_MAX_SIZE} (got {asked}); 0 means {_DEFAULT_SIZE}")
    return min(asked or _DEFAULT_SIZE, _MAX_SIZE)


def page_token(last_run_id: str, where: RunFilter) -> str:
    """A token for the runs below `last_run_id`; good only with the same filter."""
    text = json.dumps([last_run_id, _digest(where)], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode()


def read_page_token(token: str, where: RunFilter) -> str | None:
    """The run id the page begins below; raises INVALID_ARGUMENT for a token not made by `page_token` with `where`."""
    if not token:
        return None
    try:
        last_run_id, digest = json.loads(base64.b64decode(token, altchars=b"-_", validate=True))
    except (binascii.Error, ValueError, TypeError) as error:
        raise _invalid("page_token", "is no token of an earlier answer; leave it empty for the first page") from error
    if not isinstance(last_run_id, str) or digest != _digest(where):
        raise _invalid("page_token", "belongs to other states or another strategy; repeat those of the first page")
    return last_run_id


def _digest(where: RunFilter) -> str:
    return sha256_hex(canonical_json([sorted(int(state) for state in where.states), where.strategy]))[:16]


def _invalid(field: str, text: str) -> ServiceError:
    return ServiceError.invalid_argument("INVALID_PAGE", f"{field} {text}", fields=[FieldViolation(field, text)])
