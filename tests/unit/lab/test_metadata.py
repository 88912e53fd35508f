# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the cmdlets take, and how JSON becomes their parameters."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from ipaddress import IPv4Address
from typing import Any

import pytest
from lab.core.metadata import (
    BindingError,
    check_binding,
    cmdlets,
    find,
    format_timespan,
    from_json,
    parse_timespan,
)
from lab.core.registry import SIMULATED

ADD = "Add-DhcpServerv4Failover"
BASE = {"Name": "n", "ScopeId": ["10.0.0.0"], "PartnerServer": "p"}


def test_all_cmdlets_with_the_common_parameters() -> None:
    known = cmdlets()
    assert len(known) == 75
    assert set(SIMULATED) <= set(known)
    assert {"ComputerName", "CimSession", "AsJob", "WhatIf"} <= set(known[ADD].parameters)
    assert "WhatIf" not in known["Get-DhcpServerv4Scope"].parameters
    assert "AsJob" not in known["Export-DhcpServer"].parameters
    assert (known[ADD].writes, known["Export-DhcpServer"].writes, known["Get-DhcpServerVersion"].writes) == (
        True,
        False,
        False,
    )
    assert find("add-dhcpserverv4failover").parameter("cn").name == "ComputerName"


def test_values_by_type() -> None:
    assert from_json(
        ADD,
        {
            **BASE,
            "scopeid": "10.0.0.0",
            "MaxClientLeadTime": "1.02:03:04",
            "StateSwitchInterval": None,
            "ServerRole": "standby",
            "Force": True,
            "ReservePercent": 9,
        },
    ) == {
        "Name": "n",
        "ScopeId": (IPv4Address("10.0.0.0"),),
        "PartnerServer": "p",
        "MaxClientLeadTime": timedelta(days=1, hours=2, minutes=3, seconds=4),
        "StateSwitchInterval": None,
        "ServerRole": "Standby",
        "Force": True,
        "ReservePercent": 9,
    }
    moment = from_json("Add-DhcpServerv4Lease", {"LeaseExpiryTime": "2026-03-01T09:00:00.0000000+01:00"})
    assert moment == {"LeaseExpiryTime": datetime(2026, 3, 1, 8, tzinfo=timezone.utc)}


@pytest.mark.parametrize(
    "raw",
    [
        {"Mode": "LoadBalance"},
        {"ReservePercent": 101},
        {"ReservePercent": True},
        {"ServerRole": "Both"},
        {"ScopeId": ["10.0.0"]},
        {"ScopeId": []},
        {"MaxClientLeadTime": None},
        {"MaxClientLeadTime": "an hour"},
        {"SharedSecret": ""},
        {"Force": "yes"},
    ],
)
def test_values_that_do_not_bind(raw: dict[str, Any]) -> None:
    with pytest.raises(BindingError):
        from_json(ADD, raw)


def test_empty_and_null_where_they_are_allowed() -> None:
    assert from_json("Set-DhcpServerv4Failover", {"SharedSecret": ""}) == {"SharedSecret": ""}
    assert from_json("Set-DhcpServerv4Failover", {"SharedSecret": None}) == {"SharedSecret": None}


def test_parameter_sets() -> None:
    assert check_binding(ADD, from_json(ADD, BASE)) == "LoadBalance"
    assert check_binding(ADD, from_json(ADD, {**BASE, "ReservePercent": 5})) == "HotStandby"
    with pytest.raises(BindingError, match="set cannot be resolved"):
        check_binding(ADD, from_json(ADD, {**BASE, "ReservePercent": 5, "LoadBalancePercent": 5}))
    with pytest.raises(BindingError, match="PartnerServer"):
        check_binding(ADD, from_json(ADD, {"Name": "n", "ScopeId": ["10.0.0.0"]}))
    assert check_binding("Get-DhcpServerVersion", {}) is None


@pytest.mark.parametrize("text", ["00:00:01", "8.00:00:00", "-00:30:00", "00:00:00.5000000", "10675199.02:48:05"])
def test_timespans_go_both_ways(text: str) -> None:
    assert format_timespan(parse_timespan(text)) == text
