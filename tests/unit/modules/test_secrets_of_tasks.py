# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Secrets that are none, and secrets that do nothing: refused where they would be sent, told elsewhere. And durations
that may be meant otherwise."""

from __future__ import annotations

import json
import traceback
from typing import Any

import pytest
from ansible.errors import AnsibleError
from nothing_lost.scenarios import PARTNER
from pairs import ONE, RELATIONSHIP, SCOPE, TWO, Pair, pair

GOOD = "Kx7-never-shown"
NEW: dict[str, Any] = {"name": "Branches", "partner_server": PARTNER, "scopes": ["10.0.3.0"], "wait_timeout": 1}
WEAK = {
    "short": ("Kx7-abc", "has less than 8 characters"),
    "a letter": ("e", "has less than 8 characters"),
    "the name": ("Branches", "is a part of a name"),
    "in another case": ("bRANCHES", "is a part of a name"),
    "part of a server's": ("contoso.", "is a part of a name"),
    "this server's in DNS": ("dhcp01.contoso.example", "is a part of a name"),
    "a scope": ("10.0.1.0", "is a part of a name"),
    "blanks": (" " * 9, "has only blanks"),
    "a mode": ("hot_standby", "is a part of a name"),
    "an option": ("max_client_lead_time", "is a part of a name"),
}
EACH = pytest.mark.parametrize(("secret", "why"), WEAK.values(), ids=WEAK)


@EACH
def test_a_weak_one_is_not_sent(secret: str, why: str) -> None:
    servers = pair()
    message = servers.refused(RELATIONSHIP, **NEW, shared_secret=secret)
    assert f" {why}" in message
    assert message.endswith("that is a part of no name. Nothing was changed.")
    create = {"partner_server": PARTNER, "shared_secret": secret}
    options = {"relationship": "Branches", "scopes": ["10.0.3.0"], "create_relationship": create}
    assert servers.refused(SCOPE, **options, partner_host="dhcp02") == message
    servers.ok(RELATIONSHIP, **NEW)
    again = servers.refused(RELATIONSHIP, **NEW, shared_secret=secret, enable_auth=True)
    assert again == message
    servers.ok(RELATIONSHIP, **NEW, shared_secret=GOOD, enable_auth=True)
    assert servers.refused(RELATIONSHIP, **NEW, shared_secret=secret, update_secret="always") == message


@EACH
def test_a_weak_one_that_is_not_sent_is_a_warning_and_no_value_suffers(secret: str, why: str) -> None:
    servers = pair()
    servers.ok(RELATIONSHIP, **NEW, shared_secret=GOOD)
    result = servers.reached(RELATIONSHIP, **{**NEW, "scopes": ["10.0.3.0"]}, shared_secret=secret)
    assert not result["changed"]
    (warning,) = result["warnings"]
    assert f" {why}" in warning
    assert warning.endswith("choose one of 8 characters or more that is a part of no name")
    shown = result["relationship"]
    assert (shown["name"], shown["partner_server"], shown["scopes"]) == ("Branches", PARTNER, ["10.0.3.0"])
    assert shown["mode"] == "load_balance"


def test_one_without_effect_is_told() -> None:
    servers = pair()
    expected = "shared_secret: is given for 'HQ', and has no effect: the relationship exists without authentication"
    options = {"name": "HQ", "shared_secret": GOOD}
    (warning,) = servers.reached(RELATIONSHIP, **options)["warnings"]
    assert warning == f"{expected}, which enable_auth: true switches on"
    create = {"partner_server": PARTNER, "shared_secret": GOOD}
    joined = servers.ok(SCOPE, relationship="HQ", scopes=["10.0.3.0"], create_relationship=create, wait_timeout=1)
    assert joined["warnings"] == [f"{expected}, which enable_auth: true of dhcp_failover_relationship switches on"]
    assert "warnings" not in servers.ok(RELATIONSHIP, **options, enable_auth=True), "the cure"
    assert "warnings" not in servers.reached(RELATIONSHIP, **options)


@pytest.mark.parametrize("empty", ["", None])
def test_an_empty_one_fails_unless_authentication_is_to_be_off(empty: str | None) -> None:
    servers = pair()
    message = servers.refused(RELATIONSHIP, **NEW, shared_secret=empty)
    assert message.startswith("shared_secret: is empty (does the vault or the variable have it?)")
    create = {"partner_server": PARTNER, "shared_secret": empty}
    assert servers.refused(SCOPE, relationship="New", scopes=["10.0.3.0"], create_relationship=create) == message
    servers.reached(RELATIONSHIP, **NEW, shared_secret=empty, enable_auth=False)
    assert servers.server("DHCP01").relationships["Branches"].secret is None


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (12345678, "a number"),
        (0.5, "a number"),
        (True, "true or false"),
        (["Kx7-never-shown"], "a list"),
        ({"Kx7-never-shown": 1}, "a dictionary"),
    ],
)
def test_what_is_no_text_is_refused(value: object, kind: str) -> None:
    servers = Pair()
    message = servers.refused(RELATIONSHIP, **NEW, shared_secret=value)
    assert message == f"shared_secret: is {kind}; a secret is a text, write it in quotes. Nothing was changed."
    nested = servers.refused(SCOPE, relationship="X", scopes=[], create_relationship={"shared_secret": value})
    assert nested == f"create_relationship.{message}"


def test_a_number_that_yaml_may_have_made_of_minutes_is_told_and_taken() -> None:
    servers = pair()
    result = servers.reached(RELATIONSHIP, name="HQ", max_client_lead_time=60, state_switch_interval="300")
    lead, interval = result["warnings"]
    assert lead.startswith("max_client_lead_time: is 60 seconds, which is what YAML makes of 1:00 without quotes.")
    assert interval.startswith("state_switch_interval: is 300 seconds, which is what YAML makes of 5:00 ")
    half = servers.server("DHCP01").relationships["HQ"]
    assert (half.mclt.total_seconds(), half.safe_period.total_seconds()) == (60, 300)
    full = servers.ok(RELATIONSHIP, name="HQ", max_client_lead_time="0:01:00", state_switch_interval="0:05:00")
    assert (full["changed"], "warnings" in full) == (False, False)
    create = {"partner_server": PARTNER, "max_client_lead_time": "120"}
    nested = servers.ok(SCOPE, relationship="New", scopes=["10.0.3.0"], create_relationship=create, wait_timeout=1)
    assert nested["warnings"][0].startswith("max_client_lead_time: is 120 seconds")


@pytest.mark.parametrize("option", ["max_client_lead_time", "state_switch_interval"])
def test_more_seconds_than_windows_keeps_are_refused(option: str) -> None:
    message = pair().refused(RELATIONSHIP, name="HQ", **{option: 99999999999999})
    most = "4294967294 seconds (49710.06:28:14) are the most"
    assert message == f"{option}: is 99999999999999; {most}. Nothing was changed."
    assert "give seconds or [d.]hh:mm:ss" in pair().refused(RELATIONSHIP, name="HQ", **{option: "unlimited"})


NEW_SCOPE = {
    "scope_id": "10.0.9.0",
    "start_range": "10.0.9.10",
    "end_range": "10.0.9.99",
    "subnet_mask": "255.255.255.0",
    "name": "Clients of Berlin",
}


@pytest.mark.parametrize("server", ["DHCP01", "DHCP02"])
def test_the_names_of_scopes_that_are_there_are_no_secrets(server: str) -> None:
    servers = pair(TWO)
    servers.server(server).scopes[TWO].name = "Clients of Munich"
    message = servers.refused(RELATIONSHIP, **NEW, shared_secret="clients of", partner_host="dhcp02")
    assert " is a part of a name" in message


@pytest.mark.parametrize("secret", ["10.0.9.0", "clients of b"])
def test_the_names_of_scopes_that_are_created_are_no_secrets(secret: str) -> None:
    options = {"relationship": "New", "create_scopes": [NEW_SCOPE], "partner_host": "dhcp02"}
    create = {"partner_server": PARTNER, "shared_secret": secret}
    assert " is a part of a name" in pair().refused(SCOPE, **options, create_relationship=create)


def test_what_the_inventory_calls_the_servers_is_no_secret() -> None:
    servers = Pair()
    for host in ("BERLIN-SERVER-1", "BERLIN-SERVER-2"):
        servers.lab.servers[host] = servers.lab.servers[f"DHCP0{host[-1]}"]
    inventory = {"host": "berlin-server-1", "partner_host": "berlin-server-2"}
    for secret in ("server-1", "Berlin-Server-2"):
        message = servers.refused(RELATIONSHIP, **NEW, **inventory, shared_secret=secret)
        assert " is a part of a name" in message
    result = servers.run(RELATIONSHIP, check_mode=True, **NEW, **inventory, shared_secret=GOOD)
    assert result["changed"]


def test_what_is_no_dictionary_is_told_without_the_secret() -> None:
    options = {"relationship": "New", "scopes": [], "create_relationship": [{"shared_secret": GOOD}]}
    assert Pair().refused(SCOPE, **options).startswith("create_relationship: is a list; it should be a dictionary")


@pytest.mark.parametrize(
    ("module", "options"),
    [
        (RELATIONSHIP, {**NEW, "shared_secret": GOOD, "update_secret": GOOD}),
        (RELATIONSHIP, {**NEW, "shared_secret": GOOD, "wait_timeout": f"{GOOD} s"}),
        (SCOPE, {"relationship": "New", "scopes": [], "create_relationship": f"x, shared_secret={GOOD}"}),
        (SCOPE, {"relationship": "New", "create_relationship": {"shared_secret": GOOD, "mode": GOOD}}),
    ],
)
def test_options_that_ansible_does_not_take_are_told_without_the_secret(module: str, options: dict[str, Any]) -> None:
    with pytest.raises(AnsibleError) as caught:
        Pair().run(module, **options)
    error = caught.value
    assert GOOD not in str(error)
    assert GOOD not in "".join(traceback.format_exception(error))


@pytest.mark.parametrize(
    "options", [{"wait_timeout": -1}, {"max_removals_percent": 101}, {"safety_copy_days": 10_000_000}]
)
def test_numbers_out_of_bounds_are_refused_before_anything_is_read(options: dict[str, int]) -> None:
    servers = pair()
    message = servers.refused(RELATIONSHIP, **{**NEW, **options})
    assert message.startswith(f"{next(iter(options))}: is ")
    assert servers.wire.calls == 0


def test_no_part_of_a_result_shows_one() -> None:
    """Windows' own text may quote it, and a person may have written it in another place."""
    secret = "Kx7-never-shown"
    servers = pair()
    new = {"name": "Q", "shared_secret": secret, "partner_server": f"{secret}.example", "scopes": ["10.0.3.0"]}
    result = servers.run("dhcp_failover", relationships=[{"name": "HQ", "load_balance_percent": 60}, new])
    assert result["relationships"][1]["msg"].startswith("********.example has no address")
    assert secret not in json.dumps({**result, "diff": None})
    servers.server("DHCP02").scopes[ONE].description = f"x {secret}"
    leaving: dict[str, Any] = {"purge_scopes": True, "keep_scopes_on": "this_server", "other_copy": "disable"}
    declared = [{"name": "HQ", "shared_secret": secret, "scopes": ["10.0.2.0"]}]
    result = servers.run("dhcp_failover", relationships=declared, check_mode=True, **leaving)
    assert "description: x ******** on" in result["diff"]["after"]["removals"][0]
    assert secret not in json.dumps(result)
