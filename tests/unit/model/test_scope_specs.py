# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What create_scopes may say, and how it compares with the scopes of a server."""

from __future__ import annotations

from typing import Any

import builders
import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._model import scope_specs
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.refusal import Refused
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.render import scope_result
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows import scope_cmdlets, server_replies

NEW = "10.0.9.0"
SENT = {  # by the script, of a scope whose LeaseDuration is TimeSpan.MaxValue
    "ScopeId": "198.51.100.0",
    "Name": "Floor 1",
    "SubnetMask": "255.255.255.0",
    "StartRange": "198.51.100.10",
    "EndRange": "198.51.100.200",
    "State": "Active",
    "Type": "Dhcp",
    "Description": "",
    "LeaseDuration": 922337203685,
}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"scope_id": "10.0.8.0"}, "scope_id: start_range 10.0.9.10 and subnet_mask 255.255.255.0 give 10.0.9.0"),
        ({"scope_id": "10.0.9.1"}, "scope_id: start_range 10.0.9.10 and subnet_mask 255.255.255.0 give 10.0.9.0"),
        ({"scope_id": "Berlin"}, "scope_id: 'Berlin' is no IPv4 address"),
        ({"start_range": "10.0.9.300"}, "start_range: '10.0.9.300' is no IPv4 address"),
        ({"end_range": "10.0.10.5"}, "end_range: 10.0.10.5 lies outside the subnet 10.0.9.0/24"),
        ({"start_range": "10.0.9.201"}, "start_range: 10.0.9.201 comes after end_range 10.0.9.200"),
        ({"start_range": "10.0.9.0"}, "start_range: 10.0.9.0 is the network address of 10.0.9.0/24"),
        ({"end_range": "10.0.9.255"}, "end_range: 10.0.9.255 is the broadcast address of 10.0.9.0/24"),
        ({"subnet_mask": "255.0.255.0"}, "subnet_mask: 255.0.255.0 is no subnet mask"),
        ({"subnet_mask": "0.0.0.255"}, "subnet_mask: 0.0.0.255 is no subnet mask"),
        ({"subnet_mask": "0.0.0.0"}, "subnet_mask: 0.0.0.0 is no subnet mask"),  # noqa: S104
        ({"subnet_mask": "24"}, "subnet_mask: '24' is no IPv4 address"),
        ({"lease_duration": "0"}, "lease_duration: cannot be 0"),
        ({"lease_duration": "soon"}, "lease_duration: is 'soon'; give seconds or [d.]hh:mm:ss"),
        (
            {"lease_duration": "4294967296"},
            "lease_duration: is 4294967296 seconds, and 4294967294 (136 years) is the most",
        ),
        ({"name": " "}, "name: must not be empty"),
    ],
)
def test_what_is_refused_without_looking_at_a_server(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(Refused) as refused:
        scope_specs.parse([builders.definition("10.0.1.0"), {**builders.definition(NEW), **changes}])
    assert str(refused.value).startswith("create_scopes: ")
    assert message in str(refused.value)
    assert "10.0.1.0" not in str(refused.value)


def test_all_that_is_wrong_is_told_at_once() -> None:
    wrong = [
        builders.definition("10.0.1.0", name=""),
        builders.definition(NEW),
        builders.definition(NEW),
        builders.definition("x"),
    ]
    with pytest.raises(Refused) as refused:
        scope_specs.parse(wrong)
    for message in ("10.0.1.0: name", "10.0.9.0 is defined 2 times", "x: scope_id"):
        assert message in str(refused.value)


@pytest.mark.parametrize("given", ["8.00:00:00", "691200", 691200])
def test_a_definition_and_its_options(given: Any) -> None:
    late, early = (
        builders.definition("10.0.10.0", lease_duration=given, description="D", state="inactive"),
        builders.definition(NEW),
    )
    first, second = scope_specs.parse([late, early])
    assert scope_specs.options(first) == early
    assert scope_specs.options(second) == {**late, "lease_duration": 691200}
    assert scope_specs.parse(map(scope_specs.options, (first, second))) == (first, second)


def test_what_info_shows_of_an_unlimited_scope_can_be_declared() -> None:
    results = [builders.result("failover_there"), builders.result("scopes_there", SENT)]
    (scope,) = server_replies.hop(results, "dhcp01", "there").scopes
    shown = scope_result(scope)
    assert shown["lease_duration"] == "unlimited"
    declared = {key: value for key, value in shown.items() if key != "type"}
    (definition,) = scope_specs.parse([declared])
    assert scope_specs.options(definition) == declared
    assert scope_cmdlets.add_scope(definition)["parameters"]["LeaseDuration"] == "10675199.02:48:05.4775807"
    assert scope_specs.differences([definition], {scope.scope_id: scope}, {}) == []


@pytest.mark.parametrize(
    ("definitions", "message"),
    [
        (
            [builders.definition("10.0.0.0", subnet_mask="255.255.0.0")],
            "its subnet 10.0.0.0/16 overlaps scope 10.0.1.0 of DHCP01",
        ),
        (
            [builders.definition("10.0.2.128", start_range="10.0.2.130", subnet_mask="255.255.255.128")],
            "10.0.2.128/25 overlaps scope 10.0.2.0",
        ),
        (
            [builders.definition("10.9.0.0", subnet_mask="255.255.0.0"), builders.definition("10.9.7.0")],
            "10.9.7.0: its subnet 10.9.7.0/24 overlaps 10.9.0.0 of the same list (10.9.0.0/16)",
        ),
    ],
)
def test_a_subnet_is_used_once(definitions: list[dict[str, Any]], message: str) -> None:
    with pytest.raises(Refused) as refused:
        scope_specs.missing(scope_specs.parse(definitions), builders.server())
    assert message in str(refused.value)


def test_only_what_is_not_there_is_missing() -> None:
    definitions = scope_specs.parse([builders.definition("10.0.0.0", subnet_mask="255.255.0.0")])
    assert scope_specs.missing(definitions, builders.server(scopes=[])) == definitions
    there = builders.server(scopes=[builders.scope("10.0.0.0")])
    assert scope_specs.missing(definitions, there) == ()


@pytest.mark.parametrize(
    ("declared", "actual", "field", "values"),
    [
        ({"name": "New"}, {"name": "Old"}, "name", ("New", "Old")),
        ({"end_range": "10.0.1.99"}, {}, "end_range", ("10.0.1.99", "10.0.1.200")),
        ({}, {"active": False}, "state", ("active", "inactive")),
        ({}, {"subnet_mask": "255.255.254.0"}, "subnet_mask", ("255.255.255.0", "255.255.254.0")),
        ({"description": ""}, {"description": "X"}, "description", ("", "X")),
        ({"lease_duration": "1:00:00"}, {"lease_duration": 60}, "lease_duration", (3600, 60)),
    ],
)
def test_a_difference_is_told(
    declared: dict[str, Any], actual: dict[str, Any], field: str, values: tuple[Any, Any]
) -> None:
    there = builders.scope("10.0.1.0", **actual)
    definitions = scope_specs.parse([builders.definition("10.0.1.0", **declared)])
    assert scope_specs.differences(definitions, {there.scope_id: there}, {}) == [
        {"scope_id": "10.0.1.0", "field": field, "declared": values[0], "actual": values[1]}
    ]


def test_what_is_left_out_is_no_difference() -> None:
    there = builders.scope("10.0.1.0", description="X", lease_duration=60)
    definitions = scope_specs.parse([builders.definition("10.0.1.0"), builders.definition(NEW)])
    assert scope_specs.differences(definitions, {there.scope_id: there}, {}) == []
