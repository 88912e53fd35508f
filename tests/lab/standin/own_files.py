# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The script's folder below ProgramData, of which nothing is used that is not as the script made it."""

from __future__ import annotations

import ntpath
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from lab.core import access_lists
from lab.standin.files import Files
from lab.standin.results import failure

FOLDER = "C:\\ProgramData\\windhcp.failover"
DHCP_SERVICE = "S-1-5-80-3273805168-4048181553-3172130058-210131473-390205191"
_SDDL = re.compile(r"O:(.*?)G:[^:()]*D:([A-Z]*)((?:\([^()]*\))*)(?:S:.*)?")


class Stopped(Exception):
    """What an operation cannot do."""

    def __init__(self, error_id: str, category: str, target: str, message: str) -> None:
        super().__init__(error_id)
        self.failure = failure(f"windhcp.{error_id}", category, target, message)


def folder(name: str) -> str:
    return ntpath.join(FOLDER, name).rstrip("\\")


def access(name: str) -> Mapping[str, str]:
    """Who may do what in a folder: as icacls.exe takes it -> as SDDL shows it."""
    known = {"*S-1-5-32-544:(OI)(CI)F": "(A;OICI;FA;;;BA)", "*S-1-5-18:(OI)(CI)F": "(A;OICI;FA;;;SY)"}
    if name == "backups":
        known["*S-1-5-20:(OI)(CI)M"] = "(A;OICI;0x1301bf;;;NS)"
        known[f"*{DHCP_SERVICE}:(OI)(CI)M"] = f"(A;OICI;0x1301bf;;;{DHCP_SERVICE})"
    return known


@dataclass(frozen=True)
class OwnFiles:
    files: Files

    def find_folder(self, name: str) -> str | None:
        """The folder, checked; None if it is not there."""
        for one in ("", name):
            if not self.files.is_there(folder(one)):
                return None
            self._confirm(folder(one), access(one), file=False)
        return folder(name)

    def find_file(self, path: str) -> bool:
        if not self.files.is_there(path):
            return False
        self._confirm(path, access(ntpath.basename(ntpath.dirname(path))), file=True)
        return True

    def protect_folder(self, name: str) -> str:
        """The folder, made if it is not there, and checked."""
        for one in ("", name):
            if not self.files.is_there(folder(one)):
                self.files.make_folder(folder(one))
                self.files.icacls(folder(one), "/inheritance:r", "/grant:r", *access(one))
                self.files.icacls(folder(one), "/setowner", "*S-1-5-32-544")
            self._confirm(folder(one), access(one), file=False)
        return folder(name)

    def write_text(self, path: str, text: str, now: datetime) -> None:
        self.protect_folder("kept")
        if not self.find_file(path) or self.files.found(path)[path] != text.encode():
            self.files.write(path, text.encode(), now)

    def read_text(self, path: str) -> str | None:
        if self.find_folder("kept") and self.find_file(path):
            return self.files.found(path)[path].decode()
        return None

    def texts(self, kind: str) -> list[str]:
        """The names of the texts of a kind."""
        if not self.find_folder("kept"):
            return []
        beginning = f"{folder('kept')}\\{kind}.".lower()
        there = (*self.files.paths(), *self.files.links())
        return sorted(ntpath.basename(path)[: -len(".txt")] for path in there if path.startswith(beginning))

    def remove_text(self, path: str) -> None:
        if self.find_folder("kept") and self.find_file(path):
            self.files.remove(path)

    def _confirm(self, path: str, expected: Mapping[str, str], *, file: bool) -> None:
        wrong = self._wrong(path, expected, file=file)
        if wrong:
            raise Stopped("not_ours", "SecurityError", path, f"{path} {wrong}.")

    def _wrong(self, path: str, expected: Mapping[str, str], *, file: bool) -> str:
        if self.files.is_link(path):
            return "is a link"
        if self.files.is_folder(path) == file:
            return "is a folder and no file" if file else "is a file and no folder"
        sddl = self.files.access(path)
        if access_lists.hidden(sddl):
            return "does not show administrators its access list"
        parts = _SDDL.fullmatch(sddl)
        if not file and (parts is None or parts[1] not in ("BA", "SY")):
            return f"does not belong to administrators or SYSTEM ({sddl})"
        entries = {
            entry.replace(";OICIID;", ";OICI;").replace(";ID;", ";;").replace(";0x1f01ff;", ";FA;")
            for entry in re.findall(r"\([^()]*\)", parts[3] if parts else "")
        }
        wanted = {entry.replace("OICI", "") if file else entry for entry in expected.values()}
        if entries != wanted or not (file or (parts and "P" in parts[2])):
            return f"has another access list than it was given ({sddl})"
        return ""
