# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The library dhcpsapi: what a caller marshalled for it reaches the core as it was meant, and the answer comes back."""

from __future__ import annotations

import ctypes
import json
import shutil
import subprocess
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import pytest
from core_calls import CLIENTS, PHONES, add, company, get
from lab.core.api import Session
from lab.core.lab import Lab
from lab.core.management_api import CLOCK, DELETE, DELETE_SCOPES, GET
from lab.core.server import STATES
from lab.powershell import dhcpsapi
from lab.powershell.access import AccessLists
from lab.powershell.bridge import Bridge
from lab.powershell.direct import DirectPowerShell
from lab.powershell.engine import NoEngine, find_engine
from lab.standin import script

SCRIPT = Path(__file__).resolve().parents[3] / "plugins" / "modules" / "dhcp_cmdlets.ps1"
NAME = 'Büro "HQ" \\ 日本 😀'
PROBE = {"id": "read", "op": "probe_api", "relationship": NAME}
SESSION = Session("DHCP01", "administrator")


class Addresses(ctypes.Structure):
    """DHCP_IP_ARRAY of dhcpsapi.h."""

    _fields_ = [("count", ctypes.c_uint32), ("elements", ctypes.POINTER(ctypes.c_uint32))]


class Half(ctypes.Structure):
    """DHCP_FAILOVER_RELATIONSHIP of dhcpsapi.h."""

    _fields_ = [
        *(
            (name, ctypes.c_uint32)
            for name in ("primary", "secondary", "mode", "type", "state", "previous", "mclt", "safe_period")
        ),
        *((name, ctypes.c_void_p) for name in ("name", "primary_name", "secondary_name")),
        ("scopes", ctypes.POINTER(Addresses)),
        ("percentage", ctypes.c_uint8),
        ("secret", ctypes.c_void_p),
    ]


def wide(text: str) -> Any:
    return ctypes.create_string_buffer(text.encode("utf-16-le") + b"\0")


def text_at(pointer: int) -> str:
    size = 0
    while ctypes.string_at(pointer + size, 2) != b"\0\0":
        size += 2
    return ctypes.string_at(pointer, size).decode("utf-16-le")


@pytest.fixture
def lab() -> Lab:
    lab = company()
    add(lab, CLIENTS, PHONES, Name=NAME, LoadBalancePercent=70, StateSwitchInterval=timedelta(hours=2))
    return lab


@pytest.fixture
def library(lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ctypes.CDLL]:
    """The compiled library in this process, as a session on DHCP01."""
    compiled = dhcpsapi.library()
    if compiled is None:
        pytest.skip("no C compiler")
    path = tmp_path / dhcpsapi.LIBRARY
    path.write_bytes(compiled)
    bridge = Bridge(lab, tmp_path / "bridge", AccessLists(tmp_path, lab.new_file_owner))
    with bridge.session(SESSION) as access:
        for name, value in access.items():
            monkeypatch.setenv(name, value)
        yield ctypes.CDLL(str(path))
    bridge.close()


def test_it_compiles_without_a_warning(tmp_path: Path) -> None:
    if shutil.which("cc") is None:
        pytest.skip("no C compiler")
    command = [
        "cc",
        "-Wall",
        "-Wextra",
        "-Werror",
        "-shared",
        "-fPIC",
        "-o",
        str(tmp_path / "library"),
        str(dhcpsapi.SOURCE),
    ]
    assert subprocess.run(command, capture_output=True, text=True, check=False).stderr == ""
    assert dhcpsapi.library()


def test_it_fills_in_the_whole_structure(library: ctypes.CDLL, lab: Lab) -> None:
    found = ctypes.POINTER(Half)()
    assert getattr(library, GET)(None, wide(NAME), ctypes.byref(found)) == 0
    half = found.contents
    assert (half.primary, half.secondary) == (0x0A0A000B, 0x0A0A000C)
    assert (half.mode, half.type, half.state, half.previous) == (0, 0, STATES.index("Normal"), STATES.index("Normal"))
    assert (half.mclt, half.safe_period, half.percentage, half.secret) == (3600, 7200, 70, None)
    assert text_at(half.name) == NAME
    assert (text_at(half.primary_name), text_at(half.secondary_name)) == (
        "dhcp01.contoso.example",
        "dhcp02.contoso.example",
    )
    assert half.scopes.contents.elements[: half.scopes.contents.count] == [0x0A0A0A00, 0x0A0A1400]
    library.DhcpRpcFreeMemory.argtypes = [ctypes.c_void_p]
    for piece in (
        half.scopes.contents.elements,
        half.scopes,
        half.name,
        half.primary_name,
        half.secondary_name,
        half.secret,
        found,
    ):
        library.DhcpRpcFreeMemory(ctypes.cast(piece, ctypes.c_void_p) if piece else None)


def test_it_reads_name_and_scopes(library: ctypes.CDLL, lab: Lab) -> None:
    delete, name = getattr(library, DELETE_SCOPES), wide(NAME)
    elements = (ctypes.c_uint32 * 3)(0x0A0A1400, 0x0A0A0A00, 0xFFFFFFFF)
    two = Addresses(2, elements)
    half = Half(name=ctypes.cast(name, ctypes.c_void_p), scopes=ctypes.pointer(two))
    assert delete(wide("dhcp02"), ctypes.byref(half)) == 0
    assert (get(lab, name=NAME)["ScopeId"], get(lab, "DHCP02", NAME)["ScopeId"]) == ((CLIENTS, PHONES), ())
    assert lab.audit.entries[-3].parameters == {
        "Name": NAME,
        "ScopeId": [str(PHONES), str(CLIENTS)],
        "ComputerName": "dhcp02",
    }


def test_it_stands_null_pointers(library: ctypes.CDLL, lab: Lab) -> None:
    name = ctypes.cast(wide(NAME), ctypes.c_void_p)
    none = Addresses(0, None)
    found = ctypes.POINTER(Half)()
    assert getattr(library, GET)(None, None, ctypes.byref(found)) == 87
    assert not found
    assert getattr(library, DELETE)(None, None) == 87
    for half in (None, Half(), Half(name=name), Half(name=name, scopes=ctypes.pointer(none))):
        assert getattr(library, DELETE_SCOPES)(None, half and ctypes.byref(half)) == 87


def test_it_tells_the_time_of_the_server_that_is_asked(library: ctypes.CDLL, lab: Lab) -> None:
    lab.clock = datetime(2026, 3, 1, 8, tzinfo=timezone.utc)
    lab.servers["DHCP02"].clock_offset = timedelta(seconds=-90)
    time, most = ctypes.c_uint32(), ctypes.c_uint32()
    for server, ahead in ((None, 0), ("dhcp02", -90)):
        code = getattr(library, CLOCK)(server and wide(server), ctypes.byref(time), ctypes.byref(most))
        assert (code, time.value, most.value) == (0, int(lab.clock.timestamp()) + ahead, 60)
    assert getattr(library, CLOCK)(wide("nowhere"), ctypes.byref(time), ctypes.byref(most)) == 1722


def test_without_a_session_it_fails(
    library: ctypes.CDLL, lab: Lab, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WINDHCP_LAB_TOKEN", "another")
    assert getattr(library, DELETE)(None, wide(NAME)) == 31
    assert "does not know this session" in capfd.readouterr().err
    monkeypatch.delenv("WINDHCP_LAB_BRIDGE")
    assert getattr(library, DELETE)(None, wide(NAME)) == 31
    assert NAME in lab.servers["DHCP01"].relationships


def ask(lab: Lab, **request: Any) -> dict[str, Any]:
    """The script in a real PowerShell, which must leave nothing on standard error: the library complains there of lost
    memory."""
    try:
        find_engine()
    except NoEngine as error:
        pytest.skip(str(error))
    with DirectPowerShell(SCRIPT) as powershell:
        reply: dict[str, Any] = json.loads(powershell(lab, SESSION, json.dumps(request)))["reply"]
    return reply


def test_what_the_script_marshals(lab: Lab) -> None:
    if dhcpsapi.library() is None:
        pytest.skip("no C compiler")
    high = IPv4Address("192.168.5.0")  # above what fits into a signed number
    lab.servers["DHCP01"].relationships[NAME].scopes.append(high)
    mark = lab.audit.mark()
    reply = ask(
        lab,
        before=[{"id": "read", "op": "probe_api", "relationship": NAME.upper(), "server": None}],
        calls=[{"id": "gone", "op": "remove_member_here", "relationship": NAME, "scopes": [str(PHONES), str(CLIENTS)]}],
    )
    assert reply["status"] == "done"
    assert reply["before"][0]["objects"] == [{"name": NAME, "scopes": [str(CLIENTS), str(PHONES), str(high)]}]
    read, gone = lab.audit.since(mark)
    assert (read.cmdlet, read.parameters["Name"]) == (GET, NAME.upper())
    assert (gone.cmdlet, gone.server, gone.errors) == (DELETE_SCOPES, "DHCP01", ())
    assert gone.parameters == {"Name": NAME, "ScopeId": [str(PHONES), str(CLIENTS)], "ComputerName": "127.0.0.1"}
    assert get(lab, name=NAME)["ScopeId"] == (high,)


def test_where_the_library_is_missing(lab: Lab) -> None:
    lab.servers["DHCP01"].management_api = False
    mark = lab.audit.mark()
    reply = ask(lab, calls=[PROBE, {"id": "never", "op": "who_when"}])
    assert reply["status"] == "stopped"
    (error,) = reply["calls"][0]["errors"]
    assert (error["id"], error["category"], error["target"]) == ("windhcp.no_api", "NotInstalled", NAME)
    assert error["message"]
    assert lab.audit.since(mark) == ()
    said = json.loads(script.run(lab, SESSION, json.dumps({"calls": [PROBE]})))["reply"]
    assert [(one["id"], one["category"], one["target"]) for one in said["calls"][0]["errors"]] == [
        ("windhcp.no_api", "NotInstalled", NAME)
    ]
