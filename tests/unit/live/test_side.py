# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""One of the two servers: what it answers is told apart, and its service stops only with a note of it."""

from __future__ import annotations

from ipaddress import IPv4Address

import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._live.side import Said, Unanswered, members, scope_id
from lab.core.lab import Lab
from lab.standin.file_operations import FileOperations
from lab.standin.files import Files
from lab.standin.results import failure, result
from live_servers import is_clean, run, servers

ONE = IPv4Address("198.18.1.0")
NOT_OURS = failure("windhcp.not_ours", "SecurityError", "", "Somebody else made it.")


def test_members_are_one_list_however_they_are_shown() -> None:
    assert [members({"ScopeId": shown}) for shown in (None, "198.18.1.0", ["198.18.1.0", "198.18.2.0"])] == [
        [],
        ["198.18.1.0"],
        ["198.18.1.0", "198.18.2.0"],
    ]
    assert scope_id(7) == "198.18.7.0"


def test_an_answer_without_its_object_is_none() -> None:
    with pytest.raises(Unanswered, match="0 objects were shown where it is one DHCP 20115"):
        Said((), ("DHCP 20115",), ("DHCP 20115,Get-DhcpServerv4Failover",)).only()


def test_a_service_that_others_stopped_stays_so() -> None:
    lab = servers()
    lab.servers["DHCP02"].service = "stopped"
    assert "WIN32 1753" in run(lab, "clean")["msg"]
    assert lab.servers["DHCP02"].service == "stopped"


def test_a_start_that_is_refused_is_no_success_and_the_next_run_tries_again(monkeypatch: pytest.MonkeyPatch) -> None:
    lab, files = servers(), dict[str, Files]()
    switch = Lab.switch_service

    def refused(self: Lab, server: str, state: str) -> None:
        if state == "stopped":
            switch(self, server, state)

    monkeypatch.setattr(Lab, "switch_service", refused)  # it says nothing, and the service does not run
    assert run(lab, files=files, questions=["force_removes_when_unreachable"])["failed"]
    assert lab.servers["DHCP02"].service == "stopped"
    monkeypatch.setattr(Lab, "switch_service", switch)
    assert not run(lab, "clean", files).get("failed")
    assert is_clean(lab)


def test_nothing_is_stopped_without_a_note_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    lab = servers()
    monkeypatch.setattr(FileOperations, "keep_text", lambda self, call: result(errors=[NOT_OURS]))
    assert "keep_text was refused (windhcp.not_ours)" in run(lab, "stop_partner")["msg"]
    assert lab.servers["DHCP02"].service == "running"
