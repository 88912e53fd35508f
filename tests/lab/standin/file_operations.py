# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The script's operations on files that only administrators read: safety copies and kept texts."""

from __future__ import annotations

import base64
import gzip
import hashlib
import hmac
import ntpath
import re
import uuid
import xml.etree.ElementTree as ET
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from lab.core.exporting import NAMESPACE
from lab.standin.files import Files
from lab.standin.own_files import FOLDER, OwnFiles, Stopped
from lab.standin.results import Result, result

_LEASES = re.compile(r"[ \t\r\n]*<Leases>.*?</Leases>", re.DOTALL)


def decoded(content: bytes) -> str:
    """As .NET reads a text file."""
    return content.decode("utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig")


def packed(content: bytes) -> Mapping[str, str]:
    """An export as it travels, and the hash of its configuration: leases change by themselves and are not in it."""
    configuration = _LEASES.sub("", decoded(content))
    return {
        "content": base64.b64encode(gzip.compress(content, mtime=0)).decode("ascii"),
        "configuration": hashlib.sha256(configuration.encode()).hexdigest(),
    }


@dataclass(frozen=True)
class FileOperations:
    """``cmdlet``: runs one; ``now``: the clock of the server."""

    files: Files
    server: str
    now: Callable[[], datetime]
    cmdlet: Callable[[Mapping[str, Any]], Result]

    @property
    def own(self) -> OwnFiles:
        return OwnFiles(self.files)

    def run(self, operation: Callable[[Mapping[str, Any]], Result], call: Mapping[str, Any]) -> Result:
        try:
            return operation(call)
        except Stopped as stopped:
            return result(errors=[stopped.failure])

    def safety_copy(self, call: Mapping[str, Any]) -> Result:
        label = re.sub(r"[^A-Za-z0-9.-]", lambda one: "__" if ord(one[0]) > 0xFFFF else "_", call["label"])  # UTF-16 units
        path = f"{self.own.protect_folder('safety-copies')}\\{self.server}-{label}-{self._stamp()}.xml"
        parameters = {"File": path, "Leases": True, "Force": True, "Confirm": False, **call["parameters"]}
        said = self.cmdlet({"cmdlet": "Export-DhcpServer", "parameters": parameters})
        content = self.files.found(path).get(path, b"")
        if content:
            self.own.protect_file(path)
        missing = [one for one in parameters["ScopeId"] if f"<ScopeId>{one}</ScopeId>" not in decoded(content)]
        if said["errors"] or missing:
            self.files.remove(path)
            if said["errors"]:
                return said
            raise Stopped("incomplete_copy", "InvalidResult", " ".join(missing), f"The export has no scope {', '.join(missing)}.")
        limit = self.now() - timedelta(days=call["keep_days"])
        old = self.files.older(f"{FOLDER}\\safety-copies\\{self.server}-*.xml", limit) if call["keep_days"] > 0 else ()
        for one in old:
            self.files.remove(one)
        said["objects"] = [{"path": path, "bytes": len(content), "removed": len(old)}]
        return said

    def read_copy(self, call: Mapping[str, Any]) -> Result:
        return result([packed(self._copy(call)[1])])

    def import_copy(self, call: Mapping[str, Any]) -> Result:
        path, content = self._copy(call)
        backup = f"{self.own.protect_folder('backups')}\\{self._stamp()}"
        scopes = call["parameters"]["ScopeId"]
        edited = f"{FOLDER}\\safety-copies\\import-{self._stamp()}.xml" if call["inactive"] else path
        if call["inactive"]:
            self.files.write(edited, _inactive(content, scopes), self.now())
        parameters = {"File": edited, "BackupPath": backup, "ScopeId": scopes, "Leases": True, "Force": True, "Confirm": False}
        said = self.cmdlet({"cmdlet": "Import-DhcpServer", "parameters": parameters})
        said["objects"] = [{"backup": backup}]
        if call["inactive"]:
            self.files.remove(edited)
            for scope in scopes:
                parameters = {"ScopeId": scope, "State": "InActive", "Confirm": False}
                said["errors"] += self.cmdlet({"cmdlet": "Set-DhcpServerv4Scope", "parameters": parameters})["errors"]
        return said

    def keep_text(self, call: Mapping[str, Any]) -> Result:
        self.own.write_text(_text_path(call), f"{call['public']}\n{call['hidden']}\n", self.now())
        return result()

    def drop_text(self, call: Mapping[str, Any]) -> Result:
        self.own.remove_text(_text_path(call))
        return result()

    def prove_text(self, call: Mapping[str, Any]) -> Result:
        text = self.own.read_text(_text_path(call))
        if text is not None:
            public, hidden, _end = text.split("\n")
            return result([{"public": public, "proof": hmac.new(hidden.encode(), call["nonce"].encode(), "sha256").hexdigest()}])
        return result()

    def _copy(self, call: Mapping[str, Any]) -> tuple[str, bytes]:
        path, inside = ntpath.normpath(call["path"]), f"{FOLDER}\\safety-copies\\"
        if not path.lower().startswith(inside.lower()):
            raise Stopped("not_a_copy", "InvalidArgument", path, f"Safety copies are in {inside} only.")
        if not re.fullmatch(r"[\w.-]{1,200}", path[len(inside) :]):
            names = "Names of safety copies have letters, digits, dots, hyphens and underscores only."
            raise Stopped("not_a_copy", "InvalidArgument", path, names)
        if not self.own.find_folder("safety-copies") or not self.own.find_file(path):
            raise Stopped("no_such_copy", "ObjectNotFound", path, f"There is no file {path}.")
        return path, self.files.found(path)[path]

    def _stamp(self) -> str:
        return f"{self.now():%Y%m%dT%H%M%SZ}-{uuid.uuid4().hex[:8]}"


def _text_path(call: Mapping[str, Any]) -> str:
    name = call["name"]
    if not re.fullmatch(r"[a-z0-9.-]{1,80}", name):
        raise Stopped("bad_name", "InvalidArgument", name, f"'{name}' is no name of a kept text.")
    return f"{FOLDER}\\kept\\{name}.txt"


def _inactive(content: bytes, scopes: list[str]) -> bytes:
    """The export with these scopes switched off."""
    root = ET.fromstring(content)  # noqa: S314 - the lab wrote it
    for scope in root.iter(f"{{{NAMESPACE}}}Scope"):
        state = scope.find(f"{{{NAMESPACE}}}State")
        if state is not None and scope.findtext(f"{{{NAMESPACE}}}ScopeId") in scopes:
            state.text = "InActive"
    edited: bytes = ET.tostring(root, encoding="utf-8")
    return edited
