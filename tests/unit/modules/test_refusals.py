# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What every module refuses is said in sentences, and names the option that the user of this module wrote."""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest
from nothing_lost.task import ACTIONS
from pairs import ONE, THREE, Pair, pair

PARTNER = {"partner_server": "dhcp02.contoso.example"}
KEEP = {"keep_scopes_on": "this_server", "other_copy": "delete"}


def options_of(module: str) -> set[str]:
    """Every option that the module has, those inside of others included."""

    def names(spec: Mapping[str, Any]) -> set[str]:
        inner = (names(option["options"]) for option in spec.values() if "options" in option)
        return set(spec).union(*inner)

    return names(importlib.import_module(f"{ACTIONS}.{module}").ActionModule.ARGUMENT_SPEC)


def as_it_is(servers: Pair) -> None:
    """DHCP01 and DHCP02 have HQ."""


def at_the_partner(servers: Pair) -> None:
    """DHCP02 alone has a relationship, Branch."""
    theirs = servers.server("DHCP02").relationships
    theirs["Branch"] = replace(theirs.pop("HQ"), name="Branch")
    servers.server("DHCP01").relationships.clear()


REFUSED: list[tuple[str, dict[str, Any], str, Callable[[Pair], None]]] = [
    ("relationship", {"name": "hq"}, "name: DHCP01 has a relationship 'HQ', which differs from 'hq'", as_it_is),
    ("relationship", {"name": "hq", "state": "absent"}, "name: DHCP01 has a relationship 'HQ'", as_it_is),
    (
        "relationship",
        {"name": "New", "previous_name": "hq", **PARTNER},
        "previous_name: DHCP01 has a relationship 'HQ'",
        as_it_is,
    ),
    ("relationship", {"name": "New"}, "partner_server: needed, since relationship 'New' does not exist", as_it_is),
    (
        "relationship",
        {"name": "New ", **PARTNER, "scopes": ["10.0.3.0"]},
        "name: 'New ' begins or ends with a space",
        as_it_is,
    ),
    (
        "relationship",
        {"name": "Branch", **PARTNER, "scopes": ["10.0.3.0"]},
        "name: dhcp02.contoso.example has a relationship 'Branch', and DHCP01 has not",
        at_the_partner,
    ),
    ("scope", {"relationship": "hq", "scopes": ["10.0.3.0"]}, "relationship: DHCP01 has a relationship", as_it_is),
    (
        "scope",
        {"relationship": "hq", "scopes": ["10.0.1.0"], "state": "absent", **KEEP},
        "relationship: DHCP01 has a relationship",
        as_it_is,
    ),
    (
        "scope",
        {"relationship": "New", "scopes": ["10.0.3.0"]},
        "relationship: 'New' does not exist on DHCP01",
        as_it_is,
    ),
    (
        "scope",
        {"relationship": "Branch", "scopes": ["10.0.3.0"], "create_relationship": PARTNER},
        "relationship: dhcp02.contoso.example has a relationship 'Branch'",
        at_the_partner,
    ),
    (
        "scope",
        {"relationship": "N" * 127, "scopes": ["10.0.3.0"], "create_relationship": PARTNER},
        "relationship: has 127 characters, and 126 is the most",
        as_it_is,
    ),
    (
        "scope",
        {"relationship": "\N{ROCKET}" * 64, "scopes": ["10.0.3.0"], "create_relationship": PARTNER},
        "relationship: has 128 characters, and 126 is the most",
        as_it_is,
    ),
    (
        "scope",
        {"relationship": "\ud800", "scopes": ["10.0.3.0"], "create_relationship": PARTNER},
        "relationship: has half a character, which is none",
        as_it_is,
    ),
    (
        "scope",
        {"relationship": " ", "scopes": ["10.0.3.0"], "create_relationship": PARTNER},
        "relationship: must not be empty",
        as_it_is,
    ),
    ("scope", {"relationship": "HQ", "scopes": ["10.0.3"]}, "scopes: '10.0.3' is no IPv4 address", as_it_is),
    (
        "scope",
        {"relationship": "HQ", "scopes": ["10.0.1.0"], "state": "absent"},
        "keep_scopes_on and other_copy: needed, since 10.0.1.0 would leave 'HQ'",
        as_it_is,
    ),
    ("replicate", {"relationship": "hq"}, "relationship: DHCP01 has a relationship 'HQ'", as_it_is),
    ("replicate", {"relationship": "New"}, "relationship: 'New' does not exist on DHCP01", as_it_is),
    ("replicate", {"scopes": ["10.0.3.0"]}, "scopes: 10.0.3.0 is in no failover relationship of DHCP01", as_it_is),
    ("scope_copy", {"scopes": ["10.0.1.0"], **PARTNER}, "scopes: 10.0.1.0 is active or in failover", as_it_is),
    ("partner_down", {"name": "hq"}, "name: DHCP01 has a relationship 'HQ'", as_it_is),
    ("partner_down", {"name": "New"}, "name: relationship 'New' does not exist on DHCP01", as_it_is),
]


@pytest.mark.parametrize(
    ("module", "options", "begins", "scene"),
    REFUSED,
    ids=[f"{module} {begins[:45]}" for module, _options, begins, _scene in REFUSED],
)
def test_a_refusal_begins_with_an_option_of_the_module(
    module: str, options: dict[str, Any], begins: str, scene: Callable[[Pair], None]
) -> None:
    servers = pair(ONE)
    scene(servers)
    message = servers.refused(f"dhcp_failover_{module}", **options)
    assert message.startswith(begins)
    assert message.endswith(".")
    named = re.split(", | and ", message.partition(":")[0])
    assert set(named) <= options_of(f"dhcp_failover_{module}")


TOO_MANY = "On dhcp01: too many scopes at once (DHCP 20130"
TRIES = 6  # 30 scopes a call, and half as many each time that they are too many


def refuse_too_many(servers: Pair, cmdlet: str) -> None:
    for _try in range(TRIES):
        servers.lab.fail_next("DHCP01", cmdlet, "DHCP 20130")


def test_a_replication_of_too_many_scopes_is_told() -> None:
    servers = pair(ONE)
    servers.server("DHCP01").scopes[ONE].name = "Other"
    refuse_too_many(servers, "Invoke-DhcpServerv4FailoverReplication")
    message = servers.run("dhcp_failover_replicate", all=True)["msg"]
    assert message.startswith(TOO_MANY)
    assert message.endswith("Nothing was changed.")


def test_an_addition_of_too_many_scopes_is_told_when_not_even_one_is_taken() -> None:
    servers = pair(ONE)
    refuse_too_many(servers, "Add-DhcpServerv4FailoverScope")
    message = servers.run("dhcp_failover_scope", relationship="HQ", scopes=[str(THREE)])["msg"]
    assert message.startswith(TOO_MANY)
    assert message.endswith("Nothing was changed.")


def test_a_removal_of_too_many_scopes_makes_one_safety_copy() -> None:
    servers = pair(ONE)
    refuse_too_many(servers, "Remove-DhcpServerv4FailoverScope")
    result = servers.run("dhcp_failover_scope", **servers.remove(ONE, **KEEP))
    assert result["msg"].startswith(TOO_MANY)
    assert len(result["safety_copies"]) == 1
