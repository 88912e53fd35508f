# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A whole server from one list: what one task does, in how many commands, and what it says of what it leaves alone."""

from __future__ import annotations

import itertools
from typing import Any

import interrupted
import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._engine import calls
from bench.servers import hub
from nothing_lost.task import Wire, perform
from pairs import ONE, THREE, TWO, Pair, pair, steps

WHOLE = "dhcp_failover"
PARTNER, THIRD = "dhcp02.contoso.example", "dhcp03.contoso.example"
KEEP: dict[str, Any] = {"keep_scopes_on": "this_server", "other_copy": "delete"}
DISABLE: dict[str, Any] = {**KEEP, "other_copy": "disable"}
HQ: dict[str, Any] = {"name": "HQ", "scopes": ["10.0.1.0", "10.0.2.0"]}
FAR: dict[str, Any] = {"name": "Far", "partner_server": THIRD, "mode": "hot_standby", "scopes": ["10.0.3.0"]}
NEW = {
    "scope_id": "10.0.9.0",
    "name": "New",
    "subnet_mask": "255.255.255.0",
    "start_range": "10.0.9.10",
    "end_range": "10.0.9.99",
}


def outcomes(result: dict[str, Any]) -> dict[str, str]:
    return {entry["name"]: entry["outcome"] for entry in result["relationships"]}


def reached(servers: Pair, *entries: dict[str, Any], **options: Any) -> dict[str, Any]:
    """Check mode says what the run does, and the next run takes one command and changes nothing."""
    asked = {"relationships": list(entries), "wait_timeout": 1, **options}
    result = servers.reached(WHOLE, **asked)
    again = servers.ok(WHOLE, **asked)
    assert (again["changed"], again["remote_calls"], set(outcomes(again).values()) - {"ok"}) == (False, 1, set())
    return result


# --- what one task does -----------------------------------------------------------------------------------------------


def test_a_server_that_is_as_declared_takes_one_command() -> None:
    servers = pair()
    result = servers.ok(WHOLE, relationships=[HQ])
    assert (result["changed"], result["remote_calls"], outcomes(result)) == (False, 1, {"HQ": "ok"})
    assert result["extra"] == {"relationships": [], "scopes": {}}


def test_two_partners_create_change_and_join_in_one_plan() -> None:
    servers = pair()
    result = reached(servers, {**HQ, "load_balance_percent": 70}, FAR)
    assert outcomes(result) == {"HQ": "changed", "Far": "changed"}
    assert servers.server("DHCP01").relationships["HQ"].percentage == 70
    assert servers.server("DHCP03").relationships["Far"].scopes == [THREE]
    assert [entry["msg"] for entry in result["relationships"]] == [
        "modify relationship 'HQ': load_balance_percent 50 -> 70",
        next(step for step in steps(result) if step.startswith("create relationship 'Far'")),
    ]


def test_what_leaves_moves_and_ends_is_one_plan() -> None:
    servers = pair()
    reached(servers, HQ, FAR)
    result = reached(servers, {"name": "HQ", "state": "absent"}, {**FAR, "scopes": ["10.0.3.0", "10.0.1.0"]}, **KEEP)
    assert outcomes(result) == {"HQ": "changed", "Far": "changed"}
    assert sorted(servers.server("DHCP01").relationships["Far"].scopes) == [ONE, THREE]
    assert servers.server("DHCP02").scopes == {}
    assert TWO in servers.server("DHCP01").scopes


def test_a_new_scope_comes_straight_into_failover() -> None:
    servers = pair()
    result = reached(servers, {**HQ, "create_scopes": [NEW]})
    assert result["relationships"][0]["scopes"] == ["10.0.1.0", "10.0.2.0", "10.0.9.0"]
    assert {server: servers.server(server).scopes[scope].state for server in ("DHCP01", "DHCP02") for scope in
            servers.server(server).relationships["HQ"].scopes} == {"DHCP01": "Active", "DHCP02": "Active"}  # fmt: skip


@pytest.mark.parametrize("route", [{}, {"partner_host": "auto"}], ids=["second hop", "own connections"])
def test_more_than_one_request_can_have_is_sent_in_several(
    route: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    new = [
        {
            **NEW,
            "scope_id": f"10.0.{number}.0",
            "start_range": f"10.0.{number}.10",
            "end_range": f"10.0.{number}.99",
            "router": [f"10.0.{number}.1"],
        }
        for number in range(100, 112)
    ]
    entries = [{**HQ, "create_scopes": new[:6]}, {**FAR, "create_scopes": new[6:]}]
    whole = reached(pair(), *entries, **route)
    monkeypatch.setattr(calls, "MOST_BYTES", 3000)
    servers = pair()
    parts = reached(servers, *entries, **route)
    assert parts["remote_calls"] > whole["remote_calls"] + 1
    assert steps(parts) == steps(whole)
    assert interrupted.notes(servers) == []


@pytest.mark.parametrize("changes", [*itertools.product((False, True), repeat=3)], ids=str)
@pytest.mark.parametrize("route", [{}, {"partner_host": "auto"}], ids=["second hop", "own connections"])
def test_a_hub_changes_joins_and_takes_out_with_three_partners(
    changes: tuple[bool, bool, bool], route: dict[str, str]
) -> None:
    estate = hub(partners=3, relationships=6)
    wire = Wire(estate.lab, inventory=[name.lower() for name in estate.lab.servers])
    entries = [dict(entry) for entry in estate.declared["dhcp001"]]
    modifies, joins, takes_out = changes
    if modifies:
        entries[0]["load_balance_percent"] = 70
    if joins:
        entries[1]["scopes"] = [*entries[1]["scopes"], str(list(estate.lab.servers["DHCP001"].scopes)[-1])]
    if takes_out:
        entries[2]["scopes"] = entries[2]["scopes"][:1]
    options = {"relationships": entries, "purge_scopes": True, **DISABLE, "wait_timeout": 1, **route}
    done = perform(wire, WHOLE, options, "dhcp001", False)
    assert not done.get("failed"), done["msg"]
    assert [entry["outcome"] for entry in done["relationships"][:3]] == [
        "changed" if change else "ok" for change in changes
    ]
    wire.calls = 0
    again = perform(wire, WHOLE, options, "dhcp001", False)
    assert (again["changed"], wire.calls) == (False, 1)


def test_an_entry_that_waits_for_its_first_scope_is_no_error() -> None:
    servers = pair()
    result = servers.ok(WHOLE, relationships=[HQ, {"name": "Empty", "partner_server": THIRD}])
    assert [(entry["name"], entry["state"]) for entry in result["relationships"]] == [
        ("HQ", "Normal"),
        ("Empty", "Empty"),
    ]
    assert (result["changed"], outcomes(result)) == (False, {"HQ": "ok", "Empty": "ok"})


# --- purge ------------------------------------------------------------------------------------------------------------


def test_what_is_not_declared_is_told_and_left_alone() -> None:
    servers = pair()
    reached(servers, HQ, FAR)
    result = servers.ok(WHOLE, relationships=[{"name": "HQ", "scopes": ["10.0.1.0"]}])
    assert result["extra"] == {"relationships": ["Far"], "scopes": {"HQ": ["10.0.2.0"]}}
    assert servers.ok(WHOLE, relationships=[HQ], ignore=["Far"])["extra"]["relationships"] == []
    assert servers.ok(WHOLE, relationships=[{"name": "HQ"}, FAR])["extra"] == {"relationships": [], "scopes": {}}


def test_a_purge_ends_what_is_not_declared_and_nothing_to_ignore() -> None:
    servers = pair()
    reached(servers, HQ, FAR)
    purge = {**KEEP, "purge_scopes": True, "purge_relationships": True, "max_removals_percent": 100}
    result = reached(servers, {"name": "HQ", "scopes": ["10.0.1.0"]}, ignore=["Far"], **purge)
    assert outcomes(result) == {"HQ": "changed"}
    assert list(servers.server("DHCP01").relationships) == ["HQ", "Far"]
    result = reached(servers, {"name": "HQ", "scopes": ["10.0.1.0"]}, **purge)
    assert outcomes(result) == {"HQ": "ok", "Far": "changed"}
    assert list(servers.server("DHCP01").relationships) == ["HQ"]
    assert servers.server("DHCP03").scopes == {}


def test_an_entry_without_scopes_keeps_its_members_under_purge() -> None:
    servers = pair()
    result = servers.ok(WHOLE, relationships=[{"name": "HQ"}], purge_scopes=True, **KEEP)
    assert not result["changed"]


def test_the_limit_is_over_the_whole_plan() -> None:
    servers = pair()
    reached(servers, HQ, FAR)
    message = refused(servers, ignore=["Other"], purge_relationships=True, **KEEP)
    assert "3 of the 3 members of these relationships would be removed" in message


# --- bad input --------------------------------------------------------------------------------------------------------


def refused(servers: Pair, *entries: dict[str, Any], **options: Any) -> str:
    with servers.unchanged():
        result = servers.run(WHOLE, relationships=list(entries), **options)
    assert (result["failed"], result["changed"]) == (True, False)
    return str(result["msg"])


def test_all_that_is_wrong_in_the_list_is_told_at_once_and_nothing_is_read() -> None:
    servers = pair()
    message = refused(
        servers,
        HQ,
        {"name": "hq"},
        {"name": "Far", "partner_server": THIRD, "scopes": ["10.0.1.0"]},
        {"name": "Odd", "load_balance_percent": 130},
        {"name": "None", "scopes": []},
        purge_scopes=True,
    )
    assert servers.wire.calls == 0
    for words in (
        "'hq' is listed twice",
        "10.0.1.0 is listed in 'HQ' and in 'Far'",
        "'Odd': load_balance_percent: is 130",
        "the list for 'None' is empty",
    ):
        assert words in message
    assert message.endswith("Nothing was changed.")


@pytest.mark.parametrize(
    ("key", "near"), [("partner_serv", "partner_server is"), ("load_balance_percents", "load_balance_percent is")]
)
def test_an_option_that_there_is_not_is_named_with_the_nearest_one(key: str, near: str) -> None:
    servers = pair()
    assert refused(servers, {**HQ, key: "x"}) == (
        f"relationships: entry 'HQ' has '{key}', which is no option; {near}. Nothing was changed."
    )
    assert servers.wire.calls == 0


def test_a_name_is_a_text() -> None:
    servers = pair()
    told = "relationships[0].name: is true or false; a name is a text, write it in quotes. Nothing was changed."
    assert refused(servers, {**HQ, "name": False}) == told
    assert servers.wire.calls == 0


def test_an_empty_list_purges_nothing() -> None:
    """But it does where the data has relationships, all of which the partner declares."""
    servers = pair()
    every: dict[str, Any] = {"purge_relationships": True, "max_removals_percent": 100, **KEEP}
    assert refused(servers, **every).startswith("relationships: the list is empty, and with purge_relationships every")
    assert servers.wire.calls == 0
    servers.ok(WHOLE, relationships=[], ignore=["Other"], **every)
    assert not servers.server("DHCP01").relationships


def test_more_relationships_than_a_server_can_have() -> None:
    servers = pair()
    many = [{"name": f"R{number}", "partner_server": PARTNER} for number in range(32)]
    assert "32 are declared, and 31 is the most" in refused(servers, *many)
    assert servers.wire.calls == 0


def test_a_partner_that_is_the_server_itself() -> None:
    servers = pair()
    message = refused(servers, {"name": "Self", "partner_server": "dhcp01.contoso.example", "scopes": ["10.0.3.0"]})
    assert message.startswith("partner_server: 'dhcp01.contoso.example' is DHCP01 itself; name the other server.")


def test_a_scope_does_not_come_out_of_a_relationship_that_is_not_declared() -> None:
    servers = pair()
    message = refused(servers, {**FAR, "scopes": ["10.0.1.0"]}, **KEEP)
    assert "it comes from there where 'HQ' is in the list as well. If 'Far' is meant" in message


# --- one that fails ---------------------------------------------------------------------------------------------------


def test_what_is_independent_of_one_that_fails_is_done() -> None:
    servers = pair()
    servers.lab.fail_next("DHCP01", "Set-DhcpServerv4Failover", "DHCP 20127")
    wanted: dict[str, Any] = {"relationships": [{**HQ, "load_balance_percent": 70}, FAR], "wait_timeout": 1}
    result = servers.run(WHOLE, **wanted)
    assert (result["failed"], result["changed"]) == (True, True)
    assert result["msg"].startswith("'HQ': On dhcp01: ")
    assert outcomes(result) == {"HQ": "failed", "Far": "changed"}
    assert servers.server("DHCP03").relationships["Far"].scopes == [THREE]
    assert servers.server("DHCP01").relationships["HQ"].percentage == 50
    again = servers.ok(WHOLE, **wanted)
    assert outcomes(again) == {"HQ": "changed", "Far": "ok"}


@pytest.mark.parametrize("listed", ["renamed", "purged"])
def test_one_that_fails_is_told_under_the_name_that_it_has_in_the_list_or_on_the_server(listed: str) -> None:
    servers = pair()
    servers.ok(WHOLE, relationships=[HQ, FAR])
    entries = [FAR, {**HQ, "name": "Anew", "previous_name": "HQ"}] if listed == "renamed" else [FAR]
    servers.lab.fail_next("DHCP01", "Remove-DhcpServerv4FailoverScope", "DHCP 20127")
    servers.lab.fail_next("DHCP01", "Remove-DhcpServerv4Failover", "DHCP 20127")
    purges: dict[str, Any] = {"purge_relationships": True, "recreate": "when_needed", "max_removals_percent": 100}
    result = servers.run(WHOLE, relationships=entries, wait_timeout=1, **purges, **KEEP)
    assert result["msg"].startswith("'HQ': On dhcp01: ")
    assert outcomes(result) == {"Far": "ok", "Anew" if listed == "renamed" else "HQ": "failed"}


def test_a_partner_that_does_not_answer_takes_only_its_own_along() -> None:
    servers = pair()
    servers.server("DHCP03").reachable = False
    entries = [{**HQ, "load_balance_percent": 70}, FAR]
    checked = servers.run(WHOLE, relationships=entries, check_mode=True, wait_timeout=1)
    result = servers.run(WHOLE, relationships=entries, wait_timeout=1)
    for each in (checked, result):
        assert each["failed"]
        assert outcomes(each) == {"HQ": "changed", "Far": "failed"}
        assert each["msg"].startswith("'Far': On dhcp01 asking dhcp03.contoso.example: RPC is not answered")
    assert servers.server("DHCP01").relationships["HQ"].percentage == 70


@pytest.mark.parametrize("renamed", [True, False], ids=["renamed", "by its scopes"])
@pytest.mark.parametrize("route", [{}, {"partner_host": "auto"}], ids=["second hop", "own connection"])
def test_what_it_was_to_take_the_place_of_is_not_purged(route: dict[str, str], *, renamed: bool) -> None:
    servers = pair()
    servers.wire.inventory = ["dhcp01", "dhcp02", "dhcp03"]
    servers.server("DHCP03").reachable = False
    new = {"name": "New", "partner_server": FAR["partner_server"], "scopes": ["10.0.1.0", "10.0.2.0"]}
    wanted: dict[str, Any] = {
        "relationships": [{**new, "previous_name": "HQ"} if renamed else new],
        "purge_relationships": True,
        "recreate": "when_needed",
        "max_removals_percent": 100,
        "wait_timeout": 1,
        **KEEP,
        **route,
    }
    for check_mode in (True, False):
        with servers.unchanged():
            result = servers.run(WHOLE, check_mode=check_mode, **wanted)
        assert (result["failed"], result["changed"], outcomes(result)) == (True, False, {"New": "failed"})
    assert servers.server("DHCP02").scopes.keys() == {ONE, TWO}


def test_one_that_would_take_scopes_over_and_may_not_leaves_their_relationship_alone() -> None:
    servers = pair()
    servers.ok(WHOLE, relationships=[HQ, FAR])
    for name in ("DHCP01", "DHCP03"):
        servers.lab.set_state(name, "Far", "CommunicationInterrupted")
    wanted = {"name": "Far", "scopes": [*FAR["scopes"], "10.0.1.0", "10.0.2.0"]}
    with servers.unchanged():
        result = servers.run(WHOLE, relationships=[wanted], purge_relationships=True, wait_timeout=1, **KEEP)
    assert (result["failed"], outcomes(result)) == (True, {"Far": "failed"})
    assert servers.server("DHCP01").relationships.keys() == {"HQ", "Far"}


def test_one_whose_state_forbids_a_change_takes_none_along() -> None:
    servers = pair()
    servers.ok(WHOLE, relationships=[HQ, FAR])
    servers.server("DHCP03").reachable = False
    entries = [{**entry, "max_client_lead_time": 7200} for entry in (HQ, FAR)]
    checked = servers.run(WHOLE, relationships=entries, check_mode=True, wait_timeout=1)
    result = servers.run(WHOLE, relationships=entries, wait_timeout=1)
    for each in (checked, result):
        assert outcomes(each) == {"HQ": "changed", "Far": "failed"}
        assert each["msg"].startswith("'Far': relationship 'Far' on DHCP01 is in state CommunicationInterrupted: ")
        assert each["msg"].endswith("overrides. All that does not depend on it was done.")
    assert servers.server("DHCP01").relationships["HQ"].mclt.total_seconds() == 7200
    with servers.unchanged():
        assert servers.refused(WHOLE, relationships=entries[1:]).endswith("overrides. Nothing was changed.")


def test_what_hangs_together_with_it_is_left_to_the_next_run() -> None:
    """A scope was on its way from HQ to Far."""
    servers = pair()
    servers.lab.fail_next("DHCP01", "Add-DhcpServerv4Failover", "DHCP 20127")
    solo = {"name": "Solo", "partner_server": PARTNER, "scopes": ["10.0.3.0"]}
    entries = [{"name": "HQ", "scopes": ["10.0.2.0"]}, {**FAR, "scopes": ["10.0.1.0"]}, solo]
    wanted: dict[str, Any] = {
        "relationships": entries,
        "purge_scopes": True,
        "max_removals_percent": 100,
        "wait_timeout": 1,
        **KEEP,
    }
    result = servers.run(WHOLE, **wanted)
    assert outcomes(result) == {"HQ": "changed", "Far": "failed", "Solo": "changed"}, "HQ has lost it by then"
    assert servers.server("DHCP01").relationships["Solo"].scopes == [THREE]
    assert servers.server("DHCP01").scopes[ONE].state == "Active"
    assert outcomes(servers.ok(WHOLE, **wanted)) == {"HQ": "ok", "Far": "changed", "Solo": "ok"}
    assert servers.server("DHCP03").relationships["Far"].scopes == [ONE]
