# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The second door, for machines without a PowerShell: runs one known script's requests against the core, and nothing
else.

script.py does what that script does. recordings.json proves it: requests with the replies that the true script gave in
a real PowerShell. They carry the script's hash, and a script that was changed since is refused."""

from __future__ import annotations

import json
import threading

from lab import payload
from lab.core.api import Session
from lab.core.lab import Lab
from lab.core.server import Server
from lab.door import Finished
from lab.standin import recordings, script
from lab.standin.files import Files, made_for


class StandinDoor:
    name = "standin"
    description = "built-in stand-in"

    def __init__(self, lab: Lab) -> None:
        self._lab = lab
        self._known = recordings.known_script()
        self.files: dict[str, Files] = {name: made_for(lab) for name in lab.servers}
        self._mutexes = {name: threading.Lock() for name in lab.servers}

    def run(self, server: Server, session: Session, command_line: str, stdin: bytes, stop: threading.Event) -> Finished:
        try:
            sent = payload.decode(stdin)
        except payload.NotAModule as error:
            return Finished(1, stderr=f"{error}\n".encode())
        if recordings.script_hash(sent.script) != self._known:
            return _failed(
                "The lab's built-in stand-in runs one version of one script, and this is another. With a PowerShell on "
                "the PATH "
                "(or named by WINDHCP_PWSH) the lab runs every script; after a change of the script, record its "
                "replies anew."
            )
        request, files = str(sent.arguments.get("request")), self.files[server.name]
        secrets = [str(one) for one in sent.arguments.get("secrets") or ()]
        reply = script.run(
            self._lab, session, request, script.Process(files, secrets, stop, self._mutexes[server.name])
        )
        return Finished(0, reply.encode("ascii") + b"\r\n")

    def close(self) -> None:
        """Keeps nothing."""


def _failed(text: str) -> Finished:
    return Finished(1, json.dumps({"failed": True, "msg": text}).encode() + b"\r\n")
