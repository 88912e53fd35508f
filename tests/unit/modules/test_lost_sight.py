# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A partner that falls silent in the middle of a task, or to which a cmdlet did not carry what it said: what is not
seen is not taken for done, or for undone."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.errors import Heard, Unreachable
from interrupted import KEEP, a_person, meanwhile, notes
from pairs import ONE, TWO, Pair, pair

WHOLE, RELATIONSHIP, SCOPE = "dhcp_failover", "dhcp_failover_relationship", "dhcp_failover_scope"
ROUTES = pytest.mark.parametrize("route", [{}, {"partner_host": "dhcp02"}], ids=["second hop", "own connection"])
Then = Callable[[Pair], None]


def cut(servers: Pair) -> None:
    servers.lab.cut_link("DHCP01", "DHCP02")


def after(servers: Pair, cmdlet: str, then: Then, *, of: str = "", here_alone: bool = False) -> None:
    """What happens as soon as the cmdlet has run once, for the relationship `of`, if given; with `here_alone` the
    partner is by then as it was before."""
    lab, plain = servers.lab, type(servers.lab)._perform
    left = [cmdlet]

    def perform(session: Any, function: Any, *given: Any) -> Any:
        meant = function.name in left and (not of or given[0].get("Name") == of)
        there = copy.deepcopy(lab.servers["DHCP02"]) if meant else None
        outcome = plain(lab, session, function, *given)
        if there is not None:
            left.clear()
            if here_alone:
                lab.servers["DHCP02"].relationships, lab.servers["DHCP02"].scopes = there.relationships, there.scopes
            then(servers)
        return outcome

    setattr(lab, "_perform", perform)  # noqa: B010 # of another type


def nothing(_servers: Pair) -> None:
    """The partner alone is otherwise."""


@pytest.mark.parametrize("other_copy", ["delete", "disable"])
def test_a_claim_that_cannot_be_undone_is_told_and_noted(other_copy: str) -> None:
    servers = pair(ONE, TWO)
    after(servers, "Set-DhcpServerv4Scope", cut)
    removal = servers.remove(ONE, keep_scopes_on="this_server", other_copy=other_copy, max_removals_percent=100)
    result = servers.run(SCOPE, **removal)
    assert (result["failed"], result["changed"]) == (True, True)
    assert "deactivate 10.0.1.0 on dhcp02.contoso.example" in result["msg"]
    (note,) = notes(servers)
    assert note is not None
    assert note.claimed.keys() == {ONE}
    servers.lab.mend_link("DHCP01", "DHCP02")
    assert servers.ok(SCOPE, relationship="HQ", scopes=["10.0.1.0"], wait_timeout=1)["changed"]
    assert servers.server("DHCP02").scopes[ONE].state == "Active"


def test_a_removal_whose_loser_was_not_seen_is_no_success() -> None:
    servers = pair(ONE, TWO)
    after(servers, "Remove-DhcpServerv4FailoverScope", cut, here_alone=True)
    result = servers.run(SCOPE, **servers.remove(TWO, **KEEP, wait_for_normal=False))
    assert (result["failed"], result["changed"]) == (True, True)
    assert result["msg"].startswith("Everything was written, and could not be looked at again: On dhcp01 asking dhcp02")
    assert notes(servers)
    servers.lab.mend_link("DHCP01", "DHCP02")
    servers.ok(SCOPE, **servers.remove(TWO, **KEEP))
    assert TWO not in servers.server("DHCP02").scopes


@pytest.mark.parametrize(
    ("cmdlet", "module", "options"),
    [
        ("Remove-DhcpServerv4Failover", RELATIONSHIP, {"name": "HQ", "state": "absent", **KEEP}),
        ("Add-DhcpServerv4FailoverScope", SCOPE, {"relationship": "HQ", "scopes": ["10.0.1.0", "10.0.2.0"]}),
    ],
)
def test_what_was_written_is_not_told_as_if_nothing_were(cmdlet: str, module: str, options: dict[str, Any]) -> None:
    servers = pair(ONE)
    after(servers, cmdlet, cut)
    result = servers.run(module, wait_for_normal=False, wait_timeout=1, **options)
    assert (result["failed"], result["changed"]) == (True, True)
    assert result["msg"].startswith("Everything was written, and could not be looked at again: ")
    assert "othing was changed" not in result["msg"]


def test_what_was_taken_back_is_not_told_as_written() -> None:
    servers = pair(ONE, TWO)
    meanwhile(servers, {3: a_person})
    result = servers.run(SCOPE, **{**servers.remove(TWO, **KEEP), "wait_timeout": 0})
    assert (result["failed"], result["changed"]) == (True, False)
    assert result["msg"].endswith("All that was written was taken back. Run again.")
    assert "Written before" not in result["msg"]


@ROUTES
@pytest.mark.parametrize("order", [1, -1])
def test_each_of_two_relationships_with_one_partner_is_looked_at_there(route: dict[str, str], order: int) -> None:
    servers = pair(ONE)
    other = {"name": "Other", "partner_server": "dhcp02.contoso.example", "scopes": ["10.0.3.0"]}
    servers.ok(RELATIONSHIP, **other)
    after(servers, "Add-DhcpServerv4FailoverScope", nothing, of="HQ", here_alone=True)
    entries = [{"name": "HQ", "scopes": ["10.0.1.0", "10.0.2.0"]}, {**other, "load_balance_percent": 70}][::order]
    wanted: dict[str, Any] = {"relationships": entries, "wait_timeout": 1, **route}
    result = servers.run(WHOLE, **wanted)
    assert (result["failed"], result["changed"]) == (True, True)
    assert "still needs: take out of relationship 'HQ' on DHCP01 alone: 10.0.2.0" in result["msg"]
    servers.ok(WHOLE, **wanted)
    assert servers.server("DHCP02").relationships["HQ"].scopes == [ONE, TWO]


@pytest.mark.parametrize("route", ["dhcp02", "auto"])
@pytest.mark.parametrize("order", [1, -1])
def test_a_setting_that_did_not_travel_is_found(route: str, order: int) -> None:
    servers = pair(ONE)
    servers.ok(RELATIONSHIP, name="Other", partner_server="dhcp02.contoso.example", scopes=["10.0.3.0"])
    servers.wire.inventory = ["dhcp01", "dhcp02"]
    after(servers, "Set-DhcpServerv4Failover", nothing, of="HQ", here_alone=True)
    entries: list[dict[str, Any]] = [{"name": "HQ", "max_client_lead_time": "2:00:00"}, {"name": "Other"}][::order]
    wanted: dict[str, Any] = {"relationships": entries, "wait_timeout": 1, "partner_host": route}
    result = servers.run(WHOLE, **wanted)
    assert "its partner DHCP02 does not show of 'HQ': max_client_lead_time 7200 (it shows 3600)" in result["msg"]
    (step,) = servers.ok(WHOLE, **wanted)["plan"]
    assert step["step"].endswith("max_client_lead_time 02:00:00 sent anew")
    assert servers.server("DHCP02").relationships["HQ"].mclt == timedelta(hours=2)
    assert not servers.ok(WHOLE, **wanted)["changed"]


def test_where_only_the_controller_does_not_reach_the_partner_auto_changes_a_setting_and_says_that_nobody_looked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    servers = pair(ONE)
    servers.wire.inventory = ["dhcp01", "dhcp02"]
    plain = servers.wire.reach

    def reach(server: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        if server == "DHCP02":
            raise Unreachable("dhcp02 cannot be reached.", Heard.NOTHING, "", ("dhcp02",))
        return plain(server, arguments)

    monkeypatch.setattr(servers.wire, "reach", reach)
    result = servers.ok(RELATIONSHIP, name="HQ", load_balance_percent=70, wait_timeout=1, partner_host="auto")
    assert result["changed"]
    assert result["warnings"] == [
        "nobody looks whether the change to 'HQ' reaches its partner: dhcp02 cannot be reached."
    ]


def test_a_host_of_one_entry_is_that_of_its_partner() -> None:
    """Whichever relationships with it are in the list, and whatever of them is to be done."""
    servers = pair(ONE)
    servers.ok(RELATIONSHIP, name="Other", partner_server="dhcp02.contoso.example", scopes=["10.0.3.0"])
    mine, other = {"name": "HQ", "scopes": ["10.0.1.0", "10.0.2.0"]}, {"name": "Other", "state": "absent", **KEEP}
    for entries in ([{**mine, "partner_host": "dhcp02"}, other], [mine, {**other, "partner_host": "dhcp02"}]):
        told = servers.run(WHOLE, relationships=entries, check_mode=True, max_removals_percent=100)
        assert [one["host"] for one in told["partners_reached"]] == ["dhcp02"]
