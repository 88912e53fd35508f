# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What Windows cannot change in place: roles, partners and names, scopes that move; and what a broken run left of
these."""

from __future__ import annotations

from typing import Any

import pytest
from lab.core.server import Server
from pairs import ONE, RELATIONSHIP, SCOPE, THREE, TWO, Pair, pair

OWN = {"partner_host": "dhcp02"}
FULL: dict[str, Any] = {
    "name": "HQ",
    "partner_server": "dhcp02.contoso.example",
    "scopes": ["10.0.1.0", "10.0.2.0"],
    "wait_timeout": 1,
}
STANDBY: dict[str, Any] = {**FULL, "mode": "hot_standby", "server_role": "active", "reserve_percent": 5}
ANEW = {"recreate": "when_needed", "keep_scopes_on": "this_server", "other_copy": "delete"}
ROUTES = pytest.mark.parametrize("route", [OWN, {}], ids=["own connection", "second hop"])


def standby() -> Pair:
    servers = Pair()
    servers.ok(RELATIONSHIP, **STANDBY)
    return servers


def leases(server: Server) -> int:
    return sum(len(scope.leases) for scope in server.scopes.values())


@ROUTES
def test_never_without_being_told(route: dict[str, Any]) -> None:
    servers = standby()
    message = servers.refused(RELATIONSHIP, **{**STANDBY, "server_role": "standby"}, **route)
    assert message.startswith(
        "server_role: DHCP01 is active in 'HQ', not standby. Windows cannot change this in place."
    )
    assert "recreate: when_needed (failover_recreate of the role and the playbooks) does it" in message
    other = servers.refused(RELATIONSHIP, **{**STANDBY, "partner_server": "dhcp03.contoso.example"})
    assert other.startswith("partner_server: 'HQ' on DHCP01 has the partner dhcp02.contoso.example")
    renamed = servers.refused(RELATIONSHIP, **{**STANDBY, "name": "Berlin"}, previous_name="HQ", **route)
    assert renamed.startswith(
        "its name was 'HQ'. Windows cannot change this in place. Re-creating the relationship would"
    )


@ROUTES
def test_the_task_has_to_say_who_keeps_and_what_goes(route: dict[str, Any]) -> None:
    servers, swapped = standby(), {**STANDBY, "server_role": "standby", "recreate": "when_needed"}
    assert servers.refused(RELATIONSHIP, **swapped, **route).startswith(
        "keep_scopes_on and other_copy: needed to re-create 'HQ'"
    )
    for message in ({"keep_scopes_on": "this_server"}, {"keep_scopes_on": "this_server", "other_copy": "disable"}):
        assert "have to go before they can be copied anew: other_copy: delete" in servers.refused(
            RELATIONSHIP, **swapped, **route, **message
        )
    assert servers.refused(RELATIONSHIP, **swapped, **route, keep_scopes_on="partner", other_copy="delete").startswith(
        "keep_scopes_on: re-creating copies the scopes from this server"
    )


def test_the_task_has_to_declare_all_that_there_is() -> None:
    servers = Pair()
    servers.ok(
        RELATIONSHIP, **STANDBY | {"max_client_lead_time": 7200, "reserve_percent": 8, "shared_secret": "Kx7-secret"}
    )
    less = {"name": "HQ", "server_role": "standby", "scopes": ["10.0.1.0"], "wait_timeout": 1}
    message = servers.refused(RELATIONSHIP, **less, **ANEW)
    assert "takes a task that declares all of it" in message
    assert (
        "scopes: 10.0.2.0, reserve_percent: 8, max_client_lead_time: 7200, shared_secret (failover_shared_secret of "
        "the role and the playbooks; or enable_auth: false)" in message
    )
    assert "secret" not in message.replace("shared_secret", "")


@ROUTES
@pytest.mark.parametrize(
    "anew",
    [
        {"name": "Berlin", "previous_name": "HQ"},
        {"partner_server": "dhcp03.contoso.example"},
        {"partner_server": "dhcp03.contoso.example", "other_copy": "disable"},
        {"mode": "hot_standby", "server_role": "standby", "reserve_percent": 5},
    ],
    ids=["name", "partner", "partner, and its copies stay", "role, which a change of mode may not give"],
)
@pytest.mark.parametrize("copy", ["Active", "InActive", None])
def test_a_member_of_the_partner_alone_is_a_part_of_all(
    anew: dict[str, Any], copy: str | None, route: dict[str, Any]
) -> None:
    """It would drop out of failover, or lose its copy, since it is not declared."""
    servers = pair(ONE, TWO, THREE)
    here = servers.server("DHCP01")
    here.relationships["HQ"].scopes.remove(THREE)
    if copy is None:
        del here.scopes[THREE]
    else:
        here.scopes[THREE].state = copy
    elsewhere = {"partner_host": "dhcp03"} if "partner_server" in anew and route else route
    message = servers.refused(RELATIONSHIP, **{**FULL, **ANEW, **anew, **elsewhere})
    assert message == (
        "re-creating 'HQ' takes a task that declares all of it, so that a run that is broken off can be finished by "
        "the next. Add scopes: 10.0.3.0. Nothing was changed."
    )
    whole = {**FULL, **ANEW, **anew, **elsewhere, "scopes": ["10.0.1.0", "10.0.2.0", "10.0.3.0"]}
    if copy == "Active" and "server_role" not in anew:
        servers.ok(RELATIONSHIP, **whole, max_removals_percent=100)
        assert THREE in here.relationships[whole["name"]].scopes
    else:
        assert "Please report" not in servers.refused(RELATIONSHIP, **whole, max_removals_percent=100)


def test_what_the_partner_alone_has_is_declared_whole_too() -> None:
    servers = pair(ONE, TWO, THREE)
    del servers.server("DHCP01").relationships["HQ"]
    for anew in ({}, {"name": "Berlin", "previous_name": "HQ"}):
        assert "Add scopes: 10.0.3.0." in servers.refused(RELATIONSHIP, **{**FULL, **ANEW, **anew, **OWN})


def test_a_share_of_clients_does_not_stand_in_the_way_of_a_role() -> None:
    two = pair()
    two.ok(RELATIONSHIP, name="HQ", load_balance_percent=70, wait_timeout=1)
    wanted = {**STANDBY, "server_role": "standby", **ANEW}
    two.run(RELATIONSHIP, **wanted)  # changes the mode, and finds the other role
    result = two.ok(RELATIONSHIP, **wanted)
    assert (result["relationship"]["mode"], result["relationship"]["server_role"]) == ("hot_standby", "standby")


@ROUTES
def test_roles_change_places_and_every_lease_stays(route: dict[str, Any]) -> None:
    servers = standby()
    before = leases(servers.server("DHCP01"))
    swapped = {**STANDBY, "server_role": "standby", **ANEW, **route}
    with servers.unchanged():
        check = servers.run(RELATIONSHIP, check_mode=True, **swapped)
    result = servers.ok(RELATIONSHIP, **swapped)
    assert (check["plan"], check["removals"]) == (result["plan"], result["removals"])
    assert (result["relationship"]["server_role"], result["relationship"]["state"]) == ("standby", "Normal")
    partner = "DHCP02" if route else "dhcp02.contoso.example"
    assert [(copy["server"], copy["other_copy"]) for copy in result["removals"]] == [(partner, "replace")] * 2
    assert leases(servers.server("DHCP01")) == before
    assert servers.server("DHCP02").scopes[ONE].leases == servers.server("DHCP01").scopes[ONE].leases
    assert not servers.ok(RELATIONSHIP, **swapped)["changed"]


@ROUTES
def test_a_new_name(route: dict[str, Any]) -> None:
    servers = pair()
    wanted = {**FULL, "name": "Berlin", "previous_name": "HQ", **ANEW, **route}
    servers.ok(RELATIONSHIP, **wanted)
    assert [list(servers.server(name).relationships) for name in ("DHCP01", "DHCP02")] == [["Berlin"], ["Berlin"]]
    assert not servers.ok(RELATIONSHIP, **wanted)["changed"]


@pytest.mark.parametrize("copy", ["delete", "disable"])
def test_a_new_partner_gets_the_scopes_before_the_old_one_loses_them(copy: str) -> None:
    servers = pair()
    wanted = {**FULL, "partner_server": "dhcp03.contoso.example", **ANEW, "other_copy": copy, "partner_host": "dhcp03"}
    result = servers.ok(RELATIONSHIP, **wanted)
    words = [step["step"].split(" ")[0] for step in result["plan"]]
    assert words.index("deactivate") < words.index("create")
    assert ("delete" in words) == (copy == "delete")
    assert "delete" not in words or words.index("create") < words.index("delete")
    assert servers.server("DHCP03").relationships["HQ"].scopes == [ONE, TWO]
    old = servers.server("DHCP02")
    assert old.relationships == {}
    assert {scope.state for scope in old.scopes.values()} == (set() if copy == "delete" else {"InActive"})
    assert not servers.ok(RELATIONSHIP, **wanted)["changed"]


def test_a_copy_of_the_old_partner_stays_when_the_new_one_did_not_get_the_scope() -> None:
    servers = pair()
    servers.lab.fail_next("DHCP01", "Add-DhcpServerv4Failover", "DHCP 20127")
    wanted = {**FULL, "partner_server": "dhcp03.contoso.example", **ANEW}
    result = servers.run(RELATIONSHIP, **wanted)
    assert result["failed"]
    assert "Running again completes it." in result["msg"]
    assert sorted(servers.server("DHCP02").scopes) == [ONE, TWO]
    assert {servers.server("DHCP01").scopes[scope].state for scope in (ONE, TWO)} == {"Active"}
    servers.ok(RELATIONSHIP, **wanted)


@ROUTES
@pytest.mark.parametrize("role", ["active", "standby"])
def test_a_role_that_windows_may_not_give_takes_the_options_of_a_re_creation_before(
    role: str, route: dict[str, Any]
) -> None:
    """A change of mode makes one of the two servers the active one, and which is not known."""
    servers, changed = pair(), {**STANDBY, "server_role": role, "recreate": "when_needed", **route}
    message = servers.refused(RELATIONSHIP, **changed)
    assert message.startswith(
        "keep_scopes_on and other_copy: needed to re-create 'HQ' (server_role: which server the change of mode makes "
        "active"
    )
    assert "Add scopes: 10.0.2.0" in servers.refused(RELATIONSHIP, **{**changed, **ANEW, "scopes": ["10.0.1.0"]})
    first = servers.run(RELATIONSHIP, **{**changed, **ANEW})
    if first.get("failed"):
        assert "DHCP01 still needs: keep a safety copy" in first["msg"]
        assert first["msg"].endswith("Run again.")
    second = servers.ok(RELATIONSHIP, **{**changed, **ANEW})
    assert second["relationship"]["server_role"] == role
    assert not servers.ok(RELATIONSHIP, **{**changed, **ANEW})["changed"]


def test_a_mode_that_changes_without_a_role_takes_no_other_option() -> None:
    servers = pair()
    assert servers.ok(RELATIONSHIP, **{**FULL, "mode": "hot_standby", "recreate": "when_needed"})["changed"]
    assert servers.ok(RELATIONSHIP, **{**FULL, "mode": "load_balance", "recreate": "when_needed"})["changed"]


def test_a_partner_that_is_gone_is_replaced() -> None:
    servers = pair()
    servers.server("DHCP02").reachable = False
    wanted = {**FULL, "partner_server": "dhcp03.contoso.example", "recreate": "when_needed", "partner_host": "dhcp03"}
    assert "keep_scopes_on and other_copy: needed" in servers.refused(RELATIONSHIP, **wanted)
    assert servers.refused(RELATIONSHIP, **wanted, orphan="remove_here").startswith("partner_is_off: needed")
    result = servers.ok(RELATIONSHIP, **wanted, orphan="remove_here", partner_is_off=True)
    assert result["relationship"]["partner_server"] == "dhcp03.contoso.example"
    assert not servers.ok(RELATIONSHIP, **wanted)["changed"]


# --- moves
# -------------------------------------------------------------------------------------------------------------


def branch(partner: str) -> dict[str, Any]:
    create = {"partner_server": f"{partner}.contoso.example"}
    return {"relationship": "Branch", "scopes": ["10.0.1.0"], "create_relationship": create, "wait_timeout": 1}


def test_a_scope_moves_only_when_told_to() -> None:
    servers = pair()
    message = servers.refused(SCOPE, **branch("dhcp02"))
    assert message.startswith("scopes: 10.0.1.0 is in relationship 'HQ' (partner dhcp02.contoso.example)")
    assert "move: true" in message
    assert "other_copy: needed, since 10.0.1.0 would move from 'HQ'" in servers.refused(
        SCOPE, **branch("dhcp03"), move=True
    )
    assert "run the task on the partner" in servers.refused(
        SCOPE, **branch("dhcp03"), move=True, keep_scopes_on="partner"
    )


@ROUTES
def test_a_move_between_relationships_of_one_partner(route: dict[str, Any]) -> None:
    servers = pair()
    wanted = {**branch("dhcp02"), "move": True, **route}
    servers.ok(SCOPE, **wanted)
    assert [servers.server(name).relationships["Branch"].scopes for name in ("DHCP01", "DHCP02")] == [[ONE], [ONE]]
    assert servers.server("DHCP01").relationships["HQ"].scopes == [TWO]
    assert not servers.ok(SCOPE, **wanted)["changed"]


@pytest.mark.parametrize("route", [{"partner_host": "dhcp03"}, {}], ids=["own connection", "second hop"])
def test_a_move_to_another_partner_ends_the_old_copy_last(route: dict[str, Any]) -> None:
    servers = pair()
    wanted = {**branch("dhcp03"), "move": True, "other_copy": "delete", **route}
    result = servers.ok(SCOPE, **wanted)
    assert result["plan"][-1]["step"].startswith("delete the copy of 10.0.1.0 on dhcp02.contoso.example")
    assert ONE not in servers.server("DHCP02").scopes
    assert len(servers.server("DHCP03").scopes[ONE].leases) == 4
    assert not servers.ok(SCOPE, **wanted)["changed"]


# --- what a broken run left
# --------------------------------------------------------------------------------------------


def half_add(servers: Pair, cmdlet: str, module: str, **options: Any) -> None:
    servers.lab.fail_next("DHCP01", cmdlet, "DHCP 20133", half_applied=True)
    assert servers.run(module, **options)["failed"]


@ROUTES
def test_a_relationship_that_is_on_this_server_alone_is_completed(route: dict[str, Any]) -> None:
    servers = Pair()
    half_add(servers, "Add-DhcpServerv4Failover", RELATIONSHIP, **FULL, **route)
    assert (list(servers.server("DHCP01").relationships), servers.server("DHCP02").relationships) == (["HQ"], {})
    result = servers.ok(RELATIONSHIP, **FULL, **route)
    assert [step["step"].split(" ")[0] for step in result["plan"]] == ["take", "remove", "create"]
    assert servers.server("DHCP02").relationships["HQ"].scopes == [ONE, TWO]
    assert not servers.ok(RELATIONSHIP, **FULL, **route)["changed"]


@ROUTES
def test_a_member_that_is_one_on_this_server_alone_is_added_again(route: dict[str, Any]) -> None:
    servers = pair()
    more = {"relationship": "HQ", "scopes": ["10.0.3.0"], "wait_timeout": 1, **route}
    half_add(servers, "Add-DhcpServerv4FailoverScope", SCOPE, **more)
    assert THREE in servers.server("DHCP01").relationships["HQ"].scopes
    assert THREE not in servers.server("DHCP02").scopes
    servers.ok(SCOPE, **more)
    assert THREE in servers.server("DHCP02").relationships["HQ"].scopes
    assert servers.ok(SCOPE, **more)["remote_calls"] == (2 if route else 1), "the note is gone, and one look is enough"


def at_the_partner_alone() -> Pair:
    """HQ with its members on DHCP02; on DHCP01 the same scopes, in no relationship."""
    servers = pair()
    del servers.server("DHCP01").relationships["HQ"]
    return servers


@pytest.mark.parametrize(
    "declared", [FULL, {**FULL, "partner_server": None}], ids=["partner named", "partner left out"]
)
def test_a_relationship_that_the_partner_alone_has_is_created_anew(declared: dict[str, Any]) -> None:
    servers = at_the_partner_alone()
    before = leases(servers.server("DHCP01"))
    wanted = {**declared, **ANEW, **OWN}
    with servers.unchanged():
        check = servers.run(RELATIONSHIP, check_mode=True, **wanted)
    result = servers.ok(RELATIONSHIP, **wanted)
    assert check["plan"] == result["plan"]
    assert [step["step"] for step in result["plan"][:-1]] == [
        "keep a safety copy on DHCP02 of what is on DHCP02, with leases: 10.0.1.0, 10.0.2.0",
        "deactivate 10.0.1.0 on DHCP02",
        "deactivate 10.0.2.0 on DHCP02",
        "take out of relationship 'HQ' on DHCP02 alone: 10.0.1.0, 10.0.2.0",
        "delete the copy of 10.0.1.0 on DHCP02, with its leases (DNS records of its clients may go too)",
        "delete the copy of 10.0.2.0 on DHCP02, with its leases (DNS records of its clients may go too)",
        "remove the relationship 'HQ' on DHCP02 alone",
    ]
    assert result["plan"][-1]["step"].startswith("create relationship 'HQ' with ")
    assert [servers.server(name).relationships["HQ"].scopes for name in ("DHCP01", "DHCP02")] == [[ONE, TWO]] * 2
    assert leases(servers.server("DHCP01")) == before
    for scope in (ONE, TWO):
        assert servers.server("DHCP02").scopes[scope].leases == servers.server("DHCP01").scopes[scope].leases
    assert not servers.ok(RELATIONSHIP, **wanted)["changed"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {},
            "scopes: 10.0.1.0, 10.0.2.0 is in 'HQ' on DHCP02, and not on DHCP01: a removal did not end, or this server "
            "was set up anew. Finish it with state: absent, keep_scopes_on, other_copy and partner_host, and add it "
            "then on the server that kept it. Nothing was changed.",
        ),
        (
            {"partner_server": None},
            "partner_server: needed, since relationship 'HQ' does not exist on DHCP01 yet. Nothing was changed.",
        ),
        (
            {"recreate": "when_needed"},
            "keep_scopes_on and other_copy: needed to re-create 'HQ' (the partner alone has it). keep_scopes_on: "
            "this_server, since the scopes are copied from here; the copies on DHCP02 have to go before they can be "
            "copied anew: other_copy: delete. Nothing was changed.",
        ),
    ],
    ids=["recreate: never", "and no partner named", "nothing said of the copies"],
)
def test_what_the_partner_alone_has_is_not_touched_without_being_told(options: dict[str, Any], message: str) -> None:
    assert at_the_partner_alone().refused(RELATIONSHIP, **{**FULL, **options}, **OWN) == message


def test_a_removal_that_did_not_end_is_told_to_who_adds() -> None:
    servers = pair()
    servers.server("DHCP01").relationships["HQ"].scopes.remove(ONE)
    message = servers.refused(SCOPE, relationship="HQ", scopes=["10.0.1.0"], **OWN)
    assert message.startswith("scopes: 10.0.1.0 is in 'HQ' on DHCP02, and not on DHCP01: a removal did not end, or")


def test_a_server_that_takes_few_scopes_at_once() -> None:
    servers = Pair()
    servers.lab.switches = servers.lab.switches.with_answer("add_scopes_max", 1)
    result = servers.ok(RELATIONSHIP, **FULL)
    assert result["relationship"]["scopes"] == ["10.0.1.0", "10.0.2.0"]


@pytest.mark.parametrize("route", [{}, OWN], ids=["second hop", "own connection"])
def test_a_change_of_mode_that_would_make_the_other_server_active_is_refused_before_it(route: dict[str, Any]) -> None:
    servers = pair()
    standby = {"name": "HQ", "mode": "hot_standby", "server_role": "standby", "wait_timeout": 1}
    message = servers.refused(RELATIONSHIP, **standby, **route)
    assert message.startswith(
        "server_role: is standby, and the change of mode most likely makes DHCP01 active; recreate"
    )
    servers.ok(RELATIONSHIP, **{**standby, "server_role": "active"}, **route)
