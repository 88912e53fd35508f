# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""dhcpsapi.dll for the PowerShell of a lab host: a C library with the functions that the real one exports (dhcpsapi.c).

It reads and writes the marshalled structures, and leaves what is done to the core.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from datetime import timedelta
from functools import lru_cache
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

from lab.core import management_api
from lab.core.api import CmdletObject, Session
from lab.core.lab import Lab
from lab.core.server import STATES

SOURCE = Path(__file__).with_name("dhcpsapi.c")
LIBRARY = "dhcpsapi.dll.so"  # how .NET looks for dhcpsapi.dll along LD_LIBRARY_PATH
MODES = ("LoadBalance", "HotStandby")  # C DHCPM: in the order of their numbers
SERVER_TYPES = ("PrimaryServer", "SecondaryServer")


@lru_cache(maxsize=1)
def library() -> bytes | None:
    """The compiled library; None where there is no C compiler that can make one."""
    compiler = shutil.which("cc")
    if compiler is None:
        return None
    with tempfile.TemporaryDirectory(prefix="windhcp-lab-") as folder:
        target = Path(folder) / LIBRARY
        command = [compiler, "-shared", "-fPIC", "-O1", "-o", str(target), str(SOURCE)]
        subprocess.run(command, capture_output=True, check=False)
        return target.read_bytes() if target.exists() else None


def answer(lab: Lab, session: Session, request: Mapping[str, Any]) -> list[int]:
    """What a function of the library returns, and then, for the one that reads, the members of the structure."""
    scopes = tuple(IPv4Address(number) for number in request["scopes"])
    outcome = lab.call_api(session, request["dhcpsapi"], request["relationship"], scopes, request["server"] or "")
    members = _clock if request["dhcpsapi"] == management_api.CLOCK else _members
    return [management_api.code(outcome), *(number for one in outcome.objects for number in members(one))]


def _clock(shown: CmdletObject) -> Iterator[int]:
    """The two DWORDs of DhcpV4FailoverGetSystemTime."""
    about: Mapping[str, Any] = shown.properties
    yield from (about["Time"], about["MaxAllowedDeltaTime"])


def _members(half: CmdletObject) -> Iterator[int]:
    """DHCP_FAILOVER_RELATIONSHIP in its order: a text or a list as its length and its elements, without the secret."""
    shown: Mapping[str, Any] = half.properties
    state = STATES.index(shown["State"])
    interval: timedelta = shown["StateSwitchInterval"] or timedelta(0)
    yield from (int(shown["PrimaryServerIP"]), int(shown["SecondaryServerIP"]))
    yield from (MODES.index(shown["Mode"]), SERVER_TYPES.index(shown["ServerType"]), state, state)
    yield from (int(shown["MaxClientLeadTime"].total_seconds()), int(interval.total_seconds()))
    for name in ("Name", "PrimaryServerName", "SecondaryServerName"):
        units = shown[name].encode("utf-16-le")
        yield len(units) // 2
        yield from (int.from_bytes(units[at : at + 2], "little") for at in range(0, len(units), 2))
    yield len(shown["ScopeId"])
    yield from map(int, shown["ScopeId"])
    yield shown["ReservePercent"] if shown["LoadBalancePercent"] is None else shown["LoadBalancePercent"]
