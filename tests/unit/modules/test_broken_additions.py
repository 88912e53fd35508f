# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A run is broken off once its partner alone has what it adds: whatever task comes next, no scope is served by two
servers that do not have it in common."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import IPv4Address
from typing import Any
from unittest.mock import patch

import pytest
from builders import definition
from interrupted import notes
from lab.core.server import Lease
from nothing_lost.broken_runs import served_twice
from nothing_lost.shown import state
from nothing_lost.task import perform
from nothing_lost.watched import Killed
from pairs import ONE, RELATIONSHIP, SCOPE, THREE, TWO, Pair, pair, steps

NEW = IPv4Address("10.0.9.0")
SECOND, THIRD = "dhcp02.contoso.example", "dhcp03.contoso.example"
ROUTES = pytest.mark.parametrize("route", [{}, {"partner_host": "auto"}], ids=["second hop", "own connections"])
KEEP = {"keep_scopes_on": "this_server", "other_copy": "delete"}
BOTH = [str(ONE), str(TWO)]
LIST = "dhcp_failover"
WAIT: dict[str, Any] = {"wait_timeout": 900}  # until the run that was killed may not be at work any more
JOIN = {"relationship": "HQ", "scopes": [*BOTH, str(THREE)], **WAIT}
CREATE = {"relationship": "HQ", "create_scopes": [definition(str(NEW), router="10.0.9.1")], **WAIT}
CREATE_IDLE = {"relationship": "HQ", "create_scopes": [definition(str(NEW), state="inactive")], **WAIT}
RELATE = {"relationship": "N", "scopes": [str(THREE)], "create_relationship": {"partner_server": SECOND}, **WAIT}
TASKS = {"join": JOIN, "create": CREATE, "create, out of service": CREATE_IDLE, "create a relationship": RELATE}
ELSEWHERE: dict[str, Any] = {
    "name": "HQ",
    "partner_server": THIRD,
    "scopes": BOTH,
    "recreate": "when_needed",
    "keep_scopes_on": "this_server",
    "other_copy": "disable",
    "replace_partner_copy": "inactive_only",
    "max_removals_percent": 100,
    **WAIT,
}


class Scene(Pair):
    """The pair, with an inventory that has all three servers."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.wire.inventory = ("dhcp01", "dhcp02", "dhcp03")


def scene() -> Scene:
    servers = Scene(pair(partner_half_first=True).lab)
    assert served_twice(servers.lab) == []
    return servers


@contextmanager
def broken_off(servers: Pair, cmdlet: str) -> Iterator[None]:
    """Between the two halves of a cmdlet: the partner has its half."""
    lab, running = servers.lab, [""]
    plain = lab._perform

    def performing(session: Any, function: Any, *given: Any) -> Any:
        running[0] = function.name
        return plain(session, function, *given)

    def dies() -> None:
        if running[0] == cmdlet:
            raise Killed

    with patch.object(lab, "_perform", performing), patch.object(lab, "between", dies), pytest.raises(Killed):
        yield


def killed(task: str) -> Scene:
    """Of one of the tasks, the partner alone has what it adds."""
    servers = scene()
    cmdlet = "Add-DhcpServerv4Failover" if "relationship" in task else "Add-DhcpServerv4FailoverScope"
    with broken_off(servers, cmdlet):
        servers.run(SCOPE, **TASKS[task])
    return servers


def killed_on_the_way_to_a_third() -> Scene:
    """HQ was to be with DHCP03, which alone has it; DHCP02 has inactive copies."""
    servers = scene()
    with broken_off(servers, "Add-DhcpServerv4Failover"):
        servers.run(RELATIONSHIP, **ELSEWHERE)
    assert len(served_twice(servers.lab)) == 2
    return servers


def healthy(servers: Pair, *scopes: IPv4Address, partner: str = "DHCP02") -> None:
    """In failover on both, and nothing is left of what was broken off."""
    assert [state(servers.lab, name, scope) for scope in scopes for name in ("DHCP01", partner)] == ["member"] * (
        2 * len(scopes)
    )
    assert served_twice(servers.lab) == []
    assert notes(servers) == []


# --- the same task again ---------------------------------------------------------------------------------------------


@ROUTES
@pytest.mark.parametrize("task", TASKS)
def test_the_same_task_again_completes_it(task: str, route: dict[str, Any]) -> None:
    servers, options = killed(task), {**TASKS[task], **route}
    servers.reached(SCOPE, **options)
    scope = NEW if task.startswith("create") and "relationship" not in task else THREE
    healthy(servers, scope)
    serves = "InActive" if "out of service" in task else "Active"
    assert [servers.server(name).scopes[scope].state for name in ("DHCP01", "DHCP02")] == [serves] * 2
    assert servers.server("DHCP02").scopes[scope].leases == servers.server("DHCP01").scopes[scope].leases


@ROUTES
def test_what_came_there_is_put_out_of_service_saved_and_taken_back_first(route: dict[str, Any]) -> None:
    servers = killed("create a relationship")
    words = [step.partition(": ")[0] for step in steps(servers.ok(SCOPE, **RELATE, **route))]
    where = "DHCP02" if route else SECOND
    assert words[1:5] == [
        f"deactivate 10.0.3.0 on {where}",
        f"take out of relationship 'N' on {where} alone",
        f"delete the copy of 10.0.3.0 on {where}, with its leases (DNS records of its clients may go too)",
        f"remove the relationship 'N' on {where} alone",
    ]
    assert (words[0][:18], words[5][:23]) == ("keep a safety copy", "create relationship 'N'")


@ROUTES
@pytest.mark.parametrize("task", TASKS)
def test_so_it_does_wherever_that_is_broken_off_too(task: str, route: dict[str, Any]) -> None:
    for number in range(20):
        servers = killed(task)
        servers.wire.pause(600)
        servers.wire.lose_at = number
        try:
            servers.run(SCOPE, **TASKS[task], **route)
        except Killed:
            servers.wire.lose_at = None
            servers.ok(SCOPE, **TASKS[task], **route)
            healthy(servers, NEW if "create_scopes" in TASKS[task] else THREE)
        else:
            assert number > 3, "it was killed at each of its commands"
            return
    raise AssertionError("it ends")


@ROUTES
def test_a_lease_that_the_partner_alone_gave_does_not_go_unasked(route: dict[str, Any]) -> None:
    servers = killed("join")
    servers.wire.pause(600)
    lease = Lease(IPv4Address("10.0.3.71"), "000000000071")
    servers.server("DHCP02").scopes[THREE].leases[lease.ip] = lease
    assert "lease 10.0.3.71 of 000000000071" in servers.refused(SCOPE, **JOIN, **route)
    assert servers.ok(SCOPE, **JOIN, **route, allow_content_loss=True)["changed"]
    healthy(servers, THREE)


@ROUTES
def test_where_the_partner_alone_serves_by_now_the_advice_leads_on(route: dict[str, Any]) -> None:
    servers = killed("join")
    servers.wire.pause(600)
    servers.server("DHCP01").scopes[THREE].state = "InActive"
    message = servers.refused(SCOPE, **JOIN, **route)
    assert "which alone serves it by now: activate it on DHCP01 (Set-DhcpServerv4Scope -State Active)" in message
    servers.server("DHCP01").scopes[THREE].state = "Active"
    servers.reached(SCOPE, **JOIN, **route)
    healthy(servers, THREE)


# --- another task ----------------------------------------------------------------------------------------------------

BACK = {**ELSEWHERE, "partner_server": SECOND}
OTHERS: dict[str, tuple[str, dict[str, Any]]] = {
    "the same": (RELATIONSHIP, ELSEWHERE),
    "back to the former partner": (RELATIONSHIP, BACK),
    "the scopes join it there": (
        SCOPE,
        {
            "relationship": "HQ",
            "scopes": BOTH,
            "create_relationship": {"partner_server": SECOND},
            "replace_partner_copy": "inactive_only",
            **WAIT,
        },
    ),
    "a list": (
        LIST,
        {
            "relationships": [{"name": "HQ", "partner_server": SECOND, "scopes": BOTH}],
            "replace_partner_copy": "inactive_only",
            **WAIT,
        },
    ),
    "another name": (
        SCOPE,
        {
            "relationship": "M",
            "scopes": BOTH,
            "create_relationship": {"partner_server": SECOND},
            "replace_partner_copy": "inactive_only",
            **WAIT,
        },
    ),
}


@ROUTES
@pytest.mark.parametrize("task", OTHERS)
def test_a_third_server_that_alone_got_it_is_looked_at_by_every_task(task: str, route: dict[str, Any]) -> None:
    servers, (module, options) = killed_on_the_way_to_a_third(), OTHERS[task]
    servers.ok(module, **options, **route)
    healthy(servers, ONE, TWO, partner="DHCP03" if task == "the same" else "DHCP02")
    left = [] if task != "the same" else ["HQ"]
    assert list(servers.server("DHCP03").relationships) == left
    assert not servers.ok(module, **options, **route)["changed"]


@ROUTES
@pytest.mark.parametrize("keeps", ["this_server", "partner"])
def test_a_removal_ends_it_there_and_keeps_the_scopes_where_it_says(keeps: str, route: dict[str, Any]) -> None:
    servers = killed_on_the_way_to_a_third()
    options = {"keep_scopes_on": keeps, "other_copy": "delete", "max_removals_percent": 100, **WAIT, **route}
    assert servers.ok(RELATIONSHIP, name="HQ", state="absent", **options)["changed"]
    here, there = ("standalone", "absent") if keeps == "this_server" else ("absent", "standalone")
    assert [state(servers.lab, name, ONE) for name in ("DHCP01", "DHCP03")] == [here, there]
    assert [dict(servers.server(name).relationships) for name in ("DHCP01", "DHCP03")] == [{}, {}]
    assert (served_twice(servers.lab), notes(servers)) == ([], [])


@ROUTES
@pytest.mark.parametrize("keeps", ["this_server", "partner"])
@pytest.mark.parametrize("task", ["join", "create a relationship"])
def test_so_does_one_of_the_scope_alone(task: str, keeps: str, route: dict[str, Any]) -> None:
    servers = killed(task)
    leaves = {"relationship": TASKS[task]["relationship"], "scopes": [str(THREE)], "state": "absent"}
    options = {**leaves, "keep_scopes_on": keeps, "other_copy": "delete", **WAIT, **route}
    servers.reached(SCOPE, **options)
    here, there = ("standalone", "absent") if keeps == "this_server" else ("absent", "standalone")
    assert [state(servers.lab, name, THREE) for name in ("DHCP01", "DHCP02")] == [here, there]
    assert ("N" in servers.server("DHCP02").relationships, notes(servers)) == (False, [])


@ROUTES
@pytest.mark.parametrize("name", ["N", "M"])
def test_a_new_relationship_goes_to_another_partner(name: str, route: dict[str, Any]) -> None:
    """The half that is left is no reason to look at the network, nor to allow a state."""
    servers = scene()
    third = {**RELATE, "create_relationship": {"partner_server": THIRD}}
    with broken_off(servers, "Add-DhcpServerv4Failover"):
        servers.run(SCOPE, **third)
    servers.ok(SCOPE, **{**RELATE, "relationship": name}, **route)
    healthy(servers, THREE)
    assert state(servers.lab, "DHCP03", THREE) == "absent"
    assert servers.server("DHCP03").relationships == {}


@pytest.mark.parametrize("orphan", [{}, {"orphan": "remove_here", "partner_is_off": True}], ids=["no word", "orphan"])
def test_a_third_server_that_cannot_be_read_may_serve(orphan: dict[str, Any]) -> None:
    servers = killed_on_the_way_to_a_third()
    servers.wire.pause(600)
    servers.server("DHCP03").reachable = False
    result = servers.run(RELATIONSHIP, **BACK, **orphan)
    assert (bool(result.get("failed")), len(notes(servers)) > 0) == (not orphan, True)
    if orphan:
        told = "was broken off while it copied 10.0.1.0, 10.0.2.0 to dhcp03.contoso.example ('HQ'), which may serve it"
        assert told in result["warnings"][0]
    else:
        assert "'HQ' was broken off, so its partner is looked at. On dhcp01 asking dhcp03" in result["msg"]


@ROUTES
def test_the_named_host_is_told_by_its_own_name(route: dict[str, Any]) -> None:
    """Not by that of the former partner, where no note tells that it was an addition."""
    servers = killed_on_the_way_to_a_third()
    servers.wire.pause(600)
    for path in [path for path in servers.wire.files["DHCP01"].paths() if "unfinished." in path]:
        servers.wire.files["DHCP01"].remove(path)
    message = servers.refused(RELATIONSHIP, **ELSEWHERE, **{**route, "partner_host": "dhcp03"})
    assert "the copies on DHCP03 have to go" in message
    assert servers.ok(RELATIONSHIP, **{**ELSEWHERE, "other_copy": "delete", "partner_host": "dhcp03"})["changed"]
    healthy(servers, ONE, TWO, partner="DHCP03")


@pytest.mark.parametrize("task", ["join", "create a relationship"])
def test_without_a_note_the_advice_leads_on(task: str) -> None:
    """As where its server was set up anew meanwhile."""
    servers, own = killed(task), {"partner_host": "dhcp02"}
    servers.wire.files["DHCP01"] = type(servers.wire.files["DHCP01"])()
    message = servers.refused(SCOPE, **TASKS[task], **own)
    assert "Finish it with state: absent, keep_scopes_on, other_copy and partner_host" in message
    leaves = {"relationship": TASKS[task]["relationship"], "scopes": [str(THREE)], "state": "absent"}
    assert servers.ok(SCOPE, **leaves, **KEEP, **own, **WAIT, max_removals_percent=100)["changed"]
    servers.reached(SCOPE, **TASKS[task], **own)
    healthy(servers, THREE)


def test_what_a_third_server_has_is_not_in_common_although_it_has_the_same_name() -> None:
    servers = killed_on_the_way_to_a_third()
    wire = type(servers.wire)(servers.lab)  # and no note of it
    result = perform(wire, RELATIONSHIP, BACK)
    assert not result.get("failed"), result["msg"]
    assert sorted(served_twice(servers.lab)) == [
        f"{scope} is active on {name} and DHCP03, not in one relationship"
        for scope in (ONE, TWO)
        for name in ("DHCP01", "DHCP02")
    ]
