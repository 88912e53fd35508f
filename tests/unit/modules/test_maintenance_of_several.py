# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The maintenance of a server with two partners, which share scopes with it and not with each other; and of two servers
that have one name in two domains."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from lab import topology
from lab.standin.files import Files
from nothing_lost.task import Wire, perform
from nothing_lost.watched import watched
from whole_server.runs import SERVERS

MODULE = "dhcp_failover_maintenance"
INTERVALS = {"A": timedelta(minutes=90), "A2": timedelta(hours=2), "B": timedelta(hours=3)}
MEMBERS = {"A": ("dhcp02", "10.0.1.0"), "A2": ("dhcp02", "10.0.2.0"), "B": ("dhcp03", "10.0.3.0")}
SCOPE = "{name: C, subnet_mask: 255.255.255.0, start_range: 10.0.1.10, end_range: 10.0.1.99}"
NAMESAKES = f"""
credentials: [{{user: admin, password: random}}]
servers:
  DHCP01: {{fqdn: dhcp.a.example, address: 127.0.0.11, ip: 10.10.0.11, netbios: DHCP, scopes: {{10.0.1.0: {SCOPE}}}}}
  DHCP02: {{fqdn: dhcp.b.example, address: 127.0.0.12, ip: 10.10.0.12, netbios: DHCP}}
"""


@dataclass
class Hub:
    """DHCP01 with A and A2 (DHCP02) and B (DHCP03), automatic switchover on; each with a connection of its own."""

    lab: Any = field(default_factory=lambda: watched(topology.loads(SERVERS)))
    files: dict[str, Files] = field(default_factory=dict)

    def run(self, module: str, host: str = "dhcp01", **options: Any) -> dict[str, Any]:
        wire = Wire(self.lab, files=self.files, inventory=[name.lower() for name in self.lab.servers])
        return perform(wire, module, {"partner_host": "auto", "wait_timeout": 1, **options}, host)

    def ok(self, module: str, **options: Any) -> dict[str, Any]:
        result = self.run(module, **options)
        assert not result.get("failed"), result["msg"]
        return result

    def declared(self, **intervals: timedelta) -> dict[str, Any]:
        return self.run(
            "dhcp_failover",
            relationships=[{"name": name, "state_switch_interval": str(each)} for name, each in intervals.items()],
        )

    def refused(self, **options: Any) -> str:
        result = self.run(MODULE, **options)
        assert result.get("failed"), result
        assert not result["changed"]
        return str(result["msg"])

    def switchover(self, *names: str) -> list[timedelta | None]:
        """Of both halves."""
        servers = self.lab.servers.values()
        return [
            each.relationships[name].safe_period for name in names for each in servers if name in each.relationships
        ]


def hub() -> Hub:
    servers = Hub()
    entries = [
        {
            "name": name,
            "partner_server": f"{partner}.contoso.example",
            "scopes": [scope],
            "state_switch_interval": str(INTERVALS[name]),
        }
        for name, (partner, scope) in MEMBERS.items()
    ]
    servers.ok("dhcp_failover", relationships=entries)
    return servers


def started(**options: Any) -> Hub:
    servers = hub()
    servers.ok(MODULE, state="started", **options)
    return servers


def test_a_server_that_is_in_maintenance_with_one_partner_does_not_serve_for_another_one() -> None:
    servers = started(relationships=["A"])
    told = servers.refused(state="started", host="dhcp03")
    assert told.startswith("DHCP01 is in maintenance since ")
    assert "and DHCP03 is its partner: one of the two has to serve" in told
    servers.ok(MODULE, state="started")
    servers.ok(MODULE, state="cancelled")
    servers.ok(MODULE, state="started", host="dhcp03")
    told = servers.refused(state="started", relationships=["A"])
    assert told.startswith("DHCP03 is in maintenance since "), "B would be served by nobody"


def test_what_stands_with_another_partner_is_told() -> None:
    servers = started(relationships=["A"])
    nothing, left = servers.ok(MODULE, state="finished", relationships=["B"])["sentences"]
    assert nothing == "DHCP01 is in no maintenance with the partner of 'B', so there is nothing to end."
    assert left.startswith("Left as it is, with dhcp02.contoso.example: DHCP01 is in maintenance since ")
    assert servers.refused(state="finished", relationships=["a"]).startswith("relationships: DHCP01 has no a.")


@pytest.mark.parametrize("one_way", [False, True])
def test_cancelling_does_not_wait_for_rpc_and_holds_no_other_pair_up(one_way: bool) -> None:
    servers = started()
    servers.lab.cut_link("DHCP01", "DHCP02", "rpc", one_way=one_way)
    over = servers.ok(MODULE, state="cancelled")
    assert servers.switchover("A", "A2", "B") == [None] * 4 + [INTERVALS["B"]] * 2
    (told,) = [each for each in over["warnings"] if "stays off" in each]
    assert told.startswith("automatic switchover of 'A', 'A2' stays off, since DHCP01 and DHCP02 are not in contact (")
    assert "and automatic switchover of 'A', 'A2' stays off: a later failover_maintenance: cancel puts" in " ".join(
        over["sentences"]
    )
    assert servers.ok(MODULE, state="cancelled")["changed"] is False, "nothing more can be done"
    assert not servers.declared(B=timedelta(hours=4)).get("failed"), "the other pair is written to"
    servers.lab.mend_link("DHCP01", "DHCP02")
    servers.ok(MODULE, state="cancelled")
    assert servers.switchover("A", "A2") == [INTERVALS["A"]] * 2 + [INTERVALS["A2"]] * 2
    assert servers.ok(MODULE, state="cancelled")["changed"] is False


def test_what_is_declared_after_it_was_cancelled_stays() -> None:
    servers = started()
    servers.lab.cut_link("DHCP01", "DHCP02", "failover")
    servers.ok(MODULE, state="cancelled")
    servers.lab.mend_link("DHCP01", "DHCP02")
    since = timedelta(minutes=105)
    declared = servers.declared(A=since)
    assert not declared.get("failed"), declared["msg"]
    (told,) = [each for each in servers.declared(A=since)["warnings"] if "is still off" in each]
    assert told.startswith("automatic switchover of 'A2' is still off since DHCP01 was in maintenance")
    servers.ok(MODULE, state="cancelled")
    assert servers.switchover("A", "A2") == [since] * 2 + [INTERVALS["A2"]] * 2


def test_two_servers_of_one_name_are_not_taken_for_one_another() -> None:
    servers = Hub(watched(topology.loads(NAMESAKES)))
    entry = {
        "name": "A",
        "partner_server": "dhcp.b.example",
        "scopes": ["10.0.1.0"],
        "state_switch_interval": "1:30:00",
    }
    servers.ok("dhcp_failover", relationships=[entry], partner_host="dhcp02")
    servers.ok(MODULE, state="started", partner_host="dhcp02")
    told = servers.refused(state="started", host="dhcp02", partner_host="dhcp01")
    assert "and DHCP is its partner: one of the two has to serve" in told
    servers.ok(MODULE, state="finished", partner_host="dhcp02")
    assert servers.switchover("A") == [INTERVALS["A"]] * 2


def test_a_server_that_gets_another_name_meanwhile_is_in_maintenance_still() -> None:
    servers = started(relationships=["B"])
    one = servers.lab.servers["DHCP01"]
    one.netbios, one.fqdn = "NEW1", "new1.contoso.example"
    told = servers.refused(state="finished", relationships=["Lab"])
    assert told.startswith("relationships: NEW1 has no Lab"), "it has the new name"
    again = servers.ok(MODULE, state="started", relationships=["B"])
    assert again["sentences"][0].startswith("DHCP01 is in maintenance since ")
    assert again["plan"] == []


def test_a_second_task_goes_on_with_what_the_first_began_but_where_it_should_not() -> None:
    servers = started(reason="Anna swaps the disk")
    told = servers.refused(state="started", only_new=True)
    assert "(Anna swaps the disk), which this run did not begin, so it does not end it either" in told
    servers.ok(MODULE, state="finished")
    servers.ok(MODULE, state="started", only_new=True)


def test_a_task_that_fails_tells_what_is_left() -> None:
    servers = hub()
    servers.lab.fail_next("DHCP01", "Set-DhcpServerv4Failover", "DHCP 20133")
    failed = servers.run(MODULE, state="started")
    assert failed["sentences"] == [
        "The maintenance may be begun in part: failover_maintenance: start completes it, and cancel takes it back."
    ]
    servers.ok(MODULE, state="started")
    servers.lab.fail_next("DHCP01", "Set-DhcpServerv4Failover", "DHCP 20133")
    (told,) = servers.run(MODULE, state="finished")["sentences"]
    assert told.startswith("The maintenance may stand, or what it paused may still be off: ")
    assert servers.run(MODULE, state="started", relationships=["Lab"])["sentences"] == [], "it was refused"


def test_a_reason_is_kept_short() -> None:
    servers = started(reason="x" * 200_000)
    (note, *_others) = servers.ok(MODULE, state="started")["maintenance"]
    assert len(note["reason"]) == 1000
