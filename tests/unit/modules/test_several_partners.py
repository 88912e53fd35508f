# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A server with relationships with three partners: what runs that were broken off, and declarations that follow them,
make of it, over the hop and over connections of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address
from typing import Any

import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.errors import RemoteFailure
from lab import topology
from lab.standin.files import Files
from nothing_lost.broken_runs import served_twice
from nothing_lost.task import Wire, perform
from nothing_lost.watched import Killed, Watch, held, watched
from whole_server.runs import SERVERS

DHCP04 = "{fqdn: dhcp04.contoso.example, address: 127.0.0.14, ip: 10.10.0.14}"
ROUTES = pytest.mark.parametrize("own", [False, True], ids=["second hop", "own connections"])
NEW = {
    "scope_id": "10.0.20.0",
    "name": "New",
    "subnet_mask": "255.255.255.0",
    "start_range": "10.0.20.10",
    "end_range": "10.0.20.99",
    "state": "active",
}
NINE_HUNDRED = {"wait_timeout": 900}  # until a run that was killed may not be at work any more


def entry(name: str, partner: int, *scopes: int, **more: Any) -> dict[str, Any]:
    members = [f"10.0.{number}.0" for number in scopes]
    return {"name": name, "partner_server": f"dhcp0{partner}.contoso.example", "scopes": members, **more}


A, B, C = entry("A", 2, 1, 2), entry("B", 3, 3, 4), entry("C", 4, 5, 6)


@dataclass
class Hub:
    """DHCP01 and its partners. `own`: it has a connection of its own to each."""

    own: bool
    lab: Any = field(default_factory=lambda: watched(topology.loads(f"{SERVERS}  DHCP04: {DHCP04}\n")))
    files: dict[str, Files] = field(default_factory=dict)

    def run(
        self, *entries: dict[str, Any], host: str = "dhcp01", check_mode: bool = False, **options: Any
    ) -> dict[str, Any]:
        """One task of dhcp_failover."""
        wire = Wire(self.lab, files=self.files, inventory=[name.lower() for name in self.lab.servers])
        if self.own:
            options["partner_host"] = "auto"
        given = {"keep_scopes_on": "this_server", "other_copy": "delete", "max_removals_percent": 100, **options}
        result = perform(
            wire,
            "dhcp_failover",
            {"relationships": list(entries), "wait_timeout": 1, **given},
            host,
            check_mode=check_mode,
        )
        return {**result, "calls": wire.calls}

    def ok(self, *entries: dict[str, Any], **options: Any) -> dict[str, Any]:
        result = self.run(*entries, **options)
        assert not result.get("failed"), result["msg"]
        assert served_twice(self.lab) == []
        return result

    def killed(self, at: int, *entries: dict[str, Any], **options: Any) -> None:
        """After so many writes."""
        self.lab.watch = Watch(held(self.lab), die_at=at, after=True)
        with pytest.raises(Killed):
            self.run(*entries, **options)
        self.lab.watch = None

    def in_sync(self, *entries: dict[str, Any], **options: Any) -> None:
        """After one more run, which may settle a note."""
        self.ok(*entries, **NINE_HUNDRED, **options)
        again = self.ok(*entries, **options)
        assert (again["changed"], again["calls"], self.notes) == (False, 1, [])

    @property
    def notes(self) -> list[str]:
        files = self.files.get("DHCP01")
        return [] if files is None else [path for path in files.paths() if "unfinished." in path]

    def members(self, server: str) -> dict[str, list[str]]:
        return {name: sorted(map(str, half.scopes)) for name, half in self.lab.servers[server].relationships.items()}

    def state(self, server: str, number: int) -> str:
        copy = self.lab.servers[server].scopes.get(IPv4Address(f"10.0.{number}.0"))
        return copy.state if copy else ""


@ROUTES
def test_a_scope_that_is_created_serves_where_another_one_leaves_in_the_same_plan(*, own: bool) -> None:
    hub = Hub(own)
    hub.ok(A, B)
    wanted = {**A, "scopes": ["10.0.1.0"], "create_scopes": [NEW]}
    result = hub.ok(wanted, B, purge_scopes=True, wait_timeout=0)
    assert result["calls"] <= (15 if own else 7)
    assert [hub.state(server, 20) for server in ("DHCP01", "DHCP02")] == ["Active", "Active"]
    hub.in_sync(wanted, B, purge_scopes=True)


@ROUTES
def test_a_scope_that_is_created_serves_with_the_new_partner(*, own: bool) -> None:
    hub = Hub(own)
    hub.ok(A, B)
    moved = {**A, "partner_server": "dhcp03.contoso.example", "create_scopes": [NEW]}
    hub.ok(moved, B, recreate="when_needed", wait_timeout=0)
    assert [hub.state(server, 20) for server in ("DHCP01", "DHCP03")] == ["Active", "Active"]
    hub.in_sync(moved, B, recreate="when_needed")


@ROUTES
def test_and_where_the_run_that_made_it_died_and_another_entry_defines_it_now(*, own: bool) -> None:
    hub = Hub(own)
    hub.ok(A, B)
    hub.killed(0, {**A, "create_scopes": [NEW]}, B)
    defined = {**B, "create_scopes": [NEW]}
    hub.ok(A, defined, **NINE_HUNDRED)
    assert [hub.state(server, 20) for server in ("DHCP01", "DHCP03")] == ["Active", "Active"]
    hub.in_sync(A, defined)


@ROUTES
@pytest.mark.parametrize("finished", [0, 2])
def test_a_claim_that_stayed_as_it_was_to_be_is_never_put_back(finished: int, *, own: bool) -> None:
    """Its scopes serve on another server by then, which this one does not show."""
    hub = Hub(own)
    hub.ok(A)
    moved, options = {**A, "partner_server": "dhcp03.contoso.example"}, {"recreate": "when_needed"}
    servers = hub.lab.servers
    for at in range(20):
        if "A" in servers["DHCP03"].relationships:
            break
        hub = Hub(own)
        servers = hub.lab.servers
        hub.ok(A)
        hub.killed(at, moved, other_copy="disable", **options)
    for _number in range(finished):
        hub.ok(moved, other_copy="disable", **options, **NINE_HUNDRED)
    there = {"name": "A", "state": "absent"}
    hub.ok(there, host="dhcp03", other_copy="delete", allow_content_loss=True, **NINE_HUNDRED)
    assert hub.state("DHCP03", 1) == "Active"
    hub.ok(there, **NINE_HUNDRED)
    assert [hub.state(server, 1) for server in ("DHCP01", "DHCP02", "DHCP03")] == ["", "InActive", "Active"]


@ROUTES
def test_a_broken_change_of_the_partner_is_settled(*, own: bool) -> None:
    """Nobody asks the former partner any more, but where a note leads there."""
    moved = {**A, "partner_server": "dhcp03.contoso.example"}
    for at in range(3, 8):
        hub = Hub(own)
        hub.ok(A)
        hub.lab.watch = Watch(held(hub.lab), die_at=at, after=True)
        try:
            hub.run(moved, recreate="when_needed")
        except Killed:
            hub.lab.watch = None
        hub.ok(moved, recreate="when_needed", **NINE_HUNDRED)
        hub.in_sync(moved, recreate="when_needed")
        assert hub.members("DHCP02") == {}


@ROUTES
@pytest.mark.parametrize("error", ["DHCP 20127", "DHCP 20133"])
def test_a_removal_that_fails_on_the_partner_is_gone_on_with(error: str, *, own: bool) -> None:
    hub = Hub(own)
    hub.ok(A, B)
    stays = {**A, "scopes": ["10.0.1.0"]}
    hub.lab.fail_next("DHCP01", "Remove-DhcpServerv4FailoverScope", error, half_applied=True)
    assert hub.run(stays, B, purge_scopes=True)["failed"]
    assert hub.notes
    hub.ok(stays, B, purge_scopes=True, **NINE_HUNDRED)
    assert hub.members("DHCP01")["A"] == hub.members("DHCP02")["A"] == ["10.0.1.0"]
    hub.in_sync(stays, B, purge_scopes=True)


@ROUTES
def test_a_purge_goes_on_with_the_end_of_a_relationship_that_nobody_declares(*, own: bool) -> None:
    hub = Hub(own)
    hub.ok(A, B, C)
    hub.lab.fail_next("DHCP01", "Remove-DhcpServerv4Failover", "DHCP 20133", half_applied=True)
    assert hub.run(B, C, purge_relationships=True)["failed"]
    assert (list(hub.members("DHCP01")), list(hub.members("DHCP02"))) == (["B", "C"], ["A"])
    hub.ok(B, C, purge_relationships=True, **NINE_HUNDRED)
    assert hub.members("DHCP02") == {}
    hub.in_sync(B, C, purge_relationships=True)


@ROUTES
def test_a_former_name_can_be_given_to_another_one(*, own: bool) -> None:
    hub = Hub(own)
    hub.ok(A)
    renamed = {**A, "name": "Anew", "previous_name": "A"}
    options = {"recreate": "when_needed", "purge_scopes": True}
    hub.ok(renamed, **options)
    entries = (renamed, entry("A", 3, 7))
    hub.ok(*entries, **options)
    assert hub.members("DHCP01") == {"Anew": ["10.0.1.0", "10.0.2.0"], "A": ["10.0.7.0"]}
    hub.in_sync(*entries, **options)


@ROUTES
@pytest.mark.parametrize("other_copy", ["delete", "disable"])
def test_a_relationship_whose_scopes_stay_on_the_partner_ends_while_one_of_them_moves(
    other_copy: str, *, own: bool
) -> None:
    hub = Hub(own)
    hub.ok(A, B)
    ends = {"name": "A", "state": "absent", "keep_scopes_on": "partner"}
    moved = entry("B", 3, 1, 3, 4)
    hub.ok(ends, moved, other_copy=other_copy)
    assert hub.members("DHCP01") == {"B": ["10.0.1.0", "10.0.3.0", "10.0.4.0"]}
    assert hub.state("DHCP02", 2) == "Active"
    hub.in_sync(ends, moved, other_copy=other_copy)


def test_a_partner_that_lets_nobody_in_is_not_asked_for_a_setting_beside_what_leaves_elsewhere() -> None:
    """As check mode says: the setting goes over the hop, and no note of this run leads to the connection."""
    hub = Hub(own=True)
    hub.ok(A, B)
    plain = Wire.execute

    def execute(wire: Wire, server: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        if server == "DHCP03":
            raise RemoteFailure("dhcp03 refuses the logon.")
        return plain(wire, server, arguments)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Wire, "execute", execute)
        leaves, changed = {**A, "scopes": ["10.0.1.0"]}, {**B, "max_client_lead_time": 7200}
        result = hub.run(leaves, changed, purge_scopes=True)
    assert hub.members("DHCP02")["A"] == ["10.0.1.0"]
    assert hub.lab.servers["DHCP03"].relationships["B"].mclt.total_seconds() == 7200, result.get("msg")


@pytest.mark.parametrize("purge", [False, True])
def test_an_entry_names_the_host_of_its_new_partner(*, purge: bool) -> None:
    """The former one is asked over the hop."""
    hub = Hub(own=False)
    hub.ok(A, B)
    moved = {**A, "partner_server": "dhcp03.contoso.example", "partner_host": "dhcp03"}
    hub.ok(moved, B, recreate="when_needed", purge_scopes=purge)
    assert (hub.members("DHCP02"), hub.members("DHCP03")["A"]) == ({}, ["10.0.1.0", "10.0.2.0"])


def test_a_former_name_is_asked_for_over_the_connection_of_its_entry() -> None:
    hub = Hub(own=False)
    hub.ok(A, B)
    renamed = {**A, "name": "Anew", "previous_name": "A", "partner_host": "dhcp02"}
    hub.ok(renamed, B, recreate="when_needed")
    assert hub.members("DHCP02") == {"Anew": ["10.0.1.0", "10.0.2.0"]}


@ROUTES
@pytest.mark.parametrize(
    ("entries", "left"),
    [
        pytest.param([A, B, {**C, "scopes": ["10.0.5.0"]}], {"C": ["10.0.5.0"]}, id="one leaves"),
        pytest.param(
            [A, entry("B", 3, 3, 4, 6), {**C, "scopes": ["10.0.5.0"]}], {"C": ["10.0.5.0"]}, id="one moves to another"
        ),
        pytest.param([A, entry("B", 3, 3, 4, 5, 6), {"name": "C", "state": "absent"}], {}, id="it ends and all move"),
    ],
)
def test_what_leaves_a_partner_that_is_gone_leaves_it_here_alone(
    entries: list[dict[str, Any]], left: dict[str, list[str]], *, own: bool
) -> None:
    hub = Hub(own)
    hub.ok(A, B, C)
    hub.lab.servers["DHCP04"].reachable = False
    gone: dict[str, Any] = {"orphan": "remove_here", "partner_is_off": True, "purge_scopes": True}
    shown = hub.run(*entries, **gone, check_mode=True)
    result = hub.ok(*entries, **gone)
    assert shown["plan"] == result["plan"]
    here = hub.members("DHCP01")
    assert (here.get("C"), here["B"]) == (left.get("C"), [*entries[1]["scopes"]])
    assert hub.members("DHCP03")["B"] == here["B"]
    again = hub.ok(*entries, **gone)
    assert (again["changed"], again["calls"]) == (False, 1)


@pytest.mark.parametrize("where", ["entry", "task"])
def test_the_host_of_the_former_partner_is_not_that_of_the_new_one(*, where: str) -> None:
    hub = Hub(own=False)
    hub.ok(A, B)
    wanted, named = {**A, "partner_server": "dhcp03.contoso.example"}, {"partner_host": "dhcp02"}
    more: dict[str, Any] = named if where == "task" else {}
    result = hub.run({**wanted, **({} if more else named)}, recreate="when_needed", **more)
    assert result["msg"].startswith("partner_host: it is DHCP02, and the partner of 'A' is dhcp03.contoso.example;")
    assert not result["changed"]


@pytest.mark.parametrize("named", [("A",), ("B",), ("A", "B")], ids="+".join)
@pytest.mark.parametrize(
    ("scopes", "partner"), [(((1, 3), (2, 4)), 2), (((1,), (2, 3, 4)), 3)], ids=["members swap", "one goes elsewhere"]
)
def test_a_partner_of_two_relationships_is_reached_in_one_way(
    scopes: tuple[tuple[int, ...], tuple[int, ...]], partner: int, named: tuple[str, ...]
) -> None:
    hub = Hub(own=False)
    hub.ok(A, entry("B", 2, 3, 4))
    hosts = {"A": {"partner_host": f"dhcp0{partner}"}, "B": {"partner_host": "dhcp02"}}
    wanted = [
        entry("A", partner, *scopes[0], **(hosts["A"] if "A" in named else {})),
        entry("B", 2, *scopes[1], **(hosts["B"] if "B" in named else {})),
    ]
    hub.ok(*wanted, recreate="when_needed", purge_scopes=True)
    expected = {one["name"]: one["scopes"] for one in wanted}
    assert hub.members("DHCP01") == expected
    assert {**hub.members("DHCP02"), **hub.members("DHCP03")} == expected


@ROUTES
def test_a_new_partner_of_what_lost_its_own_gets_its_half_from_the_next_run(*, own: bool) -> None:
    hub = Hub(own)
    hub.ok(A, C)
    hub.lab.servers["DHCP04"].reachable = False
    gone: dict[str, Any] = {"orphan": "remove_here", "partner_is_off": True, "recreate": "when_needed"}
    hub.lab.fail_next("DHCP01", "Add-DhcpServerv4Failover", "DHCP 20133", half_applied=True)
    assert hub.run(A, entry("C", 3, 5, 6), **gone)["failed"]
    assert "C" not in hub.members("DHCP03")
    hub.ok(A, entry("C", 3, 5, 6), **gone)
    assert hub.members("DHCP03")["C"] == hub.members("DHCP01")["C"] == C["scopes"]


@pytest.mark.parametrize("there", [False, True], ids=["never there", "ended by the first run"])
@pytest.mark.parametrize("more", [{}, {"partner_server": "dhcp02.contoso.example"}])
def test_what_is_absent_stays_so_with_a_partner_host_for_all(more: dict[str, Any], there: bool) -> None:
    hub, other = Hub(own=False), entry("B", 2, 3, 4)
    hub.ok(*([entry("A", 2, 1, 2)] if there else []), other)
    for changed in (there, False, False):
        result = hub.ok({"name": "A", "state": "absent", **more}, other, partner_host="dhcp02")
        assert result["changed"] is changed
