# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A run that waits in vain for another one is told who that is, as far as it can be known."""

from __future__ import annotations

import base64
import json
import re
import secrets
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from core_calls import company
from lab.core.api import Session
from lab.core.lab import Lab
from lab.powershell.direct import DirectPowerShell
from lab.powershell.engine import NoEngine, find_engine
from lab.standin import script
from lab.standin.files import Files
from lab.standin.own_files import folder

SCRIPT = Path(__file__).resolve().parents[3] / "plugins" / "modules" / "dhcp_cmdlets.ps1"
MUTEXES = Path("/tmp/.dotnet/shm/global")  # noqa: S108 - where .NET keeps named mutexes here
WAIT = {
    "id": "wait",
    "op": "wait_until",
    "cmdlet": "Get-DhcpServerv4Scope",
    "select": ["ScopeId", "State"],
    "match": {"ScopeId": "10.10.10.0"},
    "property": "State",
    "values": ["InActive"],
    "while": ["Active"],
    "timeout": 60,
    "interval_ms": 50,
}
LONG = json.dumps({"mutex": 5, "who": "ansible@controller", "calls": [WAIT]})
NEXT = json.dumps({"mutex": 1, "who": "somebody@else", "calls": []})


def lab_of_its_own() -> tuple[Lab, Session]:
    """A server whose name no other test on this machine has, since a mutex is the machine's."""
    lab, name = company(), f"D{secrets.token_hex(4).upper()}"
    lab.servers[name] = lab.servers.pop("DHCP01")
    lab.servers[name].name = name
    return lab, Session(name, "administrator")


def busy(reply: str, status: str = "busy") -> tuple[str, str]:
    found: Mapping[str, Any] = json.loads(reply)["reply"]
    assert (found["status"], found["before"], found["calls"]) == (status, [], [])
    (error,) = found["errors"]
    return error["id"], error["message"]


def until(ready: Callable[[], object]) -> None:
    end = time.monotonic() + 20
    while not ready() and time.monotonic() < end:
        time.sleep(0.02)
    assert ready()


def test_who_is_busy_is_told_and_forgotten_afterwards() -> None:
    lab, session = lab_of_its_own()
    mutex, files, word = threading.Lock(), Files(), f"{folder('kept')}\\writing.txt"
    stop = threading.Event()
    with ThreadPoolExecutor(1) as other:
        running = other.submit(script.run, lab, session, LONG, mutex, stop, files)
        until(lambda: files.found(word))
        error_id, message = busy(script.run(lab, session, NEXT, mutex, threading.Event(), files))
        stop.set()
        running.result()
    assert error_id == "windhcp.busy"
    assert re.fullmatch(
        rf"ansible@controller as {session.server}\\administrator, process \d+ since \d{{4}}-.*Z", message
    )
    assert files.found(word) == {}
    assert json.loads(script.run(lab, session, NEXT, mutex, threading.Event(), files))["reply"]["status"] == "done"


@contextmanager
def holding(direct: DirectPowerShell, lab: Lab, session: Session) -> Iterator[None]:
    """Another program that holds the mutex and leaves no word."""
    server, stop = lab.servers[session.server], threading.Event()
    name = f"Global\\windhcp.failover.{session.server}"
    text = f"$mutex = [System.Threading.Mutex]::new($true, '{name}'); Start-Sleep -Seconds 60; $mutex.ReleaseMutex()"
    line = f"PowerShell -NoProfile -EncodedCommand {base64.b64encode(text.encode('utf-16-le')).decode()}"
    with ThreadPoolExecutor(1) as other:
        running = other.submit(direct.door(lab).run, server, session, line, b"", stop)
        until((MUTEXES / f"windhcp.failover.{session.server}").exists)
        try:
            yield
        finally:
            stop.set()
            running.result()


def test_powershell_tells_who_is_busy_and_who_was_and_is_no_more(powershell: DirectPowerShell) -> None:
    lab, session = lab_of_its_own()
    server, stop = lab.servers[session.server], threading.Event()
    word = powershell.door(lab).data_folder(server) / "windhcp.failover" / "kept" / "writing.txt"

    with ThreadPoolExecutor(1) as other:
        running = other.submit(powershell, lab, session, LONG, stop=stop)
        until(lambda: word.exists() and word.read_text(encoding="utf-8").endswith("}"))
        error_id, message = busy(powershell(lab, session, NEXT))
        assert error_id == "windhcp.busy"
        assert re.fullmatch(
            rf"ansible@controller as {session.server}\\administrator, process \d+ since \d{{4}}-.*Z", message
        )
        stop.set()
        assert running.exception()  # killed
    with holding(powershell, lab, session):
        error_id, stale = busy(powershell(lab, session, NEXT))
        assert (error_id, stale) == ("windhcp.busy", f"the last one that left word was {message}, and has ended")
        word.unlink()
        assert busy(powershell(lab, session, NEXT)) == ("windhcp.busy", "it left no word of who it is")
        word.symlink_to("/etc/hostname")
        assert "who it is could not be read: " in busy(powershell(lab, session, NEXT))[1]
    word.unlink()
    assert json.loads(powershell(lab, session, NEXT))["reply"]["status"] == "done"
    assert not word.exists()


def test_a_mutex_of_another_account_is_busy() -> None:
    """Linux does not refuse one to root, so this engine is given a class that does what the true one does on
    Windows."""
    lab, session = lab_of_its_own()
    prelude = """
    Add-Type -TypeDefinition '
    public class Barred {
        public Barred(bool mine, string name) { throw new System.UnauthorizedAccessException("Barred."); }
    }'
    $accelerators = [psobject].Assembly.GetType('System.Management.Automation.TypeAccelerators')
    $accelerators::Add('System.Threading.Mutex', [Barred])
    """
    try:
        find_engine()
    except NoEngine as error:
        pytest.skip(str(error))
    with DirectPowerShell(SCRIPT, prelude) as barred:
        assert busy(barred(lab, session, NEXT)) == ("windhcp.mutex", "it left no word of who it is; Barred.")


def test_a_mutex_that_cannot_be_made_is_no_run_of_somebody_else(powershell: DirectPowerShell) -> None:
    lab, session = lab_of_its_own()
    MUTEXES.mkdir(parents=True, exist_ok=True)
    blocked = MUTEXES / f"windhcp.failover.{session.server}"
    blocked.mkdir()
    try:
        error_id, message = busy(powershell(lab, session, NEXT), "no_mutex")
    finally:
        blocked.rmdir()
    assert error_id == "windhcp.mutex"
    assert session.server in message
    assert "word" not in message
