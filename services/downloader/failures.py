"""What goes wrong in a download, as errors for callers."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Final

import grpc

from pylean.storage import StorageError
from services.common.errors import ServiceError

from .config import KEY_HELP
from .download import DamagedPack
from .provider import KeyRejectedError, ProviderError, RateLimitedError, RefusedError
from .units import day_ranges

_RATE_LIMIT_PAUSE_S: Final = 60.0
_UNREACHABLE_PAUSE_S: Final = 30.0


def key_missing() -> ServiceError:
    """There is something to download, and no key to do it with."""
    return ServiceError.failed_precondition("PROVIDER_KEY_MISSING", f"the market-data provider needs a key: {KEY_HELP}")


def of_provider(error: ProviderError, host: str) -> ServiceError:
    """The provider ended the download."""
    metadata = {"provider": host}
    if isinstance(error, KeyRejectedError):
        text = f"{error}. Check the key: {KEY_HELP}"
        return ServiceError(grpc.StatusCode.UNAUTHENTICATED, "PROVIDER_KEY_REJECTED", text, metadata=metadata)
    if isinstance(error, RefusedError):
        text = f"{error}. Ask for what the plan includes, or change the plan"
        return ServiceError(grpc.StatusCode.PERMISSION_DENIED, "PROVIDER_REFUSED", text, metadata=metadata)
    if isinstance(error, RateLimitedError):
        text = f"{error}. Set ZAC_REQUESTS_PER_MINUTE to the plan's limit, or try again later; what is stored stays"
        pause_s = error.retry_after_s or _RATE_LIMIT_PAUSE_S
        return ServiceError.resource_exhausted("PROVIDER_RATE_LIMITED", text, retry_delay_s=pause_s, metadata=metadata)
    text = f"{error}. Check the network and the provider's status, then start again; what is stored stays"
    return ServiceError.unavailable("PROVIDER_UNREACHABLE", text, retry_delay_s=_UNREACHABLE_PAUSE_S, metadata=metadata)


def of_damage(damaged: list[DamagedPack], host: str) -> ServiceError:
    """The provider sent what cannot be true, and did so again when asked once more."""
    first = damaged[0]
    days = day_ranges(list(first.pack.days))
    more = f" (and {len(damaged) - 1} more ranges)" if len(damaged) > 1 else ""
    text = (
        f"{first.pack.unit}, {days}{more}: {first.error}. Nothing damaged was stored. "
        f"Start again later; if it stays, report it to {host}"
    )
    metadata = {
        "provider": host,
        "symbol": first.pack.unit.symbol,
        "resolution": first.pack.unit.resolution.folder,
        "days": days,
        "ranges": str(len(damaged)),
    }
    return ServiceError(grpc.StatusCode.DATA_LOSS, "DATA_DAMAGED", text, metadata=metadata)


def of_folder(error: OSError, root: Path) -> ServiceError:
    """The data folder cannot be written."""
    metadata = {"data_root": str(root)}
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        text = f"the disk of {root} is full; make room and start again, what is stored stays"
        return ServiceError.resource_exhausted("DISK_FULL", text, metadata=metadata)
    text = f"{root} cannot be written ({error.strerror or error}); make it writable or choose another data root"
    return ServiceError.failed_precondition("DATA_ROOT_NOT_WRITABLE", text, metadata=metadata)


def of_store(error: StorageError) -> ServiceError:
    """The data folder holds something unusable, or leads elsewhere."""
    return ServiceError.failed_precondition("DATA_UNREADABLE", str(error))
