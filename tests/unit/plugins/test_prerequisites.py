# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What could be known before the first write is told before it, in check mode too, and what it costs to know it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils import logon, prerequisites
from ansible_collections.windhcp.failover.plugins.plugin_utils.errors import RemoteError
from ansible_collections.windhcp.failover.plugins.plugin_utils.reply import Failure, Place, Result
from lab.core.server import Relationship, Scope
from pairs import ONE, RELATIONSHIP, SCOPE, THREE, TWO, Pair, pair

PARTNER = "dhcp02.contoso.example"
HERE = "access is denied on dhcp01 itself"
HOP = f"access is denied at the partner {PARTNER}: the logon on dhcp01 does not go on to a second server (double hop)"
RIGHTS = f"access is denied at the partner {PARTNER}: the account has no DHCP rights there"
EITHER = (
    f"access is denied at the partner {PARTNER}: either the logon on dhcp01 does not go on to a second server (double hop), or the account"
)
BUSY = "RPC is not answered"

# --- what the answers mean ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("version", "failover", "scopes", "goes_on", "said", "answered"),
    [
        ("WIN32 5", "WIN32 5", "WIN32 5", False, HOP, True),
        ("WIN32 5", "WIN32 5", "WIN32 5", True, HOP, True),
        ("", "WIN32 5", "WIN32 5", False, EITHER, True),
        ("", "WIN32 5", "WIN32 5", True, RIGHTS, True),
        ("", "DHCP 20121", "DHCP 20121", False, RIGHTS, True),
        ("", "DHCP 20115", "WIN32 5", True, RIGHTS, True),
        ("", "WIN32 259", "", False, "", True),
        ("", "", "", False, "", True),
        ("WIN32 1722", "WIN32 1722", "WIN32 1722", False, BUSY, False),
        ("WIN32 1753", "WIN32 1753", "WIN32 1753", False, "The DHCP Server service there is stopped", False),
        ("DHCP 20124", "", "", False, "the partner's name does not resolve", False),
        ("", "WIN32 1722", "WIN32 1722", False, BUSY, True),
    ],
)
def test_three_refusals_have_three_meanings(version: str, failover: str, scopes: str, goes_on: bool, said: str, answered: bool) -> None:
    reads = prerequisites.reads(PARTNER)
    answers = [
        Result(read["id"], Place("dhcp01", "Get-X"), errors=(Failure(f"{found},Get-X", "No."),) if found else ())
        for read, found in zip(reads, (version, failover, scopes), strict=True)
    ]
    if not said:
        prerequisites.check(answers, "dhcp01", PARTNER, goes_on)
        return
    with pytest.raises(RemoteError) as refused:
        prerequisites.check(answers, "dhcp01", PARTNER, goes_on)
    assert said in str(refused.value)
    assert str(refused.value).startswith(f"On dhcp01 asking {PARTNER}: ")
    assert refused.value.answered is answered


def become(name: str, password: str | None) -> Any:
    return SimpleNamespace(name=name, get_option={"become_pass": password}.get)


@pytest.mark.parametrize(
    ("connection", "known"),
    [
        ({"become": become("runas", "p"), "transport": "ssh"}, True),
        ({"become": become("runas", None), "transport": "winrm", "_winrm_transport": ["credssp"]}, False),
        ({"transport": "winrm", "_winrm_transport": ["ssl"]}, True),
        ({"transport": "winrm", "_winrm_transport": ["credssp"]}, True),
        ({"transport": "winrm", "_winrm_transport": ["ntlm"]}, False),
        ({"transport": "winrm", "_winrm_transport": ["kerberos", "basic"]}, False),
        ({"transport": "winrm", "_winrm_transport": None}, False),
        ({"transport": "psrp", "get_option": {"auth": "credssp"}.get}, True),
        ({"transport": "psrp", "get_option": {"auth": "negotiate"}.get}, False),
        ({"transport": "ssh"}, False),
    ],
)
def test_a_logon_that_holds_its_password_goes_on(connection: Mapping[str, Any], known: bool) -> None:
    assert logon.goes_on(SimpleNamespace(**{"become": None, **connection})) is known


# --- whole tasks: refused in check mode and in earnest, with the same words ------------------------------------------------

TASKS: dict[str, tuple[str, dict[str, Any]]] = {
    "create": (RELATIONSHIP, {"name": "New", "partner_server": PARTNER, "scopes": ["10.0.3.0"]}),
    "add": (SCOPE, {"relationship": "HQ", "scopes": ["10.0.3.0"]}),
    "modify": (RELATIONSHIP, {"name": "HQ", "load_balance_percent": 70}),
    "take out": (
        SCOPE,
        {"relationship": "HQ", "scopes": ["10.0.1.0"], "state": "absent", "keep_scopes_on": "this_server", "other_copy": "delete"},
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
ROUTES = pytest.mark.parametrize("route", [{}, {"partner_host": "dhcp02"}], ids=["second hop", "own connection"])


def accounts(two: Pair, server: str, **changes: Any) -> None:
    found = two.server(server)
    found.credentials = tuple(replace(one, **changes) for one in found.credentials)


@ROUTES
@pytest.mark.parametrize("task", TASKS)
def test_a_denied_hop_is_named_before_a_write(task: str, route: dict[str, str]) -> None:
    module, options = TASKS[task]
    for answer, said in ((False, HOP), (True, EITHER)):
        two = pair(version_without_hop=answer)
        accounts(two, "DHCP01", delegated=False)
        assert said in two.refused(module, **options, **route, wait_timeout=1)


@pytest.mark.parametrize("task", TASKS)
def test_missing_rights_at_the_partner_are_named_before_a_write(task: str) -> None:
    module, options = TASKS[task]
    for answer, said in (("WIN32 5", EITHER), ("DHCP 20121", RIGHTS)):
        two = pair(partner_not_admin_error=answer)
        accounts(two, "DHCP02", admin=False)
        message = two.refused(module, **options, wait_timeout=1)
        assert said in message
        assert "othing was changed." in message
        accounts(two, "DHCP01", admin=False)
        assert HERE in two.refused(module, **options, wait_timeout=1)


def test_info_has_the_same_words_for_a_problem() -> None:
    two = pair(partner_not_admin_error="DHCP 20121")
    accounts(two, "DHCP02", admin=False)
    assert RIGHTS in problem(two)
    accounts(two, "DHCP01", delegated=False)
    assert HOP in problem(two)


def problem(two: Pair) -> str:
    return str(two.ok("dhcp_failover_info", gather=["drift"])["relationships"][0]["drift"]["problem"])


def test_a_denied_partner_is_not_down() -> None:
    two = pair(version_without_hop=True)
    two.lab.set_state("DHCP01", "HQ", "CommunicationInterrupted")
    accounts(two, "DHCP02", admin=False)
    assert "answers DHCP01, so it is not down, although it says: On dhcp01 asking" in two.refused("dhcp_failover_partner_down", name="HQ")
    orphan = two.remove(ONE, keep_scopes_on="this_server", other_copy="disable", orphan="remove_here")
    assert "answers DHCP01, so it is not gone" in two.refused(SCOPE, **orphan)


# --- what the partner has already ------------------------------------------------------------------------------------------


def test_what_the_partner_has_is_seen_over_the_hop() -> None:
    two = pair()
    there = two.server("DHCP02")
    there.scopes[THREE] = replace(two.server("DHCP01").scopes[THREE], name="Theirs", leases={})
    message = two.refused(SCOPE, relationship="HQ", scopes=["10.0.3.0"])
    assert message.startswith("scopes: 10.0.3.0 exists on dhcp02.contoso.example already (name: Theirs on")
    del there.scopes[THREE]
    other = replace(two.server("DHCP01").scopes[THREE], scope_id=THREE + 64, leases={})
    there.scopes[THREE + 64] = replace(other, start_range=THREE + 99, end_range=THREE + 120)
    message = two.refused(SCOPE, relationship="HQ", scopes=["10.0.3.0"])
    assert "10.0.3.0 (10.0.3.10 to 10.0.3.99) overlaps scope 10.0.3.64 of dhcp02.contoso.example (10.0.3.99 to 10.0.3.120)" in message
    del there.scopes[THREE + 64]
    standing = there.relationships["HQ"]
    for number in range(30):
        there.relationships[f"R{number}"] = replace(standing, name=f"R{number}", peer="DHCP03", scopes=[], state="Recover")
    new = {"name": "New", "partner_server": PARTNER, "scopes": ["10.0.3.0"]}
    assert "has 31 relationships already, the most a server can have" in two.refused(RELATIONSHIP, **new)
    del there.relationships["R0"]
    assert "has a relationship 'R1', and DHCP01 has not" in two.refused(RELATIONSHIP, **{**new, "name": "R1"})
    assert two.ok(RELATIONSHIP, **new, wait_timeout=1)["changed"]


def test_what_is_half_made_is_seen_over_the_hop() -> None:
    two = pair()
    del two.server("DHCP02").relationships["HQ"]
    del two.server("DHCP02").scopes[TWO], two.server("DHCP02").scopes[ONE]
    added = {"name": "HQ", "scopes": ["10.0.1.0", "10.0.2.0", "10.0.3.0"], "wait_timeout": 1}
    ahead = two.run(RELATIONSHIP, check_mode=True, **added)
    result = two.ok(RELATIONSHIP, **added)
    assert ahead["plan"] == result["plan"]
    assert [step["step"].split(" '")[0] for step in result["plan"]] == [
        "take out of relationship",
        "remove the relationship",
        "create relationship",
    ]
    halves: list[Relationship] = [two.server(name).relationships["HQ"] for name in ("DHCP01", "DHCP02")]
    assert [sorted(half.scopes) for half in halves] == [[ONE, TWO, THREE]] * 2


def test_another_run_at_the_same_partner_is_no_change_of_ours() -> None:
    """What joins is refused by Windows where it is there meanwhile, so a partner of many servers may be written to by all of them."""
    two = pair()
    busy = two.wire.execute
    found: list[Scope] = list(two.server("DHCP01").scopes.values())

    def meanwhile(server: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        if '"calls"' in arguments["request"]:
            two.server("DHCP02").scopes[ONE.__class__("10.9.9.0")] = replace(found[0], scope_id=ONE.__class__("10.9.9.0"))
        return busy(server, arguments)

    two.wire.execute = meanwhile  # type: ignore[method-assign]
    assert two.ok(SCOPE, relationship="HQ", scopes=["10.0.3.0"], wait_timeout=1)["changed"]


# --- what it costs ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("task", "hop", "own"),
    [
        ("create", (2, 3), (3, 4)),
        ("add", (2, 3), (3, 4)),
        ("modify", (2, 2), (3, 4)),
        ("take out", (2, 3), (4, 7)),
        ("re-create", (2, 3), (4, 7)),
        ("replicate", (2, 3), (4, 5)),
    ],
)
def test_remote_commands_in_check_mode_and_in_earnest(task: str, hop: tuple[int, int], own: tuple[int, int]) -> None:
    module, options = TASKS[task]
    for route, expected in (({}, hop), ({"partner_host": "dhcp02"}, own)):
        two = pair()
        calls = [two.run(module, check_mode=check, wait_timeout=1, **options, **route)["remote_calls"] for check in (True, False)]
        assert tuple(calls) == expected, route
