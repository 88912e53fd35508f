# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The recorded replies that prove script.py: each was given by the true script in a real PowerShell.

exchanges.yml says what is asked. recordings.json holds the answers and the hash of the script that gave them.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import yaml
from lab import topology
from lab.core.api import Session
from lab.core.lab import Lab

FOLDER = Path(__file__).parent
RECORDINGS = FOLDER / "recordings.json"
CLOCK = datetime(2026, 3, 1, 8, tzinfo=timezone.utc)
# what who_when says of the machine that the PowerShell runs on
_MACHINE = re.compile(r'"(os_build|powershell)":"[^"]*"')
# an export is packed, and every gzip packs the same text in its own way
_PACKED = re.compile(r'"content":"([^"]*)"')
_FILE = re.compile(r"[^ '\"]*windhcp-[-0-9a-f]{36}\.xml")
# a folder of the collection's own, and below it names that end with part of a GUID; a slash is one of Windows' or not
_OWN = re.compile(r"[^ '\"]*[\\/](windhcp\.failover[^ '\"]*)")
_GUID = re.compile(r"(?<=Z-)[0-9a-f]{8}\b")

Answer = Callable[[Lab, Session, str, Sequence[str]], str]


@dataclass(frozen=True)
class Exchange:
    """One fresh lab, and the requests that are sent to `server` one after the other.

    `library`: a PowerShell answers so only where dhcpsapi.c could be compiled.
    """

    name: str
    requests: tuple[Mapping[str, Any], ...]
    topology: str
    server: str = "DHCP01"
    user: str = ""
    library: bool = False

    def answers(self, answer: Answer) -> Iterator[str]:
        """The replies to its requests, without what belongs to the machine."""
        lab = topology.load(topology.TOPOLOGIES / f"{self.topology}.yml")
        lab.clock = CLOCK
        session = self._session(lab)
        fingerprint = copy = ""
        for request in self.requests:
            sent = dict(request)
            lab.clock += timedelta(days=sent.pop("days_later", 0))
            secrets = sent.pop("secrets", [])
            text = json.dumps(sent).replace("@previous", fingerprint).replace("@copy", copy)
            reply = answer(lab, session, text, secrets)
            fingerprint, copy = json.loads(reply)["reply"]["fingerprint"], _copy(reply) or copy
            yield without_machine(reply)

    def _session(self, lab: Lab) -> Session:
        account = next(one for one in lab.servers[self.server].credentials if self.user in ("", one.user))
        return Session(self.server, account.user, account.delegated)


def without_machine(
    reply: str, packed: Callable[[bytes], str] = lambda text: f"sha256 {hashlib.sha256(text).hexdigest()}"
) -> str:
    """A reply without what differs from one machine to the next. `packed`: what stands for a packed file."""
    reply = _PACKED.sub(lambda match: f'"content":"{packed(gzip.decompress(base64.b64decode(match[1])))}"', reply)
    return _OWN.sub(_own, _FILE.sub("*.xml", _MACHINE.sub(r'"\1":"*"', reply)))


def _own(match: re.Match[str]) -> str:
    return "*/" + _GUID.sub("*", match[1].replace("\\\\", "/"))


def _copy(reply: str) -> str:
    """The path of the safety copy that was made, as it stands in JSON text."""
    found = re.search(r'"path":"([^"]*)"', reply)
    return found[1] if found else ""


def exchanges() -> Sequence[Exchange]:
    raw = yaml.safe_load((FOLDER / "exchanges.yml").read_text(encoding="utf-8"))
    return [Exchange(**{**one, "requests": tuple(map(_request, one["requests"]))}) for one in raw]


def _request(raw: Mapping[str, Any] | str) -> Mapping[str, Any]:
    """A mapping, or its JSON."""
    request: Mapping[str, Any] = json.loads(raw) if isinstance(raw, str) else raw
    return request


def script_hash(script: bytes) -> str:
    """Of a script's text: the same whatever its line ends are."""
    return hashlib.sha256(script.strip().replace(b"\r\n", b"\n")).hexdigest()


def known_script() -> str:
    """The hash of the script that the stand-in was proven against."""
    return str(_load()["script_sha256"])


def recorded(exchange: str) -> Sequence[str]:
    replies: Sequence[str] = _load()["replies"][exchange]
    return replies


def record(script: bytes, answer: Answer) -> None:
    """Asks everything anew and keeps the answers."""
    replies = {exchange.name: list(exchange.answers(answer)) for exchange in exchanges()}
    text = json.dumps({"script_sha256": script_hash(script), "replies": replies}, indent=1)
    RECORDINGS.write_text(text + "\n", encoding="ascii")


def _load() -> Mapping[str, Any]:
    loaded: Mapping[str, Any] = json.loads(RECORDINGS.read_text(encoding="ascii"))
    return loaded
