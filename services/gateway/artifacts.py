"""The files of a result: what the runner says of them is held against what lies on the disk."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from services.common.errors import ServiceError
from zac.run.v1 import execution_pb2

__all__ = ["verify_artifacts"]


def verify_artifacts(folder: Path, artifacts: Iterable[execution_pb2.Artifact]) -> None:
    """Checks that each artifact is a file in `folder` with its size and hash.

    Raises FAILED_PRECONDITION ARTIFACT_MISMATCH naming the first that is not.
    """
    for artifact in artifacts:
        path = folder / artifact.name
        if Path(artifact.name).name != artifact.name:
            raise _mismatch(artifact, "its name is a path")
        try:
            size_bytes = path.stat().st_size
            if size_bytes != artifact.size_bytes:
                raise _mismatch(artifact, f"{artifact.size_bytes} bytes are announced, {size_bytes} are there")
            with path.open("rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise _mismatch(artifact, f"{path} cannot be read: {error.strerror}") from error
        if found != artifact.sha256:
            raise _mismatch(artifact, f"SHA-256 {artifact.sha256} is announced, {found} is there")


def _mismatch(artifact: execution_pb2.Artifact, problem: str) -> ServiceError:
    return ServiceError.failed_precondition(
        "ARTIFACT_MISMATCH",
        f"result file {artifact.name!r} is not what the run wrote: {problem}",
        metadata={"artifact": artifact.name},
    )
