# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Who is with whom in a fleet: by what servers say of themselves, whatever the inventory calls them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.fleet_servers import (
    Fleet,
    Seen,
    fleet_of,
    not_understood,
)
from faults import healthy
from fleets import plain, seen


def half(partner: str, *names: str, host: str | None = None, name: str = "HQ", **more: Any) -> dict[str, Any]:
    return {
        "name": name,
        "partner_server": partner,
        "partner_names": [partner, *names],
        "partner_host": host,
        "mode": "load_balance",
        "is_primary": True,
        "scopes": ["10.0.1.0"],
        **more,
    }


def server(host: str, name: str, address: str, *halves: Mapping[str, Any]) -> Seen:
    names = [name, f"{name}.contoso.example", address]
    return Seen(host, {"server": name, "server_names": names, "relationships": list(halves), "verdicts": []})


def hosts_of(fleet: Fleet) -> list[list[str]]:
    return [sorted(pair.halves) for pair in fleet.pairs]


def test_a_partner_is_known_by_its_name_or_its_address() -> None:
    fleet = fleet_of(
        [
            server("berlin-a", "DHCP01", "10.0.0.1", half("dhcp02.contoso.example")),
            server("berlin-b", "DHCP02", "10.0.0.2", half("10.0.0.1")),
        ]
    )
    assert (fleet.partner(("berlin-a", "HQ")), hosts_of(fleet)) == ("berlin-b", [["berlin-a", "berlin-b"]])


def test_two_servers_of_one_name_are_told_apart_by_domain_address_or_the_other_half() -> None:
    other = Seen(
        "fabrikam",
        {"server": "DHCP02", "server_names": ["DHCP02", "dhcp02.fabrikam.example", "10.9.0.2"], "relationships": []},
    )
    for partner in (("dhcp02.contoso.example",), ("DHCP02", "10.0.0.2"), ("DHCP02",)):
        mine = server("dhcp01", "DHCP01", "10.0.0.1", half(*partner))
        theirs = server("dhcp02", "DHCP02", "10.0.0.2", half("DHCP01"))
        fleet = fleet_of([mine, other, theirs])
        assert fleet.partner(("dhcp01", "HQ")) == "dhcp02"
        assert [fleet.label(host) for host in ("dhcp01", "fabrikam")] == ["DHCP01", "DHCP02 (fabrikam)"]


def test_sites_that_are_not_connected_may_have_the_same_addresses() -> None:
    fleet = fleet_of(
        [
            server(f"{site}{number}", f"{site}{number}".upper(), f"192.168.1.{number}", half(f"{site}{other}", ip))
            for site in ("riga", "oslo")
            for number, other, ip in ((1, 2, "192.168.1.2"), (2, 1, "192.168.1.1"))
        ]
    )
    assert hosts_of(fleet) == [["riga1", "riga2"], ["oslo1", "oslo2"]]


@pytest.mark.parametrize(
    ("partner", "expected"),
    [
        (half("cluster", host="dhcp02"), "dhcp02"),  # an alias that only the inventory knows
        (half("cluster", "10.9.9.9", host="dhcp02"), None),  # the inventory's host has another address
        (half("dhcp02.contoso.example", host="dhcp03"), "dhcp02"),  # the inventory is wrong
        (half("cluster"), None),
        (half("cluster", host="dhcp09"), "dhcp09"),  # it was not read
    ],
)
def test_the_inventorys_word_counts_where_nobody_is_called_so(partner: dict[str, Any], expected: str | None) -> None:
    others = [server("dhcp02", "DHCP02", "10.0.0.2"), server("dhcp03", "DHCP03", "10.0.0.3")]
    assert fleet_of([server("dhcp01", "DHCP01", "10.0.0.1", partner), *others]).partner(("dhcp01", "HQ")) == expected


def test_a_half_that_a_server_saw_is_the_other_one_whatever_it_calls_the_partner() -> None:
    old = server("dhcp02", "DHCP02", "10.0.0.2", half("old01"))
    for state, expected in (("Normal", [["dhcp01", "dhcp02"]]), (None, [["dhcp01"], ["dhcp02"]])):
        mine = server("dhcp01", "DHCP01", "10.0.0.1", half("DHCP02", drift={"partner_state": state}))
        fleet = fleet_of([mine, old])
        assert hosts_of(fleet) == expected
        assert not fleet.lacks_half(fleet.pairs[0]), "with whom the other one is, is not known"


def test_a_half_is_missing_where_the_server_was_read_and_has_none_or_one_with_another_server() -> None:
    mine, third = server("dhcp01", "DHCP01", "10.0.0.1", half("DHCP02")), server("dhcp03", "DHCP03", "10.0.0.3")
    for theirs, lacks in (
        (server("dhcp02", "DHCP02", "10.0.0.2"), True),
        (server("dhcp02", "DHCP02", "10.0.0.2", half("DHCP03")), True),
        (Seen("dhcp02", problem="It does not answer."), False),
    ):
        fleet = fleet_of([mine, theirs, third])
        assert fleet.lacks_half(fleet.pairs[0]) is lacks


def test_a_server_that_two_hosts_lead_to_is_one() -> None:
    mine = server("dhcp01", "DHCP01", "10.0.0.1", half("DHCP02"))
    fleet = fleet_of([mine, server("alias", "DHCP01", "10.0.0.1", half("DHCP02")), mine])
    assert [(one.host, bool(one.result)) for one in fleet.hosts.values()] == [("dhcp01", True), ("alias", False)]
    assert fleet.hosts["alias"].problem == "it is the server that dhcp01 is; name one of the two hosts"


@pytest.mark.parametrize("path", ["server", "relationships", "verdicts", "relationships.name", "verdicts.id"])
def test_a_result_of_another_version_is_told(path: str) -> None:
    servers = healthy()
    servers.server("DHCP02").relationships["HQ"].secret = None
    result: Any = plain(seen(servers)[0].result or {})
    assert result["verdicts"]
    assert not_understood(result) is None
    outer, _dot, inner = path.partition(".")
    result.pop(outer) if not inner else result[outer][0].pop(inner)
    assert (not_understood(result) or "").endswith(inner or outer)


@pytest.mark.parametrize("several", ["text", ["text"], {"a": 1}, None])
def test_a_result_of_another_shape_is_told(several: object) -> None:
    for key in ("relationships", "verdicts"):
        result = {"server": "A", "relationships": [], "verdicts": [], key: several}
        assert not_understood(result) == "it is of another shape"


def test_a_verdict_of_another_version_is_told() -> None:
    verdict = dict.fromkeys(("id", "server", "sentence", "cure", "relationship", "partner", "scopes", "evidence"), "x")
    result = {"server": "A", "relationships": [], "verdicts": [verdict]}
    assert not_understood(result) == "there is no verdict x"
