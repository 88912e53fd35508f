# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Get-, Add-, Set- and Remove-DhcpServerv4Failover of the lab's core."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from core_calls import ANNEX, CLIENTS, NAME, PHONES, PRINTERS, A, add, awkward, company, get, ids, run
from lab.core.open_questions import every_single_change

HOUR = timedelta(hours=1)


def test_load_balance_is_seen_from_both_sides() -> None:
    lab = company()
    assert ids(add(lab, LoadBalancePercent=70)) == []
    here, there = get(lab), get(lab, "DHCP02")
    assert (here["LoadBalancePercent"], there["LoadBalancePercent"]) == (70, 30)
    assert (here["ReservePercent"], here["ServerRole"]) == (None, None)
    assert (here["ServerType"], there["ServerType"]) == ("PrimaryServer", "SecondaryServer")
    assert (here["PartnerServer"], there["PartnerServer"]) == ("dhcp02.contoso.example", "DHCP01")
    assert here["ScopeId"] == there["ScopeId"] == (CLIENTS, PHONES)
    assert (here["AutoStateTransition"], here["StateSwitchInterval"], here["EnableAuth"]) == (False, None, False)
    assert len(here) == 17


def test_adding_copies_the_scopes_with_everything() -> None:
    lab = company()
    add(lab, CLIENTS, PRINTERS)
    assert lab.servers["DHCP02"].scopes == {key: lab.servers["DHCP01"].scopes[key] for key in (CLIENTS, PRINTERS)}
    assert lab.servers["DHCP02"].scopes[CLIENTS] is not lab.servers["DHCP01"].scopes[CLIENTS]
    assert len(lab.servers["DHCP02"].scopes[CLIENTS].leases) == 120


def test_settles_after_the_polls() -> None:
    lab = company()
    add(lab, settle=False)
    assert [get(lab)["State"], get(lab, "DHCP02")["State"]] == ["Startup", "Normal"]


@pytest.mark.parametrize(("role", "types"), [("Active", "PrimaryServer"), ("Standby", "SecondaryServer")])
def test_hot_standby_roles(role: str, types: str) -> None:
    lab = company()
    add(lab, ServerRole=role, ReservePercent=8)
    here, there = get(lab), get(lab, "DHCP02")
    assert (here["Mode"], here["ServerRole"], here["ServerType"]) == ("HotStandby", role, types)
    assert there["ServerRole"] == {"Active": "Standby", "Standby": "Active"}[role]
    assert (here["ReservePercent"], there["ReservePercent"], here["LoadBalancePercent"]) == (8, 8, None)


def test_interval_turns_automatic_transition_on() -> None:
    lab = company()
    add(lab, StateSwitchInterval=2 * HOUR)
    assert (get(lab)["AutoStateTransition"], get(lab, "DHCP02")["StateSwitchInterval"]) == (True, 2 * HOUR)
    run(lab, "Set-DhcpServerv4Failover", Name=NAME, AutoStateTransition=False)
    assert (get(lab)["AutoStateTransition"], get(lab, "DHCP02")["StateSwitchInterval"]) == (False, None)
    run(lab, "Set-DhcpServerv4Failover", Name=NAME, AutoStateTransition=True)
    assert get(lab)["StateSwitchInterval"] == HOUR


@pytest.mark.parametrize(
    ("parameters", "error"),
    [
        ({"PartnerServer": "nobody.contoso.example"}, "DHCP 20124"),
        ({"PartnerServer": "10.10.0.11"}, "WIN32 87"),
        ({"PartnerServer": "LATE"}, "DHCP 20119"),
        ({"PartnerServer": "old"}, "DHCP 20118"),
        ({"PartnerServer": "10.10.0.15"}, "DHCP 20122"),
        ({"PartnerServer": "stopped.contoso.example"}, "DHCP 20123"),
        ({"Name": "n" * 127}, "DHCP 20125"),
        ({"Name": "standing"}, "DHCP 20114"),
        ({"MaxClientLeadTime": timedelta(0)}, "WIN32 87"),
        ({"ScopeId": (A("10.1.99.0"),)}, "DHCP 20005"),
        ({"ScopeId": (A("10.1.8.0"),)}, "DHCP 20113"),
        ({"ScopeId": (A("10.1.3.0"),)}, "DHCP 20052"),
        ({"ScopeId": (A("10.1.4.0"),)}, "DHCP 20052"),
        ({"ScopeId": (A("10.1.5.0"),)}, "DHCP 20044"),
        ({"ScopeId": (A("10.1.6.0"),)}, "DHCP 20010"),
        ({"ScopeId": (A("10.1.7.0"),)}, "DHCP 20103"),
        ({"ScopeId": (A("10.1.1.0"), A("10.1.3.0"))}, "DHCP 20052"),
    ],
)
def test_refusals_change_nothing(parameters: dict[str, Any], error: str) -> None:
    lab = awkward()
    before = lab.servers["DHCP01"].relationships.copy(), set(lab.servers["DHCP02"].scopes)
    about: dict[str, Any] = {"Name": "New", "PartnerServer": "DHCP02", "ScopeId": (A("10.1.1.0"),), "Force": True}
    assert ids(run(lab, "Add-DhcpServerv4Failover", **{**about, **parameters})) == [error]
    assert (lab.servers["DHCP01"].relationships, set(lab.servers["DHCP02"].scopes)) == before


@pytest.mark.parametrize(
    ("answer", "refusing"), [("before_2012_r2", ["6.2.9200"]), ("always", ["6.2.9200", "6.3.9600"]), ("never", [])]
)
def test_which_servers_refuse_bootp_is_an_open_question(answer: str, refusing: list[str]) -> None:
    for version in ("6.2.9200", "6.3.9600"):
        lab = awkward(bootp_refused=answer)
        lab.servers["DHCP01"].os = version
        about: dict[str, Any] = {"Name": "New", "PartnerServer": "DHCP02", "Force": True}
        refused = version in refusing
        assert ids(run(lab, "Add-DhcpServerv4Failover", ScopeId=(A("10.1.2.0"),), **about)) == (
            ["DHCP 20131"] if refused else []
        )
        changed = run(lab, "Set-DhcpServerv4Scope", ScopeId=A("10.1.8.0"), Type="Bootp")
        assert ids(changed) == (["DHCP 20129"] if refused else [])


def test_a_change_of_secret_can_interrupt_both_for_a_while() -> None:
    for polls in (0, 1, 3):
        lab = company(secret_change_polls=polls, settle_polls=0)
        add(lab, CLIENTS, SharedSecret="one")
        assert ids(run(lab, "Set-DhcpServerv4Failover", Name=NAME, SharedSecret="one", Force=True)) == []
        assert get(lab)["State"] == "Normal", "the same secret sent anew changes nothing"
        run(lab, "Set-DhcpServerv4Failover", Name=NAME, SharedSecret="two", Force=True)
        shown = [get(lab, server)["State"] for server in ("DHCP01", "DHCP02", "DHCP01", "DHCP02")]
        assert shown == [*["CommunicationInterrupted"] * polls, *["Normal"] * (4 - polls)]
        run(lab, "Set-DhcpServerv4Failover", Name=NAME, SharedSecret="", Force=True)
        lab.cut_link("DHCP01", "DHCP02")
        assert {get(lab)["State"] for _poll in range(6)} == {"CommunicationInterrupted"}, "cut off for another reason"


def test_one_bad_scope_may_leave_the_good_ones() -> None:
    lab = awkward(one_bad_scope_stops_good_ones=False)
    scopes = (A("10.1.1.0"), A("10.1.3.0"))
    outcome = run(lab, "Add-DhcpServerv4Failover", Name="New", PartnerServer="DHCP02", ScopeId=scopes)
    assert ids(outcome) == ["DHCP 20052"]
    assert get(lab, "DHCP02", "New")["ScopeId"] == (A("10.1.1.0"),)


def test_thirty_one_relationships_are_the_limit() -> None:
    lab = company()
    for number in range(31):
        start, end = A(f"10.99.{number}.10"), A(f"10.99.{number}.20")
        about: dict[str, Any] = {"StartRange": start, "EndRange": end, "SubnetMask": A("255.255.255.0")}
        run(lab, "Add-DhcpServerv4Scope", Name="s", **about)
        assert ids(add(lab, A(f"10.99.{number}.0"), Name=f"r{number}", settle=False)) == []
    assert ids(add(lab, CLIENTS)) == ["DHCP 20128"]


def test_unknown_names_and_scopes_are_reported_each() -> None:
    lab = company()
    add(lab)
    assert ids(run(lab, "Get-DhcpServerv4Failover", Name=("x", NAME, "y"))) == ["DHCP 20115"] * 2
    outcome = run(lab, "Get-DhcpServerv4Failover", ScopeId=(ANNEX, CLIENTS))
    assert ids(outcome) == ["DHCP 20116"]
    assert len(outcome.objects) == 1
    assert outcome.errors[0].message == f"Failed to get failover relationship for scope {ANNEX} on DHCP server DHCP01."


@pytest.mark.parametrize(("answer", "errors"), [("empty", []), ("WIN32 259", ["WIN32 259"])])
def test_a_server_without_relationships(answer: str, errors: list[str]) -> None:
    outcome = run(company(empty_server_errors=answer), "Get-DhcpServerv4Failover")
    assert (outcome.objects, ids(outcome)) == ((), errors)


def test_set_changes_both_sides_from_either() -> None:
    lab = company()
    add(lab, LoadBalancePercent=70)
    about: dict[str, Any] = {"LoadBalancePercent": 20, "MaxClientLeadTime": 2 * HOUR, "SharedSecret": "s3cret"}
    assert ids(run(lab, "Set-DhcpServerv4Failover", on="DHCP02", Name=NAME, **about)) == []
    here, there = get(lab), get(lab, "DHCP02")
    assert (here["LoadBalancePercent"], there["LoadBalancePercent"]) == (80, 20)
    assert (here["MaxClientLeadTime"], here["EnableAuth"], there["EnableAuth"]) == (2 * HOUR, True, True)
    run(lab, "Set-DhcpServerv4Failover", Name=NAME, SharedSecret=None)
    assert (get(lab)["EnableAuth"], get(lab, "DHCP02")["EnableAuth"]) == (False, False)


@pytest.mark.parametrize(
    ("answer", "active"), [("primary", "Active"), ("secondary", "Standby"), ("server_called", "Standby")]
)
def test_who_is_active_after_a_mode_change(answer: str, active: str) -> None:
    lab = company(active_after_lb_to_hs=answer)
    add(lab)
    run(lab, "Set-DhcpServerv4Failover", on="DHCP02", Name=NAME, Mode="HotStandby", ReservePercent=12, Force=True)
    assert (get(lab)["ServerRole"], get(lab)["ReservePercent"]) == (active, 12)


@pytest.mark.parametrize(("keeps", "percent"), [(True, 50), (False, 5)])
def test_percent_after_a_mode_change(keeps: bool, percent: int) -> None:
    lab = company(mode_change_keeps_percent=keeps)
    add(lab)
    run(lab, "Set-DhcpServerv4Failover", Name=NAME, Mode="HotStandby", Force=True)
    assert get(lab)["ReservePercent"] == percent


@pytest.mark.parametrize(
    ("switch", "answer", "parameters", "errors"),
    [
        ("wrong_mode_percent", "error", {"ReservePercent": 9}, ["WIN32 87"]),
        ("wrong_mode_percent", "ignored", {"ReservePercent": 9}, []),
        ("ast_false_with_interval", "error", {"AutoStateTransition": False, "StateSwitchInterval": HOUR}, ["WIN32 87"]),
        ("ast_false_with_interval", "off", {"AutoStateTransition": False, "StateSwitchInterval": HOUR}, []),
        ("null_percent", "ignored", {"LoadBalancePercent": None}, []),
        ("partner_down_refused_with", "WIN32 87", {"PartnerDown": True}, ["WIN32 87"]),
    ],
)
def test_what_set_makes_of_odd_parameters(
    switch: str, answer: object, parameters: dict[str, Any], errors: list[str]
) -> None:
    lab = company(**{switch: answer})
    add(lab)
    before = get(lab)
    assert ids(run(lab, "Set-DhcpServerv4Failover", Name=NAME, Force=True, **parameters)) == errors
    assert get(lab) == before


def test_null_percent_may_be_zero() -> None:
    lab = company()
    add(lab)
    run(lab, "Set-DhcpServerv4Failover", Name=NAME, LoadBalancePercent=None)
    assert (get(lab)["LoadBalancePercent"], get(lab, "DHCP02")["LoadBalancePercent"]) == (0, 100)


def test_partner_down_needs_a_broken_connection() -> None:
    lab = company()
    add(lab)
    lab.cut_link("DHCP01", "DHCP02")
    assert (get(lab)["State"], get(lab, "DHCP02")["State"]) == ("CommunicationInterrupted",) * 2
    assert ids(run(lab, "Set-DhcpServerv4Failover", Name=NAME, PartnerDown=True, Force=True)) == []
    assert (get(lab)["State"], get(lab, "DHCP02")["State"]) == ("PartnerDown", "CommunicationInterrupted")
    lab.set_state("DHCP01", NAME, "Normal")
    lab.mend_link("DHCP01", "DHCP02")
    assert get(lab)["State"] == "Normal"


@pytest.mark.parametrize(("one_sided", "errors", "percent"), [(True, [], 60), (False, ["DHCP 20122"], 50)])
def test_set_while_the_partner_is_away(one_sided: bool, errors: list[str], percent: int) -> None:
    lab = company(set_one_sided_when_unreachable=one_sided)
    add(lab)
    lab.servers["DHCP02"].reachable = False
    assert ids(run(lab, "Set-DhcpServerv4Failover", Name=NAME, LoadBalancePercent=60)) == errors
    assert (get(lab)["LoadBalancePercent"], get(lab, "DHCP02")["LoadBalancePercent"]) == (percent, 50)


def test_remove_deletes_the_partners_scopes() -> None:
    lab = company()
    add(lab)
    outcome = run(lab, "Remove-DhcpServerv4Failover", Name=("x", NAME), Force=True)
    assert ids(outcome) == ["DHCP 20115"]
    assert not lab.servers["DHCP01"].relationships
    assert not lab.servers["DHCP02"].relationships
    assert not lab.servers["DHCP02"].scopes
    assert len(lab.servers["DHCP01"].scopes) == 12
    assert lab.lost_dns == []


def test_remove_on_the_partner_keeps_its_scopes() -> None:
    lab = company(failover_removal_keeps_dns=False)
    add(lab)
    run(lab, "Remove-DhcpServerv4Failover", on="DHCP02", Name=(NAME,), Force=True)
    assert set(lab.servers["DHCP02"].scopes) == {CLIENTS, PHONES}
    assert CLIENTS not in lab.servers["DHCP01"].scopes
    assert len(lab.lost_dns) == 180


@pytest.mark.parametrize(("answer", "left"), [("this_half", {CLIENTS}), ("partner_half", set())])
def test_whose_scopes_a_removal_deletes(answer: str, left: set[A]) -> None:
    lab = company(relationship_removal_deletes=answer)
    add(lab)
    lab.servers["DHCP01"].relationships[NAME].scopes.remove(CLIENTS)
    assert ids(run(lab, "Remove-DhcpServerv4Failover", Name=(NAME,), Force=True)) == []
    assert set(lab.servers["DHCP02"].scopes) == left
    assert CLIENTS in lab.servers["DHCP01"].scopes


@pytest.mark.parametrize("deletes", [True, False])
def test_an_orphan_on_the_partner(deletes: bool) -> None:
    lab = company(orphan_removal_deletes_other_scopes=deletes)
    add(lab)
    lab.servers["DHCP02"].reachable = False
    assert ids(run(lab, "Remove-DhcpServerv4Failover", Name=(NAME,))) == ["DHCP 20122"]
    outcome = run(lab, "Remove-DhcpServerv4Failover", Name=(NAME,), Force=True)
    assert (ids(outcome), len(outcome.warnings)) == ([], 1)
    assert set(lab.servers["DHCP02"].scopes) == {CLIENTS, PHONES}
    lab.servers["DHCP02"].reachable = True
    assert get(lab, "DHCP02")["State"] == "CommunicationInterrupted"
    run(lab, "Remove-DhcpServerv4Failover", on="DHCP02", Name=(NAME,), Force=True)
    assert (CLIENTS in lab.servers["DHCP01"].scopes) is not deletes


def test_the_plain_life_works_under_every_answer() -> None:
    for name, answer, switches in every_single_change():
        lab = company()
        lab.switches = switches
        assert ids(add(lab, CLIENTS)) == [], (name, answer)
        about: dict[str, Any] = {"Name": NAME, "Mode": "HotStandby", "ReservePercent": 7, "Force": True}
        assert ids(run(lab, "Set-DhcpServerv4Failover", **about)) == [], (name, answer)
        assert ids(run(lab, "Add-DhcpServerv4FailoverScope", Name=NAME, ScopeId=(PHONES,))) == [], (name, answer)
        gone = run(lab, "Remove-DhcpServerv4FailoverScope", Name=NAME, ScopeId=(CLIENTS,), Force=True)
        assert ids(gone) == [], (name, answer)
        assert ids(run(lab, "Remove-DhcpServerv4Failover", Name=(NAME,), Force=True)) == [], (name, answer)
        assert not lab.servers["DHCP02"].scopes, (name, answer)


@pytest.mark.parametrize(
    ("answer", "lead", "auth"),
    [("all", 2 * HOUR, True), ("all_but_secret", 2 * HOUR, False), ("all_but_times", HOUR, True)],
)
def test_what_a_set_sends_to_the_partner(answer: str, lead: timedelta, auth: bool) -> None:
    lab = company(set_propagates_fields=answer)
    add(lab)
    run(lab, "Set-DhcpServerv4Failover", Name=NAME, MaxClientLeadTime=2 * HOUR, SharedSecret="s3cret")
    assert (get(lab)["MaxClientLeadTime"], get(lab)["EnableAuth"]) == (2 * HOUR, True)
    assert (get(lab, "DHCP02")["MaxClientLeadTime"], get(lab, "DHCP02")["EnableAuth"]) == (lead, auth)


def test_an_interval_of_zero_is_off_and_a_standing_one_is_kept() -> None:
    lab = company()
    add(lab, StateSwitchInterval=2 * HOUR)
    run(lab, "Set-DhcpServerv4Failover", Name=NAME, AutoStateTransition=True)
    assert get(lab)["StateSwitchInterval"] == 2 * HOUR
    run(lab, "Set-DhcpServerv4Failover", Name=NAME, StateSwitchInterval=timedelta(0))
    assert (get(lab)["StateSwitchInterval"], get(lab)["AutoStateTransition"]) == (None, False)


def test_a_name_in_use_on_the_partner_only() -> None:
    lab = awkward()
    del lab.servers["DHCP01"].relationships["Standing"]
    about: dict[str, Any] = {"Name": "Standing", "PartnerServer": "DHCP02", "ScopeId": (A("10.1.1.0"),)}
    assert ids(run(lab, "Add-DhcpServerv4Failover", **about)) == ["DHCP 20114"]
    assert not lab.servers["DHCP01"].relationships


def test_a_relationship_of_the_same_name_with_somebody_else_is_no_counterpart() -> None:
    lab = awkward()
    lab.servers["DHCP02"].relationships["Standing"].peer = "BERLIN"
    assert get(lab, name="Standing")["State"] == "CommunicationInterrupted"
    run(lab, "Remove-DhcpServerv4Failover", Name=("Standing",), Force=True)
    assert "Standing" in lab.servers["DHCP02"].relationships


def test_an_orphans_scope_that_found_another_relationship_there_is_left_alone() -> None:
    lab = awkward(orphan_removal_deletes_other_scopes=True)
    there = lab.servers["DHCP02"].relationships
    there["Other"] = there.pop("Standing")
    there["Other"].name, there["Other"].peer = "Other", "BERLIN"
    run(lab, "Remove-DhcpServerv4Failover", Name=("Standing",), Force=True)
    assert A("10.1.8.0") in lab.servers["DHCP02"].scopes
