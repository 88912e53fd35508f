# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A folder of somebody else in the place of the collection's own stops a task that would need it, in check mode as well."""

from __future__ import annotations

import pytest
from lab import topology
from lab.standin.files import Files
from lab.standin.own_files import FOLDER, folder
from nothing_lost.task import Wire, perform

TASK = {"name": "HQ", "partner_server": "dhcp02", "scopes": ["10.10.10.0"], "shared_secret": "Kx7", "update_secret": "on_change"}


@pytest.mark.parametrize("check_mode", [True, False])
@pytest.mark.parametrize("place", ["", "kept"])
def test_a_task_is_refused_before_the_first_write(place: str, check_mode: bool) -> None:
    lab, files = topology.load(topology.TOPOLOGIES / "company.yml"), Files()
    if place:
        files.make_folder(FOLDER, "O:BAG:DUD:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)")
    files.make_folder(folder(place))  # as every user may
    result = perform(Wire(lab, files={"DHCP01": files}), "dhcp_failover_relationship", TASK, check_mode=check_mode)
    assert result["failed"]
    assert "On dhcp01: something below ProgramData is not as this collection makes it, so nothing was read" in result["msg"]
    assert f"(windhcp.not_ours: {folder(place)} does not belong to administrators or SYSTEM " in result["msg"]
    assert "Take it away" in result["msg"]
    assert (result["changed"], [entry for entry in lab.audit.entries if entry.write]) == (False, [])
    assert files.paths() == ()


def test_what_needs_nothing_of_it_goes_on() -> None:
    lab, files = topology.load(topology.TOPOLOGIES / "company.yml"), Files()
    files.make_folder(FOLDER)
    assert "failed" not in perform(Wire(lab, files={"DHCP01": files}), "dhcp_failover_info", {})
