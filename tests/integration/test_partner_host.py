# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""partner_host: the partner is read over a connection of its own, before a write and after it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from harness import Site, lab
from lab import topology

MODULE = "windhcp.failover.dhcp_failover_relationship"


def task(**options: Any) -> list[dict[str, Any]]:
    wanted = {
        "name": "HQ",
        "partner_server": "dhcp02.contoso.example",
        "partner_host": "dhcp02",
        "scopes": ["10.10.10.0"],
    }
    return [{"name": "R", MODULE: {**wanted, **options}}]


def commands(site: Site, mark: int) -> dict[str, int]:
    return {name: site.lab.audit.counts(name, mark).commands for name in site.lab.servers}


def test_in_sync_is_one_command_on_each_server(net: str) -> None:
    with Site(lab(), "standin", net) as site:
        mark = site.lab.audit.mark()
        changed = site.play(task()).ok().result("R")
        assert changed["remote_calls"] == 5
        assert commands(site, mark) == {"DHCP01": 3, "DHCP02": 2}
        mark = site.lab.audit.mark()
        assert site.play(task()).ok().result("R")["remote_calls"] == 2
        assert commands(site, mark) == {"DHCP01": 1, "DHCP02": 1}


def test_a_task_that_is_delegated(net: str) -> None:
    """The task's connection and partner_host's are two, wherever the play is."""
    there = {
        "name": "HQ",
        "partner_server": "dhcp01.contoso.example",
        "partner_host": "dhcp01",
        "scopes": ["10.10.10.0"],
    }
    with Site(lab(), "standin", net) as site:
        local = {**task()[0], "delegate_to": "dhcp01"}
        created = site.play([local], host="localhost").ok().result("R")
        assert (created["changed"], created["remote_calls"]) == (True, 5)
        mark = site.lab.audit.mark()
        again = site.play([{"name": "R", MODULE: there, "delegate_to": "dhcp02"}]).ok().result("R")
        assert (again["changed"], again["remote_calls"]) == (False, 2)
        assert commands(site, mark) == {"DHCP01": 1, "DHCP02": 1}


def failing(site: Site, message: str, host: str = "dhcp01", **options: Any) -> None:
    """Refused with these words, in check mode as well, and nothing is written."""
    for mode in (["--check"], []):
        run = site.play(task(**options), *mode, host=host)
        result = run.failure("R")
        assert not result["changed"]
        assert message in result["msg"]
        assert run.written == []


def test_what_the_partner_would_refuse_is_found_before_a_write(net: str) -> None:
    with Site(lab("awkward"), "standin", net) as site:
        failing(site, "scopes: 10.1.3.0 exists on DHCP02 already", scopes=["10.1.1.0", "10.1.3.0"])
        failing(site, "differ by 90 s", partner_server="late", partner_host="late", scopes=["10.1.1.0"])
        failing(
            site,
            "partner_host: it is LATE, and the partner of 'HQ' is dhcp02.contoso.example",
            partner_host="late",
            scopes=["10.1.1.0"],
        )
        failing(site, "partner_host: 'nobody' is no host of the inventory", partner_host="nobody")
        failing(site, "is in relationship 'Standing'", scopes=["10.1.8.0"])


def test_a_setting_that_does_not_travel_is_told_until_a_task_on_the_partner_sets_it(net: str) -> None:
    with Site(lab(set_propagates_fields="all_but_times"), "standin", net) as site:
        site.play(task()).ok()
        for _run in range(2):
            result = site.play(task(max_client_lead_time=7200)).failure("R")
            assert result["changed"]
            assert (
                "its partner DHCP02 does not show of 'HQ': max_client_lead_time 7200 (it shows 3600)" in result["msg"]
            )
            assert "has to be set by a task on the partner that declares it" in result["msg"]
        there = {"partner_server": "dhcp01.contoso.example", "partner_host": "dhcp01", "max_client_lead_time": 7200}
        site.play(task(**there), host="dhcp02").ok()
        assert not site.play(task(max_client_lead_time=7200)).ok().result("R")["changed"]


def test_without_delegation_nothing_is_written(net: str) -> None:
    """And the message says whether it is the hop or the rights: a logon that holds its password goes on."""
    with Site(lab("awkward"), "standin", net) as site:
        account = next(one for one in site.lab.servers["DHCP01"].credentials if one.user == "nohop")
        no_hop = {"ansible_user": account.user, "ansible_password": account.password}
        for route in ({}, {"partner_host": None}):
            for mode in (["--check"], []):
                run = site.play(task(scopes=["10.1.1.0"], **route), *mode, vars=no_hop)
                message = run.failure("R")["msg"]
                assert "dhcp01 asking dhcp02.contoso.example: access is denied at the partner" in message
                assert "the logon on dhcp01 does not go on to a second server (double hop)" in message
                assert "Nothing was changed." in message
                assert run.written == []


def test_without_rights_at_the_partner_nothing_is_written(net: str) -> None:
    with Site(lab(), "standin", net) as site:
        there = site.lab.servers["DHCP02"]
        there.credentials = tuple(replace(one, admin=False) for one in there.credentials)
        for mode in (["--check"], []):
            run = site.play(task(partner_host=None), *mode)
            assert (
                "access is denied at the partner dhcp02.contoso.example: the account has no DHCP rights there"
                in run.failure("R")["msg"]
            )
            assert run.written == []


@pytest.mark.parametrize("shows", ["netbios", "hostname", "fqdn"])
def test_names_of_more_than_15_characters(shows: str, net: str) -> None:
    """Windows cuts the NetBIOS name, while others know the server by its whole one. What the script asks is the same
    behind both doors: a recording tells."""
    text = (topology.TOPOLOGIES / "company.yml").read_text(encoding="utf-8")
    for short, long in (("01", "dhcp-headquarters-01"), ("02", "dhcp-branch-office-02")):
        text = text.replace(f"dhcp{short}", long).replace(f"DHCP{short}", long[:15].upper())
    here, there = "dhcp-headquarte", "dhcp-branch-off"
    company = topology.loads(text)
    company.switches = company.switches.with_answer("partner_server_shows", shows)
    partner = {"partner_host": there}
    relationship = {"name": "HQ", "partner_server": "dhcp-branch-office-02", "scopes": ["10.10.10.0"], **partner}
    with Site(company, "standin", net) as site:
        tasks = [
            {"name": "Create", MODULE: relationship},
            {"name": "Again", MODULE: {**relationship, "partner_server": "dhcp-branch-office-02.contoso.example"}},
            {
                "name": "Scope",
                "windhcp.failover.dhcp_failover_scope": {"relationship": "HQ", "scopes": ["10.10.20.0"], **partner},
            },
            {"name": "Info", "windhcp.failover.dhcp_failover_info": {"gather": ["drift"], **partner}},
        ]
        run = site.play(tasks, host=here).ok()
        assert [run.result(name)["changed"] for name in ("Create", "Again", "Scope", "Info")] == [
            True,
            False,
            True,
            False,
        ]
        back = {
            **relationship,
            "partner_server": "dhcp-headquarters-01",
            "partner_host": here,
            "scopes": ["10.10.20.0"],
        }
        assert site.play([{"name": "Back", MODULE: back}], host=there).ok().result("Back")["changed"] is False
        itself = {**relationship, "name": "New", "partner_server": "dhcp-headquarters-01"}
        assert "itself" in site.play([{"name": "Self", MODULE: itself}], host=here).failure("Self")["msg"]
