"""Settings: where the key comes from, where it may go, and that it stays hidden."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from services.common.settings import StartupError, load_settings
from services.downloader.config import DownloaderSettings

KEY = "pk-Planted-7f3b91"


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    names = ("ZAC_POLYGON_API_KEY", "POLYGON_API_KEY", "MASSIVE_API_KEY", "ZAC_DATA_ROOT", "BACKTEST_DATA_ROOT")
    for name in (*names, "ZAC_PROVIDER", "ZAC_PROVIDER_URL", "ZAC_STATE_DIR", "ZAC_LEAN_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


def key_of(settings: DownloaderSettings) -> str:
    return settings.polygon_api_key.get_secret_value()


def test_without_a_key_nothing_can_be_downloaded() -> None:
    settings = load_settings(DownloaderSettings)
    assert (key_of(settings), settings.can_download, settings.url) == ("", False, "https://api.massive.com")
    assert settings.data_root == settings.state_dir / "data"


def test_key_names_have_an_order(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("lean.json").write_text('{\n  // "polygon-api-key": "commented",\n  "polygon-api-key": "lean"\n}')
    assert key_of(load_settings(DownloaderSettings)) == "lean"
    for name, value in (("MASSIVE_API_KEY", "third"), ("POLYGON_API_KEY", "second"), ("ZAC_POLYGON_API_KEY", "first")):
        monkeypatch.setenv(name, value)
        assert key_of(load_settings(DownloaderSettings)) == value
        assert load_settings(DownloaderSettings).can_download


@pytest.mark.parametrize("text", ['{"polygon-api-key": ""}', "not json", '// "polygon-api-key": "x"', ""])
def test_a_lean_configuration_without_a_key_gives_none(text: str) -> None:
    Path("lean.json").write_text(text)
    assert key_of(load_settings(DownloaderSettings)) == ""


@pytest.mark.parametrize(
    "environment",
    [
        {"ZAC_PROVIDER_URL": "", "ZAC_PROVIDER": "simulator"},
        {"ZAC_PROVIDER": "nobody"},
        {"ZAC_PROVIDER_URL": "http://api.example"},
        {"ZAC_PROVIDER_URL": "ftp://api.example"},
        {"ZAC_PROVIDER_URL": "https://api.example/?apiKey=x"},
        {"ZAC_MAX_REQUESTS_IN_FLIGHT": "0"},
        {"ZAC_REQUESTS_PER_MINUTE": "-1"},
    ],
)
def test_bad_settings_are_named(monkeypatch: pytest.MonkeyPatch, environment: dict[str, str]) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(StartupError) as caught:
        load_settings(DownloaderSettings)
    assert next(iter(environment)).lower() in str(caught.value).lower()


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8000", "http://localhost:1", "http://[::1]:5/", "https://x.example/"]
)
def test_clear_text_is_for_this_machine_only(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("ZAC_PROVIDER_URL", url)
    assert load_settings(DownloaderSettings).url == url.rstrip("/")


def test_the_key_is_hidden_wherever_settings_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POLYGON_API_KEY", KEY)
    settings = load_settings(DownloaderSettings)
    shown: list[Any] = [settings, repr(settings), settings.model_dump(mode="json"), settings.model_dump_json()]
    assert not any(KEY in str(item) for item in shown)
    monkeypatch.setenv("ZAC_MAX_REQUESTS_IN_FLIGHT", "many")
    with pytest.raises(StartupError) as caught:
        load_settings(DownloaderSettings)
    assert KEY not in str(caught.value)


def test_a_bad_provider_does_not_show_the_key_either(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POLYGON_API_KEY", KEY)
    monkeypatch.setenv("ZAC_PROVIDER", "simulator")
    with pytest.raises(StartupError) as caught:
        load_settings(DownloaderSettings)
    assert KEY not in str(caught.value)


def test_the_data_root_has_two_names(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("BACKTEST_DATA_ROOT", str(tmp_path / "older"))
    assert load_settings(DownloaderSettings).data_root == tmp_path / "older"
    monkeypatch.setenv("ZAC_DATA_ROOT", str(tmp_path / "newer"))
    assert load_settings(DownloaderSettings).data_root == tmp_path / "newer"
