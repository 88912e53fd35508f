# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What could be known before the first write is told before it, in check mode too, and what it costs to know it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest
from lab.core.server import DhcpClass, OptionDefinition, OptionKey, Policy, Relationship, Scope
from pairs import ONE, RELATIONSHIP, SCOPE, THREE, TWO, Pair, pair

PARTNER = "dhcp02.contoso.example"
HERE = "access is denied on dhcp01 itself"
HOP = f"access is denied at the partner {PARTNER}: the logon on dhcp01 does not go on to a second server (double hop)"
RIGHTS = f"access is denied at the partner {PARTNER}: the account has no DHCP rights there"
EITHER = (
    f"access is denied at the partner {PARTNER}: either the logon on dhcp01 does not go on to a second server "
    "(double hop), or the account"
)

# --- whole tasks: refused in check mode and in earnest, with the same words ------------------------------------------

TASKS: dict[str, tuple[str, dict[str, Any]]] = {
    "create": (RELATIONSHIP, {"name": "New", "partner_server": PARTNER, "scopes": ["10.0.3.0"]}),
    "add": (SCOPE, {"relationship": "HQ", "scopes": ["10.0.3.0"]}),
    "modify": (RELATIONSHIP, {"name": "HQ", "load_balance_percent": 70}),
    "take out": (
        SCOPE,
        {
            "relationship": "HQ",
            "scopes": ["10.0.1.0"],
            "state": "absent",
            "keep_scopes_on": "this_server",
            "other_copy": "delete",
        },
    ),
    "re-create": (
        RELATIONSHIP,
        {
            "name": "Renamed",
            "previous_name": "HQ",
            "recreate": "when_needed",
            "partner_server": PARTNER,
            "scopes": ["10.0.1.0", "10.0.2.0"],
            "keep_scopes_on": "this_server",
            "other_copy": "delete",
        },
    ),
    "replicate": ("dhcp_failover_replicate", {"relationship": "HQ", "force": True}),
}
KEEP = {"keep_scopes_on": "this_server", "other_copy": "delete"}
NEW_SCOPE = {
    "scope_id": "10.0.9.0",
    "start_range": "10.0.9.10",
    "end_range": "10.0.9.90",
    "subnet_mask": "255.255.255.0",
    "name": "N",
}
OTHER = "dhcp03.contoso.example"
MORE_TASKS: dict[str, tuple[str, dict[str, Any]]] = {
    "replace a copy": (SCOPE, {"relationship": "HQ", "scopes": ["10.0.3.0"], "replace_partner_copy": "inactive_only"}),
    "complete a half": (RELATIONSHIP, {"name": "HQ", "scopes": ["10.0.1.0", "10.0.2.0", "10.0.3.0"]}),
    "create scopes": (SCOPE, {"relationship": "HQ", "create_scopes": [NEW_SCOPE]}),
    "move": (
        SCOPE,
        {
            "relationship": "New",
            "scopes": ["10.0.1.0"],
            "move": True,
            "create_relationship": {"partner_server": PARTNER},
            **KEEP,
        },
    ),
    "move to another": (
        SCOPE,
        {
            "relationship": "New",
            "scopes": ["10.0.1.0"],
            "move": True,
            "create_relationship": {"partner_server": OTHER},
            **KEEP,
        },
    ),
    "re-create with another": (
        RELATIONSHIP,
        {"name": "HQ", "recreate": "when_needed", "partner_server": OTHER, "scopes": ["10.0.1.0", "10.0.2.0"], **KEEP},
    ),
}


def left_over(**switches: Any) -> Pair:
    """An inactive copy of the third scope is on the partner."""
    servers = pair(**switches)
    servers.server("DHCP02").scopes[THREE] = replace(
        deepcopy(servers.server("DHCP01").scopes[THREE]), state="InActive", leases={}
    )
    return servers


def half_made(**switches: Any) -> Pair:
    """The partner knows nothing of the relationship."""
    servers = pair(**switches)
    there = servers.server("DHCP02")
    del there.relationships["HQ"], there.scopes[TWO], there.scopes[ONE]
    return servers


SCENES = {"replace a copy": left_over, "complete a half": half_made}
ROUTES = pytest.mark.parametrize("route", [{}, {"partner_host": "dhcp02"}], ids=["second hop", "own connection"])


def accounts(servers: Pair, server: str, **changes: Any) -> None:
    found = servers.server(server)
    found.credentials = tuple(replace(one, **changes) for one in found.credentials)


@ROUTES
@pytest.mark.parametrize("task", TASKS)
def test_a_denied_hop_is_named_before_a_write(task: str, route: dict[str, str]) -> None:
    module, options = TASKS[task]
    for answer, message in ((False, HOP), (True, EITHER)):
        servers = pair(version_without_hop=answer)
        accounts(servers, "DHCP01", delegated=False)
        assert message in servers.refused(module, **options, **route, wait_timeout=1)


@pytest.mark.parametrize("task", TASKS)
def test_missing_rights_at_the_partner_are_named_before_a_write(task: str) -> None:
    module, options = TASKS[task]
    for answer, said in (("WIN32 5", EITHER), ("DHCP 20121", RIGHTS)):
        servers = pair(partner_not_admin_error=answer)
        accounts(servers, "DHCP02", admin=False)
        message = servers.refused(module, **options, wait_timeout=1)
        assert said in message
        assert "othing was changed." in message
        accounts(servers, "DHCP01", admin=False)
        assert HERE in servers.refused(module, **options, wait_timeout=1)


def test_info_has_the_same_words_for_a_problem() -> None:
    servers = pair(partner_not_admin_error="DHCP 20121")
    accounts(servers, "DHCP02", admin=False)
    assert RIGHTS in problem(servers)
    accounts(servers, "DHCP01", delegated=False)
    assert HOP in problem(servers)


def problem(servers: Pair) -> str:
    return str(servers.ok("dhcp_failover_info", gather=["drift"])["relationships"][0]["drift"]["problem"])


def test_a_denied_partner_is_not_down() -> None:
    servers = pair(version_without_hop=True)
    servers.lab.set_state("DHCP01", "HQ", "CommunicationInterrupted")
    accounts(servers, "DHCP02", admin=False)
    assert (
        "answers DHCP01 at dhcp02.contoso.example, so it is not down, although it says: On dhcp01 asking"
        in servers.refused("dhcp_failover_partner_down", name="HQ")
    )
    orphan = servers.remove(ONE, keep_scopes_on="this_server", other_copy="disable", orphan="remove_here")
    assert "answers DHCP01 at dhcp02.contoso.example, so it is not gone" in servers.refused(SCOPE, **orphan)


# --- what the partner has already ------------------------------------------------------------------------------------


def test_what_the_partner_has_is_seen_over_the_hop() -> None:
    servers = pair()
    there = servers.server("DHCP02")
    there.scopes[THREE] = replace(servers.server("DHCP01").scopes[THREE], name="Theirs", leases={})
    message = servers.refused(SCOPE, relationship="HQ", scopes=["10.0.3.0"])
    assert message.startswith("scopes: 10.0.3.0 exists on dhcp02.contoso.example already (name: Theirs on")
    del there.scopes[THREE]
    other = replace(servers.server("DHCP01").scopes[THREE], scope_id=THREE + 64, leases={})
    there.scopes[THREE + 64] = replace(other, start_range=THREE + 99, end_range=THREE + 120)
    message = servers.refused(SCOPE, relationship="HQ", scopes=["10.0.3.0"])
    assert (
        "10.0.3.0 (10.0.3.10 to 10.0.3.99) overlaps scope 10.0.3.64 of dhcp02.contoso.example (10.0.3.99 to "
        "10.0.3.120)" in message
    )
    del there.scopes[THREE + 64]
    standing = there.relationships["HQ"]
    for number in range(30):
        there.relationships[f"R{number}"] = replace(
            standing, name=f"R{number}", peer="DHCP03", scopes=[], state="Recover"
        )
    new = {"name": "New", "partner_server": PARTNER, "scopes": ["10.0.3.0"]}
    assert "has 31 relationships already, the most a server can have" in servers.refused(RELATIONSHIP, **new)
    del there.relationships["R0"]
    assert "has a relationship 'R1', and DHCP01 has not" in servers.refused(RELATIONSHIP, **{**new, "name": "R1"})
    assert servers.ok(RELATIONSHIP, **new, wait_timeout=1)["changed"]


JOINING = (
    "create",
    "add",
    "re-create",
    "replace a copy",
    "complete a half",
    "move",
    "move to another",
    "re-create with another",
)


def joining(task: str, route: str, **switches: Any) -> tuple[Pair, str, str, dict[str, Any]]:
    """The servers of a task that brings scopes to a partner, the partner, and what to run."""
    module, options = {**TASKS, **MORE_TASKS}[task]
    partner = "DHCP03" if "another" in task else "DHCP02"
    own = {"partner_host": partner.lower()} if route == "own connection" else {}
    return SCENES.get(task, pair)(**switches), partner, module, {**options, **own, "wait_timeout": 1}


def by_option(here: Any, there: Any, scope: Scope) -> str:
    here.option_definitions[OptionKey(200)] = OptionDefinition("Phones", "String")
    scope.options[OptionKey(200)] = ("x",)
    return "definition of option 200"


def by_type(here: Any, there: Any, scope: Scope) -> str:
    there.option_definitions[OptionKey(200)] = OptionDefinition("Phones", "Byte")
    return f"{by_option(here, there, scope)} as String (it has Byte)"


def by_policy(here: Any, there: Any, scope: Scope) -> str:
    here.classes["Phones"] = DhcpClass("Phones", "Vendor", "phone")
    scope.policies["Phones"] = Policy("Phones", criteria={"VendorClass": ("EQ", "Phones")})
    return "vendor class 'Phones'"


@pytest.mark.parametrize("route", ["second hop", "own connection"])
@pytest.mark.parametrize("task", JOINING)
@pytest.mark.parametrize("uses", [by_option, by_type, by_policy])
@pytest.mark.parametrize("switches", [{}, {"add_checks_class": False}, {"missing_class_leaves_copy": True}], ids=str)
def test_what_scopes_use_has_to_be_on_the_partner(
    switches: dict[str, bool], uses: Callable[[Any, Any, Scope], str], task: str, route: str
) -> None:
    servers, partner, module, options = joining(task, route, **switches)
    here, there = servers.server("DHCP01"), servers.server(partner)
    coming = here.scopes[THREE if "10.0.3.0" in options["scopes"] else ONE]
    lacking = uses(here, there, coming)
    message = servers.refused(module, **options, allow_content_loss=True)
    assert message.endswith(
        f" lacks what the scopes use, and Windows does not replicate it: {lacking}. Create it there "
        "first, or make equal what it has otherwise. Nothing was changed."
    )
    assert message.lower().startswith(partner.lower())
    there.option_definitions, there.classes = deepcopy(here.option_definitions), deepcopy(here.classes)
    assert servers.ok(module, **options, allow_content_loss=True)["changed"]


@pytest.mark.parametrize("route", ["second hop", "own connection"])
@pytest.mark.parametrize("task", ["create", "re-create", "move", "move to another", "re-create with another"])
def test_a_name_is_taken_in_any_case_and_whatever_the_state(task: str, route: str) -> None:
    servers, partner, module, options = joining(task, route)
    there = servers.server(partner)
    name = options.get("relationship") or options["name"]
    option = "relationship" if module == SCOPE else "name"
    third = "DHCP02" if partner == "DHCP03" else "DHCP03"
    alike = replace(
        servers.server("DHCP01").relationships["HQ"], partner_server=third, primary=third, peer=third, scopes=[]
    )
    for taken in (name.upper(), name.lower(), name):
        standing = dict(there.relationships)
        if taken in standing:
            continue
        there.relationships[taken] = replace(alike, name=taken, state="PotentialConflict")
        message = servers.refused(module, **options)
        assert message.startswith(
            f"{option}: {partner if route == 'own connection' else options_partner(options)} has a relationship "
            f"'{taken}'"
        )
        assert ("in upper and lower case only" in message) is (taken != name)
        there.relationships = standing
    assert servers.ok(module, **options)["changed"]


def options_partner(options: Mapping[str, Any]) -> str:
    return str(options.get("partner_server") or options["create_relationship"]["partner_server"])


@ROUTES
def test_what_is_removed_makes_room(route: dict[str, str]) -> None:
    servers = pair()
    there = servers.server("DHCP02")
    third = replace(there.relationships["HQ"], partner_server="DHCP03", primary="DHCP03", peer="DHCP03", scopes=[])
    there.relationships.update({f"R{number}": replace(third, name=f"R{number}") for number in range(30)})
    module, options = TASKS["re-create"]
    assert servers.ok(module, **options, **route, wait_timeout=1)["changed"]
    there.relationships["R30"] = replace(third, name="R30")
    again = {**options, "name": "HQ", "previous_name": "Renamed"}
    assert "has 31 relationships already" in servers.refused(module, **again, **route, wait_timeout=1)


@ROUTES
def test_a_partner_that_is_older_than_failover_is_named(route: dict[str, str]) -> None:
    for task in ("create", "create scopes"):
        servers = pair()
        servers.server("DHCP02").os = "6.1.7601"
        module, options = {**TASKS, **MORE_TASKS}[task]
        message = servers.refused(module, **options, **route, wait_timeout=1)
        assert "the partner does not support failover (DHCP 20118: its version is 6.1)." in message
        assert message.endswith("Nothing was changed.")


def test_running_again_is_no_cure_for_what_has_to_be_mended() -> None:
    for error, message in (
        ("DHCP 20127", ". Running again completes it."),
        ("DHCP 20112", ". Once that is mended, running again completes it."),
    ):
        servers = pair()
        servers.lab.fail_next("DHCP01", "Add-DhcpServerv4Failover", error)
        module, options = TASKS["re-create"]
        result = servers.run(module, **options, wait_timeout=1)
        assert (result["failed"], result["changed"]) == (True, True)
        assert result["msg"].endswith(message)


def test_what_another_run_may_have_done_is_planned_for_anew() -> None:
    """Once: the same error again is one that has to be mended."""
    module, options = TASKS["re-create"]
    for times in (1, 2):
        servers = pair()
        for _time in range(times):
            servers.lab.fail_next("DHCP01", "Add-DhcpServerv4Failover", "DHCP 20114")
        result = servers.run(module, **options, wait_timeout=60)
        assert result["changed"]
        if times == 1:
            assert "failed" not in result
            assert [step["step"].split(" (")[0] for step in result["plan"]][-1].startswith("create relationship")
            assert servers.server("DHCP02").relationships["Renamed"].scopes
        else:
            assert result["msg"].endswith(". Once that is mended, running again completes it.")


def test_what_is_half_made_is_seen_over_the_hop() -> None:
    servers = pair()
    del servers.server("DHCP02").relationships["HQ"]
    del servers.server("DHCP02").scopes[TWO], servers.server("DHCP02").scopes[ONE]
    added: dict[str, Any] = {"name": "HQ", "scopes": ["10.0.1.0", "10.0.2.0", "10.0.3.0"], "wait_timeout": 1}
    ahead = servers.run(RELATIONSHIP, check_mode=True, **added)
    result = servers.ok(RELATIONSHIP, **added)
    assert ahead["plan"] == result["plan"]
    assert [step["step"].split(" '")[0] for step in result["plan"]] == [
        "take out of relationship",
        "remove the relationship",
        "create relationship",
    ]
    halves: list[Relationship] = [servers.server(name).relationships["HQ"] for name in ("DHCP01", "DHCP02")]
    assert [sorted(half.scopes) for half in halves] == [[ONE, TWO, THREE]] * 2


def test_another_run_at_the_same_partner_is_no_change_of_ours() -> None:
    """What joins is refused by Windows where it is there meanwhile, so a partner of many servers may be written to by
    all of them."""
    servers = pair()
    busy = servers.wire.execute
    found: list[Scope] = list(servers.server("DHCP01").scopes.values())

    def meanwhile(server: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        if '"calls"' in arguments["request"]:
            servers.server("DHCP02").scopes[ONE.__class__("10.9.9.0")] = replace(
                found[0], scope_id=ONE.__class__("10.9.9.0")
            )
        return busy(server, arguments)

    servers.wire.execute = meanwhile  # type: ignore[method-assign]
    result = servers.run(SCOPE, relationship="HQ", scopes=["10.0.3.0"], wait_timeout=1)
    assert result["changed"]
    assert "failed" not in result


# --- what it costs ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("task", "hop", "own"),
    [
        ("create", (2, 3), (3, 5)),
        ("add", (2, 3), (3, 5)),
        ("modify", (2, 2), (3, 4)),
        ("take out", (2, 4), (4, 9)),
        ("re-create", (2, 4), (5, 10)),
        ("replicate", (2, 3), (4, 5)),
        ("replace a copy", (3, 4), (5, 9)),
        ("complete a half", (4, 5), (6, 10)),
        ("move", (3, 5), (6, 11)),
        ("create scopes", (2, 3), (3, 7)),
    ],
)
def test_remote_commands_in_check_mode_and_in_earnest(task: str, hop: tuple[int, int], own: tuple[int, int]) -> None:
    module, options = {**TASKS, **MORE_TASKS}[task]
    for route, expected in (({}, hop), ({"partner_host": "dhcp02"}, own)):
        servers = SCENES.get(task, pair)()
        calls = [
            servers.ok(module, check_mode=check, wait_timeout=1, **options, **route)["remote_calls"]
            for check in (True, False)
        ]
        assert tuple(calls) == expected, route


@pytest.mark.parametrize(
    ("task", "hop", "own"), [("move to another", (3, 5), (5, 9)), ("re-create with another", (3, 5), (5, 9))]
)
def test_another_partner_takes_a_command_more(task: str, hop: tuple[int, int], own: tuple[int, int]) -> None:
    module, options = {**TASKS, **MORE_TASKS}[task]
    for route, expected in (({}, hop), ({"partner_host": "dhcp03"}, own)):
        servers = pair()
        calls = [
            servers.run(module, check_mode=check, wait_timeout=1, **options, **route)["remote_calls"]
            for check in (True, False)
        ]
        assert tuple(calls) == expected, route
