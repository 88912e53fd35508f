# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Export files in the layout that Microsoft's own module gives them, each with what it has to come to."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Mapping
from copy import deepcopy
from datetime import datetime, timezone
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

from ansible_collections.windhcp.failover.plugins.plugin_utils._model.scope import Scope
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.server import Server
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning import comparison, restoring
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.restoring import Comparison, Here, Restoration
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows import export_elements
from lab import topology
from lab.core.api import Session, Value
from lab.core.exporting import as_on_windows
from lab.core.lab import Lab
from lab.standin.files import Files
from lab.standin.own_files import OwnFiles
from nothing_lost.task import Wire, perform

FOLDER = Path(__file__).parent / "exports"
SCOPE = IPv4Address("198.51.100.0")
NOW = datetime(2026, 3, 1, 8, tzinfo=timezone.utc)
COPY = "C:\\ProgramData\\windhcp.failover\\safety-copies\\DHCP01-HQ-20260301T080000Z-1b2c3d4e.xml"
LEVEL = (
    "classes",
    "option_definitions",
    "option_values",
    "policies",
    "filters",
    "allow_list",
    "deny_list",
    "conflict_detection_attempts",
)


def saved(name: str) -> bytes:
    return as_on_windows((FOLDER / f"{name}.xml").read_text(encoding="utf-8"))


def read(name: str) -> export_elements.Export:
    packed = base64.b64encode(gzip.compress(saved(name))).decode()
    return export_elements.read(packed, "dhcp01")


def with_copy(lab: Lab, name: str) -> Wire:
    """A server that has the file among its safety copies."""
    wire = Wire(lab)
    files = wire.files["DHCP01"] = Files()
    OwnFiles(files).protect_folder("safety-copies")
    files.write(COPY, saved(name), NOW)
    return wire


def lab() -> Lab:
    made = topology.load(topology.TOPOLOGIES / "company.yml")
    made.clock = NOW
    return made


def test_a_reservation_that_was_in_use_comes_back_without_its_lease_and_that_is_no_difference() -> None:
    copy, after = read("restore_copy"), read("restore_after_import")
    there = Scope(
        SCOPE, "Floor 1", "255.255.255.0", "198.51.100.10", "198.51.100.200", active=False, type="Dhcp", description=""
    )
    level = export_elements.ServerLevel((10, 0), copy.classes, copy.definitions)
    here = Here(Server(name="DHCP01", addresses=(), relationships=(), scopes=(there,)), after, level, NOW)
    compared = Comparison(Restoration(COPY), copy, here)
    assert compared.differences == []
    assert restoring.left(compared) == []
    assert restoring.lost(compared, [SCOPE]) == ""
    assert restoring.planned(compared).actions == ()
    expected = [{"scope_id": "198.51.100.0", "leases": 0, "reservations": 1}]
    assert restoring.counts([SCOPE], copy) == restoring.counts([SCOPE], after) == expected


def test_the_file_itself_is_restored() -> None:
    made = lab()
    wire = with_copy(made, "restore_copy")
    done = perform(wire, "dhcp_failover_restore", {"path": COPY})
    assert (done["restored"], done["total"]) == (["198.51.100.0"], {"leases": 0, "reservations": 1})
    assert perform(wire, "dhcp_failover_restore", {"path": COPY})["changed"] is False


def test_a_reservation_that_only_the_copy_that_goes_serves_is_not_lost() -> None:
    keeper, loser = read("reservation_keeper"), read("reservation_loser")
    assert comparison.lost_leases(keeper, loser, [SCOPE], NOW) == []
    assert comparison.lost_leases(loser, keeper, [SCOPE], NOW) == []
    assert len(comparison.lost_leases(export_elements.NOTHING, loser, [SCOPE], NOW)) == 1


def test_what_differs_at_the_server_level_is_neither_touched_nor_a_reason_to_refuse() -> None:
    """server_level_now.xml is what the server has by now, brought in by an import of a whole server."""
    made = lab()
    server, file = made.servers["DHCP01"], "now.xml"
    about: dict[str, Value] = {"File": file, "BackupPath": "backup", "Force": True}
    made.invoke(Session("DHCP01", "administrator"), "Import-DhcpServer", about, {file: saved("server_level_now")})
    assert (server.conflict_detection_attempts, server.deny_list, list(server.policies)) == (2, True, ["Phones"])
    before = deepcopy({name: getattr(server, name) for name in LEVEL})
    done = perform(with_copy(made, "server_level_saved"), "dhcp_failover_restore", {"path": COPY, "state": "as_saved"})
    assert (done.get("msg"), done["restored"], done["server_additions"]) == (None, ["198.51.100.0"], [])
    assert server.scopes[SCOPE].state == "Active"
    assert {name: getattr(server, name) for name in LEVEL} == before


def configurations(answer: Any) -> list[str]:
    copies: list[Mapping[str, str]] = [result["objects"][0] for result in answer]
    return [copy["configuration"] for copy in copies]


def test_the_first_lease_of_a_scope_is_no_change_of_its_configuration() -> None:
    hashes = []
    for name in ("leases_none", "leases_one"):
        request = json.dumps({"before": [{"id": "copy", "op": "read_copy", "path": COPY}]})
        reply = with_copy(lab(), name).execute("DHCP01", {"request": request, "secrets": []})["reply"]
        hashes += configurations(reply["before"])
    assert hashes[0] == hashes[1]
    assert [len(read(name).leases[SCOPE]) for name in ("leases_none", "leases_one")] == [0, 1]
    assert read("leases_none").version == (10, 0)
