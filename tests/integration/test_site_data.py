# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The role failover takes a site's data as a whole: all of it is good, or nothing is written."""

from __future__ import annotations

import json
from typing import Any

from harness import Site, lab

SECRET = "Kx7-never-shown"
HQ: dict[str, Any] = {
    "name": 'HQ "Süd"',
    "primary": "dhcp01",
    "partner": "dhcp02",
    "partner_server": "dhcp02.contoso.example",
    "load_balance_percent": 60,
    "scopes": ["10.10.10.0"],
}
FROM_THE_OTHER_SIDE = {
    "name": 'HQ "Süd"',
    "primary": "dhcp02",
    "partner": "dhcp01",
    "partner_server": "dhcp01.contoso.example",
    "load_balance_percent": 40,
    "shared_secret": SECRET,
}
CHECK = "Check the site's data before anything is written"


def test_bad_data_stops_before_the_first_remote_command(net: str) -> None:
    bad = {
        "name": "Branches",
        "primary": "dhcp02",
        "partner": "dhcp03",
        "mode": "hot_standby",
        "scopes": ["10.10.10.0"],
    }
    with Site(lab(), "standin", net) as site:
        run = site.site([HQ, {**FROM_THE_OTHER_SIDE, "load_balance_percent": 60}, bad], "-vvv")
        assert run.code != 0
        assert (run.counts.commands, run.counts.writes) == (0, 0)
        said = run.failure(CHECK)["msg"]
        assert "load_balance_percent 60 and 40, as the share of dhcp01" in said
        assert "'Branches' (dhcp02 with dhcp03): partner: dhcp03 is no host of the inventory" in said
        assert (
            "'Branches' (dhcp02 with dhcp03): scopes: 10.10.10.0 is also declared in 'HQ \"Süd\"' (dhcp01 with dhcp02)"
            in said
        )
        assert SECRET not in run.output
        assert SECRET not in json.dumps(run.tasks)
        assert "\n- 'Branches'" in said, "a line for each problem"
        empty = site.site([HQ], "-e", "failover_shared_secret=")
        assert (empty.code != 0, empty.counts.commands) == (True, 0)
        assert empty.failure(CHECK)["msg"].split("\n- ")[1].startswith("failover_shared_secret: is empty (")


def test_both_sides_are_one_relationship_and_either_holds_the_secret(door: str, net: str) -> None:
    with Site(lab(), door, net) as site:
        run = site.site([HQ, FROM_THE_OTHER_SIDE], "-vvv", "--diff").ok()
        assert run.written == ["Add-DhcpServerv4Failover"]
        assert SECRET not in run.output
        assert SECRET not in json.dumps(run.tasks)
        here, there = (site.lab.servers[name].relationships['HQ "Süd"'] for name in ("DHCP01", "DHCP02"))
        assert here.secret == there.secret
        assert here.secret is not None
        assert (here.percentage, here.partner_server) == (60, "dhcp02.contoso.example")
        assert '"HQ \\"Süd\\"": "dhcp01"' in run.output


def test_without_partner_host_no_connection_to_the_partner_is_made(net: str) -> None:
    """And what a terminal obeys is shown by its code."""
    odd = {**HQ, "name": "HQ\x1b[31m"}
    with Site(lab(), "standin", net) as site:
        alone = site.site([odd], "-e", "failover_use_partner_host=false").ok()
        assert r"'HQ\\x1b[31m'" in alone.output
        assert "\x1b" not in alone.output
        assert [entry.server for entry in site.lab.audit.entries if entry.kind == "command"] == ["DHCP01"] * 3
        assert alone.written == ["Add-DhcpServerv4Failover"]
        modified = site.site([{**odd, "load_balance_percent": 50}]).ok()
        assert modified.counts.commands == 4, "two on each connection: before the change, and with it or after it"
        assert modified.written == ["Set-DhcpServerv4Failover"]


def test_a_new_secret_in_the_data_reaches_the_servers_once(net: str) -> None:
    with Site(lab(), "standin", net) as site:
        on_change = ("-e", "failover_update_secret=on_change")
        site.site([{**HQ, "shared_secret": SECRET}], *on_change).ok()
        rolled = {**HQ, "shared_secret": f"{SECRET} 2"}
        assert site.site([rolled], *on_change, "-vvv").ok().written == ["Set-DhcpServerv4Failover"]
        again = site.site([rolled], *on_change).ok()
        assert (again.written, again.changed) == ([], 0)
        assert site.site([HQ], *on_change).ok().changed == 0, "no secret in the data leaves the one there is"
