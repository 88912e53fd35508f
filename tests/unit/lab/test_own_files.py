# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The script's folder below ProgramData: made for administrators alone, and not used when somebody else put something
there."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from core_calls import CLIENTS, company
from lab.core import access_lists
from lab.core.api import Session
from lab.core.lab import Lab
from lab.powershell.direct import DirectPowerShell
from lab.standin import own_files, script
from lab.standin.files import Files
from lab.standin.recordings import without_machine

SESSION = Session("DHCP01", "administrator")
KEEP = {"id": "keep", "op": "keep_text", "name": "hq", "public": "salt", "hidden": {"secret": 0}}
TEXTS: list[dict[str, Any]] = [
    KEEP,
    {"id": "prove", "op": "prove_text", "name": "hq", "nonce": "1"},
    {"id": "drop", "op": "drop_text", "name": "hq"},
]
FIND = {"id": "find", "op": "find_texts", "kind": "hq"}
COPY = {"id": "copy", "op": "safety_copy", "parameters": {"ScopeId": [str(CLIENTS)]}, "label": "HQ", "keep_days": 1}
NOT_OURS = ["windhcp.not_ours"]
OURS = "O:BAG:DUD:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)"
OPEN = OURS + "(A;OICI;0x1301bf;;;BU)"
HIS = OURS.replace("O:BA", f"O:{access_lists.USER}")
PLANTER, HIDDEN = "S-1-5-21-1-2-3-1002", "does not show administrators its access list"
FILE = "O:BAG:DUD:AI(A;ID;FA;;;SY)(A;ID;FA;;;BA)"

# what an ordinary user, or an administrator who did not think of it, left: (place, kind, access list) and what is wrong
# with it
PLANTED = {
    "folder of a user": ("", "folder", HIS, "does not belong to administrators"),
    "folder open to users": ("", "folder", OPEN, "another access list"),
    "folder that keeps administrators out": (
        "",
        "folder",
        f"O:{PLANTER}G:DUD:PAI(D;OICI;FA;;;BA)(A;OICI;FA;;;WD)",
        HIDDEN,
    ),
    "folder of the one who planted it alone": (
        "kept",
        "folder",
        f"O:{PLANTER}G:DUD:PAI(A;OICI;FA;;;{PLANTER})",
        HIDDEN,
    ),
    "folder that inherits": ("", "folder", OURS.replace("PAI", "AI"), "another access list"),
    "link for the folder": ("", "link", None, "is a link"),
    "file for the folder": ("", "file", None, "is a file and no folder"),
    "folder inside": ("kept", "folder", HIS, "does not belong to administrators"),
    "link inside": ("kept", "link", None, "is a link"),
    "file open to users": ("kept/hq.txt", "file", FILE + "(A;;0x1200a9;;;BU)", "another access list"),
    "link for the file": ("kept/hq.txt", "link", None, "is a link"),
    "folder for the file": ("kept/hq.txt", "folder", None, "is a folder and no file"),
}


def operations(name: str) -> list[dict[str, Any]]:
    """What would read or write there; ``finally`` runs all of them. A folder is no text, so none is found."""
    place, kind = PLANTED[name][:2]
    texts = TEXTS if (place, kind) == ("kept/hq.txt", "folder") else [*TEXTS, FIND]
    if place.startswith("kept"):
        return texts
    path = "@folder/safety-copies/DHCP01-HQ.xml"
    import_copy = {
        "id": "import",
        "op": "import_copy",
        "path": path,
        "parameters": {"ScopeId": [str(CLIENTS)]},
        "inactive": True,
    }
    folders = [{"id": name, "op": "check_folder", "name": name} for name in ("kept", "safety-copies", "backups")]
    return [*texts, *folders, COPY, {"id": "read", "op": "read_copy", "path": path}, import_copy]


def results(reply: str) -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = json.loads(without_machine(reply))["reply"]["finally"]
    return found


def through_standin(lab: Lab, files: Files, name: str) -> list[Mapping[str, Any]]:
    request = json.dumps({"finally": operations(name)}).replace("@folder", own_files.FOLDER.replace("\\", "\\\\"))
    return results(script.run(lab, SESSION, request, script.Process(files, ["hush"])))


def planted_in_standin(name: str) -> tuple[Lab, Files]:
    place, kind, sddl, _wrong = PLANTED[name]
    lab, files = company(), Files()
    for outer in ["", "kept"][: place.count("/") + bool(place)]:
        files.make_folder(own_files.folder(outer), OURS)
    path = own_files.folder(place.replace("/", "\\"))
    if kind == "folder":
        files.make_folder(path, sddl)
    elif kind == "link":
        files.make_link(path)
    else:
        files.write(path, b"planted", lab.now("DHCP01"))
        files.set_access(path, sddl or FILE)
    return lab, files


def check(name: str, said: list[Mapping[str, Any]], lab: Lab) -> None:
    """Each operation is refused and says what and why; no cmdlet is called."""
    place, _kind, _sddl, wrong = PLANTED[name]
    assert [[error["id"] for error in one["errors"]] for one in said] == [NOT_OURS] * len(operations(name))
    for one in said:
        assert wrong in one["errors"][0]["message"]
        assert one["errors"][0]["target"] == f"*/windhcp.failover{place and '/'}{place}"
    assert "hush" not in json.dumps(said)
    assert lab.audit.entries == ()


@pytest.mark.parametrize("name", PLANTED)
def test_what_was_planted_is_never_used(name: str) -> None:
    lab, files = planted_in_standin(name)
    before = {path: files.found(path) for path in files.paths()}
    check(name, through_standin(lab, files, name), lab)
    assert {path: files.found(path) for path in files.paths()} == before


@pytest.mark.parametrize("name", PLANTED)
def test_powershell_never_uses_it_and_says_the_same(name: str, powershell: DirectPowerShell, tmp_path: Path) -> None:
    place, kind, sddl, _wrong = PLANTED[name]
    lab = company()
    door = powershell.door(lab)
    root = door.data_folder(lab.servers["DHCP01"]) / "windhcp.failover"
    for outer in [root, root / "kept"][: place.count("/") + bool(place)]:
        outer.mkdir()
        door.access.set(outer, OURS)
    path, elsewhere = root / place, tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "hq.txt").write_text("a\nb\n", encoding="utf-8")
    if kind == "folder":
        path.mkdir()
    elif kind == "link":
        path.symlink_to(elsewhere / "hq.txt" if path.suffix else elsewhere)
    else:
        path.write_text("planted", encoding="utf-8")
    if sddl:
        door.access.set(path, sddl)
    request = json.dumps({"finally": operations(name)}).replace("@folder", str(root))
    said = results(powershell(lab, SESSION, request, ["hush"]))
    check(name, said, lab)
    assert said == through_standin(*planted_in_standin(name), name)
    assert [one.read_text(encoding="utf-8") for one in elsewhere.iterdir()] == ["a\nb\n"]
    assert [one for one in root.parent.rglob("*") if one.is_file() and one != path] == []
    assert [one.name for one in door.system_folder(lab.servers["DHCP01"]).parent.iterdir()] == ["System32"]


@pytest.mark.parametrize("administrators_own", [True, False])
def test_on_a_clean_server_all_of_it_is_made_and_used(administrators_own: bool, powershell: DirectPowerShell) -> None:
    """Whoever owns what an administrator makes, it is used, with no entry for anybody else."""
    lab = company(administrators_own_new_files=administrators_own)
    door = powershell.door(lab)
    copied = json.loads(powershell(lab, SESSION, json.dumps({"calls": [KEEP, COPY]}), ["hush"]))["reply"]["calls"]
    path = Path(copied[1]["objects"][0]["path"])
    del lab.servers["DHCP01"].scopes[CLIENTS]
    back = {
        "id": "back",
        "op": "import_copy",
        "path": str(path),
        "parameters": {"ScopeId": [str(CLIENTS)]},
        "inactive": True,
    }
    said = json.loads(powershell(lab, SESSION, json.dumps({"calls": [TEXTS[1], back]})))["reply"]["calls"]
    assert [one["errors"] for one in (*copied, *said)] == [[]] * 4
    assert said[0]["objects"][0]["public"] == "salt"
    assert lab.servers["DHCP01"].scopes[CLIENTS].state == "InActive"
    root = door.data_folder(lab.servers["DHCP01"]) / "windhcp.failover"
    assert {one.name for one in root.iterdir()} == {"kept", "safety-copies", "backups"}
    shown = {one.name: door.access.show(one) for one in (root, *root.iterdir())}
    service = "(A;OICI;0x1301bf;;;S-1-5-80-3273805168-4048181553-3172130058-210131473-390205191)(A;OICI;0x1301bf;;;NS)"
    assert shown.pop("backups") == OURS.replace("PAI", f"PAI{service}")
    assert set(shown.values()) == {OURS}
    files = [door.access.show(one) for one in (root / "kept" / "hq.txt", path)]
    owner = "BA" if administrators_own else access_lists.USER
    assert {re.sub(r"O:(.*?)G:.*?\(", r"\1 (", one) for one in files} == {f"{owner} (A;ID;FA;;;SY)(A;ID;FA;;;BA)"}
    assert [one.name for one in door.system_folder(lab.servers["DHCP01"]).parent.iterdir()] == ["System32"]


@pytest.mark.parametrize("call", [1, 2, 3, 4])
def test_a_run_that_is_killed_in_icacls_leaves_nothing_in_the_way(call: int, powershell: DirectPowerShell) -> None:
    """Two calls make a folder, and two more the one inside."""
    lab = company()
    door = powershell.door(lab)
    program = door.system_folder(lab.servers["DHCP01"]) / "icacls.exe"
    whole = program.read_bytes()
    count = program.with_name("calls")
    program.write_text(
        f"#!/bin/sh\necho >> {count}\n[ $(wc -l < {count}) = {call} ] && kill -9 "
        f"$PPID\n{whole.decode().split(chr(10), 1)[1]}",
        "utf-8",
    )
    with pytest.raises(RuntimeError):
        powershell(lab, SESSION, json.dumps({"finally": TEXTS}), ["hush"])
    program.write_bytes(whole)
    said = json.loads(powershell(lab, SESSION, json.dumps({"finally": TEXTS}), ["hush"]))["reply"]["finally"]
    assert [one["errors"] for one in said] == [[]] * 3
    assert said[1]["objects"][0]["public"] == "salt"


def test_a_file_that_a_killed_run_left_empty_is_as_good_as_none(powershell: DirectPowerShell) -> None:
    lab, files = company(), Files()
    request = json.dumps({"finally": [TEXTS[1], *TEXTS]})
    kept = own_files.folder("kept")
    for path in ("", "kept"):
        files.make_folder(own_files.folder(path), OURS)
    files.write(f"{kept}\\hq.txt", b"", lab.now("DHCP01"))
    folder = powershell.door(lab).data_folder(lab.servers["DHCP01"]) / "windhcp.failover"
    powershell(lab, SESSION, json.dumps({"finally": TEXTS}), ["hush"])
    (folder / "kept" / "hq.txt").write_bytes(b"")
    said = results(powershell(lab, SESSION, request, ["hush"]))
    assert said == results(script.run(lab, SESSION, request, script.Process(files, ["hush"])))
    assert [one["errors"] for one in said] == [[]] * 4
    assert [one["objects"][0]["public"] for one in (said[0], said[2])] == ["", "salt"]


def test_runs_that_make_it_at_once_do_not_fail(powershell: DirectPowerShell) -> None:
    lab = company()
    powershell.door(lab)
    requests = [json.dumps({"calls": [{**KEEP, "name": f"run{number}"}]}) for number in range(4)]
    with ThreadPoolExecutor(4) as runs:
        replies = list(runs.map(lambda request: powershell(lab, SESSION, request, ["hush"]), requests))
    assert [json.loads(one)["reply"]["calls"][0]["errors"] for one in replies] == [[]] * 4
    root = powershell.door(lab).data_folder(lab.servers["DHCP01"])
    assert sorted(one.name for one in root.rglob("*.txt")) == [f"run{number}.txt" for number in range(4)]
    assert [one.name for one in root.iterdir()] == ["windhcp.failover"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["/grant:r", "*S-1-5-18:(OI)(CI)F"],
        ["/inheritance:r", "/grant:r"],
        ["/inheritance:r", "/grant:r", "Administrators:(OI)(CI)F"],
        ["/inheritance:r", "/grant:r", "*S-1-5-18:F"],
        ["/setowner", "Administrators"],
        [],
    ],
)
def test_the_lab_checks_what_icacls_is_asked(arguments: list[str]) -> None:
    assert access_lists.icacls(OURS, arguments) == (access_lists.BAD_PARAMETER, OURS)


def test_what_somebody_planted_outlives_icacls() -> None:
    """An explicit entry and the owner stay, which is why the script never adopts a folder."""
    code, sddl = access_lists.icacls(
        f"O:{access_lists.USER}G:DUD:AI(A;OICI;FA;;;WD)(A;OICIID;0x1200a9;;;BU)",
        ["/inheritance:r", "/grant:r", "*S-1-5-32-544:(OI)(CI)F", "*S-1-5-18:(OI)(CI)F", "/L"],
    )
    assert (code, sddl) == (0, f"O:{access_lists.USER}G:DUD:PAI(A;OICI;FA;;;WD)(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)")
