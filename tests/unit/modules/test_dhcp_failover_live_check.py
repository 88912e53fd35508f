# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The module that experiments: what it refuses, and what it returns."""

from __future__ import annotations

from copy import deepcopy
from ipaddress import IPv4Address

import pytest
from lab.core.server import Scope
from lab.standin.files import Files
from live_servers import MODULE, run, servers
from nothing_lost.task import Wire, perform


def test_it_takes_a_word_that_everything_may_be_lost() -> None:
    lab = servers()
    assert "may_be_lost: is false" in run(lab, may_be_lost=False)["msg"]
    assert "cannot be tried in check mode" in _in_check_mode()
    assert lab.audit.counts().commands == 0


def _in_check_mode() -> str:
    given = {"act": "ask", "partner_host": "dhcp02", "may_be_lost": True}
    return str(perform(Wire(servers()), MODULE, given, check_mode=True)["msg"])


def test_the_two_are_two_and_reach_each_other() -> None:
    lab = servers()
    assert "is the server of the task" in run(lab, partner_host="dhcp01")["msg"]
    for nobody in ("", "auto"):
        assert "partner_host: names no server" in run(lab, partner_host=nobody)["msg"]
    lab.cut_link("DHCP01", "DHCP02", "rpc")
    said = run(lab)
    assert said["failed"]
    assert "WIN32 1722" in said["msg"]
    assert lab.audit.counts().writes == 0


def test_a_question_that_there_is_not_is_refused_with_those_that_there_are() -> None:
    for act in ("ask", "clean"):
        said = run(servers(), act, questions=["settle_pols"])["msg"]
        assert "questions: 'settle_pols' is none; settle_polls is one." in said
    assert "'frobnicate' is none; there are empty_server_errors, " in run(servers(), questions=["frobnicate"])["msg"]


@pytest.mark.parametrize("stopped", ["DHCP01", "DHCP02"])
def test_a_service_that_somebody_has_stopped_is_named_and_left_alone(stopped: str) -> None:
    lab = servers()
    lab.servers[stopped].service = "stopped"
    for act in ("clean", "ask"):
        said = run(lab, act)["msg"]
        assert said.startswith(f"On {stopped}: the DHCP service does not answer (WIN32 1753). Start it there")
    assert (lab.servers[stopped].service, lab.audit.counts().writes) == ("stopped", 0)


def test_what_is_removed_is_told_and_nothing_is_no_change() -> None:
    lab = servers()
    assert run(lab, "clean")["removed"] == []
    assert not run(lab, "clean")["changed"]
    scope, mask, first, last = map(IPv4Address, ("198.18.1.0", "255.255.255.0", "198.18.1.10", "198.18.1.99"))
    lab.servers["DHCP01"].scopes[scope] = Scope(scope, mask, first, last, "windhcp-live-1")
    cleaned = run(lab, "clean")
    assert (cleaned["removed"], cleaned["changed"]) == (["scope 198.18.1.0 on DHCP01"], True)


def test_the_partner_is_stopped_and_started_again() -> None:
    lab, files = servers(), dict[str, Files]()
    assert run(lab, "stop_partner", files)["partner_server"] == "dhcp02.contoso.example"
    assert lab.servers["DHCP02"].service == "stopped"
    assert run(lab, "start_partner", files)["changed"]
    assert lab.servers["DHCP02"].service == "running"
    assert not run(lab, "start_partner", files)["changed"]


def test_a_name_that_leads_to_another_server_is_found_before_anything_is_written() -> None:
    lab = servers()
    third = deepcopy(lab.servers["DHCP02"])
    third.name, third.fqdn, third.ip = "DHCP03", "dhcp03.contoso.example", IPv4Address("10.10.0.13")
    lab.servers["DHCP03"] = third
    lab.leads["dhcp02.contoso.example"] = "DHCP03"
    said = run(lab)["msg"]
    assert "another server answers to that (it has other addresses)" in said
    assert lab.audit.counts().writes == 0


def test_what_it_returns_tells_which_windows_it_was() -> None:
    found = run(servers(), questions=["standby_creator"])
    assert [len(server["module_files"]) for server in found["servers"]] == [1, 1]
    assert "dhcp0" not in str([found["servers"], found["questions"]]).lower()
