"""The object store: texts, bytes and JSON by key, in the run's folder and nowhere else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pylean.api.AlgorithmImports import QCAlgorithm
from pylean.object_store import ObjectStore


@pytest.fixture
def store(tmp_path: Path) -> ObjectStore:
    return ObjectStore(tmp_path / "store")


def test_what_is_saved_is_read_back(store: Any) -> None:
    assert store.save("notes/a.txt", "größe")
    assert store.SaveBytes("model.bin", bytearray([0, 255]))
    assert store.save_json("settings.json", {"n": [1, None]})
    assert store.read("notes/a.txt") == store.read_string("notes/a.txt") == "größe"
    assert store.ReadBytes("model.bin") == b"\x00\xff"
    assert store.read_json("settings.json") == {"n": [1, None]}
    assert store.keys == ["model.bin", "notes/a.txt", "settings.json"]
    assert dict(iter(store))["model.bin"] == b"\x00\xff"


def test_a_key_is_there_until_it_is_deleted(store: ObjectStore) -> None:
    assert not store.contains_key("a")
    with pytest.raises(KeyError, match="the object store has no 'a'"):
        store.read("a")
    store.save("a", "1")
    assert store.contains_key("a")
    store.clear()
    assert store.contains_key("a"), "as in Lean, clearing keeps the files"
    assert store.delete("a")
    assert not store.delete("a")
    assert not store.contains_key("a")


def test_a_file_can_be_written_by_its_path(store: ObjectStore) -> None:
    path = Path(store.get_file_path("models/weights.bin"))
    with pytest.raises(FileNotFoundError, match=r"no file of 'models/weights\.bin'"):
        store.save("models/weights.bin")
    path.write_bytes(b"w")
    assert store.save("models/weights.bin")
    assert store.read_bytes("models/weights.bin") == b"w"


@settings(deadline=None)
@given(
    st.one_of(st.text(max_size=12), st.sampled_from(["../a", "a/../../b", "/../x", "..", ".", "", "/", "a\\..\\..\\b"]))
)
def test_no_key_leads_out_of_the_store(tmp_path_factory: Any, key: str) -> None:
    root = tmp_path_factory.mktemp("outer")
    store = ObjectStore(root / "store")
    try:
        store.save_bytes(key, b"x")
    except (ValueError, IsADirectoryError):
        pass
    else:
        assert store.read_bytes(key) == b"x"
    assert [path.name for path in root.iterdir()] == ["store"]


def test_without_a_folder_it_lasts_as_long_as_its_owner() -> None:
    store = ObjectStore()
    path = Path(store.get_file_path("a"))
    store.save("a", "1")
    assert path.read_text() == "1"
    del store
    assert not path.exists()


def test_runs_of_one_folder_share_their_objects(market: Any, run_algorithm: Any, tmp_path: Path) -> None:
    class Case(QCAlgorithm):
        def initialize(self) -> None:
            self.set_start_date(2025, 6, 2)
            self.set_end_date(2025, 6, 2)
            self.found = self.object_store.contains_key("seen")
            self.object_store.save("seen", "1")

    runs = [run_algorithm(Case, object_store_dir=tmp_path / "shared").algorithm.found for _ in range(2)]
    assert runs == [False, True]
    assert run_algorithm(Case).algorithm.found is False
