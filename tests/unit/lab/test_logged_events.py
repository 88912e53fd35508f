# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the simulated servers log of failover, for whom, and that a saved state holds it."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from core_calls import CLIENTS, NAME, PHONES, add, company, run
from lab import topology
from lab.codec import TopologyError
from lab.core.api import Session
from lab.core.event_log import CLOSED, DENIED, Event, Query, account
from lab.core.lab import Lab

CLOCK = datetime(2026, 3, 1, 8, tzinfo=timezone.utc)
ALL = range(20000, 21000)
A, B = "dhcp01.contoso.example", "dhcp02.contoso.example"


def dated() -> Lab:
    lab = company()
    lab.clock = CLOCK
    return lab


def read(lab: Lab, computer: str = "", user: str = "administrator", delegated: bool = True) -> list[Event] | str:
    session = Session("DHCP01", user, delegated)
    return lab.read_events(session, Query(computer, ALL, CLOCK, 100))


def told(lab: Lab, computer: str = "") -> list[tuple[int, tuple[str, ...]]]:
    """The oldest first."""
    found = read(lab, computer)
    assert not isinstance(found, str)
    return [(one.id, one.values) for one in reversed(found)]


def test_a_relationship_comes_changes_and_goes_on_both_servers() -> None:
    lab = dated()
    add(lab, CLIENTS)
    run(lab, "Add-DhcpServerv4FailoverScope", Name=NAME, ScopeId=(PHONES,))
    run(lab, "Set-DhcpServerv4Failover", Name=NAME, MaxClientLeadTime=timedelta(hours=2), Force=True)
    run(lab, "Set-DhcpServerv4Failover", Name=NAME, Mode="HotStandby", ReservePercent=7, Force=True)
    run(lab, "Set-DhcpServerv4Failover", Name=NAME, ReservePercent=8, SharedSecret="hush", Force=True)
    run(lab, "Set-DhcpServerv4Failover", Name=NAME, SharedSecret="hush hush", StateSwitchInterval=timedelta(hours=1))
    run(lab, "Set-DhcpServerv4Failover", Name=NAME, SharedSecret=None, Force=True)
    run(lab, "Remove-DhcpServerv4FailoverScope", Name=NAME, ScopeId=(PHONES,), Force=True)
    run(lab, "Remove-DhcpServerv4Failover", Name=(NAME,), Force=True)
    own = [one for one in told(lab) if one[0] not in (20251, 20259)]
    assert own == [
        (20240, (A, B, NAME, "3600", "50", "0")),
        (20243, (str(PHONES), NAME, B)),
        (20245, (NAME, B, "3600", "7200")),
        (20250, (NAME, B)),
        (20247, (NAME, B, "7", "8")),
        (20312, (B, NAME)),
        (20246, (NAME, B, "0", "3600")),
        (20311, (B, NAME)),
        (20313, (B, NAME)),
        (20244, (str(PHONES), NAME, B)),
        (20242, (NAME, A, B)),
    ]
    there = [one[0] for one in told(lab, B) if one[0] not in (20251, 20259)]
    assert there == [one[0] for one in own]
    assert "hush" not in repr(lab.logs)


def test_the_state_of_each_server_and_in_contact_that_of_its_partner() -> None:
    lab = dated()
    add(lab)
    lab.clock = CLOCK + timedelta(hours=1)
    lab.cut_link("DHCP01", "DHCP02", "failover")
    run(lab, "Get-DhcpServerv4Scope")
    changes = [one for one in told(lab) if one[0] in (20251, 20252)]
    assert changes == [
        (20251, (A, NAME, "STARTUP", "NORMAL")),
        (20251, (B, NAME, "STARTUP", "NORMAL")),
        (20252, (A, NAME, "NORMAL", "COMMUNICATION INTERRUPTED")),
    ]
    found = read(lab)
    assert not isinstance(found, str)
    assert (found[0].time, found[0].user) == (CLOCK + timedelta(hours=1), "")


def test_the_share_in_load_balance_is_that_of_the_server() -> None:
    lab = dated()
    add(lab, CLIENTS, LoadBalancePercent=50)
    run(lab, "Set-DhcpServerv4Failover", Name=NAME, LoadBalancePercent=70, Force=True)
    assert told(lab)[-1] == (20248, (NAME, B, "50", "70"))
    assert told(lab, B)[-1] == (20248, (NAME, A, "50", "30"))


def test_who_may_read_what() -> None:
    lab = dated()
    add(lab)
    assert read(lab, B)
    assert read(lab, B, delegated=False) == DENIED
    assert read(lab, user="helpdesk") == DENIED
    assert read(lab, "nobody") == CLOSED
    lab.servers["DHCP02"].event_log = CLOSED
    assert read(lab, B) == CLOSED
    lab.cut_link("DHCP01", "DHCP02")
    assert read(lab, B) == CLOSED


def test_what_exists_when_a_lab_starts_was_not_just_made() -> None:
    lab = topology.loads(topology.dumps(_made()))
    run(lab, "Get-DhcpServerv4Failover")
    assert [one[0] for one in told(lab)].count(20240) == 1


def _made() -> Lab:
    lab = dated()
    add(lab)
    return lab


def test_a_saved_state_holds_the_logs() -> None:
    lab = _made()
    again = topology.loads(topology.dumps(lab))
    assert again.logs.events == lab.logs.events
    assert again.logs.events["DHCP02"]
    assert topology.dumps(again) == topology.dumps(lab)


def test_a_topology_names_a_word_that_is_known() -> None:
    with pytest.raises(TopologyError, match="event_log"):
        topology.loads(
            topology.dumps(company()).replace("    ip: 10.10.0.11\n", "    ip: 10.10.0.11\n    event_log: odd\n")
        )


def test_an_account_has_a_sid_and_may_have_no_name() -> None:
    assert account("")[0] == "S-1-5-20"
    assert account("CONTOSO\\admin")[1] == "CONTOSO\\admin"
    assert account("gone") == (account("gone")[0], "")
