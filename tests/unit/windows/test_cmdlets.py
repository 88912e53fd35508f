# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What is sent fits the cmdlets' own metadata, and every cmdlet that could ask is told not to."""

from __future__ import annotations

from datetime import datetime, timezone
from ipaddress import IPv4Address
from typing import Any

import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.relationship_settings import DeclaredSettings
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.secret import split
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows import cmdlets, kept_files
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.remote_error import RemoteError
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.reply import Failure, Place, Result
from lab.core import metadata

SCOPES = [IPv4Address("10.0.1.0")]
LOAD_BALANCE = DeclaredSettings(
    "HQ", mode="load_balance", load_balance_percent=50, max_client_lead_time=3600, shared_secret="x"
)
HOT_STANDBY = DeclaredSettings(
    "HQ", mode="hot_standby", reserve_percent=5, server_role="standby", max_client_lead_time=1, state_switch_interval=9
)
EVERY_CHANGE = {
    "mode": "hot_standby",
    "reserve_percent": 5,
    "max_client_lead_time": 7200,
    "state_switch_interval": 60,
    "enable_auth": True,
}

WRITES = [
    cmdlets.add_failover(LOAD_BALANCE, "dhcp02", SCOPES),
    cmdlets.add_failover(HOT_STANDBY, "dhcp02", SCOPES),
    cmdlets.set_failover("HQ", EVERY_CHANGE, "x"),
    cmdlets.set_failover("HQ", {"state_switch_interval": 0}, None, "dhcp02"),
    cmdlets.set_failover("HQ", {"load_balance_percent": 0, "state_switch_interval": 0, "enable_auth": False}, None),
    cmdlets.remove_failover("HQ"),
    cmdlets.add_failover_scopes("HQ", SCOPES),
]
READS = [
    cmdlets.get_failover(),
    cmdlets.get_scopes(),
    cmdlets.get_bindings(),
    cmdlets.prove_switchover("HQ", "dhcp02"),
]


@pytest.mark.parametrize("operation", WRITES + READS, ids=lambda operation: operation["id"])
def test_the_parameters_bind(operation: dict[str, Any]) -> None:
    values = metadata.from_json(operation["cmdlet"], operation["parameters"])
    metadata.check_binding(operation["cmdlet"], values)


def test_leases_are_asked_for_by_their_own_word_and_kept_out_of_the_fingerprint() -> None:
    assert cmdlets.export(SCOPES) == {
        "id": "export",
        "op": "export",
        "parameters": {"ScopeId": ["10.0.1.0"]},
        "fingerprint": True,
    }
    with_leases = cmdlets.export(SCOPES, leases=True)
    assert (with_leases["parameters"], with_leases["volatile"]) == (
        {"ScopeId": ["10.0.1.0"], "Leases": True},
        ["content"],
    )


def test_what_names_no_scope_is_never_exported() -> None:
    for build in (
        cmdlets.export,
        lambda scopes: kept_files.safety_copy(scopes, "HQ"),
        lambda scopes: kept_files.import_copy("x", scopes, True),
    ):
        with pytest.raises(AssertionError, match="names its scopes"):
            build(())


@pytest.mark.parametrize("operation", WRITES, ids=lambda operation: operation["id"])
def test_nothing_can_ask_a_question(operation: dict[str, Any]) -> None:
    parameters = metadata.find(operation["cmdlet"]).parameters
    assert operation["parameters"]["Confirm"] is False
    assert ("Force" in parameters) == (operation["parameters"].get("Force") is True)


def test_the_secret_never_stands_in_a_request() -> None:
    given = [
        operation["parameters"]["SharedSecret"] for operation in WRITES if operation["parameters"].get("SharedSecret")
    ]
    assert given
    request, secrets = split(
        {"calls": [*WRITES, kept_files.keep_text("hq", "salt", "hash"), kept_files.keep_text("hq", "partner", "")]}
    )
    assert secrets == [*dict.fromkeys(secret.text for secret in given), "hash"]
    assert not [secret for secret in secrets if f'"{secret}"' in request]
    assert request.count('{"secret":') == len(given) + 1
    with pytest.raises(TypeError, match="datetime"):  # nothing else has a form that nobody chose
        split({"when": datetime(2026, 3, 1, tzinfo=timezone.utc)})


def test_an_option_that_windows_cannot_set_is_never_sent() -> None:
    with pytest.raises(KeyError):
        cmdlets.set_failover("HQ", {"server_role": "active"}, None)


def test_what_the_script_is_asked_to_do_by_the_management_api() -> None:
    assert cmdlets.probe_api("HQ") == {"id": "probe_api", "op": "probe_api", "relationship": "HQ", "server": None}
    there = cmdlets.remove_member_here("HQ", SCOPES, "dhcp02")
    assert there == {
        "id": "remove_member_here",
        "op": "remove_member_here",
        "relationship": "HQ",
        "scopes": ["10.0.1.0"],
        "server": "dhcp02",
    }
    gone = cmdlets.remove_relationship_here("HQ")
    assert (gone["id"], gone["op"], gone["relationship"], gone["server"]) == (
        *["remove_relationship_here"] * 2,
        "HQ",
        None,
    )


def test_an_api_that_is_missing_is_explained() -> None:
    message = Result("probe_api", Place("dhcp01", "probe_api"), errors=(Failure("windhcp.no_api", "no dll"),))
    text = str(RemoteError(message, "dhcp01"))
    assert text.startswith("On dhcp01: the DHCP management API (dhcpsapi.dll) cannot be called there")
    assert "other_copy: disable" in text
    assert "management tools" in text
