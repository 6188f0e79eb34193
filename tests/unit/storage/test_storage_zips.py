"""Zips: strict reading, reproducible and crash-safe writing."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pylean.storage import (
    DEFLATE_LIBRARY,
    MissingFileError,
    UnreadableZipError,
    inspect_entry,
    pack_entry,
    read_comment,
    read_entry,
    remove_abandoned,
    unpack_entry,
    write_atomically,
    write_entry,
)
from pylean.storage._deflate import DEFLATE, Deflate

CONTENT = b"\n".join(b"%d,1674100,1674100,1674000,1674050,%d" % (34_200_000 + n * 1000, n) for n in range(400))
NAME = "20131007_spy_second_trade.csv"
ARCHIVE = pack_entry(NAME, CONTENT, b'{"rows":400}')
HERE = Path("file.zip")


def foreign_zip(**entries: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def test_written_entries_read_back_here_and_in_python(tmp_path: Path) -> None:
    path = tmp_path / "second" / "spy" / "20131007_trade.zip"
    write_entry(path, NAME, CONTENT, b"evidence")
    assert read_entry(path) == CONTENT
    assert read_comment(path) == b"evidence"
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        (entry,) = archive.infolist()
    assert (entry.filename, entry.compress_type, entry.flag_bits) == (NAME, zipfile.ZIP_DEFLATED, 0)
    assert (entry.create_version, entry.extract_version, entry.extra, entry.date_time) == (
        20,
        20,
        b"",
        (1980, 1, 1, 0, 0, 0),
    )
    assert list((path.parent / ".staging").iterdir()) == []


def test_same_content_gives_same_bytes_and_smaller_ones() -> None:
    assert pack_entry(NAME, CONTENT, b'{"rows":400}') == ARCHIVE
    assert len(ARCHIVE) < len(CONTENT) / 4
    assert unpack_entry(pack_entry(NAME, b""), HERE) == b""


def test_both_libraries_read_what_either_wrote() -> None:
    plain = Deflate()
    assert plain.decompress(DEFLATE.compress(CONTENT), len(CONTENT)) == CONTENT
    assert DEFLATE.decompress(plain.compress(CONTENT), len(CONTENT)) == CONTENT
    assert plain.crc32(CONTENT) == DEFLATE.crc32(CONTENT)
    assert DEFLATE_LIBRARY == DEFLATE.name != plain.name


WITHOUT_LIBDEFLATE = """
import sys
sys.modules["deflate"] = None
from pathlib import Path
from pylean.storage import DEFLATE_LIBRARY, pack_entry, unpack_entry
assert unpack_entry(pack_entry("x.csv", b"1,2,3"), Path("x.zip")) == b"1,2,3"
print(DEFLATE_LIBRARY)
"""


def test_zlib_serves_where_libdeflate_is_not_installed(project: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(project)}
    command = [sys.executable, "-c", WITHOUT_LIBDEFLATE]
    shown = subprocess.run(command, capture_output=True, text=True, env=environment, check=True)
    assert shown.stdout.strip() == Deflate.name


@pytest.mark.parametrize("library", [Deflate(), DEFLATE], ids=["zlib", "chosen"])
@pytest.mark.parametrize("size", [0, 1, len(CONTENT) - 1, len(CONTENT) + 1])
def test_a_declared_size_that_is_wrong_is_an_error(library: Deflate, size: int) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        library.decompress(Deflate().compress(CONTENT), size)


def test_the_first_entry_counts_whatever_its_name() -> None:
    assert unpack_entry(foreign_zip(**{"tapa/tapa.csv": b"1"}), HERE) == b"1"
    assert unpack_entry(foreign_zip(**{"tapa/": b"", "tapa/tapa.csv": b"1"}), HERE) == b"1"


def test_data_descriptors_and_stored_entries_are_read() -> None:
    class Stream(io.RawIOBase):
        def __init__(self) -> None:
            self.data = bytearray()

        def writable(self) -> bool:
            return True

        def write(self, chunk: object) -> int:
            self.data += bytes(chunk)  # type: ignore[call-overload]
            return len(chunk)  # type: ignore[arg-type]

    for method in (zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED):
        stream = Stream()
        with zipfile.ZipFile(stream, "w", method) as archive:
            archive.writestr(NAME, CONTENT)
        assert unpack_entry(bytes(stream.data), HERE) == CONTENT


@pytest.mark.parametrize(
    ("archive", "reason"),
    [
        (b"", "is not a zip"),
        (b"no zip at all", "is not a zip"),
        (b"PK\x03\x04", "is not a zip"),
        (ARCHIVE[:-40], "is not a zip or is cut short"),
        (ARCHIVE[: len(ARCHIVE) // 2], "is not a zip or is cut short"),
        (foreign_zip(), "holds 0 entries instead of one"),
        (foreign_zip(first=b"1", second=b"2"), "holds 2 entries instead of one"),
        (ARCHIVE.replace(b"PK\x03\x04", b"PK\x03\x05"), "header of .* is damaged"),
    ],
)
def test_what_is_no_single_entry_is_refused(tmp_path: Path, archive: bytes, reason: str) -> None:
    path = tmp_path / "20131007_trade.zip"
    path.write_bytes(archive)
    with pytest.raises(UnreadableZipError, match=reason) as caught:
        read_entry(path)
    assert caught.value.path == path
    with pytest.raises(UnreadableZipError, match=reason):
        inspect_entry(archive, path)
    assert "quarantine the file" in str(caught.value)


def test_an_entry_is_inspected_without_being_unpacked() -> None:
    content = ARCHIVE.index(NAME.encode()) + len(NAME)
    damaged = ARCHIVE[:content] + bytes([ARCHIVE[content] ^ 0xFF]) + ARCHIVE[content + 1 :]
    assert inspect_entry(damaged, HERE) == inspect_entry(ARCHIVE, HERE) == (NAME, b'{"rows":400}')
    with pytest.raises(UnreadableZipError):
        unpack_entry(damaged, HERE)


def test_encrypted_and_oddly_compressed_entries_are_refused() -> None:
    central = ARCHIVE.index(b"PK\x01\x02")
    encrypted = bytearray(ARCHIVE)
    encrypted[central + 8] |= 1
    with pytest.raises(UnreadableZipError, match="is encrypted"):
        unpack_entry(bytes(encrypted), HERE)
    other = bytearray(ARCHIVE)
    other[central + 10] = 12
    with pytest.raises(UnreadableZipError, match="uses compression 12"):
        unpack_entry(bytes(other), HERE)


def test_a_huge_declared_size_is_refused_before_anything_is_unpacked() -> None:
    central = ARCHIVE.index(b"PK\x01\x02")
    bomb = bytearray(ARCHIVE)
    bomb[central + 24 : central + 28] = (2**31).to_bytes(4, "little")
    with pytest.raises(UnreadableZipError, match="declares over"):
        unpack_entry(bytes(bomb), HERE)


def test_a_missing_file_is_missing(tmp_path: Path) -> None:
    for read in (read_entry, read_comment):
        with pytest.raises(MissingFileError, match="no such file"):
            read(tmp_path / "none.zip")


@settings(deadline=None, max_examples=400)
@given(st.integers(0, len(ARCHIVE) - 1), st.integers(1, 255))
def test_a_flipped_byte_never_gives_other_content(position: int, change: int) -> None:
    damaged = bytearray(ARCHIVE)
    damaged[position] ^= change
    try:
        content = unpack_entry(bytes(damaged), HERE)
    except UnreadableZipError:
        return
    assert content == CONTENT


@settings(deadline=None, max_examples=200)
@given(st.integers(0, len(ARCHIVE) - 1))
def test_a_cut_file_never_reads(length: int) -> None:
    # A cut inside the comment is noticed too: the directory says how long the comment is.
    with pytest.raises(UnreadableZipError):
        unpack_entry(ARCHIVE[:length], HERE)


def test_too_long_comments_are_refused_before_writing(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="cannot be packed"):
        write_entry(tmp_path / "x.zip", NAME, CONTENT, b"x" * 65_536)
    assert list(tmp_path.iterdir()) == []


def test_a_failed_check_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"old")

    def refuse(staged: Path) -> None:
        raise ValueError(staged.name)

    with pytest.raises(ValueError, match=r"x\.\d+\."):
        write_atomically(path, b"new", tmp_path / "staging", check=refuse)
    assert path.read_bytes() == b"old"
    assert list((tmp_path / "staging").iterdir()) == []


def test_clean_up_spares_files_being_written(tmp_path: Path) -> None:
    staging = tmp_path / "staging"
    staging.mkdir()
    leftover = staging / "x.1234.deadbeef"
    leftover.write_bytes(b"left by a dead process")
    removed: list[Path] = []
    write_atomically(tmp_path / "x", b"new", staging, check=lambda _: removed.extend(remove_abandoned(staging)))
    assert removed == [leftover]
    assert (tmp_path / "x").read_bytes() == b"new"
    assert remove_abandoned(tmp_path / "none") == []


WRITER = """
import sys
from pathlib import Path
from pylean.storage import write_entry
path = Path(sys.argv[1])
contents = [bytes([65 + n]) * 300_000 for n in range(8)]
print("ready", flush=True)
while True:
    for content in contents:
        write_entry(path, "x.csv", content)
"""


@pytest.mark.parametrize("delay_s", [0.0, 0.003, 0.011, 0.029])
def test_a_killed_writer_leaves_a_whole_file(
    tmp_path: Path, project: Path, eventually: Callable[..., object], delay_s: float
) -> None:
    path = tmp_path / "x.zip"
    environment = {**os.environ, "PYTHONPATH": str(project)}
    with subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, env=environment) as writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        eventually(path.exists)
        with pytest.raises(subprocess.TimeoutExpired):
            writer.wait(delay_s)
        writer.send_signal(signal.SIGKILL)
    content = read_entry(path)
    assert content == content[:1] * 300_000
    remove_abandoned(tmp_path / ".staging")
    assert list((tmp_path / ".staging").iterdir()) == []
