# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Files on the controller: written whole or not at all. Nothing here imports Ansible."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from .._model.refusal import TaskFailure

_MODE = 0o644  # whoever collects metrics reads them as another user


def write(folder: Path, texts: Mapping[str, str]) -> list[str]:
    """Writes files, by their names, into a folder that is made where it is missing, and returns their paths. A reader
    finds the old file or the new one. Raises TaskFailure."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return [str(_replaced(folder / name, text)) for name, text in texts.items()]
    except OSError as error:
        raise TaskFailure(
            f"directory: {error.filename or folder} cannot be written on the controller ({error.strerror}); name a "
            "folder that this user may write to."
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
