# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A removed copy comes back from the safety copy that the removal made: the task, the file on the server, the
playbook."""

from __future__ import annotations

import json
from copy import deepcopy
from ipaddress import IPv4Address
from typing import Any

from harness import Site, lab

CLIENTS, PRINTERS = IPv4Address("10.10.10.0"), IPv4Address("10.10.30.0")
SCOPES = [str(CLIENTS), str(PRINTERS)]
CREATE = {
    "name": "Create",
    "windhcp.failover.dhcp_failover_relationship": {
        "name": "Büro HQ",
        "partner_server": "dhcp02",
        "scopes": [*SCOPES, "10.10.20.0"],
        "partner_host": "dhcp02",
    },
}
REMOVE = {
    "name": "Remove",
    "windhcp.failover.dhcp_failover_scope": {
        "relationship": "Büro HQ",
        "scopes": SCOPES,
        "state": "absent",
        "keep_scopes_on": "this_server",
        "other_copy": "delete",
        "partner_host": "dhcp02",
    },
}


def restore(site: Site, copy: str, *options: str, **variables: Any) -> Any:
    wanted = {"failover_server": "dhcp02", "failover_copy": copy, **variables}
    return site.run("windhcp.failover.restore", "-e", json.dumps(wanted), *options)


def test_what_a_removal_deleted_comes_back_out_of_service(net: str) -> None:
    with Site(lab(), "standin", net) as site:
        there = site.lab.servers["DHCP02"]
        site.play([CREATE]).ok()
        before = deepcopy(there.scopes)
        assert before[CLIENTS].leases
        (copy,) = site.play([REMOVE]).ok().result("Remove")["safety_copies"]
        assert (copy["host"], copy["scopes"], set(there.scopes)) == ("dhcp02", SCOPES, {IPv4Address("10.10.20.0")})
        check = restore(site, copy["path"], "--check").ok()
        assert (check.written, check.changed) == ([], 1)
        run = restore(site, copy["path"]).ok()
        assert run.result("Bring the scopes back")["restored"] == SCOPES
        assert run.written == ["Import-DhcpServer", "Set-DhcpServerv4Scope", "Set-DhcpServerv4Scope"]
        for scope in (CLIENTS, PRINTERS):
            before[scope].state = "InActive"
            assert there.scopes[scope] == before[scope]
        again = restore(site, copy["path"]).ok()
        assert (again.written, again.changed) == ([], 0)


def test_what_is_added_is_shown_and_no_setting_that_changed_since_stands_in_the_way(net: str) -> None:
    with Site(lab(), "standin", net) as site:
        there = site.lab.servers["DHCP02"]
        site.play([CREATE]).ok()
        (copy,) = site.play([REMOVE]).ok().result("Remove")["safety_copies"]
        there.conflict_detection_attempts = 3
        del there.classes["Kiosk"]
        wanted = {"failover_state": "as_saved", "failover_scopes": [SCOPES[0]], "failover_safety_copy_days": 30}
        check = restore(site, copy["path"], "--check", **wanted).ok().result("Bring the scopes back")
        done = restore(site, copy["path"], **wanted).ok().result("Bring the scopes back")
        assert done["server_additions"] == check["server_additions"] == ["user class 'Kiosk'"]
        assert done["total"] == check["total"] == {"leases": 120, "reservations": 0}
        assert there.scopes[CLIENTS].state == "Active"
        assert ("Kiosk" in there.classes, there.conflict_detection_attempts) == (True, 3)


def test_the_playbook_says_what_it_needs(net: str) -> None:
    with Site(lab(), "standin", net) as site:
        check = "Check which server gets its scopes back, and which copy comes back"
        nothing = site.run("windhcp.failover.restore").failure(check)["msg"]
        assert nothing.split("\n- ")[1:] == [
            "failover_server: is not set; it should be the server in the inventory that gets its scopes back.",
            "failover_copy: is not set; it should be the path of the safety copy on failover_server, as the removal "
            "returned it.",
        ]
        dry = restore(site, "C:\\copy.xml", failover_dry_run=True).failure(check)["msg"]
        assert "failover_dry_run: is true; it should be left out" in dry
