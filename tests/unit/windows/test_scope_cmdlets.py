# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""How scopes are made with all that is in them, and what a server's answers say of it."""

from __future__ import annotations

from ipaddress import IPv4Address
from typing import Any

import builders
import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._model import scope_specs
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.scope import ScopeSpec
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.scope_details import (
    Exclusion,
    OptionValue,
    Reservation,
    ScopeDetails,
)
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows import scope_cmdlets
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.errors import UnexpectedReply
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.remote_error import RemoteError
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.reply import Result
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.scope_cmdlets import DetailsRead
from lab.core import metadata

NINE = IPv4Address("10.0.9.0")
PLAIN, WHOLE = scope_specs.parse(
    [
        builders.definition("10.0.8.0"),
        builders.definition(
            "10.0.9.0",
            description="It's new",
            lease_duration=90000,
            state="inactive",
            router=["10.0.9.1"],
            dns_servers=["10.10.0.53"],
            options=[{"id": 43, "value": ["0x01"], "vendor_class": "Phones", "user_class": "Desk"}],
            exclusions=[{"start_range": "10.0.9.10", "end_range": "10.0.9.19"}],
            reservations=[
                {"ip": "10.0.9.15", "client_id": "00155d0a1401", "name": "n", "description": "d", "type": "Dhcp"}
            ],
            delay=500,
        ),
    ]
)
ALL = DetailsRead.of([WHOLE])


def making(spec: ScopeSpec) -> list[Any]:
    """A scope, and then what it has in it."""
    return [scope_cmdlets.add_scope(spec), *scope_cmdlets.complete(spec.scope_id, spec.details)]


@pytest.mark.parametrize(
    "operation",
    [*making(WHOLE), *making(PLAIN), *scope_cmdlets.reads(ALL)],
    ids=lambda one: one["id"],
)
def test_the_parameters_bind(operation: dict[str, Any]) -> None:
    values = metadata.from_json(operation["cmdlet"], operation["parameters"])
    metadata.check_binding(operation["cmdlet"], values)


def test_a_scope_is_made_out_of_service_before_anything_is_put_into_it() -> None:
    made = making(WHOLE)
    assert [one["cmdlet"] for one in made] == [
        "Add-DhcpServerv4Scope",
        "Add-DhcpServerv4ExclusionRange",
        "Add-DhcpServerv4Reservation",
        *["Set-DhcpServerv4OptionValue"] * 3,
    ]
    assert made[0]["parameters"]["State"] == "InActive"
    assert made[0]["parameters"]["Delay"] == 500
    assert [one["parameters"].get("Force", False) for one in made[3:]] == [True] * 3, "DNS servers are not validated"


def test_a_plain_one_takes_one_call() -> None:
    (made,) = making(PLAIN)
    assert not {"Delay", "Description", "LeaseDuration"} & made["parameters"].keys()


def test_only_what_is_defined_is_read() -> None:
    assert scope_cmdlets.reads(DetailsRead.of([PLAIN])) == ()
    assert [read["id"] for read in scope_cmdlets.reads(ALL)] == [
        "options_10.0.9.0",
        "reservations_10.0.9.0",
        "exclusions",
        "delays",
    ]
    assert not any(read["fingerprint"] for read in scope_cmdlets.reads(ALL))
    (delay,) = scope_specs.parse([builders.definition("10.0.9.0", delay=1)])
    assert [read["id"] for read in scope_cmdlets.reads(DetailsRead.of([delay]))] == ["delays"]


def answers(**changed: Result) -> list[Result]:
    """To the reads of ALL, from a server that has all of it and other scopes."""
    option = {"VendorClass": "", "UserClass": None, "PolicyName": ""}
    told = [
        builders.result(
            "options_10.0.9.0",
            {"OptionId": 3, "Value": ["10.0.9.1"], **option},
            {"OptionId": 51, "Value": ["691200"], **option},
            {"OptionId": 6, "Value": None, **option, "PolicyName": "Desk"},
        ),
        builders.result(
            "reservations_10.0.9.0",
            {"IPAddress": "10.0.9.15", "ClientId": "00155D0A1401", "Name": None, "Description": "", "Type": "Both"},
        ),
        builders.result(
            "exclusions",
            {"ScopeId": "10.0.8.0", "StartRange": "10.0.8.1", "EndRange": "10.0.8.2"},
            {"ScopeId": "10.0.9.0", "StartRange": "10.0.9.10", "EndRange": "10.0.9.19"},
        ),
        builders.result("delays", {"ScopeId": "10.0.8.0", "Delay": 1}, {"ScopeId": "10.0.9.0", "Delay": 500}),
    ]
    return [changed.get(one.id.partition("_")[0], one) for one in told]


def test_what_a_server_has() -> None:
    options = (OptionValue(3, ("10.0.9.1",)), OptionValue(51, ("691200",)), OptionValue(6, (), "", "Desk"))
    exclusion = Exclusion(IPv4Address("10.0.9.10"), IPv4Address("10.0.9.19"))
    reservation = Reservation(IPv4Address("10.0.9.15"), "00-15-5d-0a-14-01", "", "", "Both")
    assert scope_cmdlets.details(ALL, answers(), "dhcp01") == {
        NINE: ScopeDetails(options, (exclusion,), (reservation,), 500)
    }


@pytest.mark.parametrize("error", ["DHCP 20005,Get-DhcpServerv4OptionValue", "WIN32 259,Get-DhcpServerv4Reservation"])
def test_a_scope_that_is_not_there_or_has_none_has_nothing(error: str) -> None:
    nothing = {
        kind: builders.result(f"{kind}_10.0.9.0", error=error) for kind in ("options", "reservations", "exclusions")
    }
    assert scope_cmdlets.details(ALL, answers(**nothing), "dhcp01") == {NINE: ScopeDetails(delay=500)}


def test_another_error_is_one() -> None:
    denied = builders.result("exclusions", error="WIN32 1753,Get-DhcpServerv4ExclusionRange")
    with pytest.raises(RemoteError, match="WIN32 1753"):
        scope_cmdlets.details(ALL, answers(exclusions=denied), "dhcp01")


@pytest.mark.parametrize("value", [7, ["10.0.9.1", 7], [None, {}]])
def test_what_is_no_value_of_an_option_cannot_be_read(value: Any) -> None:
    odd = builders.result(
        "options_10.0.9.0", {"OptionId": 3, "Value": value, "VendorClass": "", "UserClass": "", "PolicyName": ""}
    )
    with pytest.raises(UnexpectedReply, match="Value is"):
        scope_cmdlets.details(ALL, answers(options=odd), "dhcp01")


def test_two_reads_are_one() -> None:
    (other,) = scope_specs.parse([builders.definition("10.0.7.0", router=["10.0.7.1"])])
    assert DetailsRead.of([other]).merged(ALL) == DetailsRead.of([WHOLE, other])
