# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The script's operations on files, where the recordings do not reach: what is left on the server, and who may read
it."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from unittest.mock import ANY

import pytest
from core_calls import CLIENTS, PRINTERS, A, company
from lab.core.api import Outcome, Session
from lab.core.exporting import as_on_windows
from lab.core.lab import Lab
from lab.core.server import Reservation
from lab.powershell.direct import DirectPowerShell
from lab.standin import script
from lab.standin.file_operations import packed
from lab.standin.files import Files
from lab.standin.recordings import without_machine

EXPORTS = Path(__file__).resolve().parents[1] / "windows" / "exports"
SESSION = Session("DHCP01", "administrator")
COPY = {
    "id": "copy",
    "op": "safety_copy",
    "parameters": {"ScopeId": [str(CLIENTS), str(PRINTERS)]},
    "label": "HQ",
    "keep_days": 0,
}
KEEP = {"id": "keep", "op": "keep_text", "name": "hq", "public": "salt", "hidden": "hush"}


class Hurry(threading.Event):
    """Nobody waits."""

    def wait(self, timeout: float | None = None) -> bool:
        return self.is_set()


class Forgetful(Lab):
    """Its exports lack a scope, and nobody says so."""

    def invoke(
        self, session: Session, cmdlet: str, parameters: Mapping[str, Any], files: Mapping[str, bytes] | None = None
    ) -> Outcome:
        outcome = super().invoke(session, cmdlet, parameters, files)
        wrong = {path: content.replace(str(PRINTERS).encode(), b"10.99.0.0") for path, content in outcome.files.items()}
        return Outcome(outcome.objects, outcome.errors, outcome.warnings, wrong)


def calls(reply: str) -> list[Mapping[str, Any]]:
    results: list[Mapping[str, Any]] = json.loads(reply)["reply"]["calls"]
    return results


def standin(lab: Lab, files: Files, *operations: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    request = json.dumps({"calls": operations})
    return calls(script.run(lab, SESSION, request, script.Process(files)))


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


def test_an_inactive_import_never_serves_and_leaves_the_copy_as_it_was() -> None:
    lab, files = company(), Files()
    server = lab.servers["DHCP01"]
    before = server.scopes[CLIENTS]
    (copy,) = standin(lab, files, COPY)
    path = copy["objects"][0]["path"]
    saved = files.found(path)[path]
    del server.scopes[CLIENTS], server.scopes[PRINTERS]
    standin(
        lab,
        files,
        {
            "id": "a",
            "op": "import_copy",
            "path": path,
            "parameters": {"ScopeId": [str(CLIENTS)]},
            "inactive": True,
            "keep_days": 0,
        },
        {
            "id": "b",
            "op": "import_copy",
            "path": path,
            "parameters": {"ScopeId": [str(PRINTERS)]},
            "inactive": False,
            "keep_days": 0,
        },
    )
    assert (server.scopes[CLIENTS].state, server.scopes[PRINTERS].state) == ("InActive", "Active")
    assert server.scopes[CLIENTS].leases == before.leases
    assert server.scopes[CLIENTS].leases
    assert files.found(path)[path] == saved
    backups = [one for one in files.paths() if "\\backups\\" in one]
    assert (len([one for one in backups if one.endswith("dhcpcfg")]), set(files.paths()) - set(backups)) == (
        2,
        {path.lower()},
    )


def test_powershell_leaves_the_copy_as_it_was_too(powershell: DirectPowerShell) -> None:
    lab = company()
    (copy,) = calls(powershell(lab, SESSION, json.dumps({"calls": [COPY]})))
    path = Path(copy["objects"][0]["path"])
    saved = path.read_bytes()
    leases = lab.servers["DHCP01"].scopes.pop(CLIENTS).leases
    operation = {
        "id": "a",
        "op": "import_copy",
        "path": str(path),
        "parameters": {"ScopeId": [str(CLIENTS)]},
        "inactive": True,
        "keep_days": 0,
    }
    (said,) = calls(powershell(lab, SESSION, json.dumps({"calls": [operation]})))
    assert error_ids(said) == []
    assert lab.servers["DHCP01"].scopes[CLIENTS].state == "InActive"
    assert lab.servers["DHCP01"].scopes[CLIENTS].leases == leases
    assert path.read_bytes() == saved
    own = folder(powershell, lab)
    backup = Path(said["objects"][0]["backup"])
    assert {one for one in own.rglob("*") if one.is_file()} == {path, backup / "DhcpCfg"}
    assert backup.parent == own / "backups"


EXPORT = {"id": "export", "op": "export", "parameters": {"ScopeId": [str(CLIENTS), str(PRINTERS)], "Leases": True}}
IMPORT = {
    "id": "import",
    "op": "import_copy",
    "parameters": {"ScopeId": [str(CLIENTS)]},
    "inactive": True,
    "keep_days": 1,
}


def said_of_exports(answer: Callable[[Lab, str], str]) -> list[Mapping[str, Any]]:
    """Of one that lacks leases for good, one that is complete in the end, and one whose leases cannot be listed."""
    said: list[Mapping[str, Any]] = []
    for times, listed in ((99, True), (2, True), (0, False)):
        lab = company()
        lab.break_lease_export("DHCP01", CLIENTS, leases=110, times=times)
        for _attempt in range(0 if listed else 6):
            lab.fail_next("DHCP01", "Get-DhcpServerv4Lease", "WIN32 1726")
        (result,) = calls(answer(lab, json.dumps({"calls": [EXPORT]})))
        said.append({**result, "objects": [one["configuration"] for one in result["objects"]]})
    return said


def by_standin(lab: Lab, request: str) -> str:
    return script.run(lab, SESSION, request, script.Process(stop=Hurry()))


def test_both_doors_say_the_same_of_an_export_that_lacks_leases(powershell: DirectPowerShell) -> None:
    expected = said_of_exports(by_standin)
    assert [error_ids(one) for one in expected] == [["windhcp.incomplete_copy"], [], ["windhcp.incomplete_copy"] * 2]
    assert expected[0]["errors"][0]["message"].startswith(
        "10 leases of scope 10.10.10.0 are not in the export: 10.10.10.1"
    )
    assert said_of_exports(lambda lab, request: powershell(lab, SESSION, request)) == expected


def imported(answer: Callable[[Lab, str], str], **switches: Any) -> tuple[list[Mapping[str, Any]], Lab]:
    """A copy with a reservation in use and an offered address comes back, while the database cannot be backed up."""
    lab = company(**switches)
    server = lab.servers["DHCP01"]
    lab.clock = datetime(2026, 3, 1, tzinfo=timezone.utc)
    leases = server.scopes[CLIENTS].leases
    first, second, *_others = leases
    server.scopes[CLIENTS].reservations[first] = Reservation(first, leases[first].client_id, "\x1b bell")
    leases[second] = replace(leases[second], address_state="Offered")
    (copy,) = calls(answer(lab, json.dumps({"calls": [COPY]})))
    del server.scopes[CLIENTS]
    lab.fail_next("DHCP01", "Backup-DhcpServer", "WIN32 5")
    said = []
    for scope in (CLIENTS, A("10.99.0.0")):
        lab.clock += timedelta(days=2)
        operation = {**IMPORT, "path": copy["objects"][0]["path"], "parameters": {"ScopeId": [str(scope)]}}
        said += calls(answer(lab, json.dumps({"calls": [operation]})))
    counted = [{**one, "objects": [backup["removed"] for backup in one["objects"]]} for one in said]
    return [json.loads(without_machine(json.dumps(one))) for one in counted], lab


@pytest.mark.parametrize("shows", [True, False])
def test_both_doors_import_the_same(powershell: DirectPowerShell, shows: bool) -> None:
    files = Files()
    expected, lab = imported(
        lambda lab, request: script.run(lab, SESSION, request, script.Process(files)),
        inner_errors_show=shows,
    )
    found, other = imported(lambda lab, request: powershell(lab, SESSION, request), inner_errors_show=shows)
    assert found == [{**one, "errors": [{**error, "message": ANY} for error in one["errors"]]} for one in expected]
    assert [error_ids(one) for one in expected] == [
        ["WIN32 5,Backup-DhcpServer" if shows else "windhcp.no_backup"],
        ["ObjectNotFound,Import-DhcpServer"],
    ]
    for one in (lab, other):
        scope = one.servers["DHCP01"].scopes[CLIENTS]
        assert (scope.state, len(scope.leases), [reserved.name for reserved in scope.reservations.values()]) == (
            "InActive",
            118,
            ["\x1b bell"],
        )
    assert [one["objects"] for one in expected] == [[0], [1]]


def test_the_first_lease_is_no_change_of_the_configuration(powershell: DirectPowerShell) -> None:
    """As a file of Windows has it: <Leases /> against one lease."""
    lab = company()
    made = calls(powershell(lab, SESSION, json.dumps({"calls": [COPY, COPY]})))
    reads = []
    for name, copy in zip(("leases_none", "leases_one"), made, strict=True):
        path = copy["objects"][0]["path"]
        Path(path).write_bytes(as_on_windows((EXPORTS / f"{name}.xml").read_text(encoding="utf-8")))
        reads.append({"id": name, "op": "read_copy", "path": path})
    none, one = calls(powershell(lab, SESSION, json.dumps({"calls": reads})))
    assert none["objects"][0]["configuration"] == one["objects"][0]["configuration"]
    assert (
        none["objects"][0]["configuration"]
        == packed(as_on_windows((EXPORTS / "leases_one.xml").read_text(encoding="utf-8")))["configuration"]
    )


LEFT = ["import-20260227T075959Z-0a1b2c3d.xml", "import-20260227T080000Z-0a1b2c3d.xml"]  # by imports that were killed
OTHERS = ["IMPORT-HQ-20260101T080000Z-0a1b2c3d.xml", "import-hq-20260101T080000Z-0a1b2c3d.xml", "import-notes.xml"]


@pytest.mark.parametrize("imports", [True, False])
def test_what_killed_imports_left_goes_after_a_day_and_nothing_else(
    powershell: DirectPowerShell, imports: bool
) -> None:
    copies, files = "windhcp.failover/safety-copies", Files()
    labs = [company(), company()]
    for lab in labs:
        lab.clock = datetime(2026, 2, 28, 8, tzinfo=timezone.utc)
    answers: list[Callable[[str], str]] = [
        lambda request: script.run(labs[0], SESSION, request, script.Process(files)),
        lambda request: powershell(labs[1], SESSION, request),
    ]
    own = folder(powershell, labs[1]) / "safety-copies"
    paths = []
    for answer in answers:
        (copy,) = calls(answer(json.dumps({"calls": [COPY]})))
        paths.append(copy["objects"][0]["path"])
    for name in (*LEFT, *OTHERS):
        files.write(f"C:\\ProgramData\\{copies}\\{name}", b"left", labs[0].now("DHCP01"))
        (own / name).write_bytes(b"left")
    said = []
    for answer, path in zip(answers, paths, strict=True):
        operation = {**IMPORT, "path": path} if imports else COPY
        (result,) = calls(answer(json.dumps({"calls": [operation]})))
        said.append((error_ids(result), [one["removed"] for one in result["objects"]]))
    assert said == [([], [0])] * 2
    kept = {Path(path.replace("\\", "/")).name for path in files.paths() if "safety-copies" in path}
    assert {name for name in kept if not name.startswith("dhcp01-")} == {name.lower() for name in (LEFT[1], *OTHERS)}
    assert {one.name for one in own.iterdir() if not one.name.startswith("DHCP01-")} == {LEFT[1], *OTHERS}


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
