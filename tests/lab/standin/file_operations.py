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
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv4Address
from typing import Any

from lab.core.export_file import decoded, parse
from lab.core.exporting import written
from lab.standin.files import Files
from lab.standin.own_files import FOLDER, OwnFiles, Stopped
from lab.standin.results import Result, failure, result

_LEASES = re.compile(r"[ \t\r\n]*<Leases(?:[^>]*/>|[^>]*>.*?</Leases>)", re.DOTALL)
_EXPORTED = re.compile(r"<Lease>\s*<IPAddress>([^<]*)</IPAddress>")
_STAMP = r"(\d{8}t\d{6}z)-[0-9a-f]{8}(?:\.xml)?"
FOLDERS = ("kept", "safety-copies", "backups")
ATTEMPTS = 3  # looks at an export that lacks leases
NO_MORE = "WIN32 259"  # nothing to enumerate


def packed(content: bytes) -> Mapping[str, str]:
    """An export as it travels, and the hash of its configuration: leases change by themselves and are not in it."""
    configuration = _LEASES.sub("", decoded(content))
    return {
        "content": base64.b64encode(gzip.compress(content, mtime=0)).decode("ascii"),
        "configuration": hashlib.sha256(configuration.encode()).hexdigest(),
    }


@dataclass(frozen=True)
class FileOperations:
    """``cmdlet``: runs one; ``now``: the clock of the server; ``wait``: some seconds."""

    files: Files
    server: str
    now: Callable[[], datetime]
    cmdlet: Callable[[Mapping[str, Any]], Result]
    wait: Callable[[float], object]

    @property
    def own(self) -> OwnFiles:
        return OwnFiles(self.files)

    def run(self, operation: Callable[[Mapping[str, Any]], Result], call: Mapping[str, Any]) -> Result:
        try:
            return operation(call)
        except Stopped as stopped:
            return result(errors=[stopped.failure])

    def export(self, path: str, parameters: Mapping[str, Any]) -> Result:
        """As Export-Complete: with the error incomplete_copy where leases are missing from the file."""
        given = {"File": path, "Force": True, "Confirm": False, **parameters}
        known: dict[str, set[str]] | None = None
        for attempt in range(ATTEMPTS):
            said = self.cmdlet({"cmdlet": "Export-DhcpServer", "parameters": given})
            found = self.files.found(path)
            if said["errors"] or not found or not given.get("Leases"):
                return said
            exported = set(_EXPORTED.findall(decoded(found[path])))
            listed, problems = self._listed(given)
            before, known = (known if known is not None else listed), listed
            for scope, addresses in listed.items():
                missing = sorted((addresses & before[scope]) - exported, key=IPv4Address)
                if missing:
                    problems.append(
                        (
                            scope,
                            f"{len(missing)} leases of scope {scope} are not in the export: {', '.join(missing[:10])}.",
                        )
                    )
            if not problems:
                return said
            if attempt < ATTEMPTS - 1:
                self.wait(1)
        said["errors"] = [
            failure("windhcp.incomplete_copy", "InvalidResult", scope, message) for scope, message in problems
        ]
        return said

    def _listed(self, given: Mapping[str, Any]) -> tuple[dict[str, set[str]], list[tuple[str, str]]]:
        """The addresses of each scope's leases, and the scopes that could not be asked, each with what it said."""
        listed: dict[str, set[str]] = {}
        problems = []
        for scope in given.get("ScopeId") or ():
            asked = {
                "ScopeId": scope,
                "AllLeases": True,
                **{key: given[key] for key in ("ComputerName",) if key in given},
            }
            said = self.cmdlet({"cmdlet": "Get-DhcpServerv4Lease", "parameters": asked, "select": ["IPAddress"]})
            listed[scope] = {str(one["IPAddress"]) for one in said["objects"]}
            ids = [error["id"] for error in said["errors"] if error["id"].split(",")[0] != NO_MORE]
            if ids:
                problems.append((scope, f"The leases of scope {scope} could not be listed: {', '.join(ids)}."))
        return listed, problems

    def safety_copy(self, call: Mapping[str, Any]) -> Result:
        label = re.sub(
            r"[^A-Za-z0-9.-]", lambda one: "__" if ord(one[0]) > 0xFFFF else "_", call["label"]
        )  # UTF-16 units
        path = f"{self.own.protect_folder('safety-copies')}\\{self.server}-{label}-{self._stamp()}.xml"
        said = self.export(path, {"Leases": True, **call["parameters"]})
        content = self.files.found(path).get(path, b"")
        missing = [one for one in call["parameters"]["ScopeId"] if f"<ScopeId>{one}</ScopeId>" not in decoded(content)]
        if said["errors"] or missing:
            self.files.remove(path)
            if said["errors"]:
                return said
            raise Stopped(
                "incomplete_copy", "InvalidResult", " ".join(missing), f"The export has no scope {', '.join(missing)}."
            )
        removed = self._prune("safety-copies", f"{re.escape(self.server)}-.*", call["keep_days"])
        self._prune_edited()
        said["objects"] = [{"path": path, "bytes": len(content), "removed": removed}]
        return said

    def _prune(self, folder: str, beginning: str, days: int) -> int:
        """What is older, by the stamp in its name; `beginning`: all before it, as a regex. The files of a folder go
        with it."""
        if days <= 0:
            return 0
        limit = f"{self.now() - timedelta(days=days):%Y%m%dT%H%M%SZ}".lower()
        names: dict[str, list[str]] = {}
        inside = f"{FOLDER}\\{folder}\\".lower()
        for path in self.files.paths():
            if path.startswith(inside):
                names.setdefault(path[len(inside) :].partition("\\")[0], []).append(path)
        stamped = re.compile(beginning.lower() + _STAMP)
        old = [name for name in names if (found := stamped.fullmatch(name)) and found[1] < limit]
        for name in old:
            for path in names[name]:
                self.files.remove(path)
        return len(old)

    def _prune_edited(self) -> None:
        """What imports that were killed left."""
        self._prune("safety-copies", "import-", 1)

    def find_copies(self, call: Mapping[str, Any]) -> Result:
        folder = self.own.find_folder("safety-copies")
        objects, warnings = [], []
        for path in sorted(self.files.inside(folder) if folder else ()):
            try:
                if not self.own.find_file(path):
                    continue
            except Stopped as stopped:
                warnings.append(stopped.failure["message"])
                continue
            size = len(self.files.found(path)[path])
            objects.append({"path": path, "bytes": size, "written": self.files.modified(path)})
        return result(objects, warnings=warnings)

    def read_copy(self, call: Mapping[str, Any]) -> Result:
        return result([packed(self._copy(call)[1])])

    def import_copy(self, call: Mapping[str, Any]) -> Result:
        _path, content = self._copy(call)
        backup = f"{self.own.protect_folder('backups')}\\{self._stamp()}"
        scopes = call["parameters"]["ScopeId"]
        self.files.write(backup, b"", self.now())  # the folder
        self._prune_edited()
        edited = f"{FOLDER}\\safety-copies\\import-{self._stamp()}.xml"
        self.files.write(edited, _edited(content, scopes if call["inactive"] else []), self.now())
        parameters = {
            "File": edited,
            "BackupPath": backup,
            "ScopeId": scopes,
            "Leases": True,
            "Force": True,
            "Confirm": False,
        }
        said = self.cmdlet({"cmdlet": "Import-DhcpServer", "parameters": parameters})
        self.files.remove(edited)
        errors = [one for one in said["errors"] if one["id"] != "DHCP 20014,Add-DhcpServerv4Lease"]
        backed = [one["id"].endswith(",Backup-DhcpServer") for one in errors]
        if not any(backed):
            errors += self._no_backup(backup, scopes)
        for scope in scopes if call["inactive"] else ():
            parameters = {"ScopeId": scope, "State": "InActive", "Confirm": False}
            not_set = self.cmdlet({"cmdlet": "Set-DhcpServerv4Scope", "parameters": parameters})["errors"]
            errors += [one for one in not_set if all(backed) or one["id"] != "DHCP 20005,Set-DhcpServerv4Scope"]
        said["errors"] = errors
        removed = self._prune("backups", "", call["keep_days"])
        said["objects"] = [{"backup": backup, "removed": removed}]
        return said

    def _no_backup(self, backup: str, scopes: list[str]) -> list[dict[str, str]]:
        """An error where nothing is in the folder although scopes came."""
        if any(path.startswith(f"{backup}\\".lower()) for path in self.files.paths()):
            return []
        said = self.cmdlet({"cmdlet": "Get-DhcpServerv4Scope", "parameters": {"ScopeId": scopes}})["errors"]
        absent = [one for one in said if one["id"] == "DHCP 20005,Get-DhcpServerv4Scope"]
        return (
            [failure("windhcp.no_backup", "InvalidResult", backup, f"{backup} is empty.")]
            if len(absent) < len(scopes)
            else []
        )

    def keep_text(self, call: Mapping[str, Any]) -> Result:
        self.own.write_text(_text_path(call), f"{call['public']}\n{call['hidden']}\n", self.now())
        return result()

    def drop_text(self, call: Mapping[str, Any]) -> Result:
        self.own.remove_text(_text_path(call))
        return result()

    def prove_text(self, call: Mapping[str, Any]) -> Result:
        text = self.own.read_text(_text_path(call))
        if text is not None:
            public, hidden, *_end = [*text.split("\n"), ""]
            return result(
                [{"public": public, "proof": hmac.new(hidden.encode(), call["nonce"].encode(), "sha256").hexdigest()}]
            )
        return result()

    def find_texts(self, call: Mapping[str, Any]) -> Result:
        kind = call["kind"]
        if not re.fullmatch(r"[a-z]{1,20}", kind):
            raise Stopped("bad_name", "InvalidArgument", kind, f"'{kind}' is no kind of a kept text.")
        found: list[dict[str, Any]] = []
        for name in self.own.texts(kind):
            text = self.own.read_text(_text_path({"name": name}))
            if text is not None:
                found.append({"name": name, "public": text.split("\n")[0]})
        return result(found)

    def check_folder(self, call: Mapping[str, Any]) -> Result:
        if call["name"] not in FOLDERS:
            raise Stopped("bad_name", "InvalidArgument", call["name"], f"'{call['name']}' is no folder of this script.")
        self.own.find_folder(call["name"])
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


def _edited(content: bytes, inactive: list[str]) -> bytes:
    """The export without offered addresses, which no import takes, and with these scopes switched off."""
    root = parse(content)
    for scope in root.iter():
        name = scope.tag.rpartition("}")[2]
        if name == "Leases":
            for lease in list(scope):
                if lease.findtext("{*}AddressState") == "Offered":
                    scope.remove(lease)
        elif name == "Scope" and scope.findtext("{*}ScopeId") in inactive:
            for state in scope.iterfind("{*}State"):
                state.text = "InActive"
    return written(root)
