"""Settings of the downloader."""

from __future__ import annotations

import ipaddress
import re
from pathlib import Path
from typing import Any, Final, Literal
from urllib.parse import urlsplit

from pydantic import AliasChoices, Field, SecretStr, ValidationInfo, field_validator, model_validator

from services.common.settings import CommonSettings

POLYGON_URL: Final = "https://api.massive.com"
KEY_HELP: Final = (
    "set ZAC_POLYGON_API_KEY (or POLYGON_API_KEY, MASSIVE_API_KEY, or polygon-api-key in lean.json), "
    "or ZAC_PROVIDER=simulator for simulated data"
)
# lean.json carries comments, so it is no JSON; an entry that is commented out does not start its line.
_LEAN_KEY: Final = re.compile(r'^\s*"polygon-api-key"\s*:\s*"([^"\s]+)"', re.MULTILINE)


class DownloaderSettings(CommonSettings):
    """Each field is read from `ZAC_` + its name in capitals, unless other names are given."""

    downloader_address: str = "127.0.0.1:50051"
    """Where to listen; port 0 takes a free one."""
    data_root: Path = Field(
        default_factory=lambda data: data["state_dir"] / "data",
        validation_alias=AliasChoices("ZAC_DATA_ROOT", "BACKTEST_DATA_ROOT"),
    )
    """Lean data folder that requests without one mean."""
    provider: Literal["polygon", "simulator"] = "polygon"
    """Where bars come from."""
    provider_url: str = Field(default="", validate_default=True)
    """Base address of the provider; https, or http on this machine."""
    polygon_api_key: SecretStr = Field(
        default=SecretStr(""),
        validation_alias=AliasChoices("ZAC_POLYGON_API_KEY", "POLYGON_API_KEY", "MASSIVE_API_KEY"),
    )
    lean_config: Path = Path("lean.json")
    """Lean's configuration, whose polygon-api-key is used when no variable gives one."""
    max_requests_in_flight: int = Field(default=5, ge=1, le=64)
    requests_per_minute: int | None = Field(default=None, ge=1)
    """Limit of the provider's plan; 5 for the free one."""
    read_timeout_s: float = Field(default=30.0, gt=0)
    """How long the provider may keep silent within an answer."""

    @model_validator(mode="before")
    @classmethod
    def _key_of_lean(cls, values: Any) -> Any:
        names = ("ZAC_POLYGON_API_KEY", "POLYGON_API_KEY", "MASSIVE_API_KEY", "polygon_api_key")
        if not isinstance(values, dict) or any(values.get(name) for name in names):
            return values
        path = Path(values.get("lean_config") or cls.model_fields["lean_config"].default)
        if not path.is_file():
            return values
        found = _LEAN_KEY.search(path.read_text("utf-8", errors="replace"))
        return values if found is None else {**values, "ZAC_POLYGON_API_KEY": found[1]}

    # On the field, not on the model: errors quote their input, and the model's would be everything, key included.
    @field_validator("provider_url")
    @classmethod
    def _is_safe(cls, value: str, info: ValidationInfo) -> str:
        if not value and info.data.get("provider") == "simulator":
            raise ValueError("provider simulator needs the address that `zac sim` prints")
        parts = urlsplit(value or POLYGON_URL)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.path.strip("/"):
            raise ValueError(f"is no base address such as {POLYGON_URL}")
        if parts.scheme == "http" and not is_loopback(parts.hostname):
            raise ValueError("would send the key in clear text; use https")
        return value.rstrip("/")

    @property
    def url(self) -> str:
        """Base address in force, without a slash at the end."""
        return self.provider_url or POLYGON_URL

    @property
    def can_download(self) -> bool:
        """Whether a download could be tried."""
        return self.provider == "simulator" or bool(self.polygon_api_key.get_secret_value())


def is_loopback(host: str) -> bool:
    """Whether a host name means this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
