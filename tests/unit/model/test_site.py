# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The relationships of a site as data: each server's part, and what contradicts itself."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

import builders
import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._model import render, site
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.refusal import Refused

HOSTS = ["dhcp01", "dhcp02", "dhcp03", "dhcp04"]
SECRET = "Kx7-secret"
CLIENTS = {
    "scope_id": "10.0.9.0",
    "name": "Clients",
    "subnet_mask": "255.255.255.0",
    "start_range": "10.0.9.10",
    "end_range": "10.0.9.90",
}
PHONES = {**CLIENTS, "scope_id": "10.0.8.0", "start_range": "10.0.8.10", "end_range": "10.0.8.90", "name": "Phones"}


def entry(name: str = "HQ", **options: Any) -> dict[str, Any]:
    """Load balance of dhcp01 and dhcp02 as the action hands it on: with the spec's defaults."""
    return {"name": name, "primary": "dhcp01", "partner": "dhcp02", "mode": "load_balance", "scopes": [], **options}


def standby(name: str = "HQ", **options: Any) -> dict[str, Any]:
    return entry(name, mode="hot_standby", **options)


def swapped(**options: Any) -> dict[str, Any]:
    return entry(primary="dhcp02", partner="dhcp01", **options)


def part(relationships: Iterable[Mapping[str, Any]], host: str = "dhcp01") -> site.Share:
    return site.share(site.entries(relationships, HOSTS), host)


def refusals(*entries: Mapping[str, Any]) -> list[str]:
    with pytest.raises(Refused) as refused:
        site.entries(entries, HOSTS)
    first, *problems = str(refused.value).split("\n- ")
    assert first.endswith("nothing was written:")
    return problems


def test_each_server_gets_its_part() -> None:
    entries = [
        entry(),
        standby("Branches", primary="dhcp02", partner="dhcp01"),
        entry("Far", primary="dhcp03", partner="dhcp04"),
    ]
    here, there = (part(entries, host) for host in ("dhcp01", "dhcp02"))
    assert ([options["name"] for options in here.writes], here.written_by) == (["HQ"], {"Branches": "dhcp02"})
    assert ([options["name"] for options in there.writes], there.written_by) == (["Branches"], {"HQ": "dhcp01"})
    assert part(entries, "elsewhere") == site.Share([], {}, {})


def test_what_is_written_is_normalised() -> None:
    durations = {"max_client_lead_time": "2:00:00", "state_switch_interval": "60"}
    full = standby(reserve_percent=8, scopes=["10.0.10.0", " 10.0.9.0"], **durations)
    assert part([{**full, "shared_secret": SECRET, "enable_auth": None}]).writes == [
        {
            "name": "HQ",
            "primary": "dhcp01",
            "partner": "dhcp02",
            "partner_server": "dhcp02",
            "mode": "hot_standby",
            "server_role": "active",
            "reserve_percent": 8,
            "max_client_lead_time": "02:00:00",
            "state_switch_interval": "00:01:00",
            "scopes": ["10.0.9.0", "10.0.10.0"],
        }
    ]


def test_what_is_left_out_of_a_scope_that_is_created_is_not_written_as_none() -> None:
    left_out = {
        "description": None,
        "router": None,
        "reservations": [{"ip": "10.0.9.7", "client_id": "00-15", "type": None}],
    }
    scope = {"scope_id": "10.0.9.0", "name": "New", "subnet_mask": "255.255.255.0"}
    ranges = {"start_range": "10.0.9.1", "end_range": "10.0.9.9"}
    (written,) = part([entry(create_scopes=[{**scope, **ranges, **left_out}])]).writes
    assert written["create_scopes"] == [{**scope, **ranges, "reservations": [{"ip": "10.0.9.7", "client_id": "00-15"}]}]


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        (
            [entry(scopes=["10.0.1.0"]), entry("B", scopes=["10.0.1.0"])],
            "'B' (dhcp01 with dhcp02): scopes: 10.0.1.0 is also declared in 'HQ'",
        ),
        (
            [entry(scopes=["10.0.1.0"]), entry(primary="dhcp03", partner="dhcp04", scopes=["10.0.1.0"])],
            "'HQ' (dhcp03 with dhcp04): scopes: 10.0.1.0 is also declared in 'HQ' (dhcp01 with dhcp02)",
        ),
        ([entry(primary="dhcp9")], "'HQ' (dhcp9 with dhcp02): primary: dhcp9 is no host of the inventory; add it"),
        (
            [entry(partner="DHCP02.contoso.example")],
            "partner: DHCP02.contoso.example is no host of the inventory; write dhcp02.",
        ),
        ([entry(partner="dhcp01")], "partner: is dhcp01, as primary is"),
        ([entry(partner="dhcp9"), entry(partner="dhcp9")], "partner: dhcp9 is no host"),
        ([entry(scopes=["10.0.1"])], "scopes: '10.0.1' is no IPv4 address"),
        ([entry(reserve_percent=5)], "reserve_percent: belongs to mode hot_standby"),
        ([standby(load_balance_percent=5)], "load_balance_percent: belongs to mode load_balance"),
        ([entry(load_balance_percent=101)], "load_balance_percent: is 101"),
        ([entry(max_client_lead_time="0")], "max_client_lead_time: cannot be 0"),
        ([entry("")], "name: must not be empty"),
        ([entry(), entry("hq")], "dhcp01 would have two relationships of this name, in upper and lower case only"),
        (
            [entry(), entry(partner="dhcp03")],
            "dhcp01 would have two relationships of this name, the other being 'HQ' (dhcp01 with dhcp02)",
        ),
        ([entry(), standby()], "do not agree: mode load_balance and hot_standby"),
        ([standby(), standby(primary="dhcp02", partner="dhcp01")], "do not agree: primary dhcp01 and dhcp02"),
        (
            [entry(load_balance_percent=60), swapped(load_balance_percent=60)],
            "load_balance_percent 60 and 40, as the share of dhcp01",
        ),
        ([entry(load_balance_percent=60), entry(load_balance_percent=50)], "load_balance_percent 60 and 50"),
        ([standby(reserve_percent=5), standby(reserve_percent=6)], "reserve_percent 5 and 6"),
        (
            [entry(max_client_lead_time="3600"), swapped(max_client_lead_time="1:01:00")],
            "max_client_lead_time 3600 and 3660",
        ),
        ([entry(state_switch_interval="0"), entry(state_switch_interval="60")], "state_switch_interval 0 and 60"),
        ([entry(enable_auth=True), swapped(enable_auth=False)], "enable_auth True and False"),
        ([entry(enable_auth=False), swapped(shared_secret=SECRET)], "enable_auth False and True"),
        ([entry(shared_secret=SECRET), swapped(shared_secret="other")], "shared_secret (two different ones)"),
        ([entry(previous_name="A"), swapped(previous_name="B")], "previous_name (two different ones)"),
        ([entry(partner_server="10.0.0.2"), entry(partner_server="10.0.0.3")], "partner_server 10.0.0.2 and 10.0.0.3"),
        (
            [entry(mode=None, load_balance_percent=70), swapped(mode="hot_standby")],
            "load_balance_percent and mode hot_standby, which go with different modes",
        ),
        (
            [entry(mode=None, load_balance_percent=70), swapped(mode=None, reserve_percent=5)],
            "load_balance_percent and reserve_percent, which go with different modes",
        ),
        (
            [entry(create_scopes=[CLIENTS]), swapped(create_scopes=[{**CLIENTS, "name": "Other"}])],
            "create_scopes (two different ones)",
        ),
        (
            [entry(scopes=["10.0.1.0", "10.0.2.0"]), swapped(scopes=["10.0.2.0"])],
            "scopes (10.0.1.0 in one of them only)",
        ),
    ],
)
def test_what_is_refused_names_the_entry_and_the_cure(entries: list[dict[str, Any]], message: str) -> None:
    problems = refusals(*entries)
    assert message in problems[0]
    assert len(problems) == len(entries) if "no host" in message else len(problems) == 1
    assert SECRET not in "".join(problems)


def test_everything_is_told_at_once() -> None:
    bad = entry(primary="dhcp8", partner="dhcp9", load_balance_percent=101, scopes=["x", "y", "10.0.1.0"])
    problems = refusals(entry("B", scopes=["10.0.1.0"]), bad, standby("C", primary="dhcp03", partner="dhcp03"))
    assert [one.split("): ")[1].split(":")[0] for one in problems] == [
        "primary",
        "partner",
        "scopes",
        "scopes",
        "load_balance_percent",
        "partner",
        "scopes",
    ]


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ({"load_balance_percent": 60}, {"load_balance_percent": 40}, {"load_balance_percent": 60}),
        ({}, {"load_balance_percent": 40}, {"load_balance_percent": 60}),
        ({"max_client_lead_time": "3600"}, {"max_client_lead_time": "1:00:00"}, {"max_client_lead_time": "01:00:00"}),
        ({"scopes": ["10.0.1.0"]}, {"scopes": ["10.0.1.0"]}, {"scopes": ["10.0.1.0"]}),
        ({}, {"scopes": ["10.0.1.0"]}, {"scopes": ["10.0.1.0"]}),
        ({"partner_server": "10.0.0.2"}, {"partner_server": "10.0.0.1"}, {"partner_server": "10.0.0.2"}),
        ({"enable_auth": True}, {"shared_secret": SECRET}, {"enable_auth": True}),
    ],
)
def test_both_sides_of_one_relationship_are_one(
    one: dict[str, Any],
    other: dict[str, Any],
    expected: dict[str, Any],
) -> None:
    entries = [entry(**one), swapped(**other)]
    (written,) = part(entries).writes
    assert {key: written[key] for key in expected} == expected
    assert written["primary"] == "dhcp01"
    assert part(entries, "dhcp02") == site.Share([], {"HQ": "dhcp01"}, {})


def test_the_secret_is_not_in_the_share() -> None:
    assert SECRET not in json.dumps(part([entry(shared_secret=SECRET), swapped(shared_secret=SECRET)]).writes)


@pytest.mark.parametrize(
    ("secrets", "holders"),
    [
        ((None, None, None), {}),
        ((SECRET, None, None), {"HQ": 0}),
        ((None, None, SECRET), {"HQ": 2}),
        ((SECRET, None, SECRET), {"HQ": 0}),
        ((None, "another", SECRET), {"HQ": 2, "Other": 1}),
    ],
)
def test_the_entry_that_holds_the_secret_is_named(secrets: tuple[str | None, ...], holders: dict[str, int]) -> None:
    """Of two entries for one relationship either may hold it; a relationship in between is not mistaken for them."""
    first, other, second = secrets
    entries = [entry(shared_secret=first), entry("Other", shared_secret=other), swapped(shared_secret=second)]
    assert part(entries).secret_entries == holders
    assert part(entries, "dhcp02").secret_entries == {}, "who does not write needs no secret"


@pytest.mark.parametrize("count", [31, 32])
def test_a_server_has_at_most_31(count: int) -> None:
    entries = [entry(f"R{n}", partner=HOSTS[1 + n % 3]) for n in range(count)]
    if count == 31:
        assert len(part(entries).writes) == 31
    else:
        most = "31 is the most a server can have"
        assert refusals(*entries) == [f"dhcp01: has 32 relationships, and {most}; join some of them."]


def test_what_is_to_be_removed_has_no_scopes_and_takes_no_room() -> None:
    entries = [entry(f"R{n}", partner=HOSTS[1 + n % 3]) for n in range(30)]
    gone, now = entry("Old", state="absent", scopes=["10.0.1.0"]), entry("New", scopes=["10.0.1.0"])
    assert [options["name"] for options in part([*entries, gone, now]).writes][-2:] == ["Old", "New"]


def test_a_former_name_may_stand_on_either_side() -> None:
    for entries in ([entry(previous_name="A"), swapped()], [entry(), swapped(previous_name="A")]):
        assert part(entries).writes[0]["previous_name"] == "A"


@pytest.mark.parametrize(
    "relationship",
    [builders.relationship(load_balance_percent=70), builders.hot_standby(server_role="standby")],
)
def test_what_info_returns_from_both_sides_is_one_entry(relationship: Any) -> None:
    other_role = {"standby": "active", None: None}[relationship.server_role]
    percent = None if relationship.load_balance_percent is None else 100 - relationship.load_balance_percent
    other = builders.relationship(
        mode=relationship.mode,
        load_balance_percent=percent,
        reserve_percent=relationship.reserve_percent,
        server_role=other_role,
        partner_server="DHCP01",
        is_primary=not relationship.is_primary,
    )
    entries = [render.site_entry(relationship, "dhcp01", "dhcp02"), render.site_entry(other, "dhcp02", "dhcp01")]
    shares = [part(entries, host) for host in ("dhcp01", "dhcp02")]
    assert sorted(len(share.writes) for share in shares) == [0, 1]


def test_in_hot_standby_the_primary_is_that_of_the_entry_that_says_so() -> None:
    for entries in ([entry(mode=None), swapped(mode="hot_standby")], [swapped(mode="hot_standby"), entry(mode=None)]):
        assert part(entries, "dhcp02").writes[0]["server_role"] == "active"
        assert part(entries).writes == []


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        ([CLIENTS, PHONES], [PHONES, CLIENTS]),
        ([{**CLIENTS, "lease_duration": "8.00:00:00"}], [{**CLIENTS, "lease_duration": "691200"}]),
        ([CLIENTS], [{**CLIENTS, "delay": 0, "state": "active", "description": ""}]),
    ],
)
def test_two_sides_may_spell_the_definition_of_a_scope_otherwise(mine: Any, theirs: Any) -> None:
    (written,) = part([entry(create_scopes=mine), swapped(create_scopes=theirs)]).writes
    assert written["create_scopes"] == mine
