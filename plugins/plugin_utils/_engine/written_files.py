# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Files on the controller: written whole or not at all. Nothing here imports Ansible."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from .._model.refusal import Refused, TaskFailure

_MODE = 0o644  # whoever collects metrics reads them as another user
_PRIVATE = 0o640  # what else is in a report may be for fewer: accounts, and who did what
_OPEN = (".prom", ".status")
_ABANDONED = 3600  # seconds, after which no run is at work on a file any more


def written(folder: Path, texts: Mapping[str, str]) -> tuple[list[str], str | None]:
    """Writes files, by their names, into a folder that is made where it is missing: their paths, and why not all are
    there. None is replaced before all could be written. A reader finds the old file or the new one, with the mode of
    the old one."""
    done: list[str] = []
    parts: dict[Path, Path] = {}
    try:
        with _told("directory", folder):
            folder.mkdir(parents=True, exist_ok=True)
            _tidy(folder, texts)
            for name, text in texts.items():
                parts[folder / name] = _part(folder / name, text)
            for path, part in parts.items():
                os.replace(part, path)
                done.append(str(path))
    except TaskFailure as failure:
        return done, str(failure)
    finally:
        for part in parts.values():
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)
    return done, None


def _tidy(folder: Path, names: Iterable[str]) -> None:
    """Removes what a run that was killed left here."""
    for name in names:
        for part in folder.glob(f".{name}.????????"):
            with contextlib.suppress(OSError):
                if time.time() - part.stat().st_mtime > _ABANDONED:
                    part.unlink()


def create(path: Path, text: str) -> None:
    """Writes a new file. Raises Refused where there is one, which may be somebody's work, and TaskFailure."""
    with _told("file", path):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            file = path.open("x", encoding="utf-8", newline="\n")
        except FileExistsError as error:
            raise _there(path) from error
        try:
            with file:
                file.write(text)
            path.chmod(_MODE)
        except BaseException:  # a part of it would be in the way of the next run
            path.unlink()
            raise


def check_new(path: Path) -> None:
    """Writes nothing. Raises Refused and TaskFailure as `create` would, where that can be told before: a file is there,
    or no folder for it can be written to."""
    if path.exists() or path.is_symlink():
        raise _there(path)
    folder = next(parent for parent in path.parents if parent.exists())
    with _told("file", folder):
        if not folder.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(folder))
        if not os.access(folder, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(folder))


def _there(path: Path) -> Refused:
    return Refused(f"file: {path} exists, and is left as it is; name another one.")


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
def _told(option: str, path: Path) -> Iterator[None]:
    """`path`: what is written, where the error names no file: a disk that is full."""
    try:
        yield
    except OSError as error:
        raise TaskFailure(
            f"{option}: {error.filename or path} cannot be written on the controller ({error.strerror}); name one that "
            "this user may write."
        ) from error


def _part(path: Path, text: str) -> Path:
    """The file under another name. Raises OSError."""
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    mode = _MODE if path.suffix in _OPEN else _PRIVATE
    if path.is_file():
        mode = stat.S_IMODE(path.stat().st_mode)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, mode)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise
    return Path(name)
