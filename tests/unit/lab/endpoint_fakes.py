# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A lab with two servers on free ports, and a door that does what its command line says."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from ipaddress import IPv4Address

from lab.core.api import Session
from lab.core.lab import Lab
from lab.core.server import Credential, Scope, Server
from lab.door import Finished
from lab.service import LabService

USER, PASSWORD = "CONTOSO\\operator", "Pä:ss w0rd"
OTHER, OTHER_PASSWORD = "helpdesk", "other"


def small_lab(scopes: int = 0) -> Lab:
    accounts = (Credential(USER, PASSWORD), Credential(OTHER, OTHER_PASSWORD, delegated=False))
    lab = Lab()
    for number in (1, 2):
        name = f"DHCP0{number}"
        lab.servers[name] = Server(
            name=name,
            fqdn=f"{name.lower()}.contoso.example",
            address=f"127.0.0.{10 + number}",
            port=0,  # the system's choice
            ip=IPv4Address(f"10.10.0.{number}"),
            credentials=accounts,
        )
    for number in range(scopes):
        first = IPv4Address("10.20.0.0") + 256 * number
        lab.servers["DHCP01"].scopes[first] = Scope(
            first, IPv4Address("255.255.255.0"), first + 10, first + 200, f"Büro {number}"
        )
    return lab


class TalkingDoor:
    """``say N``: N bytes on stdout and a few on stderr; ``echo``: its input; ``wait``: until it is stopped."""

    name = "talking"
    description = "a door for tests"

    def __init__(self) -> None:
        self.sessions: list[Session] = []
        self.stopped: list[str] = []
        self.waiting = threading.Event()
        self.closed = False

    def run(self, server: Server, session: Session, command_line: str, stdin: bytes, stop: threading.Event) -> Finished:
        self.sessions.append(session)
        word, _space, argument = command_line.partition(" ")
        if word == "wait":
            self.waiting.set()
            if stop.wait(float(argument or 30)):
                self.stopped.append(command_line)
                return Finished(1, processes=1)
            return Finished(0, b"waited", processes=1)
        if word == "say":
            return Finished(3, numbered(int(argument)), b"<stderr & more>", processes=1)
        if word == "break":
            raise RuntimeError("a fault of the door")
        return Finished(0, stdin, processes=1)

    def close(self) -> None:
        self.closed = True


def numbered(size: int) -> bytes:
    """Bytes of which any lost, doubled or swapped part shows."""
    return b"".join(b"%08d" % number for number in range(size // 8 + 1))[:size]


def serve(door: TalkingDoor, linger_seconds: float = 5.0, scopes: int = 0) -> LabService:
    return LabService(small_lab(scopes), door, linger_seconds)


def until(condition: Callable[[], object], seconds: float = 5.0) -> bool:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True
