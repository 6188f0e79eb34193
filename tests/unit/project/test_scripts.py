"""The shell scripts: they parse, can be started, and set-up says what is missing."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest


@pytest.fixture
def bare_checkout(project: Path, tmp_path: Path) -> Path:
    """What scripts/setup reads, without an environment."""
    (tmp_path / "scripts").mkdir()
    for name in ("pyproject.toml", "requirements.lock", "scripts/setup"):
        shutil.copy(project / name, tmp_path / name)
    return tmp_path


def shell_scripts(project: Path) -> list[Path]:
    candidates = [*(project / "scripts").iterdir(), project / ".ci" / "run"]
    return [path for path in candidates if path.is_file() and path.read_bytes().startswith(b"#!/usr/bin/env bash\n")]


def test_scripts_parse_and_are_executable_and_strict(project: Path) -> None:
    scripts = shell_scripts(project)
    assert {"check", "demo", "gen", "lock", "run", "setup", "test"} <= {path.name for path in scripts}
    for path in scripts:
        subprocess.run(["bash", "-n", path], check=True)
        assert os.access(path, os.X_OK), path
        assert "set -euo pipefail" in path.read_text(encoding="utf-8"), path


def test_ci_runs_the_developers_own_commands(project: Path) -> None:
    lines = (project / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    assert lines[-2:] == ["scripts/check", "scripts/test"]


def test_setup_refuses_an_old_python_with_what_to_do(bare_checkout: Path) -> None:
    old = bare_checkout / "bin" / "python3"
    old.parent.mkdir()
    old.write_text('#!/bin/sh\n[ "$1" = --version ] && echo "Python 3.9.2" && exit 0\nexit 1\n')
    old.chmod(0o755)
    for name in ("python3.11", "python3.12", "python3.13"):
        old.with_name(name).symlink_to(old)

    done = run_setup(bare_checkout, PYTHON=str(old), PATH=f"{old.parent}:{os.environ['PATH']}")

    assert done.returncode == 1
    assert "needs Python 3.11 or newer; found Python 3.9.2" in done.stderr
    assert not (bare_checkout / ".venv").exists()


def test_setup_leaves_no_stamp_when_installing_fails(bare_checkout: Path) -> None:
    (bare_checkout / "requirements.lock").write_text("not-a-package==0\n")

    done = run_setup(bare_checkout, PIP_NO_INDEX="1")

    assert done.returncode != 0
    assert "not-a-package" in done.stderr
    assert not (bare_checkout / ".venv" / ".setup-stamp").exists()


def run_setup(checkout: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [checkout / "scripts" / "setup"], env=os.environ | environment, capture_output=True, text=True, check=False
    )
