# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The script's operations on files, where the recordings do not reach: what is left on the server, and who may read it."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from core_calls import CLIENTS, PRINTERS, company
from lab.core.api import Outcome, Session
from lab.core.lab import Lab
from lab.powershell.direct import DirectPowerShell
from lab.powershell.engine import NoEngine, find_engine
from lab.standin import script
from lab.standin.files import Files

SCRIPT = Path(__file__).resolve().parents[3] / "plugins" / "modules" / "dhcp_cmdlets.ps1"
SESSION = Session("DHCP01", "administrator")
COPY = {"id": "copy", "op": "safety_copy", "parameters": {"ScopeId": [str(CLIENTS), str(PRINTERS)]}, "label": "HQ", "keep_days": 0}
KEEP = {"id": "keep", "op": "keep_text", "name": "hq", "public": "salt", "hidden": "hush"}


class Forgetful(Lab):
    """Its exports lack a scope, and nobody says so."""

    def invoke(self, session: Session, cmdlet: str, parameters: Mapping[str, Any], files: Mapping[str, bytes] | None = None) -> Outcome:
        outcome = super().invoke(session, cmdlet, parameters, files)
        wrong = {path: content.replace(str(PRINTERS).encode(), b"10.99.0.0") for path, content in outcome.files.items()}
        return Outcome(outcome.objects, outcome.errors, outcome.warnings, wrong)


@pytest.fixture(scope="module")
def powershell() -> Iterator[DirectPowerShell]:
    try:
        find_engine()
    except NoEngine as error:
        pytest.skip(str(error))
    with DirectPowerShell(SCRIPT) as direct:
        yield direct


def calls(reply: str) -> list[Mapping[str, Any]]:
    results: list[Mapping[str, Any]] = json.loads(reply)["reply"]["calls"]
    return results


def standin(lab: Lab, files: Files, *operations: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    request = json.dumps({"calls": operations})
    return calls(script.run(lab, SESSION, request, threading.Lock(), threading.Event(), files))


def error_ids(result: Mapping[str, Any]) -> list[str]:
    return [error["id"] for error in result["errors"]]


def forgetful() -> Lab:
    lab = company()
    return Forgetful(servers=lab.servers)


def folder(powershell: DirectPowerShell, lab: Lab) -> Path:
    return powershell.door(lab).data_folder(lab.servers["DHCP01"]) / "windhcp.failover"


def test_where_the_folder_cannot_be_kept_to_administrators_nothing_is_written(powershell: DirectPowerShell) -> None:
    lab = company()
    own = folder(powershell, lab)
    door = powershell.door(lab)
    program = door.system_folder(lab.servers["DHCP01"]) / "icacls.exe"
    program.write_text("#!/bin/sh\necho Access is denied. >&2\nexit 5\n", encoding="utf-8")
    for operation in (COPY, KEEP):
        (said,) = calls(powershell(lab, SESSION, json.dumps({"calls": [operation]})))
        assert error_ids(said) == ["windhcp.protect_folder"]
        assert said["errors"][0]["message"] == "icacls.exe ended with 5."
    assert [path.name for path in own.parent.iterdir()] == []
    assert [path.name for path in door.system_folder(lab.servers["DHCP01"]).parent.iterdir()] == ["System32"]
    assert lab.audit.entries == ()


def test_a_file_that_cannot_be_written_is_an_error_of_the_operation(powershell: DirectPowerShell) -> None:
    lab = company()
    data = folder(powershell, lab).parent
    data.rmdir()
    data.write_text("a file is in the way", encoding="utf-8")
    (said,) = calls(powershell(lab, SESSION, json.dumps({"calls": [KEEP]})))
    assert error_ids(said) == ["windhcp.file"]
    assert "hush" not in said["errors"][0]["message"]


def test_an_incomplete_copy_does_not_stay() -> None:
    files = Files()
    (said,) = standin(forgetful(), files, COPY)
    assert error_ids(said) == ["windhcp.incomplete_copy"]
    assert str(PRINTERS) in said["errors"][0]["message"]
    assert files.paths() == ()


def test_powershell_says_the_same_of_an_incomplete_copy(powershell: DirectPowerShell) -> None:
    lab = forgetful()
    (said,) = calls(powershell(lab, SESSION, json.dumps({"calls": [COPY]})))
    assert said == standin(forgetful(), Files(), COPY)[0]
    assert list(folder(powershell, lab).rglob("*.xml")) == []


@pytest.mark.parametrize("honours", [True, False])
def test_an_inactive_import_never_serves_and_leaves_the_copy_as_it_was(honours: bool) -> None:
    lab, files = company(import_honours_state=honours), Files()
    server = lab.servers["DHCP01"]
    before = server.scopes[CLIENTS]
    (copy,) = standin(lab, files, COPY)
    path = copy["objects"][0]["path"]
    saved = files.found(path)[path]
    del server.scopes[CLIENTS], server.scopes[PRINTERS]
    standin(
        lab,
        files,
        {"id": "a", "op": "import_copy", "path": path, "parameters": {"ScopeId": [str(CLIENTS)]}, "inactive": True},
        {"id": "b", "op": "import_copy", "path": path, "parameters": {"ScopeId": [str(PRINTERS)]}, "inactive": False},
    )
    assert (server.scopes[CLIENTS].state, server.scopes[PRINTERS].state) == ("InActive", "Active")
    assert server.scopes[CLIENTS].leases == before.leases
    assert server.scopes[CLIENTS].leases
    assert files.found(path)[path] == saved
    assert files.paths() == (path.lower(),)


def test_powershell_leaves_the_copy_as_it_was_too(powershell: DirectPowerShell) -> None:
    lab = company()
    (copy,) = calls(powershell(lab, SESSION, json.dumps({"calls": [COPY]})))
    path = Path(copy["objects"][0]["path"])
    saved = path.read_bytes()
    leases = lab.servers["DHCP01"].scopes.pop(CLIENTS).leases
    operation = {"id": "a", "op": "import_copy", "path": str(path), "parameters": {"ScopeId": [str(CLIENTS)]}, "inactive": True}
    (said,) = calls(powershell(lab, SESSION, json.dumps({"calls": [operation]})))
    assert error_ids(said) == []
    assert lab.servers["DHCP01"].scopes[CLIENTS].state == "InActive"
    assert lab.servers["DHCP01"].scopes[CLIENTS].leases == leases
    assert path.read_bytes() == saved
    own = folder(powershell, lab)
    assert [one for one in own.rglob("*") if one.is_file()] == [path]
    assert Path(said["objects"][0]["backup"]).parent == own / "backups"


@pytest.mark.parametrize(("age", "removed"), [(29, 0), (30, 0), (31, 1)])
def test_copies_are_kept_for_their_days_by_the_clock_of_the_server(age: int, removed: int) -> None:
    lab, files = company(), Files()
    lab.clock = datetime(2026, 3, 1, tzinfo=timezone.utc)
    standin(lab, files, COPY, KEEP)
    lab.clock += timedelta(days=age)
    (said,) = standin(lab, files, {**COPY, "keep_days": 30})
    assert said["objects"][0]["removed"] == removed
    assert len(files.paths()) == 3 - removed
    assert files.found("C:/ProgramData/windhcp.failover/kept/hq.txt")
