# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The way from the stub module in a PowerShell process to the core: a Unix socket, JSON lines.

Request  {"token": T, "cmdlet": NAME, "parameters": {...}}, values as core/metadata.py reads them, with "files": {PATH:
BASE64} for the path of the parameter File if there is such a file, {"token": T, "clock": true} asks what time the
server has, {"token": T, "resolve": NAME} what addresses its DNS knows, {"token": T, "get_acl": PATH} who owns a file
and may do what, {"token": T, "events": {"computer", "ids", "since", "most"}} what is in an event log,
{"token": T, "icacls": [PATH, ...]} changes access,
{"token": T, "service": "running" or "stopped"} the DHCP service, {"token": T, "dhcpsapi": FUNCTION, "server": NAME or
null, "relationship": NAME or null, "scopes": [NUMBER, ...]} calls the management API, with the addresses as the DWORDs
that dhcpsapi.c found. Reply    {"tables": [{"type": CLASS, "rows": COUNT, "columns": [{"name", "kind", "values":
[...]}], "script": [NAME, ...]}], "errors": [{the fields of api.ErrorRecord}], "warnings": [...], "files": {PATH:
BASE64}} with what the module has to write, {"now": TIME}, {"addresses": [...]}, {"sddl": TEXT} or {}, {"events":
[...], "problem": [ID, CATEGORY, MESSAGE] or [], "ends": BOOL}, {"exit_code": NUMBER}, {"dhcpsapi": [CODE, ...]} (see
dhcpsapi.py), or {"refused": TEXT} for a request that the core could not take.

Objects of one class that follow each other are one table, and "script" names those properties that are script
properties. A kind tells the type that the module makes of a column: string, bool, uint32, uint64, single, ipaddress,
timespan ("8.00:00:00"), datetime (ISO 8601), null, or several of one as "ipaddress[]", each then as text."""

from __future__ import annotations

import base64
import contextlib
import itertools
import json
import secrets
import socket
import socketserver
import threading
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

from lab.core import access_lists
from lab.core.api import SCRIPT_PROPERTIES, CmdletObject, Outcome, Session, Value
from lab.core.event_log import Query
from lab.core.lab import Lab
from lab.core.metadata import BindingError, format_timespan, from_json
from lab.powershell import dhcpsapi
from lab.powershell.access import AccessLists
from lab.standin import events

SOCKET_VARIABLE = "WINDHCP_LAB_BRIDGE"
TOKEN_VARIABLE = "WINDHCP_LAB_TOKEN"


class Bridge:
    """Listens at ``path``. A token is good for one remote command and stands for its session."""

    def __init__(self, lab: Lab, path: Path, access: AccessLists) -> None:
        self._lab, self._path, self._access = lab, path, access
        self._sessions: dict[str, Session] = {}
        self._server = _Server(str(path), self._answer)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.1,), name="bridge", daemon=True)
        self._thread.start()

    @contextlib.contextmanager
    def session(self, session: Session) -> Iterator[dict[str, str]]:
        """The environment variables with which a process reaches the core as this session."""
        token = secrets.token_hex(16)
        self._sessions[token] = session
        try:
            yield {SOCKET_VARIABLE: str(self._path), TOKEN_VARIABLE: token}
        finally:
            del self._sessions[token]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        self._path.unlink(missing_ok=True)

    def _answer(self, line: bytes) -> dict[str, Any]:
        request = json.loads(line)
        session = self._sessions.get(request["token"])
        if session is None:
            return {"refused": "The lab does not know this session."}
        if "resolve" in request:
            return {"addresses": self._lab.resolve(request["resolve"], self._lab.servers[session.server])}
        if "get_acl" in request:
            sddl = self._access.show(Path(request["get_acl"]))
            return {} if access_lists.hidden(sddl) else {"sddl": sddl}
        if "events" in request:
            return self._events(session, request["events"])
        if "service" in request:
            self._lab.switch_service(session.server, request["service"])
            return {}
        if "icacls" in request:
            return {"exit_code": self._access.icacls(request["icacls"])}
        if "dhcpsapi" in request:
            return {"dhcpsapi": dhcpsapi.answer(self._lab, session, request)}
        if request.get("clock"):
            return {"now": self._lab.now(session.server).isoformat()}
        try:
            parameters = from_json(request["cmdlet"], request["parameters"])
        except BindingError as error:
            return {"refused": str(error)}
        files = {path: base64.b64decode(content) for path, content in request.get("files", {}).items()}
        return encode(self._lab.invoke(session, request["cmdlet"], parameters, files))

    def _events(self, session: Session, asked: Any) -> dict[str, Any]:
        since = datetime.fromisoformat(asked["since"])
        query = Query(asked["computer"], asked["ids"], since, asked["most"])
        found, problem = events.get(self._lab, session, query)
        shown = [{**one, "time": one["time"].isoformat()} for one in found]
        return {"events": shown, "problem": events.FAILURES.get(problem, ()), "ends": problem in events.ENDING}


def encode(outcome: Outcome) -> dict[str, Any]:
    """An outcome as the reply that the stub module reads."""
    return {
        "tables": list(_tables(outcome.objects)),
        "errors": [asdict(one) for one in outcome.errors],
        "warnings": list(outcome.warnings),
        "files": {path: base64.b64encode(content).decode() for path, content in outcome.files.items()},
    }


def _tables(objects: Iterable[CmdletObject]) -> Iterator[dict[str, Any]]:
    for (type_name, names, kinds), group in itertools.groupby(objects, _shape):
        rows = [[_plain(value) for value in one.properties.values()] for one in group]
        columns = [
            {"name": name, "kind": kind, "values": [row[index] for row in rows]}
            for index, (name, kind) in enumerate(zip(names, kinds, strict=True))
        ]
        yield {
            "type": type_name,
            "rows": len(rows),
            "columns": columns,
            "script": sorted(SCRIPT_PROPERTIES.get(type_name, ())),
        }


def _shape(one: CmdletObject) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    return one.type_name, tuple(one.properties), tuple(_kind(value) for value in one.properties.values())


def _kind(value: Value) -> str:
    if isinstance(value, tuple):
        return (_kind(value[0]) if value else "string") + "[]"
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int):
        return "uint32" if value <= 0xFFFFFFFF else "uint64"
    names = {str: "string", float: "single", IPv4Address: "ipaddress", timedelta: "timespan", datetime: "datetime"}
    return names[type(value)]


def _plain(value: Value) -> Any:
    if isinstance(value, tuple):
        return [str(_plain(element)) for element in value]
    if isinstance(value, IPv4Address):
        return str(value)
    if isinstance(value, timedelta):
        return format_timespan(value)
    return value.isoformat() if isinstance(value, datetime) else value


class _Server(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, path: str, answer: Any) -> None:
        self.answer = answer
        super().__init__(path, _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A process that was killed needs no traceback."""


class _Handler(socketserver.StreamRequestHandler):
    server: _Server
    request: socket.socket

    def handle(self) -> None:
        for line in self.rfile:
            try:
                reply = self.server.answer(line)
            except Exception as error:  # a fault of the lab: the caller must hear of it and not wait for ever
                reply = {"refused": f"The lab failed: {error!r}"}
            self.wfile.write(json.dumps(reply).encode() + b"\n")
            self.wfile.flush()
