"""What must never be in the repository: addresses of registries, paths of a machine, secrets, vendor data."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

# Written in pieces, so that this file does not match itself.
FORBIDDEN = {
    "registry address": r"files\.pythonhosted\.|pypi\.org/sim" + r"ple|registry\.npm" + r"js|registry\.yarn" + "pkg",
    "index option": r"--(extra-)?index-u" + r"rl|--find-lin" + r"ks\b|^registry ?=",
    "download address in a lock file": r'"resolved": *"http' + r"s?://",
    "path of one machine": r"(?<![\w.])/wo" + r"rk/\w|/fa" + r"rm/",
    "private key": r"-----BEGIN [A-Z ]*PRIVATE " + "KEY",
    "password in an address": r"https?://[^/\s:@{}$<]+:[^/\s:@{}$<]+" + r"@",
}
VENDOR_DATA = re.compile(r"_(trade|quote)\.zip$|order-events\.json$")


@pytest.fixture(scope="module")
def tracked(project: Path) -> list[Path]:
    """Files git knows or would take: tracked and untracked, without the ignored."""
    command = ["git", "-C", str(project), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listing = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return [path for name in listing.split("\0") if name and (path := project / name).is_file()]


@pytest.mark.parametrize("kind", FORBIDDEN)
def test_no_file_holds(kind: str, tracked: list[Path], project: Path) -> None:
    pattern = re.compile(FORBIDDEN[kind].encode(), re.MULTILINE)
    found = {
        f"{path.relative_to(project)}: {match[0].decode()}"
        for path in tracked
        if (match := pattern.search(path.read_bytes()))
    }
    assert found == set()


def test_no_vendor_data(tracked: list[Path]) -> None:
    assert [path for path in tracked if VENDOR_DATA.search(path.name)] == []
