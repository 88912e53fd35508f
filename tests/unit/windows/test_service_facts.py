# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Exclusions, audit log and account of DNS updates, of a server and of a partner."""

from __future__ import annotations

from datetime import timedelta
from ipaddress import IPv4Address
from typing import Any

import builders
import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows import service_facts

EXCLUDED = {"ScopeId": "10.0.1.0", "StartRange": "10.0.1.10", "EndRange": "10.0.1.20"}
LOG = {"Enable": True}
ACCOUNT = {"DomainName": "CONTOSO", "UserName": "dns"}


def found(exclusions: Any, log: Any, account: Any, *clocks: Any) -> service_facts.ServiceFacts:
    """A text is the id of an error, None nothing at all."""
    answers = [
        builders.result("read", error=one) if isinstance(one, str) else builders.result("read", *([one] if one else []))
        for one in (exclusions, log, account, *clocks)
    ]
    return service_facts.found(answers)


def test_what_is_told() -> None:
    facts = found(EXCLUDED, LOG, ACCOUNT)
    assert facts.exclusions is not None
    assert [str(one) for one in facts.exclusions[IPv4Address("10.0.1.0")]] == ["10.0.1.10 to 10.0.1.20"]
    assert (facts.audit_log, facts.dns_account, facts.apart) == (True, "CONTOSO\\dns", None)


@pytest.mark.parametrize("none", [None, {"DomainName": "", "UserName": ""}, {"DomainName": None, "UserName": None}])
def test_no_account(none: Any) -> None:
    assert found(None, LOG, none).dns_account == ""


def test_what_is_refused_is_unknown() -> None:
    assert found("WIN32 5", "WIN32 5", "WIN32 5") == service_facts.ServiceFacts()
    assert found("WIN32 259", None, "WIN32 5") == service_facts.ServiceFacts(exclusions={})


def test_a_partner_over_the_second_hop_tells_its_clock_as_well() -> None:
    own, there = service_facts.reads(), service_facts.reads("dhcp02")
    assert (len(own), len(there)) == (3, 4)
    assert all("ComputerName" not in read["parameters"] for read in own)
    assert {read["parameters"]["ComputerName"] for read in there[:3]} == {"dhcp02"}
    facts = found(None, LOG, ACCOUNT, {"before": 100, "there": 200, "after": 101})
    assert facts.apart == timedelta(seconds=98)
