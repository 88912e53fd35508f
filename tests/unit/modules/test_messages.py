# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a task says: nothing in it that a terminal obeys, and no more of it than somebody reads, whatever the servers
hold."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from ipaddress import IPv4Address
from typing import Any

import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.refusal import Refused
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.scope_specs import parse
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.site import entries
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows import kept_files
from lab.core.server import Reservation
from pairs import ONE, RELATIONSHIP, SCOPE, THREE, TWO, Pair, answering, pair

MOST = 6_000  # characters of a message, whatever the servers hold
HIDDEN = {
    "\x1b[2J": r"\x1b[2J",
    "\x9b31m": r"\x9b31m",
    "\x00": r"\x00",
    "\x7f": r"\x7f",
    "\u202e": r"\u202e",
    "\u2066": r"\u2066",
    "\n": r"\x0a",
}


def words(result: Mapping[str, Any]) -> str:
    steps = [step["step"] for step in result.get("plan") or ()]
    differences = [text for one in result.get("removals") or () for text in one["differences"]]
    return " ".join(
        [result.get("msg", ""), *result.get("warnings", ()), *steps, *differences, *result.get("sentences", ())]
    )


# --- what cannot be seen
# -------------------------------------------------------------------------------------------------

TASKS = [
    (RELATIONSHIP, {"name": "HQ", "max_client_lead_time": "7200", "wait_timeout": 1}),
    (
        RELATIONSHIP,
        {"name": "hq", "partner_server": "dhcp02.contoso.example", "scopes": ["10.0.1.0"], "wait_timeout": 1},
    ),
    (
        SCOPE,
        {
            "relationship": "B",
            "create_relationship": {"partner_server": "dhcp03"},
            "scopes": ["10.0.1.0"],
            "wait_timeout": 1,
        },
    ),
    (
        SCOPE,
        {
            "relationship": "HQ",
            "scopes": ["10.0.1.0"],
            "state": "absent",
            "keep_scopes_on": "this_server",
            "other_copy": "delete",
        },
    ),
    ("dhcp_failover_partner_down", {"name": "HQ"}),
    ("dhcp_failover_maintenance", {"state": "started"}),
]


@pytest.mark.parametrize(("module", "options"), TASKS)
@pytest.mark.parametrize(
    ("read", "name"), [("failover", "Name"), ("failover", "PartnerServer"), ("failover", "State"), ("who", "computer")]
)
@pytest.mark.parametrize("hidden", HIDDEN)
def test_no_terminal_obeys_a_server(module: str, options: dict[str, Any], read: str, name: str, hidden: str) -> None:
    route: dict[str, Any]
    for route in ({}, {"partner_host": "dhcp02"}):
        result = answering(read, None, **{name: f"HQ{hidden}"}).run(module, check_mode=True, **options, **route)
        assert hidden not in words(result)


@pytest.mark.parametrize(("hidden", "shown"), HIDDEN.items())
def test_a_message_shows_what_is_hidden_and_a_value_stays_what_it_is(hidden: str, shown: str) -> None:
    refused = answering("failover", State=f"Lost{hidden}").run(
        RELATIONSHIP, name="HQ", max_client_lead_time="7200", wait_timeout=1
    )
    assert f"shows the state 'Lost{shown}', which is not known" in refused["msg"]
    found = answering("failover", Name=f"HQ{hidden}").ok("dhcp_failover_info")
    assert found["relationships"][0]["name"] == found["config"]["failover_relationships"][0]["name"] == f"HQ{hidden}"


def test_steps_and_differences_are_words() -> None:
    servers, name = Pair(), "HQ\u202e\x9b"
    servers.ok(
        SCOPE,
        relationship=name,
        create_relationship={"partner_server": "dhcp02.contoso.example"},
        scopes=["10.0.1.0"],
        wait_timeout=1,
    )
    servers.server("DHCP02").scopes[ONE].description = "\x1b[2J"
    result = servers.run(SCOPE, check_mode=True, **{**REMOVE, **KEEP, "relationship": name})
    assert r"remove from relationship 'HQ\u202e\x9b'" in words(result)
    assert r"description: \x1b[2J on dhcp02.contoso.example" in words(result)


# --- what is too long
# ----------------------------------------------------------------------------------------------------


def addresses(scope: IPv4Address, count: int = 1_200) -> Iterator[IPv4Address]:
    return (scope + number for number in range(1, count))


def leased(lab: Any) -> None:
    """The partner alone knows many leases, with long client ids."""
    scope = lab.servers["DHCP02"].scopes[ONE]
    one = next(iter(scope.leases.values()))
    for number, address in enumerate(addresses(ONE)):
        scope.leases[address] = replace(
            one, ip=address, expires=None, client_id="-".join(["02"] * 200) + f"-{number:08x}"
        )


def reserved(lab: Any) -> None:
    scope = lab.servers["DHCP02"].scopes[ONE]
    scope.reservations.update(
        {one: Reservation(one, f"02-00-00-00-{int(one) >> 8 & 255:02x}-{int(one) & 255:02x}") for one in addresses(ONE)}
    )


def scopes(lab: Any, *servers: str, active: bool = True) -> list[str]:
    """Many further scopes."""
    for server in servers:
        for number in range(1_000):
            scope = IPv4Address("10.64.0.0") + 256 * number
            made = replace(
                lab.servers["DHCP01"].scopes[THREE], scope_id=scope, start_range=scope + 10, end_range=scope + 99
            )
            lab.servers[server].scopes[scope] = replace(made, leases={}, state="Active" if active else "InActive")
    return [str(IPv4Address("10.64.0.0") + 256 * number) for number in range(1_000)]


def adds(lab: Any, *servers: str, active: bool = True) -> dict[str, Any]:
    return {"relationship": "HQ", "scopes": scopes(lab, *servers, active=active), "wait_timeout": 1}


REMOVE: dict[str, Any] = {"relationship": "HQ", "scopes": ["10.0.1.0"], "state": "absent", "wait_timeout": 1}
KEEP = {"keep_scopes_on": "this_server", "other_copy": "delete"}
Prepare = Callable[[Any], Mapping[str, Any]]


def after(change: Callable[[Any], object], options: Mapping[str, Any]) -> Prepare:
    """The options of a task that runs after a change of the lab."""

    def prepare(lab: Any) -> Mapping[str, Any]:
        change(lab)
        return options

    return prepare


def many_members(lab: Any) -> list[str]:
    found = scopes(lab, "DHCP01", "DHCP02")
    for server in ("DHCP01", "DHCP02"):
        lab.servers[server].relationships["HQ"].scopes += map(IPv4Address, found)
    return found


HUGE: list[tuple[str, str, Prepare, str]] = [
    ("lost leases", SCOPE, after(leased, {**REMOVE, **KEEP}), "1189 more (all of them: removals)"),
    ("lost reservations", SCOPE, after(reserved, {**REMOVE, **KEEP}), "1189 more (all of them: removals)"),
    (
        "overwritten",
        "dhcp_failover_replicate",
        after(reserved, {"scopes": ["10.0.1.0"]}),
        "1189 more (all of them: differences)",
    ),
    ("no such scopes", SCOPE, adds, "And 990 more problems like these."),
    ("copies in service", SCOPE, lambda lab: adds(lab, "DHCP01", "DHCP02"), "And 990 more problems like these."),
    (
        "copies out of service",
        SCOPE,
        lambda lab: adds(lab, "DHCP01", "DHCP02", active=False),
        "And 990 more problems like these.",
    ),
    (
        "left-over copies that serve",
        "dhcp_failover_scope_copy",
        lambda lab: {"scopes": scopes(lab, "DHCP01", "DHCP02"), "partner_server": "dhcp02.contoso.example"},
        "and 990 more is active",
    ),
    (
        "left-over copies that are alone",
        "dhcp_failover_scope_copy",
        lambda lab: {"scopes": scopes(lab, "DHCP01", active=False), "partner_server": "dhcp02.contoso.example"},
        "and 990 more does not exist on",
    ),
    (
        "who keeps the members",
        SCOPE,
        lambda lab: {**REMOVE, "scopes": many_members(lab)},
        "and 990 more would leave 'HQ'",
    ),
    (
        "members that a re-creation leaves out",
        RELATIONSHIP,
        after(
            many_members,
            {"name": "HQ", "partner_server": "dhcp03", "scopes": ["10.0.1.0"], "recreate": "when_needed", **KEEP},
        ),
        "and 990 more (all of them: relationships of dhcp_failover_info)",
    ),
]


@pytest.mark.parametrize(("module", "prepare", "message"), [one[1:] for one in HUGE], ids=[one[0] for one in HUGE])
def test_a_refusal_can_be_read_whatever_there_is(module: str, prepare: Prepare, message: str) -> None:
    servers = pair(ONE)
    options = prepare(servers.lab)
    assert options is not None
    result = servers.run(module, check_mode=True, **options)
    assert result["failed"]
    assert message in result["msg"]
    assert len(result["msg"]) < MOST
    if "all of them: removals" in message:
        assert len(result["removals"][0]["differences"]) == 1_199
    if "all of them: differences" in message:
        assert len(result["differences"]) == 1_199


def test_a_restore_shows_some_of_what_differs_and_returns_all_of_it() -> None:
    servers = pair(ONE)
    request = {"calls": [kept_files.safety_copy([ONE, TWO], "HQ")]}
    reply = servers.wire.execute("DHCP01", {"request": json.dumps(request), "secrets": []})["reply"]
    servers.server("DHCP01").scopes[ONE].reservations.update(
        {one: Reservation(one, f"02-{int(one) & 255:02x}") for one in addresses(ONE, 200)}
    )
    result = servers.run(
        "dhcp_failover_restore", path=reply["calls"][0]["objects"][0]["path"], check_mode=True, scopes=["10.0.1.0"]
    )
    assert "more (all of them: differences). Leave it out" in result["msg"]
    assert len(result["msg"]) < MOST
    assert {
        "scope_id": "10.0.1.0",
        "field": "reservation 10.0.1.7",
        "source": None,
        "destination": "present",
    } in result["differences"]
    assert len(result["differences"]) >= 199


def test_data_that_is_wrong_throughout() -> None:
    site = [{"name": f"R{number}", "primary": "x", "partner": "y"} for number in range(1_000)]
    definitions = [
        {
            "scope_id": f"10.0.{number}.0",
            "subnet_mask": "255.0.255.0",
            "start_range": "x",
            "end_range": "y",
            "name": "N",
        }
        for number in range(250)
    ]
    for refuse, limit in ((lambda: entries(site, ()), 50 * 200), (lambda: parse(definitions), MOST)):
        with pytest.raises(Refused, match="more problems like these") as refused:
            refuse()
        assert len(str(refused.value)) < limit


def test_scopes_that_still_differ_name_both_servers() -> None:
    """The cmdlet says that it went well, and the partner has nothing of it."""
    servers = pair(ONE)
    servers.server("DHCP01").scopes[ONE].description = "new"
    plain, lab = servers.wire.execute, servers.lab

    def execute(server: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        message = plain(server, arguments)
        if "Invoke-DhcpServerv4FailoverReplication" in arguments["request"]:
            lab.servers["DHCP02"].scopes[ONE].description = "old"
        return message

    servers.wire.execute = execute  # type: ignore[method-assign]
    result = servers.run("dhcp_failover_replicate", scopes=["10.0.1.0"], wait_timeout=1, partner_host="dhcp02")
    assert result["msg"] == (
        "The scopes of DHCP01 and dhcp02.contoso.example were replicated, and they still differ: 10.0.1.0 description."
    )
