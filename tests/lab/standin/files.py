# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The files of one simulated server, for the stand-in; with a PowerShell they are real ones."""

from __future__ import annotations

import fnmatch
import ntpath
from collections.abc import Mapping
from datetime import datetime


class Files:
    """By path; as on Windows, case and the kind of slash do not matter. An instance of its own for each server."""

    def __init__(self) -> None:
        self._content: dict[str, bytes] = {}
        self._modified: dict[str, datetime] = {}

    def found(self, path: str) -> Mapping[str, bytes]:
        """{path: content}, or {} if there is no such file."""
        content = self._content.get(_key(path))
        return {} if content is None else {path: content}

    def write(self, path: str, content: bytes, modified: datetime) -> None:
        """``modified``: now, as the server's clock shows it."""
        self._content[_key(path)] = content
        self._modified[_key(path)] = modified

    def remove(self, path: str) -> None:
        """Nothing happens if it is not there."""
        self._content.pop(_key(path), None)
        self._modified.pop(_key(path), None)

    def paths(self) -> tuple[str, ...]:
        """What is there, in lower case."""
        return tuple(self._content)

    def older(self, pattern: str, limit: datetime) -> tuple[str, ...]:
        """Those that match ("C:\\\\folder\\\\A-*.xml") and were written before the limit."""
        return tuple(path for path in fnmatch.filter(self._content, _key(pattern)) if self._modified[path] < limit)


def _key(path: str) -> str:
    return ntpath.normcase(ntpath.normpath(path))
