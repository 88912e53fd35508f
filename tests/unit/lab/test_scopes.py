# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Scopes, superscopes and exclusions."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from core_calls import ANNEX, CLIENTS, PRINTERS, A, company, ids, run

MASK = A("255.255.255.0")
NEW: dict[str, Any] = {"Name": "New", "StartRange": A("10.50.1.10"), "EndRange": A("10.50.1.90"), "SubnetMask": MASK}


def test_get_lists_in_numerical_order_and_reports_missing_ones() -> None:
    lab = company()
    listed: list[Any] = [one.properties["ScopeId"] for one in run(lab, "Get-DhcpServerv4Scope").objects]
    assert listed == sorted(listed)
    assert len(listed) == 12
    outcome = run(lab, "Get-DhcpServerv4Scope", ScopeId=(A("10.77.0.0"), ANNEX))
    assert (ids(outcome), outcome.errors[0].category) == (["DHCP 20005"], "ObjectNotFound")
    assert [one.properties["SuperscopeName"] for one in outcome.objects] == ["Berlin annex"]


def test_add_and_pass_thru() -> None:
    outcome = run(company(), "Add-DhcpServerv4Scope", State="InActive", PassThru=True, **NEW)
    (one,) = outcome.objects
    assert list(one.properties) == [
        "ScopeId", "SubnetMask", "StartRange", "EndRange", "Name", "Description", "State", "LeaseDuration", "Type",
        "ActivatePolicies", "Delay", "MaxBootpClients", "NapEnable", "NapProfile", "SuperscopeName",
    ]  # fmt: skip
    assert (one.properties["ScopeId"], one.properties["State"]) == (A("10.50.1.0"), "InActive")
    assert one.properties["LeaseDuration"] == timedelta(days=8)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"StartRange": A("10.10.10.30"), "EndRange": A("10.10.10.40")}, "DHCP 20052"),
        ({"EndRange": A("10.50.2.9")}, "DHCP 20023"),
        ({"EndRange": A("10.50.1.9")}, "DHCP 20023"),
        ({"Delay": 1001}, "DHCP 20092"),
    ],
)
def test_add_refuses(changes: dict[str, object], error: str) -> None:
    lab = company()
    assert ids(run(lab, "Add-DhcpServerv4Scope", **{**NEW, **changes})) == [error]
    assert len(lab.servers["DHCP01"].scopes) == 12


def test_remove_with_leases_needs_force_and_takes_dns_along() -> None:
    lab = company()
    address = A("10.10.11.200")
    run(lab, "Add-DhcpServerv4Lease", ScopeId=ANNEX, IPAddress=address, ClientId="aa-bb")  # has no host name
    assert ids(run(lab, "Remove-DhcpServerv4Scope", ScopeId=(ANNEX,))) == ["DHCP 20007"]
    assert ids(run(lab, "Remove-DhcpServerv4Scope", ScopeId=(ANNEX, A("10.77.0.0")), Force=True)) == ["DHCP 20005"]
    assert ANNEX not in lab.servers["DHCP01"].scopes
    assert len(lab.lost_dns) == 40


def test_superscopes() -> None:
    lab = company()
    run(lab, "Set-DhcpServerv4Scope", ScopeId=CLIENTS, SuperscopeName="Berlin annex")
    (one,) = run(lab, "Get-DhcpServerv4Superscope").objects
    assert dict(one.properties) == {"SuperscopeName": "Berlin annex", "ScopeId": (CLIENTS, ANNEX)}
    assert ids(run(lab, "Get-DhcpServerv4Superscope", SuperscopeName=("none",))) == ["DHCP 20005"]


def test_exclusions() -> None:
    lab = company()
    assert len(run(lab, "Get-DhcpServerv4ExclusionRange").objects) == 1
    about: dict[str, Any] = {"ScopeId": PRINTERS, "StartRange": A("10.10.30.50"), "EndRange": A("10.10.30.60")}
    assert ids(run(lab, "Add-DhcpServerv4ExclusionRange", **about)) == []
    assert ids(run(lab, "Add-DhcpServerv4ExclusionRange", **about)) == ["DHCP 20023"]
    assert ids(run(lab, "Add-DhcpServerv4ExclusionRange", **{**about, "EndRange": A("10.10.30.61")})) == ["DHCP 20023"]
    assert ids(run(lab, "Remove-DhcpServerv4ExclusionRange", **about)) == []
    assert run(lab, "Get-DhcpServerv4ExclusionRange", ScopeId=(PRINTERS,)).objects == ()
