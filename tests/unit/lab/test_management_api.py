# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""lab.core.management_api: one half of a relationship is changed, and the other server is not."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from core_calls import ANNEX, CLIENTS, NAME, PHONES, A, add, company, get, ids, run
from lab.core.api import Outcome, Session
from lab.core.lab import Lab
from lab.core.management_api import DELETE, DELETE_SCOPES, GET, code

ADMINISTRATOR = "administrator"


def call(
    lab: Lab,
    function: str,
    *scopes: A,
    on: str = "DHCP01",
    name: str | None = NAME,
    user: str = ADMINISTRATOR,
    **more: Any,
) -> Outcome:
    delegated = more.pop("delegated", True)
    return lab.call_api(Session(on, user, delegated), function, name, scopes, **more)


def joined(**switches: Any) -> Lab:
    lab = company(**switches)
    add(lab)
    return lab


def test_a_scope_leaves_one_half_and_stays_as_it_is() -> None:
    lab = joined()
    run(lab, "Set-DhcpServerv4Scope", on="DHCP02", ScopeId=CLIENTS, State="InActive")
    before = deepcopy(lab.servers)
    assert code(call(lab, DELETE_SCOPES, CLIENTS, on="DHCP02")) == 0
    assert lab.servers["DHCP01"] == before["DHCP01"]
    assert lab.servers["DHCP02"].scopes == before["DHCP02"].scopes
    assert (lab.servers["DHCP02"].scopes[CLIENTS].state, len(lab.servers["DHCP02"].scopes[CLIENTS].leases)) == (
        "InActive",
        120,
    )
    assert (get(lab, "DHCP02")["ScopeId"], get(lab)["ScopeId"]) == ((PHONES,), (CLIENTS, PHONES))
    assert code(call(lab, DELETE_SCOPES, CLIENTS)) == 0
    assert ids(run(lab, "Get-DhcpServerv4Failover", ScopeId=CLIENTS)) == ["DHCP 20116"]
    assert lab.lost_dns == []


def test_a_relationship_goes_with_its_members_left_standalone() -> None:
    lab = joined()
    before = deepcopy(lab.servers)
    assert code(call(lab, DELETE)) == 0
    assert not lab.servers["DHCP01"].relationships
    assert lab.servers["DHCP02"] == before["DHCP02"]
    assert {name: one.scopes for name, one in lab.servers.items()} == {name: one.scopes for name, one in before.items()}
    assert get(lab, "DHCP02")["State"] == "CommunicationInterrupted"


def test_an_orphan_goes_while_the_partner_is_away() -> None:
    lab = joined()
    lab.servers["DHCP02"].reachable = False
    assert code(call(lab, DELETE_SCOPES, CLIENTS, PHONES)) == 0
    assert code(call(lab, DELETE)) == 0
    assert CLIENTS in lab.servers["DHCP01"].scopes


def test_reading_one_half() -> None:
    lab = joined()
    (half,) = call(lab, GET, name=NAME.lower()).objects
    assert half.properties == get(lab)


@pytest.mark.parametrize(
    ("function", "scopes", "more", "returned"),
    [
        (GET, (), {"name": "Nothing"}, 20115),
        (DELETE, (), {"name": "Nothing"}, 20115),
        (DELETE_SCOPES, (CLIENTS,), {"name": "Nothing"}, 20115),
        (DELETE_SCOPES, (ANNEX,), {}, 20116),
        (DELETE_SCOPES, (A("10.99.0.0"),), {}, 20005),
        (DELETE_SCOPES, (CLIENTS, ANNEX), {}, 20116),
        (DELETE_SCOPES, (), {}, 87),
        (DELETE_SCOPES, (CLIENTS,), {"name": None}, 87),
        (DELETE, (), {"name": None}, 87),
        (DELETE, (), {"user": "nobody"}, 5),
        (DELETE, (), {"server": "dhcp02", "delegated": False}, 5),
        (DELETE, (), {"server": "nowhere"}, 1722),
    ],
)
def test_refusals_change_nothing(function: str, scopes: tuple[A, ...], more: dict[str, Any], returned: int) -> None:
    lab = joined()
    before = deepcopy(lab.servers)
    assert code(call(lab, function, *scopes, **more)) == returned
    assert lab.servers == before


def test_another_answer_where_there_is_no_relationship_at_all() -> None:
    assert code(call(company(no_relationship_at_all="WIN32 2"), GET)) == 2
    assert code(call(joined(no_relationship_at_all="WIN32 2"), GET, name="Nothing")) == 20115


def test_one_bad_scope_may_leave_the_good_ones() -> None:
    lab = joined(api_bad_scope_stops_good_ones=False)
    assert code(call(lab, DELETE_SCOPES, CLIENTS, ANNEX)) == 20116
    assert get(lab)["ScopeId"] == (PHONES,)


def test_a_server_that_is_named_is_reached_over_the_second_hop() -> None:
    lab = joined()
    assert code(call(lab, DELETE_SCOPES, CLIENTS, server="dhcp02.contoso.example")) == 0
    assert (get(lab, "DHCP02")["ScopeId"], get(lab)["ScopeId"]) == ((PHONES,), (CLIENTS, PHONES))
    lab.servers["DHCP02"].service = "stopped"
    assert code(call(lab, GET, server="DHCP02")) == 1753
    lab.cut_link("DHCP01", "DHCP02")
    assert code(call(lab, GET, server="DHCP02")) == 1722
    assert code(call(lab, GET, server="127.0.0.1")) == 0


def test_calls_are_audited_as_writes_under_the_functions_name() -> None:
    lab = joined()
    mark = lab.audit.mark()
    call(lab, GET)
    call(lab, DELETE_SCOPES, CLIENTS, PHONES, server="DHCP02")
    call(lab, DELETE, name="Nothing")
    read, scopes, gone = lab.audit.since(mark)
    assert (read.cmdlet, read.write, scopes.cmdlet, scopes.write, gone.write) == (GET, False, DELETE_SCOPES, True, True)
    assert (scopes.server, scopes.via, read.via) == ("DHCP02", "DHCP01", "session")
    assert scopes.parameters == {"Name": NAME, "ScopeId": [str(CLIENTS), str(PHONES)], "ComputerName": "DHCP02"}
    assert gone.errors == ("DHCP 20115",)


@pytest.mark.parametrize("half_applied", [True, False])
def test_faults_can_be_ordered(half_applied: bool) -> None:
    lab = joined()
    lab.fail_next("DHCP01", DELETE_SCOPES, "DHCP 20133", half_applied=half_applied)
    assert code(call(lab, DELETE_SCOPES, CLIENTS)) == 20133
    assert (CLIENTS in get(lab)["ScopeId"]) is not half_applied
    lab.fail_next("DHCP01", DELETE, "no number")
    assert code(call(lab, DELETE)) == 31


def test_nothing_leaves_during_a_re_integration() -> None:
    lab = joined()
    lab.set_state("DHCP01", NAME, "PartnerDown")
    assert code(call(lab, DELETE_SCOPES, CLIENTS, on="DHCP02")) == 20133
    assert code(call(lab, DELETE, on="DHCP02")) == 0
