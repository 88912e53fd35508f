# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a task costs on the wire: remote commands and HTTP requests, counted by the lab."""

from __future__ import annotations

from typing import Any

from harness import Site, lab
from lab import topology

MODULE = "windhcp.failover.dhcp_failover_relationship"
WANTED = {"name": "HQ", "partner_server": "dhcp02.contoso.example", "scopes": ["10.10.10.0"]}


def relationship(**options: Any) -> list[dict[str, Any]]:
    return [{"name": "Relationship", MODULE: {**WANTED, **options}}]


def test_what_a_task_costs(door: str, net: str) -> None:
    """In sync 1, a change of settings 2, what brings scopes 3; check mode asks the partner too."""
    with Site(lab(), door, net) as site:
        check = site.play(relationship(), "--check").ok()
        assert (check.counts.commands, check.counts.writes) == (2, 0)
        new = site.play(relationship()).ok()
        assert (new.counts.commands, new.counts.requests) == (3, 14)
        assert new.written == ["Add-DhcpServerv4Failover"]
        in_sync = site.play(relationship()).ok()
        assert (in_sync.counts.commands, in_sync.counts.requests) == (1, 6)
        assert in_sync.counts.writes == 0
        modify = site.play(
            relationship(load_balance_percent=70, max_client_lead_time=7200, state_switch_interval=60)
        ).ok()
        assert (modify.counts.commands, modify.counts.requests) == (2, 10)
        assert modify.written == ["Set-DhcpServerv4Failover"]
        assert modify.result("Relationship")["remote_calls"] == 2
        assert site.play(relationship(load_balance_percent=60), "--check").ok().counts.commands == 2


def many_scopes(count: int) -> str:
    scopes = "\n".join(
        f"      10.{100 + n // 250}.{n % 250}.0: {{name: 'Scope {n} {'x' * 60}', subnet_mask: 255.255.255.0, "
        f"start_range: 10.{100 + n // 250}.{n % 250}.10, end_range: 10.{100 + n // 250}.{n % 250}.20}}"
        for n in range(count)
    )
    return f"""
credentials: [{{user: admin, password: random}}]
servers:
  DHCP01:
    fqdn: dhcp01.contoso.example
    address: 127.0.0.11
    ip: 10.10.0.11
    scopes:
{scopes}
  DHCP02: {{fqdn: dhcp02.contoso.example, address: 127.0.0.12, ip: 10.10.0.12}}
"""


def test_hundreds_of_scopes_are_one_command_and_several_receives(door: str, net: str) -> None:
    """A reply of more than 500 kB takes a Receive for each further envelope, and 65 scopes are sent 30 at a time."""
    with Site(topology.loads(many_scopes(2500)), door, net) as site:
        info = site.play([{"name": "Info", "windhcp.failover.dhcp_failover_info": {}}]).ok()
        assert len(info.result("Info")["unprotected_scopes"]) == 2500
        assert info.counts.commands == 1
        receives = [entry for entry in site.lab.audit.entries if entry.operation == "Receive"]
        assert len(receives) >= 2
        assert max(entry.bytes_out for entry in receives) <= 512_000
    with Site(topology.loads(many_scopes(70)), "standin", net) as site:
        some = [f"10.100.{n}.0" for n in range(65)]
        added = site.play(relationship(scopes=some)).ok()
        assert added.written == [
            "Add-DhcpServerv4Failover",
            "Add-DhcpServerv4FailoverScope",
            "Add-DhcpServerv4FailoverScope",
        ]
        assert added.counts.commands == 3
        assert added.result("Relationship")["relationship"]["scopes"] == some


def test_a_slow_command_takes_a_receive_for_each_timeout(net: str) -> None:
    """The lab answers a Receive with the operation timeout's fault (2150858793), and the plugin asks again."""
    slow = lab()
    slow.servers["DHCP01"].startup_seconds = 3
    with Site(slow, "standin", net) as site:
        fast_timeouts = {"ansible_winrm_operation_timeout_sec": 1, "ansible_winrm_read_timeout_sec": 10}
        run = site.play([{"name": "Info", "windhcp.failover.dhcp_failover_info": {}}], vars=fast_timeouts).ok()
        assert run.counts.commands == 1
        assert run.counts.requests > 6
