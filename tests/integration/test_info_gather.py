# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""dhcp_failover_info with gather: what the partners do not have in common, and how full the scopes are."""

from __future__ import annotations

from ipaddress import IPv4Address
from typing import Any

import pytest
from harness import Site, lab
from test_replicate import CREATE, edit, reserve

INFO = "windhcp.failover.dhcp_failover_info"


def gather(site: Site, **options: Any) -> dict[str, Any]:
    result = site.play([{"name": "Info", INFO: {"gather": ["drift", "health"], **options}}]).ok().result("Info")
    assert not result["changed"]
    (relationship,) = result["relationships"]
    return {**relationship, "remote_calls": result["remote_calls"]}


@pytest.mark.parametrize("options", [{"partner_host": "dhcp02"}, {}], ids=["own connection", "second hop"])
def test_drift_and_health(net: str, options: dict[str, Any]) -> None:
    with Site(lab(), "standin", net) as site:
        site.play([CREATE]).ok()
        good = gather(site, **options)
        assert good["remote_calls"] == (3 if options else 2)
        assert good["drift"] == {
            "partner_state": "Normal",
            "in_sync": True,
            "scopes_only_here": [],
            "scopes_only_at_partner": [],
            "differences": [],
            "server_differences": [
                {"field": "filter deny 02-15-5d-de-ad-*", "this_server": "present", "partner": None},
                {
                    "field": "option 6",
                    "this_server": "10.10.0.21, 10.10.0.22",
                    "partner": "10.10.0.22, 10.10.0.21",
                },
            ],
            "problem": None,
        }
        health = good["health"]
        assert health["healthy"]
        assert health["in_use"] + health["free"] > 400
        assert health["free_here"] + health["free_at_partner"] == health["free"]
        assert health["scopes"][0]["scope_id"] == "10.10.10.0"
        assert health["scopes"][0]["percent_in_use"] > 50

        reserve(site, "DHCP02", "10.10.30.44")
        edit(site, "DHCP01", "Set-DhcpServerv4Scope", ScopeId="10.10.20.0", Name="Other")
        site.lab.servers["DHCP02"].relationships["HQ"].scopes.remove(IPv4Address("10.30.10.0"))
        bad = gather(site, **options)["drift"]
        assert bad["in_sync"] is False
        assert bad["scopes_only_here"] == ["10.30.10.0"]
        assert bad["differences"] == [
            {"scope_id": "10.10.20.0", "field": "name", "this_server": "Other", "partner": "Berlin phones"},
            {"scope_id": "10.10.30.0", "field": "reservation 10.10.30.44", "this_server": None, "partner": "present"},
        ]


def test_a_partner_that_cannot_be_read_never_looks_healthy(net: str) -> None:
    with Site(lab(), "standin", net) as site:
        site.play([CREATE]).ok()
        site.lab.cut_link("DHCP01", "DHCP02")
        cut = gather(site)
        assert cut["drift"]["in_sync"] is None
        assert "dhcp01 asking dhcp02" in cut["drift"]["problem"]
        assert not cut["health"]["healthy"]
        site.service.endpoints["DHCP02"].close()
        unreachable = gather(site, partner_host="dhcp02")
        assert unreachable["drift"]["in_sync"] is None
        assert "dhcp02 cannot be reached" in unreachable["drift"]["problem"]
