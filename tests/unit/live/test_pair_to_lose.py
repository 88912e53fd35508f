# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What is done on the two servers leaves nothing behind, touches nothing of others, and clears up what a killed run
left."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from ipaddress import IPv4Address
from typing import Any

import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._live import experiments
from lab.core.api import Session
from lab.core.lab import Lab
from lab.core.server import OptionDefinition, OptionKey, Scope
from lab.standin.files import Files
from live_servers import asked, is_clean, run, servers
from nothing_lost.watched import Killed

ONE = IPv4Address("198.18.1.0")


def test_nothing_is_left() -> None:
    lab = servers()
    asked(lab)
    assert is_clean(lab)


@pytest.mark.parametrize("experiment", experiments.EXPERIMENTS, ids=lambda one: one.run.__name__)
def test_what_a_killed_run_left_is_cleared_up_by_the_next(
    experiment: experiments.Experiment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Anywhere, also while the partner's service is stopped."""
    lab, count = servers(), Counting()
    monkeypatch.setattr(experiments, "EXPERIMENTS", (experiment,))
    monkeypatch.setattr(Lab, "invoke", lambda self, *given: count.next(INVOKE, self, *given))
    asked(lab)
    for stop_at in range(1, count.calls, 7):
        files: dict[str, Files] = {}
        count.calls, count.stop_at = 0, stop_at
        with pytest.raises(Killed):
            run(lab, files=files)
        count.stop_at = 0
        assert not run(lab, "clean", files).get("failed")
        assert is_clean(lab), stop_at


INVOKE = Lab.invoke


@dataclass
class Counting:
    """The calls of cmdlets, one of which kills the run."""

    calls: int = 0
    stop_at: int = 0

    def next(self, invoke: Any, *given: Any) -> Any:
        self.calls += 1
        if self.calls == self.stop_at:
            raise Killed
        return invoke(*given)


@pytest.mark.parametrize("act", ["clean", "ask", "stop_partner", "start_partner"])
def test_servers_that_are_in_use_are_refused_before_anything_is_done(act: str) -> None:
    lab = servers()
    foreign = Scope(IPv4Address("10.0.1.0"), IPv4Address("255.255.255.0"), ONE + 1, ONE + 9, "Clients")
    lab.servers["DHCP02"].scopes[foreign.scope_id] = foreign
    result = run(lab, act)
    assert "DHCP02 has the scope 10.0.1.0 'Clients'" in result["msg"]
    assert "nothing was changed" in result["msg"]
    assert lab.audit.counts().writes == 0
    assert lab.servers["DHCP02"].service == "running"


def test_a_scope_of_ours_that_has_another_name_is_somebody_elses() -> None:
    lab = servers()
    lab.servers["DHCP01"].scopes[ONE] = Scope(ONE, IPv4Address("255.255.255.0"), ONE + 1, ONE + 9, "A benchmark")
    assert "DHCP01 has the scope 198.18.1.0 'A benchmark'" in run(lab, "clean")["msg"]
    assert ONE in lab.servers["DHCP01"].scopes


def test_options_and_relationships_of_others_are_not_touched() -> None:
    lab = servers()
    boot = OptionDefinition("Boot server", "String")
    lab.servers["DHCP01"].option_definitions[OptionKey(226)] = boot
    lab.servers["DHCP01"].option_values[OptionKey(226)] = ("http://pxe.example/boot",)
    assert "DHCP01 has the option 226" in run(lab)["msg"]
    lab = servers()
    third = deepcopy(lab.servers["DHCP02"])
    third.name, third.fqdn, third.ip = "DHCP03", "dhcp03.contoso.example", ONE + 9
    lab.servers["DHCP03"] = third
    with_third: dict[str, Any] = {
        "Name": "windhcp-live-1",
        "PartnerServer": "dhcp03.contoso.example",
        "ScopeId": (ONE,),
    }
    lab.servers["DHCP01"].scopes[ONE] = Scope(ONE, IPv4Address("255.255.255.0"), ONE + 1, ONE + 9, "windhcp-live-1")
    assert not lab.invoke(Session("DHCP01", "admin"), "Add-DhcpServerv4Failover", with_third).errors
    assert "DHCP01 has the relationship 'windhcp-live-1' with dhcp03" in run(lab, "clean")["msg"]
    assert "windhcp-live-1" in third.relationships
