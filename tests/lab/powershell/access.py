# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Owners and access lists of the files of lab hosts: they are real files here, and no file system of this machine has
Windows' rights.

Kept beside them, by what the file system calls the same file whatever its path: a rename takes the access list along.
What nothing is kept of has what it inherits from its folder."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from lab.core import access_lists

NOT_THERE = 2  # ERROR_FILE_NOT_FOUND


class AccessLists:
    """``root``: above it everything is Windows' own. ``owner``: of what is made now. Close it: it keeps files open."""

    def __init__(self, root: Path, owner: Callable[[], str]) -> None:
        self._root, self._owner = root, owner
        self._kept: dict[tuple[int, int], str] = {}
        self._open: list[int] = []

    def close(self) -> None:
        while self._open:
            os.close(self._open.pop())

    def show(self, path: Path) -> str:
        """The SDDL of what is there. Raises FileNotFoundError."""
        kept = self._kept.get(_identity(path))
        if kept is not None:
            return kept
        if path == self._root or path == path.parent:
            return access_lists.SYSTEM_ROOT
        return access_lists.inherited(self.show(path.parent), self._owner(), folder=path.is_dir())

    def set(self, path: Path, sddl: str) -> None:
        """For icacls.exe, and for a test that plants something. The path itself, also if it is a link."""
        if _identity(path) not in self._kept:  # open, so that no other file gets its identity
            self._open.append(os.open(path, os.O_PATH | os.O_NOFOLLOW))
        self._kept[_identity(path)] = sddl

    def icacls(self, arguments: Sequence[str]) -> int:
        """What icacls.exe ends with."""
        if not arguments:
            return access_lists.BAD_PARAMETER
        path = Path(arguments[0])
        if "/L" not in arguments:
            path = path.resolve()
        try:
            code, sddl = access_lists.icacls(self.show(path), arguments[1:])
        except FileNotFoundError:
            return NOT_THERE
        if code == 0:
            self.set(path, sddl)
        return code


def _identity(path: Path) -> tuple[int, int]:
    about = path.lstat()
    return about.st_dev, about.st_ino
