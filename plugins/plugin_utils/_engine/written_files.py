# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Files on the controller: written whole or not at all. Nothing here imports Ansible."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from .._model.refusal import Refused, TaskFailure

_MODE = 0o644  # whoever collects metrics reads them as another user


def write(folder: Path, texts: Mapping[str, str]) -> list[str]:
    """Writes files, by their names, into a folder that is made where it is missing, and returns their paths. A reader
    finds the old file or the new one. Raises TaskFailure."""
    with _told("directory"):
        folder.mkdir(parents=True, exist_ok=True)
        return [str(_replaced(folder / name, text)) for name, text in texts.items()]


def create(path: Path, text: str) -> None:
    """Writes a new file. Raises Refused where there is one, which may be somebody's work, and TaskFailure."""
    with _told("file"):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            file = path.open("x", encoding="utf-8", newline="\n")
        except FileExistsError as error:
            raise Refused(f"file: {path} exists, and is left as it is; name another one.") from error
        with file:
            file.write(text)
        path.chmod(_MODE)


def create_all(texts: Mapping[Path, str]) -> None:
    """Writes new files, all or none. Raises as `create` does."""
    made: list[Path] = []
    try:
        for path, text in texts.items():
            create(path, text)
            made.append(path)
    except BaseException:
        for path in made:
            path.unlink()
        raise


@contextlib.contextmanager
def _told(option: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise TaskFailure(
            f"{option}: {error.filename} cannot be written on the controller ({error.strerror}); name one that this "
            "user may write."
        ) from error


def _replaced(path: Path, text: str) -> Path:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        os.chmod(name, _MODE)
        os.replace(name, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise
    return path
