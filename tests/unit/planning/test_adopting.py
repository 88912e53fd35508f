# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The running state of several servers as one site's data."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.adopting import Adopted, adopt
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.fleet import Seen
from faults import half, healthy, rename
from fleets import seen


def adopted(*hosts: str, **halves: Any) -> Adopted:
    servers = healthy()
    for name, changes in halves.items():
        half(servers, name, **changes)
    return adopt(seen(servers, hosts or ("dhcp01", "dhcp02")))


@pytest.mark.parametrize("hosts", [("dhcp01", "dhcp02"), ("dhcp02", "dhcp01")])
def test_one_entry_for_two_halves_in_the_words_of_the_primary(hosts: tuple[str, str]) -> None:
    found = adopted(*hosts)
    (entry,) = found.entries
    assert (entry["primary"], entry["partner"], entry["partner_server"], entry["load_balance_percent"]) == (
        "dhcp01",
        "dhcp02",
        "dhcp02.contoso.example",
        50,
    )
    assert entry["max_client_lead_time"] == "01:00:00"
    assert found.problems == ()
    assert found.hosts == {"dhcp01", "dhcp02"}
    assert found.names == {"10.0.1.0": "Clients", "10.0.2.0": "Clients"}


def test_halves_that_differ_are_told() -> None:
    found = adopted(DHCP02={"mclt": timedelta(hours=2)})
    assert found.entries[0]["max_client_lead_time"] == "01:00:00"
    (problem,) = found.problems
    assert problem.startswith("'HQ': dhcp02 has another max_client_lead_time than dhcp01, whose word was taken")


def test_a_partner_that_is_no_host_cannot_be_adopted() -> None:
    found = adopted("dhcp01")
    assert found.entries == ()
    assert "its partner dhcp02.contoso.example is no host of the inventory" in found.problems[0]


def test_a_primary_that_was_not_read() -> None:
    both = seen(healthy())
    found = adopt([Seen("dhcp01", problem="It does not answer."), both[1]])
    (entry,) = found.entries
    assert "partner_server" not in entry
    assert found.problems[0] == "dhcp01 could not be read: It does not answer."
    assert found.problems[1].startswith("'HQ': its primary dhcp01 was not read")


def test_what_the_role_would_not_take_is_told() -> None:
    both = seen(healthy())
    result = dict(both[0].result or {})
    entry = result["config"]["failover_relationships"][0]
    result["config"] = {"failover_relationships": [entry, {**entry, "name": "Other"}]}
    result["relationships"] = [*result["relationships"], {**result["relationships"][0], "name": "Other"}]
    found = adopt([replace(both[0], result=result)])
    assert "scope" in found.problems[-1]


def test_entries_are_in_the_order_of_their_names() -> None:
    servers = healthy()
    rename(servers, "b")
    for name in ("DHCP01", "DHCP02"):
        other = replace(servers.server(name).relationships["b"], name="A", scopes=[])
        servers.server(name).relationships["A"] = other
    assert [entry["name"] for entry in adopt(seen(servers)).entries] == ["A", "b"]


def test_a_half_that_a_server_which_was_read_does_not_have_is_told() -> None:
    for gone, left in (("DHCP01", "dhcp02"), ("DHCP02", "dhcp01")):
        servers = healthy()
        del servers.lab.servers[gone].relationships["HQ"]
        (problem,) = adopt(seen(servers, ("dhcp01", "dhcp02"))).problems
        assert problem.startswith(f"'HQ' is on {left}, and {gone.lower()} does not have it: ")


@pytest.mark.parametrize("left_out", ["dhcp01", "dhcp02"])
def test_a_half_whose_partner_is_no_host_is_not_told_as_lacking(left_out: str) -> None:
    both = []
    for one in seen(healthy()):
        (shown,), result = one.relationships, dict(one.result or {})
        result["relationships"] = [{**shown, "partner_host": None}] if one.host == left_out else [shown]
        both.append(replace(one, result=result))
    first, *more = adopt(both).problems
    assert first.startswith(f"'HQ' on {left_out}: its partner ")
    of_primary = "'HQ': its primary dhcp01 has a half that could not be adopted, so "
    assert [problem[: len(of_primary)] for problem in more] == [of_primary] * (left_out == "dhcp01")


def test_two_halves_of_which_none_is_the_active_one_contradict_each_other() -> None:
    servers = healthy()
    for name, active in (("DHCP01", "secondary"), ("DHCP02", "primary")):
        half(servers, name, mode="HotStandby", percentage=5, active=active)
    problems = adopt(seen(servers, ("dhcp01", "dhcp02"))).problems
    assert any("contradict each other in which server is the active one" in problem for problem in problems)
