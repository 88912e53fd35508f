# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The files of one simulated server, for the stand-in; with a PowerShell they are real ones."""

from __future__ import annotations

import ntpath
from collections.abc import Mapping


class Files:
    """By path; as on Windows, case and the kind of slash do not matter. An instance of its own for each server."""

    def __init__(self) -> None:
        self._content: dict[str, bytes] = {}

    def found(self, path: str) -> Mapping[str, bytes]:
        """{path: content}, or {} if there is no such file."""
        content = self._content.get(_key(path))
        return {} if content is None else {path: content}

    def write(self, path: str, content: bytes) -> None:
        self._content[_key(path)] = content

    def remove(self, path: str) -> None:
        """Nothing happens if it is not there."""
        self._content.pop(_key(path), None)

    def paths(self) -> tuple[str, ...]:
        """What is there, in lower case."""
        return tuple(self._content)


def _key(path: str) -> str:
    return ntpath.normcase(ntpath.normpath(path))
