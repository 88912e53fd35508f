# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Who may do what: the second hop, rights, names, services that do not answer, faults, languages."""

from __future__ import annotations

from dataclasses import replace

import pytest
from core_calls import CLIENTS, NAME, PHONES, A, add, awkward, company, get, ids, run
from lab.core.api import Session
from lab.core.metadata import BindingError


def test_reading_the_partner_needs_delegation() -> None:
    lab = company()
    read = {"cmdlet": "Get-DhcpServerVersion", "ComputerName": "dhcp02"}
    assert ids(run(lab, user="nohop", **read)) == ["WIN32 5"]
    outcome = run(lab, user="nohop", **read)
    assert (outcome.errors[0].category, outcome.errors[0].message) == (
        "PermissionDenied",
        "Failed to get version of the DHCP server DHCP02.",
    )
    assert ids(run(lab, **read)) == []
    assert ids(run(lab, "Get-DhcpServerVersion", user="nohop", ComputerName="DHCP01.contoso.example")) == []


@pytest.mark.parametrize("told", [True, False])
def test_the_version_needs_no_rights_at_the_partner_and_may_need_no_hop(told: bool) -> None:
    lab = company(version_without_hop=told)
    assert ids(run(lab, "Get-DhcpServerVersion", user="nohop", ComputerName="dhcp02")) == ([] if told else ["WIN32 5"])
    assert ids(run(lab, "Get-DhcpServerv4Failover", user="nohop", ComputerName="dhcp02")) == ["WIN32 5"]
    server = lab.servers["DHCP02"]
    server.credentials = tuple(replace(one, admin=False) for one in server.credentials)
    assert ids(run(lab, "Get-DhcpServerVersion", ComputerName="dhcp02")) == []
    assert ids(run(lab, "Get-DhcpServerv4Scope", ComputerName="dhcp02")) == ["WIN32 5"]
    assert ids(run(lab, "Get-DhcpServerVersion", on="DHCP02")) == ["WIN32 5"], (
        "on the server itself WMI asks for rights"
    )
    server.credentials = ()
    assert ids(run(lab, "Get-DhcpServerVersion", ComputerName="dhcp02")) == ([] if told else ["WIN32 5"])


def test_a_write_without_delegation_changes_nothing_by_default() -> None:
    lab = company()
    assert ids(add(lab, user="nohop", settle=False)) == ["WIN32 5"]
    assert not lab.servers["DHCP01"].relationships


@pytest.mark.parametrize("half", [True, False])
def test_half_applied_without_delegation(half: bool) -> None:
    lab = company(half_applied_without_delegation=half)
    add(lab, CLIENTS)
    user = {"user": "nohop", "Name": NAME}
    assert ids(run(lab, "Add-DhcpServerv4FailoverScope", ScopeId=(PHONES,), **user)) == ["WIN32 5"]
    assert (PHONES in get(lab)["ScopeId"], get(lab, "DHCP02")["ScopeId"]) == (half, (CLIENTS,))
    assert ids(run(lab, "Set-DhcpServerv4Failover", LoadBalancePercent=10, **user)) == ["WIN32 5"]
    assert (get(lab)["LoadBalancePercent"] == 10) is half
    outcome = run(lab, "Remove-DhcpServerv4FailoverScope", ScopeId=(CLIENTS,), Force=True, **user)
    assert ids(outcome) == ["WIN32 5"]
    assert (CLIENTS not in get(lab)["ScopeId"]) is half
    assert CLIENTS in lab.servers["DHCP02"].scopes
    outcome = run(lab, "Invoke-DhcpServerv4FailoverReplication", user="nohop", ScopeId=(CLIENTS,), Force=True)
    assert ids(outcome) == (["DHCP 20116"] if half else ["WIN32 5"])
    outcome = run(lab, "Remove-DhcpServerv4Failover", user="nohop", Name=(NAME,), Force=True)
    assert ids(outcome) == ["WIN32 5"]
    assert (NAME not in lab.servers["DHCP01"].relationships) is half
    assert NAME in lab.servers["DHCP02"].relationships


def test_no_rights_is_denied_everywhere() -> None:
    lab = company()
    outcome = run(lab, "Get-DhcpServerv4Scope", user="helpdesk")
    assert ids(outcome) == ["WIN32 5"]
    assert outcome.errors[0].message == "Failed to enumerate scopes on DHCP server DHCP01."
    assert ids(lab.invoke(Session("DHCP01", "stranger"), "Get-DhcpServerVersion", {})) == ["WIN32 5"]


@pytest.mark.parametrize(("suffice", "errors"), [(True, []), (False, ["WIN32 5"])])
def test_dhcp_administrators(suffice: bool, errors: list[str]) -> None:
    lab = company(dhcp_administrators_suffice=suffice)
    server = lab.servers["DHCP01"]
    server.credentials = tuple(replace(one, admin=False, dhcp_administrator=True) for one in server.credentials)
    assert ids(run(lab, "Get-DhcpServerv4Scope")) == errors


@pytest.mark.parametrize("name", ["dhcp02", "DHCP02.Contoso.Example", "10.10.0.12", "dhcp02.contoso.example."])
def test_a_partner_has_many_names(name: str) -> None:
    lab = company()
    assert ids(add(lab, PartnerServer=name)) == []
    assert get(lab)["PartnerServer"] == name


def test_an_alias_is_a_name() -> None:
    lab = company()
    outcome = run(lab, "Get-DhcpServerv4Scope", on="DHCP02", ComputerName="dhcp.contoso.example")
    assert len(outcome.objects) == 12


def test_names_and_servers_that_do_not_answer() -> None:
    lab = awkward()
    for name in ("nobody", "AWAY"):
        assert ids(run(lab, "Get-DhcpServerVersion", ComputerName=name)) == ["WIN32 1722"]
    assert ids(run(lab, "Get-DhcpServerVersion", ComputerName="STOPPED")) == ["WIN32 1753"]
    assert ids(run(lab, "Get-DhcpServerVersion", on="AWAY")) == []


def test_a_starting_service_answers_after_a_while() -> None:
    lab = company()
    lab.servers["DHCP01"].service, lab.servers["DHCP01"].starting_calls = "starting", 2
    assert [ids(run(lab, "Get-DhcpServerVersion")) for _try in range(3)] == [["WIN32 1753"], ["WIN32 1753"], []]


def test_ordered_faults() -> None:
    lab = company()
    lab.fail_next("DHCP01", "Get-DhcpServerv4Scope", "DHCP 20013", after=1)
    assert [ids(run(lab, "Get-DhcpServerv4Scope")) for _try in range(3)] == [[], ["DHCP 20013"], []]
    add(lab, CLIENTS)
    lab.fail_next("DHCP01", "Add-DhcpServerv4FailoverScope", "DHCP 20127", half_applied=True)
    assert ids(run(lab, "Add-DhcpServerv4FailoverScope", Name=NAME, ScopeId=(PHONES,))) == ["DHCP 20127"]
    assert (get(lab)["ScopeId"], get(lab, "DHCP02")["ScopeId"]) == ((CLIENTS, PHONES), (CLIENTS,))
    lab.fail_next("DHCP01", "Set-DhcpServerv4Scope", "DHCP 20013", half_applied=True)
    assert ids(run(lab, "Set-DhcpServerv4Scope", ScopeId=CLIENTS, Name="new")) == ["DHCP 20013"]
    assert lab.servers["DHCP01"].scopes[CLIENTS].name == "new"


def test_german_changes_texts_only() -> None:
    lab = company()
    english = run(lab, "Get-DhcpServerv4Scope", ScopeId=(A("10.77.0.0"),)).errors[0]
    lab.servers["DHCP01"].language = "de"
    german = run(lab, "Get-DhcpServerv4Scope", ScopeId=(A("10.77.0.0"),)).errors[0]
    assert (german.id, german.category, german.target) == (english.id, english.category, english.target)
    assert german.message.startswith("Fehler beim Abrufen der Bereichsinformationen")
    assert "10.77.0.0" in german.message


def test_prompts_in_a_session_that_cannot_ask() -> None:
    lab = company(prompt_without_force="error")
    add(lab, CLIENTS)
    outcome = run(lab, "Remove-DhcpServerv4Failover", Name=(NAME,), Confirm=False)
    assert ids(outcome) == ["LAB NonInteractive"]
    assert NAME in lab.servers["DHCP01"].relationships


def test_what_is_not_simulated_says_so() -> None:
    outcome = run(company(), "Backup-DhcpServer", Path="C:\\backup")
    assert [(one.id, one.category) for one in outcome.errors] == [("LAB NotSimulated", "NotImplemented")]
    assert outcome.objects == ()
    with pytest.raises(BindingError):
        run(company(), "Get-DhcpServerv4FailoverScope")


def test_a_local_account_needs_the_same_password_on_the_partner() -> None:
    lab = company()
    server = lab.servers["DHCP02"]
    server.credentials = tuple(replace(one, password="another") for one in server.credentials)
    assert ids(add(lab, settle=False)) == ["WIN32 5"]
    lab.switches = lab.switches.with_answer("partner_not_admin_error", "DHCP 20121")
    assert ids(add(lab, settle=False)) == ["DHCP 20121"]
    for each in lab.servers.values():
        each.credentials = tuple(replace(one, user=f"CONTOSO\\{one.user}") for one in each.credentials)
    assert ids(add(lab, settle=False, user="CONTOSO\\administrator")) == []


def test_a_server_that_is_cut_off_reaches_nobody() -> None:
    lab = company()
    lab.servers["DHCP01"].reachable = False
    assert ids(add(lab, settle=False)) == ["DHCP 20122"]
    assert ids(run(lab, "Get-DhcpServerv4Scope")) == []
