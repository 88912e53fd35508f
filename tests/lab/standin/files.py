# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The files of one simulated server, for the stand-in; with a PowerShell they are real ones."""

from __future__ import annotations

import ntpath
from collections.abc import Callable, Mapping
from datetime import datetime

from lab.core import access_lists
from lab.core.world import World

PROGRAM_DATA = "C:\\ProgramData"


class Files:
    """By path; as on Windows, case and the kind of slash do not matter. An instance of its own for each server.

    ``owner``: of what is made now (World.new_file_owner). ``program_data``: the access list of that folder.
    """

    def __init__(
        self, owner: Callable[[], str] = lambda: access_lists.USER, program_data: str = access_lists.PROGRAM_DATA
    ) -> None:
        self._owner = owner
        self._content: dict[str, bytes] = {}
        self._modified: dict[str, datetime] = {}
        self._spelled: dict[str, str] = {}
        self._folders: set[str] = set()
        self._links: set[str] = set()
        self._access = {_key(PROGRAM_DATA): program_data}

    def found(self, path: str) -> Mapping[str, bytes]:
        """{path: content}, or {} if there is no such file."""
        content = self._content.get(_key(path))
        return {} if content is None else {path: content}

    def write(self, path: str, content: bytes, modified: datetime) -> None:
        """``modified``: now, as the server's clock shows it."""
        if _key(path) not in self._content:
            self._access[_key(path)] = self._inherited(path, folder=False)
        self._content[_key(path)] = content
        self._spelled[_key(path)] = path
        self._modified[_key(path)] = modified

    def remove(self, path: str) -> None:
        """Nothing happens if it is not there."""
        self._content.pop(_key(path), None)
        self._modified.pop(_key(path), None)
        self._access.pop(_key(path), None)

    def paths(self) -> tuple[str, ...]:
        """What is there, in lower case."""
        return tuple(self._content)

    def links(self) -> tuple[str, ...]:
        """The same, of links."""
        return tuple(self._links)

    def inside(self, folder: str) -> list[str]:
        """The files and links right in a folder, as they were spelled when they were made."""
        there = (key for key in {*self._content, *self._links} if ntpath.dirname(key) == _key(folder))
        return [self._spelled[key] for key in there]

    def modified(self, path: str) -> datetime:
        """When a file was written."""
        return self._modified[_key(path)]

    # --- folders, links and access lists ---------------------------------------------------------------------------

    def make_folder(self, path: str, sddl: str | None = None) -> None:
        """``sddl`` None: what it inherits."""
        self._folders.add(_key(path))
        self._access[_key(path)] = sddl or self._inherited(path, folder=True)

    def make_link(self, path: str) -> None:
        """A junction or a symbolic link; where to is of no concern."""
        self._links.add(_key(path))
        self._spelled[_key(path)] = path

    def is_there(self, path: str) -> bool:
        return _key(path) in self._links | self._folders | set(self._content)

    def is_folder(self, path: str) -> bool:
        return _key(path) in self._folders

    def is_link(self, path: str) -> bool:
        return _key(path) in self._links

    def access(self, path: str) -> str:
        """As SDDL."""
        return self._access[_key(path)]

    def set_access(self, path: str, sddl: str) -> None:
        """For a test that plants something."""
        self._access[_key(path)] = sddl

    def icacls(self, path: str, *arguments: str) -> None:
        """The stand-in asks for what icacls.exe does, so to be refused is a fault of the stand-in."""
        code, self._access[_key(path)] = access_lists.icacls(self.access(path), arguments)
        assert code == 0, arguments

    def _inherited(self, path: str, *, folder: bool) -> str:
        parent = self._access.get(_key(ntpath.dirname(path)), access_lists.SYSTEM_ROOT)
        return access_lists.inherited(parent, self._owner(), folder=folder)


def made_for(lab: World) -> Files:
    """No file yet, under the answers in force there now; a copy of it does not hold the lab."""
    owner = lab.new_file_owner()
    return Files(lambda: owner, lab.program_data())


def _key(path: str) -> str:
    return ntpath.normcase(ntpath.normpath(path))
